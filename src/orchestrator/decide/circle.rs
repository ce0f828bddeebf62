//! Circles: a move that only does again what was done is not carried out. The agent is told once;
//! then another takes it, or a person. Stated in [`domain::circle`](crate::domain::circle).

use crate::domain::action::{AgentStep, Next};
use crate::domain::circle::{Break, Habit, QUESTION_TIMES_MAX, SAME_READS_EVER, SAME_READS_NOW};
use crate::domain::escalation::Trigger;
use crate::domain::event::{CircleEvent, Event, TurnEvent, WithheldReason};
use crate::domain::id::{AgentName, SlotName};
use crate::domain::tool::ToolCall;
use crate::orchestrator::conversation::{Composing, Conversation};

use super::case::Case;
use super::{escalate, route};

/// What is done instead of a move that goes in a circle; nothing for one that does not.
pub(super) fn caught(case: &Case<'_>, composing: &Composing, step: &AgentStep) -> Option<Vec<Event>> {
    // What tells of a side effect must not get lost, whatever it asks besides.
    if composing.committed {
        return None;
    }
    let (habit, times) = question(case.conversation, step).or_else(|| call(case, step))?;
    let agent = &composing.agent;
    let then = broken(case.conversation, agent, &habit);
    let mut events = vec![seen(case, composing, (habit, times), step, then)?];
    events.extend(unsaid(case, composing, step));
    events.extend(match then {
        Break::Told => Vec::new(),
        Break::Other => route::to_other(case, agent, &route::been(case.conversation, agent), None),
        Break::Human => escalate::raise(case, Trigger::RepeatedFailure, Vec::new()),
    });
    Some(events)
}

fn broken(c: &Conversation, agent: &AgentName, habit: &Habit) -> Break {
    let told = c.told.iter().any(|told| told.agent == *agent && told.habit == *habit);
    match (told, route::may_move_on(c)) {
        (false, _) => Break::Told,
        (true, true) => Break::Other,
        (true, false) => Break::Human,
    }
}

/// Facts that a move asks the customer for.
pub(super) fn asks(step: &AgentStep) -> &[SlotName] {
    let waiting = step.flow.current.as_ref().filter(|at| at.waiting && step.reply.is_some());
    waiting.filter(|_| step.next == Next::Wait).map_or(&[], |at| &at.asked)
}

/// A question whose answer is known, or that was asked often enough.
fn question(c: &Conversation, step: &AgentStep) -> Option<(Habit, u8)> {
    asks(step).iter().find_map(|slot| {
        let renewed = step.fills.iter().any(|fill| fill.slot == *slot);
        let known = c.slots.iter().find(|fill| fill.slot == *slot).and_then(|fill| fill.value.reveal());
        let known = known.is_some_and(|value| !value.raw().is_empty()) && !renewed;
        let times = c.asked.get(slot).copied().unwrap_or(0);
        let circle = known || times >= QUESTION_TIMES_MAX;
        circle.then(|| (Habit::Question(slot.clone()), if known { 0 } else { times }))
    })
}

/// A read that said the same often enough. What acts has rules of its own.
fn call(case: &Case<'_>, step: &AgentStep) -> Option<(Habit, u8)> {
    let Next::Call(ask) = &step.next else { return None };
    let reads = case.deployment.tool(&ask.tool).is_some_and(|spec| !spec.side_effect);
    let (now, ever) = same_results(case.conversation, ask);
    let circle = reads && (now >= SAME_READS_NOW || ever >= SAME_READS_EVER);
    circle.then(|| (Habit::Call(ask.tool.clone()), ever))
}

/// How often this very call gave what it gave last: since the customer last spoke, and of all that is kept.
fn same_results(c: &Conversation, ask: &ToolCall) -> (u8, u8) {
    let spoke = c.turns.iter().rev().find(|turn| turn.asks()).map(|turn| turn.at);
    let equal = c.results.iter().rev().filter(|result| result.ask.reveal() == Some(ask));
    let last = equal.clone().next().map(|result| &result.outcome);
    let count = |now: bool| {
        let same = equal.clone().take_while(|result| Some(&result.outcome) == last);
        let counted = same.filter(|result| !now || Some(result.at) >= spoke).count();
        u8::try_from(counted).unwrap_or(u8::MAX)
    };
    (count(true), count(false))
}

fn seen(
    case: &Case<'_>,
    composing: &Composing,
    (habit, times): (Habit, u8),
    step: &AgentStep,
    then: Break,
) -> Option<Event> {
    let (conversation, composition, agent) = (case.id(), composing.id, composing.agent.clone());
    Some(match habit {
        // Seen by guardrails, which tell of it themselves.
        Habit::Guarded(_) => return None,
        Habit::Question(slot) => CircleEvent::Question { conversation, composition, agent, slot, times, then }.into(),
        Habit::Call(tool) => {
            let Next::Call(ask) = &step.next else { return None };
            let ask = ask.clone().into();
            CircleEvent::Call { conversation, composition, agent, tool, ask, times, then }.into()
        }
    })
}

/// The words of the move, which do not go out.
fn unsaid(case: &Case<'_>, composing: &Composing, step: &AgentStep) -> Option<Event> {
    let text = step.reply.as_ref()?.text.clone().into();
    let (conversation, composition, agent, epoch) = (case.id(), composing.id, composing.agent.clone(), composing.epoch);
    let reason = WithheldReason::Circle;
    Some(TurnEvent::ReplyWithheld { conversation, composition, agent, epoch, reason, text, draft: None }.into())
}

/// Questions of a move for what the customer had given, or been asked for, before its author got the baton.
pub(super) fn repeated(c: &Conversation, agent: &AgentName, step: &AgentStep) -> Box<[SlotName]> {
    let before = c.handed.as_ref().filter(|handed| handed.to == *agent);
    let Some(handed) = before else { return Box::default() };
    let already = c.flows.get(agent).and_then(|flow| flow.current.as_ref()).map_or(&[][..], |at| &at.asked);
    asks(step).iter().filter(|slot| handed.known.contains(slot) && !already.contains(slot)).cloned().collect()
}
