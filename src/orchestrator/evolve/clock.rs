//! Folds clocks that warn and that are breached.

use crate::domain::event::ClockEvent;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &ClockEvent) {
    match event {
        ClockEvent::Warned { conversation, clock, .. } => {
            with(floor, *conversation, |c| c.clocks.change(*clock, |clock| clock.warned = true));
        }
        ClockEvent::Breached { conversation, clock, .. } => {
            with(floor, *conversation, |c| c.clocks.change(*clock, |clock| clock.breached = true));
        }
    }
}
