//! One WebSocket to a server of ours: its address, TLS, dialling, sending, closing, back-off.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, Uri, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Error as WsError, Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::privacy::crypto::install_crypto;
use crate::protocol::limits::{Close, IDLE_MAX};

/// Largest frame taken from a server: a page of a long session, with room.
const FRAME_MAX: usize = 16 * 1024 * 1024;
/// Bytes read at once; a demo or a bench holds thousands of these.
const READ_BUFFER: usize = 16 * 1024;
/// Time for a connection with its handshakes; a dead address must not hold the retry.
const DIAL_PATIENCE: Duration = Duration::from_secs(10);
/// Time for one frame to leave; then the peer does not read.
const SEND_PATIENCE: Duration = Duration::from_secs(10);
/// First wait after a loss.
const WAIT_MIN: Duration = Duration::from_millis(100);
/// Longest wait: a server that is back is found within five seconds.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// A text that is not the address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a server's address; write it like http://127.0.0.1:7007 or https://chat.example.com")]
pub struct AddressError {
    /// What was given, shortened and with controls escaped.
    pub given: String,
}

/// Where a server is: scheme and authority, with a path before ours if a proxy puts one there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    secure: bool,
    rest: String,
}

impl Address {
    /// Reads `http`, `https`, `ws` or `wss` addresses. A query or a user part is refused: secrets
    /// do not belong in addresses.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError { given: text.escape_debug().take(80).collect() };
        let uri: Uri = text.trim().parse().map_err(|_| wrong())?;
        let secure = match uri.scheme_str() {
            Some("http" | "ws") => false,
            Some("https" | "wss") => true,
            Some(_) | None => return Err(wrong()),
        };
        let authority = uri.authority().filter(|a| !a.as_str().contains('@')).ok_or_else(wrong)?;
        if uri.query().is_some() {
            return Err(wrong());
        }
        Ok(Self { secure, rest: format!("{authority}{}", uri.path().trim_end_matches('/')) })
    }

    /// The address of a plain HTTP request.
    pub fn http(&self, path: &str) -> String {
        format!("{}://{}{path}", if self.secure { "https" } else { "http" }, self.rest)
    }

    /// The address of a WebSocket.
    pub fn ws(&self, path: &str) -> String {
        format!("{}://{}{path}", if self.secure { "wss" } else { "ws" }, self.rest)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.http(""))
    }
}

/// Why a connection is not there, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Down {
    /// It may come back.
    Lost(String),
    /// Coming again would not help.
    Final(String),
}

/// An open socket.
pub(super) struct Link {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// When the peer last said anything, a pong included.
    heard: Instant,
    /// The last error the server told of; a close code alone says less.
    pub(super) told: Option<String>,
}

impl Link {
    /// Connects to `url`, with a bearer token in a header if there is one.
    pub(super) async fn dial(url: &str, bearer: Option<&str>) -> Result<Self, Down> {
        install_crypto();
        let mut request = url.into_client_request().map_err(|e| Down::Final(e.to_string()))?;
        if let Some(token) = bearer {
            let value = HeaderValue::try_from(format!("Bearer {token}"))
                .map_err(|_| Down::Final("the token holds characters that no header takes".into()))?;
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .max_message_size(Some(FRAME_MAX))
            .max_frame_size(Some(FRAME_MAX));
        let dialling = connect_async_with_config(request, Some(config), true);
        match tokio::time::timeout(DIAL_PATIENCE, dialling).await {
            Ok(Ok((stream, _))) => Ok(Self { stream, heard: Instant::now(), told: None }),
            Ok(Err(error)) => Err(refused(error)),
            Err(_) => Err(Down::Lost(format!("no answer within {} s", DIAL_PATIENCE.as_secs()))),
        }
    }

    /// Sends one text frame.
    pub(super) async fn send(&mut self, text: String) -> Result<(), Down> {
        match tokio::time::timeout(SEND_PATIENCE, self.stream.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(refused(error)),
            Err(_) => Err(Down::Lost("the server does not read".into())),
        }
    }

    /// The next text frame. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Result<Utf8Bytes, Down> {
        let patience = Duration::from_millis(IDLE_MAX.0);
        loop {
            let Ok(frame) = tokio::time::timeout_at(self.heard + patience, self.stream.next()).await else {
                return Err(Down::Lost(format!("no sign of life for {} s", patience.as_secs())));
            };
            self.heard = Instant::now();
            match frame {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(frame))) => {
                    let (code, reason) = frame.map_or((1005, String::new()), |f| (f.code.into(), f.reason.to_string()));
                    return Err(closed(code, self.told.take().unwrap_or(reason)));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                Some(Err(error)) => return Err(refused(error)),
                None => return Err(Down::Lost("the server closed the connection".into())),
            }
        }
    }

    /// Asks for a sign of life.
    pub(super) async fn ping(&mut self) -> Result<(), Down> {
        self.stream.send(Message::Ping(Bytes::new())).await.map_err(refused)
    }

    /// Says good-bye; whether it arrives does not matter any more.
    pub(super) async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.stream.close(None)).await;
    }
}

