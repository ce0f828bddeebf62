//! How a conversation came out; who is credited is fixed at the time of the act.

use serde::{Deserialize, Serialize};

use super::baton::Holder;
use super::conversation::Disposition;

/// What is known of the end of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended, once it did.
    pub disposition: Option<Disposition>,
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
}
