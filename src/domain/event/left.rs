//! A person holds, and the customer waits for their answer. Once each for each message that waits.

use crate::domain::id::{ConversationId, OperatorName, TurnNo};

super::family! {
    /// Customers whom a person leaves without an answer.
    LeftEvent, "left", conversation;
    /// The holder is reminded.
    Nudged = "nudged" {
        /// Where.
        conversation: ConversationId,
        /// Whom.
        operator: OperatorName,
        /// The message that waits.
        turn: TurnNo,
    }
    /// The answer is due: a supervisor is called.
    Called = "called" {
        /// Where.
        conversation: ConversationId,
        /// Who has not answered.
        operator: OperatorName,
        /// The message that waits.
        turn: TurnNo,
    }
}
