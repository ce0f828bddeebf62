//! What all requests share: the floor, the secret, seats and rates; and the way to a conversation.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::identity::{self, Claim};
use super::origin::Hosts;
use super::problem::Problem;
use super::rate::Buckets;
use super::visit::Caller;
use crate::domain::command::CustomerAct;
use crate::domain::customer::{Identity, Tier};
use crate::domain::id::{ChannelName, ConversationId, Digest};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::protocol::limits::{CONSOLE_SOCKETS_MAX, CUSTOMER_SOCKETS_MAX, SAY_WINDOW, SAYS_PER_WINDOW};
use crate::runtime::handle::{Handle, NewConversation, Rejected};

/// Conversations that strangers (nobody with a channel's token) may open in [`OPEN_WINDOW`]: more
/// than a crowd after an outage, less than fills the floor within a minute.
const OPENS_PER_WINDOW: u32 = 2_000;
/// The window of [`OPENS_PER_WINDOW`].
const OPEN_WINDOW: Duration = Duration::from_secs(10);

/// Files on their way at once, of each kind: each is held in memory, twice while it is sealed.
const FILES_AT_ONCE: usize = 8;

/// Seats for files on their way. Customers who are slow take none from each other's other way, nor from operators.
pub(super) struct FileSeats {
    pub(super) from_customers: Arc<Semaphore>,
    pub(super) to_customers: Arc<Semaphore>,
    pub(super) to_operators: Arc<Semaphore>,
}

/// What the handlers share.
pub(super) struct App {
    pub(super) floor: Handle,
    pub(super) hosts: Hosts,
    /// The channel of the built-in page.
    pub(super) channel: ChannelName,
    /// Cancelled when the server goes down.
    pub(super) closing: CancellationToken,
    /// Sockets that still say good-bye.
    pub(super) sockets: TaskTracker,
    pub(super) says: Buckets<ConversationId>,
    pub(super) opens: Buckets<()>,
    pub(super) counters: Counters,
    /// Files on their way in or out.
    pub(super) files: FileSeats,
    customer_seats: Arc<Semaphore>,
    console_seats: Arc<Semaphore>,
}

/// What `/metrics` adds to the floor's own numbers.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Customers' messages that were stored.
    pub(super) stored: AtomicU64,
    /// Requests and frames that were turned down.
    pub(super) refused: AtomicU64,
    /// Sockets that we closed for a fault of the peer.
    pub(super) thrown_out: AtomicU64,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// What is known of a customer who opens a conversation.
pub(super) struct Newcomer<'a> {
    pub(super) channel: &'a ChannelName,
    pub(super) reference: Option<Digest>,
    pub(super) identity: Option<&'a str>,
    pub(super) name: Option<Foreign>,
}

impl App {
    pub(super) fn new(floor: Handle, hosts: Hosts, channel: ChannelName) -> Self {
        Self {
            floor,
            hosts,
            channel,
            closing: CancellationToken::new(),
            sockets: TaskTracker::new(),
            says: Buckets::new(SAYS_PER_WINDOW, Duration::from_millis(SAY_WINDOW.0)),
            opens: Buckets::new(OPENS_PER_WINDOW, OPEN_WINDOW),
            counters: Counters::default(),
            files: FileSeats {
                from_customers: Arc::new(Semaphore::new(FILES_AT_ONCE)),
                to_customers: Arc::new(Semaphore::new(FILES_AT_ONCE)),
                to_operators: Arc::new(Semaphore::new(FILES_AT_ONCE)),
            },
            customer_seats: Arc::new(Semaphore::new(CUSTOMER_SOCKETS_MAX)),
            console_seats: Arc::new(Semaphore::new(CONSOLE_SOCKETS_MAX)),
        }
    }

