//! `rehearsals/*.toml`: conversations as they should go.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::lines::Variants;
use crate::domain::conversation::Disposition;
use crate::domain::customer::{IdentityNeed, Tier};
use crate::domain::escalation::Trigger;
use crate::domain::guard::GuardKind;
use crate::domain::id::{AgentName, ArticleName, IntentName, SlotName, ToolName};

/// One conversation: who comes, what they say, and what should come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RehearsalFile {
    /// What it shows, in a sentence.
    pub about: String,
    /// Who comes.
    #[serde(default)]
    pub customer: CustomerFile,
    /// What tools give in it instead of being called, by name; others are those of the practice shop.
    #[serde(default)]
    pub tools: BTreeMap<ToolName, GivenFile>,
    /// What happens, in order.
    pub turns: Vec<TurnFile>,
}

/// The customer and the circumstances.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CustomerFile {
    /// The customer of the practice shop that they are, by handle; the site vouches for it.
    pub person: Option<String>,
    /// How sure we are of who they are; `verified` with a `person`, else `anonymous` unless said otherwise.
    pub identity: Option<IdentityNeed>,
    /// What they were promised; as the practice shop says of the person unless said otherwise.
    pub tier: Option<Tier>,
    /// What they are called.
    pub name: Option<String>,
    /// What is known of them before they say a word.
    pub facts: BTreeMap<SlotName, String>,
}

/// What a tool gives, every time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GivenFile {
    /// It works, and gives this.
    pub gives: BTreeMap<SlotName, String>,
    /// It says no, for this reason.
    pub declines: Option<String>,
    /// It fails, however often it is tried.
    pub fails: bool,
}

/// A person's answer to what waits for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionFile {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// One turn: the customer says something, or a person decides what waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TurnFile {
    /// The customer's words.
    #[serde(default)]
    pub say: Option<String>,
    /// What a person answers to the tool call that waits.
    #[serde(default)]
    pub decide: Option<DecisionFile>,
    /// Minutes that pass before.
    #[serde(default)]
    pub after_minutes: Option<u32>,
    /// What should come of it.
    #[serde(default)]
    pub expect: ExpectFile,
}

/// What should come of a turn. What is left out may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectFile {
    /// Which agent holds the conversation then, or had it when it ended.
    pub agent: Option<AgentName>,
    /// As what the customer's words are read.
    pub intent: Option<IntentName>,
    /// Tool calls that are made, others allowed; an empty list means none at all.
    pub calls: Option<Vec<CallFile>>,
    /// Agents that take it over, in order and no others; an empty list means none.
    pub handoffs: Option<Vec<AgentName>>,
    /// Whether a human is called, or why.
    pub escalated: Option<Whether<Trigger>>,
    /// Whether it is settled, or how.
    pub resolved: Option<Whether<Disposition>>,
    /// The tool whose call waits for a person.
    pub waits_for: Option<ToolName>,
    /// Words that the customer reads, whatever the case; of a list within the list one is enough.
    pub says: Vec<Variants>,
    /// Words that the customer does not read.
    pub never_says: Vec<String>,
    /// Articles that the answers rest on.
    pub cites: Vec<ArticleName>,
    /// Facts that a handoff keeps back, since the receiver may not read their class.
    pub withheld: Option<Vec<SlotName>>,
    /// What guardrails find; an empty list means nothing.
    pub guard: Option<Vec<GuardKind>>,
}

/// A tool call: its name, or its name with what it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the name of a tool, or { tool = \"...\", with = { argument = \"value\" } }")]
pub enum CallFile {
    /// Its name.
    Named(ToolName),
    /// Its name and some of what it is given.
    With(CallWithFile),
}

/// A tool call with arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallWithFile {
    /// Its name.
    pub tool: ToolName,
    /// Some of what it is given.
    #[serde(default)]
    pub with: BTreeMap<SlotName, String>,
}

impl CallFile {
    /// The tool.
    pub const fn tool(&self) -> &ToolName {
        match self {
            Self::Named(tool) | Self::With(CallWithFile { tool, .. }) => tool,
        }
    }

    /// What it has to be given.
    pub fn with(&self) -> impl Iterator<Item = (&SlotName, &str)> {
        let with = match self {
            Self::Named(_) => None,
            Self::With(CallWithFile { with, .. }) => Some(with),
        };
        with.into_iter().flatten().map(|(name, value)| (name, value.as_str()))
    }
}

/// Whether something happens, or exactly what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "`true`, `false`, or one of the words for it")]
pub enum Whether<T> {
    /// It does, or does not.
    Plain(bool),
    /// It does, and is this.
    Exactly(T),
}

impl<T: PartialEq + Copy> Whether<T> {
    /// Whether what happened is what was expected.
    pub fn is(self, happened: Option<T>) -> bool {
        match self {
            Self::Plain(wanted) => wanted == happened.is_some(),
            Self::Exactly(wanted) => happened == Some(wanted),
        }
    }
}

/// A rehearsal with the file it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// The file's name without its ending.
    pub name: String,
    /// What it says.
    pub file: RehearsalFile,
}
