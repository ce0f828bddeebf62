//! What each event changes in the index.

use rusqlite::{Transaction, params};

use crate::domain::baton::Holder;
use crate::domain::conversation::Disposition;
use crate::domain::envelope::Envelope;
use crate::domain::event::{
    BatonEvent, ConversationEvent, CustomerEvent, DeskEvent, EscalationEvent, Event, TurnEvent, WrapUpEvent,
};
use crate::domain::id::{ConversationId, CustomerId, Label, Seq};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::undo::Restored;

use super::News;

type Done = Result<(), rusqlite::Error>;

/// Folds one envelope in; what changed for whoever remembers how conversations ended.
pub(super) fn fold(change: &Transaction<'_>, envelope: &Envelope) -> Result<Option<News>, rusqlite::Error> {
    match &envelope.event {
        Event::Conversation(event) => conversation(change, envelope, event)?,
        Event::Turn(event) => turn(change, envelope, event)?,
        Event::Baton(BatonEvent::Passed { conversation, to, .. }) => held(change, envelope.seq, *conversation, to)?,
        Event::Escalation(EscalationEvent::Raised { conversation, .. }) => {
            set(change, *conversation, "update conversation set escalated = 1 where id = ?1")?;
        }
        Event::Desk(event) => desk(change, event)?,
        Event::Customer(CustomerEvent::Erased { customer }) => {
            erase(change, *customer)?;
        }
        Event::WrapUp(WrapUpEvent::Done { conversation, means, first_contact, .. }) => {
            let sql = "update conversation set disposition = ?2, first_contact = ?3 where id = ?1";
            run(change, sql, params![conversation.to_string(), disposition_word(*means), first_contact])?;
        }
        Event::WrapUp(WrapUpEvent::Began { .. } | WrapUpEvent::Extended { .. } | WrapUpEvent::Cut { .. })
        | Event::Baton(BatonEvent::Announced { .. })
        | Event::Customer(
            CustomerEvent::Met { .. }
            | CustomerEvent::Recognised { .. }
            | CustomerEvent::Blocked { .. }
            | CustomerEvent::Unblocked { .. },
        )
        | Event::Escalation(_)
        | Event::Handoff(_)
        | Event::Routing(_)
        | Event::Tool(_)
        | Event::Approval(_)
        | Event::Supervision(_)
        | Event::Incident(_)
        | Event::Member(_)
        | Event::Standing(_)
        | Event::Circle(_)
        | Event::Guard(_)
        | Event::Consult(_)
        | Event::Lesson(_)
        | Event::Learning(_)
        | Event::Model(_)
        | Event::File(_)
        | Event::Translation(_)
        | Event::Conflict(_)
        | Event::Clock(_)
        | Event::Promise(_)
        | Event::Claim(_)
        | Event::Left(_)
        | Event::Operator(_)
        | Event::Floor(_) => {}
    }
    Ok(news(&envelope.event))
}

fn news(event: &Event) -> Option<News> {
    if let Event::Conversation(
        ConversationEvent::Resolved { conversation, .. }
        | ConversationEvent::Reopened { conversation, .. }
        | ConversationEvent::Rated { conversation, .. },
    )
    | Event::WrapUp(WrapUpEvent::Done { conversation, .. }) = event
    {
        Some(News::Ended(*conversation))
    } else if let Event::Conversation(ConversationEvent::Opened { customer, earlier: 1.., .. }) = event {
        Some(News::Back(*customer))
    } else if let Event::Customer(CustomerEvent::Erased { customer }) = event {
        Some(News::Erased(*customer))
    } else {
        None
    }
}

fn run(change: &Transaction<'_>, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Done {
    change.prepare_cached(sql)?.execute(values).map(|_| ())
}

fn set(change: &Transaction<'_>, conversation: ConversationId, sql: &str) -> Done {
    run(change, sql, params![conversation.to_string()])
}

