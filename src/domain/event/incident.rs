//! Incidents as the floor sees them.

use crate::domain::id::{ComponentName, ConversationId, IncidentId, OperatorName};
use crate::domain::incident::{BroadcastKind, ComponentState, Evidence, IncidentCause};
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};

super::family! {
    /// Incidents as the floor sees them.
    IncidentEvent, "incident", floor;
    /// Conversations seem to share a cause.
    Proposed = "proposed" {
        /// Under which number it can be declared.
        incident: IncidentId,
        /// What they share.
        cause: IncidentCause,
        /// What speaks for it.
        evidence: Evidence,
    }
    /// Somebody says that what was proposed is none.
    Dismissed = "dismissed" {
        /// Which proposal.
        incident: IncidentId,
        /// Who.
        by: OperatorName,
        /// Until when the same cause is not proposed again.
        quiet_until: Timestamp,
    }
    /// Somebody declares an incident and leads it.
    Declared = "declared" {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: OperatorName,
        /// Its name for colleagues; about the house's own, never about a customer.
        title: Foreign,
        /// What its conversations share.
        cause: IncidentCause,
    }
    /// Somebody else leads it.
    LeadTaken = "lead_taken" {
        /// Which.
        incident: IncidentId,
        /// Who.
        by: OperatorName,
    }
    /// It is over.
    Cleared = "cleared" {
        /// Which.
        incident: IncidentId,
        /// Who says so.
        by: OperatorName,
        /// Conversations in it then.
        members: u32,
        /// Until when the floor keeps it.
        until: Timestamp,
    }
    /// Its conversations are told something, one after the other.
    BroadcastBegan = "broadcast_began" {
        /// Which incident.
        incident: IncidentId,
        /// Which of its messages, from 1.
        broadcast: u32,
        /// Who.
        by: OperatorName,
        /// What kind of word it is.
        kind: BroadcastKind,
        /// The words, with their gaps; the house's own.
        text: Foreign,
        /// Who is told, in this order.
        to: Vec<ConversationId>,
        /// Between two of them.
        pause: Millis,
    }
    /// Nobody else is told.
    BroadcastStopped = "broadcast_stopped" {
        /// Which incident.
        incident: IncidentId,
        /// Which of its messages.
        broadcast: u32,
        /// Who stopped it.
        by: OperatorName,
        /// So many were not told.
        left: u32,
    }
    /// Everybody was told, or left out.
    BroadcastEnded = "broadcast_ended" {
        /// Which incident.
        incident: IncidentId,
        /// Which of its messages.
        broadcast: u32,
        /// So many were told.
        told: u32,
        /// So many were left out after all.
        skipped: u32,
    }
    /// How a part of the house does, for everybody who asks.
    StatusSet = "status_set" {
        /// Which part.
        component: ComponentName,
        /// How it does.
        state: ComponentState,
        /// What customers are told; the house's own words.
        text: Foreign,
        /// Who says so.
        by: OperatorName,
        /// The incident with which it ends.
        incident: Option<IncidentId>,
    }
    /// Nothing is said of it any more.
    StatusCleared = "status_cleared" {
        /// Of which part.
        component: ComponentName,
        /// Who took it back.
        by: OperatorName,
    }
    /// The floor keeps it no longer.
    Filed = "filed" {
        /// Which.
        incident: IncidentId,
    }
}
