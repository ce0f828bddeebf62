//! Flows an agent follows, and where a conversation stands in one.

use serde::{Deserialize, Serialize};

use super::id::{Digest, PlaybookName};

/// Which version of which flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookRef {
    /// The flow.
    pub name: PlaybookName,
    /// Digest of its text: a conversation finishes on the version it began with.
    pub version: Digest,
}

/// Flows put aside when the customer changed the subject; more than this nobody returns to.
pub const PAUSED_MAX: usize = 4;

/// Where an agent's flow stands. Holds no personal data: facts are slots.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FlowState {
    /// The flow being followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<FlowPosition>,
    /// Flows put aside, latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paused: Vec<FlowPosition>,
    /// Answers in a row that did not help.
    #[serde(default)]
    pub misses: u8,
}

/// A place in a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowPosition {
    /// Which flow.
    pub playbook: PlaybookRef,
    /// Index of the step that is next or waits.
    pub step: u16,
    /// Times this step was asked in vain.
    #[serde(default)]
    pub tries: u8,
    /// Whether the step has spoken and waits for what comes back.
    #[serde(default)]
    pub waiting: bool,
}
