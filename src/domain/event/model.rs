//! Calls of language models: what they cost, and how they ended.

use crate::domain::id::{AgentName, CompositionId, ConversationId};
use crate::domain::model::{BudgetOf, ModelCall};

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
    }
}
