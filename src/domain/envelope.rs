//! What the journal is made of: one event with who, when and why.

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::id::{AgentName, ClientKey, CustomerId, Digest, FloorName, OperatorName, Seq};
use super::time::Timestamp;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The customer of the conversation.
    Customer(CustomerId),
    /// An AI specialist.
    Agent(AgentName),
    /// A human of the floor.
    Operator(OperatorName),
    /// The floor itself: timers, routing, recovery, fixed sentences.
    Floor,
}

/// The key a command came with and what it asked, so that a retry is told from a reuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// The client's key.
    pub key: ClientKey,
    /// Digest of the command's body.
    pub body: Digest,
}

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The floor it happened on.
    pub floor: FloorName,
    /// Its position; gapless, beginning at 1.
    pub seq: Seq,
    /// When it happened on the floor's clock; never decreases.
    pub at: Timestamp,
    /// Who acted.
    pub actor: Actor,
    /// The entry that led to it, when an effect of that entry did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Seq>,
    /// The key of the command, on the command's first entry only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyUse>,
    /// The customer whose data the event holds; their key seals its personal parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<CustomerId>,
    /// What happened.
    pub event: Event,
}
