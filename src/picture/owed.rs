//! What customers are owed: rows of the ledger, and its entries in words.

use crate::domain::conversation::Author;
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::event::PromiseEvent;
use crate::domain::personal::Personal;
use crate::domain::promise::{Kept, LetGo, Promise};
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Millis;
use crate::orchestrator::Floor;
use crate::orchestrator::owed::{Found, Open};
use crate::protocol::row::{OwedRow, PromiseRow};

use super::{ERASED, name_of};
use crate::domain::baton::Holder;

/// What is owed in one conversation, what was promised first before the rest. Promises from before the
/// ledger come without a number.
pub(super) fn rows(old: &[Promise], open: &Open, holder: &Holder) -> Vec<OwedRow> {
    let old = old.iter().filter(|promise| promise.id.is_none()).map(|promise| OwedRow {
        promise: None,
        by: None,
        owner: holder.clone(),
        text: sentence(&promise.text),
        due: promise.due,
        since: None,
        breached: false,
        carried: false,
    });
    let numbered = open.iter().map(|(id, owed)| OwedRow {
        promise: Some(*id),
        by: Some(owed.by.clone()),
        owner: owed.owner(holder),
        text: sentence(&owed.text),
        due: owed.due,
        since: Some(owed.since),
        breached: owed.breached,
        carried: owed.keeper.is_some(),
    });
    old.chain(numbered).collect()
}

/// The whole ledger: what is due first comes first, what has no time last.
pub fn promises(floor: &Floor) -> Vec<PromiseRow> {
    let mut all: Vec<PromiseRow> = floor.owed().filter_map(|found| row(floor, found)).collect();
    all.sort_by_key(|row| (row.owed.due.is_none(), row.owed.due, row.owed.promise));
    all
}

fn row(floor: &Floor, found: Found<'_>) -> Option<PromiseRow> {
    let live = floor.conversation(found.conversation);
    let stub = floor.stubs.get(&found.conversation);
    let (handle, name) = live.map(|c| (c.handle, &c.name)).or(stub.map(|stub| (stub.handle, &stub.name)))?;
    let one = Open::from([(found.id, found.owed.clone())]);
    let owed = rows(&[], &one, found.holder).pop()?;
    let (conversation, name) = (found.conversation, name_of(name.as_ref(), &handle));
    Some(PromiseRow { conversation, handle, name, live: live.is_some(), owed })
}

/// A promise on one line.
pub(super) fn sentence(text: &Personal<Foreign>) -> Clean {
    text.reveal().map_or_else(|| Clean::fixed(ERASED), Foreign::one_line)
}

/// An entry of the ledger in words; `what` is what was promised.
pub(super) fn told(event: &PromiseEvent, what: &Clean, envelope: &Envelope) -> Clean {
    match event {
        PromiseEvent::Made { promise, by, due, .. } => {
            let within = due.map(|due| format!(", due in {}", span(due.since(envelope.at)))).unwrap_or_default();
            Clean::shown(&format_args!("{} promised{within}: {what} ({promise})", who(by)))
        }
        PromiseEvent::Cleared { promise, by, how: Kept::Word, .. } => {
            Clean::shown(&format_args!("kept, says {}: {what} ({promise})", who(by)))
        }
        PromiseEvent::Cleared { promise, how: Kept::Tool(call), .. } => {
            Clean::shown(&format_args!("kept by {call}: {what} ({promise})"))
        }
        PromiseEvent::Breached { promise, .. } => {
            Clean::shown(&format_args!("not kept in time, and owed still: {what} ({promise})"))
        }
        PromiseEvent::Carried { promise, owner, due, .. } => {
            let within = due.map(|due| format!(" within {}", span(due.since(envelope.at)))).unwrap_or_default();
            Clean::shown(&format_args!("{owner} keeps it{within}: {what} ({promise})"))
        }
        PromiseEvent::LetGo { promise, why: LetGo::Waived, reason, .. } => {
            let by = match &envelope.actor {
                Actor::Operator(name) => format!(" by {name}"),
                Actor::Customer(_) | Actor::Agent(_) | Actor::Floor => String::new(),
            };
            let reason = reason.as_ref().map(|reason| format!(", {}", sentence(reason))).unwrap_or_default();
            Clean::shown(&format_args!("waived{by}{reason}: {what} ({promise})"))
        }
        PromiseEvent::LetGo { promise, why: LetGo::Crowded, .. } => {
            Clean::shown(&format_args!("let go, since more was promised than can be owed at once: {what} ({promise})"))
        }
        PromiseEvent::LetGo { promise, why: LetGo::Unwanted, .. } => {
            Clean::shown(&format_args!("not wanted any more: {what} ({promise})"))
        }
        PromiseEvent::LetGo { promise, why: LetGo::Moot, .. } => {
            Clean::shown(&format_args!("not needed any more, the incident is over: {what} ({promise})"))
        }
        PromiseEvent::LetGo { promise, why: LetGo::Erased, .. } => {
            Clean::shown(&format_args!("let go with its customer ({promise})"))
        }
    }
}

fn who(author: &Author) -> String {
    match author {
        Author::Customer => "the customer".to_owned(),
        Author::Agent(name) => name.to_string(),
        Author::Operator(name) => name.to_string(),
        Author::House => "the house".to_owned(),
    }
}

/// A span as people say it: `20 min`, `3 h`, `2 days`.
pub(super) fn span(span: Millis) -> String {
    let minutes = span.0 / 60_000;
    match minutes {
        0..90 => format!("{minutes} min"),
        90..2_880 => format!("{} h", minutes.div_ceil(60)),
        _ => format!("{} days", minutes.div_ceil(1_440)),
    }
}
