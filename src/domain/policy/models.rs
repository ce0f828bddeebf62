//! What language models may cost.

use serde::{Deserialize, Serialize};

use crate::domain::money::Money;

/// Limits of all models together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelPolicy {
    /// What they may cost on one day of UTC; then agents follow their playbooks. Left out, there is no limit
    /// but those of the agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_budget: Option<Money>,
}

impl ModelPolicy {
    /// Whether nothing was said, so that records from before there were models stay as they are.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
