//! One WebSocket of ours: sizes, patience, pings, and a typed word before every close.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use futures_util::SinkExt as _;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Error as WsError;

use crate::protocol::limits::{Close, IDLE_MAX, PING_EVERY};

/// Largest frame that is read at all: room above the limits of the protocol, so that the author of
/// a frame that is too large can be told so instead of being cut off.
const READ_MAX: usize = 256 * 1024;
/// Bytes read or gathered at once; the default of 128 KB for every quiet socket would cost gigabytes.
const BUFFER: usize = 8 * 1024;
/// Bytes that wait in the socket for the network before a write has to wait.
const WRITE_BUFFER: usize = 1024 * 1024;
/// Time for a write; then the peer does not read.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// Time for the peer to read our last words.
const LINGER: Duration = Duration::from_secs(1);
/// Longest reason in a close frame (RFC 6455, section 5.5: 125 bytes with the code).
const REASON_BYTES_MAX: usize = 120;

/// The peer is gone; nothing can be said to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone;

/// Why a socket ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The peer went.
    Gone,
    /// We close it, after saying why.
    Close(Close, String),
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl End {
    pub(super) fn of(close: Close, message: impl Into<String>) -> Self {
        Self::Close(close, message.into())
    }
}

/// An upgraded connection.
pub(super) struct Socket {
    inner: WebSocket,
    heard: Instant,
}

/// Sets the limits of an upgrade.
pub(super) fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(READ_MAX)
        .max_frame_size(READ_MAX)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_write_buffer_size(WRITE_BUFFER)
}

/// Ticks at which [`Socket::ping`] is due.
pub(super) fn pings() -> tokio::time::Interval {
    let every = Duration::from_millis(PING_EVERY.0);
    tokio::time::interval_at(Instant::now() + every, every)
}

impl Socket {
    pub(super) fn new(inner: WebSocket) -> Self {
        Self { inner, heard: Instant::now() }
    }

    /// The next text frame of at most `max` bytes. Dropping the future loses nothing.
    pub(super) async fn read(&mut self, max: usize) -> Result<Utf8Bytes, End> {
        let patience = Duration::from_millis(IDLE_MAX.0);
        loop {
            let Ok(frame) = tokio::time::timeout_at(self.heard + patience, self.inner.recv()).await else {
                return Err(End::of(Close::TooSlow, format!("no sign of life for {} s", patience.as_secs())));
            };
            self.heard = Instant::now();
            match frame {
                Some(Ok(Message::Text(text))) if text.len() <= max => return Ok(text),
                Some(Ok(Message::Text(text))) => return Err(too_large(&format!("{}", text.len()), max)),
                Some(Ok(Message::Binary(_))) => {
                    return Err(End::of(Close::Malformed, "frames are JSON text, not binary"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_))) | None => return Err(End::Gone),
                Some(Err(error)) => return Err(fault(error, max)),
            }
        }
    }

    /// Queues a text frame; [`Socket::flush`] sends it.
    pub(super) async fn queue(&mut self, text: String) -> Result<(), Gone> {
        within(self.inner.feed(Message::Text(text.into()))).await
    }

    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        within(self.inner.flush()).await
    }

    /// Sends a value as one text frame.
    pub(super) async fn send(&mut self, value: &impl serde::Serialize) -> Result<(), Gone> {
        self.queue(json(value)).await?;
        self.flush().await
    }

    pub(super) async fn ping(&mut self) -> Result<(), Gone> {
        within(self.inner.send(Message::Ping(axum::body::Bytes::new()))).await
    }

    /// Says the last words and gives the peer time to read them.
    pub(super) async fn close(mut self, last: String, close: Close, reason: &str) {
        let mut cut = reason.len().min(REASON_BYTES_MAX);
        while !reason.is_char_boundary(cut) {
            cut -= 1;
        }
        let reason = reason.get(..cut).unwrap_or_default();
        let frame = Message::Close(Some(CloseFrame { code: close.code(), reason: reason.into() }));
        if self.queue(last).await.is_err() || within(self.inner.send(frame)).await.is_err() {
            return;
        }
        // A connection that is dropped with unread input is reset, and the last words with it.
        let drained = async {
            loop {
                match self.inner.recv().await {
                    Some(Ok(_)) => {}
                    None => return,
                    // What cannot be read stays in the way until the peer has seen the end.
                    Some(Err(_)) => return tokio::time::sleep(LINGER).await,
                }
            }
        };
        let _ = tokio::time::timeout(LINGER, drained).await;
    }
}

