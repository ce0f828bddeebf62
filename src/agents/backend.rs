//! The seam between the runtime and what composes an agent's answers.

use std::sync::Arc;

use super::book::Playbooks;
use super::playbook;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::consult::{Advice, Consultation};
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::AgentName;
use crate::domain::knowledge::Passage;

/// What composes an agent's answers.
#[derive(Debug, Clone)]
pub enum Backend {
    /// Playbooks: pure, in memory, done within microseconds, so it may run before the write of its cause.
    Playbook(Arc<Playbooks>),
}

impl Backend {
    /// The agent's next move. It rests on `passages`, the best articles for what was said.
    pub fn step(&self, context: &AgentContext, input: &StepInput, passages: &[Passage]) -> AgentStep {
        match self {
            Self::Playbook(book) => playbook::step(book, context, input, passages),
        }
    }

    /// What the agent knows that another asks, from `passages`, the best articles for the question.
    pub fn advise(&self, asked: &Consultation, passages: &[Passage]) -> Option<Advice> {
        match self {
            Self::Playbook(book) if asked.positions.is_empty() => playbook::advise(book, asked, passages),
            Self::Playbook(book) => playbook::opine(book, asked, passages),
        }
    }

    /// What the agent says it understood of a pack, before the customer hears anything from it.
    pub fn receipt(&self, agent: &AgentName, pack: &ContextPack) -> Receipt {
        match self {
            Self::Playbook(book) => playbook::receipt(book, agent, pack),
        }
    }
}
