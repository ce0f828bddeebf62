//! Language models asked one after the other, while the caller waits.

use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use crate::agents::model::{Composed, Models, Watching};
use crate::domain::action::{AgentContext, StepInput};
use crate::domain::knowledge::Passage;
use crate::simulation::scratch::Composer;

/// Sockets and timers for language models.
pub(super) struct Aloud {
    tokio: tokio::runtime::Runtime,
}

impl Aloud {
    /// Ready to ask.
    pub(super) fn new() -> Result<Self, Failure> {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self { tokio: tokio.map_err(|e| Failure::failed(format!("cannot start: {e}")))? })
    }
}

impl Composer for Aloud {
    fn compose(
        &mut self,
        models: &Models,
        context: &AgentContext,
        input: &StepInput,
        passages: &[Passage],
    ) -> Composed {
        let (cut, mut grew) = (CancellationToken::new(), |_: &str| {});
        let watching = Watching { cut: &cut, grew: &mut grew, trace: None };
        self.tokio.block_on(models.compose(context, input, passages, watching))
    }
}
