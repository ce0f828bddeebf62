//! Language models as `baton.toml` names them. No key stands here: only where it is found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::ModelName;
use crate::domain::model::Cost;
use crate::domain::time::Millis;

/// Calls of one agent, and of one model, at once unless said otherwise: what providers allow a small account.
pub const MODELS_AT_ONCE: u16 = 16;
/// Tokens of one answer unless said otherwise: three long paragraphs.
const OUTPUT_TOKENS: u32 = 700;

/// What a model speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Chat completions as OpenAI defined them: also Azure, Ollama, vLLM, llama.cpp, LM Studio.
    Openai,
    /// Messages as Anthropic defined them.
    Anthropic,
    /// A service of your own that speaks `baton.agent.v1`, over HTTP or a WebSocket.
    Remote,
}

/// One language model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelFile {
    /// Its name in this deployment.
    pub name: ModelName,
    /// What it speaks.
    pub kind: ModelKind,
    /// Its address up to what the kind adds, as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The provider's name for it.
    #[serde(default)]
    pub model: String,
    /// The environment variable that holds its key; local servers want none.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The file that holds its key.
    #[serde(default)]
    pub key_file: Option<String>,
    /// The program that prints its key, with its arguments, as `["secret-tool", "lookup", "service", "openai"]`.
    #[serde(default)]
    pub key_command: Vec<String>,
    /// What a million tokens read cost, as `0.15 EUR`.
    #[serde(default)]
    pub price_input: Option<Cost>,
    /// What a million tokens read from the provider's cache cost; the price of input unless said otherwise.
    #[serde(default)]
    pub price_cached: Option<Cost>,
    /// What a million tokens written cost.
    #[serde(default)]
    pub price_output: Option<Cost>,
    /// Tokens it may write in one answer.
    #[serde(default = "default_output")]
    pub output_tokens: u32,
    /// Tokens it can hold, question and answer together; left out, as many as there are. What is older than fits is
    /// left out of the question, since servers that cut for themselves begin with the instructions.
    #[serde(default)]
    pub context_tokens: Option<u32>,
    /// How freely it draws its words, in hundredths; left out, as the provider likes.
    #[serde(default)]
    pub temperature_percent: Option<u8>,
    /// Calls at once.
    #[serde(default = "default_at_once")]
    pub at_once: u16,
    /// How long a connection may take, in ms.
    #[serde(default = "default_connect")]
    pub connect_ms: Millis,
    /// How long the first word may take, in ms.
    #[serde(default = "default_first")]
    pub first_ms: Millis,
    /// How long it may fall silent between two words, in ms.
    #[serde(default = "default_idle")]
    pub idle_ms: Millis,
    /// How long the whole answer may take, in ms; an attempt of an agent ends after a minute.
    #[serde(default = "default_whole")]
    pub whole_ms: Millis,
    /// Attempts at one call before the next model is asked.
    #[serde(default = "default_attempts")]
    pub attempts: u8,
}

impl ModelFile {
    /// Whether it is spoken to over a WebSocket.
    pub fn by_socket(&self) -> bool {
        self.kind == ModelKind::Remote && ["ws://", "wss://"].iter().any(|scheme| self.base_url.starts_with(scheme))
    }
}

const fn default_output() -> u32 {
    OUTPUT_TOKENS
}

const fn default_at_once() -> u16 {
    MODELS_AT_ONCE
}

const fn default_connect() -> Millis {
    Millis::from_secs(3)
}

const fn default_first() -> Millis {
    Millis::from_secs(15)
}

const fn default_idle() -> Millis {
    Millis::from_secs(10)
}

const fn default_whole() -> Millis {
    Millis::from_secs(40)
}

const fn default_attempts() -> u8 {
    2
}
