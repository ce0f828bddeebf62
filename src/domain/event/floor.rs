//! The floor itself.

use crate::domain::deployment::Deployment;

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
}
