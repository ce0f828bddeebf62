//! The floor itself.

use crate::domain::candidate::Share;
use crate::domain::deployment::Deployment;
use crate::domain::id::Digest;

super::family! {
    /// The floor itself.
    FloorEvent, "floor", floor;
    /// A life of the orchestrator began.
    Started = "started" {
        /// Which life this is, from 1.
        life: u64,
    }
    /// It ended in order.
    Stopped = "stopped" {}
    /// A deployment replaced the one before.
    Adopted = "adopted" {
        /// The roster and the rules.
        deployment: Box<Deployment>,
    }
    /// A share of the conversations that begin from now on begins on another edition; of one that is rolled
    /// out already the share changes.
    RolledOut = "rolled_out" {
        /// The name of its texts.
        edition: Digest,
        /// Its roster and rules.
        deployment: Box<Deployment>,
        /// Whose conversations.
        share: Share,
    }
    /// No new conversation begins on it any more; those that did stay on it.
    TakenBack = "taken_back" {
        /// The name of its texts.
        edition: Digest,
    }
}
