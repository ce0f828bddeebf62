//! What the house knows: articles, their paragraphs, and which of them answer a question.
//!
//! Does: keeps an index in memory and ranks paragraphs for a question, each with its place; the same of
//! conversations that are over.
//! Never: reads files, writes answers, or shows an article outside the days it is valid.

mod articles;
mod cases;
mod paragraphs;
mod status;
mod terms;

use std::collections::BTreeMap;

use crate::domain::analysis::Span;
use crate::domain::id::ArticleName;
use crate::domain::knowledge::{Article, Citation, Passage};
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use articles::{Articles, Counted, rarity};
pub use cases::{Case, Cases, Solution};
use paragraphs::{Paragraph, paragraphs};
pub use status::status;
use terms::Terms;

/// Score from which a passage is good enough to answer with; below it is at most a hint for a person.
pub const ANSWERABLE: Score = Score::from_percent(35);
/// Score below which a passage has nothing to do with the question.
const RELATED: Score = Score::from_percent(12);
/// Different terms of a question that are looked up: a long story has some two hundred.
const QUESTION_TERMS_MAX: usize = 256;
/// Articles whose passages are looked at: the best of those that the question is about.
const ARTICLES_MAX: usize = 20;
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
/// How much less a passage counts whose article has nothing else to do with the question.
const BESIDE_SHARE: f32 = 0.6;
/// In words of a question: how much less a question of few words is trusted.
const ONE_WORD_DISCOUNT: f32 = 0.5;
/// How much of its rarity a word counts that no article has: it may be the very matter, or just a name.
const UNKNOWN_SHARE: f32 = 0.33;

/// Articles, ready to be searched.
pub struct Index {
    terms: Terms,
    articles: Vec<Entry>,
    wholes: Articles,
    passages: Vec<Indexed>,
    /// By term, ascending by passage.
    postings: BTreeMap<String, Vec<Posting>>,
    /// Length of all passages together, and of one in the mean, in terms.
    total_length: f32,
    mean_length: f32,
}

/// An article without its text.
struct Entry {
    name: ArticleName,
    title: Foreign,
    valid_from: Option<Timestamp>,
    valid_to: Option<Timestamp>,
}

impl Entry {
    fn is_valid(&self, at: Timestamp) -> bool {
        self.valid_from.is_none_or(|from| from <= at) && self.valid_to.is_none_or(|to| at < to)
    }
}

/// One paragraph.
struct Indexed {
    article: usize,
    number: u32,
    text: Foreign,
    length: f32,
}

