//! A text as a sparse vector: stems and pairs of stems in one block, letters within words in
//! another, the direction of its meaning in a third.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rust_stemmers::{Algorithm, Stemmer};

use super::pieces::{DIMS, Direction, direction};
use super::words::Words;

/// Letters taken together, at least and at most: endings, stems and slips of the finger.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=5;
/// A run of letters must stand in so many examples; in one alone it says nothing yet.
const LETTERS_EXAMPLES_MIN: u32 = 2;

/// The length of each block: words, letters, direction. Chosen on parts of the training sets of
/// published questions.
const LENGTHS: [f32; 2] = [0.8, 1.0];
const DIRECTION_LENGTH: f32 = 1.2;

/// A sparse vector: feature and weight, ascending by feature.
pub(super) type Sparse = Vec<(u32, f32)>;

/// Hashes of the n-grams of a text, sorted, with repetition, by block.
struct Grams {
    words: Vec<u32>,
    letters: Vec<u32>,
}

impl Grams {
    /// The n-grams of a text.
    fn of(words: &Words) -> Self {
        let mut grams =
            Self { words: Vec::with_capacity(2 * words.len()), letters: Vec::with_capacity(24 * words.len()) };
        let stemmer = Stemmer::create(Algorithm::English);
        let mut previous = 0;
        let mut edged = Vec::with_capacity(48);
        for word in words.iter() {
            // Without its ending a word is met more often; the endings are among the letters.
            let hash = stemmer.stem(word).bytes().fold(1, |hash, byte| mix(hash, u32::from(byte)));
            grams.words.push(fold(hash));
            grams.words.push(fold(mix(previous, fold(hash))));
            previous = hash;
            edged.clear();
            edged.push(' ');
            edged.extend(word.chars());
            edged.push(' ');
            for start in 0..edged.len() {
                let mut hash = 2;
                for (length, letter) in (1..=*LETTERS.end()).zip(edged.iter().skip(start)) {
                    hash = mix(hash, u32::from(*letter));
                    if LETTERS.contains(&length) {
                        grams.letters.push(fold(hash));
                    }
                }
            }
        }
        if words.len() > 0 {
            // What a text ends with is a pair too.
            grams.words.push(fold(mix(previous, END)));
        }
        grams.words.sort_unstable();
        grams.letters.sort_unstable();
        grams
    }

    fn blocks(&self) -> [&[u32]; 2] {
        [&self.words, &self.letters]
    }
}

/// Stands behind the last word.
const END: u32 = 0x0045_4e44;

fn mix(hash: u64, value: u32) -> u64 {
    (hash.rotate_left(5) ^ u64::from(value)).wrapping_mul(0x517c_c1b7_2722_0a95)
}

fn fold(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// A run of equal hashes: the hash and how often it stands.
fn counted(sorted: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    sorted.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len() as u32)))
}

/// N-grams by block with how often each stands in a text.
type Counts = [Vec<(u32, u32)>; 2];

/// Examples whose n-grams are numbered from 0 on, so that all further counting is done in arrays.
pub(super) struct Corpus {
    numbers: HashMap<u32, u32, BuildHasherDefault<Spread>>,
    examples: Vec<Counts>,
    directions: Vec<Direction>,
}

