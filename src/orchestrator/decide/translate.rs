//! Another language: what is translated for the house, what for the customer, and what cannot be.

use crate::domain::analysis::{Analysis, Language};
use crate::domain::command::OperatorAct;
use crate::domain::event::{Event, TranslationEvent};
use crate::domain::id::{ConversationId, OperatorName, TurnNo};
use crate::domain::model::ModelCall;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::translation::{
    HELD_REPLIES_MAX, Piece, TRANSLATION_PATIENCE, TranslationFailure, TranslationSpec, class_of,
};
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;
use crate::orchestrator::translating::HeldReply;

use super::case::Case;
use super::{barge, operate};

/// That a message of the customer is translated, or why not; nothing where nobody has to.
pub(super) fn of_turn(
    floor: &Floor,
    conversation: ConversationId,
    turn: TurnNo,
    (text, analysis): (&Foreign, &Analysis),
    at: Timestamp,
) -> Option<Event> {
    let spec = floor.deployment.as_ref()?.translation.as_ref()?;
    let c = floor.conversation(conversation);
    // A text of two words tells no language; it is in the one before it.
    let known = Some(analysis.language).filter(|language| *language != Language::UNKNOWN);
    let from = known.or_else(|| c.map(|c| c.writes_in)).filter(|from| spec.is_foreign(*from))?;
    if text.raw().trim().is_empty() {
        return None;
    }
    let unread = analysis.slots.iter().any(|slot| !spec.reads(class_of(slot.kind)));
    let why = unread.then_some(TranslationFailure::NotAllowed).or_else(|| forbidden(floor, spec, c, text, at));
    let (to, until) = (spec.language, at + TRANSLATION_PATIENCE);
    Some(match why {
        Some(why) => failed(conversation, Piece::Turn(turn), why, None),
        None => TranslationEvent::Asked { conversation, turn, from, to, until }.into(),
    })
}

/// Why a text must not go to the translator.
fn forbidden(
    floor: &Floor,
    spec: &TranslationSpec,
    c: Option<&Conversation>,
    text: &Foreign,
    at: Timestamp,
) -> Option<TranslationFailure> {
    let deployment = c.and_then(|c| floor.rules(c)).or(floor.deployment.as_ref())?;
    let data = &deployment.policy.data;
    let stands = |value: &Foreign| !value.raw().is_empty() && text.raw().contains(value.raw());
    let kept = c.into_iter().flat_map(|c| &c.slots).filter(|fill| !spec.reads(data.class(&fill.slot)));
    if kept.filter_map(|fill| fill.value.reveal()).any(stands) {
        return Some(TranslationFailure::NotAllowed);
    }
    floor.bills.house_spent(&deployment.policy, at).then_some(TranslationFailure::OverBudget)
}

/// A person's reply waits for its translation when the customer writes another language; nothing where it goes
/// out as it is.
///
/// # Errors
///
/// It cannot be translated, or too many wait already. Its author may send it as it is.
pub(super) fn of_reply(case: &Case<'_>, by: &OperatorName, text: &Foreign) -> Result<Option<Event>, Refusal> {
    let c = case.conversation;
    let house = case.floor.deployment.as_ref().and_then(|deployment| deployment.translation.as_ref());
    let Some(spec) = house.filter(|spec| spec.is_foreign(c.writes_in)) else { return Ok(None) };
    let waiting = c.translating.replies.len();
    if waiting >= HELD_REPLIES_MAX {
        let (given, limit) = (waiting as u64 + 1, HELD_REPLIES_MAX as u64);
        return Err(Refusal::TooMuch { what: "replies that wait for a translation".to_owned(), given, limit });
    }
    if let Some(why) = forbidden(case.floor, spec, Some(c), text, case.at) {
        return Err(Refusal::NotTranslated { why });
    }
    let (conversation, reply) = (c.id, c.translating.last + 1);
    let (operator, epoch, text) = (by.clone(), c.baton.epoch, text.clone().into());
    let (from, to, until) = (spec.language, c.writes_in, case.at + TRANSLATION_PATIENCE);
    Ok(Some(TranslationEvent::Held { conversation, reply, operator, epoch, text, from, to, until }.into()))
}

