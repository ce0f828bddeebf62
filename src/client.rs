//! The two readers of the wire: the feed a console lives on, and the customer's end.
//!
//! Does: dials, says hello, resumes by number, sends again by key what was not answered, and hands
//! over typed replies in order through bounded queues.
//! Never: keeps a picture of the floor, judges, or knows the runtime or the gateway.

pub mod customer;
pub mod feed;
pub mod files;
mod link;
pub mod rest;
mod session;
pub mod socket;

pub use crate::privacy::crypto::install_crypto;
pub use link::{Address, AddressError};
