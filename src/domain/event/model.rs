//! Calls of language models: what they cost, and how they ended.

use crate::domain::candidate::{Made, Side};
use crate::domain::id::{AgentName, CompositionId, ConversationId};
use crate::domain::model::{BudgetOf, ModelCall};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;

super::family! {
    /// Calls of language models.
    ModelEvent, "model", conversation;
    /// One ended, with an answer or without. It is recorded also when nobody waited for it any more.
    Called = "called" {
        /// For which conversation.
        conversation: ConversationId,
        /// For which attempt to answer.
        composition: CompositionId,
        /// By whom.
        agent: AgentName,
        /// What was called, how it ended, what it cost.
        call: ModelCall,
        /// Whose money for the day is spent with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spent: Option<BudgetOf>,
        /// For which self of the agent.
        #[serde(default, skip_serializing_if = "Side::is_own")]
        side: Side,
    }
    /// A self of an agent made its first move for a message for which the other one was asked too. What a
    /// candidate does happens in this entry alone.
    Moved = "moved" {
        /// For which conversation.
        conversation: ConversationId,
        /// For which attempt to answer.
        composition: CompositionId,
        /// Whose.
        agent: AgentName,
        /// Which self.
        side: Side,
        /// The move.
        made: Made,
        /// The candidate's words, if it had any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Personal<Foreign>>,
    }
}
