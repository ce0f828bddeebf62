//! How the gateway and the command line reach a running floor. Cheap to clone; any thread.

mod adopt;
mod bodies;
mod console;
mod files;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, OnceLock};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::domain::analysis::Analysis;
use crate::domain::command::{Act, Command, CustomerAct, Opening};
use crate::domain::conversation::MESSAGE_BYTES_MAX;
use crate::domain::customer::{Identity, Tier};
use crate::domain::envelope::{Actor, Envelope, KeyUse};
use crate::domain::id::{ChannelName, ClientKey, ConversationId, CustomerId, Digest, OperatorName, Seq, TurnNo};
use crate::domain::operator::Role;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::privacy::handle::handle_digest;
use crate::privacy::seal::DataKey;
use crate::protocol::customer::{CustomerReply, Speaker};
use crate::store::files::Files;
use crate::store::vault::Vault;

use super::access::{Access, Bearer};
use super::clock::Clock;
use super::edition::{Editions, InForce};
use super::fanout::{ConsoleCall, Replica};
use super::measures::Measures;
use super::queries::Job;
pub use files::{NotTaken, Opened};

/// Commands that wait for the conductor; more means that the disk does not keep up, and whoever
/// asks is told to come back.
pub(super) const INBOX: usize = 4_096;
/// When somebody who was told `Busy` may try again: a few durable writes later.
const RETRY_MS: u64 = 200;
/// Batches that an observer may lag behind before its feed ends.
const OBSERVER_QUEUE: usize = 1_024;

/// Why nothing more is taken while a floor ends in order.
const CLOSING: &str = "it is shutting down";

/// A running floor.
#[derive(Clone)]
pub struct Handle {
    pub(super) shared: Arc<Shared>,
}

/// What all parts of a running floor share.
pub(super) struct Shared {
    pub(super) inbox: SyncSender<Asked>,
    pub(super) replica: Arc<Replica>,
    pub(super) consoles: SyncSender<ConsoleCall>,
    pub(super) queries: SyncSender<Job>,
    pub(super) in_force: InForce,
    pub(super) editions: Editions,
    pub(super) access: Access,
    pub(super) channels: BTreeMap<ChannelName, ChannelAccess>,
    pub(super) vault: Vault,
    pub(super) files: Files,
    pub(super) clock: Arc<Clock>,
    pub(super) secret: DataKey,
    /// Whether ids follow from references.
    pub(super) seeded: bool,
    pub(super) life: Arc<Life>,
    pub(super) measures: Arc<Measures>,
}

/// How a floor ends.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// Nothing more is taken from outside.
    pub(super) closing: AtomicBool,
    pub(super) down: OnceLock<String>,
    pub(super) shutdown: CancellationToken,
}

/// A command on its way to the conductor, with where its answer goes.
pub(super) struct Asked {
    /// Commands that belong before it and that nobody waits for: they share its write.
    pub(super) before: Vec<Command>,
    pub(super) command: Command,
    pub(super) answer: Option<oneshot::Sender<Result<Accepted, Refusal>>>,
}

/// Why a command was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The rules turned it down; nothing changed.
    #[error(transparent)]
    Refused(Refusal),
    /// The floor takes nothing more. Whether this command was done is unknown: its key tells after a restart.
    #[error("the floor is down: {reason}")]
    Down {
        /// Why.
        reason: String,
    },
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A command that was done and is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Its last journal entry.
    pub seq: Seq,
    /// The message it stored, if it stored one.
    pub turn: Option<TurnNo>,
    /// Whether it was done before, under the same key.
    pub repeat: bool,
}

/// What is known of a customer who begins to talk.
#[derive(Debug, Clone)]
pub struct NewConversation {
    /// By which channel they come.
    pub channel: ChannelName,
    /// Keyed digest by which the customer is found again; see [`Handle::keyed`].
    pub handle: Option<Digest>,
    /// Keyed digest of the integrator's own reference; the same one gives the same conversation.
    pub reference: Option<Digest>,
    /// How sure we are of them.
    pub identity: Identity,
    /// What they were promised.
    pub tier: Tier,
    /// Their name.
    pub name: Option<Foreign>,
}

