//! Customers whom nobody answers for a while. What is open of theirs ends, they are told so once, and what
//! they write is kept and leads to nothing. Who writes of a danger to somebody is heard as ever.

use std::collections::BTreeSet;

use crate::domain::block::{BLOCK_DEFAULT, BLOCK_MAX, BLOCK_REASON_BYTES_MAX, BLOCKS_MAX, Block};
use crate::domain::command::OperatorAct;
use crate::domain::conversation::{Disposition, HouseSentence};
use crate::domain::escalation::Trigger;
use crate::domain::event::{ConversationEvent, CustomerEvent, Event, TurnEvent};
use crate::domain::id::{ConversationId, CustomerId, TurnNo};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::undo::UNDO_WINDOW;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{end, operate};

/// The acts of this page, and the undo of one of them; nothing for the others.
pub(super) fn decide(
    floor: &Floor,
    spec: &OperatorSpec,
    act: &OperatorAct,
    at: Timestamp,
) -> Option<Result<Vec<Event>, Refusal>> {
    if let OperatorAct::Block { customer, reason, until } = act {
        return Some(block(floor, spec, *customer, (reason, *until), at));
    }
    if let OperatorAct::Unblock { customer } = act {
        return Some(lift(floor, spec, *customer, at));
    }
    let OperatorAct::Undo { conversation } = act else { return None };
    let customer = floor.stubs.get(conversation)?.customer;
    let block = running(floor, customer, at).filter(|block| block.told_in == Some(*conversation))?;
    Some(match (block.by == spec.name, at < block.undo_until) {
        (false, _) => Err(Refusal::NothingToUndo),
        (true, false) => Err(Refusal::TooLate),
        (true, true) => lift(floor, spec, customer, at),
    })
}

/// The block that lies on a customer now.
pub(super) fn running(floor: &Floor, customer: CustomerId, at: Timestamp) -> Option<&Block> {
    floor.customers.get(&customer)?.blocked.as_ref().filter(|block| at < block.until)
}

/// What a customer asks for beside their words is turned down as long as they are blocked.
pub(super) fn check(floor: &Floor, customer: CustomerId, at: Timestamp) -> Result<(), Refusal> {
    running(floor, customer, at).map_or(Ok(()), |block| Err(Refusal::Blocked { until: block.until }))
}

fn block(
    floor: &Floor,
    spec: &OperatorSpec,
    customer: CustomerId,
    (reason, until): (&Foreign, Option<Timestamp>),
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    operate::need(spec, Role::Supervisor)?;
    let known = floor.customers.get(&customer).ok_or(Refusal::UnknownCustomer)?;
    if reason.raw().trim().is_empty() {
        return Err(Refusal::Empty);
    }
    let too_much = |what: &str, given: u64, limit: u64| Refusal::TooMuch { what: what.to_owned(), given, limit };
    if reason.raw().len() > BLOCK_REASON_BYTES_MAX {
        return Err(too_much("bytes of a reason", reason.raw().len() as u64, BLOCK_REASON_BYTES_MAX as u64));
    }
    let until = until.unwrap_or(at + BLOCK_DEFAULT);
    if until <= at {
        return Err(Refusal::InThePast);
    }
    if until.since(at) > BLOCK_MAX {
        return Err(too_much("hours of a block", until.since(at).secs().div_ceil(3_600), BLOCK_MAX.secs() / 3_600));
    }
    let blocked = floor.customers.values().filter(|customer| customer.blocked.is_some()).count();
    if known.blocked.is_none() && blocked >= BLOCKS_MAX {
        return Err(too_much("blocked customers", blocked as u64 + 1, BLOCKS_MAX as u64));
    }
    let open: Vec<&Conversation> =
        floor.conversations.values().map(|c| &**c).filter(|c| c.customer == customer && !in_danger(c)).collect();
    // Who is blocked already was told where they were told.
    let told_in = open.first().map(|c| c.id).or_else(|| known.blocked.as_ref()?.told_in);
    let (by, reason, undo_until) = (spec.name.clone(), reason.clone().into(), at + UNDO_WINDOW);
    let mut events: Vec<Event> =
        vec![CustomerEvent::Blocked { customer, by, reason, until, told_in, undo_until }.into()];
    for c in open {
        let case = Case::open(floor, c.id, at)?;
        events.push(case.house_by(c.last_turn.next(), HouseSentence::Blocked, "", until));
        events.extend(end::resolve(&case, Disposition::Unsolved));
    }
    // Each end was judged on the floor as it is: a stub that has to make room for several does so once.
    let mut shut = BTreeSet::new();
    events.retain(|event| {
        let Event::Conversation(ConversationEvent::Closed { conversation, .. }) = event else { return true };
        shut.insert(*conversation)
    });
    Ok(events)
}

/// Whether a danger was spoken of, or somebody was called because of one: that goes on, whoever writes.
fn in_danger(c: &Conversation) -> bool {
    c.danger || c.escalation.as_ref().is_some_and(|escalation| escalation.trigger == Trigger::Safety)
}

/// A person lets the customer in again, who is told so where they were told of the block.
fn lift(floor: &Floor, spec: &OperatorSpec, customer: CustomerId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    operate::need(spec, Role::Supervisor)?;
    let block = running(floor, customer, at).ok_or(Refusal::NotBlocked)?;
    let mut events: Vec<Event> = vec![CustomerEvent::Unblocked { customer, by: Some(spec.name.clone()) }.into()];
    let stub = block.told_in.and_then(|id| Some((id, floor.stubs.get(&id)?.turn.next())));
    events.extend(stub.and_then(|(id, turn)| says(floor, id, (turn, HouseSentence::Unblocked), (at, at))));
    Ok(events)
}

/// Its time is over.
pub(super) fn over(customer: CustomerId) -> Vec<Event> {
    vec![CustomerEvent::Unblocked { customer, by: None }.into()]
}

/// A sentence of the house in a conversation that need not go on.
pub(super) fn says(
    floor: &Floor,
    conversation: ConversationId,
    (turn, sentence): (TurnNo, HouseSentence),
    (at, by): (Timestamp, Timestamp),
) -> Option<Event> {
    let text = Foreign::from(floor.deployment.as_ref()?.sentence(sentence, "", at, by));
    Some(TurnEvent::HouseSpoke { conversation, turn, sentence, text }.into())
}
