//! What follows on what guardrails find.

use serde::{Deserialize, Serialize};

use crate::domain::guard::{GuardAction, GuardKind};
use crate::domain::id::ToolName;

/// Fields in which advice needs a licence or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AdviceField {
    /// What to buy, sell, invest in.
    Finance,
    /// Diagnoses, drugs, doses.
    Health,
    /// How to sue, who is liable.
    Legal,
}

/// What follows on what guardrails find, by kind. An order to an agent in a customer's words is noted by
/// itself: what counts is that it leads to nothing, which the rules for tools and for answers see to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GuardPolicy {
    /// Whether anything is looked at.
    pub on: bool,
    /// Text that wants to command the agent.
    pub injection: GuardAction,
    /// Insults and threats.
    pub abuse: GuardAction,
    /// Work that is none of this house's.
    pub off_topic: GuardAction,
    /// Figures and links that rest on nothing.
    pub ungrounded: GuardAction,
    /// Deeds that no tool did.
    pub deed: GuardAction,
    /// Secrets and the agent's own instructions.
    pub leak: GuardAction,
    /// Personal data from elsewhere.
    pub stranger: GuardAction,
    /// Words against the brand's voice.
    pub tone: GuardAction,
    /// Advice that this house must not give.
    pub advice: GuardAction,
    /// Arguments of tools that nobody gave; a call either waits for a person or is noted.
    pub arguments: GuardAction,
    /// Answers that the judge, if the house has one, said nothing of; they are noted, or wait for a person.
    pub unjudged: GuardAction,
    /// Fields in which agents give no advice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub no_advice: Vec<AdviceField>,
    /// Words that agents never say, whatever the case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<String>,
    /// Tools that act or pay and that a model may call without a person although it has read text of strangers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_tools: Vec<ToolName>,
}

impl Default for GuardPolicy {
    fn default() -> Self {
        Self {
            on: true,
            injection: GuardAction::Note,
            abuse: GuardAction::Note,
            off_topic: GuardAction::Note,
            ungrounded: GuardAction::Again,
            deed: GuardAction::Again,
            leak: GuardAction::Again,
            stranger: GuardAction::Again,
            tone: GuardAction::Again,
            advice: GuardAction::Again,
            arguments: GuardAction::Approval,
            unjudged: GuardAction::Note,
            no_advice: Vec::new(),
            forbidden: Vec::new(),
            trusted_tools: Vec::new(),
        }
    }
}

impl GuardPolicy {
    /// What follows on a finding of that kind.
    pub const fn action(&self, kind: GuardKind) -> GuardAction {
        match kind {
            GuardKind::Injection => self.injection,
            GuardKind::Abuse => self.abuse,
            GuardKind::OffTopic => self.off_topic,
            GuardKind::Ungrounded => self.ungrounded,
            GuardKind::Deed => self.deed,
            GuardKind::Leak => self.leak,
            GuardKind::Stranger => self.stranger,
            GuardKind::Tone => self.tone,
            GuardKind::Advice => self.advice,
            GuardKind::Arguments => self.arguments,
            GuardKind::Unjudged => self.unjudged,
        }
    }
}
