//! What the feed says: rows of the floor, and one conversation in full. Changes are applied; nothing is judged.

use std::collections::BTreeMap;

use crate::domain::id::{AgentName, ConversationId, OperatorName, QueueName, Seq};
use crate::domain::text::Clean;
use crate::protocol::console::Change;
use crate::protocol::incident::{IncidentRow, StatusRow};
use crate::protocol::row::{ActRow, AgentRow, ConversationRow, HeaderRow, OperatorRow, QueueRow};
use crate::protocol::transcript::{Detail, Item, ItemBody};

/// Items kept of the open conversation; older ones are asked for again when somebody scrolls there.
pub const ITEMS_MAX: usize = 2_000;

/// The floor as this viewer may see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// Conversations.
    pub rows: BTreeMap<ConversationId, ConversationRow>,
    /// AI specialists.
    pub agents: BTreeMap<AgentName, AgentRow>,
    /// People.
    pub operators: BTreeMap<OperatorName, OperatorRow>,
    /// Lines.
    pub queues: BTreeMap<QueueName, QueueRow>,
    /// Incidents, and what is proposed as one.
    pub incidents: Vec<IncidentRow>,
    /// What the house says of its parts.
    pub status: Vec<StatusRow>,
    /// What somebody acts on by the minute.
    pub header: HeaderRow,
    /// The last things that people did, oldest first.
    pub acts: Vec<ActRow>,
}

/// One conversation in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub id: ConversationId,
    /// Its lines, by journal entry.
    pub items: BTreeMap<Seq, Item>,
    /// Its side panel.
    pub detail: Option<Box<Detail>>,
}

impl Opened {
    /// A conversation of which nothing has arrived yet.
    pub const fn empty(id: ConversationId) -> Self {
        Self { id, items: BTreeMap::new(), detail: None }
    }

    /// The newest line that has arrived.
    pub fn newest(&self) -> Option<Seq> {
        self.items.last_key_value().map(|(seq, _)| *seq)
    }

    fn add(&mut self, items: Vec<Item>) {
        self.items.extend(items.into_iter().map(|item| (item.seq, item)));
        while self.items.len() > ITEMS_MAX {
            self.items.pop_first();
        }
    }
}

/// A floor and the conversation that is open on it: live, or of a past session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scene {
    /// The floor.
    pub picture: Picture,
    /// The open conversation.
    pub open: Option<Opened>,
}

/// What a change may have moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// Rows of conversations: their order may be another.
    Rows,
    /// Everything else.
    Rest,
}

impl Scene {
    /// Makes one thing as the change says. Applying a change twice does no harm.
    pub fn apply(&mut self, change: Change) -> Touched {
        let picture = &mut self.picture;
        match change {
            Change::Row(row) => {
                picture.rows.insert(row.id, *row);
                return Touched::Rows;
            }
            Change::Gone(id) => {
                picture.rows.remove(&id);
                return Touched::Rows;
            }
            Change::Agent(row) => drop(picture.agents.insert(row.name.clone(), row)),
            Change::AgentGone(name) => drop(picture.agents.remove(&name)),
            Change::Operator(row) => drop(picture.operators.insert(row.name.clone(), row)),
            Change::Incidents(rows) => {
                picture.incidents = rows;
                return Touched::Rows;
            }
            Change::Status(rows) => picture.status = rows,
            Change::Queue(row) => drop(picture.queues.insert(row.name.clone(), row)),
            Change::Header(row) => picture.header = *row,
            Change::Acts(acts) => picture.acts = acts,
            Change::Detail(detail) => {
                if let Some(open) = self.open.as_mut().filter(|open| open.id == detail.id) {
                    open.detail = Some(detail);
                }
            }
            Change::Items(id, items) => {
                if let Some(open) = self.open.as_mut().filter(|open| open.id == id) {
                    open.add(items);
                }
            }
        }
        Touched::Rest
    }

    /// Lines that are older than those on the floor.
    pub fn add_older(&mut self, id: ConversationId, items: Vec<Item>) {
        if let Some(open) = self.open.as_mut().filter(|open| open.id == id) {
            open.add(items);
        }
    }

    /// The row of the open conversation.
    pub fn open_row(&self) -> Option<&ConversationRow> {
        self.open.as_ref().and_then(|open| self.picture.rows.get(&open.id))
    }
}

/// The text of a line, as somebody would copy it.
pub fn words(body: &ItemBody) -> Clean {
    match body {
        ItemBody::Message { text, files, .. } => {
            let files: Vec<String> = files.iter().map(|file| format!(" ▤ {}", file.line())).collect();
            if files.is_empty() { text.clone() } else { Clean::shown(&format_args!("{text}{}", files.concat())) }
        }
        ItemBody::House { text, .. }
        | ItemBody::Held { text, .. }
        | ItemBody::Withheld { text, .. }
        | ItemBody::Draft { text, .. }
        | ItemBody::Whisper { text, .. }
        | ItemBody::Note { text, .. }
        | ItemBody::Failed { text, .. }
        | ItemBody::Overruled { text, .. }
        | ItemBody::Milestone { text } => text.clone(),
        ItemBody::Tool { tool, ask, outcome, .. } => Clean::shown(&format_args!("{tool} {ask} > {outcome}")),
        ItemBody::Approval { about, .. } => about.clone(),
        ItemBody::Routed(decision) => Clean::from(&decision.chosen),
        ItemBody::Passed { from, to, .. } => Clean::shown(&format_args!("{from} > {to}")),
        ItemBody::HandedOff { from, to, .. } => Clean::shown(&format_args!("{from} > {to}")),
        ItemBody::HandoffDeclined { to, .. } => Clean::from(to),
        ItemBody::Consulted { question, .. } => question.clone(),
        ItemBody::Panel { question, voices, verdict, .. } => {
            let mut lines = vec![question.as_str().to_owned()];
            lines.extend(voices.iter().map(|voice| voice.words().as_str().to_owned()));
            lines.extend(verdict.as_ref().map(|verdict| verdict.words().as_str().to_owned()));
            Clean::shown(&lines.join("\n"))
        }
        ItemBody::Circled { circle, .. } => Clean::shown(&circle.words()),
        ItemBody::Escalated { trigger, .. } => Clean::shown(&format_args!("{trigger:?}")),
    }
}
