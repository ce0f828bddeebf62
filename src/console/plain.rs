//! The console without a screen: one line per thing that happened, and commands of one line. For
//! screen readers, dumb terminals and pipes; it keeps the same model and sends the same requests.

use crate::domain::baton::Holder;
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::conversation::Author;
use crate::domain::id::ConversationId;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Millis;
use crate::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest};
use crate::protocol::row::{ConversationRow, NeedReason};
use crate::protocol::transcript::{Item, ItemBody};

use super::model::clock::hours_minutes;
use super::model::painted::seen;
use super::model::picture::{Opened, words};
use super::model::{Link, Model};
use super::pane::list::reason;
use super::update::{Message, update};

/// What the commands are.
const HELP: &str = "\
list                rows that need somebody, yours, then the rest
open c-1042         follow one conversation; all other commands are about the open one
take, back          take it over; give it back to an agent
reply TEXT          to the customer        whisper TEXT   to the holder, unseen by the customer
note TEXT           for colleagues         approve, reject   what waits for a decision here
as-it-is TEXT       to a customer of another language, untranslated
offer, pass         take or pass what is offered to you
help, quit          quit leaves; the floor goes on";

/// A console of lines.
#[derive(Debug)]
pub struct Plain {
    model: Model,
    /// What was last said about the open conversation: acts are aimed at that.
    told: Option<Seen>,
}

/// What comes of a line that was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Lines to print.
    pub lines: Vec<Clean>,
    /// Requests to send.
    pub requests: Vec<ConsoleRequest>,
    /// The viewer leaves.
    pub leaves: bool,
}

impl Said {
    fn line(text: Clean) -> Self {
        Self { lines: vec![text], ..Self::default() }
    }
}

impl Plain {
    /// A console over a model that knows nothing yet.
    pub const fn new(model: Model) -> Self {
        Self { model, told: None }
    }

    /// The line to the floor is different.
    pub fn link(&mut self, now: Link) -> Option<Clean> {
        let line = match &now {
            Link::Lost { reason, .. } => Some(clean!("no line to the floor: {reason}")),
            Link::Ended(reason) => Some(clean!("the floor is gone: {reason}")),
            Link::Connecting(_) | Link::Greeting | Link::Live => None,
        };
        self.pass(Message::Link(now));
        line
    }

    /// The floor said something: what of it is worth a line.
    pub fn hear(&mut self, reply: ConsoleReply) -> Vec<Clean> {
        let mut lines = Vec::new();
        match &reply {
            ConsoleReply::Delta { changes, .. } | ConsoleReply::Resumed { changes, .. } => {
                lines.extend(changes.iter().flat_map(|change| self.lines(change)));
            }
            ConsoleReply::Welcome { seq: Some(_), .. } => {
                lines.push(Clean::fixed("connected; `help` names the commands"));
            }
            ConsoleReply::Accepted { .. } => lines.push(Clean::fixed("done")),
            ConsoleReply::Refused { message, .. } => {
                lines.push(clean!("refused: {}", Foreign::new(message).one_line()));
            }
            ConsoleReply::Error { message, .. } => lines.push(Foreign::new(message).one_line()),
            ConsoleReply::Welcome { .. }
            | ConsoleReply::Reset { .. }
            | ConsoleReply::Answer { .. }
            | ConsoleReply::Lagged { .. } => {}
        }
        self.pass(Message::Reply(Box::new(reply)));
        // Every other holder was just said, so an act is aimed at what was said.
        self.told = self.open_row().map(|row| seen(row, None));
        lines
    }

    /// Effects are left out: this console focuses and acts only when told to.
    fn pass(&mut self, message: Message) {
        update(&mut self.model, Millis(0), message);
    }

    fn open_row(&self) -> Option<&ConversationRow> {
        self.model.live.open_row()
    }

    /// What a change is worth saying, before it is applied.
    fn lines(&self, change: &Change) -> Vec<Clean> {
        match change {
            Change::Row(row) => self.row(row).into_iter().collect(),
            Change::Gone(id) => {
                let row = self.model.live.picture.rows.get(id);
                row.map(|row| clean!("{} {} left the floor", row.handle, row.name.one_line())).into_iter().collect()
            }
            Change::Items(id, items) => {
                let open = self.model.live.open.as_ref().filter(|open| open.id == *id);
                let known = |item: &Item| open.and_then(|open| open.items.get(&item.seq)) == Some(item);
                let new = items.iter().filter(|item| open.is_some() && !known(item));
                new.map(|item| self.item(item)).collect()
            }
            Change::Agent(_)
            | Change::AgentGone(_)
            | Change::Operator(_)
            | Change::Status(_)
            | Change::Incidents(_)
            | Change::Queue(_)
            | Change::Header(_)
            | Change::Acts(_)
            | Change::Detail(_) => Vec::new(),
        }
    }

