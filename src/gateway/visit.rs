//! What a request for one conversation brings: reference, caller, origin, key, patience.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::app::App;
use super::identity;
use super::origin::Origin;
use super::problem::Problem;
use crate::domain::id::{ChannelName, ClientKey, ConversationId};
use crate::protocol::limits::{CUSTOMER_FRAME_MAX, WAIT_MAX};

/// Longest reference of an integrator: a UUID, a ticket number, an e-mail's message id.
const REFERENCE_BYTES_MAX: usize = 200;
/// Time for a body; 64 KB come over any line that a conversation can be held on.
const BODY_PATIENCE: Duration = Duration::from_secs(20);
/// The header with a token of identity.
const IDENTITY_HEADER: &str = "baton-identity";
/// The header with the client's key.
const KEY_HEADER: &str = "idempotency-key";

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Caller {
    /// An integrator with a channel's token; references are their own.
    Channel(ChannelName),
    /// A customer with the token of one conversation.
    Conversation(ChannelName, ConversationId),
}

impl Caller {
    pub(super) fn channel(&self) -> &ChannelName {
        match self {
            Self::Channel(channel) | Self::Conversation(channel, _) => channel,
        }
    }
}

/// A request for one conversation.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) reference: String,
    /// None if there was no `Authorization`; a wrong one never gets here.
    pub(super) caller: Option<Caller>,
    pub(super) origin: Origin,
    pub(super) identity: Option<String>,
    pub(super) key: Option<ClientKey>,
    /// How long the response may be held.
    pub(super) wait: Option<Duration>,
}

impl Visit {
    /// The caller, or the problem that there is none.
    pub(super) fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().ok_or_else(Problem::unauthenticated)
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Path(mut path) =
            Path::<HashMap<String, String>>::from_request_parts(parts, app).await.map_err(|_| bad_reference())?;
        let reference = path.remove("ref").unwrap_or_default();
        if !(1..=REFERENCE_BYTES_MAX).contains(&reference.len()) || reference.chars().any(char::is_control) {
            return Err(bad_reference());
        }
        let headers = &parts.headers;
        let caller = match bearer(headers)? {
            Some(token) => Some(caller(app, token, &reference).ok_or_else(Problem::unauthenticated)?),
            None => None,
        };
        let origin = origin(app, parts);
        if let Some(caller) = &caller {
            admit(app, &origin, caller.channel())?;
        }
        let key = text(headers, KEY_HEADER)
            // The draft of the header has the key in quotes; most clients send it bare.
            .map(|key| key.trim_matches('"').parse())
            .transpose()
            .map_err(|e: crate::domain::id::IdError| Problem::new(StatusCode::BAD_REQUEST, "bad_key", e.to_string()))?;
        let wait = text(headers, "prefer").and_then(wait);
        let identity = text(headers, IDENTITY_HEADER).map(str::to_owned);
        Ok(Self { reference, caller, origin, identity, key, wait })
    }
}

/// Reads a token: the conversation's own, or a channel's.
fn caller(app: &App, token: &str, reference: &str) -> Option<Caller> {
    if let Ok(id) = reference.parse::<ConversationId>()
        && let Some(channel) = identity::channel_of(&app.floor, token, id)
    {
        return Some(Caller::Conversation(channel, id));
    }
    app.floor.channel_for_token(token).map(Caller::Channel)
}

/// Turns down a page that the channel does not list.
pub(super) fn admit(app: &App, origin: &Origin, channel: &ChannelName) -> Result<(), Problem> {
    match origin {
        Origin::Absent | Origin::Same => Ok(()),
        Origin::Foreign(_) => {
            let access = app.floor.channel(channel);
            let listed = access.is_some_and(|access| origin.is_among(&access.origins));
            if listed { Ok(()) } else { Err(Problem::foreign_origin()) }
        }
    }
}

/// Which page asks.
pub(super) fn origin(app: &App, parts: &Parts) -> Origin {
    let host = host(parts).unwrap_or_default();
    match parts.headers.get(header::ORIGIN) {
        None => Origin::Absent,
        // What is not text is on no list.
        Some(value) => app.hosts.origin(Some(value.to_str().unwrap_or("?")), host),
    }
}

/// The host that the client meant.
pub(super) fn host(parts: &Parts) -> Option<&str> {
    match parts.headers.get(header::HOST) {
        Some(host) => host.to_str().ok(),
        None => parts.uri.authority().map(axum::http::uri::Authority::as_str),
    }
}

/// The token of an `Authorization: Bearer`; another scheme is a fault, none is none.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Problem::unauthenticated())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(Problem::unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(Problem::unauthenticated());
    }
    Ok(Some(token.trim()))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The seconds of `Prefer: wait=N` (RFC 7240), at most [`WAIT_MAX`].
fn wait(prefer: &str) -> Option<Duration> {
    let preferences = prefer.split([',', ';']).map(str::trim);
    let seconds = preferences.filter_map(|p| p.split_once('=')).find(|(name, _)| name.trim() == "wait")?.1;
    let seconds: u64 = seconds.trim().trim_matches('"').parse().ok()?;
    Some(Duration::from_secs(seconds).min(Duration::from_millis(WAIT_MAX.0)))
}

fn bad_reference() -> Problem {
    let detail = format!("a reference is 1 to {REFERENCE_BYTES_MAX} bytes of UTF-8 without controls");
    Problem::new(StatusCode::BAD_REQUEST, "bad_reference", detail)
}

/// A JSON body of at most [`CUSTOMER_FRAME_MAX`] bytes; an empty one stands for `{}`.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Problem> {
        let kind = text(request.headers(), "content-type").unwrap_or_default();
        // A page of another site cannot send this type without asking first.
        let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        let reading = axum::body::to_bytes(request.into_body(), CUSTOMER_FRAME_MAX);
        let Ok(bytes) = tokio::time::timeout(BODY_PATIENCE, reading).await else {
            let detail = format!("the body did not come within {} s", BODY_PATIENCE.as_secs());
            return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail));
        };
        let bytes = bytes.map_err(|_| {
            let detail = format!("a body has at most {CUSTOMER_FRAME_MAX} bytes; send the text in parts");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
        })?;
        if !is_json && !bytes.is_empty() {
            let detail = "send the body as `Content-Type: application/json`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
        }
        let bytes = if bytes.is_empty() { b"{}".as_slice() } else { &bytes };
        let body = serde_json::from_slice(bytes)
            .map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "malformed", format!("the body does not fit: {e}")))?;
        Ok(Self(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_is_read_and_capped() {
        assert_eq!(wait("wait=10"), Some(Duration::from_secs(10)));
        assert_eq!(wait("respond-async, wait=3"), Some(Duration::from_secs(3)));
        assert_eq!(wait("wait=100000"), Some(Duration::from_millis(WAIT_MAX.0)));
        assert_eq!(wait("wait=-1"), None);
        assert_eq!(wait("waiting=3"), None);
    }

    #[test]
    fn a_token_comes_as_bearer_or_not_at_all() {
        let read = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            bearer(&headers).map(|token| token.map(str::to_owned))
        };
        assert_eq!(read("Bearer abc").unwrap().as_deref(), Some("abc"));
        assert_eq!(read("bearer abc").unwrap().as_deref(), Some("abc"));
        assert!(read("Basic abc").is_err());
        assert!(read("Bearer ").is_err());
        assert_eq!(bearer(&HeaderMap::new()).unwrap(), None);
    }
}
