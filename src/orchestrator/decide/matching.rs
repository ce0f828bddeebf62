//! Which waiting conversation is offered to whom: one at a time, so that each sees the one before.

use std::cmp::Reverse;

use crate::domain::escalation::OFFER_PATIENCE;
use crate::domain::event::{EscalationEvent, Event};
use crate::domain::id::OperatorName;
use crate::domain::operator::Role;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{Conversation, Escalation};
use crate::orchestrator::floor::Floor;

/// The next offer, if there is somebody to make it to: gravest first, then by due time, then the oldest.
pub(super) fn next_offer(floor: &Floor, at: Timestamp) -> Vec<Event> {
    let mut waiting: Vec<(&Conversation, &Escalation)> = floor
        .queued
        .iter()
        .filter_map(|id| floor.conversation(*id))
        .filter_map(|c| Some((c, c.escalation.as_ref().filter(|e| e.offer.is_none())?)))
        .collect();
    waiting.sort_by_key(|(_, e)| (Reverse(e.severity), e.due, e.since, e.id));
    let pair = waiting.into_iter().find_map(|(c, e)| Some((c, e, receiver(floor, e)?)));
    let Some((conversation, escalation, operator)) = pair else { return Vec::new() };
    vec![
        EscalationEvent::Offered {
            conversation: conversation.id,
            escalation: escalation.id,
            offer: floor.last.offer.next(),
            operator,
            until: at + OFFER_PATIENCE,
        }
        .into(),
    ]
}

/// Who takes offers, has a seat left and has not turned this one down; the one with most seats first.
fn receiver(floor: &Floor, escalation: &Escalation) -> Option<OperatorName> {
    let deployment = floor.deployment.as_ref()?;
    deployment
        .operators
        .iter()
        .filter(|spec| spec.role >= Role::Responder && !escalation.declined.contains(&spec.name))
        .filter(|spec| {
            floor
                .operators
                .get(&spec.name)
                .is_some_and(|state| state.presence.takes_offers() && state.away_until.is_none())
        })
        .map(|spec| (floor.free_seats(&spec.name), spec))
        .filter(|(seats, _)| *seats > 0)
        .min_by_key(|(seats, spec)| (Reverse(*seats), spec.name.clone()))
        .map(|(_, spec)| spec.name.clone())
}
