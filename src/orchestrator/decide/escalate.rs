//! Calling for a human.

use crate::domain::agent::AgentRole;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::conversation::HouseSentence;
use crate::domain::escalation::{Severity, Term, Trigger};
use crate::domain::event::{CallEnd, EscalationEvent, Event};
use crate::domain::id::{EscalationId, QueueName};
use crate::domain::score::Score;
use crate::orchestrator::conversation::Conversation;
use crate::routing::escalation::{self as signals, Signals};

use super::case::Case;
use super::{end, line, pass};

/// Calls for a human if what was read of the conversation says so and nobody judged it since.
pub(super) fn judge(case: &Case<'_>) -> Option<Vec<Event>> {
    let c = case.conversation;
    if c.judged >= c.last_said || c.escalation.is_some() {
        return None;
    }
    let path: Vec<Score> = c.mood_path.iter().copied().collect();
    let judged = signals::judge(&read(c, &path), &case.deployment.policy.escalation);
    let (trigger, severity) = judged.call?;
    Some(raise_call(case, &Call { trigger, severity, terms: judged.terms }))
}

fn read<'a>(c: &Conversation, path: &'a [Score]) -> Signals<'a> {
    let failed = c.results.iter().filter(|result| matches!(result.end, CallEnd::Failed | CallEnd::Unknown)).count();
    let misses = c.baton.holder.agent().and_then(|name| c.flows.get(name)).map_or(0, |flow| flow.misses);
    Signals {
        wants_human: c.analysis.wants_human,
        safety: c.analysis.safety,
        mood: c.mood,
        path,
        repeats: c.repeats,
        misses,
        failed_tools: u8::try_from(failed).unwrap_or(u8::MAX),
        unclear: c.analysis.out_of_scope,
        tier: c.tier,
    }
}

/// Why a human is called for.
struct Call {
    trigger: Trigger,
    severity: Severity,
    terms: Vec<Term>,
}

/// Calls for a human for a reason that needs no sum.
pub(super) fn raise(case: &Case<'_>, trigger: Trigger, terms: Vec<Term>) -> Vec<Event> {
    let vip = case.conversation.tier == crate::domain::customer::Tier::Vip;
    let severity = if vip || trigger == Trigger::Safety { Severity::High } else { Severity::Normal };
    raise_call(case, &Call { trigger, severity, terms })
}

/// No agent can take it: the customer is told so, and a human is called for.
pub(super) fn no_agent(case: &Case<'_>) -> Vec<Event> {
    if case.conversation.escalation.is_some() {
        return Vec::new();
    }
    raise(case, Trigger::NoAgent, Vec::new())
}

fn raise_call(case: &Case<'_>, call: &Call) -> Vec<Event> {
    raise_with(case, call, case.floor.last.escalation.next(), true, PassReason::Escalated)
}

/// An operator's conversation goes back to the line because they are gone.
pub(super) fn holder_gone(case: &Case<'_>, escalation: EscalationId) -> Vec<Event> {
    let call = Call { trigger: Trigger::ByOperator, severity: Severity::High, terms: Vec::new() };
    raise_with(case, &call, escalation, false, |_| PassReason::HolderGone)
}

fn raise_with(
    case: &Case<'_>,
    call: &Call,
    escalation: EscalationId,
    tell: bool,
    reason: impl Fn(EscalationId) -> PassReason,
) -> Vec<Event> {
    let c = case.conversation;
    let queue = queue(case);
    let due = case.due_after(case.human_promise());
    let mut events = end::leave_waiting(case);
    events.push(
        EscalationEvent::Raised {
            conversation: c.id,
            escalation,
            queue: queue.clone(),
            trigger: call.trigger,
            severity: call.severity,
            terms: call.terms.clone(),
            due,
            rank: Some(line::rank(case, call.severity, due)),
            skills: line::skills(case, &queue),
        }
        .into(),
    );
    events.push(pass::to(case, Holder::Queue(queue), reason(escalation), None));
    if tell {
        events.push(case.house(c.last_turn.next(), HouseSentence::HumanAsked, ""));
    }
    events
}

/// The line this conversation waits in: the holder's, else that of whoever manages escalations.
fn queue(case: &Case<'_>) -> QueueName {
    let holder = case.holding_agent().or_else(|| case.deployment.agent_for(AgentRole::Escalation));
    let first = case.deployment.queues.first().map(|queue| &queue.name);
    let fallback = case.deployment.agents.first().map(|agent| &agent.queue);
    let chosen = holder.map(|agent| &agent.queue).or(first).or(fallback);
    chosen.cloned().unwrap_or_else(QueueName::support)
}