impl Corpus {
    /// Numbers the n-grams of texts.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut corpus = Self { numbers: HashMap::default(), examples: Vec::new(), directions: Vec::new() };
        for text in texts {
            let words = Words::read(text);
            let grams = Grams::of(&words);
            corpus.directions.push(direction(&words));
            let mut number = |(hash, times)| {
                let next = corpus.numbers.len() as u32;
                (*corpus.numbers.entry(hash).or_insert(next), times)
            };
            let counts = grams.blocks().map(|block| counted(block).map(&mut number).collect());
            corpus.examples.push(counts);
        }
        corpus
    }

    /// The direction of example number `at`.
    pub(super) fn direction(&self, at: usize) -> &Direction {
        self.directions.get(at).unwrap_or(&[0.0; DIMS])
    }

    /// Which n-grams are features, learnt from the examples that `chosen` names.
    ///
    /// N-grams that stand in the same examples, as often in each, share one place: a linear model
    /// would give them the same weight, and there is less than half to learn.
    pub(super) fn vocabulary(&self, chosen: impl Fn(usize) -> bool) -> Vocabulary<'_> {
        let mut marks = vec![Mark::default(); self.numbers.len()];
        let mut total = 0.0;
        let examples = || self.examples.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, counts)| counts);
        for (at, counts) in examples().enumerate() {
            total += 1.0;
            for (number, times) in counts.iter().flatten() {
                if let Some(mark) = marks.get_mut(*number as usize) {
                    mark.examples += 1;
                    mark.which = mix(mix(mark.which, at as u32), *times);
                }
            }
        }
        let mut features = vec![Feature::default(); marks.len()];
        let mut places: HashMap<u64, u32, BuildHasherDefault<Spread>> = HashMap::default();
        let mut sharing: Vec<f32> = Vec::new();
        let blocks = examples().flat_map(|counts| (0..).zip(counts.iter().zip([1, LETTERS_EXAMPLES_MIN])));
        for (block, (grams, least)) in blocks {
            for (number, _) in grams {
                let at = *number as usize;
                let (Some(feature), Some(mark)) = (features.get_mut(at), marks.get(at)) else { continue };
                if mark.examples < least || feature.rarity > 0.0 {
                    continue;
                }
                let next = sharing.len() as u32;
                let at = *places.entry(mix(mark.which, block)).or_insert(next);
                if at == next {
                    sharing.push(0.0);
                }
                if let Some(sharing) = sharing.get_mut(at as usize) {
                    *sharing += 1.0;
                }
                let rarity = libm::logf((1.0 + total) / (1.0 + mark.examples as f32)) + 1.0;
                *feature = Feature { at, rarity, share: 0.0 };
            }
        }
        for feature in &mut features {
            let sharing = sharing.get(feature.at as usize).copied().unwrap_or(1.0);
            feature.share = 1.0 / libm::sqrtf(sharing);
        }
        Vocabulary { corpus: self, features, len: sharing.len() }
    }
}

/// Where an n-gram stands among the chosen examples.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// In how many.
    examples: u32,
    /// In which, and how often in each, as a hash.
    which: u64,
}

/// One feature: its place in a vector, its inverse document frequency, 0 for what is none, and its
/// part of the place, so that those who share it weigh as much as they would apart.
#[derive(Clone, Copy, Default)]
struct Feature {
    at: u32,
    rarity: f32,
    share: f32,
}

/// The features of a corpus.
pub(super) struct Vocabulary<'a> {
    corpus: &'a Corpus,
    features: Vec<Feature>,
    len: usize,
}

impl Vocabulary<'_> {
    /// How many features there are.
    pub(super) fn len(&self) -> usize {
        self.len + DIMS
    }

    /// The vector of example number `at`, and the share of its words and pairs that are known.
    pub(super) fn example(&self, at: usize) -> (Sparse, f32) {
        let feature = |number: u32| self.features.get(number as usize).copied().filter(|f| f.rarity > 0.0);
        let none = Counts::default();
        let blocks = self.corpus.examples.get(at).unwrap_or(&none);
        let (mut vector, seen) = vector(blocks.iter().map(|block| block.iter().copied()), feature);
        add_direction(&mut vector, self.len, self.corpus.direction(at));
        (vector, seen)
    }

    /// What is needed to read texts, without the corpus.
    pub(super) fn lookup(&self) -> Lookup {
        let known = self.corpus.numbers.iter().filter_map(|(hash, number)| {
            let feature = self.features.get(*number as usize).copied()?;
            (feature.rarity > 0.0).then_some((*hash, feature))
        });
        // The walk is in the order of the table, but what is collected is a table again.
        Lookup { features: known.collect(), len: self.len }
    }
}

/// Features by the hash of their n-gram. Looked up, never walked.
pub(super) struct Lookup {
    features: HashMap<u32, Feature, BuildHasherDefault<Spread>>,
    len: usize,
}

impl Lookup {
    /// How many features there are.
    pub(super) fn len(&self) -> usize {
        self.len + DIMS
    }

    /// The vector of a text with that direction, and the share of its words and pairs that are known.
    pub(super) fn vector(&self, words: &Words, direction: &Direction) -> (Sparse, f32) {
        let grams = Grams::of(words);
        let (mut vector, seen) =
            vector(grams.blocks().map(counted).into_iter(), |hash| self.features.get(&hash).copied());
        add_direction(&mut vector, self.len, direction);
        (vector, seen)
    }
}

/// Puts the direction of a text behind its n-grams.
fn add_direction(vector: &mut Sparse, from: usize, direction: &Direction) {
    vector.extend((from as u32..).zip(direction.iter().map(|value| DIRECTION_LENGTH * value)));
}