/// A translation came, or did not. A call of a model is on record also when nobody waits for it any more.
pub(super) fn came(
    floor: &Floor,
    conversation: ConversationId,
    piece: Piece,
    (text, call): (Result<&Foreign, TranslationFailure>, Option<&ModelCall>),
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let awaited = floor.conversation(conversation).is_some_and(|c| c.translating.awaits(piece));
    if !awaited {
        let known = floor.conversation(conversation).is_some() || floor.stubs.contains_key(&conversation);
        let late = call.filter(|_| known).cloned();
        let late = late.map(|call| vec![failed(conversation, piece, TranslationFailure::TimedOut, Some(call))]);
        return late.ok_or(Refusal::NotAwaited);
    }
    let case = Case::open(floor, conversation, at)?;
    let call = call.cloned();
    let says = |text: &&Foreign| !text.raw().trim().is_empty();
    match text.and_then(|text| Some(text).filter(says).ok_or(TranslationFailure::NotAsAgreed)) {
        Ok(text) => {
            let mut events: Vec<Event> =
                vec![TranslationEvent::Done { conversation, piece, text: text.clone().into(), call }.into()];
            let first = case.conversation.translating.replies.first().filter(|first| piece == Piece::Reply(first.no));
            events.extend(first.into_iter().flat_map(|first| released(&case, first, Some(text))));
            Ok(events)
        }
        Err(why) => Ok(missing(conversation, piece, why, call)),
    }
}

/// There is no translation: the customer's words stand as they came, a reply goes to nobody until its author
/// says so.
fn missing(conversation: ConversationId, piece: Piece, why: TranslationFailure, call: Option<ModelCall>) -> Vec<Event> {
    let unsent = match piece {
        Piece::Turn(_) => None,
        Piece::Reply(reply) => Some(TranslationEvent::Unsent { conversation, reply, why: Some(why) }.into()),
    };
    std::iter::once(failed(conversation, piece, why, call)).chain(unsent).collect()
}

fn failed(conversation: ConversationId, piece: Piece, why: TranslationFailure, call: Option<ModelCall>) -> Event {
    TranslationEvent::Failed { conversation, piece, why, call }.into()
}

/// Something was waited for for long enough, or a reply behind another may go out now.
pub(super) fn due(case: &Case<'_>) -> Vec<Event> {
    let translating = &case.conversation.translating;
    let ready = translating.replies.first().and_then(|first| Some((first, first.came.as_ref()?)));
    if let Some((first, (_, text))) = ready {
        return released(case, first, text.reveal());
    }
    let late = translating.pending.iter().find(|one| one.until <= case.at);
    late.map_or_else(Vec::new, |late| missing(case.id(), late.piece, TranslationFailure::TimedOut, None))
}

/// The reply goes out translated, unless its author does not answer here any more, or either text is erased.
fn released(case: &Case<'_>, reply: &HeldReply, text: Option<&Foreign>) -> Vec<Event> {
    let still = reply.epoch == case.conversation.baton.epoch;
    let may = still && (case.holder().operator() == Some(&reply.operator) || barge::is_open(case, &reply.operator));
    match (text, reply.text.reveal()) {
        (Some(text), Some(written)) if may => operate::spoken(case, &reply.operator, text, Some((written, reply.no))),
        (Some(_) | None, Some(_) | None) => vec![unsent(case, reply)],
    }
}

fn unsent(case: &Case<'_>, reply: &HeldReply) -> Event {
    TranslationEvent::Unsent { conversation: case.id(), reply: reply.no, why: None }.into()
}

/// Who leaves while their own reply waits would have it go to nobody: it is a matter of seconds.
///
/// # Errors
///
/// It waits.
pub(super) fn may_leave(case: &Case<'_>, by: &OperatorName, act: &OperatorAct) -> Result<(), Refusal> {
    let leaves = matches!(
        act,
        OperatorAct::HandBack { .. }
            | OperatorAct::Move { .. }
            | OperatorAct::Snooze { .. }
            | OperatorAct::EndBarge { .. }
            | OperatorAct::Resolve { .. }
            | OperatorAct::Close { .. }
    );
    let waits = || case.conversation.translating.replies.iter().any(|reply| reply.operator == *by);
    if leaves && waits() { Err(Refusal::Translating) } else { Ok(()) }
}

/// It ends: nobody waits for anything any more.
pub(super) fn over(case: &Case<'_>) -> impl Iterator<Item = Event> {
    let turns = case.conversation.translating.pending.iter().filter(|one| matches!(one.piece, Piece::Turn(_)));
    dropped(case).chain(turns.map(|one| failed(case.id(), one.piece, TranslationFailure::Stopped, None)))
}

/// It ends, or falls asleep: replies that wait go to nobody.
pub(super) fn dropped(case: &Case<'_>) -> impl Iterator<Item = Event> {
    case.conversation.translating.replies.iter().map(|reply| unsent(case, reply))
}
