//! What the conductor does in memory inside a batch: asking playbooks.

use crate::agents::backend::Backend;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::AgentName;

use super::conductor::Inner;

/// The agents of a deployment.
#[derive(Debug, Clone)]
pub struct Desk {
    backend: Backend,
}

impl Desk {
    /// Agents that answer by this backend.
    pub const fn new(backend: Backend) -> Self {
        Self { backend }
    }
}

impl Inner for Desk {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        Some(self.backend.step(context, input, &[]))
    }

    fn receipt(&self, agent: &AgentName, pack: &ContextPack) -> Receipt {
        self.backend.receipt(agent, pack)
    }
}
