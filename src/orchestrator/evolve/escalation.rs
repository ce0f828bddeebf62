//! Folds requests for a human.

use crate::domain::escalation::Settlement;
use crate::domain::event::EscalationEvent;
use crate::domain::id::{ConversationId, OfferId, OperatorName};
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{Escalation, Offer};
use crate::orchestrator::floor::{Floor, OfferMade};

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &EscalationEvent, at: Timestamp) {
    match event {
        EscalationEvent::Raised { .. } => raised(floor, event, at),
        EscalationEvent::Offered { conversation, offer, operator, until, .. } => {
            floor.last.offer = floor.last.offer.max(*offer);
            let state = floor.operators.entry(operator.clone()).or_default();
            state.offer = Some(OfferMade { id: *offer, conversation: *conversation, runs: true });
            let made = Offer { id: *offer, operator: operator.clone(), until: *until };
            change(floor, *conversation, |e| e.offer = Some(made));
        }
        EscalationEvent::Taken { conversation, operator, offer, .. }
        | EscalationEvent::Withdrawn { conversation, operator, offer, .. } => {
            free(floor, operator, *offer);
            if matches!(event, EscalationEvent::Taken { .. }) {
                lapses(floor, operator, |_| 0);
            }
            change(floor, *conversation, |e| e.offer = None);
        }
        EscalationEvent::Passed { conversation, operator, offer, .. }
        | EscalationEvent::Lapsed { conversation, operator, offer, .. } => {
            free(floor, operator, *offer);
            let lapsed = matches!(event, EscalationEvent::Lapsed { .. });
            lapses(floor, operator, |before| if lapsed { before.saturating_add(1) } else { 0 });
            change(floor, *conversation, |e| {
                e.offer = None;
                e.declined.push(operator.clone());
            });
        }
        EscalationEvent::Breached { conversation, severity, rank, .. } => change(floor, *conversation, |e| {
            e.breached = true;
            e.severity = *severity;
            e.rank = rank.unwrap_or(e.rank);
            e.declined.clear();
            e.again_at = None;
        }),
        EscalationEvent::RoundEnded { conversation, severity, rank, again_at, .. } => {
            change(floor, *conversation, |e| {
                e.severity = *severity;
                e.rank = *rank;
                e.again_at = Some(*again_at);
            });
        }
        EscalationEvent::CallBackArranged { conversation, due, expires, .. } => change(floor, *conversation, |e| {
            (e.due, e.expires) = (*due, *expires);
            (e.call_back, e.breached) = (true, false);
        }),
        EscalationEvent::RoundBegan { conversation, .. } => change(floor, *conversation, |e| {
            e.declined.clear();
            e.again_at = None;
        }),
        EscalationEvent::Settled { conversation, settlement, .. } => {
            let Some(c) = floor.conversations.get_mut(conversation) else { return };
            let open = c.escalation.take();
            let taken = matches!(settlement, Settlement::Taken | Settlement::CalledBack);
            if let Some(escalation) = open.as_ref().filter(|_| taken) {
                floor.lines.entry(escalation.queue.clone()).or_default().taken(at, !escalation.breached);
            }
            c.passing.left = open.map(Box::new);
        }
    }
}

fn raised(floor: &mut Floor, event: &EscalationEvent, at: Timestamp) {
    let EscalationEvent::Raised {
        conversation,
        escalation,
        queue,
        trigger,
        severity,
        terms,
        due,
        rank,
        skills,
        declined,
        expires,
    } = event
    else {
        return;
    };
    floor.last.escalation = floor.last.escalation.max(*escalation);
    floor.tally.escalations += 1;
    floor.lines.entry(queue.clone()).or_default().arrived(at);
    with(floor, *conversation, |c| {
        c.judged = c.last_said;
        c.line = Some(queue.clone());
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
            rank: rank.unwrap_or(*due),
            skills: skills.clone(),
            declined: declined.clone(),
            again_at: None,
            call_back: false,
            expires: *expires,
        });
    });
}

fn free(floor: &mut Floor, operator: &OperatorName, offer: OfferId) {
    let made = floor.operators.get_mut(operator).and_then(|state| state.offer.as_mut());
    if let Some(made) = made.filter(|made| made.id == offer) {
        made.runs = false;
    }
}

/// Offers in a row that somebody let lapse: any answer begins anew.
fn lapses(floor: &mut Floor, operator: &OperatorName, now: impl FnOnce(u8) -> u8) {
    if let Some(state) = floor.operators.get_mut(operator) {
        state.lapsed = now(state.lapsed);
    }
}

fn change(floor: &mut Floor, id: ConversationId, change: impl FnOnce(&mut Escalation)) {
    with(floor, id, |c| {
        if let Some(escalation) = &mut c.escalation {
            change(escalation);
        }
    });
}
