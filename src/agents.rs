//! AI specialists at work: what composes their answers, and the tools they call.
//!
//! Does: follows playbooks as a pure function of book, context and input; runs the practice shop behind the built-in tools; calls the tools of other services.
//! Never: holds a conversation's state (it comes with the context), decides what is allowed (the
//! rules do), writes a journal, or obeys a text of a customer.

pub mod backend;
mod book;
pub mod guard;
mod key;
pub mod model;
pub mod playbook;
pub mod shop;
pub mod tool;

pub use book::Playbooks;
pub use key::{Key, KeyPlace};
