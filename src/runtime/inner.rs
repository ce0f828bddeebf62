//! What the conductor does in memory inside a batch: looking up articles and asking playbooks. Agents of
//! language models are asked outside of it, by the executor.

use std::sync::Arc;

use crate::agents::Playbooks;
use crate::agents::backend::Backend;
use crate::agents::guard::Guard;
use crate::agents::model::Models;
use crate::agents::playbook::ANSWER_UNASKED;
use crate::agents::tool::Tools;
use crate::config::Bundle;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::candidate::Side;
use crate::domain::command::Command;
use crate::domain::consult::{Advice, Consultation};
use crate::domain::guard::Finding;
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::{AgentName, Digest};
use crate::domain::knowledge::Passage;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::knowledge::{Index, status};
use crate::orchestrator::Floor;

use super::conductor::Inner;
use super::guarding;
use super::past::PastCases;

/// Passages an agent is given: it answers with the best and may name a second.
const PASSAGES: usize = 3;

/// The agents of a deployment and what they can look up.
#[derive(Clone)]
pub struct Desk {
    backend: Backend,
    articles: Arc<Index>,
    guard: Arc<Guard>,
    models: Option<Arc<Models>>,
    past: Option<Arc<PastCases>>,
}

impl Desk {
    /// Agents that answer by this backend, look up these articles, and are watched by these guardrails.
    pub fn new(backend: Backend, articles: Arc<Index>, mut guard: Guard) -> Self {
        articles.passages().for_each(|passage| guard.read(&passage));
        Self { backend, articles, guard: Arc::new(guard), models: None, past: None }
    }

    /// The agents of a deployment that follow these flows, unless language models compose for them.
    pub fn of(
        bundle: &Bundle,
        flows: Playbooks,
        articles: Arc<Index>,
        models: Option<Arc<Models>>,
        tools: Option<&Tools>,
    ) -> Self {
        let mut guard = Guard::of(bundle);
        if let Some(tools) = tools {
            tools.confide(&mut guard);
        }
        if let Some(models) = &models {
            // Guardrails know their instructions and keys, so that nobody is told them.
            models.confide(&mut guard);
        }
        Self { models, ..Self::new(Backend::Playbook(Arc::new(flows)), articles, guard) }
    }

    /// The best passages for a question, without those that want to command whoever reads them.
    fn look_up(&self, question: &Foreign, at: Timestamp) -> Vec<Passage> {
        let mut passages = self.articles.search(question, PASSAGES, at);
        passages.retain(|passage| !self.guard.is_poisoned(&passage.citation));
        passages
    }

    /// The same, with agents that are shown what conversations that are over came to.
    #[must_use]
    pub(super) fn with_past(self, past: Arc<PastCases>) -> Self {
        Self { past: Some(past), ..self }
    }

    /// The models that compose for this agent now; none when it has none, no money for them is left, or a
    /// flow of its own that stood in for them is in the middle of something.
    pub fn models(&self, context: &AgentContext, input: &StepInput) -> Option<&Arc<Models>> {
        let in_flow = match input {
            StepInput::Turn | StepInput::HandedOver => false,
            StepInput::ToolReturned(..) | StepInput::Advised(..) | StepInput::Conferred(_) => {
                context.flow.current.is_some()
            }
        };
        self.models
            .as_ref()
            .filter(|models| context.models && !in_flow && models.compose_for(&context.agent, context.side))
    }

    /// What an agent may rest on.
    pub fn passages(&self, context: &AgentContext, input: &StepInput) -> Vec<Passage> {
        let asked = match (input, self.models(context, input)) {
            (StepInput::Turn | StepInput::HandedOver, _) => true,
            // A model is asked anew with everything; a playbook settled the question when it called the tool.
            (StepInput::ToolReturned(..) | StepInput::Advised(..) | StepInput::Conferred(_), models) => {
                models.is_some()
            }
        };
        if !asked {
            return Vec::new();
        }
        let mut passages = status(&context.status, context.incident, &context.said);
        passages.extend(self.look_up(&context.said, context.at));
        passages.truncate(PASSAGES);
        let Some(past) = &self.past else { return passages };
        let whose = (context.customer, context.conversation);
        if self.models(context, input).is_some() {
            passages.extend(past.for_models(whose, &context.said));
        } else if passages.first().is_none_or(|best| best.score < ANSWER_UNASKED) {
            // What an article answers needs no look into the past.
            let matter = context.analysis.top().map(|top| &top.intent);
            passages.extend(past.for_playbooks(whose, &context.said, matter));
        }
        passages
    }

    /// The models of a specialist who is asked; none when it has none, or no money for them is left.
    pub fn advisers(&self, asked: &Consultation) -> Option<&Arc<Models>> {
        self.models.as_ref().filter(|models| asked.models && models.compose_for(&asked.whom, Side::Own))
    }

    /// What a specialist who is asked may rest on.
    pub fn passages_for(&self, asked: &Consultation) -> Vec<Passage> {
        self.look_up(&asked.question, asked.at)
    }

    /// Whether the agent has flows of its own to fall back on.
    pub fn has_flows(&self, agent: &AgentName) -> bool {
        match &self.backend {
            Backend::Playbook(book) => book.has_flows(agent),
        }
    }

    /// The move of the agent's playbooks.
    pub fn by_playbook(&self, context: &AgentContext, input: &StepInput) -> AgentStep {
        self.backend.step(context, input, &self.passages(context, input))
    }
}

impl Inner for Desk {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        self.models(context, input).is_none().then(|| self.by_playbook(context, input))
    }

    fn advise(&self, asked: &Consultation) -> Option<Advice> {
        self.backend.advise(asked, &self.passages_for(asked))
    }

    fn advises(&self, asked: &Consultation) -> bool {
        self.advisers(asked).is_none()
    }

    fn receipt(&self, _: Option<Digest>, agent: &AgentName, pack: &ContextPack) -> Receipt {
        match &self.models {
            Some(models) if models.compose_for(agent, Side::Own) => Models::receipt(pack),
            Some(_) | None => self.backend.receipt(agent, pack),
        }
    }

    fn findings(&self, floor: &Floor, command: &Command) -> Vec<Finding> {
        guarding::findings(&self.guard, self.past.as_deref(), floor, command)
    }
}
