//! The files as they are written, one type each. Unknown keys are errors.

mod judge;
mod model;
mod opinion;
mod playbook;
mod rehearsal;
mod telemetry;
mod tool;
mod translation;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::agent::{AGENT_CAPACITY, AgentRole};
use crate::domain::analysis::Language;
use crate::domain::conversation::HouseSentence;
use crate::domain::data::DataClass;
use crate::domain::deployment::QueueSpec;
use crate::domain::id::{
    AgentName, ChannelName, FloorName, IntentName, ModelName, QueueName, ReplyName, SkillName, ToolName,
};
use crate::domain::money::Money;
use crate::domain::operator::OperatorSpec;
use crate::domain::supervision::Life;
use crate::domain::time::Millis;

pub use super::lines::Variants;
pub use judge::JudgeFile;
pub use model::{MODELS_AT_ONCE, ModelFile, ModelKind};
pub use opinion::OpinionFile;
pub use playbook::{PlaybookFile, StepFile};
pub use rehearsal::{
    CallFile, CustomerFile, DecisionFile, ExpectFile, GivenFile, Rehearsal, RehearsalFile, TurnFile, Whether,
};
pub use telemetry::TelemetryFile;
pub use tool::{EndpointFile, Method, ServerFile, ServerKind, ToolsFile};
pub use translation::TranslationFile;

/// Folders of a deployment that are read.
pub const FOLDERS: [&str; 5] = ["agents", "playbooks", "knowledge", "rehearsals", "scenarios"];
/// Files at the top of a deployment that are read.
pub const TOP: [&str; 7] =
    ["baton.toml", "operators.toml", "policy.toml", "tools.toml", "shop.toml", "phrases.toml", "replies.toml"];

/// Whether a path below the folder is a file of the deployment.
pub(super) fn belongs(path: &str) -> bool {
    let Some((folder, name)) = path.split_once('/') else { return TOP.contains(&path) };
    match name.rsplit_once('.') {
        Some((_, "toml")) => matches!(folder, "agents" | "playbooks" | "rehearsals" | "scenarios"),
        Some((_, "md")) => folder == "knowledge",
        Some(_) | None => false,
    }
}

/// `baton.toml`: the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BatonFile {
    /// The floor's name.
    pub name: FloorName,
    /// The house as customers know it.
    pub brand: String,
    /// Address and port to listen on; loopback unless said otherwise.
    #[serde(default)]
    pub listen: Option<String>,
    /// Folder of journal, keys and logs; the user's data folder unless said otherwise.
    #[serde(default)]
    pub storage: Option<String>,
    /// How the house talks, for agents of language models: `warm, brief, no jargon`.
    #[serde(default)]
    pub voice: String,
    /// The language models that agents may be backed by.
    #[serde(default)]
    pub models: Vec<ModelFile>,
    /// The one of them that reads answers before customers do, if any.
    #[serde(default)]
    pub judge: Option<JudgeFile>,
    /// Where traces go, if anywhere.
    #[serde(default)]
    pub telemetry: TelemetryFile,
    /// What translates, if anything does.
    #[serde(default)]
    pub translation: Option<TranslationFile>,
    /// The ways customers come by.
    #[serde(default)]
    pub channels: Vec<ChannelFile>,
    /// The lines in which escalations wait.
    #[serde(default)]
    pub queues: Vec<QueueSpec>,
    /// The humans; they may also stand in `operators.toml`.
    #[serde(default)]
    pub operators: Vec<OperatorSpec>,
    /// The house's own sentences; `{who}`, `{wait}` and `{when}` are filled in.
    #[serde(default)]
    pub sentences: BTreeMap<HouseSentence, String>,
    /// What looks at files of customers before anybody else does.
    #[serde(default)]
    pub scan: Option<ScanFile>,
}

/// `[scan]`: a scanner of files, a command or a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScanFile {
    /// A program with its arguments, given the content on its standard input; it ends with 0 when it finds
    /// nothing, with 1 when it finds something: `["clamdscan", "--no-summary", "-"]`.
    #[serde(default)]
    pub command: Vec<String>,
    /// A service that is posted the content and answers `{"verdict": "clean"}`, `"refused"` or `"unknown"`.
    #[serde(default)]
    pub url: Option<String>,
    /// How long it may take, in ms; then the file counts as not looked at.
    #[serde(default = "default_scan_timeout")]
    pub timeout_ms: u64,
}

const fn default_scan_timeout() -> u64 {
    15_000
}

/// `operators.toml`: the humans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OperatorsFile {
    /// The humans.
    #[serde(default)]
    pub operators: Vec<OperatorSpec>,
}

