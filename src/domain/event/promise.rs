//! The ledger of what customers are promised. Who owes an open promise is not recorded while the
//! conversation is live: it is whoever holds the baton, unless somebody was named for it.

use crate::domain::conversation::Author;
use crate::domain::id::{ConversationId, OperatorName, PromiseId, PromiseName};
use crate::domain::personal::Personal;
use crate::domain::promise::{Kept, LetGo};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

super::family! {
    /// What customers are promised.
    PromiseEvent, "promise", conversation;
    /// Something was promised.
    Made = "made" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        promise: PromiseId,
        /// By whom.
        by: Author,
        /// What the flow that made it calls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PromiseName>,
        /// What, in words.
        text: Personal<Foreign>,
        /// By when; none means that no time was set for it.
        due: Option<Timestamp>,
    }
    /// It is kept.
    Cleared = "cleared" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        promise: PromiseId,
        /// Who says so.
        by: Author,
        /// By what.
        how: Kept,
    }
    /// Its time passed and it is owed still; once.
    Breached = "breached" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        promise: PromiseId,
        /// By when it was owed.
        due: Timestamp,
    }
    /// Somebody is named for it, also after the conversation is resolved.
    Carried = "carried" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        promise: PromiseId,
        /// Who owes it from now on.
        owner: OperatorName,
        /// By when.
        due: Option<Timestamp>,
    }
    /// It is owed no longer, and was not kept.
    LetGo = "let_go" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        promise: PromiseId,
        /// Why.
        why: LetGo,
        /// In the words of the supervisor who waived it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Personal<Foreign>>,
    }
}