/// The frame's text of a value of ours.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    // Types of the protocol have no maps with odd keys and no failing parts.
    serde_json::to_string(value).unwrap_or_default()
}

/// The word for a close code.
pub(super) const fn word(close: Close) -> &'static str {
    match close {
        Close::Malformed => "malformed",
        Close::Version => "version",
        Close::Unauthenticated => "unauthenticated",
        Close::TooSlow => "too_slow",
        Close::TooMany => "too_many",
        Close::TooLarge => "too_large",
        Close::Lagging => "lagging",
        Close::GoingDown => "going_down",
        Close::Ended => "ended",
    }
}

/// Whether a close is the peer's fault.
pub(super) const fn is_fault(close: Close) -> bool {
    match close {
        Close::Malformed
        | Close::Version
        | Close::Unauthenticated
        | Close::TooSlow
        | Close::TooMany
        | Close::TooLarge => true,
        Close::Lagging | Close::GoingDown | Close::Ended => false,
    }
}

/// What a hello needs: the version is looked at even if the rest of a future frame is unknown.
#[derive(serde::Deserialize)]
struct AnyHello {
    r#type: String,
    #[serde(default)]
    protocol: String,
}

/// Reads a frame, or says what is wrong with it.
pub(super) fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, End> {
    serde_json::from_str(text).map_err(|error| {
        let hello = serde_json::from_str::<AnyHello>(text).ok().filter(|hello| hello.r#type == "hello");
        if hello.is_some_and(|hello| hello.protocol != crate::protocol::PROTOCOL) {
            return wrong_version();
        }
        End::of(Close::Malformed, format!("the frame does not fit {}: {error}", crate::protocol::PROTOCOL))
    })
}

pub(super) fn wrong_version() -> End {
    End::of(Close::Version, format!("this server speaks {}; update the older side", crate::protocol::PROTOCOL))
}

fn too_large(given: &str, max: usize) -> End {
    End::of(Close::TooLarge, format!("the frame has {given} bytes, {max} are the limit; send it in parts"))
}

fn fault(error: axum::Error, max: usize) -> End {
    match error.into_inner().downcast::<WsError>().map(|error| *error) {
        Ok(WsError::Capacity(_)) => too_large(&format!("over {READ_MAX}"), max),
        Ok(WsError::Protocol(_) | WsError::Utf8(_) | WsError::AttackAttempt) => {
            End::of(Close::Malformed, "the frame breaks RFC 6455")
        }
        Ok(_) | Err(_) => End::Gone,
    }
}

async fn within<E>(write: impl Future<Output = Result<(), E>>) -> Result<(), Gone> {
    match tokio::time::timeout(WRITE_PATIENCE, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::customer::CustomerRequest;

    #[test]
    fn a_hello_of_another_version_is_told_so() {
        let close = |text: &str| match parse::<CustomerRequest>(text) {
            Ok(_) => None,
            Err(End::Close(close, _)) => Some(close),
            Err(End::Gone) => panic!("{text}"),
        };
        assert_eq!(close(r#"{"type":"hello","protocol":"baton.v9","shiny":1}"#), Some(Close::Version));
        assert_eq!(close(r#"{"type":"hello","protocol":"baton.v1","shiny":1}"#), Some(Close::Malformed));
        assert_eq!(close("{"), Some(Close::Malformed));
        assert_eq!(close(r#"{"type":"sing"}"#), Some(Close::Malformed));
        assert_eq!(close(r#"{"type":"say","text":"hello"}"#), None);
    }
}
