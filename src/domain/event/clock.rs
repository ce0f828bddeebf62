//! Clocks that warn and that are breached. They are set by the events that make something owed.

use crate::domain::clock::ClockKind;
use crate::domain::id::{ConversationId, TurnNo};
use crate::domain::time::Timestamp;

super::family! {
    /// Clocks of conversations.
    ClockEvent, "clock", conversation;
    /// Most of the time has gone by; once for each time it was set.
    Warned = "warned" {
        /// Where.
        conversation: ConversationId,
        /// Which clock.
        clock: ClockKind,
        /// The customer's message that set it running.
        turn: TurnNo,
        /// By when something is owed.
        due: Timestamp,
    }
    /// What was owed did not come in time; once for each message that was owed an answer.
    Breached = "breached" {
        /// Where.
        conversation: ConversationId,
        /// Which clock.
        clock: ClockKind,
        /// The customer's message that set it running.
        turn: TurnNo,
        /// By when it was owed.
        due: Timestamp,
    }
}
