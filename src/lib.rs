//! baton: air-traffic control for AI support agents.
//!
//! The folders in reading order; imports point down, and a test holds them to it. What each does,
//! and what it never does, stands in its own first lines and in ARCHITECTURE.md.

pub mod domain;

pub mod analysis;
pub mod config;
pub mod knowledge;
pub mod privacy;
pub mod protocol;
pub mod routing;

pub mod orchestrator;

pub mod agents;
pub mod picture;
pub mod store;

pub mod runtime;

pub mod client;
pub mod gateway;

pub mod console;
pub mod simulation;

pub mod cli;
