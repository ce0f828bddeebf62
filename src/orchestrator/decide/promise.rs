//! The ledger of what customers are promised: made, kept, carried on, waived, late, let go.

use crate::domain::baton::Holder;
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::conversation::Author;
use crate::domain::event::{Event, PromiseEvent};
use crate::domain::id::{ConversationId, OperatorName, PromiseId, PromiseName};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::promise::{Kept, LetGo, PROMISE_BYTES_MAX, PROMISES_MAX, Promise};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;
use crate::orchestrator::owed::{Found, Open, Owed};

use super::barge;
use super::case::Case;
use super::customer::check_text;
use super::operate::need;

/// An operator's act about a promise that stands in the ledger; none for other acts.
pub(super) fn decide(
    floor: &Floor,
    by: &OperatorSpec,
    seen: Option<&Seen>,
    act: &OperatorAct,
    at: Timestamp,
) -> Option<Result<Vec<Event>, Refusal>> {
    if let OperatorAct::ClearPromise { promise } = act {
        return Some(cleared(floor, by, seen, *promise));
    }
    if let OperatorAct::CarryPromise { promise, to, due } = act {
        return Some(carried(floor, by, seen, (*promise, to.as_ref(), *due), at));
    }
    let OperatorAct::WaivePromise { promise, reason } = act else { return None };
    Some(waived(floor, by, seen, (*promise, reason)))
}

/// What somebody told the customer. Whoever may write to them may promise; a supervisor also for others.
pub(super) fn by_operator(
    case: &Case<'_>,
    by: &OperatorSpec,
    text: &Foreign,
    due: Option<Timestamp>,
) -> Result<Vec<Event>, Refusal> {
    let speaks = case.holder().operator() == Some(&by.name) || barge::is_open(case, &by.name);
    if !speaks && by.role < Role::Supervisor {
        return Err(case.not_holder());
    }
    check_words(text)?;
    if due.is_some_and(|due| due <= case.at) {
        return Err(Refusal::InThePast);
    }
    let open = case.conversation.owed.len();
    if open >= PROMISES_MAX {
        let (given, limit) = (open as u64 + 1, PROMISES_MAX as u64);
        return Err(Refusal::TooMuch { what: "open promises".to_owned(), given, limit });
    }
    let promise = Promise { id: None, name: None, text: text.clone().into(), due };
    Ok(made(case, &Author::Operator(by.name.clone()), &[promise]))
}

/// Promises enter the ledger with the words that made them. What an agent promised cannot be refused any
/// more, so the oldest is let go when there are too many.
pub(super) fn made(case: &Case<'_>, by: &Author, promises: &[Promise]) -> Vec<Event> {
    let conversation = case.id();
    let excess = (case.conversation.owed.len() + promises.len()).saturating_sub(PROMISES_MAX);
    let oldest = case.conversation.owed.keys().take(excess);
    let mut events: Vec<Event> = oldest.map(|id| let_go(conversation, *id, LetGo::Crowded)).collect();
    events.extend(numbered(case, promises).map(|(promise, said)| {
        let (by, name, text, due) = (by.clone(), said.name.clone(), said.text.clone(), by_when(case, said));
        PromiseEvent::Made { conversation, promise, by, name, text, due }.into()
    }));
    events
}

/// The conversation as it stands once these promises are made: what follows in the same move takes them along.
pub(super) fn with(case: &Case<'_>, by: &Author, promises: &[Promise]) -> Conversation {
    let mut c = case.conversation.clone();
    let excess = (c.owed.len() + promises.len()).saturating_sub(PROMISES_MAX);
    (0..excess).for_each(|_| drop(c.owed.pop_first()));
    c.owed.extend(numbered(case, promises).map(|(id, said)| {
        let (by, name, text, due) = (by.clone(), said.name.clone(), said.text.clone(), by_when(case, said));
        (id, Owed { by, name, text, due, since: case.at, breached: false, keeper: None })
    }));
    c
}

/// At most as many as a conversation may owe: the last ones.
fn numbered<'p>(case: &Case<'_>, promises: &'p [Promise]) -> impl Iterator<Item = (PromiseId, &'p Promise)> {
    let last = case.floor.last.promise;
    let skipped = promises.len().saturating_sub(PROMISES_MAX);
    (last.0 + 1..).map(PromiseId).zip(promises.iter().skip(skipped))
}

/// A time that was said counts as it was said; without one the policy sets one, in open time.
fn by_when(case: &Case<'_>, said: &Promise) -> Option<Timestamp> {
    let span = case.deployment.policy.promises.due_ms;
    said.due.or_else(|| (span.0 > 0).then(|| case.due_after(span)))
}

/// Promises of those names are kept by what the tool did that came back last in this attempt.
pub(super) fn kept(case: &Case<'_>, by: &Author, names: &[PromiseName]) -> Vec<Event> {
    let c = case.conversation;
    let done = c.results.back().filter(|result| result.end == crate::domain::event::CallEnd::Done);
    let just_now = done.filter(|result| c.composing.as_ref().is_some_and(|composing| composing.at == result.at));
    let Some(result) = just_now else { return Vec::new() };
    let (conversation, how) = (case.id(), Kept::Tool(result.call));
    let met = c.owed.iter().filter(|(_, owed)| owed.name.as_ref().is_some_and(|name| names.contains(name)));
    met.map(|(id, _)| PromiseEvent::Cleared { conversation, promise: *id, by: by.clone(), how }.into()).collect()
}

