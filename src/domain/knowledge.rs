//! What the house knows: passages of articles with their citation.

use serde::{Deserialize, Serialize};

use super::analysis::Span;
use super::id::ArticleName;
use super::score::Score;
use super::text::Foreign;
use super::time::Timestamp;

/// A ranked passage of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Where it stands.
    pub citation: Citation,
    /// The article's title.
    pub title: Foreign,
    /// The paragraph.
    pub text: Foreign,
    /// How well it fits the question, 0 to 1.
    pub score: Score,
    /// Where the words of the question stand in it.
    pub highlights: Vec<Span>,
}

/// A place in an article that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Citation {
    /// The article.
    pub article: ArticleName,
    /// Number of the paragraph, from 1.
    pub paragraph: u32,
}

/// A question that was looked up and not answered: what came nearest, and how near that was.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unanswered {
    /// The nearest passage, if anything was near at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Citation>,
    /// How well it fits the question, 0 to 1.
    pub score: Score,
}

/// An article of the house as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its name: the file's without its ending.
    pub name: ArticleName,
    /// Its title.
    pub title: String,
    /// Words it is also found by.
    pub tags: Vec<String>,
    /// Valid from here on, if that was said.
    pub valid_from: Option<Timestamp>,
    /// No longer valid from here on, if that was said.
    pub valid_to: Option<Timestamp>,
    /// The text after the front matter, in Markdown.
    pub body: String,
}
