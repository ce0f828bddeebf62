//! Folds who may answer.

use crate::domain::baton::{Baton, Holder, PassReason};
use crate::domain::envelope::Actor;
use crate::domain::event::BatonEvent;
use crate::domain::id::{ConversationId, OperatorName, TurnNo};
use crate::domain::time::Timestamp;
use crate::domain::undo::Undoable;
use crate::orchestrator::conversation::{Before, Conversation, Escalation, Held, Left, LeftStage, PASSES_KEPT};
use crate::orchestrator::floor::Floor;
use crate::orchestrator::lines::Handled;

use super::{desk, move_load, with};

pub(super) fn fold(floor: &mut Floor, event: &BatonEvent, actor: &Actor, at: Timestamp) {
    match event {
        BatonEvent::Passed { conversation, to, reason, .. } => {
            let Some(from) = floor.conversations.get(conversation).map(|c| c.baton.holder.clone()) else { return };
            count(floor, *conversation, *reason, at);
            move_load(floor, *conversation, &from, to);
            with(floor, *conversation, |c| passed(c, event, actor, at));
        }
        BatonEvent::Announced { conversation, .. } => with(floor, *conversation, |c| {
            c.grace_until = None;
            c.passing.told = None;
        }),
    }
}

/// What a person gave away has taken its time; what was undone, nobody's.
fn count(floor: &mut Floor, id: ConversationId, reason: PassReason, at: Timestamp) {
    let Some(c) = floor.conversations.get(&id) else { return };
    if reason != PassReason::Undone {
        handled(&mut floor.handled, c, at);
    } else if let Some(reopened) = taken_back(c) {
        floor.lines.entry(reopened.queue.clone()).or_default().taken_back(!reopened.breached);
    }
}

/// The request for a human that a person had taken by the pass that is undone.
fn taken_back(c: &Conversation) -> Option<&Escalation> {
    let by_line = matches!(c.baton.reason, PassReason::Escalated(_));
    let before = c.undo.as_ref().filter(|_| c.baton.holder.operator().is_some() && !by_line)?.before.as_ref()?;
    let Before::Holder(held) = before else { return None };
    held.escalation.as_ref()
}

/// A conversation leaves its holder: how long a person had it is counted.
pub(super) fn handled(sum: &mut Handled, c: &Conversation, at: Timestamp) {
    if c.baton.holder.operator().is_some() {
        sum.add(at.since(c.baton.since));
    }
}

fn passed(c: &mut Conversation, event: &BatonEvent, actor: &Actor, at: Timestamp) {
    let BatonEvent::Passed { to, epoch, reason, since, grace_until, pack, undo_until, left, .. } = event else {
        return;
    };
    let next = Baton { holder: to.clone(), epoch: *epoch, since: *since, reason: *reason };
    let old = std::mem::replace(&mut c.baton, next);
    let held = held(c, &old, *reason);
    // Who has not been announced is not whom the customer knows.
    c.passing.told = grace_until.map(|_| held.told.clone().unwrap_or_else(|| old.holder.clone()));
    if !matches!(reason, PassReason::Handoff(_)) {
        // A person or a line had it: what went before is no part of a circle, and no success of a handoff.
        (c.hops, c.handed) = (0, None);
        c.round.clear();
    }
    c.composing = None;
    c.dropped = TurnNo(0);
    c.barge = None;
    c.claim = None;
    c.left = left.map(|times| Left { times, turn: c.last_said, stage: LeftStage::Waits });
    c.handoff = None;
    c.retry_at = None;
    c.quiet_until = None;
    c.failed.clear();
    c.grace_until = *grace_until;
    c.pack.clone_from(pack);
    stretch(c, &old.holder, to, at);
    let undone = *reason == PassReason::Undone;
    if undone {
        undo(c);
    } else if let (Actor::Operator(by), Some(until)) = (actor, undo_until) {
        remember(c, by, *reason, *until, held);
    } else {
        desk::over(c);
    }
    if let Holder::Agent(name) = to
        && !(undone && c.path.back() == Some(name))
    {
        c.path.push_back(name.clone());
        if c.path.len() > PASSES_KEPT {
            c.path.pop_front();
        }
    }
}

/// How the holder before held it.
fn held(c: &mut Conversation, old: &Baton, reason: PassReason) -> Held {
    let left = c.passing.left.take().map(|left| *left);
    // A pass to a line has settled one request and raised another before the baton moved; any other
    // settles what is open now after it.
    let escalation = match (&old.holder, reason) {
        (Holder::Queue(_), PassReason::Escalated(_)) => left,
        (_, PassReason::Escalated(_)) => None,
        _ => c.escalation.clone(),
    };
    Held {
        holder: old.holder.clone(),
        since: old.since,
        pack: c.pack.take(),
        // The running offer is withdrawn with the pass; an undo must not bring it back to life.
        escalation: escalation.map(|escalation| Escalation { offer: None, ..escalation }),
        grace_until: c.grace_until,
        told: c.passing.told.take(),
        human_stretch: c.human_stretch,
    }
}

fn remember(c: &mut Conversation, by: &OperatorName, reason: PassReason, until: Timestamp, held: Held) {
    let what = match reason {
        PassReason::TakenOver => Undoable::TakeOver,
        PassReason::OfferTaken(_) => Undoable::TakeOffer,
        PassReason::Opened
        | PassReason::Handoff(_)
        | PassReason::Undone
        | PassReason::HandedBack
        | PassReason::Moved
        | PassReason::Given(_)
        | PassReason::LeftAlone(_)
        | PassReason::LineLeft
        | PassReason::Escalated(_)
        | PassReason::HolderGone
        | PassReason::HolderFailed
        | PassReason::Ended => Undoable::Move,
    };
    desk::remember(c, by, what, until, Before::Holder(Box::new(held)));
}

/// Everything about who holds stands as it stood before; epoch, holder and clock came with the pass.
fn undo(c: &mut Conversation) {
    let Some(Before::Holder(held)) = c.undo.take().and_then(|undo| undo.before) else { return };
    c.escalation = held.escalation;
    // A person who is announced once more is known when they are.
    c.passing.told = held.told.or_else(|| c.grace_until.map(|_| c.introduced.clone()));
    c.human_stretch = held.human_stretch;
}

/// The start and the end of a human stretch are things an agent can see.
fn stretch(c: &mut Conversation, from: &Holder, to: &Holder, at: Timestamp) {
    match (from.operator().is_some(), to.operator().is_some()) {
        (false, true) => c.human_stretch = Some((at, None)),
        (true, false) => {
            if let Some((_, end)) = &mut c.human_stretch {
                *end = Some(at);
            }
        }
        (true, true) | (false, false) => {}
    }
}
