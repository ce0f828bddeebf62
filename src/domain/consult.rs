//! One specialist asks another without passing the baton.
//!
//! The one who is asked composes nothing for the customer and can ask nobody in turn: all it gives back
//! is [`Advice`], so a consultation is never more than one deep.

use serde::{Deserialize, Serialize};

use super::id::{AgentName, Digest};
use super::knowledge::Citation;
use super::text::Foreign;
use super::time::{Millis, Timestamp};

/// Questions to others for one message of the customer: who needs more should pass the baton.
pub const CONSULTS_MAX: u8 = 2;
/// How long the customer's answer waits for another's advice; then it is given without.
pub const CONSULT_PATIENCE: Millis = Millis::from_secs(10);

/// What another specialist is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// By whom.
    pub by: AgentName,
    /// Who is asked.
    pub whom: AgentName,
    /// What.
    pub question: Foreign,
    /// When: what articles said at that time.
    pub at: Timestamp,
    /// On which edition of the deployment; none is the one in force.
    pub edition: Option<Digest>,
}

/// What another specialist knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// In words, for whoever asked.
    pub text: Foreign,
    /// Where it stands, as people call the place.
    pub title: Foreign,
    /// What it rests on.
    #[serde(default)]
    pub citations: Vec<Citation>,
}

/// Why there is no advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAdvice {
    /// The deployment does not let this agent ask that one.
    NotAllowed,
    /// It asked often enough for this message.
    TooOften,
    /// Who is asked is stopped.
    Stopped,
    /// Who is asked does not know.
    Unknown,
    /// Nothing came in time.
    Lapsed,
}

impl NoAdvice {
    /// Why, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotAllowed => "it may not ask that one",
            Self::TooOften => "it asked often enough for this message",
            Self::Stopped => "that one is stopped",
            Self::Unknown => "that one does not know",
            Self::Lapsed => "no answer in time",
        }
    }
}
