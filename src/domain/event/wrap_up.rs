//! What is left to do after a conversation that a person had.

use crate::domain::action::Fill;
use crate::domain::conversation::Disposition;
use crate::domain::id::{ConversationId, DispositionName, OperatorName, QueueName};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::wrap_up::WrapUpCut;

super::family! {
    /// What is left to do after a conversation that a person had.
    WrapUpEvent, "wrap_up", conversation;
    /// The conversation is resolved, and whoever held it has to say how it came out.
    Began = "began" {
        /// Which conversation.
        conversation: ConversationId,
        /// Who.
        operator: OperatorName,
        /// Whose line asks for it.
        queue: QueueName,
        /// When it ends by itself.
        until: Timestamp,
    }
    /// They need longer; once.
    Extended = "extended" {
        /// Which conversation.
        conversation: ConversationId,
        /// Who.
        operator: OperatorName,
        /// When it ends by itself now.
        until: Timestamp,
    }
    /// It is said how it came out.
    Done = "done" {
        /// Which conversation.
        conversation: ConversationId,
        /// Whose wrap-up it was.
        operator: OperatorName,
        /// Who said it; none means the timer.
        by: Option<OperatorName>,
        /// In the deployment's word, if its line has words for it.
        disposition: Option<DispositionName>,
        /// What that counts as.
        means: Disposition,
        /// Whether the first contact was enough, as far as can be told now.
        first_contact: bool,
        /// For colleagues.
        note: Option<Personal<Foreign>>,
        /// What was filled in.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Fill>,
    }
    /// It ended without that.
    Cut = "cut" {
        /// Which conversation.
        conversation: ConversationId,
        /// Whose wrap-up it was.
        operator: OperatorName,
        /// Why.
        why: WrapUpCut,
    }
}
