//! What the house knows: articles, their paragraphs, and which of them answer a question.
//!
//! Does: keeps an index in memory and ranks paragraphs for a question, each with its place.
//! Never: reads files, writes answers, or shows an article outside the days it is valid.

mod paragraphs;
mod status;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::analysis::Span;
use crate::domain::id::ArticleName;
use crate::domain::knowledge::{Article, Citation, Passage};
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use paragraphs::{Paragraph, paragraphs};
pub use status::status;
use terms::Terms;

/// Score from which a passage is good enough to answer with; below it is at most a hint for a person.
pub const ANSWERABLE: Score = Score::from_percent(35);
/// Score below which a passage has nothing to do with the question.
const RELATED: Score = Score::from_percent(12);
/// Different terms of a question that are looked up: the first ones tell what it is about.
const QUESTION_TERMS_MAX: usize = 48;
/// Passages of one article in a result: two of the same page say little more than one.
const PER_ARTICLE_MAX: usize = 2;
/// Highlights in one passage; more would mark everything.
const HIGHLIGHTS_MAX: usize = 24;
/// How much a word counts in the title or a tag and in a heading; in the text it counts once.
const TITLE_WEIGHT: f32 = 2.0;
const HEADING_WEIGHT: f32 = 1.5;
/// How fast repeating a word stops helping, and how much a paragraph's length counts (BM25).
const SATURATION: f32 = 0.7;
const LENGTH_SHARE: f32 = 0.5;
/// How much the rest of its article counts for a passage: the paragraph before may name the matter.
const ARTICLE_SHARE: f32 = 0.3;
/// In words of a question: how much less a question of few words is trusted.
const ONE_WORD_DISCOUNT: f32 = 0.5;
/// How much of its rarity a word counts that no article has: it may be the very matter, or just a name.
const UNKNOWN_SHARE: f32 = 0.33;

/// Articles, ready to be searched.
pub struct Index {
    terms: Terms,
    articles: Vec<Entry>,
    passages: Vec<Indexed>,
    postings: BTreeMap<String, Postings>,
    /// Mean length of a passage, in terms.
    mean_length: f32,
}

/// An article without its text.
struct Entry {
    name: ArticleName,
    title: Foreign,
    valid_from: Option<Timestamp>,
    valid_to: Option<Timestamp>,
}

/// One paragraph.
struct Indexed {
    article: usize,
    number: u32,
    text: Foreign,
    length: f32,
}

/// Where a term stands.
#[derive(Default)]
struct Postings {
    /// How many articles have it.
    articles: u32,
    /// Ascending by passage.
    passages: Vec<Posting>,
}

/// How often a term stands in one passage.
struct Posting {
    passage: usize,
    /// In title, tags and headings, weighted. These are short whatever the passage's length is.
    above: f32,
    /// In the text.
    within: f32,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({} articles, {} passages)", self.articles.len(), self.passages.len())
    }
}

impl Index {
    /// Indexes articles.
    pub fn build(articles: &[Article]) -> Self {
        let mut index = Self {
            terms: Terms::new(),
            articles: Vec::with_capacity(articles.len()),
            passages: Vec::new(),
            postings: BTreeMap::new(),
            mean_length: 1.0,
        };
        for article in articles {
            index.add(article);
        }
        let lengths: f32 = index.passages.iter().map(|passage| passage.length).sum();
        index.mean_length = (lengths / index.passages.len().max(1) as f32).max(1.0);
        index
    }

    fn add(&mut self, article: &Article) {
        let number = self.articles.len();
        let mut titled: BTreeMap<String, f32> = BTreeMap::new();
        for text in std::iter::once(&article.title).chain(&article.tags) {
            self.terms.each(text, |term, _| {
                // A word of the title counts once, however often it stands there.
                titled.insert(term.to_owned(), TITLE_WEIGHT);
            });
        }
        let mut of_article: BTreeSet<String> = titled.keys().cloned().collect();
        for (paragraph, at) in paragraphs(&article.body).into_iter().zip(1..) {
            let (weights, length) = self.weigh(&paragraph, &titled);
            let passage = self.passages.len();
            for (term, (above, within)) in weights {
                self.postings.entry(term.clone()).or_default().passages.push(Posting { passage, above, within });
                of_article.insert(term);
            }
            self.passages.push(Indexed { article: number, number: at, text: paragraph.text.into(), length });
        }
        for term in of_article {
            if let Some(postings) = self.postings.get_mut(&term) {
                postings.articles += 1;
            }
        }
        self.articles.push(Entry {
            name: article.name.clone(),
            title: article.title.as_str().into(),
            valid_from: article.valid_from,
            valid_to: article.valid_to,
        });
    }

