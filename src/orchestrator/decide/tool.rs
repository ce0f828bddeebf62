//! The tool gateway: authority is decided here, outside every model. Default deny.

use crate::domain::approval::{APPROVAL_PATIENCE, WaitingCall};
use crate::domain::conversation::HouseSentence;
use crate::domain::customer::{Identity, Proof};
use crate::domain::event::{ApprovalEvent, CallEnd, ConversationEvent, Event, ToolEvent};
use crate::domain::id::{ApprovalId, CallId, ConversationId, TurnNo};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::tool::{ARGS_MAX, TOOL_ATTEMPTS_MAX, ToolCall, ToolOutcome, ToolRefusal, ToolSpec};
use crate::orchestrator::conversation::{Call, Composing};
use crate::orchestrator::floor::Floor;

use super::case::Case;

/// The tool whose `verified = yes` proves an identity by facts.
const IDENTITY_CHECK: &str = "identity.check";
/// How long a proof by facts holds: one sitting.
const FACTS_HOLD: Millis = Millis::from_hours(1);
/// Wait before the second attempt at a tool; doubled at each further one.
const RETRY_AFTER: Millis = Millis::from_secs(1);

/// A call an agent asks for: allowed, waiting for a person, or refused.
pub(super) fn ask(case: &Case<'_>, composing: &Composing, call: &ToolCall, turn: TurnNo) -> Vec<Event> {
    let spec = match permitted(case, composing, call) {
        Ok(spec) => spec,
        Err(refusal) => return vec![refused(case, composing, next_call(case), call, refusal)],
    };
    let amount = amount_of(spec, call);
    let over = amount.is_some_and(|amount| spec.agent_limit.is_some_and(|limit| amount.exceeds(limit)));
    if !over && !spec.always_ask {
        return vec![called(case, composing, next_call(case), call, spec, None)];
    }
    let waiting =
        WaitingCall { call: next_call(case), ask: call.clone().into(), amount, agent_limit: spec.agent_limit };
    vec![
        ApprovalEvent::Asked {
            conversation: case.id(),
            approval: case.floor.last.approval.next(),
            agent: composing.agent.clone(),
            epoch: composing.epoch,
            composition: composing.id,
            tool: call.tool.clone(),
            waiting: Box::new(waiting),
            expires: case.at + APPROVAL_PATIENCE,
        }
        .into(),
        case.house(turn, HouseSentence::AwaitingApproval, ""),
    ]
}

fn next_call(case: &Case<'_>) -> CallId {
    case.floor.last.call.next()
}

/// Whether this agent may make this call for this customer now.
fn permitted<'a>(case: &Case<'a>, composing: &Composing, call: &ToolCall) -> Result<&'a ToolSpec, ToolRefusal> {
    let agent = case.deployment.agent(&composing.agent).ok_or(ToolRefusal::NotAllowed)?;
    let spec = case.deployment.tool(&call.tool).filter(|spec| agent.tools.contains(&spec.name));
    let spec = spec.ok_or(ToolRefusal::NotAllowed)?;
    if case.floor.tool_held(case.conversation, &composing.agent, &call.tool) {
        return Err(ToolRefusal::Held);
    }
    if !case.conversation.identity.satisfies(spec.identity, case.at) {
        return Err(ToolRefusal::IdentityNeeded);
    }
    let complete = spec.needs.iter().all(|slot| call.args.get(slot).is_some_and(|value| !value.is_empty()));
    let readable = spec.amount.is_none() || amount_of(spec, call).is_some_and(|amount| amount.minor > 0);
    if !complete || !readable || call.args.len() > ARGS_MAX {
        return Err(ToolRefusal::BadArguments);
    }
    Ok(spec)
}

fn amount_of(spec: &ToolSpec, call: &ToolCall) -> Option<Money> {
    call.args.get(spec.amount.as_ref()?)?.raw().parse().ok()
}

fn refused(case: &Case<'_>, composing: &Composing, call: CallId, ask: &ToolCall, refusal: ToolRefusal) -> Event {
    ToolEvent::Refused {
        conversation: case.id(),
        call,
        agent: composing.agent.clone(),
        composition: composing.id,
        tool: ask.tool.clone(),
        ask: ask.clone().into(),
        refusal,
    }
    .into()
}

