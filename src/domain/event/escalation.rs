//! Requests for a human.

use crate::domain::escalation::{Settlement, Severity, Term, Trigger};
use crate::domain::id::{ConversationId, EscalationId, OfferId, OperatorName, QueueName, SkillName};
use crate::domain::time::Timestamp;

super::family! {
    /// Requests for a human.
    EscalationEvent, "escalation", conversation;
    /// A human was called for.
    Raised = "raised" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        escalation: EscalationId,
        /// In which line it waits.
        queue: QueueName,
        /// Why.
        trigger: Trigger,
        /// How grave.
        severity: Severity,
        /// What was read.
        terms: Vec<Term>,
        /// By when a human should be there.
        due: Timestamp,
        /// Where it stands in its line: the earliest first. Without it, where the due time puts it.
        #[serde(default)]
        rank: Option<Timestamp>,
        /// One of these is asked of whoever takes it; none means anybody.
        #[serde(default)]
        skills: Vec<SkillName>,
        /// Who had it and left the customer waiting: they are not asked first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        declined: Vec<OperatorName>,
        /// When it is over although nobody came; none is never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Timestamp>,
    }
    /// The customer does not stay: a human writes to them by `due`. It keeps its place in the line until then.
    CallBackArranged = "call_back_arranged" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        escalation: EscalationId,
        /// By when a human writes.
        due: Timestamp,
        /// When it is over although nobody came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Timestamp>,
    }
    /// One operator was offered it.
    Offered = "offered" {
        /// Where.
        conversation: ConversationId,
        /// Which escalation.
        escalation: EscalationId,
        /// Which offer.
        offer: OfferId,
        /// To whom.
        operator: OperatorName,
        /// Until when.
        until: Timestamp,
    }
    /// The operator took it.
    Taken = "taken" {
        /// Where.
        conversation: ConversationId,
        /// Which escalation.
        escalation: EscalationId,
        /// Which offer.
        offer: OfferId,
        /// Who.
        operator: OperatorName,
    }
    /// The operator left it to others.
    Passed = "passed" {
        /// Where.
        conversation: ConversationId,
        /// Which escalation.
        escalation: EscalationId,
        /// Which offer.
        offer: OfferId,
        /// Who.
        operator: OperatorName,
    }
    /// The operator did not answer in time.
    Lapsed = "lapsed" {
        /// Where.
        conversation: ConversationId,
        /// Which escalation.
        escalation: EscalationId,
        /// Which offer.
        offer: OfferId,
        /// Who.
        operator: OperatorName,
    }
    /// A running offer was taken back because somebody else claimed the conversation.
    Withdrawn = "withdrawn" {
        /// Where.
        conversation: ConversationId,
        /// Which escalation.
        escalation: EscalationId,
        /// Which offer.
        offer: OfferId,
        /// From whom.
        operator: OperatorName,
        /// Who took it, if a person did.
        taken_by: Option<OperatorName>,
    }
    /// The due time passed without a human.
    Breached = "breached" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        escalation: EscalationId,
        /// How grave it is now.
        severity: Severity,
        /// Where it stands in its line now.
        #[serde(default)]
        rank: Option<Timestamp>,
    }
    /// Everybody who could take it passed it on or let it lapse.
    RoundEnded = "round_ended" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        escalation: EscalationId,
        /// How grave it is now.
        severity: Severity,
        /// Where it stands in its line now.
        rank: Timestamp,
        /// When they are asked again.
        again_at: Timestamp,
    }
    /// They are asked again.
    RoundBegan = "round_began" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        escalation: EscalationId,
    }
    /// It is over.
    Settled = "settled" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        escalation: EscalationId,
        /// How.
        settlement: Settlement,
    }
}
