//! A person's answer to a question that waits: for exactly what they saw, once, within their limit.

use crate::domain::approval::Verdict;
use crate::domain::command::Seen;
use crate::domain::event::{ApprovalEvent, Event};
use crate::domain::id::{ApprovalId, ConversationId, OperatorName};
use crate::domain::money::Money;
use crate::domain::operator::OperatorSpec;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::tool::{ToolCall, ToolRefusal};
use crate::orchestrator::conversation::Approval;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{allow, tool};

/// An operator's answer.
pub(super) struct Answer<'a> {
    pub(super) approval: ApprovalId,
    pub(super) approve: bool,
    pub(super) reason: Option<&'a Foreign>,
    /// Only so much of what was asked.
    pub(super) amount: Option<Money>,
}

/// How something was settled, by whom and why.
struct Ending<'a> {
    verdict: Verdict,
    by: Option<&'a OperatorName>,
    reason: Option<&'a Foreign>,
    /// What is told to the agent instead of a result.
    refusal: Option<ToolRefusal>,
    /// The call that was allowed, when it is for less.
    edited: Option<ToolCall>,
}

pub(super) fn decide(
    floor: &Floor,
    operator: &OperatorSpec,
    seen: Option<&Seen>,
    answer: &Answer<'_>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let id = find(floor, answer.approval, seen).ok_or(Refusal::ApprovalSettled { verdict: None, by: None })?;
    let case = Case::open(floor, id, at)?;
    let asked = case.conversation.approvals.get(&answer.approval).ok_or_else(|| {
        let settled = case.conversation.settled.iter().find(|(id, ..)| *id == answer.approval);
        let (verdict, by) = settled.map(|(_, verdict, by)| (*verdict, by.clone())).unzip();
        Refusal::ApprovalSettled { verdict, by: by.flatten() }
    })?;
    // The answer is for what was painted: tool, arguments and customer, hashed together.
    let subject = case.conversation.subject_of(asked);
    if subject.is_none() || seen.is_some_and(|seen| seen.conversation != id || seen.subject != subject) {
        return Err(case.changed());
    }
    let (by, reason) = (Some(&operator.name), answer.reason);
    if !answer.approve {
        let refusal = Some(ToolRefusal::Rejected);
        let ending = Ending { verdict: Verdict::Rejected, by, reason, refusal, edited: None };
        return Ok(settle(&case, answer.approval, ending));
    }
    let edited = edit(&case, asked, answer.amount)?;
    let amount = edited.as_ref().map_or(asked.waiting.amount, |(_, amount)| Some(*amount));
    allow::may_allow(case.deployment, operator.into(), asked, amount)?;
    if let Some(amount) = amount {
        let (agent, customer, tool) = (&asked.agent, case.conversation.customer, &asked.tool);
        allow::within_caps(floor, case.deployment, allow::Proposed { agent, customer, tool, amount }, at)?;
    }
    let edited = edited.map(|(call, _)| call);
    if let Some(endorsed) = first_yes(&case, operator, (answer.approval, asked), edited.as_ref(), amount)? {
        return Ok(vec![endorsed]);
    }
    Ok(settle(&case, answer.approval, Ending { verdict: Verdict::Approved, by, reason, refusal: None, edited }))
}

/// The call for less than was asked, and how much that is.
fn edit(case: &Case<'_>, asked: &Approval, amount: Option<Money>) -> Result<Option<(ToolCall, Money)>, Refusal> {
    let Some(given) = amount.filter(|amount| Some(*amount) != asked.waiting.amount) else { return Ok(None) };
    let wrong = |asked| Refusal::BadEdit { given, asked };
    let before = asked.waiting.amount.ok_or(wrong(Money::eur(0)))?;
    if given.minor <= 0 || given.exceeds(before) {
        return Err(wrong(before));
    }
    let slot = case.deployment.tool(&asked.tool).and_then(|spec| spec.amount.as_ref()).ok_or(wrong(before))?;
    let mut call = asked.waiting.ask.reveal().ok_or_else(|| case.changed())?.clone();
    call.args.insert(slot.clone(), Foreign::from(given.to_string()));
    Ok(Some((call, given)))
}

/// The first of two people said yes; nothing when one is enough, or this is the second of the same thing.
fn first_yes(
    case: &Case<'_>,
    operator: &OperatorSpec,
    (approval, asked): (ApprovalId, &Approval),
    edited: Option<&ToolCall>,
    amount: Option<Money>,
) -> Result<Option<Event>, Refusal> {
    let limit = allow::pair_limit(case.deployment, &asked.tool);
    if !amount.zip(limit).is_some_and(|(amount, limit)| amount.exceeds(limit)) {
        return Ok(None);
    }
    // For less than the other person said yes to is another thing, to which they have not said anything.
    if edited.is_none() && asked.endorsed.is_some() {
        return allow::not_twice(&operator.name, asked).map(|()| None);
    }
    let ask = edited.cloned().map_or_else(|| asked.waiting.ask.clone(), Into::into);
    let (conversation, by) = (case.id(), operator.name.clone());
    Ok(Some(ApprovalEvent::Endorsed { conversation, approval, by, ask, amount }.into()))
}

/// Nobody answered in time: no.
pub(super) fn expired(case: &Case<'_>, approval: ApprovalId) -> Vec<Event> {
    let refusal = Some(ToolRefusal::Expired);
    settle(case, approval, Ending { verdict: Verdict::Expired, by: None, reason: None, refusal, edited: None })
}

fn settle(case: &Case<'_>, approval: ApprovalId, ending: Ending<'_>) -> Vec<Event> {
    let Ending { verdict, by, reason, refusal, edited } = ending;
    let (by, reason, ask) = (by.cloned(), reason.cloned().map(Into::into), edited.clone().map(Into::into));
    let conversation = case.id();
    let mut events =
        vec![ApprovalEvent::Settled { conversation, approval, verdict, by, reason, ask, overtaken: None }.into()];
    events.extend(tool::settled(case, approval, refusal, edited.as_ref()));
    events
}

/// The conversation an approval belongs to: as seen, or looked for when a script did not look.
fn find(floor: &Floor, approval: ApprovalId, seen: Option<&Seen>) -> Option<ConversationId> {
    let holds = |id: &ConversationId| {
        floor.conversation(*id).is_some_and(|c| c.approvals.contains_key(&approval) || c.verdict(approval).is_some())
    };
    match seen {
        Some(seen) => Some(seen.conversation).filter(holds),
        None => floor.conversations.keys().copied().find(holds),
    }
}