fn called(
    case: &Case<'_>,
    composing: &Composing,
    call: CallId,
    ask: &ToolCall,
    spec: &ToolSpec,
    approval: Option<ApprovalId>,
) -> Event {
    ToolEvent::Called {
        conversation: case.id(),
        call,
        agent: composing.agent.clone(),
        epoch: composing.epoch,
        composition: composing.id,
        tool: ask.tool.clone(),
        ask: ask.clone().into(),
        side_effect: spec.side_effect,
        amount: amount_of(spec, ask),
        approval,
    }
    .into()
}

/// What an answered approval leads to: the call, or the agent being told no.
pub(super) fn settled(case: &Case<'_>, approval: ApprovalId, refusal: Option<ToolRefusal>) -> Vec<Event> {
    let c = case.conversation;
    let Some(asked) = c.approvals.get(&approval) else { return Vec::new() };
    let composing = c.composing.as_ref().filter(|composing| composing.id == asked.composition);
    let (Some(composing), Some(ask)) = (composing, asked.waiting.ask.reveal()) else { return Vec::new() };
    let spec = case.deployment.tool(&asked.tool);
    // What was held since it was asked is not called, whatever a person says.
    let held = case.floor.tool_held(c, &asked.agent, &asked.tool).then_some(ToolRefusal::Held);
    let refusal = refusal.or(held);
    match (refusal, spec) {
        (None, Some(spec)) => vec![called(case, composing, asked.waiting.call, ask, spec, Some(approval))],
        (refusal, _) => {
            let refusal = refusal.unwrap_or(ToolRefusal::NotAllowed);
            vec![refused(case, composing, asked.waiting.call, ask, refusal)]
        }
    }
}

pub(super) fn started(floor: &Floor, id: ConversationId, call: CallId) -> Result<Vec<Event>, Refusal> {
    let conversation = floor.conversation(id).ok_or(Refusal::UnknownConversation)?;
    let known = conversation.calls.get(&call).ok_or(Refusal::NotAwaited)?;
    if !known.started && floor.tool_held(conversation, &known.agent, &known.tool) {
        return Err(Refusal::Held { what: known.tool.to_string() });
    }
    // After a crash the start stands already; saying it twice would say nothing new.
    Ok(if known.started { Vec::new() } else { vec![ToolEvent::Started { conversation: id, call }.into()] })
}

pub(super) fn returned(
    floor: &Floor,
    id: ConversationId,
    call: CallId,
    outcome: &ToolOutcome,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let known = case.conversation.calls.get(&call).ok_or(Refusal::NotAwaited)?;
    let end = match outcome {
        ToolOutcome::Done(_) => CallEnd::Done,
        ToolOutcome::Declined(_) => CallEnd::Declined,
        ToolOutcome::Failed if known.attempts + 1 < TOOL_ATTEMPTS_MAX && may_retry(&case, known) => {
            let attempt = known.attempts + 1;
            let retry_at = at + Millis(RETRY_AFTER.0 << (attempt - 1));
            return Ok(vec![ToolEvent::AttemptFailed { conversation: id, call, attempt, retry_at }.into()]);
        }
        ToolOutcome::Failed => CallEnd::Failed,
        ToolOutcome::Unknown => CallEnd::Unknown,
        ToolOutcome::Refused(_) => CallEnd::Refused,
    };
    let paid = known.amount.filter(|_| end == CallEnd::Done && known.side_effect);
    let outcome_kept = outcome.clone().into();
    let mut events = vec![ToolEvent::Returned { conversation: id, call, end, outcome: outcome_kept, paid }.into()];
    events.extend(proof(&case, known, outcome));
    Ok(events)
}

/// Whether a call that failed may begin again: not under a hold.
fn may_retry(case: &Case<'_>, call: &Call) -> bool {
    !case.floor.tool_held(case.conversation, &call.agent, &call.tool)
}

/// A check of facts that succeeded proves the identity.
fn proof(case: &Case<'_>, call: &Call, outcome: &ToolOutcome) -> Option<Event> {
    let ToolOutcome::Done(values) = outcome else { return None };
    let says_yes = values.iter().any(|(name, value)| name.as_str() == "verified" && value.raw() == "yes");
    let identity = Identity::Verified { by: Proof::Facts, until: case.at + FACTS_HOLD };
    let proven = call.tool.as_str() == IDENTITY_CHECK && says_yes;
    proven.then(|| ConversationEvent::Identified { conversation: case.id(), identity }.into())
}
