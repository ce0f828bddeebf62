//! What one shift leaves to the next: written by whoever goes, signed by whoever comes.
//!
//! A brief names conversations and reasons and no word of a customer, so that it may stand in the
//! journal for good; names are put beside the lines when it is read.

use serde::{Deserialize, Serialize};

use super::id::{ConversationId, Handle, OperatorName, PromiseId};
use super::time::Timestamp;

/// Lines of one brief: more is not read at the end of a shift.
pub const BRIEF_LINES_MAX: usize = 60;
/// Briefs the floor remembers; older ones are in the journal.
pub const BRIEFS_KEPT: usize = 20;

/// Why a conversation stands in a brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BriefReason {
    /// Whoever goes still holds it.
    Held,
    /// The customer was promised something that is open.
    Owed,
    /// The customer waits for a human.
    Waits,
    /// The customer's mood is low.
    Fragile,
}

impl BriefReason {
    /// In words.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Held => "still held",
            Self::Owed => "a promise is open",
            Self::Waits => "waits for a human",
            Self::Fragile => "fragile",
        }
    }
}

/// One conversation that whoever comes should know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefLine {
    /// Which.
    pub conversation: ConversationId,
    /// Its short name, which stays when the conversation is over.
    pub handle: Handle,
    /// Why.
    pub reasons: Vec<BriefReason>,
    /// What the customer is owed, and by when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<(PromiseId, Option<Timestamp>)>,
}

/// What changed since the brief before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BriefSums {
    /// Conversations opened.
    pub conversations: u64,
    /// Conversations resolved.
    pub resolved: u64,
    /// Handoffs between specialists.
    pub handoffs: u64,
    /// Requests for a human.
    pub escalations: u64,
    /// Drafts withheld.
    pub withheld: u64,
}

/// A brief as the floor remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Who wrote it.
    pub by: OperatorName,
    /// When.
    pub at: Timestamp,
    /// Since when its sums count: the brief before, or the floor's beginning.
    pub since: Timestamp,
    /// What changed since then.
    pub sums: BriefSums,
    /// What whoever comes should know of, the most pressing first.
    pub lines: Vec<BriefLine>,
    /// Who signed it, and when.
    pub signed: Option<(OperatorName, Timestamp)>,
}
