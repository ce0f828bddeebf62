//! How a conversation ends: what is open is settled first, and credit is fixed now.

use crate::domain::approval::Verdict;
use crate::domain::conversation::{CloseReason, Disposition, HouseSentence};
use crate::domain::escalation::Settlement;
use crate::domain::event::{ApprovalEvent, ConversationEvent, EscalationEvent, Event, WithheldReason};
use crate::domain::id::{ConversationId, OperatorName, TurnNo};
use crate::orchestrator::context;
use crate::orchestrator::conversation::Escalation;
use crate::orchestrator::due::{Due, StubAlarm};
use crate::orchestrator::floor::{Floor, STUBS_MAX};

use super::case::Case;
use super::{claim, draft, promise, tool, translate};

/// The matter is settled by somebody's word: the customer is asked how it was, unless they have gone.
pub(super) fn settled(case: &Case<'_>, disposition: Disposition, turn: TurnNo) -> Vec<Event> {
    let asked = (disposition != Disposition::Abandoned).then(|| case.house(turn, HouseSentence::RatingQuestion, ""));
    asked.into_iter().chain(resolve(case, disposition)).collect()
}

/// The matter is settled; the customer may rate it or re-open it for a while.
pub(super) fn resolve(case: &Case<'_>, disposition: Disposition) -> Vec<Event> {
    resolve_as(case, disposition, Settlement::Ended)
}

/// The same, with what became of the request for a human.
pub(super) fn resolve_as(case: &Case<'_>, disposition: Disposition, settlement: Settlement) -> Vec<Event> {
    let mut events = settle_all(case, settlement, None);
    events.push(
        ConversationEvent::Resolved {
            conversation: case.id(),
            disposition,
            credited: case.holder().clone(),
            until: case.at + case.deployment.policy.clocks.reopen_ms,
            pack: Box::new(context::pack(case.conversation)),
            spent: case.conversation.spent_until(case.at),
            first_contact: disposition.helped() && case.conversation.outcome.reopened == 0,
        }
        .into(),
    );
    events.extend(crowded_out(case.floor));
    events
}

/// The resolved conversation that is closed early because the floor remembers no more of them: the one
/// whose window ends first, of those in which nothing is left to do.
pub(super) fn crowded_out(floor: &Floor) -> Option<Event> {
    let full = floor.stubs.len() >= STUBS_MAX;
    let over = |id: &ConversationId| {
        let next = floor.stubs.get(id).and_then(|stub| stub.next_alarm());
        next.is_some_and(|(_, alarm)| alarm == StubAlarm::Window)
    };
    let mut stubs = floor.due.iter().filter(|_| full).filter_map(|(_, due)| match due {
        Due::Stub(id) => Some(*id),
        Due::Conversation(_) | Due::Operator(_) | Due::Incident(_) | Due::Rule(_) | Due::Block(_) | Due::Mark => None,
    });
    let conversation = stubs.find(over)?;
    Some(ConversationEvent::Closed { conversation, reason: CloseReason::StubLimit }.into())
}

/// It is over for good.
pub(super) fn close(case: &Case<'_>, reason: CloseReason) -> Vec<Event> {
    let mut events = settle_all(case, Settlement::Ended, None);
    if reason == CloseReason::Erased {
        events.extend(promise::erased(case.id(), &case.conversation.owed));
    }
    events.push(ConversationEvent::Closed { conversation: case.id(), reason }.into());
    events
}

/// Settles everything that waits: offers, the request for a human, approvals.
fn settle_all(case: &Case<'_>, settlement: Settlement, taken_by: Option<&OperatorName>) -> Vec<Event> {
    let mut events: Vec<Event> = claim::withdrawn(case).into_iter().collect();
    events.extend(translate::over(case));
    events.extend(withdraw_waiting(case, WithheldReason::Ended));
    events.extend(settle_escalation(case, settlement, taken_by));
    events
}

/// Takes back a running offer, then settles the request for a human.
pub(super) fn settle_escalation(
    case: &Case<'_>,
    settlement: Settlement,
    taken_by: Option<&OperatorName>,
) -> Vec<Event> {
    let Some(escalation) = &case.conversation.escalation else { return Vec::new() };
    let (conversation, id) = (case.id(), escalation.id);
    let mut events = Vec::with_capacity(2);
    if let Some(offer) = &escalation.offer {
        let (offer, operator, taken_by) = (offer.id, offer.operator.clone(), taken_by.cloned());
        events.push(EscalationEvent::Withdrawn { conversation, escalation: id, offer, operator, taken_by }.into());
    }
    events.push(EscalationEvent::Settled { conversation, escalation: id, settlement }.into());
    events
}

/// How a request ends that a human takes.
pub(super) const fn taken(escalation: &Escalation) -> Settlement {
    if escalation.call_back { Settlement::CalledBack } else { Settlement::Taken }
}

/// A human takes it: the request for one is settled by that.
pub(super) fn settle_taken(case: &Case<'_>, by: &OperatorName) -> Vec<Event> {
    let settlement = case.conversation.escalation.as_ref().map_or(Settlement::Taken, taken);
    settle_escalation(case, settlement, Some(by))
}

/// The conversation goes to somebody else: what waited for a person's yes is a no, a draft stays unsent,
/// and who asked for it asks for nothing.
pub(super) fn leave_waiting(case: &Case<'_>) -> Vec<Event> {
    claim::withdrawn(case).into_iter().chain(leave_given(case)).collect()
}

/// The same when it goes to the one who asked for it.
pub(super) fn leave_given(case: &Case<'_>) -> Vec<Event> {
    withdraw_waiting(case, WithheldReason::BatonPassed)
}

pub(super) fn withdraw_waiting(case: &Case<'_>, reason: WithheldReason) -> Vec<Event> {
    let conversation = case.id();
    let withdrawn = |approval| {
        let verdict = Verdict::Withdrawn;
        let overtaken = Some(reason);
        ApprovalEvent::Settled { conversation, approval, verdict, by: None, reason: None, ask: None, overtaken }.into()
    };
    let approvals = case.conversation.approvals.iter();
    let approvals = approvals.flat_map(|(id, asked)| std::iter::once(withdrawn(*id)).chain(tool::dropped(case, asked)));
    approvals.chain(draft::withhold(case, reason)).collect()
}
