//! Keeping an eye on a conversation: anybody may, and nobody is told but who watches.

use crate::domain::command::OperatorAct;
use crate::domain::event::{DeskEvent, Event};
use crate::domain::id::{ConversationId, OperatorName};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::domain::watch::{Occasion, WATCHES_MAX, WatchFor};
use crate::orchestrator::conversation::{Conversation, Watch};
use crate::orchestrator::floor::Floor;

use super::case::Case;

/// The act of this page; nothing for the others.
pub(super) fn decide(
    floor: &Floor,
    by: &OperatorName,
    act: &OperatorAct,
    at: Timestamp,
) -> Option<Result<Vec<Event>, Refusal>> {
    let OperatorAct::Watch { conversation, on, when } = act else { return None };
    Some(
        Case::open(floor, *conversation, at)
            .and_then(|case| if *on { watch(&case, by, *when) } else { Ok(unwatch(&case, by)) }),
    )
}

fn unwatch(case: &Case<'_>, by: &OperatorName) -> Vec<Event> {
    let (conversation, now) = (case.id(), case.conversation.arranged.watches.get(by));
    now.map(|_| DeskEvent::Unwatched { conversation, by: by.clone() }.into()).into_iter().collect()
}

fn watch(case: &Case<'_>, by: &OperatorName, when: Option<WatchFor>) -> Result<Vec<Event>, Refusal> {
    let (conversation, now) = (case.id(), case.conversation.arranged.watches.get(by));
    // Set again after it has called, it calls again.
    if now.is_some_and(|watch| watch.when == when && watch.noticed.is_none()) {
        return Ok(Vec::new());
    }
    let others =
        case.floor.conversations.values().filter(|c| c.id != conversation && c.arranged.watches.contains_key(by));
    let given = others.count() + 1;
    if given > WATCHES_MAX {
        let (given, limit) = (given as u64, WATCHES_MAX as u64);
        return Err(Refusal::TooMuch { what: "watched conversations".to_owned(), given, limit });
    }
    Ok(vec![DeskEvent::Watched { conversation, by: by.clone(), when }.into()])
}

/// Calls everybody who waits for what has happened.
pub(super) fn noticed(
    floor: &Floor,
    id: ConversationId,
    occasion: Occasion,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let waits = case.conversation.arranged.watches.iter().filter_map(|(operator, watch)| {
        let what = watch.when.filter(|when| watch.waits() && is_it(case.conversation, *when, occasion))?;
        Some(DeskEvent::Noticed { conversation: id, operator: operator.clone(), what }.into())
    });
    Ok(waits.collect())
}

fn is_it(c: &Conversation, when: WatchFor, occasion: Occasion) -> bool {
    match (when, occasion) {
        (WatchFor::CustomerSpeaks, Occasion::CustomerSpoke)
        | (WatchFor::ToolFails, Occasion::ToolFailed)
        | (WatchFor::ClockWarns, Occasion::ClockWarned)
        | (WatchFor::HumanAsked, Occasion::HumanAsked) => true,
        (WatchFor::MoodBelow(limit), Occasion::CustomerSpoke) => c.mood < limit,
        (
            WatchFor::CustomerSpeaks
            | WatchFor::MoodBelow(_)
            | WatchFor::ToolFails
            | WatchFor::ClockWarns
            | WatchFor::HumanAsked,
            _,
        ) => false,
    }
}

/// Whether anybody waits to be called here.
pub(in crate::orchestrator) fn is_waited_for(c: &Conversation) -> bool {
    c.arranged.watches.values().any(Watch::waits)
}
