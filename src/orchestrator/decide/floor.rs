//! What the floor asks of itself: life, deployment, presence, erasure, time.

use crate::domain::command::FloorAct;
use crate::domain::conversation::CloseReason;
use crate::domain::event::{ConversationEvent, CustomerEvent, Event, FloorEvent, OperatorEvent};
use crate::domain::id::{CustomerId, OperatorName};
use crate::domain::operator::{AWAY_GRACE, Presence};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::domain::wrap_up::WrapUpCut;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{edition, end, promise, tick, tool, wrap_up};

pub(super) fn decide(floor: &Floor, act: &FloorAct, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    match act {
        FloorAct::Start => Ok(start(floor, at)),
        FloorAct::Stop => Ok(vec![FloorEvent::Stopped {}.into()]),
        FloorAct::Tick => tick::decide(floor, at),
        FloorAct::Adopt(deployment) => edition::adopt(floor, deployment),
        FloorAct::RollOut { edition, deployment, share } => edition::roll_out(floor, *edition, deployment, share),
        FloorAct::TakeBack => edition::take_back(floor),
        FloorAct::Arrive(operator) => arrive(floor, operator),
        FloorAct::Depart(operator) => Ok(depart(floor, operator, at)),
        FloorAct::Erase(customer) => erase(floor, *customer, at),
    }
}

/// A new life: nobody's console is attached yet, so everybody has the grace time to come back.
fn start(floor: &Floor, at: Timestamp) -> Vec<Event> {
    let mut events = vec![FloorEvent::Started { life: floor.life + 1 }.into()];
    events.extend(floor.operators.keys().flat_map(|operator| depart(floor, operator, at)));
    events.extend(floor.conversations.values().flat_map(|c| tool::interrupted(c, at)));
    events
}

fn arrive(floor: &Floor, operator: &OperatorName) -> Result<Vec<Event>, Refusal> {
    floor.operator_spec(operator).ok_or(Refusal::UnknownOperator)?;
    let here = floor
        .operators
        .get(operator)
        .is_some_and(|state| state.presence != Presence::Offline && state.away_until.is_none());
    Ok(if here { Vec::new() } else { vec![OperatorEvent::Arrived { operator: operator.clone() }.into()] })
}

fn depart(floor: &Floor, operator: &OperatorName, at: Timestamp) -> Vec<Event> {
    let Some(state) = floor.operators.get(operator) else { return Vec::new() };
    if state.presence == Presence::Offline || state.away_until.is_some() {
        return Vec::new();
    }
    vec![OperatorEvent::Departed { operator: operator.clone(), grace_until: at + AWAY_GRACE }.into()]
}

/// The erasure is recorded before the key dies; what is live of the customer ends first.
fn erase(floor: &Floor, customer: CustomerId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    for conversation in floor.conversations.values().filter(|c| c.customer == customer) {
        events.extend(end::close(&Case::open(floor, conversation.id, at)?, CloseReason::Erased));
    }
    let stubs = floor.stubs.iter().filter(|(_, stub)| stub.customer == customer);
    for (id, stub) in stubs {
        events.extend(wrap_up::cut(*id, stub, WrapUpCut::Closed));
        events.extend(promise::erased(*id, &stub.owed));
        events.push(ConversationEvent::Closed { conversation: *id, reason: CloseReason::Erased }.into());
    }
    events.push(CustomerEvent::Erased { customer }.into());
    Ok(events)
}
