//! Folds who may answer.

use crate::domain::baton::{Baton, Holder, PassReason};
use crate::domain::event::BatonEvent;
use crate::domain::id::{ConversationId, TurnNo};
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{Conversation, Escalation, Left, LeftStage, PASSES_KEPT, Undo};
use crate::orchestrator::floor::Floor;
use crate::orchestrator::lines::Handled;

use super::{move_load, with};

pub(super) fn fold(floor: &mut Floor, event: &BatonEvent, at: Timestamp) {
    match event {
        BatonEvent::Passed { conversation, to, reason, .. } => {
            let Some(from) = floor.conversations.get(conversation).map(|c| c.baton.holder.clone()) else { return };
            count(floor, *conversation, *reason, at);
            move_load(floor, *conversation, &from, to);
            with(floor, *conversation, |c| passed(c, event, at));
        }
        BatonEvent::Announced { conversation, .. } => with(floor, *conversation, |c| {
            c.grace_until = None;
            c.undo = None;
        }),
    }
}

/// What a person gave away has taken its time; what was undone, nobody's.
fn count(floor: &mut Floor, id: ConversationId, reason: PassReason, at: Timestamp) {
    let Some(c) = floor.conversations.get(&id) else { return };
    if reason != PassReason::Undone {
        handled(&mut floor.handled, c, at);
    } else if let Some(reopened) = c.undo.as_ref().and_then(|undo| undo.escalation.as_ref()) {
        floor.lines.entry(reopened.queue.clone()).or_default().taken_back(!reopened.breached);
    }
}

/// A conversation leaves its holder: how long a person had it is counted.
pub(super) fn handled(sum: &mut Handled, c: &Conversation, at: Timestamp) {
    if c.baton.holder.operator().is_some() {
        sum.add(at.since(c.baton.since));
    }
}

fn passed(c: &mut Conversation, event: &BatonEvent, at: Timestamp) {
    let BatonEvent::Passed { to, epoch, reason, since, grace_until, pack, left, .. } = event else { return };
    let old =
        std::mem::replace(&mut c.baton, Baton { holder: to.clone(), epoch: *epoch, since: *since, reason: *reason });
    let undone = c.undo.take();
    match reason {
        PassReason::TakenOver | PassReason::OfferTaken(_) => {
            // The running offer is withdrawn with the takeover; an undo must not bring it back to life.
            let escalation = c.escalation.clone().map(|escalation| Escalation { offer: None, ..escalation });
            c.undo = Some(Undo { holder: old.holder.clone(), since: old.since, pack: c.pack.take(), escalation });
        }
        PassReason::Undone => c.escalation = undone.and_then(|undo| undo.escalation),
        PassReason::Opened
        | PassReason::Handoff(_)
        | PassReason::HandedBack
        | PassReason::Moved
        | PassReason::Given(_)
        | PassReason::Escalated(_)
        | PassReason::HolderGone
        | PassReason::LeftAlone(_)
        | PassReason::HolderFailed
        | PassReason::Ended => {}
    }
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
    if let Holder::Agent(name) = to {
        c.path.push_back(name.clone());
        if c.path.len() > PASSES_KEPT {
            c.path.pop_front();
        }
    }
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
