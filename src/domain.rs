//! The words of the house as types: ids, time, money, text, and the nouns of a support floor.
//!
//! Does: names every noun once, makes wrong states unrepresentable, and holds pure arithmetic.
//! Never: IO, async, clocks, randomness, logging, floats, or an import of another folder of ours.

pub mod action;
pub mod agent;
pub mod analysis;
pub mod approval;
pub mod argument;
pub mod authority;
pub mod baton;
pub mod block;
pub mod brief;
pub mod calendar;
pub mod candidate;
pub mod circle;
pub mod claim;
pub mod clock;
pub mod command;
pub mod consult;
pub mod conversation;
pub mod customer;
pub mod data;
pub mod deployment;
pub mod edition;
pub mod envelope;
pub mod escalation;
pub mod event;
pub mod guard;
pub mod handoff;
pub mod id;
pub mod incident;
pub mod knowledge;
pub mod learning;
pub mod model;
pub mod money;
pub mod operator;
pub mod opportunity;
pub mod outcome;
pub mod panel;
pub mod personal;
pub mod playbook;
pub mod policy;
pub mod promise;
pub mod refusal;
pub mod reply;
pub mod routing;
pub mod said;
pub mod score;
pub mod snooze;
pub mod supervision;
pub mod text;
pub mod time;
pub mod tool;
pub mod undo;
pub mod watch;
pub mod wrap_up;
