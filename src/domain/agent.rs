//! The AI specialists of the roster.

use serde::{Deserialize, Serialize};

use super::analysis::Language;
use super::candidate::{CandidateSpec, Side};
use super::data::DataClass;
use super::id::{AgentName, Digest, IntentName, ModelName, PlaybookName, QueueName, SkillName, ToolName};
use super::money::Money;
use super::score::Score;
use super::supervision::Life;
use super::time::Millis;

/// Conversations one agent holds at once unless the deployment says otherwise.
pub const AGENT_CAPACITY: u32 = 1_000;

/// What an agent is on the floor for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentRole {
    /// Meets every customer first, sorts, and answers what is simple.
    Triage,
    /// Settles matters of its skills.
    #[default]
    Specialist,
    /// Looks after customers who wait for a human.
    Escalation,
}

/// One specialist as routing and the rules see it. Examples, persona and backend are the runtime's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpec {
    /// Its name.
    pub name: AgentName,
    /// How it is introduced to customers, `billing specialist`.
    pub title: String,
    /// What it is for.
    pub role: AgentRole,
    /// What it can do, and how well, 0 to 1.
    pub skills: Vec<(SkillName, Score)>,
    /// What it takes.
    pub intents: Vec<IntentName>,
    /// Conversations at once.
    pub capacity: u32,
    /// To whom it may hand off.
    pub handoffs: Vec<AgentName>,
    /// Whom it may ask without passing the baton.
    #[serde(default)]
    pub consults: Vec<AgentName>,
    /// What it may call.
    pub tools: Vec<ToolName>,
    /// The line its escalations wait in.
    pub queue: QueueName,
    /// How well it calms a tense customer, 0 to 1.
    pub calm: Score,
    /// How long it lets a reply wait before it goes out; a text that appears at once reads as a machine's.
    /// At zero it answers within the durable write of the question.
    #[serde(default)]
    pub pace: Millis,
    /// How far it is trusted, until somebody says otherwise.
    #[serde(default)]
    pub life: Life,
    /// What it speaks; without any, what the customer does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Language>,
    /// Classes of data that it may read; without any, all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_read: Vec<DataClass>,
    /// The language models that compose its answers, the first that can; none means that its playbooks do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelName>,
    /// What its models may cost on one day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_budget: Option<Money>,
    /// Another self of it that is tried beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<CandidateSpec>,
    /// Its flows with the digest of each one's text.
    pub playbooks: Vec<(PlaybookName, Digest)>,
}

impl AgentSpec {
    /// One with a role and a line and nothing else: it takes one conversation, can do nothing and may ask nobody.
    pub const fn bare(name: AgentName, role: AgentRole, queue: QueueName) -> Self {
        Self {
            name,
            title: String::new(),
            role,
            skills: Vec::new(),
            intents: Vec::new(),
            capacity: 1,
            handoffs: Vec::new(),
            consults: Vec::new(),
            tools: Vec::new(),
            queue,
            calm: Score::ZERO,
            pace: Millis(0),
            life: Life::Live,
            languages: Vec::new(),
            may_read: Vec::new(),
            models: Vec::new(),
            model_budget: None,
            candidate: None,
            playbooks: Vec::new(),
        }
    }

    /// Whether language models compose its answers.
    pub const fn is_modelled(&self) -> bool {
        !self.models.is_empty()
    }

    /// The language models that compose for one of its selves.
    pub fn models_of(&self, side: Side) -> &[ModelName] {
        let candidate = self.candidate.as_ref().filter(|_| side == Side::Candidate);
        candidate.map_or(self.models.as_slice(), |candidate| candidate.models.as_slice())
    }

    /// Whether it speaks a language: not known of who names none, or of a language that is not known.
    pub fn speaks(&self, language: Language) -> Option<bool> {
        let says = !self.languages.is_empty() && language != Language::UNKNOWN;
        says.then(|| self.languages.contains(&language))
    }

    /// Whether it may read data of that class.
    pub fn reads(&self, class: DataClass) -> bool {
        may_read(&self.may_read, class)
    }
}

/// Whether who lists these classes may read data of that class; who lists none reads all.
pub fn may_read(listed: &[DataClass], class: DataClass) -> bool {
    listed.is_empty() || class == DataClass::General || listed.contains(&class)
}
