//! A remote agent by WebSocket: one socket a question. The question is one text frame, and each frame that
//! comes back is one event, as its HTTP twin sends them; whoever has answered is hung up on.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::net::TcpStream;
use tokio::time::{timeout, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::line::{Fault, failure_of, wanted_pause};
use crate::domain::model::ModelFailure;

/// Longest frame in bytes, and longest event of several: as long as the longest event of a stream over HTTP.
const FRAME_MAX: usize = 256 * 1024;
/// How long a farewell may take; whether it arrives does not matter any more.
const FAREWELL: Duration = Duration::from_millis(200);

/// An open socket.
pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and shakes hands, with these headers, within `patience`.
    ///
    /// # Errors
    /// There is no socket: what the server said instead, or that it said nothing in time.
    pub(super) async fn open(url: &str, headers: HeaderMap, patience: Duration) -> Result<Self, Fault> {
        let mut request = url.into_client_request().map_err(|_| ModelFailure::Unreachable)?;
        request.headers_mut().extend(headers);
        let config = WebSocketConfig::default().max_message_size(Some(FRAME_MAX)).max_frame_size(Some(FRAME_MAX));
        let dialling = connect_async_with_config(request, Some(config), true);
        let opened = timeout(patience, dialling).await.map_err(|_| ModelFailure::Unreachable)?;
        Ok(Self(opened.map_err(refused)?.0))
    }

    /// Asks, as one text frame.
    ///
    /// # Errors
    /// It could not be sent, or not by then.
    pub(super) async fn ask(&mut self, question: &[u8], until: Instant) -> Result<(), ModelFailure> {
        let sending = self.0.send(Message::text(String::from_utf8_lossy(question).into_owned()));
        timeout_at(until.into(), sending).await.map_err(|_| ModelFailure::TimedOut)?.map_err(|error| broken(&error))
    }

    /// The next event; nothing when the other side has hung up. A sign of life is no event: it buys no time.
    ///
    /// # Errors
    /// There was none by then, it is none, or the socket broke.
    pub(super) async fn next(&mut self, until: Instant) -> Result<Option<Utf8Bytes>, ModelFailure> {
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(Some(text)),
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                    Some(Ok(Message::Binary(_))) => return Err(ModelFailure::NotAsAgreed),
                    Some(Ok(Message::Close(_))) | None => return Ok(None),
                    Some(Err(error)) => return Err(broken(&error)),
                }
            }
        };
        timeout_at(until.into(), next).await.map_err(|_| ModelFailure::TimedOut)?
    }

    /// Hangs up.
    pub(super) async fn close(mut self) {
        let _ = timeout(FAREWELL, self.0.close(None)).await;
    }
}

/// Why there is no socket.
fn refused(error: WsError) -> Fault {
    let WsError::Http(response) = error else { return ModelFailure::Unreachable.into() };
    Fault(failure_of(response.status()), wanted_pause(response.headers().get(RETRY_AFTER)))
}

/// How a socket broke: what is no frame, no text or too long was not agreed; anything else is the line's.
fn broken(error: &WsError) -> ModelFailure {
    let agreed = match error {
        WsError::Protocol(fault) => *fault == ProtocolError::ResetWithoutClosingHandshake,
        WsError::Capacity(_) | WsError::Utf8(_) => false,
        WsError::ConnectionClosed
        | WsError::AlreadyClosed
        | WsError::Io(_)
        | WsError::Tls(_)
        | WsError::WriteBufferFull(_)
        | WsError::AttackAttempt
        | WsError::Url(_)
        | WsError::Http(_)
        | WsError::HttpFormat(_) => true,
    };
    if agreed { ModelFailure::BrokeOff } else { ModelFailure::NotAsAgreed }
}
