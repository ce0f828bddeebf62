//! Calling for a human.

use crate::domain::agent::AgentRole;
use crate::domain::analysis::{Analysis, Clarity};
use crate::domain::baton::{Holder, PassReason};
use crate::domain::clock::ClockKind;
use crate::domain::conversation::HouseSentence;
use crate::domain::customer::Tier;
use crate::domain::deployment::Deployment;
use crate::domain::escalation::{Severity, Term, Trigger};
use crate::domain::event::{CallEnd, EscalationEvent, Event};
use crate::domain::id::{ConversationId, EscalationId, OperatorName, QueueName};
use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;
use crate::routing::escalation::{self as signals, Judgement, Signals};

use super::case::Case;
use super::{end, line, pass, wait};

/// Calls for a human if what was read of the conversation says so and nobody judged it since.
pub(super) fn judge(case: &Case<'_>) -> Option<Vec<Event>> {
    let c = case.conversation;
    if c.judged >= c.last_said || c.escalation.is_some() {
        return None;
    }
    let judged = read(case.floor, case.deployment, c);
    let (trigger, severity) = judged.call?;
    Some(raise_call(case, &Call { trigger, severity, terms: judged.terms, declined: Vec::new() }))
}

/// What is read of a conversation, weighed by the deployment's policy and what was learnt.
pub(in crate::orchestrator) fn read(floor: &Floor, deployment: &Deployment, c: &Conversation) -> Judgement {
    let path: Vec<Score> = c.mood_path.iter().copied().collect();
    let failed = c.results.iter().filter(|result| matches!(result.end, CallEnd::Failed | CallEnd::Unknown)).count();
    let misses = c.baton.holder.agent().and_then(|name| c.flows.get(name)).map_or(0, |flow| flow.misses);
    let signals = Signals {
        wants_human: c.analysis.wants_human,
        safety: c.analysis.safety,
        mood: c.mood,
        displeasure: c.analysis.displeasure,
        met: c.human_stretch.is_some(),
        path: &path,
        repeats: c.repeats,
        misses,
        failed_tools: u8::try_from(failed).unwrap_or(u8::MAX),
        unclear: unclear(&c.analysis),
        tier: c.tier,
        waiting: waiting(floor, deployment, c),
        value: line::at_risk(c, deployment.policy.queue.value_full),
        shouting: if c.analysis.shouts { Score::ONE } else { Score::ZERO },
    };
    let policy = floor.learning.escalation(&deployment.policy.escalation, c);
    signals::judge(&signals, &policy, &floor.learning.human)
}

/// How far nobody knows what is wanted: nothing of the roster fits, or what fits is a guess.
fn unclear(analysis: &Analysis) -> Score {
    let sure = analysis.top().map_or(Score::ZERO, |top| top.confidence);
    match analysis.clarity {
        Clarity::Clear => analysis.out_of_scope,
        Clarity::Unclear | Clarity::Outside => analysis.out_of_scope.max(Score::ONE.minus(sure)),
    }
}

/// How much of the time for an answer the customer has waited.
fn waiting(floor: &Floor, deployment: &Deployment, c: &Conversation) -> Score {
    let Some(since) = c.waiting_since else { return Score::ZERO };
    let Some(span) = deployment.policy.clocks.span(ClockKind::NextAnswer, c.tier) else { return Score::ZERO };
    let share = floor.at.since(since).0.saturating_mul(Score::ONE.0.unsigned_abs().into()) / span.0;
    Score(i32::try_from(share).unwrap_or(i32::MAX)).within(Score::ZERO, Score::ONE)
}

/// Why a human is called for.
struct Call {
    trigger: Trigger,
    severity: Severity,
    terms: Vec<Term>,
    /// Who is not asked first.
    declined: Vec<OperatorName>,
}

/// Calls for a human for a reason that needs no sum.
pub(super) fn raise(case: &Case<'_>, trigger: Trigger, terms: Vec<Term>) -> Vec<Event> {
    let vip = case.conversation.tier == Tier::Vip;
    let severity = if vip || trigger == Trigger::Safety { Severity::High } else { Severity::Normal };
    raise_call(case, &Call { trigger, severity, terms, declined: Vec::new() })
}

/// No agent can take it: the customer is told so, and a human is called for.
pub(super) fn no_agent(case: &Case<'_>) -> Vec<Event> {
    if case.conversation.escalation.is_some() {
        return Vec::new();
    }
    raise(case, Trigger::NoAgent, Vec::new())
}

fn raise_call(case: &Case<'_>, call: &Call) -> Vec<Event> {
    raise_with(case, call, case.floor.last.escalation.next(), Some(HouseSentence::HumanAsked), PassReason::Escalated)
}