fn conversation(change: &Transaction<'_>, envelope: &Envelope, event: &ConversationEvent) -> Done {
    let at = envelope.at.0;
    match event {
        ConversationEvent::Opened { conversation, handle, customer, reference, channel, name, .. } => run(
            change,
            "insert into conversation (no, id, handle, customer, channel, name, opened, last, reference)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)",
            params![
                envelope.seq.0 as i64,
                conversation.to_string(),
                handle.0 as i64,
                customer.to_string(),
                channel.as_str(),
                name.as_ref().and_then(Personal::reveal).map(Foreign::raw),
                at,
                reference.map(|reference| reference.to_string())
            ],
        ),
        ConversationEvent::Resolved { conversation, disposition, spent, first_contact, .. } => run(
            change,
            "update conversation set resolved = ?2, disposition = ?3, last = ?2, first_contact = ?4,
             bot_ms = ?5, queue_ms = ?6, human_ms = ?7, customer_ms = ?8 where id = ?1",
            params![
                conversation.to_string(),
                at,
                disposition_word(*disposition),
                first_contact,
                spent.bot as i64,
                spent.queue as i64,
                spent.human as i64,
                spent.customer as i64
            ],
        ),
        ConversationEvent::FirstContactLost { conversation } => {
            set(change, *conversation, "update conversation set first_contact = 0 where id = ?1")
        }
        ConversationEvent::Reopened { conversation, .. } => set(
            change,
            *conversation,
            "update conversation set resolved = null, disposition = null, reopened = 1 where id = ?1",
        ),
        ConversationEvent::Rated { conversation, score, .. } => {
            let sql = "update conversation set rating = ?2 where id = ?1";
            run(change, sql, params![conversation.to_string(), score])
        }
        ConversationEvent::Closed { conversation, .. } => {
            let sql = "update conversation set closed = ?2 where id = ?1";
            run(change, sql, params![conversation.to_string(), at])
        }
        ConversationEvent::BeganOn { .. }
        | ConversationEvent::Identified { .. }
        | ConversationEvent::Snoozed { .. }
        | ConversationEvent::Woken { .. } => Ok(()),
    }
}

/// Labels are kept, a space between each: no label holds one.
fn desk(change: &Transaction<'_>, event: &DeskEvent) -> Done {
    let (conversation, labels) = match event {
        DeskEvent::LabelsSet { conversation, labels, .. }
        | DeskEvent::Undone { conversation, restored: Restored::Labels(labels), .. } => (conversation, labels),
        DeskEvent::PrioritySet { .. }
        | DeskEvent::Undone { .. }
        | DeskEvent::Watched { .. }
        | DeskEvent::Unwatched { .. }
        | DeskEvent::Noticed { .. } => return Ok(()),
    };
    let labels = labels.iter().map(Label::as_str).collect::<Vec<_>>().join(" ");
    run(change, "update conversation set labels = ?2 where id = ?1", params![conversation.to_string(), labels])
}

fn turn(change: &Transaction<'_>, envelope: &Envelope, event: &TurnEvent) -> Done {
    let place = (envelope.seq, envelope.at);
    match event {
        TurnEvent::CustomerSpoke { conversation, text, analysis, .. } => {
            spoken(change, *conversation, place, "customer", text.reveal())?;
            let Some(top) = analysis.top() else { return Ok(()) };
            let sql = "update conversation set intent = ?2 where id = ?1 and intent is null";
            run(change, sql, params![conversation.to_string(), top.intent.as_str()])
        }
        TurnEvent::AgentActed { conversation, agent, spoken: Some(said), .. } => {
            spoken(change, *conversation, place, &format!("agent:{agent}"), said.text.reveal())
        }
        TurnEvent::OperatorSpoke { conversation, operator, text, .. } => {
            spoken(change, *conversation, place, &format!("operator:{operator}"), text.reveal())
        }
        TurnEvent::HouseSpoke { conversation, text, .. } => spoken(change, *conversation, place, "house", Some(text)),
        // Filled with what is known of this customer: unlike a sentence of the house it is forgotten with them.
        TurnEvent::HouseTold { conversation, text, .. } => {
            spoken(change, *conversation, place, "house:told", text.reveal())
        }
        TurnEvent::Whispered { conversation, operator, text, .. } => {
            said(change, *conversation, place, &format!("whisper:{operator}"), text.reveal())
        }
        TurnEvent::Noted { conversation, operator, text } => {
            said(change, *conversation, place, &format!("note:{operator}"), text.reveal())
        }
        TurnEvent::AgentActed { spoken: None, .. }
        | TurnEvent::CompositionBegan { .. }
        | TurnEvent::CompositionFailed { .. }
        | TurnEvent::NothingFound { .. }
        | TurnEvent::ReplyWithheld { .. } => Ok(()),
    }
}

