//! Customers' feeds: messages in order and once, notices, who speaks, typing.

use std::collections::HashMap;

use tokio::sync::mpsc;

use crate::domain::conversation::Author;
use crate::domain::envelope::Envelope;
use crate::domain::event::{ConversationEvent, Event, TurnEvent};
use crate::domain::file::{FileKind, FileLabel};
use crate::domain::id::{ConversationId, FileId, OperatorName, TurnNo};
use crate::domain::knowledge::Citation;
use crate::domain::personal::Personal;
use crate::domain::said::Stands;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::Floor;
use crate::orchestrator::conversation::{Composing, Conversation, KnownFile, WaitsFor};
use crate::picture::{ERASED, Titles};
use crate::protocol::customer::{CustomerReply, Message, OwnFile, Speaker, SpeakerKind};
use crate::protocol::limits::CUSTOMER_QUEUE;

use super::speaker;

/// Feeds of one conversation at once: a customer has a few tabs open, not hundreds.
const FEEDS_MAX: usize = 16;
/// Messages sent again at most; a client that is further behind begins there.
pub(in crate::runtime) const BACKLOG_MAX: u64 = 500;

/// One client that listens.
struct Feed {
    number: u64,
    to: mpsc::Sender<CustomerReply>,
    told: Speaker,
    typing: bool,
    /// What happened while older messages are still being read from the journal.
    held: Option<Vec<CustomerReply>>,
    lost: bool,
}

/// Messages that the floor no longer holds and that a feed has to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime) struct Missing {
    pub(in crate::runtime) conversation: ConversationId,
    pub(in crate::runtime) feed: u64,
    /// After this message.
    pub(in crate::runtime) after: TurnNo,
    /// Up to this one; the feed has what follows.
    pub(in crate::runtime) upto: TurnNo,
}

/// All customers' feeds.
#[derive(Default)]
pub(super) struct Feeds {
    of: HashMap<ConversationId, Vec<Feed>>,
    /// Operators who are writing to a customer right now.
    writing: HashMap<ConversationId, OperatorName>,
    last: u64,
}

impl Feeds {
    /// Begins a feed. The floor must not change meanwhile.
    pub(super) fn begin(
        &mut self,
        floor: &Floor,
        titles: &Titles,
        id: ConversationId,
        after: TurnNo,
    ) -> Option<(mpsc::Receiver<CustomerReply>, Option<Missing>)> {
        let told = speaker::told_of(floor, id)?;
        let live = floor.conversation(id);
        let last = live.map(|c| c.last_turn).or_else(|| floor.stubs.get(&id).map(|stub| stub.turn))?;
        let after = TurnNo(after.0.max(last.0.saturating_sub(BACKLOG_MAX)));
        let missing_count = last.0.saturating_sub(after.0) as usize;
        let (to, feed) = mpsc::channel(CUSTOMER_QUEUE + missing_count);
        let in_memory: Vec<CustomerReply> =
            live.map(|c| backlog(floor, titles, c, after).collect()).unwrap_or_default();
        let first = live.and_then(|c| c.turns.iter().map(|turn| turn.no).find(|no| *no > after));
        let upto = first.map_or(last, |first| TurnNo(first.0.saturating_sub(1)));
        self.last += 1;
        let number = self.last;
        let missing = (upto > after).then_some(Missing { conversation: id, feed: number, after, upto });
        let mut feed_of = Feed { number, to, told, typing: false, held: missing.map(|_| Vec::new()), lost: false };
        for reply in in_memory {
            feed_of.send(reply);
        }
        let feeds = self.of.entry(id).or_default();
        feeds.retain(|feed| !feed.to.is_closed());
        if feeds.len() >= FEEDS_MAX {
            feeds.remove(0);
        }
        feeds.push(feed_of);
        Some((feed, missing))
    }

    /// Sends what was missing, then what was held back meanwhile.
    pub(super) fn fill(&mut self, missing: Missing, older: Vec<CustomerReply>) {
        let Some(feeds) = self.of.get_mut(&missing.conversation) else { return };
        if let Some(feed) = feeds.iter_mut().find(|feed| feed.number == missing.feed) {
            let held = feed.held.take().unwrap_or_default();
            for reply in older.into_iter().chain(held) {
                feed.send(reply);
            }
        }
    }

