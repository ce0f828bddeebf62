//! Between colleagues: asking for what somebody holds, answering that, and taking it for a reason.

use crate::domain::baton::{Holder, PassReason};
use crate::domain::claim::{CLAIM_PATIENCE, CLAIM_WORDS_MAX, ClaimEnd};
use crate::domain::event::{ClaimEvent, Event};
use crate::domain::id::{ClaimId, OperatorName};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::orchestrator::context;
use crate::orchestrator::conversation::Claim;

use super::case::Case;
use super::{end, pass};

/// Asks the holder for it. Who asks has to be able to take it, or the answer would be worth nothing.
pub(super) fn ask(case: &Case<'_>, me: &OperatorName, note: Option<&Foreign>) -> Result<Vec<Event>, Refusal> {
    let from = match case.holder() {
        Holder::Operator(holder) if holder == me => return Err(Refusal::AlreadyHolds),
        Holder::Operator(holder) => holder.clone(),
        Holder::Nobody | Holder::Agent(_) | Holder::Queue(_) => {
            return Err(Refusal::NobodyToAsk { holder: case.holder().clone() });
        }
    };
    if let Some(open) = &case.conversation.claim {
        return Err(Refusal::ClaimOpen { by: open.by.clone() });
    }
    may_take(case, me)?;
    note.map_or(Ok(()), check_words)?;
    let asked = ClaimEvent::Asked {
        conversation: case.id(),
        claim: case.floor.last.claim.next(),
        by: me.clone(),
        from,
        until: case.at + CLAIM_PATIENCE,
        note: note.cloned().map(Into::into),
    };
    Ok(vec![asked.into()])
}

/// The holder gives it or keeps it. Whether who asked can take it is looked at once more.
pub(super) fn answer(case: &Case<'_>, claim: ClaimId, give: bool) -> Result<Vec<Event>, Refusal> {
    let open = case.conversation.claim.as_ref().filter(|open| open.id == claim).ok_or(Refusal::ClaimGone)?;
    if !give {
        return Ok(vec![settled(case, open, ClaimEnd::Declined)]);
    }
    may_take(case, &open.by)?;
    let mut events = vec![settled(case, open, ClaimEnd::Given)];
    events.extend(end::leave_given(case));
    let pack = Box::new(context::pack(case.conversation));
    events.push(pass::to(case, Holder::Operator(open.by.clone()), PassReason::Given(claim), Some(pack)));
    Ok(events)
}

/// At the desk, and with a seat left.
fn may_take(case: &Case<'_>, who: &OperatorName) -> Result<(), Refusal> {
    let presence = case.floor.operators.get(who).map(|state| state.presence).unwrap_or_default();
    if !presence.takes_moves() {
        return Err(Refusal::Away { who: who.clone(), presence });
    }
    pass::room(case, &Holder::Operator(who.clone()))
}

/// Nobody answered in time: nothing changes.
pub(super) fn lapsed(case: &Case<'_>) -> Vec<Event> {
    case.conversation.claim.iter().map(|open| settled(case, open, ClaimEnd::Lapsed)).collect()
}

/// The conversation goes elsewhere or ends: there is nothing left to be asked for.
pub(super) fn withdrawn(case: &Case<'_>) -> Option<Event> {
    case.conversation.claim.as_ref().map(|open| settled(case, open, ClaimEnd::Withdrawn))
}

/// What the colleague reads from whom it is taken.
pub(super) fn taken(
    case: &Case<'_>,
    me: &OperatorName,
    from: &OperatorName,
    reason: Option<&Foreign>,
) -> Result<Event, Refusal> {
    let reason = reason.filter(|reason| !reason.raw().trim().is_empty());
    let reason = reason.ok_or_else(|| Refusal::ReasonNeeded { from: from.clone() })?;
    check_words(reason)?;
    let (conversation, by, from, reason) = (case.id(), me.clone(), from.clone(), reason.clone().into());
    Ok(ClaimEvent::Taken { conversation, by, from, reason }.into())
}

fn check_words(words: &Foreign) -> Result<(), Refusal> {
    let given = words.raw().len();
    if given <= CLAIM_WORDS_MAX {
        return Ok(());
    }
    let (given, limit) = (given as u64, CLAIM_WORDS_MAX as u64);
    Err(Refusal::TooMuch { what: "bytes of words".to_owned(), given, limit })
}

fn settled(case: &Case<'_>, open: &Claim, end: ClaimEnd) -> Event {
    let (conversation, claim, by, from) = (case.id(), open.id, open.by.clone(), open.from.clone());
    ClaimEvent::Settled { conversation, claim, by, from, end }.into()
}
