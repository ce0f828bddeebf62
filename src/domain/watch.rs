//! Keeping an eye on a conversation, and being called when something happens in it.

use serde::{Deserialize, Serialize};

use super::score::Score;

/// Conversations that one operator watches at once: a list that somebody can still read.
pub const WATCHES_MAX: usize = 30;

/// When whoever watches is called; once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchFor {
    /// The customer says something.
    CustomerSpeaks,
    /// The mood after a word of the customer is below this.
    MoodBelow(Score),
    /// A tool fails, or nobody knows how it ended.
    ToolFails,
    /// A clock warns or is breached.
    ClockWarns,
    /// A human is called for.
    HumanAsked,
}

impl WatchFor {
    /// What happened, in two or three words.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CustomerSpeaks => "customer speaks",
            Self::MoodBelow(_) => "mood is low",
            Self::ToolFails => "tool fails",
            Self::ClockWarns => "clock warns",
            Self::HumanAsked => "wants a human",
        }
    }
}

/// Something that may call whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The customer said something.
    CustomerSpoke,
    /// A tool failed.
    ToolFailed,
    /// A clock warned or was breached.
    ClockWarned,
    /// A human was called for.
    HumanAsked,
}
