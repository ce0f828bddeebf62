//! Passing the baton: the one place where an epoch rises.

use crate::domain::baton::{HANDOVER_GRACE, Holder, PassReason};
use crate::domain::event::{BatonEvent, Event};
use crate::domain::handoff::ContextPack;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;

use super::case::Case;
use super::{hold, left};

/// The baton goes to `to`; a human holder is announced after the grace time at the latest.
pub(super) fn to(case: &Case<'_>, to: Holder, reason: PassReason, pack: Option<Box<ContextPack>>) -> Event {
    let grace_until = to.operator().map(|_| case.at + HANDOVER_GRACE);
    passed(case, to, reason, case.at, grace_until, pack)
}

/// The baton goes back to who held before the takeover, with the clock that holder had.
pub(super) fn undo(case: &Case<'_>) -> Result<Event, Refusal> {
    if !case.can_undo() {
        let taken = matches!(case.conversation.baton.reason, PassReason::TakenOver | PassReason::OfferTaken(_));
        return Err(if taken { Refusal::TooLate } else { Refusal::NothingToUndo });
    }
    let undo = case.conversation.undo.as_ref().ok_or(Refusal::NothingToUndo)?;
    room(case, &undo.holder)?;
    let grace_until = undo.holder.operator().map(|_| case.at + HANDOVER_GRACE);
    Ok(passed(case, undo.holder.clone(), PassReason::Undone, undo.since, grace_until, undo.pack.clone()))
}

/// Refuses a holder that is full or cannot hold.
pub(super) fn room(case: &Case<'_>, holder: &Holder) -> Result<(), Refusal> {
    hold::check(case, holder)?;
    case.floor.room_for(holder).map_err(|limit| match limit {
        0 => Refusal::UnknownTarget { target: holder.clone() },
        limit => Refusal::AtCapacity { who: holder.clone(), limit },
    })
}

fn passed(
    case: &Case<'_>,
    to: Holder,
    reason: PassReason,
    since: Timestamp,
    grace_until: Option<Timestamp>,
    pack: Option<Box<ContextPack>>,
) -> Event {
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
    }
    .into()
}
