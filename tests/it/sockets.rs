//! Customers and operators on real sockets, as their own clients hold them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use baton::client::customer::{self, Access, Chat, ChatEvent};
use baton::client::feed::FeedEvent;
use baton::client::{Address, socket};
use baton::domain::command::OperatorAct;
use baton::domain::id::{ClientKey, ConversationId, Seq, TurnNo};
use baton::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest};
use baton::protocol::customer::{CustomerReply, CustomerRequest, SpeakerKind};
use tokio::sync::{mpsc, oneshot, watch};

/// Longer than anything here takes, also on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How many: the whole of a soak only if `BATON_SOAK` asks for it.
pub(crate) fn soak(default: usize, whole: usize) -> usize {
    if std::env::var_os("BATON_SOAK").is_some() { whole } else { default }
}

/// One message as its customer has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) turn: TurnNo,
    pub(crate) by: SpeakerKind,
    /// The specialist's title or the colleague's name; empty for the house.
    pub(crate) who: String,
    pub(crate) text: String,
    /// Whether a machine translated it.
    pub(crate) translated: bool,
}

/// A customer with everything they were told, in the order in which it came.
pub(crate) struct Customer {
    chat: Chat,
    pub(crate) read: Vec<Read>,
    /// Messages that are on disk, by the floor's own word.
    pub(crate) stored: Vec<(ClientKey, TurnNo)>,
    /// The newest turn when the socket was bound.
    pub(crate) welcome: Option<TurnNo>,
    /// How often the socket was lost.
    pub(crate) losses: usize,
}

/// The socket is gone.
#[derive(Debug)]
pub(crate) struct Gone;

impl Customer {
    /// Connects as somebody who has a token already, and hears everything from the first turn on.
    pub(crate) fn with(address: &Address, access: Access) -> Self {
        let options = customer::Options { address: address.clone(), access, after: TurnNo(0) };
        let (read, stored) = (Vec::new(), Vec::new());
        Self { chat: customer::connect(options), read, stored, welcome: None, losses: 0 }
    }

    /// Sends a message under a key.
    pub(crate) async fn say(&mut self, key: &str, text: &str) -> Result<(), Gone> {
        let request = CustomerRequest::Say { key: Some(key.parse().unwrap()), text: text.into(), files: Vec::new() };
        self.chat.requests.send(request).await.map_err(|_| Gone)
    }

    /// Takes one reply in; `Gone` when the socket was lost.
    pub(crate) async fn hear(&mut self) -> Result<(), Gone> {
        let event = tokio::time::timeout(PATIENCE, self.chat.events.recv()).await;
        let event = event.unwrap_or_else(|_| panic!("nothing came; last heard: {:?}", self.read.last()));
        let reply = match event.ok_or(Gone)? {
            ChatEvent::Reply(reply) => reply,
            ChatEvent::Lost { .. } => {
                self.losses += 1;
                return Err(Gone);
            }
            ChatEvent::Ended { reason } => panic!("the chat ended: {reason}"),
        };
        match reply {
            CustomerReply::Welcome { turn, .. } => self.welcome = Some(turn),
            CustomerReply::Stored { key: Some(key), turn } => self.stored.push((key, turn)),
            CustomerReply::Message(message) => {
                let (turn, by, who) = (message.turn, message.author.kind, message.author.name);
                let (text, translated) = (message.text.raw().to_owned(), message.translated);
                self.read.push(Read { turn, by, who, text, translated });
            }
            CustomerReply::Notice { turn, text, .. } => {
                let (by, who) = (SpeakerKind::House, String::new());
                self.read.push(Read { turn, by, who, text: text.raw().to_owned(), translated: false });
            }
            CustomerReply::Refused { code, message, .. } => panic!("refused: {code}: {message}"),
            CustomerReply::Stored { key: None, .. }
            | CustomerReply::Typing { .. }
            | CustomerReply::Handover { .. }
            | CustomerReply::Resolved {}
            | CustomerReply::Rated { .. } => {}
        }
        Ok(())
    }

    /// Listens until the message under this key is on disk.
    pub(crate) async fn until_stored(&mut self, key: &str) -> Result<TurnNo, Gone> {
        loop {
            if let Some((_, turn)) = self.stored.iter().rev().find(|(stored, _)| stored.as_str() == key) {
                return Ok(*turn);
            }
            self.hear().await?;
        }
    }

    /// Listens until a message with these words is there.
    pub(crate) async fn until_read(&mut self, words: &str) -> Result<TurnNo, Gone> {
        let mut from = 0;
        loop {
            if let Some(found) = self.read.iter().skip(from).find(|read| read.text.contains(words)) {
                return Ok(found.turn);
            }
            from = self.read.len();
            self.hear().await?;
        }
    }

