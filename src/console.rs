//! The terminal console: watches the floor and acts on it over the wire protocol.
//!
//! Does: keeps what the feed says as a model, turns keys into requests, draws panes, plays past
//! sessions through the same panes.
//! Never: folds an envelope, judges a command, or imports runtime, gateway, store or orchestrator.
//! Inside, imports point one way: `theme, keymap → model → update → pane → app`; model and update
//! know nothing of the drawing library.

/// A line of our own, with values in it, as text that can be shown.
macro_rules! clean {
    ($($arg:tt)*) => { $crate::domain::text::Clean::shown(&format_args!($($arg)*)) };
}

pub mod app;
pub mod keymap;
pub mod model;
pub mod pane;
pub mod plain;
pub mod terminal;
pub mod theme;
pub mod update;

#[cfg(test)]
mod tests;
