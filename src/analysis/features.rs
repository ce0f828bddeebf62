//! A text as a sparse vector: stems and pairs of stems in one block, letters within words in another.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rust_stemmers::{Algorithm, Stemmer};

use super::words::Words;

/// Letters taken together, at least and at most: endings, stems and slips of the finger. Pairs and
/// runs of five cost twice the time and gain nothing with ten examples an intent.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=4;
/// A run of letters must stand in so many examples; in one alone it says nothing yet.
const LETTERS_EXAMPLES_MIN: u32 = 2;

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
            Self { words: Vec::with_capacity(2 * words.len()), letters: Vec::with_capacity(20 * words.len()) };
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
        grams.words.sort_unstable();
        grams.letters.sort_unstable();
        grams
    }

    fn blocks(&self) -> [&[u32]; 2] {
        [&self.words, &self.letters]
    }
}

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
}

impl Corpus {
    /// Numbers the n-grams of texts.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut corpus = Self { numbers: HashMap::default(), examples: Vec::new() };
        for text in texts {
            let grams = Grams::of(&Words::read(text));
            let mut number = |(hash, times)| {
                let next = corpus.numbers.len() as u32;
                (*corpus.numbers.entry(hash).or_insert(next), times)
            };
            let counts = grams.blocks().map(|block| counted(block).map(&mut number).collect());
            corpus.examples.push(counts);
        }
        corpus
    }

    /// Which n-grams are features, learnt from the examples that `chosen` names.
    pub(super) fn vocabulary(&self, chosen: impl Fn(usize) -> bool) -> Vocabulary<'_> {
        let mut seen = vec![0_u32; self.numbers.len()];
        let mut total = 0.0;
        let examples = || self.examples.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, counts)| counts);
        for counts in examples() {
            total += 1.0;
            for (number, _) in counts.iter().flatten() {
                if let Some(seen) = seen.get_mut(*number as usize) {
                    *seen += 1;
                }
            }
        }
        let mut features = vec![Feature::default(); seen.len()];
        let mut len = 0;
        for (block, least) in examples().flat_map(|counts| counts.iter().zip([1, LETTERS_EXAMPLES_MIN])) {
            for (number, _) in block {
                let seen = seen.get(*number as usize).copied().unwrap_or(0);
                let Some(feature) = features.get_mut(*number as usize) else { continue };
                if seen >= least && feature.rarity == 0.0 {
                    *feature = Feature { at: len, rarity: libm::logf((1.0 + total) / (1.0 + seen as f32)) + 1.0 };
                    len += 1;
                }
            }
        }
        Vocabulary { corpus: self, features, len: len as usize }
    }
}

/// One feature: its place in a vector and its inverse document frequency, 0 for what is none.
#[derive(Clone, Copy, Default)]
struct Feature {
    at: u32,
    rarity: f32,
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
        self.len
    }

    /// The vector of example number `at`, and the share of its words and pairs that are known.
    pub(super) fn example(&self, at: usize) -> (Sparse, f32) {
        let feature = |number: u32| self.features.get(number as usize).copied().filter(|f| f.rarity > 0.0);
        let none = Counts::default();
        let blocks = self.corpus.examples.get(at).unwrap_or(&none);
        vector(blocks.iter().map(|block| block.iter().copied()), feature)
    }

    /// What is needed to read texts, without the corpus.
    pub(super) fn lookup(&self) -> Lookup {
        let known = self.corpus.numbers.iter().filter_map(|(hash, number)| {
            let feature = self.features.get(*number as usize).copied()?;
            (feature.rarity > 0.0).then_some((*hash, feature))
        });
        // The walk is in the order of the table, but what is collected is a table again.
        Lookup(known.collect())
    }
}

/// Features by the hash of their n-gram. Looked up, never walked.
pub(super) struct Lookup(HashMap<u32, Feature, BuildHasherDefault<Spread>>);

impl Lookup {
    /// How many features there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The vector of a text, and the share of its words and pairs that are known.
    pub(super) fn vector(&self, words: &Words) -> (Sparse, f32) {
        let grams = Grams::of(words);
        vector(grams.blocks().map(counted).into_iter(), |hash| self.0.get(&hash).copied())
    }
}

/// Weighs the n-grams of a text, each block to the length of one; and the share of words and pairs that are features.
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
            vector.push((feature.at, weight));
        }
        let scale = if square > 0.0 { 1.0 / libm::sqrtf(square) } else { 0.0 };
        for (_, weight) in vector.iter_mut().skip(from) {
            *weight *= scale;
        }
    }
    vector.sort_unstable_by_key(|(feature, _)| *feature);
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
        self.0 = u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(texts: [&str; 2]) -> Lookup {
        Corpus::of(texts.into_iter()).vocabulary(|_| true).lookup()
    }

    #[test]
    fn a_vector_has_two_blocks_of_length_one() {
        let corpus = Corpus::of(["my card is lost", "card lost at the shop"].into_iter());
        let vocabulary = corpus.vocabulary(|_| true);
        let lookup = vocabulary.lookup();
        let (vector, seen) = lookup.vector(&Words::read("lost card card"));
        let square: f32 = vector.iter().map(|(_, weight)| weight * weight).sum();
        assert!((square - 2.0).abs() < 1e-4, "{square}");
        assert!((0.3..0.6).contains(&seen), "{seen}");
        assert!(vector.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(lookup.vector(&Words::read("my card is lost")).0, vocabulary.example(0).0);
        assert_eq!(lookup.len(), vocabulary.len());
        let (nothing, seen) = lookup.vector(&Words::read("zzz"));
        assert!(nothing.is_empty() && seen < 0.001);
    }

    #[test]
    fn slips_share_letters() {
        let (vector, _) = lookup(["my subscription", "the subscription"]).vector(&Words::read("subscripton"));
        assert!(vector.len() > 10);
    }
}
