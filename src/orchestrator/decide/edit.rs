//! Customers' messages that were said before: in other words, or once more.

use crate::domain::conversation::Author;
use crate::domain::id::{ConversationId, TurnNo};
use crate::domain::refusal::Refusal;
use crate::domain::said::{EDIT_WITHIN, EDITS_MAX, REPEATED_WITHIN, SHORT_BYTES, Stands, same_words};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{Conversation, Turn};
use crate::orchestrator::floor::Floor;

/// What an edit of message `turn` comes to: it says something else, or the same in a better way.
///
/// # Errors
///
/// Not the customer's own, sent too long ago, edited too often, or in a conversation that is settled.
pub(super) fn of(
    floor: &Floor,
    id: ConversationId,
    turn: TurnNo,
    text: &Foreign,
    at: Timestamp,
) -> Result<Stands, Refusal> {
    if floor.stubs.contains_key(&id) {
        return Err(Refusal::WrongPhase { phase: "settled: write a new message".to_owned() });
    }
    let c = floor.conversation(id).ok_or(Refusal::UnknownConversation)?;
    let named = own(c).find(|said| said.no == turn).ok_or(Refusal::NotTheCustomers { turn })?;
    let first = named.stands.first(named.no);
    let sent = own(c).find(|said| said.no == first).ok_or(Refusal::NotTheCustomers { turn })?;
    if at.since(sent.at) > EDIT_WITHIN {
        return Err(Refusal::EditOver);
    }
    let edits = own(c).filter(|said| said.stands.edits() == Some(first)).count();
    if edits >= EDITS_MAX {
        let (given, limit) = (edits as u64 + 1, EDITS_MAX as u64);
        return Err(Refusal::TooMuch { what: "edits of one message".to_owned(), given, limit });
    }
    let now = own(c).rev().find(|said| said.stands.first(said.no) == first).and_then(|said| said.text.reveal());
    Ok(Stands::Edits { of: first, asks: !now.is_some_and(|now| same_words(now, text)) })
}

/// Whether a message is the newest one once more: a click too much, or a client that did not hear that it
/// had arrived. A short one that comes after an answer is an answer itself.
pub(super) fn repeated(floor: &Floor, id: ConversationId, text: &Foreign, at: Timestamp) -> Stands {
    let newest = floor.conversation(id).and_then(|c| Some((c, own(c).next_back()?)));
    let Some((c, newest)) = newest.filter(|(_, newest)| at.since(newest.at) <= REPEATED_WITHIN) else {
        return Stands::Alone;
    };
    let of = newest.stands.first(newest.no);
    let heard =
        c.turns.iter().any(|turn| turn.no > newest.no && matches!(turn.author, Author::Agent(_) | Author::Operator(_)));
    let may_be_meant = heard && text.raw().len() <= SHORT_BYTES;
    let same = newest.text.reveal().is_some_and(|old| old.raw().trim() == text.raw().trim());
    if same && !may_be_meant { Stands::Repeats { of } } else { Stands::Alone }
}

fn own(c: &Conversation) -> impl DoubleEndedIterator<Item = &Turn> {
    c.turns.iter().filter(|turn| turn.author == Author::Customer)
}
