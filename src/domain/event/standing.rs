//! What supervisors lay over the floor until they take it away.

use crate::domain::candidate::Share;
use crate::domain::id::{AgentName, OperatorName};
use crate::domain::supervision::{Aftermath, Fuse, GateTarget, HoldTarget, Life};
use crate::domain::text::Foreign;

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
    /// Something is stopped at once. What it means for each conversation follows.
    HoldPlaced = "hold_placed" {
        /// What.
        target: HoldTarget,
        /// By whom.
        by: OperatorName,
        /// What becomes of its conversations.
        then: Aftermath,
        /// Why; about the house's own, never about a customer.
        reason: Option<Foreign>,
    }
    /// It may go on.
    HoldReleased = "hold_released" {
        /// What.
        target: HoldTarget,
        /// By whom.
        by: OperatorName,
    }
    /// An agent is trusted further, or less far.
    LifeSet = "life_set" {
        /// Which.
        agent: AgentName,
        /// How far.
        life: Life,
        /// By whom.
        by: OperatorName,
    }
    /// The candidate of an agent answers another share of its conversations.
    CandidateSet = "candidate_set" {
        /// Whose.
        agent: AgentName,
        /// Which share; nothing is what it begins with.
        share: Share,
        /// By whom.
        by: OperatorName,
    }
}
