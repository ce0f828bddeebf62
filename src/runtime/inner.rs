//! What the conductor does in memory inside a batch: looking up articles and asking playbooks.

use std::sync::Arc;

use crate::agents::backend::Backend;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::consult::{Advice, Consultation};
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::AgentName;
use crate::knowledge::{Index, status};

use super::conductor::Inner;

/// Passages an agent is given: it answers with the best and may name a second.
const PASSAGES: usize = 3;

/// The agents of a deployment and what they can look up.
#[derive(Clone)]
pub struct Desk {
    backend: Backend,
    articles: Arc<Index>,
}

impl Desk {
    /// Agents that answer by this backend and look up these articles.
    pub const fn new(backend: Backend, articles: Arc<Index>) -> Self {
        Self { backend, articles }
    }
}

impl Inner for Desk {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        let passages = match input {
            StepInput::Turn | StepInput::HandedOver => {
                let mut passages = status(&context.status, context.incident, &context.said);
                passages.extend(self.articles.search(&context.said, PASSAGES, context.at));
                passages.truncate(PASSAGES);
                passages
            }
            // The question was settled when the tool was called.
            StepInput::ToolReturned(..) | StepInput::Advised(..) => Vec::new(),
        };
        Some(self.backend.step(context, input, &passages))
    }

    fn advise(&self, asked: &Consultation) -> Option<Advice> {
        let passages = self.articles.search(&asked.question, PASSAGES, asked.at);
        self.backend.advise(asked, &passages)
    }

    fn receipt(&self, agent: &AgentName, pack: &ContextPack) -> Receipt {
        self.backend.receipt(agent, pack)
    }
}