/// One console's connection, numbered by [`Handle::console_id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsoleId(pub u64);

/// Who looks through a console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Which connection.
    pub console: ConsoleId,
    /// Who.
    pub operator: OperatorName,
    /// What they may do.
    pub role: Role,
    /// Whether they only look.
    pub read_only: bool,
    /// Whether they count as somebody's presence: who only looks or passes by does not.
    pub present: bool,
}

/// Where a conversation stands for its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerState {
    /// The newest message.
    pub turn: TurnNo,
    /// Who answers now, as far as the customer was told.
    pub speaker: Speaker,
    /// Whether it is over and may be rated.
    pub resolved: bool,
}

/// What the gateway has to know of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelAccess {
    /// Sites that may embed it; none means the server's own pages alone.
    pub origins: Vec<String>,
    /// The secret under which the embedding site signs who its visitor is, in hexadecimal.
    pub identity_secret: Option<String>,
}

/// How a floor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether it takes commands.
    pub ready: bool,
    /// Why not.
    pub reason: Option<String>,
}

impl Handle {
    /// Begins a conversation, or finds the one of the same reference. A known handle finds its
    /// customer again; otherwise a customer and their data key come from the vault's pool.
    pub async fn open(&self, new: NewConversation) -> Result<ConversationId, Rejected> {
        if let Some(known) = new.reference.and_then(|reference| self.find(reference)) {
            return Ok(known);
        }
        let mut random = [0; 16];
        let no_randomness = |error: getrandom::Error| Rejected::Down { reason: format!("no random bytes: {error}") };
        getrandom::fill(&mut random).map_err(no_randomness)?;
        let by_reference = new.reference.filter(|_| self.shared.seeded);
        let conversation = ConversationId::from_random(by_reference.map_or(random, |reference| reference.0));
        let customer = self.customer_by(new.handle)?;
        let reference = new.reference;
        let opening = Opening {
            conversation,
            customer,
            handle: new.handle,
            reference,
            channel: new.channel,
            identity: new.identity,
            tier: new.tier,
            name: new.name,
        };
        let act = Act::Customer(CustomerAct::Open(opening));
        match self.submit(command(Actor::Customer(customer), act)).await {
            Ok(_) => Ok(conversation),
            // Another connection opened the same reference a moment ago: its conversation is ours.
            Err(Rejected::Refused(Refusal::AlreadyOpen)) => {
                reference.and_then(|reference| self.find(reference)).ok_or_else(|| Refusal::AlreadyOpen.into())
            }
            Err(rejected) => Err(rejected),
        }
    }

    fn customer_by(&self, handle: Option<Digest>) -> Result<CustomerId, Rejected> {
        let known = handle.and_then(|handle| self.shared.replica.read().handles.get(&handle).copied());
        known.map_or_else(
            || match self.shared.vault.fresh() {
                Ok((customer, _)) => Ok(customer),
                Err(error) => Err(Rejected::Down { reason: error.to_string() }),
            },
            Ok,
        )
    }

    /// The conversation of an integrator's reference, live or resolved.
    pub fn find(&self, reference: Digest) -> Option<ConversationId> {
        self.shared.replica.read().references.get(&reference).copied()
    }

