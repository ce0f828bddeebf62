//! What of a text's words is kept to be learnt over: hashes, so that no text is needed to learn again.
//!
//! These stand in the open and outlive an erasure. So only words are kept that the house wrote itself, in the
//! roster's examples, and common words of English: no number, address or code, and no name but one that is
//! such a word as well.

use std::collections::BTreeSet;

use super::pieces;
use super::words::Words;
use crate::domain::learning::{WORDS_LEARNT, pair_place, word_place};
use crate::domain::score::Score;

/// Words of the roster's examples, by their places.
#[derive(Debug, Default)]
pub(super) struct Vocabulary(BTreeSet<u32>);

impl Vocabulary {
    /// The words of these texts.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        Self(texts.flat_map(|text| Words::read(text).iter().map(word_place).collect::<Vec<_>>()).collect())
    }

    fn keeps(&self, word: &str, place: u32) -> bool {
        self.0.contains(&place) || pieces::is_common(word)
    }

    /// Words and pairs of neighbours by their places, in order of places, with shares that make a vector of
    /// length one.
    pub(super) fn kept(&self, words: &Words) -> Vec<(u32, Score)> {
        let places = words.iter().map(|word| (word, word_place(word)));
        let kept = places.filter(|(word, place)| self.keeps(word, *place)).map(|(_, place)| place);
        let singles: Vec<u32> = kept.take(WORDS_LEARNT).collect();
        let pairs = singles.iter().zip(singles.iter().skip(1)).map(|(first, second)| pair_place(*first, *second));
        let mut places: Vec<u32> = singles.iter().copied().chain(pairs).collect();
        places.sort_unstable();
        places.dedup();
        let share = Score((10_000.0 / libm::sqrtf(places.len().max(1) as f32)).round() as i32);
        places.into_iter().map(|place| (place, share)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Vec<(u32, Score)> {
        Vocabulary::of(["the frobnicator hums", "где заказ"].into_iter()).kept(&Words::read(text))
    }

    #[test]
    fn what_is_kept_is_short_and_of_length_one() {
        let shares = kept("Where is my order? Where is it?");
        let square: i64 = shares.iter().map(|(_, share)| i64::from(share.0) * i64::from(share.0)).sum();
        assert!((99_000_000..101_000_000).contains(&square), "{square}");
        assert_eq!(kept("WHERE is my Order"), kept("where IS my order"));
        assert_ne!(kept("order my"), kept("my order"), "pairs have an order");
        assert!(kept(&"where is my order for the hat ".repeat(5_000)).len() <= 2 * WORDS_LEARNT);
        assert!(kept("").is_empty());
    }

    #[test]
    fn what_only_the_customer_can_have_written_is_not_kept() {
        assert_eq!(kept("order 1182"), kept("order 9907"));
        assert_eq!(kept("order AX7QQ93"), kept("order"));
        assert_eq!(kept("i am xyloquard brunnhelder"), kept("i am"));
        assert_eq!(kept("frobnicator").len(), 1, "a word of the roster");
        assert_eq!((kept("заказ").len(), kept("мой").len()), (1, 0), "in any language");
    }
}
