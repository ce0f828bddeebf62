//! The humans.

use crate::domain::brief::{BriefLine, BriefSums};
use crate::domain::id::{BriefId, OperatorName};
use crate::domain::operator::Presence;
use crate::domain::text::Foreign;
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
        /// Why, in the words of whoever set it; about the operator, never about a customer.
        #[serde(default)]
        reason: Option<Foreign>,
        /// When it is planned to end; what comes after is an overrun, and no other state.
        #[serde(default)]
        until: Option<Timestamp>,
        /// Who set it; none means the operator.
        #[serde(default)]
        by: Option<OperatorName>,
        /// For who goes offline with conversations at hand: when these go back to the line.
        #[serde(default)]
        grace_until: Option<Timestamp>,
    }
    /// Somebody available did not answer several offers in a row: nothing is offered to them until they
    /// say that they are back.
    SetBusy = "set_busy" {
        /// Who.
        operator: OperatorName,
        /// So many offers lapsed.
        lapsed: u8,
        /// That, in words for colleagues.
        reason: Foreign,
    }
    /// Somebody who goes wrote down what is left.
    BriefWritten = "brief_written" {
        /// Who.
        operator: OperatorName,
        /// Which brief.
        brief: BriefId,
        /// Since when its sums count.
        since: Timestamp,
        /// What changed since then.
        sums: BriefSums,
        /// What whoever comes should know of, the most pressing first.
        lines: Vec<BriefLine>,
    }
    /// Somebody who comes has read it.
    BriefSigned = "brief_signed" {
        /// Who.
        operator: OperatorName,
        /// Which brief.
        brief: BriefId,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_recorded_before_reasons_were_kept_still_reads() {
        let old = r#"{"presence_set":{"operator":"ana","presence":"busy"}}"#;
        let read: OperatorEvent = serde_json::from_str(old).unwrap();
        let OperatorEvent::PresenceSet { operator, presence, reason, until, by, grace_until } = read else {
            panic!("another kind")
        };
        assert_eq!((operator.as_str(), presence), ("ana", Presence::Busy));
        assert_eq!((reason, until, by, grace_until), (None, None, None, None));
    }
}
