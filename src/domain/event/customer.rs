//! The customers.

use crate::domain::id::{ConversationId, CustomerId, Digest, OperatorName};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

super::family! {
    /// The customers.
    CustomerEvent, "customer", floor;
    /// Somebody was met for the first time.
    Met = "met" {
        /// Who.
        customer: CustomerId,
        /// Keyed hash of (channel, external id).
        handle: Option<Digest>,
    }
    /// A site has signed who somebody is whom we met without a name.
    Recognised = "recognised" {
        /// Who.
        customer: CustomerId,
        /// Keyed hash of (channel, external id).
        handle: Digest,
    }
    /// Nobody answers somebody for a while.
    Blocked = "blocked" {
        /// Whom.
        customer: CustomerId,
        /// Who said so.
        by: OperatorName,
        /// Why, for colleagues.
        reason: Personal<Foreign>,
        /// When it is over by itself.
        until: Timestamp,
        /// Where they are told.
        told_in: Option<ConversationId>,
        /// Until when who did it may take it back by a key.
        undo_until: Timestamp,
    }
    /// Somebody is answered again.
    Unblocked = "unblocked" {
        /// Who.
        customer: CustomerId,
        /// Who said so; none when its time was over.
        by: Option<OperatorName>,
    }
    /// Somebody is forgotten; recorded before their key dies.
    Erased = "erased" {
        /// Who.
        customer: CustomerId,
    }
}
