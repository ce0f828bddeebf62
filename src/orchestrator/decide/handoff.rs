//! Passes between specialists: offered with a pack, accepted with a receipt.

use crate::domain::baton::{Holder, PassReason};
use crate::domain::event::{Event, HandoffEvent};
use crate::domain::handoff::{DeclineReason, HANDOFF_PATIENCE, Omission, Receipt};
use crate::domain::id::{AgentName, ConversationId, HandoffId, IntentName};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::orchestrator::context;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{attend, escalate, guard, pass};

/// Offers the baton to `to` for an objective, the conversation's own if none is named, or says why
/// not and lets `from` go on.
pub(super) fn offer(case: &Case<'_>, from: &AgentName, to: &AgentName, objective: Option<&IntentName>) -> Vec<Event> {
    let allowed = case.deployment.agent(from).is_some_and(|spec| spec.handoffs.contains(to));
    let room = pass::room(case, &Holder::Agent(to.clone())).is_ok();
    if !allowed || !room || from == to {
        let reason = if allowed { DeclineReason::Full } else { DeclineReason::NotAllowed };
        let mut events = vec![refused(case, from, to.clone(), reason)];
        // Whoever holds answers as well as it can: a customer is never left over a closed door.
        match case.deployment.agent(from).filter(|_| case.conversation.composing.is_none()) {
            Some(holder) => events.extend(attend::go_on(case, holder)),
            None => events.extend(escalate::no_agent(case)),
        }
        return events;
    }
    let mut pack = context::readable(context::pack(case.conversation), case.deployment, to);
    if objective.is_some() {
        pack.objective = objective.cloned();
    }
    vec![
        HandoffEvent::Offered {
            conversation: case.id(),
            handoff: case.floor.last.handoff.next(),
            from: from.clone(),
            to: to.clone(),
            pack: Box::new(pack),
            until: case.at + HANDOFF_PATIENCE,
        }
        .into(),
    ]
}

pub(super) fn refused(case: &Case<'_>, from: &AgentName, to: AgentName, reason: DeclineReason) -> Event {
    HandoffEvent::Declined { conversation: case.id(), handoff: None, from: Some(from.clone()), to, reason }.into()
}

pub(super) fn accepted(
    floor: &Floor,
    id: ConversationId,
    handoff: HandoffId,
    receipt: &Receipt,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let waiting = case.conversation.handoff.as_ref().filter(|h| h.id == handoff).ok_or(Refusal::NotAwaited)?;
    let omissions = waiting.pack.omissions(receipt);
    // A receiver that leaves out a promise would break it without knowing.
    if omissions.iter().any(|omission| matches!(omission, Omission::Promises(_))) {
        return declined(floor, id, handoff, DeclineReason::PromiseDropped, at);
    }
    let to = Holder::Agent(waiting.to.clone());
    if pass::room(&case, &to).is_err() {
        return declined(floor, id, handoff, DeclineReason::Full, at);
    }
    let told = pass::introduction(&case, &to, case.conversation.last_turn.next());
    let mut events: Vec<Event> = guard::crossed(&case, waiting).into_iter().collect();
    events.extend([
        HandoffEvent::Accepted { conversation: id, handoff, receipt: receipt.clone(), omissions }.into(),
        pass::to(&case, to, PassReason::Handoff(handoff), Some(waiting.pack.clone())),
    ]);
    events.extend(told);
    Ok(events)
}

pub(super) fn declined(
    floor: &Floor,
    id: ConversationId,
    handoff: HandoffId,
    reason: DeclineReason,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let waiting = case.conversation.handoff.as_ref().filter(|h| h.id == handoff).ok_or(Refusal::NotAwaited)?;
    let (from, to) = (Some(waiting.from.clone()), waiting.to.clone());
    let event = HandoffEvent::Declined { conversation: id, handoff: Some(handoff), from, to, reason };
    let mut events = vec![event.into()];
    events.extend(go_on(&case));
    Ok(events)
}

/// Nobody answered in time.
pub(super) fn lapsed(case: &Case<'_>, handoff: HandoffId) -> Vec<Event> {
    let mut events = vec![HandoffEvent::Lapsed { conversation: case.id(), handoff }.into()];
    events.extend(go_on(case));
    events
}

/// The giver still holds and goes on; if it is gone, a human is called for.
fn go_on(case: &Case<'_>) -> Vec<Event> {
    match case.holding_agent() {
        Some(holder) => attend::go_on(case, holder),
        None => escalate::no_agent(case),
    }
}
