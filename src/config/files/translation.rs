//! What translates, as `baton.toml` names it. No key stands here: only where it is found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::analysis::Language;
use crate::domain::data::DataClass;
use crate::domain::id::ModelName;
use crate::domain::translation::TranslationSpec;

/// `baton.toml [translation]`: customers who write another language than the people of the house read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TranslationFile {
    /// What people of the house read and write, as `en` or `eng`; English unless said otherwise.
    #[serde(default = "english")]
    #[schemars(with = "String")]
    pub language: Language,
    /// The language model that translates, one of `[[models]]`.
    #[serde(default)]
    pub model: Option<ModelName>,
    /// Or the address of a service of your own that speaks `baton.translation.v1`.
    #[serde(default)]
    pub url: Option<String>,
    /// The environment variable that holds the service's key.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The file that holds it.
    #[serde(default)]
    pub key_file: Option<String>,
    /// The program, with its arguments, that prints it.
    #[serde(default)]
    pub key_command: Vec<String>,
    /// Classes of data that the translator may read: `contact`, `payment`, `health`; all unless some are named.
    #[serde(default)]
    pub may_read: Vec<DataClass>,
}

impl TranslationFile {
    /// What the rules know of it.
    pub fn spec(&self) -> TranslationSpec {
        TranslationSpec { language: self.language, may_read: self.may_read.clone() }
    }
}

const fn english() -> Language {
    Language::ENGLISH
}
