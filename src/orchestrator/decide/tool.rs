//! The tool gateway: authority is decided here, outside every model. Default deny.

use crate::domain::action::Reply;
use crate::domain::approval::{APPROVAL_PATIENCE, Announcement, WaitingCall};
use crate::domain::baton::Holder;
use crate::domain::conversation::{Author, HouseSentence};
use crate::domain::customer::{Identity, Proof};
use crate::domain::event::{
    ApprovalEvent, CallEnd, ConversationEvent, Event, Spoken, ToolEvent, TurnEvent, WithheldReason,
};
use crate::domain::id::{AgentName, ApprovalId, CallId, CompositionId, ConversationId, Epoch, TurnNo};
use crate::domain::personal::Personal;
use crate::domain::promise::Promise;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::tool::{
    ARGS_MAX, IDENTITY_CHECK, PROOFS_AGAIN, PROOFS_MAX, TOOL_ATTEMPTS_MAX, ToolCall, ToolOutcome, ToolRefusal, ToolSpec,
};
use crate::orchestrator::conversation::{Approval, Call, Composing, Conversation, WaitsFor};
use crate::orchestrator::floor::Floor;

use super::agent::says_again;
use super::allow;
use super::case::Case;
use super::{guard, promise};

/// How long a proof by facts holds: one sitting.
const FACTS_HOLD: Millis = Millis::from_hours(1);
/// Wait before the second attempt at a tool; doubled at each further one.
const RETRY_AFTER: Millis = Millis::from_secs(1);

/// How often a receiver is asked whether a call happened; then a person has to look.
const RECONCILE_MAX: u8 = 3;
/// Wait before a receiver is asked: what was under way has arrived by then. Doubled each time.
const RECONCILE_AFTER: Millis = Millis::from_secs(2);

/// Whether the words that go with a call may announce what it does: unless it only reads.
pub(super) fn announces(case: &Case<'_>, call: &ToolCall) -> bool {
    case.deployment.tool(&call.tool).is_none_or(|spec| spec.side_effect)
}

/// A call an agent asks for: allowed, waiting for a person, or refused. Its draft goes out with its
/// success or not at all.
pub(super) fn ask(
    case: &Case<'_>,
    composing: &Composing,
    (call, suspect): (&ToolCall, bool),
    draft: Option<(&Reply, &[Promise])>,
    turn: TurnNo,
) -> Vec<Event> {
    let spec = match permitted(case, composing, call) {
        Ok(spec) => spec,
        Err(refusal) => {
            let mut events = vec![refused(case, composing, next_call(case), call, refusal)];
            events
                .extend(draft.map(|(draft, _)| not_done(case, composing.id, &composing.agent, composing.epoch, draft)));
            return events;
        }
    };
    let amount = spec.amount_of(call);
    // Whoever speaks under a gate has been let past it.
    let released = case.floor.gate_over(case.conversation, &composing.agent).is_some();
    let draft = draft.map(|(words, promises)| Announcement {
        words: words.clone().into(),
        released,
        promises: promises.to_vec(),
    });
    let over = amount.is_some_and(|amount| spec.agent_limit.is_some_and(|limit| amount.exceeds(limit)));
    let taint = guard::suspicion(case, composing, spec);
    if !over && !spec.always_ask && !suspect && taint.is_none() {
        return vec![called(case, composing, (next_call(case), call, spec), None, draft)];
    }
    let waiting = WaitingCall {
        call: next_call(case),
        ask: call.clone().into(),
        amount,
        agent_limit: spec.agent_limit,
        draft,
        whispered: composing.whispered.clone(),
        taint: taint.cloned(),
    };
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
    if spec.name.as_str() == IDENTITY_CHECK && guesses(case) {
        return Err(ToolRefusal::TooOften);
    }
    let complete = spec.needs.iter().all(|slot| call.args.get(slot).is_some_and(|value| !value.is_empty()));
    let amount = spec.amount_of(call);
    let readable = spec.amount.is_none() || amount.is_some_and(|amount| amount.minor > 0);
    if !complete || !readable || call.args.len() > ARGS_MAX || spec.misfit(call).is_some() {
        return Err(ToolRefusal::BadArguments);
    }
    let called = case.floor.spending.calls(case.conversation.customer, &spec.name, case.at);
    if spec.daily_calls.is_some_and(|most| called >= most) {
        return Err(ToolRefusal::TooOften);
    }
    if let Some(amount) = amount.filter(|_| spec.side_effect) {
        let (agent, customer, tool) = (&composing.agent, case.conversation.customer, &spec.name);
        let proposed = allow::Proposed { agent, customer, tool, amount };
        allow::within_caps(case.floor, case.deployment, proposed, case.at).map_err(|_| ToolRefusal::OverCap)?;
    }
    Ok(spec)
}