/// The conversation without the promises that were just kept or let go; none when nothing happened.
pub(super) fn without(c: &Conversation, events: &[Event]) -> Option<Conversation> {
    let kept = |event: &Event| {
        let Event::Promise(PromiseEvent::Cleared { promise, .. } | PromiseEvent::LetGo { promise, .. }) = event else {
            return None;
        };
        Some(*promise)
    };
    let mut after = (!events.is_empty()).then(|| c.clone());
    for promise in events.iter().filter_map(kept) {
        if let Some(c) = &mut after {
            c.owed.remove(&promise);
        }
    }
    after
}

/// Refuses to end what somebody is owed something in: `carried` says whether it is enough that somebody
/// was named for it.
pub(super) fn check_open(case: &Case<'_>, carried: bool) -> Result<(), Refusal> {
    let owed = case.conversation.owed.iter().filter(|(_, owed)| !carried || owed.keeper.is_none());
    let open: Vec<PromiseId> = owed.map(|(id, _)| *id).collect();
    if open.is_empty() { Ok(()) } else { Err(Refusal::PromisesOpen { open }) }
}

/// Its time passed.
pub(super) fn breached(conversation: ConversationId, open: &Open, promise: PromiseId) -> Vec<Event> {
    let due = open.get(&promise).and_then(|owed| owed.due);
    due.map(|due| PromiseEvent::Breached { conversation, promise, due }.into()).into_iter().collect()
}

/// Everything that is owed goes with its customer.
pub(super) fn erased(conversation: ConversationId, open: &Open) -> impl Iterator<Item = Event> + '_ {
    open.keys().map(move |promise| let_go(conversation, *promise, LetGo::Erased))
}

fn let_go(conversation: ConversationId, promise: PromiseId, why: LetGo) -> Event {
    PromiseEvent::LetGo { conversation, promise, why, reason: None }.into()
}

/// The open promise of that number; the actor must have seen the conversation it is in as it is.
fn find<'a>(floor: &'a Floor, promise: PromiseId, seen: Option<&Seen>) -> Result<Found<'a>, Refusal> {
    let found = floor.owed().find(|found| found.id == promise).ok_or(Refusal::PromiseGone { promise })?;
    let live = floor.conversation(found.conversation).map(|c| c.baton.epoch);
    let epoch = live.or_else(|| floor.stubs.get(&found.conversation).map(|stub| stub.epoch)).unwrap_or_default();
    let same = seen.is_none_or(|seen| seen.conversation == found.conversation && seen.epoch == epoch);
    if same { Ok(found) } else { Err(Refusal::ChangedSinceSeen { holder: found.holder.clone(), epoch }) }
}

/// Who owes it, who made it, and supervisors.
fn may(found: Found<'_>, by: &OperatorSpec) -> Result<(), Refusal> {
    let own = found.owner().operator() == Some(&by.name) || found.owed.by == Author::Operator(by.name.clone());
    if own { Ok(()) } else { need(by, Role::Supervisor) }
}

fn cleared(floor: &Floor, by: &OperatorSpec, seen: Option<&Seen>, promise: PromiseId) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Responder)?;
    let found = find(floor, promise, seen)?;
    may(found, by)?;
    let (conversation, by, how) = (found.conversation, Author::Operator(by.name.clone()), Kept::Word);
    Ok(vec![PromiseEvent::Cleared { conversation, promise, by, how }.into()])
}

fn carried(
    floor: &Floor,
    by: &OperatorSpec,
    seen: Option<&Seen>,
    (promise, to, due): (PromiseId, Option<&OperatorName>, Option<Timestamp>),
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Responder)?;
    let found = find(floor, promise, seen)?;
    may(found, by)?;
    let owner = to.unwrap_or(&by.name).clone();
    if floor.operator_spec(&owner).is_none_or(|spec| spec.role < Role::Responder) {
        return Err(Refusal::UnknownTarget { target: Holder::Operator(owner) });
    }
    if due.is_some_and(|due| due <= at) {
        return Err(Refusal::InThePast);
    }
    let due = due.or(found.owed.due);
    if found.owed.keeper.as_ref() == Some(&owner) && found.owed.due == due {
        return Ok(Vec::new());
    }
    Ok(vec![PromiseEvent::Carried { conversation: found.conversation, promise, owner, due }.into()])
}

fn waived(
    floor: &Floor,
    by: &OperatorSpec,
    seen: Option<&Seen>,
    (promise, reason): (PromiseId, &Foreign),
) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Supervisor)?;
    let found = find(floor, promise, seen)?;
    check_words(reason)?;
    let (conversation, why, reason) = (found.conversation, LetGo::Waived, Some(reason.clone().into()));
    Ok(vec![PromiseEvent::LetGo { conversation, promise, why, reason }.into()])
}

/// A promise, or the reason to waive one: a sentence.
fn check_words(text: &Foreign) -> Result<(), Refusal> {
    let bytes = check_text(text)?;
    if bytes > PROMISE_BYTES_MAX {
        let (given, limit) = (bytes as u64, PROMISE_BYTES_MAX as u64);
        return Err(Refusal::TooMuch { what: "bytes of text".to_owned(), given, limit });
    }
    Ok(())
}
