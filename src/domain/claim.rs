//! Asking a colleague for the conversation they hold.

use serde::{Deserialize, Serialize};

use super::time::Millis;

/// How long a colleague may look at the question; like an offer, it is answered within seconds or not at all.
pub const CLAIM_PATIENCE: Millis = Millis::from_secs(20);
/// Longest note beside the question and longest reason of a takeover, in bytes: two lines of a card.
pub const CLAIM_WORDS_MAX: usize = 400;

/// How a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimEnd {
    /// The holder gave the conversation.
    Given,
    /// The holder keeps it.
    Declined,
    /// The holder did not answer in time, and keeps it.
    Lapsed,
    /// The conversation went to somebody else or ended meanwhile.
    Withdrawn,
}
