//! The shell around the core: clock, conductor, effects, feeds, questions.
//!
//! Does: turns requests into commands, commands into durable batches, batches into answers, feeds
//! and outer effects; starts and stops a floor. Never: decides a rule, speaks HTTP, or draws.

pub(crate) mod access;
pub mod clock;
pub mod conductor;
mod edition;
mod executor;
mod fanout;
mod guarding;
pub mod handle;
pub mod inner;
mod intake;
mod ledger;
pub mod library;
mod measures;
mod past;
mod pump;
mod queries;
pub mod service;
mod snapshots;
mod telemetry;

pub use handle::{
    Accepted, ChannelAccess, ConsoleId, CustomerState, Handle, Health, NewConversation, Rejected, Viewer,
};
pub use service::{Error, Options, Service};
