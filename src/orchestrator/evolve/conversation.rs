//! Folds the life of a conversation.

use crate::domain::baton::{Baton, Holder};
use crate::domain::clock::{ClockSet, LeftAlone};
use crate::domain::event::ConversationEvent;
use crate::domain::handoff::ContextPack;
use crate::domain::id::{ConversationId, CustomerId};
use crate::domain::outcome::Outcome;
use crate::domain::snooze::CallAgain;
use crate::domain::time::Timestamp;
use crate::domain::undo::Undoable;
use crate::orchestrator::conversation::{Before, Conversation, Snooze};
use crate::orchestrator::floor::{Floor, Stub};

use super::baton::handled;
use super::{handoff, learning, move_load, with};

pub(super) fn fold(floor: &mut Floor, event: &ConversationEvent, at: Timestamp) {
    match event {
        ConversationEvent::Opened { .. } => open(floor, event, at),
        ConversationEvent::BeganOn { conversation, edition } => {
            with(floor, *conversation, |c| c.edition = Some(*edition));
            floor.editions.began(*edition);
        }
        ConversationEvent::Identified { conversation, identity } => {
            with(floor, *conversation, |c| c.identity = *identity);
        }
        ConversationEvent::Resolved { conversation, disposition, credited, until, pack, spent, first_contact } => {
            let Some(mut live) = take_live(floor, *conversation, at) else { return };
            learning::ended(&mut floor.learning, &mut live);
            let mut outcome = live.outcome.clone();
            outcome.disposition = Some(*disposition);
            outcome.credited = credited.clone();
            outcome.spent = *spent;
            outcome.first_contact = *first_contact;
            floor.tally.resolved += 1;
            if let Some(handed) = live.handed.as_ref().filter(|_| disposition.helped()) {
                handoff::count(floor, &handed.from, &handed.to, |edge| edge.succeeded += 1);
            }
            floor.stubs.insert(*conversation, Box::new(stub(live, outcome, (at, *until), pack)));
        }
        ConversationEvent::FirstContactLost { conversation } => {
            if let Some(stub) = floor.stubs.get_mut(conversation) {
                stub.outcome.first_contact = false;
            }
        }
        ConversationEvent::Reopened { conversation, pack } => {
            let Some(stub) = floor.stubs.remove(conversation) else { return };
            floor.conversations.insert(*conversation, Box::new(reopened(*conversation, *stub, pack, at)));
        }
        ConversationEvent::Rated { conversation, score, .. } => {
            if let Some(stub) = floor.stubs.get_mut(conversation) {
                stub.outcome.rating = Some(*score);
            }
            with(floor, *conversation, |c| c.outcome.rating = Some(*score));
        }
        ConversationEvent::Snoozed { conversation, .. } => with(floor, *conversation, |c| snoozed(c, event, at)),
        ConversationEvent::Woken { conversation, clocks, call, .. } => {
            with(floor, *conversation, |c| woken(c, clocks, *call, at));
        }
        ConversationEvent::Closed { conversation, .. } => {
            learning::closed(&mut floor.learning, *conversation);
            close(floor, *conversation, at);
        }
    }
}

/// What an agent had begun is set aside; it is asked again when the conversation is awake.
fn snoozed(c: &mut Conversation, event: &ConversationEvent, at: Timestamp) {
    let ConversationEvent::Snoozed { by, until, reason, undo_until, .. } = event else { return };
    let (by, clocks) = (by.clone(), c.clocks);
    super::desk::remember(c, &by, Undoable::Snooze, *undo_until, Before::Awake);
    c.snoozed = Some(Box::new(Snooze { by, since: at, until: *until, reason: reason.clone(), clocks }));
    c.clocks.pause(at);
    c.composing = None;
    c.handoff = None;
    c.retry_at = None;
    c.quiet_until = None;
    c.barge = None;
}

/// Time goes on from where it stood still.
fn woken(c: &mut Conversation, clocks: &[ClockSet], call: Option<CallAgain>, at: Timestamp) {
    let Some(snooze) = c.snoozed.take() else { return };
    super::desk::over(c);
    let slept = at.since(snooze.since);
    c.clocks.run_on(&snooze.clocks);
    for set in clocks {
        c.clocks.change(set.clock, |clock| clock.set = *set);
    }
    c.last_answer_at = c.last_answer_at + slept;
    c.waiting_since = c.waiting_since.map(|since| since + slept);
    if let Some(left) = &mut c.left {
        let LeftAlone { nudge, call, onward } = left.times;
        left.times = LeftAlone { nudge: nudge + slept, call: call + slept, onward: onward.map(|at| at + slept) };
    }
    if let (Some(escalation), Some(call)) = (&mut c.escalation, call) {
        (escalation.due, escalation.rank, escalation.again_at) = (call.due, call.rank, call.again_at);
        escalation.expires = call.expires;
    }
}

