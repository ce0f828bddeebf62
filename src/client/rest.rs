//! The few plain requests a client makes: mint a conversation, ask whether a server is there.

use std::time::Duration;

use serde::Deserialize;

use super::link::Address;
use crate::privacy::crypto::install_crypto;

/// Time for a request; the server answers from memory.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// The server was not reached, or broke off.
    #[error("cannot reach {address}: {reason}; `baton serve` starts a floor")]
    Unreachable {
        /// Which server.
        address: String,
        /// Why: the innermost cause.
        reason: String,
    },
    /// The server said no.
    #[error("{address} refused: {detail}")]
    Refused {
        /// Which server.
        address: String,
        /// In its words.
        detail: String,
    },
}

/// A conversation that the server has just made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Minted {
    /// Its public reference.
    pub conversation: String,
    /// What proves that it is ours; keep it secret.
    pub token: String,
}

/// Asks the server for a new conversation on `channel` (none: the built-in chat's).
pub async fn mint(address: &Address, channel: Option<&str>, identity: Option<&str>) -> Result<Minted, RestError> {
    let client = client(address, PATIENCE)?;
    let body = serde_json::json!({ "channel": channel, "identity": identity });
    let url = address.http("/v1/conversations");
    let response = client.post(url).json(&body).send().await.map_err(unreachable(address))?;
    if response.status().is_success() {
        return response.json().await.map_err(unreachable(address));
    }
    Err(refused(address, response).await)
}

/// A client for requests that may take so long.
pub(super) fn client(address: &Address, patience: Duration) -> Result<reqwest::Client, RestError> {
    install_crypto();
    reqwest::Client::builder().timeout(patience).build().map_err(unreachable(address))
}

pub(super) fn unreachable(address: &Address) -> impl Fn(reqwest::Error) -> RestError + '_ {
    move |error| RestError::Unreachable { address: address.to_string(), reason: causes(&error) }
}

/// What a server says that says no.
pub(super) async fn refused(address: &Address, response: reqwest::Response) -> RestError {
    let status = response.status();
    let detail = response
        .json::<serde_json::Value>()
        .await
        .ok()
        .and_then(|problem| Some(problem.get("detail")?.as_str()?.escape_debug().take(300).collect()))
        .unwrap_or_else(|| status.to_string());
    RestError::Refused { address: address.to_string(), detail }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        text = cause.to_string();
        inner = cause.source();
    }
    text
}
