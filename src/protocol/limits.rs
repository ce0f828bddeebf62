//! Sizes, rates and close codes of the wire, each with its reason.

use crate::domain::time::Millis;

/// Largest frame taken from a customer: a message of the longest length, escaped, with its envelope.
pub const CUSTOMER_FRAME_MAX: usize = 64 * 1024;
/// Largest frame taken from a console.
pub const CONSOLE_FRAME_MAX: usize = 64 * 1024;
/// Largest frame sent to a console; a snapshot is cut into such parts so that none blocks the socket.
pub const SNAPSHOT_FRAME_MAX: usize = 256 * 1024;
/// Time from upgrade to `hello`; a socket that says nothing is not kept.
pub const HELLO_PATIENCE: Millis = Millis::from_secs(5);
/// A ping is sent after so long a silence: below the idle limit of common proxies.
pub const PING_EVERY: Millis = Millis::from_secs(20);
/// Without a sign of life for so long the peer is gone.
pub const IDLE_MAX: Millis = Millis::from_secs(60);
/// Frames that wait for one console; more means that it does not read, and it is told what it missed.
pub const CONSOLE_QUEUE: usize = 256;
/// Frames that wait for one customer; more means that the socket is dead, and a resume is cheap.
pub const CUSTOMER_QUEUE: usize = 64;
/// The console feed is coalesced per tick: a frame a flush costs twelve to twenty times as much.
pub const FEED_TICK: Millis = Millis(33);
/// Messages a customer may send in [`SAY_WINDOW`]: three times the fastest typist.
pub const SAYS_PER_WINDOW: u32 = 30;
/// The window of [`SAYS_PER_WINDOW`].
pub const SAY_WINDOW: Millis = Millis::from_secs(10);
/// Longest that a posted message may wait for its answer; proxies give up after a minute.
pub const WAIT_MAX: Millis = Millis::from_secs(55);
/// Customers' sockets at once: 30 KB each stay within a small server's memory.
pub const CUSTOMER_SOCKETS_MAX: usize = 20_000;
/// Consoles at once.
pub const CONSOLE_SOCKETS_MAX: usize = 500;

/// Why a socket was closed; numbers of the private range of RFC 6455, section 7.4.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Close {
    /// The frame is not JSON, or not of this protocol.
    Malformed,
    /// Another protocol version.
    Version,
    /// No token, or a wrong one.
    Unauthenticated,
    /// Said nothing in time.
    TooSlow,
    /// Too many messages or frames.
    TooMany,
    /// The frame is too large.
    TooLarge,
    /// Does not read; come back with a resume.
    Lagging,
    /// The server is going down; come back with a resume.
    GoingDown,
    /// The conversation is over.
    Ended,
}

impl Close {
    /// The code on the wire.
    pub const fn code(self) -> u16 {
        match self {
            Self::Malformed => 4400,
            Self::Unauthenticated => 4401,
            Self::TooSlow => 4408,
            Self::Ended => 4410,
            Self::TooLarge => 4413,
            Self::Version => 4426,
            Self::TooMany => 4429,
            Self::Lagging => 4503,
            Self::GoingDown => 1012,
        }
    }
}
