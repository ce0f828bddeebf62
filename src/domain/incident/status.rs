//! How parts of the house do, in the house's own words.

use serde::{Deserialize, Serialize};

use crate::domain::id::{ComponentName, IncidentId, OperatorName};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

/// Longest status: what fits an answer beside other things.
pub const STATUS_BYTES_MAX: usize = 280;
/// Status lines at once: a house of which more is down needs another page.
pub const STATUS_LINES_MAX: usize = 20;

/// How a part of the house does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentState {
    /// It works.
    Up,
    /// It works badly.
    Degraded,
    /// It does not work.
    Down,
}

impl ComponentState {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

/// What the house says of one of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusLine {
    /// Of which.
    pub component: ComponentName,
    /// How it does.
    pub state: ComponentState,
    /// What customers are told.
    pub text: Foreign,
    /// Who said so.
    pub by: OperatorName,
    /// When.
    pub since: Timestamp,
    /// The incident with which it ends.
    pub incident: Option<IncidentId>,
}
