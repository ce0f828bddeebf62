//! Putting a conversation to sleep until something can be done about it.

use serde::{Deserialize, Serialize};

use super::id::OperatorName;
use super::time::{Millis, Timestamp};

/// The longest sleep: a delivery, an answer of a bank and a holiday fit; what takes longer is another matter.
pub const SNOOZE_MAX: Millis = Millis::from_hours(30 * 24);
/// Longest reason beside it: a line of the screen.
pub const SNOOZE_REASON_BYTES_MAX: usize = 200;

/// Why a conversation woke up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WakeReason {
    /// The time had come.
    Time,
    /// The customer said something.
    Customer,
    /// A person woke it, or did what only somebody awake can do.
    Operator(OperatorName),
}

/// A request for a human that slept with its conversation: the open time that was left is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallAgain {
    /// By when a human should be there.
    pub due: Timestamp,
    /// Where it stands in its line.
    pub rank: Timestamp,
    /// When everybody is asked again, if a round had ended.
    pub again_at: Option<Timestamp>,
    /// When it is over although nobody came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}
