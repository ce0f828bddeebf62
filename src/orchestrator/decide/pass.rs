//! Passing the baton: the one place where an epoch rises.

use crate::domain::baton::{HANDOVER_GRACE, Holder, PassReason};
use crate::domain::conversation::HouseSentence;
use crate::domain::event::{BatonEvent, Event};
use crate::domain::handoff::ContextPack;
use crate::domain::id::TurnNo;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::domain::undo::UNDO_WINDOW;
use crate::orchestrator::conversation::Held;

use super::case::Case;
use super::{hold, left};

/// The baton goes to `to`; a human holder is announced after the grace time at the latest.
pub(super) fn to(case: &Case<'_>, to: Holder, reason: PassReason, pack: Option<Box<ContextPack>>) -> Event {
    let grace_until = to.operator().map(|_| case.at + HANDOVER_GRACE);
    passed(case, to, reason, Terms { since: case.at, grace_until, undo_until: None }, pack)
}

/// The same by a person's hand: they may take it back until whoever has it answers.
pub(super) fn by_hand(case: &Case<'_>, to: Holder, reason: PassReason, pack: Option<Box<ContextPack>>) -> Event {
    let grace_until = to.operator().map(|_| case.at + HANDOVER_GRACE);
    let undo_until = Some(grace_until.unwrap_or(case.at + UNDO_WINDOW));
    passed(case, to, reason, Terms { since: case.at, grace_until, undo_until }, pack)
}

/// The baton goes back to who held before, with the clock that holder had. A person is announced once more
/// when the customer was told of somebody else meanwhile.
pub(super) fn undo(case: &Case<'_>, held: &Held) -> Event {
    let unknown = held.holder.operator().is_some() && case.conversation.introduced != held.holder;
    let grace_until = held.grace_until.or_else(|| unknown.then(|| case.at + HANDOVER_GRACE));
    let terms = Terms { since: held.since, grace_until, undo_until: None };
    passed(case, held.holder.clone(), PassReason::Undone, terms, held.pack.clone())
}

/// What the customer is told, as message `turn`, of who answers from now on: nothing when they were told so
/// before, or will be when a person writes.
pub(super) fn introduction(case: &Case<'_>, to: &Holder, turn: TurnNo) -> Option<Event> {
    let told = &case.conversation.introduced;
    let (sentence, who) = match (to, told) {
        (Holder::Agent(_), told) if told == to => return None,
        (Holder::Agent(agent), Holder::Agent(_)) => (HouseSentence::SpecialistTakesOver, case.title(agent)),
        // After a person, or the wait for one, it has to be said that this is an AI.
        (Holder::Agent(agent), Holder::Operator(_) | Holder::Queue(_) | Holder::Nobody) => {
            (HouseSentence::AgentTakesOver, case.title(agent))
        }
        (Holder::Queue(_), Holder::Agent(_) | Holder::Operator(_) | Holder::Nobody) => {
            (HouseSentence::HumanAsked, String::new())
        }
        (Holder::Queue(_), Holder::Queue(_)) | (Holder::Operator(_) | Holder::Nobody, _) => return None,
    };
    Some(case.house(turn, sentence, &who))
}

/// Refuses a holder that is full or cannot hold.
pub(super) fn room(case: &Case<'_>, holder: &Holder) -> Result<(), Refusal> {
    hold::check(case, holder)?;
    case.floor.room_for(holder).map_err(|limit| match limit {
        0 => Refusal::UnknownTarget { target: holder.clone() },
        limit => Refusal::AtCapacity { who: holder.clone(), limit },
    })
}

/// The times of a pass.
#[derive(Clone, Copy)]
struct Terms {
    since: Timestamp,
    grace_until: Option<Timestamp>,
    undo_until: Option<Timestamp>,
}

fn passed(case: &Case<'_>, to: Holder, reason: PassReason, terms: Terms, pack: Option<Box<ContextPack>>) -> Event {
    let Terms { since, grace_until, undo_until } = terms;
    let waits = to.operator().is_some() && case.conversation.unanswered();
    let left = if waits { left::times(case.conversation, case.deployment, case.at) } else { None };
    BatonEvent::Passed {
        conversation: case.id(),
        from: case.holder().clone(),
        to,
        epoch: case.conversation.baton.epoch.next(),
        reason,
        since,
        grace_until,
        pack,
        left,
        undo_until,
    }
    .into()
}
