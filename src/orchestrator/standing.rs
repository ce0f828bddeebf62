//! What supervisors have laid over the floor, and what of it lies over one conversation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::candidate::Share;
use crate::domain::customer::Tier;
use crate::domain::id::{AgentName, ChannelName, OperatorName, ToolName};
use crate::domain::supervision::{Aftermath, Fuse, GateTarget, HoldTarget, Life};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

use super::conversation::Conversation;
use super::floor::Floor;

/// Gates, holds, and how far agents are trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// In the order in which they were set.
    pub gates: Vec<StandingGate>,
    /// In the order in which they were placed.
    pub holds: Vec<Hold>,
    /// Agents of whom somebody said how far they are trusted; of the others the roster says it.
    pub lives: BTreeMap<AgentName, Life>,
    /// What share candidates of agents answer.
    #[serde(default)]
    pub candidates: BTreeMap<AgentName, Share>,
}

/// Something is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// What.
    pub target: HoldTarget,
    /// What becomes of its conversations.
    pub then: Aftermath,
    /// Who placed it.
    pub by: OperatorName,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: Option<Foreign>,
}

impl Hold {
    /// Whether it stops this agent in a conversation of this tier and channel.
    fn stops(&self, agent: &AgentName, tier: Tier, channel: &ChannelName) -> bool {
        match &self.target {
            HoldTarget::Agent(name) => name == agent,
            HoldTarget::Segment(segment) => segment.covers(tier, channel),
            HoldTarget::AllAi => true,
            HoldTarget::Tool(_) => false,
        }
    }
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
        let standing = own.or_else(|| agents.or(segments).map(|gate| gate.fuse));
        let by_life = self.life(agent) == Life::Gated;
        standing.or_else(|| by_life.then(|| self.deployment.as_ref().map(|d| d.policy.gates.fuse()))?)
    }

    /// How far an agent is trusted now.
    pub fn life(&self, agent: &AgentName) -> Life {
        let held = |hold: &Hold| matches!(&hold.target, HoldTarget::Agent(name) if name == agent);
        if self.standing.holds.iter().any(held) {
            return Life::Held;
        }
        let spec = self.deployment.as_ref().and_then(|deployment| deployment.agent(agent));
        self.standing.lives.get(agent).copied().or(spec.map(|spec| spec.life)).unwrap_or_default()
    }

    /// Whether an agent is stopped in a conversation, and what becomes of it then; the strictest hold counts.
    pub fn stopped(&self, c: &Conversation, agent: &AgentName) -> Option<Aftermath> {
        self.stopped_for(c.tier, &c.channel, agent)
    }

    /// The same for a conversation that is only about to begin.
    pub fn stopped_for(&self, tier: Tier, channel: &ChannelName, agent: &AgentName) -> Option<Aftermath> {
        let holds = self.standing.holds.iter().filter(|hold| hold.stops(agent, tier, channel));
        // Who stands in the shadow answers nobody: what it still has goes to others.
        let shadow = (self.life(agent) == Life::Shadow).then_some(Aftermath::Reroute);
        holds.map(|hold| hold.then).chain(shadow).max()
    }

    /// Whether a tool must not be called for an agent in a conversation.
    pub fn tool_held(&self, c: &Conversation, agent: &AgentName, tool: &ToolName) -> bool {
        let held = |hold: &Hold| matches!(&hold.target, HoldTarget::Tool(name) if name == tool);
        self.standing.holds.iter().any(held) || self.stopped(c, agent).is_some()
    }
}