fn open(floor: &mut Floor, event: &ConversationEvent, at: Timestamp) {
    let ConversationEvent::Opened {
        conversation,
        handle,
        customer,
        reference,
        channel,
        identity,
        tier,
        name,
        earlier,
        silence,
    } = event
    else {
        return;
    };
    let known = floor.customers.entry(*customer).or_default();
    known.conversations += 1;
    known.present += 1;
    if let Some(reference) = reference {
        floor.references.insert(*reference, *conversation);
    }
    floor.last.handle = floor.last.handle.max(*handle);
    floor.tally.conversations += 1;
    let mut fresh = blank(*conversation, *customer, at);
    fresh.handle = *handle;
    fresh.reference = *reference;
    fresh.channel = channel.clone();
    fresh.identity = *identity;
    fresh.tier = *tier;
    fresh.name.clone_from(name);
    fresh.earlier = *earlier;
    fresh.silence = *silence;
    floor.conversations.insert(*conversation, Box::new(fresh));
}

/// Takes a conversation off the live floor and its weight off its holder.
fn take_live(floor: &mut Floor, id: ConversationId, at: Timestamp) -> Option<Conversation> {
    let live = *floor.conversations.remove(&id)?;
    handled(&mut floor.handled, &live, at);
    floor.incidents.leaves(&live);
    if let Some(edition) = live.edition {
        floor.editions.ended(edition);
    }
    move_load(floor, id, &live.baton.holder, &Holder::Nobody);
    Some(live)
}

fn close(floor: &mut Floor, id: ConversationId, at: Timestamp) {
    let gone = take_live(floor, id, at)
        .map(|c| (c.customer, c.reference))
        .or_else(|| floor.stubs.remove(&id).map(|stub| (stub.customer, stub.reference)));
    let Some((customer, reference)) = gone else { return };
    if let Some(reference) = reference {
        floor.references.remove(&reference);
    }
    let Some(known) = floor.customers.get_mut(&customer) else { return };
    known.present = known.present.saturating_sub(1);
    if known.present == 0 && known.handle.is_none() {
        // Nobody can be found again by anything: a block would hold nobody off.
        super::customer::unblocked(floor, customer);
        floor.customers.remove(&customer);
    }
}

fn stub(live: Conversation, outcome: Outcome, (at, until): (Timestamp, Timestamp), pack: &ContextPack) -> Stub {
    Stub {
        handle: live.handle,
        customer: live.customer,
        reference: live.reference,
        channel: live.channel,
        identity: live.identity,
        tier: live.tier,
        name: live.name,
        earlier: live.earlier,
        opened: live.opened,
        silence: live.silence,
        until,
        seq: live.seq,
        epoch: live.baton.epoch,
        turn: live.last_turn,
        outcome,
        // Nobody waits any more; whoever comes back and is to wait is told so again.
        introduced: if matches!(live.introduced, Holder::Queue(_)) { Holder::Nobody } else { live.introduced },
        human_stretch: live.human_stretch.map(|(began, ended)| (began, Some(ended.unwrap_or(at)))),
        pack: pack.clone(),
        owed: live.owed,
        wrap: None,
        labels: live.arranged.labels,
        keys: live.keys,
    }
}

fn reopened(id: ConversationId, stub: Stub, pack: &ContextPack, at: Timestamp) -> Conversation {
    let mut live = blank(id, stub.customer, at);
    live.handle = stub.handle;
    live.reference = stub.reference;
    live.channel = stub.channel;
    live.identity = stub.identity;
    live.tier = stub.tier;
    live.name = stub.name;
    live.earlier = stub.earlier;
    live.opened = stub.opened;
    live.silence = stub.silence;
    live.baton.epoch = stub.epoch;
    live.last_turn = stub.turn;
    live.last_said = stub.turn;
    live.answered = stub.turn;
    live.routed = stub.turn;
    live.judged = stub.turn;
    live.slots.clone_from(&pack.slots);
    live.promises = pack.promises.iter().filter(|promise| promise.id.is_none()).cloned().collect();
    live.owed = stub.owed;
    live.given = pack.given;
    live.introduced = stub.introduced;
    live.human_stretch = stub.human_stretch;
    live.spent = stub.outcome.spent;
    // A rating is about one ending, and belongs to whoever had it then.
    live.outcome = Outcome {
        disposition: None,
        named: None,
        rating: None,
        reopened: stub.outcome.reopened.saturating_add(1),
        ..stub.outcome
    };
    live.arranged.labels = stub.labels;
    live.keys = stub.keys;
    live
}

fn blank(id: ConversationId, customer: CustomerId, at: Timestamp) -> Conversation {
    Conversation {
        id,
        customer,
        opened: at,
        silence: crate::domain::policy::Clocks::default().silence_ms,
        last_answer_at: at,
        spent_since: at,
        baton: Baton { since: at, ..Baton::default() },
        ..Conversation::default()
    }
}
