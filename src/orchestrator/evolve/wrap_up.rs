//! Folds what is left to do after the end.

use crate::domain::event::WrapUpEvent;
use crate::domain::id::OperatorName;
use crate::orchestrator::floor::{Floor, WrapUp};

pub(super) fn fold(floor: &mut Floor, event: &WrapUpEvent) {
    match event {
        WrapUpEvent::Began { conversation, operator, queue, until } => {
            let Some(stub) = floor.stubs.get_mut(conversation) else { return };
            let (operator, queue) = (operator.clone(), queue.clone());
            floor.operators.entry(operator.clone()).or_default().wrapping += 1;
            stub.wrap = Some(WrapUp { operator, queue, until: *until, extended: false });
        }
        WrapUpEvent::Extended { conversation, until, .. } => {
            let wrap = floor.stubs.get_mut(conversation).and_then(|stub| stub.wrap.as_mut());
            if let Some(wrap) = wrap {
                (wrap.until, wrap.extended) = (*until, true);
            }
        }
        WrapUpEvent::Done { conversation, operator, disposition, means, first_contact, .. } => {
            over(floor, operator);
            let Some(stub) = floor.stubs.get_mut(conversation) else { return };
            stub.wrap = None;
            stub.outcome.disposition = Some(*means);
            stub.outcome.named.clone_from(disposition);
            stub.outcome.first_contact = *first_contact;
        }
        WrapUpEvent::Cut { conversation, operator, .. } => {
            over(floor, operator);
            floor.stubs.get_mut(conversation).into_iter().for_each(|stub| stub.wrap = None);
        }
    }
}

fn over(floor: &mut Floor, operator: &OperatorName) {
    let state = floor.operators.entry(operator.clone()).or_default();
    state.wrapping = state.wrapping.saturating_sub(1);
}
