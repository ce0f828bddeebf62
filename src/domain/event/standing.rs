//! What supervisors lay over the floor until they take it away.

use crate::domain::id::OperatorName;
use crate::domain::supervision::{Fuse, GateTarget};

super::family! {
    /// What supervisors lay over the floor until they take it away.
    StandingEvent, "standing", floor;
    /// From now on the drafts of an agent or in a part of the floor wait for a person, or go out again.
    GateSet = "gate_set" {
        /// Whose.
        target: GateTarget,
        /// By whom.
        by: OperatorName,
        /// The fuse of each draft; none means that the gate is taken away.
        fuse: Option<Fuse>,
    }
}
