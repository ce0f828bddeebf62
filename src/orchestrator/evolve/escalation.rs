//! Folds requests for a human.

use crate::domain::event::EscalationEvent;
use crate::domain::id::{ConversationId, OperatorName};
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{Escalation, Offer};
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &EscalationEvent, at: Timestamp) {
    match event {
        EscalationEvent::Raised { conversation, escalation, queue, trigger, severity, terms, due } => {
            floor.last.escalation = floor.last.escalation.max(*escalation);
            floor.tally.escalations += 1;
            with(floor, *conversation, |c| {
                c.judged = c.last_said;
                c.composing = None;
                c.outcome.escalations = c.outcome.escalations.saturating_add(1);
                c.escalation = Some(Escalation {
                    id: *escalation,
                    queue: queue.clone(),
                    trigger: *trigger,
                    severity: *severity,
                    terms: terms.clone(),
                    since: at,
                    due: *due,
                    breached: false,
                    offer: None,
                    declined: Vec::new(),
                });
            });
        }
        EscalationEvent::Offered { conversation, offer, operator, until, .. } => {
            floor.last.offer = floor.last.offer.max(*offer);
            let state = floor.operators.entry(operator.clone()).or_default();
            state.offered = state.offered.saturating_add(1);
            let made = Offer { id: *offer, operator: operator.clone(), until: *until };
            change(floor, *conversation, |e| e.offer = Some(made));
        }
        EscalationEvent::Taken { conversation, operator, .. }
        | EscalationEvent::Withdrawn { conversation, operator, .. } => {
            free(floor, operator);
            change(floor, *conversation, |e| e.offer = None);
        }
        EscalationEvent::Passed { conversation, operator, .. }
        | EscalationEvent::Lapsed { conversation, operator, .. } => {
            free(floor, operator);
            change(floor, *conversation, |e| {
                e.offer = None;
                e.declined.push(operator.clone());
            });
        }
        EscalationEvent::Breached { conversation, severity, .. } => change(floor, *conversation, |e| {
            e.breached = true;
            e.severity = *severity;
            e.declined.clear();
        }),
        EscalationEvent::Settled { conversation, .. } => with(floor, *conversation, |c| c.escalation = None),
    }
}

fn free(floor: &mut Floor, operator: &OperatorName) {
    if let Some(state) = floor.operators.get_mut(operator) {
        state.offered = state.offered.saturating_sub(1);
    }
}

fn change(floor: &mut Floor, id: ConversationId, change: impl FnOnce(&mut Escalation)) {
    with(floor, id, |c| {
        if let Some(escalation) = &mut c.escalation {
            change(escalation);
        }
    });
}
