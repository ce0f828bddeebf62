//! What lasts: the journal, the keys, the snapshots, the index of the past, and the data folder.
//!
//! Does: writes envelopes durably and in a checked chain, seals personal text, erases, finds the
//! past again. Never: knows the rules of the floor, decides anything, repairs damage in silence.

pub mod chain;
mod database;
pub mod erasure;
pub mod error;
pub mod files;
pub mod folder;
pub mod history;
pub mod journal;
pub mod lock;
pub mod record;
pub mod snapshot;
pub mod vault;

pub use error::StoreError;
