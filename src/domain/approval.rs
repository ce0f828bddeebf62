//! A question that waits for a person: fails closed, expires, survives a restart, is answered once.

use serde::{Deserialize, Serialize};

use super::action::Reply;
use super::guard::Taint;
use super::id::{CallId, OperatorName};
use super::money::Money;
use super::personal::Personal;
use super::promise::Promise;
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
    /// Words of the agent that announce what the call does: they go out with its success or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Announcement>,
    /// Whose whispers were in force when the call was thought of; none of them may allow it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub whispered: Vec<OperatorName>,
    /// Why it waits although its tool does not ask for a person, if a guardrail says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taint: Option<Taint>,
}

/// Words that announce what a call does: they go out with its success or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The words.
    pub words: Personal<Reply>,
    /// Whether they have gone past a gate already.
    #[serde(default)]
    pub released: bool,
    /// What they promise: it is owed when they have gone out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
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

impl Verdict {
    /// In words, after `it was`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "left unanswered and expired, which is a no",
            Self::Withdrawn => "withdrawn, because the conversation went on without it",
        }
    }
}
