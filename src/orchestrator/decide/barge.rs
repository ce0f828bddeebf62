//! Speaking beside the holder: a grant within the holder's epoch. The holder stays; an agent keeps still
//! while the other writes, and a while after. Any pass of the baton ends it.

use crate::domain::event::{Event, SupervisionEvent, WithheldReason};
use crate::domain::id::{ConversationId, OperatorName};
use crate::domain::refusal::Refusal;
use crate::domain::supervision::{BARGE_PAUSE, BARGE_SIGN};
use crate::domain::time::Timestamp;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::draft;

/// Opens it for `operator`; who may was asked before.
pub(super) fn open(case: &Case<'_>, operator: &OperatorName) -> Result<Vec<Event>, Refusal> {
    if case.holder().operator() == Some(operator) {
        return Err(Refusal::AlreadyHolds);
    }
    // Where nobody answers there is nobody to speak beside.
    if case.holder().operator().is_none() && case.holder().agent().is_none() {
        return Err(case.not_holder());
    }
    match &case.conversation.barge {
        Some(barge) if barge.operator == *operator => return Ok(Vec::new()),
        Some(barge) => return Err(Refusal::BargeTaken { by: barge.operator.clone() }),
        None => {}
    }
    let (conversation, operator, quiet_until) = (case.id(), operator.clone(), case.at + BARGE_PAUSE);
    Ok(vec![SupervisionEvent::Barged { conversation, operator, quiet_until }.into()])
}

pub(super) fn end(case: &Case<'_>, operator: &OperatorName) -> Result<Vec<Event>, Refusal> {
    if !is_open(case, operator) {
        return Err(Refusal::NoBarge);
    }
    Ok(vec![ended(case.id(), operator)])
}

pub(super) fn ended(conversation: ConversationId, operator: &OperatorName) -> Event {
    SupervisionEvent::BargeEnded { conversation, operator: operator.clone() }.into()
}

/// Whether `operator` may speak beside the holder here.
pub(super) fn is_open(case: &Case<'_>, operator: &OperatorName) -> bool {
    case.conversation.barge.as_ref().is_some_and(|barge| barge.operator == *operator)
}

/// What a message beside the holder leaves without an answer to give: the draft that waited, unless it
/// tells of a side effect.
pub(super) fn overtaken(case: &Case<'_>) -> Option<Event> {
    case.conversation.composing.as_ref().filter(|composing| !composing.committed)?;
    draft::withhold(case, WithheldReason::Superseded)
}

/// They are seen writing: agents keep still for longer. Signs close to each other are one.
pub(super) fn writes(
    floor: &Floor,
    id: ConversationId,
    operator: &OperatorName,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    if !is_open(&case, operator) {
        return Err(Refusal::NoBarge);
    }
    let until = at + BARGE_PAUSE;
    let soon = case.conversation.kept_still().is_some_and(|now| until.since(now) < BARGE_SIGN);
    let event = SupervisionEvent::BargeWriting { conversation: id, operator: operator.clone(), quiet_until: until };
    Ok(if soon { Vec::new() } else { vec![event.into()] })
}
