//! The baton: the exclusive right to answer the customer.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{AgentName, ClaimId, Epoch, EscalationId, HandoffId, OfferId, OperatorName, QueueName};
use super::time::{Millis, Timestamp};

/// How long after a takeover the customer is told of the human although none has written yet.
pub const HANDOVER_GRACE: Millis = Millis::from_secs(10);

/// Who may answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// Nobody: before the first routing and after the end.
    #[default]
    Nobody,
    /// An AI specialist.
    Agent(AgentName),
    /// A human.
    Operator(OperatorName),
    /// A line in which the conversation waits for a human.
    Queue(QueueName),
}

impl Holder {
    /// The AI specialist, if one holds.
    pub const fn agent(&self) -> Option<&AgentName> {
        match self {
            Self::Agent(name) => Some(name),
            Self::Nobody | Self::Operator(_) | Self::Queue(_) => None,
        }
    }

    /// The human, if one holds.
    pub const fn operator(&self) -> Option<&OperatorName> {
        match self {
            Self::Operator(name) => Some(name),
            Self::Nobody | Self::Agent(_) | Self::Queue(_) => None,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.pad("nobody"),
            Self::Agent(name) => name.fmt(f),
            Self::Operator(name) => name.fmt(f),
            Self::Queue(name) => name.fmt(f),
        }
    }
}

/// Why the baton moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassReason {
    /// The first holder of a new or re-opened conversation.
    #[default]
    Opened,
    /// A handoff was accepted.
    Handoff(HandoffId),
    /// An operator took over.
    TakenOver,
    /// A takeover was undone before the customer heard of it.
    Undone,
    /// An operator gave it back to an agent.
    HandedBack,
    /// An operator moved it to somebody.
    Moved,
    /// A human was asked for; it waits.
    Escalated(EscalationId),
    /// An operator took an offer.
    OfferTaken(OfferId),
    /// A colleague asked for it, and the holder gave it.
    Given(ClaimId),
    /// The holder went away and did not come back within the grace time.
    HolderGone,
    /// The holder left the customer without an answer for too long; it waits for somebody else.
    LeftAlone(EscalationId),
    /// The customer waits for a human no longer.
    LineLeft,
    /// The holder's agent left the roster or kept failing.
    HolderFailed,
    /// The conversation ended.
    Ended,
}

/// Who holds, since when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Baton {
    /// Who may answer.
    pub holder: Holder,
    /// Rises by one at every pass.
    pub epoch: Epoch,
    /// When this holder got it.
    pub since: Timestamp,
    /// Why.
    pub reason: PassReason,
}
