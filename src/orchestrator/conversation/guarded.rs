//! What guardrails saw in one conversation, as far as a rule reads it.

use serde::{Deserialize, Serialize};

use crate::domain::guard::Taint;
use crate::domain::id::TurnNo;

/// What guardrails saw.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Guarded {
    /// The newest customer message for which an answer that was stopped was composed again.
    pub again: TurnNo,
    /// The newest customer message whose answer waits for a person because of what was read for it.
    pub caution: TurnNo,
    /// The newest customer message after which a human is to be called because of what was read for it.
    pub alarmed: TurnNo,
    /// Why a model that answers here acts and pays only with a person's word, if it does.
    pub taint: Option<Taint>,
}
