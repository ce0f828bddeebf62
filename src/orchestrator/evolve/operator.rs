//! Folds the humans.

use crate::domain::event::OperatorEvent;
use crate::domain::id::OperatorName;
use crate::domain::operator::Presence;
use crate::domain::time::Timestamp;
use crate::orchestrator::due::Due;
use crate::orchestrator::floor::Floor;

pub(super) fn fold(floor: &mut Floor, event: &OperatorEvent, at: Timestamp) {
    match event {
        OperatorEvent::Arrived { operator } => {
            back(floor, operator);
            let state = floor.operators.entry(operator.clone()).or_default();
            // Who comes back within the grace time goes on with what they were doing.
            if state.presence == Presence::Offline {
                state.presence = Presence::Available;
                state.since = at;
            }
        }
        OperatorEvent::Departed { operator, grace_until } => {
            back(floor, operator);
            floor.operators.entry(operator.clone()).or_default().away_until = Some(*grace_until);
            floor.due.insert((*grace_until, Due::Operator(operator.clone())));
        }
        OperatorEvent::Gone { operator } => {
            back(floor, operator);
            set(floor, operator, Presence::Offline, at);
        }
        OperatorEvent::PresenceSet { operator, presence } => set(floor, operator, *presence, at),
    }
}

/// Stops the clock of somebody's absence.
fn back(floor: &mut Floor, operator: &OperatorName) {
    let Some(state) = floor.operators.get_mut(operator) else { return };
    if let Some(until) = state.away_until.take() {
        floor.due.remove(&(until, Due::Operator(operator.clone())));
    }
}

fn set(floor: &mut Floor, operator: &OperatorName, presence: Presence, at: Timestamp) {
    let state = floor.operators.entry(operator.clone()).or_default();
    state.presence = presence;
    state.since = at;
}
