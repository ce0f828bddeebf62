//! A text as hashed features for mood: words and pairs of words, letters within words, and signs.
//!
//! Its own division into words, apart from the one that intents are read from: the shipped weights
//! were learnt over exactly these features, so that a change here asks for training anew.

use super::softmax::Vector;
use crate::domain::analysis::Span;

/// Words read of one text; a pasted log says little after this.
pub(crate) const WORDS_MAX: usize = 400;
/// Letters read of one word.
const LETTERS_MAX: usize = 24;
/// Letters taken together, at least and at most.
const RUNS: std::ops::RangeInclusive<usize> = 2..=5;

/// A word or pair of words as a feature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gram {
    pub(crate) hash: u32,
    /// The word it ends with, counted from 0; signs have none.
    pub(crate) word: u16,
}

/// A text taken apart.
#[derive(Debug, Default)]
pub(crate) struct Grams {
    /// Words, pairs and signs.
    pub(crate) words: Vec<Gram>,
    /// Runs of letters.
    pub(crate) letters: Vec<u32>,
    /// Where the words stand.
    pub(crate) places: Vec<Span>,
    /// Nearly all is in capitals, and there are enough letters to say so.
    pub(crate) shouts: bool,
    /// Exclamation marks.
    pub(crate) exclamations: u32,
    /// Question marks.
    pub(crate) questions: u32,
}

impl Grams {
    /// Takes a text apart.
    pub(crate) fn of(text: &str) -> Self {
        let mut grams = Self::default();
        let mut before = [EDGE, EDGE];
        let (mut letters, mut capitals) = (0_u32, 0_u32);
        let mut word: Vec<char> = Vec::with_capacity(LETTERS_MAX + 2);
        let mut rest = text.char_indices().peekable();
        while let Some((start, c)) = rest.next() {
            if grams.places.len() >= WORDS_MAX {
                break;
            }
            grams.exclamations += u32::from(c == '!');
            grams.questions += u32::from(c == '?');
            if !(c.is_alphanumeric() || is_sign(c)) {
                continue;
            }
            word.clear();
            word.push(' ');
            let mut end = start + c.len_utf8();
            push(&mut word, c);
            letters += u32::from(c.is_alphabetic());
            capitals += u32::from(c.is_uppercase());
            if c.is_alphanumeric() {
                while let Some((at, c)) = rest.next_if(|(_, c)| c.is_alphanumeric() || matches!(c, '\'' | '’')) {
                    if word.len() <= LETTERS_MAX {
                        push(&mut word, c);
                    }
                    end = at + c.len_utf8();
                    letters += u32::from(c.is_alphabetic());
                    capitals += u32::from(c.is_uppercase());
                }
            }
            word.push(' ');
            grams.places.push(Span { start: start as u32, end: end as u32 });
            before = grams.word(&word, before);
        }
        grams.shouts = letters >= 8 && capitals * 10 >= letters * 7;
        grams.sign("!", grams.exclamations.min(3));
        grams.sign("?", grams.questions.min(3));
        grams.sign("A", u32::from(grams.shouts));
        grams
    }

    fn word(&mut self, edged: &[char], before: [u64; 2]) -> [u64; 2] {
        let hash = edged.iter().fold(WORD, |hash, c| mix(hash, u64::from(u32::from(*c))));
        let number = (self.places.len() - 1) as u16;
        self.words.push(Gram { hash: fold(hash), word: number });
        self.words.push(Gram { hash: fold(mix(mix(PAIR, before[1]), hash)), word: number });
        for start in 0..edged.len() {
            let mut run = RUN;
            for (length, letter) in (1..=*RUNS.end()).zip(edged.iter().skip(start)) {
                run = mix(run, u64::from(u32::from(*letter)));
                if RUNS.contains(&length) {
                    self.letters.push(fold(run));
                }
            }
        }
        [before[1], hash]
    }

    fn sign(&mut self, sign: &str, times: u32) {
        for count in 1..=times {
            let hash = sign.bytes().fold(SIGN, |hash, byte| mix(hash, u64::from(byte)));
            self.words.push(Gram { hash: fold(mix(hash, u64::from(count))), word: u16::MAX });
        }
    }
}

const EDGE: u64 = 1;
const WORD: u64 = 2;
const PAIR: u64 = 3;
const RUN: u64 = 4;
const SIGN: u64 = 5;

fn push(word: &mut Vec<char>, c: char) {
    match c {
        '0'..='9' => word.push('0'),
        '’' => word.push('\''),
        _ => word.extend(c.to_lowercase()),
    }
}

/// Faces, hands, hearts: words of their own.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

fn mix(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95)
}

fn fold(hash: u64) -> u32 {
    let hash = (hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> 32) as u32
}

/// The place of a hash among so many features of one block.
pub(crate) const fn place(hash: u32, bits: u32) -> u32 {
    hash & ((1 << bits) - 1)
}

impl Grams {
    /// The features of a text: words in `2^bits` places, letters in as many behind them, each block
    /// of length one.
    pub(crate) fn vector(&self, bits: u32) -> Vector {
        let mut vector = Vector::with_capacity(self.words.len() + self.letters.len());
        for block in self.counted(bits) {
            let square: f32 = block.iter().map(|(_, value)| value * value).sum();
            let scale = if square > 0.0 { 1.0 / libm::sqrtf(square) } else { 0.0 };
            vector.extend(block.into_iter().map(|(place, value)| (place, value * scale)));
        }
        vector
    }

    /// The same places by block, in order, each with how often it stands, as a logarithm.
    pub(crate) fn counted(&self, bits: u32) -> [Vector; 2] {
        [
            counted(self.words.iter().map(|gram| place(gram.hash, bits)).collect()),
            counted(self.letters.iter().map(|hash| place(*hash, bits) | 1 << bits).collect()),
        ]
    }
}

fn counted(mut places: Vec<u32>) -> Vector {
    places.sort_unstable();
    let often = |count: usize| if count == 1 { 1.0 } else { 1.0 + libm::logf(count as f32) };
    places.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, often(run.len())))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart() {
        let text = "My CARD isn’t here!! 😡";
        let grams = Grams::of(text);
        let words: Vec<&str> = grams.places.iter().map(|p| &text[p.start as usize..p.end as usize]).collect();
        assert_eq!(words, ["My", "CARD", "isn’t", "here", "😡"]);
        assert_eq!((grams.exclamations, grams.questions, grams.shouts), (2, 0, false));
        let square: f32 = grams.vector(16).iter().map(|(_, value)| value * value).sum();
        assert!((square - 2.0).abs() < 1e-4, "two blocks of length one: {square}");
        assert!(Grams::of("").vector(16).is_empty());
        assert_eq!(Grams::of(&"word ".repeat(30_000)).places.len(), WORDS_MAX);
        assert!(Grams::of(&"x".repeat(100_000)).letters.len() < 150, "a long word is read in part");
    }
}