/// Weighs the n-grams of a text, each block to its length; and the share of words and pairs that are features.
fn vector<I: Iterator<Item = (u32, u32)>>(
    blocks: impl Iterator<Item = I>,
    feature: impl Fn(u32) -> Option<Feature>,
) -> (Sparse, f32) {
    let mut vector = Sparse::new();
    let (mut known, mut all) = (0, 0);
    for (number, block) in blocks.enumerate() {
        let from = vector.len();
        let mut square = 0.0;
        for (gram, times) in block {
            all += i32::from(number == 0);
            let Some(feature) = feature(gram) else { continue };
            known += i32::from(number == 0);
            let often = if times == 1 { 1.0 } else { 1.0 + libm::logf(times as f32) };
            let weight = often * feature.rarity;
            square += weight * weight;
            vector.push((feature.at, weight * feature.share));
        }
        let length = LENGTHS.get(number).copied().unwrap_or(0.0);
        let scale = if square > 0.0 { length / libm::sqrtf(square) } else { 0.0 };
        for (_, weight) in vector.iter_mut().skip(from) {
            *weight *= scale;
        }
    }
    vector.sort_unstable_by_key(|(feature, _)| *feature);
    vector.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0.0 };
        same
    });
    (vector, known as f32 / all.max(1) as f32)
}

/// The keys are hashes already; one multiplication spreads them over the table.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mix(self.0, u32::from(*byte));
        }
    }
    fn write_u32(&mut self, key: u32) {
        self.write_u64(u64::from(key));
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus(texts: &[&str]) -> Corpus {
        Corpus::of(texts.iter().copied())
    }

    fn read(lookup: &Lookup, text: &str) -> (Sparse, f32) {
        let words = Words::read(text);
        lookup.vector(&words, &direction(&words))
    }

    #[test]
    fn a_vector_has_blocks_of_set_lengths() {
        let corpus = corpus(&["my card is lost", "card lost at the shop"]);
        let vocabulary = corpus.vocabulary(|_| true);
        let lookup = vocabulary.lookup();
        let (vector, seen) = read(&lookup, "my card is lost");
        let square: f32 = vector.iter().map(|(_, weight)| weight * weight).sum();
        let expected: f32 = LENGTHS.iter().chain([&DIRECTION_LENGTH]).map(|length| length * length).sum();
        assert!((square - expected).abs() < 1e-4, "{square}");
        assert!(vector.is_sorted_by(|a, b| a.0 < b.0) && seen > 0.99);
        assert_eq!(vector, vocabulary.example(0).0);
        let (_, seen) = read(&lookup, "lost card card");
        assert!((0.3..0.6).contains(&seen), "{seen}");
        assert_eq!((lookup.len(), vector.last().unwrap().0 as usize), (vocabulary.len(), vocabulary.len() - 1));
        let (nothing, seen) = read(&lookup, "ᚠᛇᚻ");
        assert!(nothing.iter().all(|(_, weight)| *weight == 0.0) && seen < 0.001);
    }

    #[test]
    fn where_a_text_ends_is_read() {
        let lookup = corpus(&["card lost", "card lost"]).vocabulary(|_| true).lookup();
        let (whole, turned) = (read(&lookup, "card lost").1, read(&lookup, "lost card").1);
        // Of two words and three pairs, the ends being words to a pair, only the words are known.
        assert!(whole > 0.99 && turned < 0.5, "{whole} {turned}");
    }

    #[test]
    fn what_always_stands_together_shares_a_place() {
        let vocabulary_of = |texts: &[&str]| corpus(texts).vocabulary(|_| true).len() - DIMS;
        // Words of the one, words of the other, words of both; letters of both.
        assert_eq!(vocabulary_of(&["my card", "our card"]), 4);
        assert_eq!(vocabulary_of(&["my card", "my card", "my card"]), 2);
        assert!(vocabulary_of(&["my card", "my purse", "card"]) > 4);
        // Twice as often in one of them is not the same.
        assert_eq!(vocabulary_of(&["ab ab", "ab"]), vocabulary_of(&["ab", "ab"]) + 2);
    }

    #[test]
    fn slips_share_letters() {
        let lookup = corpus(&["my subscription", "the subscription"]).vocabulary(|_| true).lookup();
        let letters = |text: &str| {
            let vector = read(&lookup, text).0;
            let own = vector.iter().filter(|(at, _)| (*at as usize) < lookup.len() - DIMS);
            own.map(|(_, weight)| weight * weight).sum::<f32>()
        };
        assert!(letters("subscripton") > 0.3 * letters("subscription"), "{}", letters("subscripton"));
        assert!(letters("garden") < letters("subscripton") / 3.0, "{}", letters("garden"));
    }
}
