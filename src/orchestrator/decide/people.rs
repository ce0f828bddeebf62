//! What people do with their own state, and supervisors with that of others.

use crate::domain::event::{Event, OperatorEvent};
use crate::domain::id::OperatorName;
use crate::domain::operator::{AWAY_GRACE, OperatorSpec, PRESENCE_REASON_BYTES_MAX, Presence, Role};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::floor::{Floor, OperatorState};

use super::operate::need;

/// The state somebody is to be in.
pub(super) struct Wish<'a> {
    pub(super) presence: Presence,
    pub(super) reason: Option<&'a Foreign>,
    pub(super) until: Option<Timestamp>,
}

/// One's own state is anybody's to set, that of others a supervisor's.
pub(super) fn set_presence(
    floor: &Floor,
    by: &OperatorSpec,
    whose: Option<&OperatorName>,
    wish: &Wish<'_>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let other = whose.filter(|name| **name != by.name);
    if let Some(other) = other {
        need(by, Role::Supervisor)?;
        floor.operator_spec(other).ok_or(Refusal::UnknownOperator)?;
    }
    if let Some(reason) = wish.reason.filter(|reason| reason.raw().len() > PRESENCE_REASON_BYTES_MAX) {
        let (given, limit) = (reason.raw().len() as u64, PRESENCE_REASON_BYTES_MAX as u64);
        return Err(Refusal::TooMuch { what: "bytes of reason".to_owned(), given, limit });
    }
    if wish.until.is_some_and(|until| until <= at) {
        return Err(Refusal::InThePast);
    }
    let operator = other.unwrap_or(&by.name);
    let state = floor.operators.get(operator);
    if state.is_some_and(|state| is_already(state, wish)) {
        return Ok(Vec::new());
    }
    let set = OperatorEvent::PresenceSet {
        operator: operator.clone(),
        presence: wish.presence,
        reason: wish.reason.cloned(),
        until: wish.until,
        by: other.map(|_| by.name.clone()),
        grace_until: state.and_then(|state| grace(state, wish.presence, at)),
    };
    Ok(vec![set.into()])
}

fn is_already(state: &OperatorState, wish: &Wish<'_>) -> bool {
    state.presence == wish.presence && state.reason.as_ref() == wish.reason && state.until == wish.until
}

/// Who goes offline with conversations at hand keeps them for the grace time, like somebody whose
/// console vanished; a grace time that runs goes on.
fn grace(state: &OperatorState, presence: Presence, at: Timestamp) -> Option<Timestamp> {
    (presence == Presence::Offline && state.load > 0).then(|| state.away_until.unwrap_or(at + AWAY_GRACE))
}
