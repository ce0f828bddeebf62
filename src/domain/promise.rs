//! What customers are promised, and how a promise ends: kept, let go, or late and still owed.

use serde::{Deserialize, Serialize};

use super::id::{CallId, PromiseId, PromiseName};
use super::personal::Personal;
use super::text::Foreign;
use super::time::Timestamp;

/// Promises of one conversation that are open at once. A person is refused one more; when an agent has
/// promised one more, the oldest is let go by an event that says so.
pub const PROMISES_MAX: usize = 20;
/// Longest text of a promise: what is owed is said in a sentence.
pub const PROMISE_BYTES_MAX: usize = 500;

/// Something the customer was told will happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Which of the ledger; none before it stands there, and in records from before there was a ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PromiseId>,
    /// What the flow that made it calls it, so that another step can say that it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PromiseName>,
    /// What, in words.
    pub text: Personal<Foreign>,
    /// By when, if that was said.
    pub due: Option<Timestamp>,
}

/// What says that a promise is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// A person's word.
    Word,
    /// A tool that did what was promised.
    Tool(CallId),
}

/// Why a promise is owed no longer although it was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetGo {
    /// A supervisor waived it.
    Waived,
    /// More was promised than a conversation may owe; this was the oldest.
    Crowded,
    /// The customer wants it no longer.
    Unwanted,
    /// The incident behind it is over, and the customer was told.
    Moot,
    /// The customer was erased.
    Erased,
}
