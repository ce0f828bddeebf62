//! A question that waits for a person: fails closed, expires, survives a restart, is answered once.

use serde::{Deserialize, Serialize};

use super::id::CallId;
use super::money::Money;
use super::personal::Personal;
use super::time::Millis;
use super::tool::ToolCall;

/// How long a tool call waits for a person; afterwards the answer is no.
pub const APPROVAL_PATIENCE: Millis = Millis::from_mins(5);

/// The call that waits, with what a decision needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingCall {
    /// The call.
    pub call: CallId,
    /// What would be done.
    pub ask: Personal<ToolCall>,
    /// The amount, if it is about money.
    pub amount: Option<Money>,
    /// Up to where the agent may by itself.
    pub agent_limit: Option<Money>,
}

/// How an approval ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A person said yes.
    Approved,
    /// A person said no.
    Rejected,
    /// Nobody answered in time: no.
    Expired,
    /// The conversation went on without it: no.
    Withdrawn,
}