/// An operator's conversation goes back to the line because they are gone.
pub(super) fn holder_gone(case: &Case<'_>, escalation: EscalationId) -> Vec<Event> {
    let call = Call { trigger: Trigger::ByOperator, severity: Severity::High, terms: Vec::new(), declined: Vec::new() };
    // Who was told already that they wait need not hear it twice.
    let tell = (!knows_of_line(case)).then_some(HouseSentence::HumanAsked);
    raise_with(case, &call, escalation, tell, |_| PassReason::HolderGone)
}

/// A person left the customer without an answer for too long: others are asked before them.
pub(super) fn left_alone(case: &Case<'_>, holder: &OperatorName) -> Vec<Event> {
    let vip = case.conversation.tier == Tier::Vip;
    let severity = if vip { Severity::Critical } else { Severity::High };
    let call = Call { trigger: Trigger::LeftAlone, severity, terms: Vec::new(), declined: vec![holder.clone()] };
    let escalation = case.floor.last.escalation.next();
    let tell = if knows_of_line(case) { HouseSentence::StillWaiting } else { HouseSentence::HumanAsked };
    raise_with(case, &call, escalation, Some(tell), PassReason::LeftAlone)
}

/// Whether the customer was told last that they wait for a person.
fn knows_of_line(case: &Case<'_>) -> bool {
    matches!(case.conversation.introduced, Holder::Queue(_))
}

/// The agent is stopped: a human answers instead, and the customer is told so.
pub(super) fn stopped(case: &Case<'_>) -> Vec<Event> {
    let vip = case.conversation.tier == Tier::Vip;
    let severity = if vip { Severity::High } else { Severity::Normal };
    let call = Call { trigger: Trigger::Held, severity, terms: Vec::new(), declined: Vec::new() };
    let escalation = case.floor.last.escalation.next();
    raise_with(case, &call, escalation, Some(HouseSentence::Stopped), PassReason::Escalated)
}

fn raise_with(
    case: &Case<'_>,
    call: &Call,
    escalation: EscalationId,
    tell: Option<HouseSentence>,
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
            declined: call.declined.clone(),
            expires: wait::expires(case, call.trigger, case.at),
        }
        .into(),
    );
    events.push(pass::to(case, Holder::Queue(queue.clone()), reason(escalation), None));
    let told = tell.map(|sentence| wait::joined(case, (escalation, &queue, call.trigger), sentence));
    events.extend(told.into_iter().flatten());
    events
}

/// Nobody may answer a conversation that begins: it waits for a human from its first moment.
pub(super) fn from_the_start(
    floor: &Floor,
    deployment: &Deployment,
    (conversation, tier): (ConversationId, Tier),
    trigger: Trigger,
    at: Timestamp,
) -> (Event, Holder, PassReason) {
    let escalation = floor.last.escalation.next();
    let first = deployment.queues.first().map(|queue| &queue.name);
    let queue = first.or(deployment.agents.first().map(|agent| &agent.queue)).cloned();
    let queue = queue.unwrap_or_else(QueueName::support);
    let raised = EscalationEvent::Raised {
        conversation,
        escalation,
        queue: queue.clone(),
        trigger,
        severity: if tier == Tier::Vip { Severity::High } else { Severity::Normal },
        terms: Vec::new(),
        due: deployment.policy.hours.due_after(at, promise(deployment, tier)),
        // Nothing was said yet that would put it before others, or ask for a skill.
        rank: None,
        skills: Vec::new(),
        declined: Vec::new(),
        expires: wait::span(deployment, trigger).map(|span| deployment.policy.hours.due_after(at, span)),
    };
    (raised.into(), Holder::Queue(queue), PassReason::Escalated(escalation))
}

/// Within which time a customer of that tier is promised a human.
pub(super) fn promise(deployment: &Deployment, tier: Tier) -> Millis {
    let clocks = &deployment.policy.clocks;
    match tier {
        Tier::Vip => clocks.human_vip_ms,
        Tier::Standard | Tier::Gold => clocks.human_ms,
    }
}

/// The line this conversation waits in: the holder's, else that of whoever manages escalations.
fn queue(case: &Case<'_>) -> QueueName {
    let holder = case.holding_agent().or_else(|| case.deployment.agent_for(AgentRole::Escalation));
    let first = case.deployment.queues.first().map(|queue| &queue.name);
    let fallback = case.deployment.agents.first().map(|agent| &agent.queue);
    let chosen = holder.map(|agent| &agent.queue).or(first).or(fallback);
    chosen.cloned().unwrap_or_else(QueueName::support)
}
