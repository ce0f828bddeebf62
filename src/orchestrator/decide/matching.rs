//! Which waiting conversation is offered to whom: one at a time, so that each sees the one before.

use std::cmp::Reverse;

use crate::domain::customer::Tier;
use crate::domain::escalation::OFFER_PATIENCE;
use crate::domain::event::{EscalationEvent, Event};
use crate::domain::id::OperatorName;
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{Conversation, Escalation};
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::line;

/// The next offer, if there is somebody to make it to: whoever stands first in line. Or the end of a
/// round, when the first whom everybody has passed on stands before that.
pub(super) fn next_offer(floor: &Floor, at: Timestamp) -> Vec<Event> {
    search(floor, at).0.into_iter().collect()
}

/// What comes next, and how many of those who wait were looked at: none while nobody is free.
fn search(floor: &Floor, at: Timestamp) -> (Option<Event>, usize) {
    let people = takers(floor);
    if !people.iter().any(Taker::is_free) {
        return (None, 0);
    }
    let mut looked = 0;
    for (_, _, id) in &floor.waiting {
        looked += 1;
        let Some(c) = floor.conversation(*id) else { continue };
        let Some(escalation) = &c.escalation else { continue };
        let asked = asked(&people, escalation);
        if let Some(operator) = receiver(floor, c, escalation, &asked) {
            let (conversation, offer, until) = (c.id, floor.last.offer.next(), at + OFFER_PATIENCE);
            let made = EscalationEvent::Offered { conversation, escalation: escalation.id, offer, operator, until };
            return (Some(made.into()), looked);
        }
        let all_declined =
            !asked.is_empty() && asked.iter().all(|taker| escalation.declined.contains(&taker.spec.name));
        if all_declined
            && escalation.again_at.is_none()
            && let Ok(case) = Case::open(floor, *id, at)
        {
            return (Some(round_ended(&case, escalation)), looked);
        }
    }
    (None, looked)
}

/// Somebody who takes offers.
struct Taker<'a> {
    spec: &'a OperatorSpec,
    seats: u16,
    asked: bool,
}

impl Taker<'_> {
    /// Whether an offer can be made to them now: one at a time, and never without a seat for it.
    const fn is_free(&self) -> bool {
        self.seats > 0 && !self.asked
    }
}

fn takers(floor: &Floor) -> Vec<Taker<'_>> {
    let roster = floor.deployment.as_ref().map(|deployment| deployment.operators.as_slice()).unwrap_or_default();
    let here = roster.iter().filter(|spec| spec.role >= Role::Responder).filter_map(|spec| {
        let state = floor.operators.get(&spec.name).filter(|state| state.takes_offers())?;
        Some(Taker { spec, seats: floor.free_seats(&spec.name), asked: state.running_offer().is_some() })
    });
    here.collect()
}

/// Who is asked about it: those with the skill. When none of them is here, or when it is overdue, everybody.
fn asked<'a, 'b>(people: &'b [Taker<'a>], escalation: &Escalation) -> Vec<&'b Taker<'a>> {
    let fit: Vec<_> = people.iter().filter(|taker| taker.spec.fits(&escalation.skills)).collect();
    if escalation.breached || fit.is_empty() { people.iter().collect() } else { fit }
}

/// Of those who are asked and have not turned it down: a VIP's last human, else who has most seats left.
fn receiver(floor: &Floor, c: &Conversation, escalation: &Escalation, asked: &[&Taker<'_>]) -> Option<OperatorName> {
    let free = || asked.iter().filter(|t| t.is_free() && !escalation.declined.contains(&t.spec.name));
    let known = floor.customers.get(&c.customer).filter(|_| c.tier == Tier::Vip);
    let last = known.and_then(|known| known.last_operator.as_ref());
    let again = last.and_then(|last| free().find(|taker| taker.spec.name == *last));
    let chosen =
        again.or_else(|| free().min_by_key(|t| (!t.spec.fits(&escalation.skills), Reverse(t.seats), &t.spec.name)));
    chosen.map(|taker| taker.spec.name.clone())
}

/// Nobody took it: it becomes graver, which supervisors see, and everybody is asked again after a while.
fn round_ended(case: &Case<'_>, escalation: &Escalation) -> Event {
    let severity = escalation.severity.graver();
    EscalationEvent::RoundEnded {
        conversation: case.id(),
        escalation: escalation.id,
        severity,
        rank: line::rank(case, severity, escalation.due),
        again_at: case.at + case.deployment.policy.queue.second_round_ms,
    }
    .into()
}

#[cfg(test)]
mod tests;
