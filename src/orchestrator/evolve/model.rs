//! Calls of language models add up; moves of two selves of an agent are compared.

use crate::domain::candidate::Side;
use crate::domain::event::ModelEvent;
use crate::domain::time::Timestamp;
use crate::orchestrator::bills::sum;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &ModelEvent, at: Timestamp) {
    match event {
        ModelEvent::Called { conversation, composition, agent, call, side, .. } => {
            let Some(cost) = call.cost else { return };
            floor.bills.count(agent, cost, at);
            with(floor, *conversation, |c| {
                c.cost = sum(c.cost, Some(cost));
                let composing = c.composing.as_mut().filter(|composing| composing.id == *composition);
                if let Some(composing) = composing.filter(|_| side.is_own()) {
                    composing.cost = sum(composing.cost, Some(cost));
                }
            });
        }
        ModelEvent::Moved { conversation, composition, agent, side, made, .. } => {
            let mut both = None;
            with(floor, *conversation, |c| match c.one_sided.take() {
                Some(other) if other.0 == *composition && other.1 != *side => both = Some(other.2),
                // Another message's move that nothing came to.
                _ => c.one_sided = Some(Box::new((*composition, *side, made.clone()))),
            });
            let Some((other, state)) = both.zip(floor.agents.get_mut(agent)) else { return };
            let (own, candidate) = match side {
                Side::Own => (made, &other),
                Side::Candidate => (&other, made),
            };
            state.compared.count(own, candidate);
        }
    }
}