/// Whether this customer's facts did not fit so often that no more are looked at for now.
fn guesses(case: &Case<'_>) -> bool {
    let known = case.floor.customers.get(&case.conversation.customer);
    let vain = known.map(|known| known.proofs_failed).filter(|(times, _)| *times >= PROOFS_MAX);
    vain.is_some_and(|(_, last)| case.at.since(last) < PROOFS_AGAIN)
}

/// Words that announce what did not happen.
fn not_done(case: &Case<'_>, composition: CompositionId, agent: &AgentName, epoch: Epoch, draft: &Reply) -> Event {
    let (conversation, text) = (case.id(), draft.text.clone().into());
    let reason = WithheldReason::NotDone;
    let agent = agent.clone();
    TurnEvent::ReplyWithheld { conversation, composition, agent, epoch, reason, text, draft: None }.into()
}

/// What an approval's draft becomes when there will be no call.
pub(super) fn dropped(case: &Case<'_>, asked: &Approval) -> Option<Event> {
    let draft = asked.waiting.draft.as_ref().and_then(|draft| draft.words.reveal())?;
    Some(not_done(case, asked.composition, &asked.agent, asked.epoch, draft))
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
    (call, ask, spec): (CallId, &ToolCall, &ToolSpec),
    approval: Option<ApprovalId>,
    draft: Option<Announcement>,
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
        amount: spec.amount_of(ask),
        approval,
        draft,
    }
    .into()
}

