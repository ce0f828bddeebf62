//! Folds passes between specialists, and how they came out.

use crate::domain::event::HandoffEvent;
use crate::domain::handoff::{ContextPack, Edge};
use crate::domain::id::{AgentName, ConversationId, SlotName};
use crate::orchestrator::conversation::{Handed, Handoff};
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &HandoffEvent) {
    match event {
        HandoffEvent::Offered { conversation, handoff, from, to, pack, until } => {
            floor.last.handoff = floor.last.handoff.max(*handoff);
            count(floor, from, to, |edge| edge.offered += 1);
            with(floor, *conversation, |c| {
                c.composing = None;
                c.hops = c.hops.saturating_add(1);
                c.handoff = Some(Handoff {
                    id: *handoff,
                    from: from.clone(),
                    to: to.clone(),
                    pack: pack.clone(),
                    until: *until,
                });
            });
        }
        HandoffEvent::Accepted { conversation, omissions, .. } => {
            floor.tally.handoffs += 1;
            let waited = take(floor, *conversation);
            if let Some(Handoff { from, to, .. }) = &waited {
                count(floor, from, to, |edge| edge.accepted += 1);
            }
            with(floor, *conversation, |c| {
                c.omissions = Some(omissions.clone());
                c.outcome.handoffs = c.outcome.handoffs.saturating_add(1);
                c.round.extend(waited.as_ref().map(|handoff| handoff.from.clone()));
                c.handed = waited.map(|Handoff { from, to, pack, .. }| Handed { from, to, known: known(&pack) });
            });
        }
        HandoffEvent::Declined { conversation, handoff: Some(_), .. } => {
            if let Some(Handoff { from, to, .. }) = take(floor, *conversation) {
                count(floor, &from, &to, |edge| edge.declined += 1);
            }
        }
        HandoffEvent::Declined { conversation, handoff: None, from, to, .. } => {
            with(floor, *conversation, |c| c.handoff = None);
            if let Some(from) = from {
                count(floor, from, to, |edge| edge.refused += 1);
            }
        }
        HandoffEvent::Lapsed { conversation, .. } => {
            if let Some(Handoff { from, to, .. }) = take(floor, *conversation) {
                count(floor, &from, &to, |edge| edge.lapsed += 1);
            }
        }
    }
}

fn take(floor: &mut Floor, id: ConversationId) -> Option<Handoff> {
    floor.conversations.get_mut(&id)?.handoff.take()
}

/// What the customer had given, or been asked for.
fn known(pack: &ContextPack) -> Vec<SlotName> {
    pack.slots.iter().map(|fill| &fill.slot).chain(&pack.open_questions).cloned().collect()
}

/// Counts on the edge between two agents of the roster; other names are nobody's to pass to.
pub(super) fn count(floor: &mut Floor, from: &AgentName, to: &AgentName, change: impl FnOnce(&mut Edge)) {
    if floor.agents.contains_key(to)
        && let Some(giver) = floor.agents.get_mut(from)
    {
        change(giver.edges.entry(to.clone()).or_default());
    }
}
