//! Incidents: when one is proposed, who declares and leads it, and which conversations belong to it.

mod broadcast;
mod status;

use crate::domain::event::{Event, IncidentEvent, MemberEvent};
use crate::domain::id::{ConversationId, IncidentId};
use crate::domain::incident::{
    CAUSE_WORDS_BYTES_MAX, INCIDENT_TITLE_BYTES_MAX, INCIDENTS_MAX, IncidentCause, IncidentWish, LeftReason,
    PROPOSALS_MAX,
};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;
use crate::orchestrator::incidents::{Incident, failed_tools};

use super::operate::need;
use broadcast::Wanted;

/// What a supervisor wants to happen to an incident.
pub(super) fn decide(
    floor: &Floor,
    by: &OperatorSpec,
    wish: &IncidentWish,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Supervisor)?;
    match wish {
        IncidentWish::Declare { proposal, title, cause } => {
            declare(floor, by, *proposal, title.as_ref(), cause.as_ref())
        }
        IncidentWish::Dismiss { incident } => dismiss(floor, by, *incident, at),
        IncidentWish::Lead { incident } => lead(floor, by, *incident),
        IncidentWish::Join { incident, conversation } => join(floor, by, *incident, *conversation),
        IncidentWish::Split { conversation } => split(floor, by, *conversation),
        IncidentWish::Clear { incident } => clear(floor, by, *incident, at),
        IncidentWish::Broadcast { incident, kind, text, count } => {
            broadcast::begin(floor, by, &Wanted { incident: *incident, kind: *kind, text, count: *count })
        }
        IncidentWish::Stop { incident } => broadcast::stop(floor, by, *incident),
        IncidentWish::SetStatus { component, state, text, incident } => {
            status::set(floor, by, component, (*state, text), *incident)
        }
        IncidentWish::ClearStatus { component } => status::clear(floor, by, component),
    }
}

fn declare(
    floor: &Floor,
    by: &OperatorSpec,
    proposal: Option<IncidentId>,
    title: Option<&Foreign>,
    cause: Option<&IncidentCause>,
) -> Result<Vec<Event>, Refusal> {
    let (incident, cause) = match proposal {
        Some(incident) => {
            let proposed = floor.incidents.proposed.get(&incident).ok_or(Refusal::UnknownIncident { incident })?;
            (incident, proposed.cause.clone())
        }
        None => (floor.last.incident.next(), cause.ok_or(Refusal::Empty)?.clone()),
    };
    known(floor, &cause)?;
    if let Some(incident) = floor.incidents.of_cause(&cause) {
        return Err(Refusal::IncidentOpen { incident });
    }
    limit("incidents", floor.incidents.open.len() + 1, INCIDENTS_MAX)?;
    let title = title.cloned().unwrap_or_else(|| Foreign::from(cause.to_string()));
    if title.raw().trim().is_empty() {
        return Err(Refusal::Empty);
    }
    limit("bytes of title", title.raw().len(), INCIDENT_TITLE_BYTES_MAX)?;
    Ok(vec![IncidentEvent::Declared { incident, by: by.name.clone(), title, cause }.into()])
}

/// A cause names something of the house, or some words.
fn known(floor: &Floor, cause: &IncidentCause) -> Result<(), Refusal> {
    match cause {
        IncidentCause::Tool(tool) => {
            let known = floor.deployment.as_ref().and_then(|deployment| deployment.tool(tool));
            known.map(|_| ()).ok_or(Refusal::UnknownTool)
        }
        IncidentCause::Intent(_) => Ok(()),
        IncidentCause::Words(words) => {
            limit("bytes of words", words.raw().len(), CAUSE_WORDS_BYTES_MAX)?;
            if words.raw().chars().any(char::is_alphanumeric) { Ok(()) } else { Err(Refusal::Empty) }
        }
    }
}

fn limit(what: &str, given: usize, limit: usize) -> Result<(), Refusal> {
    let refused = || Refusal::TooMuch { what: what.to_owned(), given: given as u64, limit: limit as u64 };
    (given <= limit).then_some(()).ok_or_else(refused)
}

fn dismiss(floor: &Floor, by: &OperatorSpec, incident: IncidentId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    floor.incidents.proposed.get(&incident).ok_or(Refusal::UnknownIncident { incident })?;
    let quiet = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?.policy.incidents.quiet_ms;
    Ok(vec![IncidentEvent::Dismissed { incident, by: by.name.clone(), quiet_until: at + quiet }.into()])
}

/// An incident that goes on.
pub(super) fn going_on(floor: &Floor, incident: IncidentId) -> Result<&Incident, Refusal> {
    let found = floor.incidents.open.get(&incident).ok_or(Refusal::UnknownIncident { incident })?;
    if found.is_over() { Err(Refusal::IncidentOver { incident }) } else { Ok(found) }
}

