//! Passes between specialists: offered, then accepted, declined or lapsed.

use crate::domain::handoff::{ContextPack, DeclineReason, Omission, Receipt};
use crate::domain::id::{AgentName, ConversationId, HandoffId};
use crate::domain::time::Timestamp;

super::family! {
    /// Passes between specialists.
    HandoffEvent, "handoff", conversation;
    /// One was offered the baton.
    Offered = "offered" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        handoff: HandoffId,
        /// By whom.
        from: AgentName,
        /// To whom.
        to: AgentName,
        /// What is handed over.
        pack: Box<ContextPack>,
        /// Until when it may be accepted.
        until: Timestamp,
    }
    /// It was accepted; the receipt was compared with the pack.
    Accepted = "accepted" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        handoff: HandoffId,
        /// What was understood.
        receipt: Receipt,
        /// What was left out.
        omissions: Vec<Omission>,
    }
    /// It did not come about.
    Declined = "declined" {
        /// Where.
        conversation: ConversationId,
        /// Which; none when it was refused before it was offered.
        handoff: Option<HandoffId>,
        /// By whom; none in records from before this was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<AgentName>,
        /// To whom it would have gone.
        to: AgentName,
        /// Why.
        reason: DeclineReason,
    }
    /// Nobody answered in time.
    Lapsed = "lapsed" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        handoff: HandoffId,
    }
}
