//! What makes a need press.

use serde::{Deserialize, Serialize};

/// A term of the harm of not looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HarmTerm {
    /// How grave the reason is.
    Severity,
    /// How near, or past, the due time is.
    Due,
    /// How low the mood is, and falling.
    Mood,
    /// The customer's tier.
    Tier,
    /// Something irreversible waits.
    Irreversible,
    /// A colleague is on it.
    Colleague,
    /// What a person said of how much it presses.
    Priority,
    /// How likely a human is needed in the next turns.
    Likely,
}