/// What only whoever leads may do.
pub(super) fn led<'a>(incident: &'a Incident, by: &OperatorSpec) -> Result<&'a Incident, Refusal> {
    if incident.lead == by.name { Ok(incident) } else { Err(Refusal::NotLead { lead: incident.lead.clone() }) }
}

fn lead(floor: &Floor, by: &OperatorSpec, incident: IncidentId) -> Result<Vec<Event>, Refusal> {
    if going_on(floor, incident)?.lead == by.name {
        return Ok(Vec::new());
    }
    Ok(vec![IncidentEvent::LeadTaken { incident, by: by.name.clone() }.into()])
}

fn clear(floor: &Floor, by: &OperatorSpec, incident: IncidentId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let found = led(going_on(floor, incident)?, by)?;
    let keep = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?.policy.incidents.keep_ms;
    let members = found.members.len() as u32;
    let mut events: Vec<Event> = broadcast::stopped(found, by, incident).into_iter().collect();
    events.extend(status::ended(floor, by, incident));
    events.push(IncidentEvent::Cleared { incident, by: by.name.clone(), members, until: at + keep }.into());
    Ok(events)
}

fn join(
    floor: &Floor,
    by: &OperatorSpec,
    incident: IncidentId,
    conversation: ConversationId,
) -> Result<Vec<Event>, Refusal> {
    going_on(floor, incident)?;
    let c = floor.conversation(conversation).ok_or(Refusal::UnknownConversation)?;
    if c.incident == Some(incident) {
        return Ok(Vec::new());
    }
    let by = Some(by.name.clone());
    let from = c
        .incident
        .map(|incident| MemberEvent::Left { conversation, incident, by: by.clone(), reason: LeftReason::Moved }.into());
    Ok(from.into_iter().chain([MemberEvent::Joined { conversation, incident, by }.into()]).collect())
}

fn split(floor: &Floor, by: &OperatorSpec, conversation: ConversationId) -> Result<Vec<Event>, Refusal> {
    let c = floor.conversation(conversation).ok_or(Refusal::UnknownConversation)?;
    let incident = c.incident.ok_or(Refusal::NotInIncident)?;
    let (by, reason) = (Some(by.name.clone()), LeftReason::Split);
    Ok(vec![MemberEvent::Left { conversation, incident, by, reason }.into()])
}

/// Something happened in a conversation, or to an incident: whether it joins one or leaves it, and
/// whether it speaks for one that nobody has declared.
pub(super) fn gather(floor: &Floor, id: ConversationId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let c = floor.conversation(id).ok_or(Refusal::UnknownConversation)?;
    let mut events: Vec<Event> = Vec::new();
    if let Some(incident) = c.incident.filter(|_| floor.incidents.of(c).is_none()) {
        events.push(MemberEvent::Left { conversation: id, incident, by: None, reason: LeftReason::Cleared }.into());
    } else if c.incident.is_none() {
        events.extend(
            joins(floor, c).map(|incident| MemberEvent::Joined { conversation: id, incident, by: None }.into()),
        );
    }
    events.extend(proposal(floor, c, at));
    Ok(events)
}

/// The incident, of those that go on, whose cause a conversation shares; the one declared first.
fn joins(floor: &Floor, c: &Conversation) -> Option<IncidentId> {
    let mut open = floor.incidents.open.iter();
    let found =
        open.find(|(id, incident)| !incident.is_over() && !c.split.contains(id) && floor.shares(c, &incident.cause));
    found.map(|(id, _)| *id)
}

/// A cause of this conversation that enough others share, once until somebody has judged it.
fn proposal(floor: &Floor, c: &Conversation, at: Timestamp) -> Option<Event> {
    let policy = &floor.deployment.as_ref()?.policy.incidents;
    let incidents = &floor.incidents;
    if incidents.proposed.len() >= PROPOSALS_MAX {
        return None;
    }
    let intent = c.arrived.iter().cloned().map(IncidentCause::Intent);
    let mut causes = failed_tools(c).cloned().map(IncidentCause::Tool).chain(intent);
    let (cause, evidence) = causes.find_map(|cause| {
        let known = incidents.of_cause(&cause).is_some() || incidents.proposed.values().any(|p| p.cause == cause);
        let quiet = incidents.quiet.iter().any(|(other, until)| *other == cause && at < *until);
        let evidence = incidents.evidence(&cause, at, policy).filter(|_| !known && !quiet)?;
        Some((cause, evidence))
    })?;
    Some(IncidentEvent::Proposed { incident: floor.last.incident.next(), cause, evidence }.into())
}

/// What is due in an incident: the next is told; one that was cleared long ago is kept no longer.
pub(super) fn due(floor: &Floor, incident: IncidentId, at: Timestamp) -> Vec<Event> {
    let Some(found) = floor.incidents.open.get(&incident) else { return Vec::new() };
    match &found.broadcast {
        Some(running) if running.next_at <= at => broadcast::next(floor, (incident, found), running, at),
        None if found.is_over() => vec![IncidentEvent::Filed { incident }.into()],
        Some(_) | None => Vec::new(),
    }
}