/// One way customers come by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChannelFile {
    /// Its name.
    pub name: ChannelName,
    /// What it is.
    #[serde(default)]
    pub kind: ChannelKind,
    /// Sites that may embed it, as `https://shop.example`; none means the server's own pages alone.
    #[serde(default)]
    pub origins: Vec<String>,
}

/// What a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// The chat page and its embed snippet.
    #[default]
    Webchat,
    /// Another system over the customer API.
    Api,
}

/// `agents/*.toml`: one AI specialist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AgentFile {
    /// Its name.
    pub name: AgentName,
    /// How it is introduced to customers, `billing specialist`.
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub role: AgentRole,
    /// Who it is and how it talks, in a few sentences.
    #[serde(default)]
    pub persona: String,
    /// The language models that compose its answers, the first of them that can; without any it follows its
    /// playbooks, and so it does when none of them can.
    #[serde(default)]
    pub models: Vec<ModelName>,
    /// What these may cost on one day, as `5.00 EUR`; then it follows its playbooks.
    #[serde(default)]
    pub model_budget: Option<Money>,
    /// Calls of models at once.
    #[serde(default = "default_at_once")]
    pub models_at_once: u16,
    /// Another self of it that is tried beside it: asked silently, and given a share of the conversations once
    /// a person says so.
    #[serde(default)]
    pub candidate: Option<CandidateFile>,
    /// Conversations at once.
    #[serde(default = "default_capacity")]
    pub capacity: u32,
    /// How well it calms a tense customer, in percent.
    #[serde(default = "default_calm")]
    pub calm: u8,
    /// How long it lets a reply wait before it goes out, in ms; 0 answers at once.
    #[serde(default)]
    pub pace_ms: Millis,
    /// How far it is trusted: `shadow` (answers nobody), `gated` (its drafts wait for a person), `live` or
    /// `draining` (gets no new conversations).
    #[serde(default)]
    pub life: Life,
    /// The line its escalations wait in.
    pub queue: QueueName,
    /// To whom it may hand off.
    #[serde(default)]
    pub handoffs: Vec<AgentName>,
    /// Whom it may ask without passing the baton.
    #[serde(default)]
    pub consults: Vec<AgentName>,
    /// For what it is, when it is asked together with others; models form their own.
    #[serde(default)]
    pub opinions: Vec<OpinionFile>,
    /// What it may call.
    #[serde(default)]
    pub tools: Vec<ToolName>,
    /// What it speaks, as `en`, `de`; left out, whatever the customer speaks.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub languages: Vec<Language>,
    /// Classes of data that it may read: `contact`, `payment`, `health`; left out, all.
    #[serde(default)]
    pub may_read: Vec<DataClass>,
    /// What it can do, and how well, in percent.
    #[serde(default)]
    pub skills: BTreeMap<SkillName, u8>,
    /// What it takes.
    #[serde(default)]
    pub intents: Vec<IntentFile>,
}

/// `[candidate]` of an agent: what is different about its other self.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CandidateFile {
    /// The language models that compose its answers; the agent's unless said otherwise.
    #[serde(default)]
    pub models: Vec<ModelName>,
    /// Who it is and how it talks; as the agent unless said otherwise.
    #[serde(default)]
    pub persona: Option<String>,
    /// Of how many in a hundred of the agent's conversations it is asked silently.
    #[serde(default = "default_asked")]
    pub asked: u8,
}

const fn default_asked() -> u8 {
    100
}

impl AgentFile {
    /// The agent as its candidate.
    pub fn candidate_agent(&self) -> Option<Self> {
        let candidate = self.candidate.as_ref()?;
        let mut other = self.clone();
        if !candidate.models.is_empty() {
            other.models.clone_from(&candidate.models);
        }
        if let Some(persona) = &candidate.persona {
            other.persona.clone_from(persona);
        }
        Some(other)
    }
}

const fn default_capacity() -> u32 {
    AGENT_CAPACITY
}

const fn default_at_once() -> u16 {
    MODELS_AT_ONCE
}

const fn default_calm() -> u8 {
    50
}

/// One thing a customer may want, with how customers say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IntentFile {
    /// Its name.
    pub name: IntentName,
    /// What it is, for people.
    #[serde(default)]
    pub about: String,
    /// How customers say it; they train the triage.
    pub examples: Vec<String>,
}

/// `replies.toml`: words that operators use again and again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RepliesFile {
    /// The replies.
    #[serde(default)]
    pub replies: Vec<ReplyFile>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReplyFile {
    /// Its name; operators type it after a `/`.
    pub name: ReplyName,
    /// What it is for, for people.
    #[serde(default)]
    pub about: String,
    /// The words; `{name}`, `{operator}`, `{conversation}` and every fact that a flow asks for are filled
    /// in. Of several variants the first one counts whose gaps can all be filled.
    pub text: Variants,
}
