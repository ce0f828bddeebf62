//! Folds what follows when a person leaves a customer without an answer.

use crate::domain::event::LeftEvent;
use crate::orchestrator::conversation::LeftStage;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &LeftEvent) {
    let (conversation, stage) = match event {
        LeftEvent::Nudged { conversation, .. } => (conversation, LeftStage::Nudged),
        LeftEvent::Called { conversation, .. } => (conversation, LeftStage::Called),
    };
    with(floor, *conversation, |c| {
        if let Some(left) = &mut c.left {
            left.stage = stage;
        }
    });
}
