//! `[[opinions]]` of an agent: for what it is, when it is asked together with others.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Variants;
use crate::domain::id::{ArticleName, IntentName, Position, SlotName};
use crate::domain::money::Money;

/// How sure an opinion is, in percent, unless said otherwise.
const CONFIDENCE: u8 = 80;

/// One opinion. The first of an agent that fits counts; without one it says what the best article says, and
/// takes no side. Whoever judges reads what somebody is for as `agent.position`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OpinionFile {
    /// In which matters; left out, in all.
    #[serde(default)]
    pub about: Vec<IntentName>,
    /// Facts that have to be so, each one of these.
    #[serde(default)]
    pub when: BTreeMap<SlotName, Variants>,
    /// Facts that have to be amounts above these.
    #[serde(default)]
    pub above: BTreeMap<SlotName, Money>,
    /// Facts that must not be known.
    #[serde(default)]
    pub without: Vec<SlotName>,
    /// For what it is.
    pub position: Position,
    /// How sure it is, in percent.
    #[serde(default = "default_confidence")]
    pub confidence: u8,
    /// Why, in words for colleagues; facts are filled in.
    pub says: String,
    /// The article that it rests on.
    #[serde(default)]
    pub cites: Option<ArticleName>,
}

const fn default_confidence() -> u8 {
    CONFIDENCE
}
