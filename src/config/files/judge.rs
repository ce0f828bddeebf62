//! What judges answers, as `baton.toml` names it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::ModelName;

/// `baton.toml [judge]`: a language model that reads the answers of agents of language models before customers do.
/// What follows on what it finds stands in `policy.toml [guard]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JudgeFile {
    /// One of `[[models]]`. It reads what the agent whose answer it is was given.
    pub model: ModelName,
}