    /// Listens until the transcript reaches a turn.
    pub(crate) async fn until_turn(&mut self, turn: TurnNo) -> Result<(), Gone> {
        while self.read.last().is_none_or(|read| read.turn < turn) {
            self.hear().await?;
        }
        Ok(())
    }
}

/// Drafts that were withheld, and whether somebody is needed, as a console is shown it.
type Rows = HashMap<ConversationId, (usize, bool)>;
type Waiting = Arc<Mutex<HashMap<ClientKey, oneshot::Sender<Result<Seq, String>>>>>;

/// An operator's console without a screen. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Desk {
    requests: mpsc::Sender<ConsoleRequest>,
    waiting: Waiting,
    rows: watch::Receiver<Rows>,
    drafts: watch::Receiver<Option<Vec<String>>>,
}

impl Desk {
    /// Connects, and reads everything that comes.
    pub(crate) fn connect(address: &Address, token: &str) -> Self {
        let options =
            socket::Options { address: address.clone(), token: token.to_owned(), read_only: false, passing: false };
        let mut feed = socket::connect(options);
        let waiting = Waiting::default();
        let answered = Arc::clone(&waiting);
        let (shown, rows) = watch::channel(Rows::new());
        let (keep, drafts) = watch::channel(None);
        tokio::spawn(async move {
            while let Some(event) = feed.events.recv().await {
                let FeedEvent::Reply(reply) = event else { continue };
                if let ConsoleReply::Welcome { seq: Some(_), drafts, .. } = &*reply {
                    keep.send_replace(Some(drafts.iter().map(|draft| draft.text.raw().to_owned()).collect()));
                }
                let (key, answer) = match *reply {
                    ConsoleReply::Accepted { key, seq } => (key, Ok(seq)),
                    ConsoleReply::Refused { key, message, .. } => (key, Err(message)),
                    ConsoleReply::Welcome { changes, .. }
                    | ConsoleReply::Resumed { changes, .. }
                    | ConsoleReply::Delta { changes, .. } => {
                        shown.send_modify(|rows| rows.extend(changes.iter().filter_map(row_of)));
                        continue;
                    }
                    ConsoleReply::Reset { .. }
                    | ConsoleReply::Answer { .. }
                    | ConsoleReply::Lagged { .. }
                    | ConsoleReply::Error { .. } => continue,
                };
                if let Some(waits) = answered.lock().unwrap().remove(&key) {
                    let _ = waits.send(answer);
                }
            }
        });
        Self { requests: feed.requests, waiting, rows, drafts }
    }

    /// Unsent texts that the floor kept for this operator.
    pub(crate) async fn drafts(&self) -> Vec<String> {
        let mut drafts = self.drafts.clone();
        let told = tokio::time::timeout(PATIENCE, drafts.wait_for(Option::is_some)).await;
        told.expect("a console is welcomed").unwrap().clone().unwrap_or_default()
    }

    /// Waits until the screen would show so many withheld drafts of a conversation.
    pub(crate) async fn until_withheld(&self, id: ConversationId, drafts: usize) {
        let mut rows = self.rows.clone();
        let shown = rows.wait_for(|rows| rows.get(&id).is_some_and(|(withheld, _)| *withheld >= drafts));
        let shown = tokio::time::timeout(PATIENCE, shown).await;
        shown.unwrap_or_else(|_| panic!("{id}: {drafts} drafts were cut off, not all are withheld")).unwrap();
    }

    /// Waits until the screen would show that a conversation needs somebody.
    pub(crate) async fn until_needy(&self, id: ConversationId) {
        let mut rows = self.rows.clone();
        let shown = rows.wait_for(|rows| rows.get(&id).is_some_and(|(_, needy)| *needy));
        tokio::time::timeout(PATIENCE, shown).await.unwrap_or_else(|_| panic!("{id} needs nobody")).unwrap();
    }

    /// Sends something that is not answered.
    pub(crate) async fn request(&self, request: ConsoleRequest) {
        self.requests.send(request).await.unwrap();
    }

    /// Has something done; the journal entry of its acknowledgement, or why it was refused.
    pub(crate) async fn act(&self, key: String, act: OperatorAct) -> Result<Seq, String> {
        let key: ClientKey = key.parse().unwrap();
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().unwrap().insert(key.clone(), answer);
        let command = ConsoleCommand::Act(act);
        self.request(ConsoleRequest::Command { key, seen: None, command }).await;
        tokio::time::timeout(PATIENCE, answered).await.expect("the floor answers").unwrap()
    }
}

fn row_of(change: &Change) -> Option<(ConversationId, (usize, bool))> {
    if let Change::Row(row) = change { Some((row.id, (row.withheld as usize, row.need.is_some()))) } else { None }
}
