//! The words of the house as types: ids, time, money, text, and the nouns of a support floor.
//!
//! Does: names every noun once, makes wrong states unrepresentable, and holds pure arithmetic.
//! Never: IO, async, clocks, randomness, logging, floats, or an import of another folder of ours.

pub mod id;
pub mod money;
pub mod personal;
pub mod score;
pub mod text;
pub mod time;
