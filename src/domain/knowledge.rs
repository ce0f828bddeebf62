//! What the house knows: passages of articles with their citation.

use serde::{Deserialize, Serialize};

use super::analysis::Span;
use super::id::{ArticleName, Handle};
use super::score::Score;
use super::text::Foreign;
use super::time::Timestamp;

/// A ranked passage: of an article, or of a conversation that is over.
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

/// Whose past a passage tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Past {
    /// What settled a matter like it for somebody else.
    Solution,
    /// What came of the customer's own matter before.
    Earlier,
}

impl Past {
    const ALL: [Self; 2] = [Self::Solution, Self::Earlier];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Solution => "solution",
            Self::Earlier => "earlier",
        }
    }
}

impl Citation {
    /// The place of a conversation that is over: `solution.c-1042`. No file of an article begins like this.
    pub fn of_past(past: Past, handle: Handle) -> Option<Self> {
        let article = format!("{}.{handle}", past.word()).parse().ok()?;
        Some(Self { article, paragraph: 1 })
    }

    /// The conversation it names, if it is none of an article.
    pub fn past(&self) -> Option<(Past, Handle)> {
        let (word, handle) = self.article.as_str().split_once('.')?;
        let past = Past::ALL.into_iter().find(|past| past.word() == word)?;
        Some((past, handle.parse().ok()?))
    }

    /// What people call it: the article's name, `solution c-1042`, `earlier c-17`.
    pub fn words(&self) -> String {
        match self.past() {
            Some((past, handle)) => format!("{} {handle}", past.word()),
            None => self.article.to_string(),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_past_is_told_from_an_article() {
        let solution = Citation::of_past(Past::Solution, Handle(1042)).unwrap();
        assert_eq!(
            (solution.past(), solution.words().as_str()),
            (Some((Past::Solution, Handle(1042))), "solution c-1042")
        );
        let earlier = Citation::of_past(Past::Earlier, Handle(17)).unwrap();
        assert_eq!(earlier.words(), "earlier c-17");
        for name in ["solution", "earlier.than-noon", "status.c-1", "refunds"] {
            let article = Citation { article: name.parse().unwrap(), paragraph: 1 };
            assert_eq!((article.past(), article.words().as_str()), (None, name));
        }
    }
}
