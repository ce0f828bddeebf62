//! Going in circles: a baton that comes back, a question asked again, a call that says what it said.
//!
//! Whoever goes in a circle is told once. If it does the same again, another takes it, and when the
//! baton has moved often enough for this message, a person. A baton that comes back to who gave it
//! away goes to a person at once: another pass is what it has had too much of.

use serde::{Deserialize, Serialize};

use super::guard::GuardReason;
use super::id::{AgentName, SlotName, ToolName};

/// A question asked of a customer more often than this is an insult, whoever asks.
pub const QUESTION_TIMES_MAX: u8 = 5;
/// Answers to one and the same read, since the customer last spoke, after which another says nothing new.
pub const SAME_READS_NOW: u8 = 2;
/// The same over the results that are kept: who looks a sixth time for the same should tell somebody.
pub const SAME_READS_EVER: u8 = 5;
/// Things agents were told of in one conversation that are kept; more than these, a person is there.
pub const TOLD_MAX: usize = 8;

/// What an agent does over and over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Habit {
    /// It asks for a fact that was given, or that was asked for often enough.
    Question(SlotName),
    /// It calls a tool that will say what it has said.
    Call(ToolName),
    /// It says what a guardrail stops.
    Guarded(GuardReason),
}

/// What was told to which agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// To whom.
    pub agent: AgentName,
    /// About what.
    pub habit: Habit,
}

/// How a circle is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Break {
    /// The agent is told, once, and asked again.
    Told,
    /// Another specialist is asked to take it.
    Other,
    /// A human is called.
    Human,
}

/// A circle as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// The baton came back; the path, the first holder first, the one it would have gone to last.
    Handoffs(Vec<AgentName>),
    /// The same fact was asked for again, after so many times.
    Question(AgentName, SlotName, u8),
    /// The same call was asked for again, after so many equal results.
    Call(AgentName, ToolName, u8),
}

impl Circle {
    /// The circle in words: `triage > billing > triage`.
    pub fn words(&self) -> String {
        match self {
            Self::Handoffs(path) => path.iter().map(AgentName::as_str).collect::<Vec<_>>().join(" > "),
            Self::Question(agent, slot, 0) => format!("{agent} asks for {slot}, which is known"),
            Self::Question(agent, slot, times) => format!("{agent} asks for {slot} again, after {times} times"),
            Self::Call(agent, tool, times) => format!("{agent} calls {tool} again, after {times} equal results"),
        }
    }
}

impl Break {
    /// What follows, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Told => "it is told so and asked again",
            Self::Other => "another is asked to take it",
            Self::Human => "a human is called",
        }
    }
}
