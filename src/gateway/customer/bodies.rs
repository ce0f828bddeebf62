//! Bodies of the customer's plain requests and their answers; the OpenAPI document shows them.

use serde::{Deserialize, Serialize};

use crate::domain::id::{ChannelName, ClientKey, FileId, TurnNo};
use crate::domain::text::Foreign;
use crate::protocol::customer::{CustomerReply, Speaker};

/// A new conversation.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::gateway) struct Begin {
    /// The channel; that of the built-in page if none is named. A channel's token names its own.
    pub(in crate::gateway) channel: Option<ChannelName>,
    /// The integrator's own reference; only with a channel's token.
    pub(in crate::gateway) reference: Option<String>,
    /// A token signed by the embedding site that says who this is.
    pub(in crate::gateway) identity: Option<String>,
    /// What the customer wants to be called; proves nothing.
    pub(in crate::gateway) name: Option<Foreign>,
}

/// A conversation that was begun.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(in crate::gateway) struct Begun {
    /// The reference for `/v1/conversations/{ref}`.
    pub(in crate::gateway) conversation: String,
    /// What proves that it is yours, unless a channel's token does. Keep it secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::gateway) token: Option<String>,
}

/// Other words for a message.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::gateway) struct Edited {
    /// The words.
    pub(in crate::gateway) text: Foreign,
    /// The client's key, as with a message.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(in crate::gateway) key: Option<ClientKey>,
}

/// A message.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::gateway) struct Post {
    /// The words; with files there may be none.
    #[serde(default)]
    pub(in crate::gateway) text: Foreign,
    /// Files that were uploaded to this conversation before.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(in crate::gateway) files: Vec<FileId>,
    /// The client's key; the same key with the same text is stored once. `Idempotency-Key` is
    /// taken as well.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(in crate::gateway) key: Option<ClientKey>,
}

/// A message that is on disk.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(in crate::gateway) struct Posted {
    /// Its number.
    #[schemars(with = "u64")]
    pub(in crate::gateway) turn: TurnNo,
    /// The answer, if it was waited for and came in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::gateway) answer: Option<Answer>,
}

/// What an agent or a person answered.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(in crate::gateway) struct Answer {
    /// Its number.
    #[schemars(with = "u64")]
    pub(in crate::gateway) turn: TurnNo,
    /// Who.
    pub(in crate::gateway) author: Speaker,
    /// The words.
    pub(in crate::gateway) text: Foreign,
}

/// Messages after a turn, and where the conversation stands.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(in crate::gateway) struct Transcript {
    /// Messages and sentences of the house, in order.
    pub(in crate::gateway) messages: Vec<CustomerReply>,
    /// The newest turn.
    #[schemars(with = "u64")]
    pub(in crate::gateway) turn: TurnNo,
    /// Who answers now.
    pub(in crate::gateway) speaker: Speaker,
    /// Whether the conversation is over and may be rated.
    pub(in crate::gateway) resolved: bool,
}

/// A request with nothing but a key.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::gateway) struct Keyed {
    /// The client's key; the same key does it once.
    #[schemars(with = "Option<String>")]
    pub(in crate::gateway) key: Option<ClientKey>,
}

/// A rating.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::gateway) struct Rating {
    /// One to five.
    #[schemars(range(min = 1, max = 5))]
    pub(in crate::gateway) score: u8,
    /// A word beside it.
    #[serde(default)]
    pub(in crate::gateway) comment: Option<Foreign>,
    /// The client's key; the same key does it once.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(in crate::gateway) key: Option<ClientKey>,
}

/// Whether the customer types.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::gateway) struct TypingOn {
    /// Types, or has stopped.
    pub(in crate::gateway) on: bool,
}

/// Something was done and is on disk.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(in crate::gateway) struct Done {
    /// Always true: what is not done is a problem.
    pub(in crate::gateway) done: bool,
}
