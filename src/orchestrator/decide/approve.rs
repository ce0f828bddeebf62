//! A person's answer to a question that waits: for exactly what they saw, once, within their limit.

use crate::domain::approval::Verdict;
use crate::domain::command::Seen;
use crate::domain::event::{ApprovalEvent, Event};
use crate::domain::id::{ApprovalId, ConversationId, OperatorName};
use crate::domain::money::Money;
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolRefusal;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::tool;

/// An operator's answer.
pub(super) struct Answer<'a> {
    pub(super) approval: ApprovalId,
    pub(super) approve: bool,
    pub(super) reason: Option<&'a Foreign>,
}

pub(super) fn decide(
    floor: &Floor,
    operator: &OperatorSpec,
    seen: Option<&Seen>,
    answer: &Answer<'_>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let settled = || Refusal::ApprovalSettled { verdict: None };
    let id = find(floor, answer.approval, seen).ok_or_else(settled)?;
    let case = Case::open(floor, id, at)?;
    let asked = case.conversation.approvals.get(&answer.approval).ok_or_else(settled)?;
    // The answer is for what was painted: tool, arguments and customer, hashed together.
    let subject = case.conversation.subject_of(asked);
    if subject.is_none() || seen.is_some_and(|seen| seen.conversation != id || seen.subject != subject) {
        return Err(case.changed());
    }
    if answer.approve {
        let limit = limit_of(&case, operator);
        if asked.waiting.amount.is_some_and(|amount| amount.exceeds(limit)) {
            return Err(Refusal::OverLimit { limit });
        }
    }
    let (verdict, refusal) =
        if answer.approve { (Verdict::Approved, None) } else { (Verdict::Rejected, Some(ToolRefusal::Rejected)) };
    let by = Some(operator.name.clone());
    Ok(settle(&case, answer.approval, verdict, by, answer.reason.cloned(), refusal))
}

/// Nobody answered in time: no.
pub(super) fn expired(case: &Case<'_>, approval: ApprovalId) -> Vec<Event> {
    settle(case, approval, Verdict::Expired, None, None, Some(ToolRefusal::Expired))
}

fn settle(
    case: &Case<'_>,
    approval: ApprovalId,
    verdict: Verdict,
    by: Option<OperatorName>,
    reason: Option<Foreign>,
    refusal: Option<ToolRefusal>,
) -> Vec<Event> {
    let reason = reason.map(Into::into);
    let mut events = vec![ApprovalEvent::Settled { conversation: case.id(), approval, verdict, by, reason }.into()];
    events.extend(tool::settled(case, approval, refusal));
    events
}

/// Up to where this person may allow.
pub(crate) fn limit_of(case: &Case<'_>, operator: &OperatorSpec) -> Money {
    let policy = &case.deployment.policy.approvals;
    let by_role = match operator.role {
        Role::Observer | Role::Responder => Money::eur(0),
        Role::Supervisor => policy.supervisor_limit,
        Role::Admin => policy.admin_limit,
    };
    operator.approval_limit.unwrap_or(by_role)
}

/// The conversation an approval belongs to: as seen, or looked for when a script did not look.
fn find(floor: &Floor, approval: ApprovalId, seen: Option<&Seen>) -> Option<ConversationId> {
    let holds = |id: &ConversationId| floor.conversation(*id).is_some_and(|c| c.approvals.contains_key(&approval));
    match seen {
        Some(seen) => Some(seen.conversation).filter(holds),
        None => floor.conversations.keys().copied().find(holds),
    }
}
