//! What guardrails found, and what followed.

use crate::domain::data::DataClass;
use crate::domain::guard::{Finding, GuardAction, Taint};
use crate::domain::id::{AgentName, CallId, CompositionId, ConversationId, SlotName, TurnNo};

super::family! {
    /// What guardrails found, and what followed.
    GuardEvent, "guard", conversation;
    /// Something in what came from outside: a customer's words, what a tool gave.
    Read = "read" {
        /// Where.
        conversation: ConversationId,
        /// In which message, if it was one.
        turn: Option<TurnNo>,
        /// In what which call gave, if it was one.
        call: Option<CallId>,
        /// What.
        findings: Vec<Finding>,
        /// What follows.
        then: GuardAction,
    }
    /// From now on a model that answers here acts and pays only with a person's word.
    Tainted = "tainted" {
        /// Where.
        conversation: ConversationId,
        /// Why.
        by: Taint,
    }
    /// Facts of these classes pass from one agent to another, and some stay behind.
    Crossed = "crossed" {
        /// Where.
        conversation: ConversationId,
        /// From whom.
        from: AgentName,
        /// To whom.
        to: AgentName,
        /// Classes that pass, `general` apart.
        classes: Vec<DataClass>,
        /// Facts that stay behind.
        withheld: Vec<SlotName>,
    }
    /// Something in an agent's move. Unless it is noted only, nothing of the move has happened.
    Caught = "caught" {
        /// Where.
        conversation: ConversationId,
        /// In which attempt.
        composition: CompositionId,
        /// Whose.
        agent: AgentName,
        /// What.
        findings: Vec<Finding>,
        /// What follows.
        then: GuardAction,
    }
}
