//! Tool calls of one conversation: what waits for a person, what is under way, what came back.

use serde::{Deserialize, Serialize};

use crate::domain::approval::{Announcement, WaitingCall};
use crate::domain::event::CallEnd;
use crate::domain::id::{AgentName, CallId, CompositionId, Epoch, OperatorName, ToolName};
use crate::domain::money::Money;
use crate::domain::personal::Personal;
use crate::domain::time::Timestamp;
use crate::domain::tool::{ToolCall, ToolOutcome};
use crate::orchestrator::spending::Day;

/// A question that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who asks.
    pub agent: AgentName,
    /// Under which epoch.
    pub epoch: Epoch,
    /// In which attempt to answer.
    pub composition: CompositionId,
    /// Which tool.
    pub tool: ToolName,
    /// What would be done.
    pub waiting: Box<WaitingCall>,
    /// The first of two people who said yes.
    pub endorsed: Option<OperatorName>,
    /// Since when.
    pub since: Timestamp,
    /// When the answer becomes no by itself.
    pub expires: Timestamp,
}

/// A tool call that has not come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// By whom.
    pub agent: AgentName,
    /// Under which epoch.
    pub epoch: Epoch,
    /// In which attempt to answer.
    pub composition: CompositionId,
    /// Which tool.
    pub tool: ToolName,
    /// With what.
    pub ask: Personal<ToolCall>,
    /// Whether it changes something outside.
    pub side_effect: bool,
    /// The amount.
    pub amount: Option<Money>,
    /// Whether it was about to act.
    pub started: bool,
    /// Attempts that failed.
    pub attempts: u8,
    /// When the next attempt begins.
    pub retry_at: Option<Timestamp>,
    /// Words that go out with its success or not at all.
    pub draft: Option<Announcement>,
    /// On which day its amount was counted.
    pub counted: Option<Day>,
    /// How often the receiver was asked whether it happened.
    pub asked: u8,
    /// When the receiver is asked next.
    pub ask_at: Option<Timestamp>,
    /// Whether the receiver is being asked right now.
    pub reconciling: bool,
}

/// What a tool gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolResult {
    /// Which call.
    pub call: CallId,
    /// Which tool.
    pub tool: ToolName,
    /// With what.
    pub ask: Personal<ToolCall>,
    /// How it ended.
    pub end: CallEnd,
    /// What it gave.
    pub outcome: Personal<ToolOutcome>,
    /// When.
    pub at: Timestamp,
}
