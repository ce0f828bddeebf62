//! baton: air-traffic control for AI support agents.

pub mod domain;
pub mod privacy;
pub mod store;