    /// Ends a feed that cannot be filled; its client comes back.
    pub(super) fn give_up(&mut self, missing: Missing) {
        if let Some(feeds) = self.of.get_mut(&missing.conversation) {
            feeds.retain(|feed| feed.number != missing.feed);
        }
    }

    /// Tells the feeds of an envelope that the floor has just folded.
    pub(super) fn hear(&mut self, floor: &Floor, titles: &Titles, envelope: &Envelope) {
        let Some(id) = envelope.event.conversation() else { return };
        if let Event::Turn(TurnEvent::OperatorSpoke { .. }) = envelope.event {
            self.writing.remove(&id);
        }
        let Some(feeds) = self.of.get_mut(&id) else { return };
        let message = live_message(floor, titles, envelope);
        let told = speaker::told_of(floor, id);
        for feed in feeds.iter_mut() {
            if let Some(told) = told.as_ref().filter(|told| **told != feed.told) {
                feed.told = told.clone();
                feed.send(CustomerReply::Handover { to: told.clone() });
            }
            if let Some(message) = &message {
                feed.typing = false;
                feed.send(message.clone());
            }
        }
        feeds.retain(|feed| !feed.lost && !feed.to.is_closed());
        let closed = matches!(envelope.event, Event::Conversation(ConversationEvent::Closed { .. }));
        if feeds.is_empty() || closed {
            self.of.remove(&id);
        }
    }

    /// An operator is writing to a customer, or has stopped.
    pub(super) fn writes(&mut self, id: ConversationId, operator: Option<OperatorName>) {
        match operator {
            Some(operator) if self.of.contains_key(&id) => self.writing.insert(id, operator),
            Some(_) | None => self.writing.remove(&id),
        };
    }

    /// Tells the feeds of a conversation whether somebody is composing; called after a batch, so
    /// that an answer composed within one shows no dots.
    pub(super) fn show_typing(&mut self, floor: &Floor, id: ConversationId) {
        let Some(feeds) = self.of.get_mut(&id) else { return };
        // While a finished draft waits for a person, nobody is writing.
        let writes = |c: &&Composing| !matches!(c.waits_for, WaitsFor::Draft(_));
        let agent = floor.conversation(id).and_then(|c| c.composing.as_ref()).filter(writes);
        let agent = agent.map(|c| speaker::agent(floor, &c.agent));
        let human = self.writing.get(&id).map(|name| Speaker { kind: SpeakerKind::Human, name: name.to_string() });
        let composing = agent.or(human);
        for feed in feeds.iter_mut().filter(|feed| feed.typing != composing.is_some()) {
            feed.typing = composing.is_some();
            let speaker = composing.clone().unwrap_or_else(|| feed.told.clone());
            feed.send(CustomerReply::Typing { speaker, on: feed.typing });
        }
    }

    /// So many clients listen.
    pub(super) fn count(&self) -> usize {
        self.of.values().map(Vec::len).sum()
    }
}

impl Feed {
    fn send(&mut self, reply: CustomerReply) {
        if let Some(held) = &mut self.held {
            // What waits for the journal counts against the same limit as what waits for the socket.
            self.lost |= held.len() >= CUSTOMER_QUEUE;
            held.push(reply);
            return;
        }
        self.lost |= self.to.try_send(reply).is_err();
    }
}

/// Messages of a live conversation that the floor still holds.
fn backlog<'a>(
    floor: &'a Floor,
    titles: &'a Titles,
    conversation: &'a Conversation,
    after: TurnNo,
) -> impl Iterator<Item = CustomerReply> + 'a {
    conversation.turns.iter().filter(move |turn| turn.no > after).map(move |turn| match (&turn.author, turn.sentence) {
        (Author::House, Some(sentence)) => {
            CustomerReply::Notice { turn: turn.no, at: turn.at, sentence, text: open(&turn.text) }
        }
        (author, _) => message(
            floor,
            titles,
            Said {
                turn: turn.no,
                at: turn.at,
                author,
                text: &turn.text,
                sources: &turn.citations,
                stands: turn.stands,
                files: conversation.files.iter().filter(|known| known.turn == turn.no).map(own).collect(),
                translated: turn.translated,
            },
        ),
    })
}