/// A turn that the customer wrote or saw.
fn spoken(
    change: &Transaction<'_>,
    conversation: ConversationId,
    place: (Seq, Timestamp),
    author: &str,
    text: Option<&Foreign>,
) -> Done {
    let sql = "update conversation set turns = turns + 1, last = ?2 where id = ?1";
    run(change, sql, params![conversation.to_string(), place.1.0])?;
    said(change, conversation, place, author, text)
}

/// A text that can be found again; nothing of it stays if it is erased.
fn said(
    change: &Transaction<'_>,
    conversation: ConversationId,
    (seq, at): (Seq, Timestamp),
    author: &str,
    text: Option<&Foreign>,
) -> Done {
    let Some(text) = text else { return Ok(()) };
    let seq = seq.0 as i64;
    let turn = "insert into turn (seq, no, at, author) select ?2, no, ?3, ?4 from conversation where id = ?1";
    let known = change.prepare_cached(turn)?.execute(params![conversation.to_string(), seq, at.0, author])?;
    if known == 0 {
        // Words that no conversation owns could never be found again to erase them.
        return Ok(());
    }
    run(change, "insert into words (rowid, text) values (?1, ?2)", params![seq, text.raw()])
}

fn held(change: &Transaction<'_>, seq: Seq, conversation: ConversationId, holder: &Holder) -> Done {
    let Some(word) = holder_word(holder) else { return Ok(()) };
    let sql = "insert or ignore into held (no, holder, since) select no, ?2, ?3 from conversation where id = ?1";
    run(change, sql, params![conversation.to_string(), word, seq.0 as i64])
}

/// Removes what a customer said and was told. The row of the conversation stays, as in an index
/// that is rebuilt after the erasure.
fn erase(change: &Transaction<'_>, customer: CustomerId) -> Done {
    let customer = customer.to_string();
    let turns = "select seq from turn where author <> 'house' and no in
                 (select no from conversation where customer = ?1)";
    run(change, &format!("delete from words where rowid in ({turns})"), params![customer])?;
    run(change, &format!("delete from turn where seq in ({turns})"), params![customer])?;
    run(change, "update conversation set name = null where customer = ?1", params![customer])
}

/// How a holder is written in the index; nobody is not written.
pub(super) fn holder_word(holder: &Holder) -> Option<String> {
    match holder {
        Holder::Nobody => None,
        Holder::Agent(name) => Some(format!("agent:{name}")),
        Holder::Operator(name) => Some(format!("operator:{name}")),
        Holder::Queue(name) => Some(format!("queue:{name}")),
    }
}

const DISPOSITIONS: [(Disposition, &str); 5] = [
    (Disposition::Solved, "solved"),
    (Disposition::Answered, "answered"),
    (Disposition::Unsolved, "unsolved"),
    (Disposition::Abandoned, "abandoned"),
    (Disposition::OutOfScope, "out_of_scope"),
];

/// How an ending is written in the index.
pub(super) fn disposition_word(disposition: Disposition) -> &'static str {
    DISPOSITIONS.iter().find(|(known, _)| *known == disposition).map_or("", |(_, word)| word)
}

/// The ending that was written.
pub(super) fn disposition_of(word: &str) -> Option<Disposition> {
    DISPOSITIONS.iter().find(|(_, known)| *known == word).map(|(disposition, _)| *disposition)
}