    fn row(&self, row: &ConversationRow) -> Option<Clean> {
        let before = self.model.live.picture.rows.get(&row.id);
        let (handle, name) = (row.handle, row.name.one_line());
        let why = |row: &ConversationRow| row.need.as_ref().map(|need| reason(&need.why));
        match before {
            None => Some(clean!("{handle} {name}: {}", stands(row))),
            Some(before) if why(before) != why(row) && row.need.is_some() => {
                Some(clean!("{handle} {name} NEEDS YOU: {}", why(row).unwrap_or_default()))
            }
            Some(before) if before.epoch != row.epoch => {
                Some(clean!("{handle} {name}: {} > {}", before.holder, row.holder))
            }
            Some(_) => None,
        }
    }

    fn item(&self, item: &Item) -> Clean {
        let time = hours_minutes(item.at, &self.model.zone);
        let text = words(&item.body).one_line();
        let who = match &item.body {
            ItemBody::Message { author: Author::Customer, .. } => Clean::fixed("customer"),
            ItemBody::Message { author: Author::Agent(agent), .. } => Clean::from(agent),
            ItemBody::Message { author: Author::Operator(operator), .. } => Clean::from(operator),
            ItemBody::Message { author: Author::House, .. } | ItemBody::House { .. } => Clean::fixed("house"),
            ItemBody::Routed(_) => Clean::fixed("routed to"),
            ItemBody::Passed { .. } | ItemBody::HandedOff { .. } => Clean::fixed("baton"),
            ItemBody::HandoffDeclined { .. } => Clean::fixed("handoff declined by"),
            ItemBody::Overruled { won, lost, .. } => clean!("{} counts more than {}", won.words(), lost.words()),
            ItemBody::Consulted { by, whom, .. } => clean!("{by} asks {whom}"),
            ItemBody::Panel { by, .. } => clean!("{by} asks several"),
            ItemBody::Circled { .. } => Clean::fixed("in a circle"),
            ItemBody::Tool { .. } => Clean::fixed("tool"),
            ItemBody::Escalated { .. } => Clean::fixed("a human is called"),
            ItemBody::Approval { .. } => Clean::fixed("approval"),
            ItemBody::Draft { agent, end: None, .. } => clean!("draft of {agent} waits for a person"),
            ItemBody::Draft { agent, .. } => clean!("draft of {agent}"),
            ItemBody::Withheld { .. } => Clean::fixed("withheld draft"),
            ItemBody::Whisper { operator, .. } => clean!("whisper of {operator}, unseen by the customer"),
            ItemBody::Note { operator, .. } => clean!("note of {operator}"),
            ItemBody::Held { operator, fate, .. } => clean!("reply of {operator}, {}", fate.words()),
            ItemBody::Failed { agent, .. } => clean!("{agent} failed"),
            ItemBody::Milestone { .. } => Clean::fixed("milestone"),
        };
        let other = if let ItemBody::Message { author, other: Some(other), .. } = &item.body {
            clean!(" ({})", other.words(author).one_line())
        } else {
            Clean::default()
        };
        clean!("{time} {who}: {text}{other}")
    }

    /// A line was typed.
    pub fn say(&mut self, line: &str) -> Said {
        let line = Foreign::new(line.trim());
        let (command, rest) = line.raw().split_once(' ').unwrap_or((line.raw(), ""));
        match command {
            "" => Said::default(),
            "help" => Said::line(Clean::fixed(HELP)),
            "quit" => Said { leaves: true, ..Said::default() },
            "list" => self.list(),
            "open" => self.open(rest.trim()),
            _ => self.act(command, rest.trim()),
        }
    }

