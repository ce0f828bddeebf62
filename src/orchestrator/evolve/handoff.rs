//! Folds passes between specialists.

use crate::domain::event::HandoffEvent;
use crate::orchestrator::conversation::Handoff;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &HandoffEvent) {
    match event {
        HandoffEvent::Offered { conversation, handoff, from, to, pack, until } => {
            floor.last.handoff = floor.last.handoff.max(*handoff);
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
            with(floor, *conversation, |c| {
                c.handoff = None;
                c.omissions = Some(omissions.clone());
                c.outcome.handoffs = c.outcome.handoffs.saturating_add(1);
            });
        }
        HandoffEvent::Declined { conversation, .. } | HandoffEvent::Lapsed { conversation, .. } => {
            with(floor, *conversation, |c| c.handoff = None);
        }
    }
}
