//! What protects a customer: sealing of personal text and the keyed digests that stand for ids of
//! the outside world.
//!
//! Does: cryptography over bytes and keys handed in. Never: keeps keys, draws randomness, touches a
//! file or a clock; the store does these.

pub mod crypto;
pub mod digest;
pub mod handle;
pub mod redact;
pub mod seal;
pub mod signature;
pub mod token;
