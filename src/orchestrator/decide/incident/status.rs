//! How parts of the house do: said at once to whoever asks, until it is taken back.

use crate::domain::event::{Event, IncidentEvent};
use crate::domain::id::{ComponentName, IncidentId};
use crate::domain::incident::{ComponentState, STATUS_BYTES_MAX, STATUS_LINES_MAX};
use crate::domain::operator::OperatorSpec;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::orchestrator::floor::Floor;

use super::{going_on, limit};

pub(super) fn set(
    floor: &Floor,
    by: &OperatorSpec,
    component: &ComponentName,
    (state, text): (ComponentState, &Foreign),
    incident: Option<IncidentId>,
) -> Result<Vec<Event>, Refusal> {
    if text.raw().trim().is_empty() {
        return Err(Refusal::Empty);
    }
    limit("bytes of status", text.raw().len(), STATUS_BYTES_MAX)?;
    let known = &floor.incidents.status;
    limit("status lines", known.len() + usize::from(!known.contains_key(component)), STATUS_LINES_MAX)?;
    if let Some(incident) = incident {
        going_on(floor, incident)?;
    }
    let same = |line: &&crate::domain::incident::StatusLine| {
        line.state == state && line.text == *text && line.incident == incident
    };
    if known.get(component).as_ref().is_some_and(same) {
        return Ok(Vec::new());
    }
    let (component, text, by) = (component.clone(), text.clone(), by.name.clone());
    Ok(vec![IncidentEvent::StatusSet { component, state, text, by, incident }.into()])
}

pub(super) fn clear(floor: &Floor, by: &OperatorSpec, component: &ComponentName) -> Result<Vec<Event>, Refusal> {
    let component = component.clone();
    if !floor.incidents.status.contains_key(&component) {
        return Err(Refusal::NoStatus { component });
    }
    Ok(vec![IncidentEvent::StatusCleared { component, by: by.name.clone() }.into()])
}

/// What was said because of an incident is taken back with it.
pub(super) fn ended(floor: &Floor, by: &OperatorSpec, incident: IncidentId) -> Vec<Event> {
    let lines = floor.incidents.status.values().filter(|line| line.incident == Some(incident));
    let cleared = lines
        .map(|line| IncidentEvent::StatusCleared { component: line.component.clone(), by: by.name.clone() }.into());
    cleared.collect()
}
