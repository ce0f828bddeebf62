//! What is due: one thing at a time, so that each sees what the one before has done.

use crate::domain::action::Failure;
use crate::domain::conversation::{CloseReason, Disposition, HouseSentence};
use crate::domain::event::{BatonEvent, ConversationEvent, EscalationEvent, Event, OperatorEvent, ToolEvent};
use crate::domain::id::{ConversationId, EscalationId, OperatorName};
use crate::domain::operator::LAPSES_MAX;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::due::{Alarm, Due, StubAlarm};
use crate::orchestrator::floor::{Floor, OperatorState, Stub};

use super::case::Case;
use super::{
    agent, approve, attend, barge, block, claim, clock, consult, draft, end, escalate, handoff, incident, left, lesson,
    line, promise, snooze, translate, wait, wrap_up,
};

pub(super) fn decide(floor: &Floor, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let Some((due, whose)) = floor.due.first().filter(|(due, _)| *due <= at) else { return Ok(Vec::new()) };
    match whose {
        Due::Stub(id) => Ok(floor.stubs.get(id).map(|stub| resolved(floor, *id, stub)).unwrap_or_default()),
        Due::Operator(operator) => gone(floor, operator, at),
        Due::Incident(id) => Ok(incident::due(floor, *id, at)),
        Due::Rule(id) => Ok(lesson::expired(*id)),
        Due::Block(customer) => Ok(block::over(*customer)),
        Due::Mark => Ok(lesson::marked(floor)),
        Due::Conversation(id) => alarm(floor, *id, *due, at),
    }
}

fn resolved(floor: &Floor, conversation: ConversationId, stub: &Stub) -> Vec<Event> {
    match stub.next_alarm().map(|(_, alarm)| alarm) {
        Some(StubAlarm::WrapUp) => wrap_up::timed_out(floor, conversation, stub),
        Some(StubAlarm::Promise(id)) => promise::breached(conversation, &stub.owed, id),
        Some(StubAlarm::Window) => {
            vec![ConversationEvent::Closed { conversation, reason: CloseReason::WindowEnded }.into()]
        }
        None => Vec::new(),
    }
}

fn alarm(floor: &Floor, id: ConversationId, due: Timestamp, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let c = case.conversation;
    let Some((_, alarm)) = c.next_alarm().filter(|(when, _)| *when <= due) else { return Ok(Vec::new()) };
    Ok(match alarm {
        Alarm::Quiet | Alarm::Retry | Alarm::Barge => match case.holding_agent() {
            Some(holder) if c.unanswered() => {
                let judged = attend::decide(floor, id, at)?;
                if judged.is_empty() { attend::go_on(&case, holder) } else { judged }
            }
            Some(holder) => attend::go_on(&case, holder),
            None => escalate::no_agent(&case),
        },
        Alarm::Grace => announce(&case),
        Alarm::Composition => match &c.composing {
            Some(composing) => agent::fail(&case, &composing.agent, composing.id, Failure::TimedOut),
            None => Vec::new(),
        },
        Alarm::Handoff => c.handoff.as_ref().map(|h| handoff::lapsed(&case, h.id)).unwrap_or_default(),
        Alarm::Offer => offer_lapsed(&case),
        Alarm::Claim => claim::lapsed(&case),
        Alarm::LeftAlone => left::due(&case),
        Alarm::Escalation => breached(&case),
        Alarm::Round => asked_again(&case),
        Alarm::Approval(approval) => approve::expired(&case, approval),
        Alarm::Fuse => draft::fuse_ended(&case),
        Alarm::Consult(consult) => consult::lapsed(&case, consult),
        Alarm::CallRetry(call) => vec![ToolEvent::Retried { conversation: id, call }.into()],
        Alarm::ClockWarns(kind) => clock::warns(&case, kind),
        Alarm::ClockBreached(kind) => clock::breached(&case, kind),
        Alarm::CallAsk(call) => vec![ToolEvent::Reconciling { conversation: id, call }.into()],
        Alarm::Promise(promise) => promise::breached(id, &c.owed, promise),
        Alarm::Translation => translate::due(&case),
        Alarm::Silence => end::resolve(&case, Disposition::Abandoned),
        Alarm::Expiry => wait::in_vain(&case),
        Alarm::Wake => snooze::time_up(&case),
    })
}

