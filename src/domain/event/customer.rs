//! The customers.

use crate::domain::id::{CustomerId, Digest};

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
    /// Somebody is forgotten; recorded before their key dies.
    Erased = "erased" {
        /// Who.
        customer: CustomerId,
    }
}
