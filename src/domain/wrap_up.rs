//! What is left to do for whoever had a conversation when it ended: say how it came out, fill in what
//! the line asks for. The customer has nothing to do with it.

use serde::{Deserialize, Serialize};

use super::conversation::Disposition;
use super::id::DispositionName;

/// Facts that one wrap-up fills in: more is a form, and belongs behind a tool.
pub const WRAP_UP_FIELDS_MAX: usize = 20;

/// The name under which a line asks for the words that colleagues read.
pub const NOTE_FIELD: &str = "note";

/// A way to end that a deployment names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DispositionSpec {
    /// Its name.
    pub name: DispositionName,
    /// What it counts as.
    pub means: Disposition,
}

/// Why a wrap-up ended before anybody said how the conversation came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrapUpCut {
    /// The customer came back: it is not over.
    Reopened,
    /// The conversation is over for good.
    Closed,
}
