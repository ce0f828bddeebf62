//! How a conversation came out; who is credited is fixed at the time of the act.

use serde::{Deserialize, Serialize};

use super::baton::Holder;
use super::clock::ActorTimes;
use super::conversation::Disposition;
use super::id::DispositionName;

/// What is known of the end of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended, once it did.
    pub disposition: Option<Disposition>,
    /// In the deployment's word, once somebody said so.
    #[serde(default)]
    pub named: Option<DispositionName>,
    /// One to five, once rated.
    pub rating: Option<u8>,
    /// Who held the baton when it was resolved.
    pub credited: Holder,
    /// Passes of the baton between specialists.
    pub handoffs: u16,
    /// Times a human was asked for.
    pub escalations: u16,
    /// Times it was re-opened.
    pub reopened: u16,
    /// How long each actor had it.
    #[serde(default)]
    pub spent: ActorTimes,
    /// Whether the first contact was enough: fixed when it is resolved, taken back by a re-opening.
    #[serde(default)]
    pub first_contact: bool,
}
