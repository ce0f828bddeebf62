//! Folds the humans.

use crate::domain::brief::{BRIEFS_KEPT, Brief};
use crate::domain::event::OperatorEvent;
use crate::domain::id::OperatorName;
use crate::domain::operator::Presence;
use crate::domain::time::Timestamp;
use crate::orchestrator::due::Due;
use crate::orchestrator::floor::{Floor, OperatorState};

pub(super) fn fold(floor: &mut Floor, event: &OperatorEvent, at: Timestamp) {
    match event {
        OperatorEvent::Arrived { operator } => {
            back(floor, operator);
            let state = floor.operators.entry(operator.clone()).or_default();
            // Who comes back within the grace time goes on with what they were doing.
            if state.presence == Presence::Offline {
                *state = OperatorState { presence: Presence::Available, since: at, ..begun(state) };
            }
        }
        OperatorEvent::Departed { operator, grace_until } => {
            back(floor, operator);
            away(floor, operator, *grace_until);
        }
        OperatorEvent::Gone { operator } => {
            back(floor, operator);
            let state = floor.operators.entry(operator.clone()).or_default();
            *state = OperatorState { presence: Presence::Offline, since: at, ..begun(state) };
        }
        OperatorEvent::PresenceSet { operator, presence, reason, until, by, grace_until } => {
            let state = floor.operators.entry(operator.clone()).or_default();
            let was = state.presence;
            *state = OperatorState {
                presence: *presence,
                // The same state with another reason or end goes on.
                since: if was == *presence { state.since } else { at },
                reason: reason.clone(),
                until: *until,
                set_by: by.clone(),
                ..begun(state)
            };
            // Who was offline by their own word is back; whose console vanished has to come back with one.
            if was == Presence::Offline || grace_until.is_some() {
                back(floor, operator);
            }
            if let Some(until) = grace_until {
                away(floor, operator, *until);
            }
        }
        OperatorEvent::SetBusy { operator, reason, .. } => {
            let state = floor.operators.entry(operator.clone()).or_default();
            let reason = Some(reason.clone());
            *state = OperatorState { presence: Presence::Busy, since: at, reason, ..begun(state) };
        }
        OperatorEvent::BriefWritten { operator, brief, since, sums, lines } => {
            let (by, lines) = (operator.clone(), lines.clone());
            floor.briefs.insert(*brief, Brief { by, at, since: *since, sums: *sums, lines, signed: None });
            while floor.briefs.len() > BRIEFS_KEPT {
                floor.briefs.pop_first();
            }
            floor.last.brief = *brief;
            floor.briefed = (at, floor.tally);
        }
        OperatorEvent::BriefSigned { operator, brief } => {
            if let Some(brief) = floor.briefs.get_mut(brief) {
                brief.signed = Some((operator.clone(), at));
            }
        }
    }
}

/// The same person at the beginning of another state: what they hold and the keys they used stay.
fn begun(state: &mut OperatorState) -> OperatorState {
    let keys = std::mem::take(&mut state.keys);
    let OperatorState { load, wrapping, offer, away_until, .. } = *state;
    OperatorState { load, wrapping, offer, away_until, keys, ..Default::default() }
}

fn away(floor: &mut Floor, operator: &OperatorName, until: Timestamp) {
    floor.operators.entry(operator.clone()).or_default().away_until = Some(until);
    floor.due.insert((until, Due::Operator(operator.clone())));
}

/// Stops the clock of somebody's absence.
fn back(floor: &mut Floor, operator: &OperatorName) {
    let Some(state) = floor.operators.get_mut(operator) else { return };
    if let Some(until) = state.away_until.take() {
        floor.due.remove(&(until, Due::Operator(operator.clone())));
    }
}
