//! What crosses a wire: `baton.v1`, JSON frames over WebSocket with REST twins for customers.
//!
//! Does: names every message, row and limit once, for gateway, client and console alike.
//! Never: IO, rules, or a fold over envelopes; a text here is [`Clean`](crate::domain::text::Clean)
//! towards a console and escaped JSON towards a customer.

pub mod console;
pub mod customer;
pub mod file;
pub mod incident;
pub mod knowledge;
pub mod learning;
pub mod limits;
pub mod panel;
pub mod query;
pub mod row;
pub mod transcript;

/// The protocol both ends must name.
pub const PROTOCOL: &str = "baton.v1";