/// The customer is told of the new human holder, who has not written yet.
pub(super) fn announce(case: &Case<'_>) -> Vec<Event> {
    let Some(operator) = case.holder().operator() else { return Vec::new() };
    let who = operator.for_customers();
    let (conversation, epoch) = (case.id(), case.conversation.baton.epoch);
    // Whom they know already, as after an undo, they are not told of again.
    let known = case.conversation.introduced == *case.holder();
    let told = case.house(case.conversation.last_turn.next(), HouseSentence::HumanTakesOver, &who);
    let told = (!known).then_some(told);
    told.into_iter().chain([BatonEvent::Announced { conversation, epoch }.into()]).collect()
}

fn offer_lapsed(case: &Case<'_>) -> Vec<Event> {
    let Some(escalation) = &case.conversation.escalation else { return Vec::new() };
    let Some(offer) = &escalation.offer else { return Vec::new() };
    let (conversation, operator) = (case.id(), offer.operator.clone());
    let busy = set_busy(case.floor, &operator);
    let lapsed = EscalationEvent::Lapsed { conversation, escalation: escalation.id, offer: offer.id, operator };
    std::iter::once(lapsed.into()).chain(busy).collect()
}

/// Somebody who is there and answers no offer is asked no more, until they say that they are back.
fn set_busy(floor: &Floor, operator: &OperatorName) -> Option<Event> {
    let state = floor.operators.get(operator).filter(|state| state.takes_offers())?;
    let lapsed = state.lapsed.saturating_add(1);
    let reason = Foreign::from(format!("{lapsed} offers in a row were not answered"));
    let set = OperatorEvent::SetBusy { operator: operator.clone(), lapsed, reason };
    (lapsed >= LAPSES_MAX).then(|| set.into())
}

/// The due time passed: it becomes graver, and everybody may be asked again.
fn breached(case: &Case<'_>) -> Vec<Event> {
    let Some(escalation) = &case.conversation.escalation else { return Vec::new() };
    let severity = escalation.severity.graver();
    let rank = Some(line::rank(case, severity, escalation.due));
    let offer = wait::offered_late(case, escalation);
    let (conversation, escalation) = (case.id(), escalation.id);
    let breached = EscalationEvent::Breached { conversation, escalation, severity, rank };
    std::iter::once(breached.into()).chain(offer).collect()
}

fn asked_again(case: &Case<'_>) -> Vec<Event> {
    let Some(escalation) = &case.conversation.escalation else { return Vec::new() };
    vec![EscalationEvent::RoundBegan { conversation: case.id(), escalation: escalation.id }.into()]
}

/// Nobody came back: what they held waits in the line again.
fn gone(floor: &Floor, operator: &OperatorName, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let mut events = vec![OperatorEvent::Gone { operator: operator.clone() }.into()];
    let mut escalation = floor.last.escalation;
    // What sleeps stays with them until it wakes.
    let held = floor.conversations.values().filter(|c| c.baton.holder.operator() == Some(operator) && !c.asleep());
    for conversation in held {
        escalation = EscalationId(escalation.0 + 1);
        events.extend(escalate::holder_gone(&Case::open(floor, conversation.id, at)?, escalation));
    }
    let running = floor.operators.get(operator).and_then(OperatorState::running_offer);
    let offered = running.and_then(|made| Some((made, floor.conversation(made.conversation)?.escalation.as_ref()?)));
    let beside = floor.conversations.values().filter(|c| c.barge.as_ref().is_some_and(|b| b.operator == *operator));
    events.extend(beside.map(|c| barge::ended(c.id, operator)));
    events.extend(offered.map(|(made, escalation)| {
        let (conversation, offer, operator) = (made.conversation, made.id, operator.clone());
        EscalationEvent::Lapsed { conversation, escalation: escalation.id, offer, operator }.into()
    }));
    Ok(events)
}