fn closed(code: u16, reason: String) -> Down {
    let reason = if reason.is_empty() { format!("closed with code {code}") } else { reason };
    let hopeless = [Close::Malformed, Close::Unauthenticated, Close::Version, Close::Ended];
    if hopeless.iter().any(|close| close.code() == code) { Down::Final(reason) } else { Down::Lost(reason) }
}

fn refused(error: WsError) -> Down {
    let WsError::Http(response) = error else {
        return Down::Lost(error.to_string());
    };
    let status = response.status();
    let detail = response
        .body()
        .as_deref()
        .and_then(|body| serde_json::from_slice::<serde_json::Value>(body).ok())
        .and_then(|problem| Some(problem.get("detail")?.as_str()?.escape_debug().take(300).collect::<String>()))
        .unwrap_or_else(|| status.to_string());
    if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS && status != StatusCode::REQUEST_TIMEOUT {
        Down::Final(detail)
    } else {
        Down::Lost(detail)
    }
}

/// Waits that double up to [`WAIT_MAX`], each drawn from the upper half of its span, so that a
/// thousand clients of a restarted server do not come at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    attempt: u32,
}

impl Backoff {
    /// How many waits there were since the last success.
    pub(super) const fn attempt(&self) -> u32 {
        self.attempt
    }

    pub(super) fn reset(&mut self) {
        self.attempt = 0;
    }

    pub(super) fn next(&mut self) -> Duration {
        let mut draw = [0; 2];
        // Without randomness the clients come together, which is the lesser harm.
        let _ = getrandom::fill(&mut draw);
        let wait = self.span().mul_f64(0.5 + 0.5 * f64::from(u16::from_be_bytes(draw)) / f64::from(u16::MAX));
        self.attempt = self.attempt.saturating_add(1);
        wait
    }

    fn span(&self) -> Duration {
        WAIT_MIN.saturating_mul(1 << self.attempt.min(16)).min(WAIT_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_no_secret() {
        let plain = Address::parse("http://127.0.0.1:7007/").unwrap();
        assert_eq!(plain.ws("/v1/console"), "ws://127.0.0.1:7007/v1/console");
        let proxied = Address::parse("wss://example.com/support/").unwrap();
        assert_eq!(proxied.http("/healthz"), "https://example.com/support/healthz");
        for wrong in ["", "127.0.0.1:7007", "ftp://x", "http://me:secret@host", "https://host/?token=1"] {
            assert!(Address::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn waits_double_within_their_cap() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..12).map(|_| (backoff.span(), backoff.next())).collect();
        assert!(waits.iter().all(|(span, wait)| *wait <= *span && *wait >= *span / 2));
        assert_eq!(waits.first().unwrap().0, WAIT_MIN);
        assert_eq!(waits.last().unwrap().0, WAIT_MAX);
        backoff.reset();
        assert_eq!(backoff.span(), WAIT_MIN);
    }

    #[test]
    fn a_wrong_token_is_final_and_a_restart_is_not() {
        assert!(matches!(closed(Close::Unauthenticated.code(), String::new()), Down::Final(_)));
        assert!(matches!(closed(Close::GoingDown.code(), String::new()), Down::Lost(_)));
        assert!(matches!(closed(1006, String::new()), Down::Lost(_)));
    }
}
