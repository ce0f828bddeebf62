//! The humans.

use crate::domain::id::OperatorName;
use crate::domain::operator::Presence;
use crate::domain::time::Timestamp;

super::family! {
    /// The humans.
    OperatorEvent, "operator", operator;
    /// A first console attached.
    Arrived = "arrived" {
        /// Who.
        operator: OperatorName,
    }
    /// The last console went away.
    Departed = "departed" {
        /// Who.
        operator: OperatorName,
        /// When their conversations go back to the line.
        grace_until: Timestamp,
    }
    /// The grace time ended and nobody came back.
    Gone = "gone" {
        /// Who.
        operator: OperatorName,
    }
    /// Somebody is doing something else now.
    PresenceSet = "presence_set" {
        /// Who.
        operator: OperatorName,
        /// What.
        presence: Presence,
    }
}
