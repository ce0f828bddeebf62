//! Calls of language models add up.

use crate::domain::event::ModelEvent;
use crate::domain::time::Timestamp;
use crate::orchestrator::bills::sum;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &ModelEvent, at: Timestamp) {
    let ModelEvent::Called { conversation, agent, call, .. } = event;
    let Some(cost) = call.cost else { return };
    floor.bills.count(agent, cost, at);
    with(floor, *conversation, |c| c.cost = sum(c.cost, Some(cost)));
}
