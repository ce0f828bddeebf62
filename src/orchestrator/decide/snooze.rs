//! Sleep: a conversation about which nothing can be done yet stays with its holder, in their seat, and
//! nothing happens in it until its time, a word of the customer, or a person.

use crate::domain::baton::Holder;
use crate::domain::clock::ClockSet;
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::event::{BatonEvent, ConversationEvent, EscalationEvent, Event, WithheldReason};
use crate::domain::operator::{OperatorSpec, Presence, Role};
use crate::domain::refusal::Refusal;
use crate::domain::snooze::{CallAgain, SNOOZE_MAX, SNOOZE_REASON_BYTES_MAX, WakeReason};
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::undo::UNDO_WINDOW;
use crate::orchestrator::conversation::{Escalation, Snooze};

use super::case::Case;
use super::{barge, claim, clock, end, escalate, line, operate, translate};

/// The acts of this page; nothing for the others.
pub(super) fn decide(
    case: &Case<'_>,
    by: &OperatorSpec,
    seen: Option<&Seen>,
    act: &OperatorAct,
) -> Option<Result<Vec<Event>, Refusal>> {
    if let OperatorAct::Snooze { until, reason, .. } = act {
        return Some(may(case, by, seen).and_then(|()| snooze(case, by, *until, reason.as_ref())));
    }
    let OperatorAct::Wake { .. } = act else { return None };
    Some(may(case, by, seen).and_then(|()| wake(case, by)))
}

/// The holder may, and a supervisor.
fn may(case: &Case<'_>, by: &OperatorSpec, seen: Option<&Seen>) -> Result<(), Refusal> {
    if case.holder().operator() != Some(&by.name) {
        operate::need(by, Role::Supervisor)?;
    }
    case.check_seen(seen)
}

fn wrong_phase(phase: &str) -> Refusal {
    Refusal::WrongPhase { phase: phase.to_owned() }
}

fn snooze(
    case: &Case<'_>,
    by: &OperatorSpec,
    until: Timestamp,
    reason: Option<&Foreign>,
) -> Result<Vec<Event>, Refusal> {
    let c = case.conversation;
    if c.asleep() {
        return Err(wrong_phase("snoozed"));
    }
    if until <= case.at {
        return Err(Refusal::InThePast);
    }
    let given = until.since(case.at);
    if given > SNOOZE_MAX {
        let hours = |span: Millis| span.secs().div_ceil(3_600);
        return Err(Refusal::TooMuch {
            what: "hours of sleep".to_owned(),
            given: hours(given),
            limit: hours(SNOOZE_MAX),
        });
    }
    if let Some(reason) = reason.filter(|reason| reason.raw().len() > SNOOZE_REASON_BYTES_MAX) {
        let (given, limit) = (reason.raw().len() as u64, SNOOZE_REASON_BYTES_MAX as u64);
        return Err(Refusal::TooMuch { what: "bytes of reason".to_owned(), given, limit });
    }
    // What acts outside comes back, and the customer is told of it: not in a sleep, and not days later.
    if let Some(call) = c.calls.values().find(|call| call.side_effect) {
        return Err(Refusal::UnderWay { what: call.tool.to_string() });
    }
    let mut events = end::withdraw_waiting(case, WithheldReason::Snoozed);
    events.extend(translate::dropped(case));
    events.extend(c.escalation.as_ref().and_then(|escalation| withdrawn(case, escalation)));
    events.extend(claim::withdrawn(case));
    events.extend(c.barge.as_ref().map(|barge| barge::ended(c.id, &barge.operator)));
    let (by, reason, undo_until) = (by.name.clone(), reason.cloned().map(Into::into), case.at + UNDO_WINDOW);
    events.push(ConversationEvent::Snoozed { conversation: c.id, by, until, reason, undo_until }.into());
    Ok(events)
}

/// Nobody is asked about what sleeps.
fn withdrawn(case: &Case<'_>, escalation: &Escalation) -> Option<Event> {
    let made = escalation.offer.as_ref()?;
    let (conversation, escalation, offer, operator) = (case.id(), escalation.id, made.id, made.operator.clone());
    Some(EscalationEvent::Withdrawn { conversation, escalation, offer, operator, taken_by: None }.into())
}

