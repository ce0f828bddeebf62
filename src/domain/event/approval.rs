//! Questions that wait for a person.

use super::WithheldReason;
use crate::domain::approval::{Verdict, WaitingCall};
use crate::domain::id::{AgentName, ApprovalId, CompositionId, ConversationId, Epoch, OperatorName, ToolName};
use crate::domain::money::Money;
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolCall;

super::family! {
    /// Questions that wait for a person.
    ApprovalEvent, "approval", conversation;
    /// A call waits for a person.
    Asked = "asked" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        approval: ApprovalId,
        /// By whom.
        agent: AgentName,
        /// Under which epoch.
        epoch: Epoch,
        /// In which attempt to answer.
        composition: CompositionId,
        /// Which tool.
        tool: ToolName,
        /// What would be done.
        waiting: Box<WaitingCall>,
        /// When the answer becomes no by itself.
        expires: Timestamp,
    }
    /// One person said yes and a second one has to; what they said yes to is what waits from now on.
    Endorsed = "endorsed" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        approval: ApprovalId,
        /// By whom.
        by: OperatorName,
        /// The call that person said yes to: as it was asked, or for less.
        ask: Personal<ToolCall>,
        /// The amount of it.
        amount: Option<Money>,
    }
    /// It was settled, once.
    Settled = "settled" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        approval: ApprovalId,
        /// How.
        verdict: Verdict,
        /// By whom, if a person did.
        by: Option<OperatorName>,
        /// Why, for the record.
        reason: Option<Personal<Foreign>>,
        /// The call that was allowed, when it is another than was asked: for less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ask: Option<Personal<ToolCall>>,
        /// What overtook it, when nobody had to decide it any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overtaken: Option<WithheldReason>,
    }
}