/// What a client hears of an envelope that happens now. Its own words it has as `stored`.
fn live_message(floor: &Floor, titles: &Titles, envelope: &Envelope) -> Option<CustomerReply> {
    if let Event::Conversation(ConversationEvent::Resolved { .. }) = &envelope.event {
        return Some(CustomerReply::Resolved {});
    }
    if matches!(envelope.event, Event::Turn(TurnEvent::CustomerSpoke { .. })) {
        return None;
    }
    from_journal(floor, titles, envelope)
}

/// The message that an envelope holds, if it holds one.
pub(in crate::runtime) fn from_journal(floor: &Floor, titles: &Titles, envelope: &Envelope) -> Option<CustomerReply> {
    let at = envelope.at;
    let Event::Turn(event) = &envelope.event else { return None };
    let said = match event {
        TurnEvent::CustomerSpoke { turn, text, stands, files, .. } => {
            let files = files.iter().map(|sent| own_of(sent.file, sent.kind, sent.bytes, &sent.label)).collect();
            let (author, stands) = (&Author::Customer, *stands);
            Said { stands, files, ..Said::plain((*turn, at), author, text) }
        }
        TurnEvent::AgentActed { agent, spoken: Some(spoken), .. } => {
            let author = Author::Agent(agent.clone());
            let said = Said { sources: &spoken.citations, ..Said::plain((spoken.turn, at), &author, &spoken.text) };
            return Some(message(floor, titles, said));
        }
        TurnEvent::OperatorSpoke { turn, operator, text, original, .. } => {
            let author = Author::Operator(operator.clone());
            let said = Said { translated: original.is_some(), ..Said::plain((*turn, at), &author, text) };
            return Some(message(floor, titles, said));
        }
        TurnEvent::HouseSpoke { turn, sentence, text, .. } => {
            return Some(CustomerReply::Notice { turn: *turn, at, sentence: *sentence, text: text.clone() });
        }
        TurnEvent::HouseTold { turn, text, .. } => Said::plain((*turn, at), &Author::House, text),
        TurnEvent::CompositionBegan { .. }
        | TurnEvent::AgentActed { spoken: None, .. }
        | TurnEvent::CompositionFailed { .. }
        | TurnEvent::NothingFound { .. }
        | TurnEvent::ReplyWithheld { .. }
        | TurnEvent::Whispered { .. }
        | TurnEvent::Noted { .. } => return None,
    };
    Some(message(floor, titles, said))
}

/// A file as its sender is told of it: the same whether it is handed on or not.
fn own(known: &KnownFile) -> OwnFile {
    own_of(known.file, known.kind, known.bytes, &known.label)
}

fn own_of(file: FileId, kind: FileKind, bytes: u32, label: &Personal<FileLabel>) -> OwnFile {
    let name = label.reveal().map_or_else(|| ERASED.into(), |label| label.name.clone());
    OwnFile { file, name, kind, bytes }
}

struct Said<'a> {
    turn: TurnNo,
    at: Timestamp,
    author: &'a Author,
    text: &'a Personal<Foreign>,
    sources: &'a [Citation],
    stands: Stands,
    files: Vec<OwnFile>,
    translated: bool,
}

impl<'a> Said<'a> {
    /// Words by themselves, that rest on nothing.
    const fn plain((turn, at): (TurnNo, Timestamp), author: &'a Author, text: &'a Personal<Foreign>) -> Self {
        Self { turn, at, author, text, sources: &[], stands: Stands::Alone, files: Vec::new(), translated: false }
    }
}

fn message(floor: &Floor, titles: &Titles, said: Said<'_>) -> CustomerReply {
    let sources = said.sources.iter().filter_map(|citation| titles.get(&citation.article).cloned());
    CustomerReply::Message(Message {
        turn: said.turn,
        at: said.at,
        author: speaker::author(floor, said.author),
        text: open(said.text),
        sources: sources.collect(),
        edits: said.stands.edits(),
        repeats: said.stands.repeats(),
        files: said.files,
        translated: said.translated,
    })
}

fn open(text: &Personal<Foreign>) -> Foreign {
    text.reveal().cloned().unwrap_or_else(|| ERASED.into())
}
