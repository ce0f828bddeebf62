//! A request for a human: why, how grave, by when.

use serde::{Deserialize, Serialize};

use super::score::Score;
use super::time::Millis;

/// How long one operator may look at an offer before it goes to the next; a chat is taken within seconds.
pub const OFFER_PATIENCE: Millis = Millis::from_secs(20);

/// What called for a human.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The customer asked for one.
    AskedForHuman,
    /// The mood is low and falling.
    MoodFalling,
    /// The same thing failed again and again.
    RepeatedFailure,
    /// A flow says so.
    Playbook,
    /// The agent itself says that a person is needed.
    ByAgent,
    /// The matter touches law or safety.
    Safety,
    /// No agent can take it.
    NoAgent,
    /// An operator asked for a colleague.
    ByOperator,
    /// The agent was held.
    Held,
    /// A person who held it left the customer without an answer.
    LeftAlone,
    /// A guardrail stopped an agent's answer, or was alarmed by what the customer wrote.
    Guarded,
    /// Policy wants a person for this customer.
    Policy,
}

/// How grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Can wait its turn.
    #[default]
    Normal,
    /// Before others.
    High,
    /// Now.
    Critical,
}

impl Severity {
    /// One step graver.
    #[must_use]
    pub const fn graver(self) -> Self {
        match self {
            Self::Normal => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }
}

/// One reading that led to an escalation, shown to the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// What was read.
    pub signal: Signal,
    /// Its value, 0 to 1.
    pub value: Score,
    /// What it added.
    pub weight: Score,
}

/// What is watched for trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A human is asked for.
    WantsHuman,
    /// How low the mood is.
    Displeasure,
    /// How much it fell.
    Falling,
    /// The customer repeats, or is asked again.
    Repetition,
    /// Answers in a row that did not help.
    Misses,
    /// Tools that failed.
    FailedTools,
    /// Nobody knows what is wanted.
    Unclear,
    /// Words of law or safety.
    Safety,
    /// The customer's tier.
    Tier,
    /// How long the customer has waited for an answer.
    Waiting,
    /// How much is at risk.
    Value,
    /// Texts in capitals.
    Shouting,
    /// Policy wants a person for this customer.
    Policy,
}

/// How an escalation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// A human took it.
    Taken,
    /// A human took it whose later word the customer had chosen instead of waiting.
    CalledBack,
    /// An operator said that none was needed.
    NotNeeded,
    /// The customer's matter ended first.
    Ended,
    /// The customer left the line.
    Withdrawn,
    /// Nobody came for as long as the policy lets somebody wait.
    Expired,
}

/// By what name the ledger knows the promise to write to somebody who does not wait.
pub const CALL_BACK: &str = "call_back";
