//! The only live caller of analysis: what a customer's text means, before the core hears of it.

use crate::analysis::Model;
use crate::domain::analysis::Analysis;
use crate::domain::text::Foreign;

/// Reads texts with the model that was trained at start from the deployment's examples.
pub(super) struct Intake {
    model: Model,
}

impl Intake {
    pub(super) const fn new(model: Model) -> Self {
        Self { model }
    }

    /// What a text means. A few dozen microseconds, so it runs where it is called.
    pub(super) fn analyse(&self, text: &Foreign) -> Analysis {
        self.model.analyse(text)
    }
}
