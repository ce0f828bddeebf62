//! Tool calls: pending, started, done, failed, or unknown.

use crate::domain::approval::Announcement;
use crate::domain::id::{AgentName, ApprovalId, CallId, CompositionId, ConversationId, Epoch, ToolName};
use crate::domain::money::Money;
use crate::domain::personal::Personal;
use crate::domain::time::Timestamp;
use crate::domain::tool::{ToolCall, ToolOutcome, ToolRefusal};

/// How a call ended, without what it returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
    /// It worked.
    Done,
    /// It said no.
    Declined,
    /// It failed after all attempts.
    Failed,
    /// Nobody knows whether it happened.
    Unknown,
    /// The rules did not allow it.
    Refused,
}

super::family! {
    /// Tool calls.
    ToolEvent, "tool", conversation;
    /// The rules allowed a call; it is to be made.
    Called = "called" {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
        /// By whom.
        agent: AgentName,
        /// Under which epoch.
        epoch: Epoch,
        /// In which attempt to answer.
        composition: CompositionId,
        /// Which tool.
        tool: ToolName,
        /// With what.
        ask: Personal<ToolCall>,
        /// Whether it changes something outside.
        side_effect: bool,
        /// The amount, if it is about money.
        amount: Option<Money>,
        /// The approval it rests on, if it needed one.
        approval: Option<ApprovalId>,
        /// Words that announce what it does: they go out with its success or not at all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        draft: Option<Announcement>,
    }
    /// It is about to act; after a crash the outcome is unknown unless the receiver takes our key.
    Started = "started" {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
    }
    /// It came back.
    Returned = "returned" {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
        /// How it ended.
        end: CallEnd,
        /// What it gave.
        outcome: Personal<ToolOutcome>,
        /// Money that went to the customer by it.
        paid: Option<Money>,
    }
    /// An attempt failed; another will be made.
    AttemptFailed = "attempt_failed" {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
        /// The attempt that failed, from 1.
        attempt: u8,
        /// When the next one begins.
        retry_at: Timestamp,
    }
    /// The next attempt begins.
    Retried = "retried" {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
    }
    /// Nobody knows whether it happened. It is not made again; the receiver is asked by our key.
    Unsettled = "unsettled" {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
        /// How often the receiver was asked so far.
        asked: u8,
        /// When it is asked.
        ask_at: Timestamp,
    }
    /// The receiver is being asked whether it happened.
    Reconciling = "reconciling" {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
    }
    /// The rules did not allow a call.
    Refused = "refused" {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
        /// By whom it was asked.
        agent: AgentName,
        /// In which attempt to answer.
        composition: CompositionId,
        /// Which tool.
        tool: ToolName,
        /// With what.
        ask: Personal<ToolCall>,
        /// Why not.
        refusal: ToolRefusal,
    }
}
