//! What supervisors have laid over the floor, and what of it lies over one conversation.

use serde::{Deserialize, Serialize};

use crate::domain::id::{AgentName, OperatorName};
use crate::domain::supervision::{Fuse, GateTarget};
use crate::domain::time::Timestamp;

use super::conversation::Conversation;
use super::floor::Floor;

/// Gates over agents and segments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// In the order in which they were set.
    pub gates: Vec<StandingGate>,
}

/// Drafts of an agent or in a segment wait for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingGate {
    /// Whose.
    pub target: GateTarget,
    /// Who set it.
    pub by: OperatorName,
    /// Since when.
    pub since: Timestamp,
    /// The fuse of each draft.
    pub fuse: Fuse,
}

impl Floor {
    /// The fuse under which a draft of `agent` waits in this conversation; none means that it goes out.
    /// The nearest gate counts: the conversation's own, then the agent's, then a segment's.
    pub fn gate_over(&self, c: &Conversation, agent: &AgentName) -> Option<Fuse> {
        let own = c.gate.as_ref().map(|gate| gate.fuse);
        let gates = &self.standing.gates;
        let agents = gates.iter().find(|gate| matches!(&gate.target, GateTarget::Agent(name) if name == agent));
        let segments = gates.iter().find(|gate| match &gate.target {
            GateTarget::Segment(segment) => segment.covers(c.tier, &c.channel),
            GateTarget::Agent(_) | GateTarget::Conversation(_) => false,
        });
        own.or_else(|| agents.or(segments).map(|gate| gate.fuse))
    }
}
