//! What the conductor does in memory inside a batch: looking up articles and asking playbooks.

use std::sync::Arc;

use crate::agents::backend::Backend;
use crate::agents::guard::Guard;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::command::Command;
use crate::domain::consult::{Advice, Consultation};
use crate::domain::guard::Finding;
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::AgentName;
use crate::domain::knowledge::Passage;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::knowledge::{Index, status};
use crate::orchestrator::Floor;

use super::conductor::Inner;
use super::guarding;

/// Passages an agent is given: it answers with the best and may name a second.
const PASSAGES: usize = 3;

/// The agents of a deployment and what they can look up.
#[derive(Clone)]
pub struct Desk {
    backend: Backend,
    articles: Arc<Index>,
    guard: Arc<Guard>,
}

impl Desk {
    /// Agents that answer by this backend, look up these articles, and are watched by these guardrails.
    pub fn new(backend: Backend, articles: Arc<Index>, mut guard: Guard) -> Self {
        articles.passages().for_each(|passage| guard.read(&passage));
        Self { backend, articles, guard: Arc::new(guard) }
    }

    /// The best passages for a question, without those that want to command whoever reads them.
    fn look_up(&self, question: &Foreign, at: Timestamp) -> Vec<Passage> {
        let mut passages = self.articles.search(question, PASSAGES, at);
        passages.retain(|passage| !self.guard.is_poisoned(&passage.citation));
        passages
    }
}

impl Inner for Desk {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        let passages = match input {
            StepInput::Turn | StepInput::HandedOver => {
                let mut passages = status(&context.status, context.incident, &context.said);
                passages.extend(self.look_up(&context.said, context.at));
                passages.truncate(PASSAGES);
                passages
            }
            // The question was settled when the tool was called.
            StepInput::ToolReturned(..) | StepInput::Advised(..) => Vec::new(),
        };
        Some(self.backend.step(context, input, &passages))
    }

    fn advise(&self, asked: &Consultation) -> Option<Advice> {
        let passages = self.look_up(&asked.question, asked.at);
        self.backend.advise(asked, &passages)
    }

    fn receipt(&self, agent: &AgentName, pack: &ContextPack) -> Receipt {
        self.backend.receipt(agent, pack)
    }

    fn findings(&self, floor: &Floor, command: &Command) -> Vec<Finding> {
        guarding::findings(&self.guard, floor, command)
    }
}
