//! Questions of one specialist to another, who does not get the baton.

use crate::domain::consult::{Advice, NoAdvice};
use crate::domain::id::{AgentName, CompositionId, ConsultId, ConversationId, Epoch, IntentName, Position, SlotName};
use crate::domain::model::Cost;
use crate::domain::panel::{Decision, LeftOut, Stand};
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
        /// The panel it is part of, if it is part of one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        panel: Option<ConsultId>,
        /// Whether it is asked to judge between those who were heard.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        judges: bool,
        /// Facts that who is asked may not read, and is not shown.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        withheld: Vec<SlotName>,
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
        /// What counts of it beside others, when it is part of a panel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stand: Option<Stand>,
        /// What its author's calls of models cost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<Cost>,
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
        /// The circle that asking would have closed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<AgentName>,
    }
    /// Several are asked at once about one question.
    Convened = "convened" {
        /// Where.
        conversation: ConversationId,
        /// Which panel; the questions to its members have numbers of their own.
        panel: ConsultId,
        /// By whom.
        by: AgentName,
        /// Under which epoch.
        epoch: Epoch,
        /// In which attempt to answer.
        composition: CompositionId,
        /// What.
        question: Personal<Foreign>,
        /// What may be answered.
        positions: Vec<Position>,
        /// The matter, if there is one.
        about: Option<IntentName>,
        /// Who is asked.
        members: Vec<AgentName>,
        /// Who is not, and why.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_out: Vec<LeftOut>,
    }
    /// Whose word counts is settled; or nobody waits for it any more.
    Settled = "settled" {
        /// Where.
        conversation: ConversationId,
        /// Which panel.
        panel: ConsultId,
        /// Who asked.
        by: AgentName,
        /// How.
        decision: Decision,
        /// The judge's reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Personal<Foreign>>,
    }
}