/// A term of a question.
struct Asked {
    term: String,
    /// How much it tells.
    weight: f32,
    /// How often it stands in the question.
    times: u32,
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
            wholes: Articles::default(),
            passages: Vec::new(),
            postings: BTreeMap::new(),
            total_length: 0.0,
            mean_length: 1.0,
        };
        for article in articles {
            index.add(article);
        }
        index
    }

    /// Takes an article out: it is not found any more, and its text is gone. Its words still count as words
    /// that articles have until the index is built anew.
    fn withdraw(&mut self, name: &ArticleName) {
        let Some(at) = self.articles.iter().rposition(|entry| entry.name == *name) else { return };
        if let Some(entry) = self.articles.get_mut(at) {
            (entry.title, entry.valid_to) = (Foreign::default(), Some(Timestamp(i64::MIN)));
        }
        let passages = self.passages.iter_mut().rev().skip_while(|passage| passage.article > at);
        passages.take_while(|passage| passage.article == at).for_each(|passage| passage.text = Foreign::default());
    }

    fn add(&mut self, article: &Article) {
        let number = self.articles.len();
        let mut whole = Counted::default();
        let mut titled: BTreeMap<String, f32> = BTreeMap::new();
        for text in std::iter::once(&article.title).chain(&article.tags) {
            self.terms.each(text, |term, _| {
                // A word of the title counts once, however often it stands there.
                titled.insert(term.to_owned(), TITLE_WEIGHT);
                whole.above(term);
            });
        }
        let mut heading = String::new();
        for (paragraph, at) in paragraphs(&article.body).into_iter().zip(1..) {
            if paragraph.heading != heading {
                self.terms.each(&paragraph.heading, |term, _| whole.above(term));
                heading.clone_from(&paragraph.heading);
            }
            self.terms.each(&paragraph.text, |term, _| whole.within(term));
            let (weights, length) = self.weigh(&paragraph, &titled);
            let passage = self.passages.len();
            for (term, (above, within)) in weights {
                self.postings.entry(term).or_default().push(Posting { passage, above, within });
            }
            self.total_length += length;
            self.passages.push(Indexed { article: number, number: at, text: paragraph.text.into(), length });
        }
        self.mean_length = (self.total_length / self.passages.len().max(1) as f32).max(1.0);
        self.wholes.add(whole);
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

    /// Whether any article uses a word.
    pub fn knows(&self, word: &str) -> bool {
        let mut known = false;
        self.terms.each(word, |term, _| known |= self.wholes.having(term) > 0);
        known
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// The articles valid at `at` that have to do with a question, best first, with how much they do:
    /// 1 for the best of all, valid or not.
    pub fn rank(&self, question: &Foreign, at: Timestamp) -> Vec<(&ArticleName, f32)> {
        let about = self.about(&self.asked(question.raw()));
        let ranked = self.ranked(&about, at).into_iter();
        ranked.filter_map(|article| Some((&self.articles.get(article)?.name, *about.get(article)?))).collect()
    }

    /// How much each article is about the asked terms.
    fn about(&self, asked: &[Asked]) -> Vec<f32> {
        self.wholes.about(asked.iter().map(|asked| (asked.term.as_str(), asked.times)))
    }

    /// The articles valid at `at` that are about anything asked, best first.
    fn ranked(&self, about: &[f32], at: Timestamp) -> Vec<usize> {
        let mut ranked: Vec<(f32, usize)> = about.iter().copied().zip(0..).filter(|(about, _)| *about > 0.0).collect();
        ranked.retain(|(_, article)| self.articles.get(*article).is_some_and(|entry| entry.is_valid(at)));
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.into_iter().map(|(_, article)| article).collect()
    }

    /// The best `n` passages for a question among the articles valid at `at`, best first; none
    /// when nothing has to do with it. From [`ANSWERABLE`] on a passage can be answered with.
    ///
    /// A score of 1 would mean that every word of the question stands in the passage again and again.
    pub fn search(&self, question: &Foreign, n: usize, at: Timestamp) -> Vec<Passage> {
        let asked = self.asked(question.raw());
        let total: f32 = asked.iter().map(|asked| asked.weight).sum();
        if total <= 0.0 {
            return Vec::new();
        }
        let (sums, wholes) = self.sums(&asked);
        let about = self.about(&asked);
        let mut looked_at = vec![false; self.articles.len()];
        for article in self.ranked(&about, at).into_iter().take(ARTICLES_MAX) {
            if let Some(looked_at) = looked_at.get_mut(article) {
                *looked_at = true;
            }
        }
        let is_looked_at = |passage: usize| {
            let indexed: Option<&Indexed> = self.passages.get(passage);
            indexed.is_some_and(|indexed| looked_at.get(indexed.article).is_some_and(|yes| *yes))
        };
        // One word that fits is less of an answer than three.
        let sure = asked.len() as f32 / (asked.len() as f32 + ONE_WORD_DISCOUNT) / total;
        let score = |passage: usize, sum: f32| {
            let whole = self.passages.get(passage).and_then(|indexed| wholes.get(indexed.article));
            let mixed = sum + ARTICLE_SHARE * (whole.copied().unwrap_or(sum) - sum);
            let about = self.passages.get(passage).and_then(|indexed| about.get(indexed.article));
            let beside = 1.0 - BESIDE_SHARE + BESIDE_SHARE * about.copied().unwrap_or(0.0);
            Score((mixed * sure * beside * 10_000.0).round() as i32)
        };
        let mut ranked: Vec<(Score, usize)> = sums
            .iter()
            .enumerate()
            .map(|(passage, sum)| (score(passage, *sum), passage))
            .filter(|(score, passage)| *score >= RELATED && is_looked_at(*passage))
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
    fn sums(&self, asked: &[Asked]) -> (Vec<f32>, Vec<f32>) {
        let mut sums = vec![0.0_f32; self.passages.len()];
        let mut wholes = vec![0.0_f32; self.articles.len()];
        for Asked { term, weight, .. } in asked {
            let Some(postings) = self.postings.get(term) else { continue };
            let mut best = vec![0.0_f32; self.articles.len()];
            for Posting { passage, above, within } in postings {
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

    /// All passages, for whoever has to have read them before anybody else does.
    pub fn passages(&self) -> impl Iterator<Item = Passage> {
        (0..self.passages.len()).filter_map(|at| self.passage(at, Score::ONE, &[]))
    }

    /// The passage that a citation names, as it stands now.
    pub fn cited(&self, citation: &Citation) -> Option<Passage> {
        let article = self.articles.iter().position(|entry| entry.name == citation.article)?;
        let named = |p: &Indexed| p.article == article && p.number == citation.paragraph;
        self.passage(self.passages.iter().position(named)?, Score::ONE, &[])
    }

    /// The different terms of a question with their weight: rare ones tell more, and one that the
    /// house has never heard of tells that the answer may not be here.
    fn asked(&self, question: &str) -> Vec<Asked> {
        let mut asked: Vec<Asked> = Vec::new();
        self.terms.each(question, |term, _| {
            if let Some(known) = asked.iter_mut().find(|asked| asked.term == term) {
                known.times += 1;
            } else if asked.len() < QUESTION_TERMS_MAX {
                let having = self.wholes.having(term);
                let rarity = rarity(self.wholes.len(), having);
                let weight = if having > 0 { rarity } else { rarity * UNKNOWN_SHARE };
                asked.push(Asked { term: term.to_owned(), weight, times: 1 });
            }
        });
        asked
    }

    fn passage(&self, passage: usize, score: Score, asked: &[Asked]) -> Option<Passage> {
        let indexed = self.passages.get(passage)?;
        let entry = self.articles.get(indexed.article)?;
        let mut highlights = Vec::new();
        self.terms.each(indexed.text.raw(), |term, range| {
            if highlights.len() < HIGHLIGHTS_MAX && asked.iter().any(|asked| asked.term == term) {
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
