//! What a console reads, wherever it comes from: a socket here, a recorded session elsewhere.

use tokio::sync::mpsc;

use super::files::Source;
use crate::protocol::console::{ConsoleReply, ConsoleRequest};

/// Requests that wait for the wire: as many keys as a person presses while a socket reconnects.
pub const REQUESTS: usize = 64;
/// Events that wait for the console: two full queues of the server's side.
pub const EVENTS: usize = 512;

/// Both ends of a console's exchange with a floor.
#[derive(Debug)]
pub struct Feed {
    /// What the console sends. Closed once the feed has ended.
    pub requests: mpsc::Sender<ConsoleRequest>,
    /// What the console hears. Closed after [`FeedEvent::Ended`].
    pub events: mpsc::Receiver<FeedEvent>,
    /// Where files of customers come from, if they come from anywhere.
    pub files: Option<Source>,
}

/// What a console hears of its feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedEvent {
    /// A connection is being made.
    Connecting {
        /// The first since the last loss is 1.
        attempt: u32,
    },
    /// The server knows us; its `welcome`, `resumed` or `reset` follows.
    Connected,
    /// A reply, in the server's order.
    Reply(Box<ConsoleReply>),
    /// The connection is gone and will be made again.
    Lost {
        /// Why.
        reason: String,
        /// After how long, in ms.
        retry_ms: u64,
    },
    /// It is over; coming again would not help.
    Ended {
        /// Why, with the way out.
        reason: String,
    },
}
