//! The emergency stop: what it stops, what becomes of the conversations it lies over, and its release.
//!
//! A hold takes effect with its own entry: from there on nothing of what it stops is committed. What
//! becomes of each conversation follows at once, in the same write. A conversation in which nobody
//! waits for an answer stays as it is until its customer speaks.

use std::collections::BTreeMap;

use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::HouseSentence;
use crate::domain::deployment::Deployment;
use crate::domain::event::{CallEnd, Event, StandingEvent, ToolEvent};
use crate::domain::id::{AgentName, ConversationId};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::supervision::{Aftermath, HOLD_REASON_BYTES_MAX, HoldTarget, Life};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::tool::{ToolOutcome, ToolRefusal};
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{candidate, draft, end, escalate, operate, route, tool};

/// The acts of this page; nothing for the others.
pub(super) fn decide(floor: &Floor, operator: &OperatorSpec, act: &OperatorAct) -> Option<Result<Vec<Event>, Refusal>> {
    if let OperatorAct::Hold { target, then, reason } = act {
        return Some(place(floor, operator, target, *then, reason.as_ref()));
    }
    if let OperatorAct::Release { target } = act {
        return Some(release(floor, operator, target));
    }
    if let OperatorAct::Promote { agent, percent, segment } = act {
        return Some(candidate::promote(floor, operator, agent, (*percent, segment.as_ref())));
    }
    let OperatorAct::SetLife { agent, life } = act else { return None };
    Some(set_life(floor, operator, agent, *life))
}

fn place(
    floor: &Floor,
    operator: &OperatorSpec,
    target: &HoldTarget,
    then: Option<Aftermath>,
    reason: Option<&Foreign>,
) -> Result<Vec<Event>, Refusal> {
    operate::need(operator, Role::Supervisor)?;
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    known(deployment, target)?;
    if let Some(reason) = reason.filter(|reason| reason.raw().len() > HOLD_REASON_BYTES_MAX) {
        let (given, limit) = (reason.raw().len() as u64, HOLD_REASON_BYTES_MAX as u64);
        return Err(Refusal::TooMuch { what: "bytes of reason".to_owned(), given, limit });
    }
    let then = then.unwrap_or(deployment.policy.holds.then);
    if floor.standing.holds.iter().any(|hold| hold.target == *target && hold.then == then) {
        return Ok(Vec::new());
    }
    let (target, by, reason) = (target.clone(), operator.name.clone(), reason.cloned());
    Ok(vec![StandingEvent::HoldPlaced { target, by, then, reason }.into()])
}

fn known(deployment: &Deployment, target: &HoldTarget) -> Result<(), Refusal> {
    match target {
        HoldTarget::Agent(name) => known_agent(deployment, name),
        HoldTarget::Tool(name) => deployment.tool(name).map(|_| ()).ok_or(Refusal::UnknownTool),
        HoldTarget::Segment(segment) if segment.is_empty() => Err(Refusal::Empty),
        HoldTarget::Segment(_) | HoldTarget::AllAi => Ok(()),
    }
}

fn known_agent(deployment: &Deployment, name: &AgentName) -> Result<(), Refusal> {
    let unknown = || Refusal::UnknownTarget { target: Holder::Agent(name.clone()) };
    deployment.agent(name).map(|_| ()).ok_or_else(unknown)
}

fn release(floor: &Floor, operator: &OperatorSpec, target: &HoldTarget) -> Result<Vec<Event>, Refusal> {
    operate::need(operator, Role::Supervisor)?;
    if !floor.standing.holds.iter().any(|hold| hold.target == *target) {
        return Err(Refusal::NotHeld { what: target.to_string() });
    }
    Ok(vec![StandingEvent::HoldReleased { target: target.clone(), by: operator.name.clone() }.into()])
}

/// Held is what a hold makes of an agent; any other life releases it.
fn set_life(floor: &Floor, operator: &OperatorSpec, agent: &AgentName, life: Life) -> Result<Vec<Event>, Refusal> {
    operate::need(operator, Role::Supervisor)?;
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    known_agent(deployment, agent)?;
    let (now, by) = (floor.life(agent), operator.name.clone());
    if life == Life::Held {
        return place(floor, operator, &HoldTarget::Agent(agent.clone()), None, None);
    }
    let mut events: Vec<Event> = Vec::new();
    if now == Life::Held {
        let target = HoldTarget::Agent(agent.clone());
        events.push(StandingEvent::HoldReleased { target, by: by.clone() }.into());
    }
    if now != life {
        events.push(StandingEvent::LifeSet { agent: agent.clone(), life, by }.into());
    }
    Ok(events)
}

/// Refuses an agent that is stopped here.
pub(super) fn check(case: &Case<'_>, holder: &Holder) -> Result<(), Refusal> {
    let stopped = holder.agent().filter(|agent| case.floor.stopped(case.conversation, agent).is_some());
    stopped.map_or(Ok(()), |agent| Err(Refusal::Held { what: agent.to_string() }))
}

/// A hold lies over this conversation: calls that have not begun do not begin, and whoever waits for an
/// answer gets it from somebody else, later, or from a person.
pub(super) fn reach(floor: &Floor, id: ConversationId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let c = case.conversation;
    let mut events = stopped_calls(&case);
    if busy(c) {
        events.extend(instead(&case));
    }
    Ok(events)
}

/// Whether an agent is at work here, or owes an answer.
fn busy(c: &Conversation) -> bool {
    // Who sleeps is looked after when they wake.
    if c.asleep() {
        return false;
    }
    let at_work = c.composing.is_some() || c.handoff.is_some() || c.retry_at.is_some() || c.quiet_until.is_some();
    at_work || (c.unanswered() && c.dropped < c.last_said)
}

/// Calls that have not begun come back as not allowed. One that has begun may still report.
fn stopped_calls(case: &Case<'_>) -> Vec<Event> {
    let c = case.conversation;
    let stopped = c.calls.iter().filter(|(_, call)| {
        let begins = !call.started || call.retry_at.is_some();
        begins && case.floor.tool_held(c, &call.agent, &call.tool)
    });
    let returned = |call| ToolEvent::Returned {
        conversation: c.id,
        call,
        end: CallEnd::Refused,
        outcome: ToolOutcome::Refused(ToolRefusal::Held).into(),
        paid: None,
    };
    stopped.flat_map(|(id, call)| std::iter::once(returned(*id).into()).chain(tool::unsaid(case, call))).collect()
}

/// What happens here instead of an answer of the agent that is stopped; nothing when it is not, or
/// goes on composing under the hold.
pub(super) fn instead(case: &Case<'_>) -> Vec<Event> {
    let c = case.conversation;
    let Some(agent) = case.holder().agent() else { return Vec::new() };
    match case.floor.stopped(c, agent) {
        None => Vec::new(),
        Some(Aftermath::Gate) => {
            let told = c.turns.back().is_some_and(|turn| turn.sentence == Some(HouseSentence::Checked));
            let sentence = case.house(c.last_turn.next(), HouseSentence::Checked, "");
            if told { Vec::new() } else { vec![sentence] }
        }
        Some(Aftermath::Queue) => escalate::stopped(case),
        Some(Aftermath::Reroute) => {
            let mut events = end::leave_waiting(case);
            let after = Conversation { approvals: BTreeMap::new(), ..draft::without(c) };
            events.extend(route::away(&Case { conversation: &after, ..*case }, agent));
            events
        }
    }
}