    /// A seat for a customer's socket, held as long as the socket lives.
    pub(super) fn customer_seat(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.customer_seats).try_acquire_owned().map_err(|_| full(CUSTOMER_SOCKETS_MAX))
    }

    /// A seat for a console.
    pub(super) fn console_seat(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.console_seats).try_acquire_owned().map_err(|_| full(CONSOLE_SOCKETS_MAX))
    }

    /// Sockets of customers and of consoles that are open.
    pub(super) fn seats_taken(&self) -> (usize, usize) {
        (
            CUSTOMER_SOCKETS_MAX - self.customer_seats.available_permits(),
            CONSOLE_SOCKETS_MAX - self.console_seats.available_permits(),
        )
    }

    /// The conversation `reference` of a caller, if there is one.
    pub(super) fn find(&self, caller: &Caller, reference: &str) -> Option<ConversationId> {
        match caller {
            Caller::Channel(channel) => self.floor.find(self.reference_digest(channel, reference)),
            Caller::Conversation(_, id) => Some(*id),
        }
    }

    /// The conversation `reference` of a caller; an integrator's is made at its first use.
    pub(super) async fn find_or_make(
        &self,
        caller: &Caller,
        reference: &str,
        identity: Option<&str>,
    ) -> Result<ConversationId, Problem> {
        let known = self.find(caller, reference);
        if let Some(id) = known {
            if let Some(token) = identity {
                self.identify(caller.channel(), id, token).await?;
            }
            return Ok(id);
        }
        let channel = caller.channel();
        let reference = Some(self.reference_digest(channel, reference));
        self.open(Newcomer { channel, reference, identity, name: None }).await
    }

    /// Takes the site's word for who the customer of a conversation is that has begun already.
    async fn identify(&self, channel: &ChannelName, conversation: ConversationId, token: &str) -> Result<(), Problem> {
        let claim = self.claim(channel, token)?;
        let handle = Some(self.handle_digest(channel, &claim));
        let act = CustomerAct::Identify { conversation, identity: claim.identity, handle };
        match self.floor.customer(act, None).await {
            // A conversation that is over proves nothing any more, but it may still be rated.
            Ok(_) | Err(Rejected::Refused(Refusal::UnknownConversation)) => Ok(()),
            Err(rejected) => Err(rejected.into()),
        }
    }

    /// Opens a conversation.
    pub(super) async fn open(&self, newcomer: Newcomer<'_>) -> Result<ConversationId, Problem> {
        let Newcomer { channel, reference, identity, name } = newcomer;
        let claim = identity.map(|token| self.claim(channel, token)).transpose()?;
        let mut new = NewConversation {
            channel: channel.clone(),
            handle: None,
            reference,
            identity: if name.is_some() { Identity::Claimed } else { Identity::Anonymous },
            tier: Tier::default(),
            name,
        };
        if let Some(claim) = claim {
            new.handle = Some(self.handle_digest(channel, &claim));
            new.identity = claim.identity;
            new.tier = claim.tier;
            new.name = claim.name.or(new.name);
        }
        Ok(self.floor.open(new).await?)
    }

    /// Reads an identity token of a channel's site.
    pub(super) fn claim(&self, channel: &ChannelName, token: &str) -> Result<Claim, Problem> {
        let access = self.floor.channel(channel);
        let secret = access.as_ref().and_then(|access| access.identity_secret.as_deref());
        identity::claim(secret.map(str::as_bytes), token, real_time())
            .map_err(|bad| Problem::new(StatusCode::UNAUTHORIZED, "bad_identity", bad.to_string()))
    }

    fn handle_digest(&self, channel: &ChannelName, claim: &Claim) -> Digest {
        self.floor.keyed(&format!("handle:{channel}"), &claim.sub)
    }

    pub(super) fn reference_digest(&self, channel: &ChannelName, reference: &str) -> Digest {
        self.floor.keyed(&format!("reference:{channel}"), reference)
    }

    /// Takes one message of a conversation's allowance.
    pub(super) fn may_say(&self, id: ConversationId) -> Result<(), Problem> {
        self.says.take(id, Instant::now()).map_err(|wait| Problem::too_many(wait.as_millis() as u64))
    }
}

fn full(limit: usize) -> Problem {
    let detail = format!("all {limit} sockets are taken; try again shortly");
    Problem { retry_ms: Some(2_000), ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, "full", detail) }
}

/// The wall's clock: tokens of the outside run out by it, whatever the floor's clock does.
#[expect(clippy::disallowed_methods, reason = "the expiry of a token is judged by real time, not by the floor's clock")]
fn real_time() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
