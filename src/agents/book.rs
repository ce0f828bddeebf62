//! The flows of a deployment, laid out so that a step finds what it needs at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::playbook::Opinion;
use crate::config::Bundle;
use crate::config::phrases::Phrases;
use crate::domain::id::{AgentName, IntentName, PlaybookName, ToolName};
use crate::domain::playbook::{Playbook, PlaybookRef, PlaybookRole};
use crate::domain::score::Score;
use crate::domain::tool::ToolSpec;

/// Versions kept of one flow for conversations that began with them; older ones have long ended.
const VERSIONS_MAX: usize = 8;

/// All flows, who follows which, and the words outside of flows.
#[derive(Debug, Clone)]
pub struct Playbooks {
    desks: BTreeMap<AgentName, Desk>,
    /// Newest version first.
    flows: BTreeMap<PlaybookName, Vec<Arc<Playbook>>>,
    tools: BTreeMap<ToolName, ToolSpec>,
    pub(super) phrases: Phrases,
    pub(super) brand: String,
    /// Below this confidence an intent is a guess.
    pub(super) confidence: Score,
}

/// What one agent follows.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    /// How it is introduced.
    pub(super) title: String,
    /// Its flow for each intent, its own and those that anyone may follow.
    flows: BTreeMap<IntentName, Arc<Playbook>>,
    /// Intents it lists.
    intents: BTreeSet<IntentName>,
    /// For what it is, when it is asked together with others.
    opinions: Vec<Opinion>,
}

impl Playbooks {
    /// The flows of a deployment.
    pub fn of(bundle: &Bundle) -> Self {
        let mut flows: BTreeMap<PlaybookName, Vec<Arc<Playbook>>> = BTreeMap::new();
        for book in &bundle.playbooks {
            flows.entry(book.id.name.clone()).or_default().push(Arc::clone(book));
        }
        let desk = |agent: &crate::config::files::AgentFile| {
            let mut desk = Desk {
                title: agent.title.clone(),
                flows: BTreeMap::new(),
                intents: agent.intents.iter().map(|intent| intent.name.clone()).collect(),
                opinions: Opinion::of(bundle, agent),
            };
            for book in bundle.flows_of(agent) {
                let intents = book.intents.iter().filter(|intent| book.anyone || desk.intents.contains(*intent));
                for intent in intents.cloned().collect::<Vec<_>>() {
                    desk.flows.entry(intent).or_insert_with(|| Arc::clone(book));
                }
            }
            desk
        };
        Self {
            desks: bundle.agents.iter().map(|agent| (agent.name.clone(), desk(agent))).collect(),
            flows,
            tools: bundle.tools.iter().map(|tool| (tool.name.clone(), tool.clone())).collect(),
            phrases: bundle.phrases.clone(),
            brand: bundle.house.brand.clone(),
            confidence: bundle.policy.routing.confidence,
        }
    }

    /// These flows, and behind them those of the deployment before, for conversations that began with them.
    #[must_use]
    pub fn with_versions_of(mut self, older: &Self) -> Self {
        for (name, versions) in &older.flows {
            let kept = self.flows.entry(name.clone()).or_default();
            for book in versions {
                if kept.len() < VERSIONS_MAX && !kept.iter().any(|known| known.id == book.id) {
                    kept.push(Arc::clone(book));
                }
            }
        }
        self
    }

    /// That version of that flow.
    pub(super) fn flow(&self, id: &PlaybookRef) -> Option<&Arc<Playbook>> {
        self.flows.get(&id.name)?.iter().find(|book| book.id == *id)
    }

    /// The first flow of that role.
    pub(super) fn of_role(&self, role: PlaybookRole) -> Option<&Arc<Playbook>> {
        self.flows.values().filter_map(|versions| versions.first()).find(|book| book.role == role)
    }

    /// A flow of any agent that serves `intent` as a matter of its own.
    pub(super) fn any_flow(&self, intent: &IntentName) -> Option<&Arc<Playbook>> {
        let newest = self.flows.values().filter_map(|versions| versions.first());
        newest.filter(|book| book.role == PlaybookRole::Flow && !book.anyone).find(|book| book.intents.contains(intent))
    }

    /// The flow that `agent` follows for `intent`.
    pub(super) fn flow_for(&self, agent: &AgentName, intent: &IntentName) -> Option<&Arc<Playbook>> {
        self.desks.get(agent)?.flows.get(intent)
    }

    /// Whether `agent` may follow that flow.
    pub(super) fn follows(&self, agent: &AgentName, book: &Playbook) -> bool {
        book.anyone || book.intents.iter().any(|intent| self.lists(agent, intent))
    }

    /// Whether `agent` takes `intent`.
    pub(super) fn lists(&self, agent: &AgentName, intent: &IntentName) -> bool {
        self.desks.get(agent).is_some_and(|desk| desk.intents.contains(intent))
    }

    /// Whether somebody else takes `intent`.
    pub(super) fn listed_elsewhere(&self, agent: &AgentName, intent: &IntentName) -> bool {
        self.desks.iter().any(|(name, desk)| name != agent && desk.intents.contains(intent))
    }

    /// Whether `agent` has a flow for something.
    pub fn has_flows(&self, agent: &AgentName) -> bool {
        self.desks.get(agent).is_some_and(|desk| !desk.flows.is_empty())
    }

    /// What `agent` follows.
    pub(super) fn desk(&self, agent: &AgentName) -> Option<&Desk> {
        self.desks.get(agent)
    }

    /// For what `agent` is, when it is asked together with others.
    pub(super) fn opinions(&self, agent: &AgentName) -> &[Opinion] {
        self.desks.get(agent).map_or(&[], |desk| &desk.opinions)
    }

    /// What is said of a tool.
    pub(super) fn tool(&self, name: &ToolName) -> Option<&ToolSpec> {
        self.tools.get(name)
    }
}