    fn list(&mut self) -> Said {
        self.model.sort_now();
        let picture = &self.model.live.picture;
        let rows = self.model.order.all().filter_map(|id| picture.rows.get(&id));
        let lines: Vec<Clean> =
            rows.map(|row| clean!("{} {}: {}", row.handle, row.name.one_line(), stands(row))).collect();
        if lines.is_empty() {
            Said::line(Clean::fixed("no conversation is on the floor"))
        } else {
            Said { lines, ..Said::default() }
        }
    }

    fn open(&mut self, handle: &str) -> Said {
        let found = self.model.live.picture.rows.values().find(|row| row.handle.to_string() == handle);
        let Some(row) = found else {
            return Said::line(clean!("no conversation `{handle}` here; `list` names them, like c-1042"));
        };
        let (id, line) = (row.id, clean!("{} {}: {}", row.handle, row.name.one_line(), stands(row)));
        self.told = Some(seen(row, None));
        self.model.live.open = Some(Opened::empty(id));
        self.model.selected = Some(id);
        Said { lines: vec![line], requests: vec![ConsoleRequest::Focus { conversation: Some(id) }], leaves: false }
    }

    fn act(&mut self, command: &str, text: &str) -> Said {
        let Some((row, told)) = self.open_row().cloned().zip(self.told.clone()) else {
            return Said::line(Clean::fixed("open a conversation first: `open c-1042`"));
        };
        let act = match self.command(command, text, row.id, &row) {
            Ok(act) => act,
            Err(reason) => return Said::line(reason),
        };
        let subject = self.model.live.open.as_ref().and_then(|open| open.detail.as_ref());
        let subject = subject.and_then(|detail| detail.approvals.first()).map(|card| card.subject);
        let subject = if matches!(act, OperatorAct::Decide { .. }) { subject } else { None };
        let Ok(key) = self.model.keys.mint() else {
            return Said::line(Clean::fixed("this console cannot make keys; start it again"));
        };
        let seen = Some(Seen { subject, ..told });
        let request = ConsoleRequest::Command { key, seen, command: ConsoleCommand::Act(act) };
        Said { requests: vec![request], ..Said::default() }
    }

    fn command(
        &self,
        command: &str,
        text: &str,
        conversation: ConversationId,
        row: &ConversationRow,
    ) -> Result<OperatorAct, Clean> {
        let needs_text = || {
            if text.is_empty() {
                Err(clean!("{command} what? write the text behind it"))
            } else {
                Ok(Foreign::new(text))
            }
        };
        let offer = || match row.need.as_ref().map(|need| &need.why) {
            Some(NeedReason::OfferedToYou { offer, .. }) => Ok(*offer),
            _ => Err(Clean::fixed("it is not offered to you")),
        };
        let decide = |approve| {
            let detail = self.model.live.open.as_ref().and_then(|open| open.detail.as_ref());
            let card = detail.and_then(|detail| detail.approvals.first());
            let card = card.ok_or_else(|| Clean::fixed("nothing waits for a decision here"))?;
            Ok(OperatorAct::Decide { approval: card.approval, approve, reason: None, amount: None })
        };
        match command {
            "take" => Ok(OperatorAct::TakeOver { conversation, reason: None }),
            "back" => Ok(OperatorAct::HandBack { conversation, to: None, note: None }),
            "reply" | "as-it-is" => {
                Ok(OperatorAct::Reply { conversation, text: needs_text()?, untranslated: command == "as-it-is" })
            }
            "whisper" => Ok(OperatorAct::Whisper { conversation, text: needs_text()?, lasting: false, answers: None }),
            "note" => Ok(OperatorAct::Note { conversation, text: needs_text()? }),
            "approve" => decide(true),
            "reject" => decide(false),
            "offer" => Ok(OperatorAct::TakeOffer { offer: offer()? }),
            "pass" => Ok(OperatorAct::PassOffer { offer: offer()? }),
            other => Err(clean!("no command `{}`; `help` names them", Foreign::new(other).one_line())),
        }
    }
}

/// How a conversation stands, in words.
fn stands(row: &ConversationRow) -> Clean {
    let holds = match &row.holder {
        Holder::Nobody => Clean::fixed(super::pane::list::phase_word(row.phase)),
        Holder::Queue(queue) => clean!("waits in line {queue}"),
        Holder::Agent(_) | Holder::Operator(_) => clean!("{} holds", row.holder),
    };
    match &row.need {
        Some(need) => clean!("{holds}, NEEDS YOU: {}", reason(&need.why)),
        None => holds,
    }
}
