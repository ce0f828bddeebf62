//! After the end: whoever had the conversation says how it came out. The timer is the floor's, so that a
//! closed console changes nothing.

use std::collections::BTreeMap;

use crate::domain::action::Fill;
use crate::domain::conversation::Disposition;
use crate::domain::deployment::QueueSpec;
use crate::domain::event::{Event, WrapUpEvent};
use crate::domain::id::{ConversationId, DispositionName, OperatorName, QueueName, SlotName};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::personal::Personal;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::wrap_up::{DispositionSpec, NOTE_FIELD, WRAP_UP_FIELDS_MAX, WrapUpCut};
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::{Floor, Stub, WrapUp};

use super::case::Case;
use super::customer::check_text;
use super::operate::need;

/// How a conversation came out, as somebody says it.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) disposition: Option<&'a DispositionName>,
    pub(super) note: Option<&'a Foreign>,
    pub(super) fields: &'a BTreeMap<SlotName, Foreign>,
}

/// Begins with the end of a conversation that a person held, where its line asks for something. Their seat
/// was free a moment ago, so that it can be kept.
pub(super) fn begin(case: &Case<'_>) -> Option<Event> {
    let operator = case.holder().operator()?.clone();
    let policy = &case.deployment.policy.wrap_up;
    let queue = line(case)?;
    let asks = policy.time_ms.0 > 0 && case.deployment.queue(queue).is_some_and(QueueSpec::wraps_up);
    let (conversation, queue, until) = (case.id(), queue.clone(), case.at + policy.time_ms);
    asks.then(|| WrapUpEvent::Began { conversation, operator, queue, until }.into())
}

/// The line in which it waited last, else that of the agent who had it, else the first.
fn line<'a>(case: &Case<'a>) -> Option<&'a QueueName> {
    let c: &Conversation = case.conversation;
    let agent = c.path.back().and_then(|name| case.deployment.agent(name)).map(|spec| &spec.queue);
    c.line.as_ref().or(agent).or_else(|| case.deployment.queues.first().map(|spec| &spec.name))
}

/// Somebody says how it came out.
pub(super) fn done(
    floor: &Floor,
    by: &OperatorSpec,
    id: ConversationId,
    word: Word<'_>,
) -> Result<Vec<Event>, Refusal> {
    let (stub, wrap) = find(floor, by, id)?;
    let spec = floor.deployment.as_ref().and_then(|deployment| deployment.queue(&wrap.queue));
    let chosen = chosen(spec, wrap, word.disposition)?;
    check_fields(stub, wrap, spec, word)?;
    let resolved = stub.outcome.disposition.unwrap_or(Disposition::Solved);
    let means = chosen.map_or(resolved, |chosen| chosen.means);
    let fill = |(slot, value): (&SlotName, &Foreign)| Fill { slot: slot.clone(), value: value.clone().into() };
    let note = word.note.cloned().map(Into::into);
    let fields = word.fields.iter().map(fill).collect();
    Ok(vec![said(id, (stub, wrap), (Some(by.name.clone()), chosen, means), (note, fields))])
}

/// Nobody said it in time: it came out as it was resolved.
pub(super) fn timed_out(floor: &Floor, id: ConversationId, stub: &Stub) -> Vec<Event> {
    let Some(wrap) = &stub.wrap else { return Vec::new() };
    let means = stub.outcome.disposition.unwrap_or(Disposition::Solved);
    let spec = floor.deployment.as_ref().and_then(|deployment| deployment.queue(&wrap.queue));
    let chosen = spec.and_then(|spec| spec.dispositions.iter().find(|word| word.means == means));
    vec![said(id, (stub, wrap), (None, chosen, means), (None, Vec::new()))]
}

fn said(
    conversation: ConversationId,
    (stub, wrap): (&Stub, &WrapUp),
    (by, chosen, means): (Option<OperatorName>, Option<&DispositionSpec>, Disposition),
    (note, fields): (Option<Personal<Foreign>>, Vec<Fill>),
) -> Event {
    let first_contact = stub.outcome.first_contact && means.helped();
    let (operator, disposition) = (wrap.operator.clone(), chosen.map(|chosen| chosen.name.clone()));
    WrapUpEvent::Done { conversation, operator, by, disposition, means, first_contact, note, fields }.into()
}

/// Longer, once.
pub(super) fn extend(floor: &Floor, by: &OperatorSpec, conversation: ConversationId) -> Result<Vec<Event>, Refusal> {
    let (_, wrap) = find(floor, by, conversation)?;
    if wrap.extended {
        return Err(Refusal::WrapUpExtended);
    }
    let longer = floor.deployment.as_ref().map(|deployment| deployment.policy.wrap_up.extension_ms);
    let (operator, until) = (wrap.operator.clone(), wrap.until + longer.unwrap_or_default());
    Ok(vec![WrapUpEvent::Extended { conversation, operator, until }.into()])
}

/// It ends without a word.
pub(super) fn cut(conversation: ConversationId, stub: &Stub, why: WrapUpCut) -> Option<Event> {
    let operator = stub.wrap.as_ref()?.operator.clone();
    Some(WrapUpEvent::Cut { conversation, operator, why }.into())
}

/// One's own, or as a supervisor that of others.
fn find<'a>(floor: &'a Floor, by: &OperatorSpec, id: ConversationId) -> Result<(&'a Stub, &'a WrapUp), Refusal> {
    need(by, Role::Responder)?;
    if floor.conversation(id).is_some() {
        return Err(Refusal::NoWrapUp);
    }
    let stub = floor.stubs.get(&id).ok_or(Refusal::UnknownConversation)?;
    let wrap = stub.wrap.as_ref().ok_or(Refusal::NoWrapUp)?;
    if wrap.operator != by.name {
        need(by, Role::Supervisor)?;
    }
    Ok((stub, wrap))
}

fn chosen<'a>(
    spec: Option<&'a QueueSpec>,
    wrap: &WrapUp,
    given: Option<&DispositionName>,
) -> Result<Option<&'a DispositionSpec>, Refusal> {
    let words = spec.map_or(&[][..], |spec| &spec.dispositions);
    let Some(given) = given else {
        let missing = || Refusal::FieldMissing { field: "disposition".to_owned(), queue: wrap.queue.clone() };
        return if words.is_empty() { Ok(None) } else { Err(missing()) };
    };
    let known = || words.iter().map(|word| word.name.clone()).collect();
    let found = words.iter().find(|word| word.name == *given);
    found.map(Some).ok_or_else(|| Refusal::UnknownDisposition { given: given.clone(), known: known() })
}

/// What the line asks for is there: given now, or known from the conversation.
fn check_fields(stub: &Stub, wrap: &WrapUp, spec: Option<&QueueSpec>, word: Word<'_>) -> Result<(), Refusal> {
    for text in word.note.into_iter().chain(word.fields.values()) {
        check_text(text)?;
    }
    if word.fields.len() > WRAP_UP_FIELDS_MAX {
        let (given, limit) = (word.fields.len() as u64, WRAP_UP_FIELDS_MAX as u64);
        return Err(Refusal::TooMuch { what: "fields".to_owned(), given, limit });
    }
    let given = |field: &SlotName| match field.as_str() {
        NOTE_FIELD => word.note.is_some(),
        _ => word.fields.contains_key(field) || stub.knows(field),
    };
    let missing = spec.and_then(|spec| spec.required.iter().find(|field| !given(field)));
    missing.map_or(Ok(()), |field| Err(Refusal::FieldMissing { field: field.to_string(), queue: wrap.queue.clone() }))
}