fn wake(case: &Case<'_>, by: &OperatorSpec) -> Result<Vec<Event>, Refusal> {
    let woken = woken(case, WakeReason::Operator(by.name.clone()));
    woken.map(|woken| vec![woken.into()]).ok_or_else(|| wrong_phase("live"))
}

/// What only somebody awake can do wakes it first.
pub(super) fn woken_for(case: &Case<'_>, by: &OperatorSpec, act: &OperatorAct, events: Vec<Event>) -> Vec<Event> {
    let wakes = matches!(
        act,
        OperatorAct::TakeOver { .. }
            | OperatorAct::HandBack { .. }
            | OperatorAct::Move { .. }
            | OperatorAct::Reply { .. }
            | OperatorAct::Barge { .. }
            | OperatorAct::Dismiss { .. }
            | OperatorAct::AnswerClaim { give: true, .. }
    );
    // A correction wakes nobody, unless it goes to somebody else by it.
    let passes = matches!(act, OperatorAct::Reroute { .. }) && events.iter().any(is_pass);
    let wakes = wakes || passes;
    let woken = woken(case, WakeReason::Operator(by.name.clone())).filter(|_| wakes);
    woken.into_iter().map(Into::into).chain(events).collect()
}

const fn is_pass(event: &Event) -> bool {
    matches!(event, Event::Baton(BatonEvent::Passed { .. }))
}

/// Its time has come.
pub(super) fn time_up(case: &Case<'_>) -> Vec<Event> {
    by_itself(case, WakeReason::Time)
}

/// The customer spoke, or asked for a human.
pub(super) fn spoken_to(case: &Case<'_>) -> Vec<Event> {
    by_itself(case, WakeReason::Customer)
}

/// A holder who has gone meanwhile cannot answer: it waits in the line then.
fn by_itself(case: &Case<'_>, why: WakeReason) -> Vec<Event> {
    let Some(woken) = woken(case, why) else { return Vec::new() };
    let mut events = vec![woken.into()];
    if is_gone(case) {
        events.extend(escalate::holder_gone(case, case.floor.last.escalation.next()));
    }
    events
}

fn is_gone(case: &Case<'_>) -> bool {
    let Holder::Operator(holder) = case.holder() else { return false };
    let state = case.floor.operators.get(holder);
    state.is_none_or(|state| state.presence == Presence::Offline && state.away_until.is_none())
}

fn woken(case: &Case<'_>, why: WakeReason) -> Option<ConversationEvent> {
    let c = case.conversation;
    let snooze = c.snoozed.as_ref()?;
    let call = c.escalation.as_ref().map(|escalation| again(case, snooze, escalation));
    Some(ConversationEvent::Woken { conversation: c.id, why, clocks: clocks(case, snooze), call })
}

/// The clocks that ran when it fell asleep, with the open time that was left.
pub(super) fn clocks(case: &Case<'_>, snooze: &Snooze) -> Vec<ClockSet> {
    let ran = snooze.clocks.iter().filter(|clock| clock.paused.is_none()).map(|clock| clock.set.clock);
    let paused = ran.filter_map(|kind| case.conversation.clocks.get(kind));
    paused.filter_map(|paused| clock::resumed(case.deployment, paused, case.at)).collect()
}

fn again(case: &Case<'_>, snooze: &Snooze, escalation: &Escalation) -> CallAgain {
    let hours = &case.deployment.policy.hours;
    let left = |moment: Timestamp| case.due_after(hours.open_between(snooze.since, moment));
    // What is late stays late.
    let due = if escalation.breached { escalation.due } else { left(escalation.due) };
    let rank = line::rank(case, escalation.severity, due);
    let slept = case.at.since(snooze.since);
    CallAgain { due, rank, again_at: escalation.again_at.map(|at| at + slept), expires: escalation.expires.map(left) }
}
