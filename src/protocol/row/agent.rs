//! The AI agents as consoles show them.

use serde::{Deserialize, Serialize};

use crate::domain::agent::AgentRole;
use crate::domain::candidate::{Compared, Share};
use crate::domain::guard::GuardCounts;
use crate::domain::handoff::Edge;
use crate::domain::id::AgentName;
use crate::domain::supervision::{DraftTally, Life};
use crate::domain::text::Clean;

/// One AI agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// Who.
    pub name: AgentName,
    /// As customers are told.
    pub title: Clean,
    /// What it is for.
    pub role: AgentRole,
    /// Conversations held.
    pub load: u32,
    /// Conversations at most.
    pub capacity: u32,
    /// Attempts that failed lately.
    pub failures: u32,
    /// Whether its drafts wait for a person wherever it answers.
    #[serde(default)]
    pub gated: bool,
    /// How far it is trusted; held until somebody releases it.
    #[serde(default)]
    pub life: Life,
    /// How its drafts were judged.
    #[serde(default)]
    pub drafts: DraftTally,
    /// How its passes to others came out.
    #[serde(default)]
    pub edges: Vec<EdgeRow>,
    /// What guardrails found in what it said and was given, by kind.
    #[serde(default, skip_serializing_if = "GuardCounts::is_empty")]
    pub caught: GuardCounts,
    /// Its candidate, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<CandidateRow>,
}

/// The candidate of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateRow {
    /// Which conversations it answers.
    pub share: Share,
    /// Of how many in a hundred it is asked silently.
    pub asked: u8,
    /// How its moves compare with the agent's.
    pub compared: Compared,
}

/// How passes from one agent to another came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeRow {
    /// To whom.
    pub to: AgentName,
    /// How they came out.
    #[serde(flatten)]
    pub sums: Edge,
}