    /// The conversation of a reference, however long it is over; from the index of history.
    pub async fn find_past(&self, reference: Digest) -> Result<Option<ConversationId>, Rejected> {
        let (answer, answered) = oneshot::channel();
        if self.shared.queries.try_send(Job::Past { reference, answer }).is_err() {
            return Err(Refusal::Busy { retry_ms: RETRY_MS }.into());
        }
        match answered.await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => Err(Rejected::Down { reason: error.to_string() }),
            Err(_) => Err(self.gone()),
        }
    }

    /// Stores what a customer said; answers when it is on disk. `typing` says that they were seen
    /// typing on, so the answer may wait a moment for more.
    pub async fn say(
        &self,
        conversation: ConversationId,
        key: Option<ClientKey>,
        text: Foreign,
        typing: bool,
    ) -> Result<Accepted, Rejected> {
        self.say_with(conversation, key, (text, Vec::new()), typing).await
    }

    /// Puts other words in place of those of an own message; they are on disk under a number of their own.
    pub async fn edit(
        &self,
        conversation: ConversationId,
        key: Option<ClientKey>,
        (turn, text): (TurnNo, Foreign),
    ) -> Result<Accepted, Rejected> {
        let analysis = self.analysed(conversation, &text)?;
        self.customer(CustomerAct::Edit { conversation, turn, text, analysis }, key).await
    }

    fn analysed(&self, conversation: ConversationId, text: &Foreign) -> Result<Box<Analysis>, Rejected> {
        let bytes = text.raw().len();
        if bytes > MESSAGE_BYTES_MAX {
            let (given, limit) = (bytes as u64, MESSAGE_BYTES_MAX as u64);
            return Err(Refusal::TooMuch { what: "bytes".into(), given, limit }.into());
        }
        // Read by the triage whose agents will answer.
        let edition = self.shared.replica.read().edition_of(conversation);
        Ok(Box::new(self.shared.in_force.of(edition).intake.analyse(text)))
    }

    /// Has something done for a customer who is already known. Opening goes by [`Handle::open`].
    pub async fn customer(&self, act: CustomerAct, key: Option<ClientKey>) -> Result<Accepted, Rejected> {
        let actor = self.shared.replica.customer_of(act.conversation()).ok_or(Refusal::UnknownConversation)?;
        let key = key.map(|key| KeyUse { key, body: bodies::of_customer(&self.shared.secret, &act) });
        let act = Act::Customer(act);
        self.submit(Command { actor: Actor::Customer(actor), cause: None, key, seen: None, act }).await
    }

    /// Notes that a customer is typing, or has stopped; consoles show it.
    pub fn typing(&self, conversation: ConversationId, on: bool) {
        let _ = self.shared.consoles.try_send(ConsoleCall::Typing { conversation, on });
    }

    /// What a customer's client is told, from the message after `after` on, each message once and
    /// in order. Ends when the client does not read. Nothing when there is no such conversation.
    pub fn customer_feed(&self, conversation: ConversationId, after: TurnNo) -> Option<mpsc::Receiver<CustomerReply>> {
        let (feed, missing) = self.shared.replica.subscribe(conversation, after)?;
        if let Some(missing) = missing {
            // A reader that cannot take the job loses the subscription, and the client comes back.
            let _ = self.shared.queries.try_send(Job::Backlog(missing));
        }
        Some(feed)
    }

    /// Where a conversation stands for its customer.
    pub fn state(&self, conversation: ConversationId) -> Option<CustomerState> {
        self.shared.replica.state(conversation)
    }

    /// The keyed digest of a name from outside, for `handle` and `reference` of a new conversation
    /// and for tokens. `space` keeps kinds apart, as `handle:web`.
    pub fn keyed(&self, space: &str, outside: &str) -> Digest {
        handle_digest(&self.shared.secret, space, outside)
    }

    /// Who an operator's token belongs to. The token of the data folder's owner stands for the
    /// first admin of the roster.
    pub fn operator_for_token(&self, token: &str) -> Option<(OperatorName, Role)> {
        let bearer = self.shared.access.bearer(token)?;
        let floor = self.shared.replica.read();
        let operators = &floor.deployment.as_ref()?.operators;
        let found = operators.iter().find(|spec| match &bearer {
            Bearer::Local => spec.role == Role::Admin,
            Bearer::Operator(name) => spec.name == *name,
            Bearer::Channel(_) => false,
        });
        found.map(|spec| (spec.name.clone(), spec.role))
    }

    /// A new token for an operator; it is shown once.
    pub fn grant_operator(&self, name: OperatorName) -> std::io::Result<String> {
        self.shared.access.grant(Bearer::Operator(name))
    }

    /// A new token for a channel; it is shown once.
    pub fn grant_channel(&self, name: ChannelName) -> std::io::Result<String> {
        self.shared.access.grant(Bearer::Channel(name))
    }

    /// Takes back all tokens of an operator; how many there were.
    pub fn revoke_operator(&self, name: OperatorName) -> std::io::Result<usize> {
        self.shared.access.revoke(&Bearer::Operator(name))
    }

    /// The token of the data folder's owner, for a console inside this process.
    pub fn local_token(&self) -> &str {
        self.shared.access.local()
    }

    /// What the gateway has to know of a channel of the deployment.
    pub fn channel(&self, name: &ChannelName) -> Option<ChannelAccess> {
        self.shared.channels.get(name).cloned()
    }

    /// Whether any channel of the deployment may be embedded by this site.
    pub fn lists(&self, site: &str) -> bool {
        self.shared.channels.values().any(|access| access.origins.iter().any(|listed| listed == site))
    }

    /// Which channel a token opens.
    pub fn channel_for_token(&self, token: &str) -> Option<ChannelName> {
        match self.shared.access.bearer(token)? {
            Bearer::Channel(name) => self.shared.channels.contains_key(&name).then_some(name),
            Bearer::Local | Bearer::Operator(_) => None,
        }
    }

    /// How the floor is.
    pub fn health(&self) -> Health {
        let closing = self.shared.life.closing.load(Ordering::Acquire);
        let reason = self.down().or_else(|| closing.then(|| CLOSING.to_owned()));
        Health { ready: reason.is_none(), reason }
    }

    /// What is counted of the floor, in the Prometheus text format.
    pub fn measures(&self) -> String {
        self.shared.replica.measured(&self.shared.measures)
    }

    /// Cancelled when somebody asked the orchestrator to stop, or when it cannot go on.
    pub fn shutdown_requested(&self) -> CancellationToken {
        self.shared.life.shutdown.clone()
    }

    /// Everything that is committed from now on, in order. The feed never blocks the floor: it ends
    /// when its reader lags too far behind.
    pub fn observe(&self) -> mpsc::Receiver<Arc<[Envelope]>> {
        let (to, feed) = mpsc::channel(OBSERVER_QUEUE);
        self.shared.replica.observe(to);
        feed
    }

    /// Why the floor cannot go on, if it broke.
    pub fn broken(&self) -> Option<String> {
        self.down()
    }

    fn down(&self) -> Option<String> {
        self.shared.life.down.get().cloned()
    }

    pub(super) async fn submit(&self, command: Command) -> Result<Accepted, Rejected> {
        if self.shared.life.closing.load(Ordering::Acquire) {
            return Err(self.gone());
        }
        let (answer, answered) = oneshot::channel();
        let asked = Asked { before: Vec::new(), command, answer: Some(answer) };
        match self.shared.inbox.try_send(asked) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(Refusal::Busy { retry_ms: RETRY_MS }.into()),
            Err(TrySendError::Disconnected(_)) => return Err(self.gone()),
        }
        match answered.await {
            Ok(answer) => answer.map_err(Rejected::Refused),
            Err(_) => Err(self.gone()),
        }
    }

    fn gone(&self) -> Rejected {
        Rejected::Down { reason: self.down().unwrap_or_else(|| CLOSING.to_owned()) }
    }
}

pub(super) fn command(actor: Actor, act: Act) -> Command {
    Command { actor, cause: None, key: None, seen: None, act }
}
