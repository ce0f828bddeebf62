//! Words that operators use again and again, and what is put before an operator to choose from.

use serde::{Deserialize, Serialize};

use super::id::ReplyName;
use super::knowledge::Citation;
use super::playbook::Template;
use super::text::Clean;

/// Words for an answer, with gaps for what is known of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedReply {
    /// Its name; operators type it.
    pub name: ReplyName,
    /// What it is for, for people.
    pub about: String,
    /// The words; of several variants the first one counts whose gaps can all be filled.
    pub texts: Vec<Template>,
}

/// What a gap that is no collected fact stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyGap {
    /// The customer's name, as in flows.
    Name,
    /// The operator who writes.
    Operator,
    /// The conversation's short name, as in `c-1042`.
    Conversation,
}

impl ReplyGap {
    /// All of them with the names by which they are written.
    pub const ALL: [(&'static str, Self); 3] =
        [("name", Self::Name), ("operator", Self::Operator), ("conversation", Self::Conversation)];

    /// The gap of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, gap)| *gap)
    }
}

/// A text that an operator may begin an answer with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyChoice {
    /// What to call it: the reply's name, or the article's title.
    pub name: Clean,
    /// What it is for.
    pub about: Clean,
    /// The words, with every gap filled that could be.
    pub text: Clean,
    /// Gaps nobody could fill: they stand as `{name}` in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<String>,
    /// What the words rest on, when they come from an article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
}