    /// How often each term stands above and within a paragraph, and its length in terms.
    fn weigh(&self, paragraph: &Paragraph, titled: &BTreeMap<String, f32>) -> (BTreeMap<String, (f32, f32)>, f32) {
        let mut weights: BTreeMap<String, (f32, f32)> =
            titled.iter().map(|(term, weight)| (term.clone(), (*weight, 0.0))).collect();
        self.terms.each(&paragraph.heading, |term, _| weights.entry(term.to_owned()).or_default().0 += HEADING_WEIGHT);
        let mut length = 0.0;
        self.terms.each(&paragraph.text, |term, _| {
            weights.entry(term.to_owned()).or_default().1 += 1.0;
            length += 1.0;
        });
        (weights, length)
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// The best `n` passages for a question among the articles valid at `at`, best first; none
    /// when nothing has to do with it. From [`ANSWERABLE`] on a passage can be answered with.
    ///
    /// A score of 1 would mean that every word of the question stands in the passage again and again.
    pub fn search(&self, question: &Foreign, n: usize, at: Timestamp) -> Vec<Passage> {
        let asked = self.asked(question.raw());
        let total: f32 = asked.iter().map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            return Vec::new();
        }
        let (sums, wholes) = self.sums(&asked);
        // One word that fits is less of an answer than three.
        let sure = asked.len() as f32 / (asked.len() as f32 + ONE_WORD_DISCOUNT) / total;
        let score = |passage: usize, sum: f32| {
            let whole = self.passages.get(passage).and_then(|indexed| wholes.get(indexed.article));
            let mixed = sum + ARTICLE_SHARE * (whole.copied().unwrap_or(sum) - sum);
            Score((mixed * sure * 10_000.0).round() as i32)
        };
        let mut ranked: Vec<(Score, usize)> = sums
            .iter()
            .enumerate()
            .map(|(passage, sum)| (score(passage, *sum), passage))
            .filter(|(score, passage)| *score >= RELATED && self.is_valid(*passage, at))
            .collect();
        ranked.sort_by_key(|(score, passage)| (std::cmp::Reverse(*score), *passage));
        let mut taken = vec![0; self.articles.len()];
        ranked
            .into_iter()
            .filter(|(_, passage)| {
                let count = self.passages.get(*passage).and_then(|indexed| taken.get_mut(indexed.article));
                count.is_some_and(|count| {
                    *count += 1;
                    *count <= PER_ARTICLE_MAX
                })
            })
            .take(n)
            .filter_map(|(score, passage)| self.passage(passage, score, &asked))
            .collect()
    }

    /// What each passage says of the question, and each article if the best of its passages for
    /// each word are taken together.
    fn sums(&self, asked: &[(String, f32)]) -> (Vec<f32>, Vec<f32>) {
        let mut sums = vec![0.0_f32; self.passages.len()];
        let mut wholes = vec![0.0_f32; self.articles.len()];
        for (term, weight) in asked {
            let Some(postings) = self.postings.get(term) else { continue };
            let mut best = vec![0.0_f32; self.articles.len()];
            for Posting { passage, above, within } in &postings.passages {
                let Some((sum, indexed)) = sums.get_mut(*passage).zip(self.passages.get(*passage)) else { continue };
                let long = 1.0 - LENGTH_SHARE + LENGTH_SHARE * indexed.length / self.mean_length;
                let frequency = above + within / long;
                let gain = weight * frequency / (frequency + SATURATION);
                *sum += gain;
                if let Some(best) = best.get_mut(indexed.article) {
                    *best = best.max(gain);
                }
            }
            for (whole, best) in wholes.iter_mut().zip(best) {
                *whole += best;
            }
        }
        (sums, wholes)
    }

    /// The passage that a citation names, as it stands now.
    pub fn cited(&self, citation: &Citation) -> Option<Passage> {
        let article = self.articles.iter().position(|entry| entry.name == citation.article)?;
        let named = |p: &Indexed| p.article == article && p.number == citation.paragraph;
        self.passage(self.passages.iter().position(named)?, Score::ONE, &[])
    }

    /// The different terms of a question with their weight: rare ones tell more, and one that the
    /// house has never heard of tells that the answer may not be here.
    fn asked(&self, question: &str) -> Vec<(String, f32)> {
        let articles = self.articles.len() as f32;
        let mut asked: Vec<(String, f32)> = Vec::new();
        self.terms.each(question, |term, _| {
            if asked.len() < QUESTION_TERMS_MAX && !asked.iter().any(|(known, _)| known == term) {
                let having = self.postings.get(term).map_or(0.0, |postings| postings.articles as f32);
                let rarity = libm::logf(1.0 + (articles - having + 0.5) / (having + 0.5));
                asked.push((term.to_owned(), if having > 0.0 { rarity } else { rarity * UNKNOWN_SHARE }));
            }
        });
        asked
    }

    fn is_valid(&self, passage: usize, at: Timestamp) -> bool {
        let entry = self.passages.get(passage).and_then(|indexed| self.articles.get(indexed.article));
        entry.is_some_and(|entry| {
            entry.valid_from.is_none_or(|from| from <= at) && entry.valid_to.is_none_or(|to| at < to)
        })
    }

    fn passage(&self, passage: usize, score: Score, asked: &[(String, f32)]) -> Option<Passage> {
        let indexed = self.passages.get(passage)?;
        let entry = self.articles.get(indexed.article)?;
        let mut highlights = Vec::new();
        self.terms.each(indexed.text.raw(), |term, range| {
            if highlights.len() < HIGHLIGHTS_MAX && asked.iter().any(|(word, _)| word == term) {
                highlights.push(Span { start: range.start as u32, end: range.end as u32 });
            }
        });
        Some(Passage {
            citation: Citation { article: entry.name.clone(), paragraph: indexed.number },
            title: entry.title.clone(),
            text: indexed.text.clone(),
            score,
            highlights,
        })
    }
}

#[cfg(test)]
mod tests;
