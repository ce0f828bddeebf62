//! Circles that were seen and broken, a kind each.

use crate::domain::circle::Break;
use crate::domain::id::{AgentName, CompositionId, ConversationId, SlotName, ToolName};
use crate::domain::personal::Personal;
use crate::domain::tool::ToolCall;

super::family! {
    /// Circles that were seen and broken.
    CircleEvent, "circle", conversation;
    /// The baton would have come back, or moved once too often for one message.
    Handoffs = "handoffs" {
        /// Where.
        conversation: ConversationId,
        /// Who had it since the customer spoke, and last to whom it would have gone.
        path: Vec<AgentName>,
        /// What follows.
        then: Break,
    }
    /// The customer would have been asked again for what they gave, or for what they did not give often enough.
    Question = "question" {
        /// Where.
        conversation: ConversationId,
        /// In which attempt; its words do not go out.
        composition: CompositionId,
        /// By whom.
        agent: AgentName,
        /// For what.
        slot: SlotName,
        /// How often they were asked; none when it is known.
        times: u8,
        /// What follows.
        then: Break,
    }
    /// A tool that reads would have been called again for what it has said.
    Call = "call" {
        /// Where.
        conversation: ConversationId,
        /// In which attempt.
        composition: CompositionId,
        /// By whom.
        agent: AgentName,
        /// Which tool.
        tool: ToolName,
        /// With what.
        ask: Personal<ToolCall>,
        /// How often it said the same.
        times: u8,
        /// What follows.
        then: Break,
    }
}
