//! Questions of one specialist to another, and what came of them.

use serde::{Deserialize, Serialize};

use crate::domain::consult::Advice;
use crate::domain::id::{AgentName, CompositionId, Epoch};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

/// A question to another specialist that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consult {
    /// By whom.
    pub by: AgentName,
    /// Who is asked.
    pub whom: AgentName,
    /// Under which epoch.
    pub epoch: Epoch,
    /// In which attempt to answer.
    pub composition: CompositionId,
    /// What.
    pub question: Personal<Foreign>,
    /// Until when the answer is waited for.
    pub until: Timestamp,
}

/// What came of a question to another specialist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advised {
    /// Who was asked.
    pub whom: AgentName,
    /// What they know; nothing when there was no answer.
    pub advice: Option<Personal<Advice>>,
}
