//! How alike texts are when nothing is known of them but each other: for sorting what nobody has
//! labelled.
//!
//! A text is a vector of two blocks: where its meaning points, and its stems and letters, rare ones
//! counting more, thrown into a fixed number of places by their hash. Scripts that the meaning does
//! not know are told apart by the second block alone.

use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::pieces::{DIMS, direction};
use super::words::Words;

/// Places that stems and letters are thrown into; few of one text meet by chance.
const PLACES: usize = 256;
/// Letters of a word taken together.
const LETTERS: usize = 3;
/// What one run of letters counts beside a stem.
const LETTERS_WEIGHT: f32 = 0.3;
/// The length of the meaning beside that of the stems.
const MEANING_WEIGHT: f32 = 1.0;

/// A text among others; of length one, or all zero if nothing is in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Place(Vec<f32>);

impl Place {
    /// How near another is: 1 for the same, 0 for unrelated.
    pub fn nearness(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }

    /// What is left of it when what it has in common with `other` is taken away; of length one again.
    #[must_use]
    pub fn apart_from(&self, other: &Self) -> Self {
        let common = self.nearness(other);
        let mut left: Vec<f32> = self.0.iter().zip(&other.0).map(|(own, other)| own - common * other).collect();
        lengthen(&mut left, 1.0);
        Self(left)
    }

    /// Whether nothing is known of the text.
    pub fn is_nowhere(&self) -> bool {
        self.0.iter().all(|value| *value == 0.0)
    }

    /// The middle of several, of length one; nowhere if there are none.
    pub fn middle<'a>(places: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum = vec![0.0; DIMS + PLACES];
        for place in places {
            for (sum, value) in sum.iter_mut().zip(&place.0) {
                *sum += value;
            }
        }
        lengthen(&mut sum, 1.0);
        Self(sum)
    }
}

/// The words of a text, lower case, digits as `0`; of a long text the beginning.
pub fn words(text: &str) -> Vec<String> {
    Words::read(text).iter().map(str::to_owned).collect()
}

/// Places texts among each other, in their order: the same texts get the same places everywhere.
pub fn places(texts: &[&str]) -> Vec<Place> {
    let read: Vec<(Words, Vec<(u64, f32)>)> = texts
        .iter()
        .map(|text| {
            let words = Words::read(text);
            let terms = terms(&words);
            (words, terms)
        })
        .collect();
    let mut seen: HashMap<u64, usize> = HashMap::new();
    for (term, _) in read.iter().flat_map(|(_, terms)| terms) {
        *seen.entry(*term).or_default() += 1;
    }
    let rarity = |term: u64| {
        let seen = seen.get(&term).copied().unwrap_or(0);
        libm::logf((1.0 + texts.len() as f32) / seen.max(1) as f32)
    };
    let place = |(words, terms): &(Words, Vec<(u64, f32)>)| {
        let mut thrown = vec![0.0; PLACES];
        for (term, weight) in terms {
            let sign = if term >> 63 == 0 { 1.0 } else { -1.0 };
            if let Some(at) = thrown.get_mut(*term as usize % PLACES) {
                *at += sign * weight * rarity(*term);
            }
        }
        lengthen(&mut thrown, 1.0);
        let mut place: Vec<f32> = direction(words).iter().map(|value| value * MEANING_WEIGHT).collect();
        place.append(&mut thrown);
        lengthen(&mut place, 1.0);
        Place(place)
    };
    read.iter().map(place).collect()
}

/// Hashes of the stems and runs of letters of a text, each once, with what it counts.
fn terms(words: &Words) -> Vec<(u64, f32)> {
    let stemmer = Stemmer::create(Algorithm::English);
    let mut terms: Vec<(u64, f32)> = Vec::new();
    for word in words.iter() {
        terms.push((stemmer.stem(word).chars().fold(1, mix), 1.0));
        let edged: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
        terms.extend(edged.windows(LETTERS).map(|run| (run.iter().copied().fold(2, mix), LETTERS_WEIGHT)));
    }
    terms.sort_by_key(|(term, _)| *term);
    terms.dedup_by_key(|(term, _)| *term);
    terms
}

fn mix(hash: u64, letter: char) -> u64 {
    let mixed = (hash.rotate_left(5) ^ u64::from(letter)).wrapping_mul(0x517c_c1b7_2722_0a95);
    mixed ^ (mixed >> 32)
}

fn lengthen(values: &mut [f32], to: f32) {
    let length = libm::sqrtf(values.iter().map(|value| value * value).sum());
    if length > 0.0 {
        for value in values {
            *value *= to / length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_texts_are_near_in_any_script() {
        let texts = [
            "where is my parcel",
            "has the package been shipped",
            "sing me a song",
            "сколько стоит доставка",
            "сколько будет стоить доставка",
            "забыл пароль",
            "",
        ];
        let at = places(&texts);
        let near = |one: usize, other: usize| at[one].nearness(&at[other]);
        assert!(near(0, 1) > near(0, 2) + 0.1, "{} {}", near(0, 1), near(0, 2));
        assert!(near(3, 4) > near(3, 5) + 0.3, "{} {}", near(3, 4), near(3, 5));
        assert!((near(0, 0) - 1.0).abs() < 1e-5 && at[6].is_nowhere() && !at[3].is_nowhere());
        let middle = Place::middle(at.iter().take(2));
        assert!((middle.nearness(&middle) - 1.0).abs() < 1e-5 && middle.nearness(&at[0]) > near(0, 1));
        assert!(at[0].apart_from(&middle).nearness(&middle).abs() < 1e-4);
        assert!(Place::middle(std::iter::empty()).is_nowhere());
    }
}
