//! Questions of one specialist to another, who does not get the baton.

use crate::domain::consult::{Advice, NoAdvice};
use crate::domain::id::{AgentName, CompositionId, ConsultId, ConversationId, Epoch};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

super::family! {
    /// Questions of one specialist to another.
    ConsultEvent, "consult", conversation;
    /// One was asked.
    Asked = "asked" {
        /// Where.
        conversation: ConversationId,
        /// Which question.
        consult: ConsultId,
        /// By whom.
        by: AgentName,
        /// Who is asked.
        whom: AgentName,
        /// Under which epoch.
        epoch: Epoch,
        /// In which attempt to answer.
        composition: CompositionId,
        /// What.
        question: Personal<Foreign>,
        /// Until when the answer is waited for.
        until: Timestamp,
    }
    /// It was answered.
    Answered = "answered" {
        /// Where.
        conversation: ConversationId,
        /// Which question.
        consult: ConsultId,
        /// What is known.
        advice: Personal<Advice>,
        /// Whether nobody waited for it any more; it is kept all the same.
        stale: bool,
    }
    /// There was no answer.
    Failed = "failed" {
        /// Where.
        conversation: ConversationId,
        /// Which question.
        consult: ConsultId,
        /// Why.
        why: NoAdvice,
        /// Whether nobody waited for it any more.
        stale: bool,
    }
    /// It was not asked.
    Refused = "refused" {
        /// Where.
        conversation: ConversationId,
        /// In which attempt to answer.
        composition: CompositionId,
        /// By whom it would have been.
        by: AgentName,
        /// Who would have been asked.
        whom: AgentName,
        /// What.
        question: Personal<Foreign>,
        /// Why not.
        why: NoAdvice,
    }
}
