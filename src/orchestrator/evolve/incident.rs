//! Folds incidents and the sums that proposals rest on.

use crate::domain::event::{CallEnd, Event, IncidentEvent, MemberEvent, ToolEvent, TurnEvent};
use crate::domain::id::{CallId, ConversationId, IncidentId};
use crate::domain::incident::{BroadcastKind, LeftReason, SPLITS_KEPT, StatusLine};
use crate::domain::policy::IncidentPolicy;
use crate::domain::score::Score;
use crate::domain::time::Timestamp;
use crate::orchestrator::due::Due;
use crate::orchestrator::floor::Floor;
use crate::orchestrator::incidents::{Broadcast, Incident, Proposal};

use super::with;

/// How sure the reading of a text has to be for the conversation to count as come for something.
const SURE: Score = Score::from_percent(35);

pub(super) fn fold(floor: &mut Floor, event: &IncidentEvent, at: Timestamp) {
    let incidents = &mut floor.incidents;
    match event {
        IncidentEvent::Proposed { incident, cause, evidence } => {
            let (cause, evidence) = (cause.clone(), *evidence);
            incidents.proposed.insert(*incident, Proposal { cause, evidence, since: at });
            floor.last.incident = floor.last.incident.max(*incident);
        }
        IncidentEvent::Dismissed { incident, quiet_until, .. } => {
            let Some(proposal) = incidents.proposed.remove(incident) else { return };
            incidents.quiet.retain(|(cause, until)| *until > at && *cause != proposal.cause);
            incidents.quiet.push((proposal.cause, *quiet_until));
        }
        IncidentEvent::Declared { incident, by, title, cause } => {
            incidents.proposed.retain(|id, proposal| id != incident && proposal.cause != *cause);
            let (title, cause, lead) = (title.clone(), cause.clone(), by.clone());
            incidents.open.insert(*incident, Incident::new(title, cause, lead, at));
            floor.last.incident = floor.last.incident.max(*incident);
        }
        IncidentEvent::LeadTaken { incident, by } => {
            if let Some(incident) = incidents.open.get_mut(incident) {
                incident.lead = by.clone();
            }
        }
        IncidentEvent::Cleared { incident, until, .. } => {
            change(floor, *incident, |incident| incident.kept_until = Some(*until));
        }
        IncidentEvent::BroadcastBegan { incident, broadcast, kind, text, to, pause, .. } => {
            let (number, kind, text) = (*broadcast, *kind, text.clone());
            let (waiting, pause) = (to.iter().copied().collect(), *pause);
            change(floor, *incident, |incident| {
                // A message that follows another at once keeps its pace.
                let next_at = incident.told_at.map_or(at, |told| at.max(told + pause));
                let begun = Broadcast { number, kind, text, waiting, told: 0, skipped: 0, pause, next_at };
                incident.broadcasts = number;
                incident.broadcast = Some(begun);
            });
        }
        IncidentEvent::BroadcastStopped { incident, .. } | IncidentEvent::BroadcastEnded { incident, .. } => {
            change(floor, *incident, |incident| incident.broadcast = None);
        }
        IncidentEvent::StatusSet { component, state, text, by, incident } => {
            let (component, text, by) = (component.clone(), text.clone(), by.clone());
            let line = StatusLine { component, state: *state, text, by, since: at, incident: *incident };
            incidents.status.insert(line.component.clone(), line);
        }
        IncidentEvent::StatusCleared { component, .. } => drop(incidents.status.remove(component)),
        IncidentEvent::Filed { incident } => {
            if let Some(entry) = alarm(floor, *incident) {
                floor.due.remove(&entry);
            }
            floor.incidents.open.remove(incident);
        }
    }
}

/// Changes an incident and keeps its alarm.
fn change(floor: &mut Floor, id: IncidentId, change: impl FnOnce(&mut Incident)) {
    if let Some(entry) = alarm(floor, id) {
        floor.due.remove(&entry);
    }
    if let Some(incident) = floor.incidents.open.get_mut(&id) {
        change(incident);
    }
    floor.due.extend(alarm(floor, id));
}

/// What is due next in an incident.
fn alarm(floor: &Floor, id: IncidentId) -> Option<(Timestamp, Due)> {
    let next = floor.incidents.open.get(&id).and_then(Incident::next_due);
    next.map(|at| (at, Due::Incident(id)))
}

pub(super) fn fold_member(floor: &mut Floor, event: &MemberEvent) {
    match event {
        MemberEvent::Joined { conversation, incident, .. } => {
            with(floor, *conversation, |c| c.incident = Some(*incident));
            if let Some(incident) = floor.incidents.open.get_mut(incident) {
                incident.members.insert(*conversation);
            }
        }
        MemberEvent::Left { conversation, incident, reason, .. } => {
            with(floor, *conversation, |c| {
                c.incident = None;
                if *reason == LeftReason::Split {
                    c.split.push(*incident);
                    let excess = c.split.len().saturating_sub(SPLITS_KEPT);
                    c.split.drain(..excess);
                }
            });
            if let Some(incident) = floor.incidents.open.get_mut(incident) {
                incident.members.remove(conversation);
            }
        }
        MemberEvent::Skipped { conversation, incident, .. } => change(floor, *incident, |incident| {
            if let Some(broadcast) = &mut incident.broadcast {
                broadcast.waiting.retain(|id| id != conversation);
                broadcast.skipped += 1;
            }
        }),
    }
}

/// A conversation was told; the next one is told after the pause.
pub(super) fn told(
    floor: &mut Floor,
    id: IncidentId,
    conversation: ConversationId,
    kind: BroadcastKind,
    at: Timestamp,
) {
    change(floor, id, |incident| {
        incident.told.insert(conversation, kind);
        incident.told_at = Some(at);
        if let Some(broadcast) = &mut incident.broadcast {
            broadcast.waiting.retain(|id| *id != conversation);
            broadcast.told += 1;
            broadcast.next_at = at + broadcast.pause;
        }
    });
}

/// Counts what may speak for a common cause, before the entry itself is folded.
pub(super) fn watch(floor: &mut Floor, event: &Event, at: Timestamp) {
    if let Event::Tool(
        ToolEvent::AttemptFailed { conversation, call, .. }
        | ToolEvent::Unsettled { conversation, call, .. }
        | ToolEvent::Returned { conversation, call, end: CallEnd::Failed | CallEnd::Unknown, .. },
    ) = event
    {
        failed(floor, *conversation, *call, at);
    }
    let Event::Turn(TurnEvent::CustomerSpoke { conversation, analysis, .. }) = event else { return };
    let top = analysis.top().filter(|top| top.confidence >= SURE).map(|top| top.intent.clone());
    let Some((c, intent)) = floor.conversations.get_mut(conversation).zip(top) else { return };
    if c.arrived.is_none() {
        c.arrived = Some(intent.clone());
        let policy = policy(floor);
        floor.incidents.came(&intent, *conversation, at, &policy);
    }
}

fn policy(floor: &Floor) -> IncidentPolicy {
    floor.deployment.as_ref().map(|deployment| deployment.policy.incidents.clone()).unwrap_or_default()
}

fn failed(floor: &mut Floor, conversation: ConversationId, call: CallId, at: Timestamp) {
    let call = floor.conversations.get(&conversation).and_then(|c| c.calls.get(&call));
    let Some(tool) = call.map(|call| call.tool.clone()) else { return };
    let policy = policy(floor);
    floor.incidents.failed(&tool, conversation, at, &policy);
}
