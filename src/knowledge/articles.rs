//! Articles as wholes: which of them a question is about, whatever a single paragraph says.

use std::collections::BTreeMap;

/// How much a word counts in title, tag or heading beside one in the text.
const ABOVE_WEIGHT: f32 = 3.0;
/// How fast repeating a word stops helping, and how much an article's length counts (BM25). Articles
/// repeat what they are about, and a long one is about more.
const SATURATION: f32 = 2.0;
const LENGTH_SHARE: f32 = 0.9;

/// Which articles have which terms.
#[derive(Default)]
pub(super) struct Articles {
    /// By term, ascending by article: how often it stands there, weighed.
    postings: BTreeMap<String, Vec<(usize, f32)>>,
    lengths: Vec<f32>,
    total: f32,
}

/// An article that is being read.
#[derive(Default)]
pub(super) struct Counted {
    terms: BTreeMap<String, f32>,
    length: f32,
}

impl Counted {
    /// Counts a term of the text.
    pub(super) fn within(&mut self, term: &str) {
        self.add(term, 1.0);
    }

    /// Counts a term of title, tag or heading.
    pub(super) fn above(&mut self, term: &str) {
        self.add(term, ABOVE_WEIGHT);
    }

    fn add(&mut self, term: &str, weight: f32) {
        self.length += weight;
        *self.terms.entry(term.to_owned()).or_default() += weight;
    }
}

impl Articles {
    /// Adds the next article.
    pub(super) fn add(&mut self, counted: Counted) {
        let article = self.lengths.len();
        self.total += counted.length;
        self.lengths.push(counted.length);
        for (term, weight) in counted.terms {
            self.postings.entry(term).or_default().push((article, weight));
        }
    }

    /// How many articles there are.
    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// How many of them have a term.
    pub(super) fn having(&self, term: &str) -> usize {
        self.postings.get(term).map_or(0, Vec::len)
    }

    /// How much each article is about the asked terms, each with how often it was asked; 1 for the
    /// best, 0 for one that has none of them.
    pub(super) fn about<'a>(&self, asked: impl Iterator<Item = (&'a str, u32)>) -> Vec<f32> {
        let mean = (self.total / self.lengths.len().max(1) as f32).max(1.0);
        let mut sums = vec![0.0_f32; self.lengths.len()];
        for (term, times) in asked {
            let Some(postings) = self.postings.get(term) else { continue };
            // A long question repeats its words; that is no reason to listen to nothing else.
            let loud = (1.0 + libm::logf(times.max(1) as f32)) * rarity(self.lengths.len(), postings.len());
            for (article, often) in postings {
                let Some((sum, length)) = sums.get_mut(*article).zip(self.lengths.get(*article)) else { continue };
                let long = 1.0 - LENGTH_SHARE + LENGTH_SHARE * length / mean;
                *sum += loud * often / (often + SATURATION * long);
            }
        }
        let best = sums.iter().copied().fold(0.0, f32::max);
        if best > 0.0 {
            for sum in &mut sums {
                *sum /= best;
            }
        }
        sums
    }
}

/// How much a term tells that so many of so many articles have.
pub(super) fn rarity(articles: usize, having: usize) -> f32 {
    let (articles, having) = (articles as f32, having as f32);
    libm::logf(1.0 + (articles - having + 0.5) / (having + 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn articles(texts: &[(&str, &str)]) -> Articles {
        let mut articles = Articles::default();
        for (title, text) in texts {
            let mut counted = Counted::default();
            title.split(' ').for_each(|term| counted.above(term));
            text.split(' ').for_each(|term| counted.within(term));
            articles.add(counted);
        }
        articles
    }

    fn about(articles: &Articles, asked: &[(&str, u32)]) -> Vec<f32> {
        articles.about(asked.iter().copied())
    }

    #[test]
    fn title_and_rare_words_tell_what_an_article_is_about() {
        let articles = articles(&[("refund", "card days"), ("card", "refund days"), ("hours", "days open")]);
        let of = about(&articles, &[("refund", 1)]);
        assert!(of[0] > of[1] && of[1] > 0.0 && of[2] == 0.0, "{of:?}");
        let of = about(&articles, &[("days", 1), ("open", 1)]);
        assert!((of[2] - 1.0).abs() < 1e-6 && of[0] < 0.5, "{of:?}");
        assert_eq!(about(&articles, &[("unheard", 1)]), [0.0; 3]);
        assert_eq!(about(&Articles::default(), &[("refund", 1)]), [0.0; 0]);
    }

    #[test]
    fn the_order_of_question_and_articles_does_not_matter() {
        let texts = [("refund", "card days late"), ("card", "refund days"), ("hours", "days open late")];
        let mut turned = texts;
        turned.reverse();
        let asked = [("late", 1), ("card", 2), ("days", 1)];
        let one = about(&articles(&texts), &asked);
        let mut other = about(&articles(&turned), &asked);
        other.reverse();
        for (one, other) in one.iter().zip(other) {
            assert!((one - other).abs() < 1e-6);
        }
    }
}
