//! Folds claims on what a colleague holds.

use crate::domain::event::ClaimEvent;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Claim;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &ClaimEvent, at: Timestamp) {
    match event {
        ClaimEvent::Asked { conversation, claim, by, from, until, .. } => {
            floor.last.claim = floor.last.claim.max(*claim);
            let asked = Claim { id: *claim, by: by.clone(), from: from.clone(), since: at, until: *until };
            with(floor, *conversation, |c| c.claim = Some(asked));
        }
        ClaimEvent::Settled { conversation, .. } => with(floor, *conversation, |c| c.claim = None),
        ClaimEvent::Taken { .. } => {}
    }
}
