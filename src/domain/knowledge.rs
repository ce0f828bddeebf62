//! What the house knows: passages of articles with their citation.

use serde::{Deserialize, Serialize};

use super::analysis::Span;
use super::id::ArticleName;
use super::score::Score;
use super::text::Foreign;

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
