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
    /// A site has signed who somebody is whom we met without a name.
    Recognised = "recognised" {
        /// Who.
        customer: CustomerId,
        /// Keyed hash of (channel, external id).
        handle: Digest,
    }
    /// Somebody is forgotten; recorded before their key dies.
    Erased = "erased" {
        /// Who.
        customer: CustomerId,
    }
}
