//! Claims on what a colleague holds.

use crate::domain::claim::ClaimEnd;
use crate::domain::id::{ClaimId, ConversationId, OperatorName};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

super::family! {
    /// Claims on what a colleague holds.
    ClaimEvent, "claim", conversation;
    /// Somebody asks the holder for the conversation.
    Asked = "asked" {
        /// Where.
        conversation: ConversationId,
        /// Which claim.
        claim: ClaimId,
        /// Who asks.
        by: OperatorName,
        /// Whom.
        from: OperatorName,
        /// Until when the holder may answer.
        until: Timestamp,
        /// What they say beside it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Personal<Foreign>>,
    }
    /// The claim is over, in one way.
    Settled = "settled" {
        /// Where.
        conversation: ConversationId,
        /// Which claim.
        claim: ClaimId,
        /// Who asked.
        by: OperatorName,
        /// Whom.
        from: OperatorName,
        /// How it ended.
        end: ClaimEnd,
    }
    /// A supervisor takes it without asking; the colleague reads why.
    Taken = "taken" {
        /// Where.
        conversation: ConversationId,
        /// Who takes it.
        by: OperatorName,
        /// From whom.
        from: OperatorName,
        /// Why.
        reason: Personal<Foreign>,
    }
}
