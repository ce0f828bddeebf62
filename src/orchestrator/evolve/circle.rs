//! Folds circles: who was told of what.

use crate::domain::circle::{Break, Habit, TOLD_MAX, Told};
use crate::domain::event::CircleEvent;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &CircleEvent) {
    match event {
        CircleEvent::Handoffs { .. } => {}
        CircleEvent::Question { conversation, agent, slot, then, .. } => {
            let told = Told { agent: agent.clone(), habit: Habit::Question(slot.clone()) };
            with(floor, *conversation, |c| remember(c, told, *then));
        }
        CircleEvent::Call { conversation, agent, tool, then, .. } => {
            let told = Told { agent: agent.clone(), habit: Habit::Call(tool.clone()) };
            with(floor, *conversation, |c| remember(c, told, *then));
        }
    }
}

fn remember(c: &mut Conversation, told: Told, then: Break) {
    match then {
        Break::Told => {
            c.told.push(told);
            if c.told.len() > TOLD_MAX {
                c.told.remove(0);
            }
        }
        Break::Other | Break::Human => {}
    }
}
