//! Conversations in incidents.

use crate::domain::id::{ConversationId, IncidentId, OperatorName};
use crate::domain::incident::{Exclusion, LeftReason};

super::family! {
    /// Conversations in incidents.
    MemberEvent, "member", conversation;
    /// A conversation belongs to an incident from here on.
    Joined = "joined" {
        /// Which conversation.
        conversation: ConversationId,
        /// Which incident.
        incident: IncidentId,
        /// Who put it there; nobody when it shares the cause.
        by: Option<OperatorName>,
    }
    /// It does no longer. One that is resolved or closed leaves without a word.
    Left = "left" {
        /// Which conversation.
        conversation: ConversationId,
        /// Which incident.
        incident: IncidentId,
        /// Who took it out, if somebody did.
        by: Option<OperatorName>,
        /// Why.
        reason: LeftReason,
    }
    /// It was to be told something, and is left out after all.
    Skipped = "skipped" {
        /// Which conversation.
        conversation: ConversationId,
        /// Which incident.
        incident: IncidentId,
        /// Which of its messages.
        broadcast: u32,
        /// Why.
        why: Exclusion,
    }
}