/// What an answered approval leads to: the call, or the agent being told no.
pub(super) fn settled(
    case: &Case<'_>,
    approval: ApprovalId,
    refusal: Option<ToolRefusal>,
    edited: Option<&ToolCall>,
) -> Vec<Event> {
    let c = case.conversation;
    let Some(asked) = c.approvals.get(&approval) else { return Vec::new() };
    let composing = c.composing.as_ref().filter(|composing| composing.id == asked.composition);
    let (Some(composing), Some(ask)) = (composing, edited.or(asked.waiting.ask.reveal())) else { return Vec::new() };
    let (call, draft) = (asked.waiting.call, asked.waiting.draft.clone());
    // What was held since it was asked is not called, whatever a person says.
    let held = case.floor.tool_held(c, &asked.agent, &asked.tool).then_some(ToolRefusal::Held);
    match (refusal.or(held), case.deployment.tool(&asked.tool)) {
        (None, Some(spec)) => vec![called(case, composing, (call, ask, spec), Some(approval), draft)],
        (refusal, _) => {
            let refusal = refusal.unwrap_or(ToolRefusal::NotAllowed);
            let refused = refused(case, composing, call, ask, refusal);
            std::iter::once(refused).chain(dropped(case, asked)).collect()
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
    // The answer of an attempt that was given up: the receiver is being asked, or will be.
    if known.reconciling || known.ask_at.is_some() {
        return Err(Refusal::NotAwaited);
    }
    Ok(came_back(&case, (call, known), outcome))
}

/// The receiver says whether a call happened. That it did not is as certain as a failed attempt.
pub(super) fn reconciled(
    floor: &Floor,
    id: ConversationId,
    (call, asked): (CallId, u8),
    outcome: &ToolOutcome,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let known = case.conversation.calls.get(&call).ok_or(Refusal::NotAwaited)?;
    // An answer to an earlier question says nothing of what was attempted since.
    let waits = known.reconciling && known.asked == asked;
    if waits { Ok(came_back(&case, (call, known), outcome)) } else { Err(Refusal::NotAwaited) }
}

/// Calls that a life before this one began and of which nobody knows how far they came.
pub(super) fn interrupted(c: &Conversation, at: Timestamp) -> impl Iterator<Item = Event> {
    let conversation = c.id;
    let begun = c.calls.iter().filter(|(_, call)| call.started && call.side_effect);
    begun
        .filter(|(_, call)| call.retry_at.is_none() && call.ask_at.is_none())
        .map(move |(id, call)| ToolEvent::Unsettled { conversation, call: *id, asked: call.asked, ask_at: at }.into())
}

fn came_back(case: &Case<'_>, (call, known): (CallId, &Call), outcome: &ToolOutcome) -> Vec<Event> {
    let conversation = case.id();
    let can_be_asked = case.deployment.tool(&known.tool).is_some_and(|spec| spec.reconcile);
    let end = match outcome {
        ToolOutcome::Done(_) => CallEnd::Done,
        ToolOutcome::Declined(_) => CallEnd::Declined,
        ToolOutcome::Failed if known.attempts + 1 < TOOL_ATTEMPTS_MAX && may_retry(case, known) => {
            let attempt = known.attempts + 1;
            let retry_at = case.at + Millis(RETRY_AFTER.0 << (attempt - 1));
            return vec![ToolEvent::AttemptFailed { conversation, call, attempt, retry_at }.into()];
        }
        ToolOutcome::Failed => CallEnd::Failed,
        // What acts is looked for under its number before anything else is done about it.
        ToolOutcome::Unknown if known.side_effect && can_be_asked && known.asked < RECONCILE_MAX => {
            let ask_at = case.at + Millis(RECONCILE_AFTER.0 << known.asked);
            return vec![ToolEvent::Unsettled { conversation, call, asked: known.asked, ask_at }.into()];
        }
        ToolOutcome::Unknown => CallEnd::Unknown,
        ToolOutcome::Refused(_) => CallEnd::Refused,
    };
    let paid = known.amount.filter(|_| end == CallEnd::Done && known.side_effect);
    let outcome_kept = outcome.clone().into();
    let mut events = vec![ToolEvent::Returned { conversation, call, end, outcome: outcome_kept, paid }.into()];
    events.extend(proof(case, known, outcome));
    let draft = known.draft.as_ref().and_then(|draft| Some((draft.words.reveal()?, draft.released)));
    let told = draft.map(|draft| announced(case, (call, known), draft, end));
    if let (Some(Event::Turn(TurnEvent::AgentActed { agent, .. })), Some(announcement)) = (&told, &known.draft) {
        let made = promise::made(case, &Author::Agent(agent.clone()), &announcement.promises);
        events.extend(told.into_iter().chain(made));
    } else {
        events.extend(told);
    }
    events
}

/// The words that waited for a call: said if it happened and their author still holds, else kept back.
fn announced(
    case: &Case<'_>,
    (call, known): (CallId, &Call),
    (draft, released): (&Reply, bool),
    end: CallEnd,
) -> Event {
    let c = case.conversation;
    let (agent, epoch, composition) = (known.agent.clone(), known.epoch, known.composition);
    if end != CallEnd::Done {
        return not_done(case, composition, &agent, epoch, draft);
    }
    let (conversation, text) = (c.id, Personal::from(draft.text.clone()));
    let waits = c.composing.as_ref().is_some_and(|one| one.id == composition && one.waits_for == WaitsFor::Call(call));
    if !waits || c.baton.epoch != epoch || c.baton.holder != Holder::Agent(agent.clone()) {
        let reason = WithheldReason::BatonPassed;
        return TurnEvent::ReplyWithheld { conversation, composition, agent, epoch, reason, text, draft: None }.into();
    }
    // What the agent says of the result meets gate and hold by itself.
    let stopped = case.floor.stopped(c, &agent).is_some();
    if stopped || !released && case.floor.gate_over(c, &agent).is_some() {
        let reason = if stopped { WithheldReason::Held } else { WithheldReason::Gated };
        return TurnEvent::ReplyWithheld { conversation, composition, agent, epoch, reason, text, draft: None }.into();
    }
    let (bytes, citations) = (draft.text.raw().len() as u32, draft.citations.clone());
    let (apology, repeats) = (draft.apology, says_again(c, &draft.text));
    let under = c.composing.as_ref().map(|one| c.under(one.asked)).unwrap_or_default();
    TurnEvent::AgentActed {
        conversation,
        composition,
        epoch,
        spoken: Some(Spoken { turn: c.last_turn.next(), bytes, text, citations, apology, under, repeats }),
        flow: c.flows.get(&agent).cloned().unwrap_or_default(),
        agent,
        fills: Vec::new(),
        promises: Vec::new(),
        again: Box::default(),
        done: false,
    }
    .into()
}

/// Whether a call that failed may begin again: not under a hold.
fn may_retry(case: &Case<'_>, call: &Call) -> bool {
    !case.floor.tool_held(case.conversation, &call.agent, &call.tool)
}

/// The words that announce a call that will not be made.
pub(super) fn unsaid(case: &Case<'_>, call: &Call) -> Option<Event> {
    let draft = call.draft.as_ref().and_then(|draft| draft.words.reveal())?;
    Some(not_done(case, call.composition, &call.agent, call.epoch, draft))
}

/// A check of facts that succeeded proves the identity.
fn proof(case: &Case<'_>, call: &Call, outcome: &ToolOutcome) -> Option<Event> {
    let ToolOutcome::Done(values) = outcome else { return None };
    let says_yes = values.iter().any(|(name, value)| name.as_str() == "verified" && value.raw() == "yes");
    let identity = Identity::Verified { by: Proof::Facts, until: case.at + FACTS_HOLD };
    let proven = call.tool.as_str() == IDENTITY_CHECK && says_yes;
    proven.then(|| ConversationEvent::Identified { conversation: case.id(), identity }.into())
}
