//! The shell around the core: clock, conductor, effects, feeds, questions.
//!
//! Does: turns requests into commands, commands into durable batches, batches into answers, feeds
//! and outer effects; starts and stops a floor. Never: decides a rule, speaks HTTP, or draws.

mod access;
pub mod clock;
pub mod conductor;
mod fanout;
pub mod handle;
mod intake;
mod queries;

pub use handle::{
    Accepted, ChannelAccess, ConsoleId, CustomerState, Handle, Health, NewConversation, Rejected, Viewer,
};
