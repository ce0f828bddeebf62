//! What was learnt from labelled texts of the public: eight feelings over words and letters.
//!
//! The weights stand in `assets/mood.bin`, one byte each. `baton models train-mood` makes the file
//! anew from the sets that `assets/NOTICE` names; the same sets give the same bytes.

use std::sync::OnceLock;

use super::grams::{Grams, place};
use super::softmax::{Course, LANES, Lanes, Softmax, Vector, chances};
use super::vader::{self, Valence};

/// The weights.
static WEIGHTS: &[u8] = include_bytes!("../assets/mood.bin");
/// First bytes of the file: what it is and how it is laid out.
const MAGIC: &[u8; 4] = b"BMD1";
/// Places for words, and as many for letters, as a power of two: twice as many gain nothing.
const BITS: u32 = 16;
/// Places in all, the readings of the lexicon behind the hashed ones.
const PLACES: usize = (2 << BITS) + READINGS;
/// Readings of lexicon and signs.
const READINGS: usize = 10;
/// How much the readings count beside the two blocks of length one.
const READING_WEIGHT: f32 = 0.5;
/// Training: chosen on the development part of the public set.
const COURSE: Course = Course { classes: LANES, rounds: 6, step: 2.0, decay: 1e-5 };

/// The feelings that are told apart, in the order of the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feeling {
    /// Anger.
    Anger,
    /// Annoyance, disappointment, disapproval, disgust.
    Annoyance,
    /// Fear.
    Fear,
    /// Not understanding.
    Confusion,
    /// Thanks.
    Gratitude,
    /// Joy, praise and other things that please.
    Pleasure,
    /// Sadness, shame, regret.
    Sadness,
    /// None of them.
    Neutral,
}

impl Feeling {
    /// All of them, in order.
    pub(crate) const ALL: [Self; LANES] = [
        Self::Anger,
        Self::Annoyance,
        Self::Fear,
        Self::Confusion,
        Self::Gratitude,
        Self::Pleasure,
        Self::Sadness,
        Self::Neutral,
    ];
}

/// How likely each feeling is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Felt(pub(crate) Lanes);

impl Felt {
    pub(crate) fn of(&self, feeling: Feeling) -> f32 {
        self.0.get(feeling as usize).copied().unwrap_or(0.0)
    }

    /// The chance of anger or annoyance.
    pub(crate) fn displeased(&self) -> f32 {
        self.of(Feeling::Anger) + self.of(Feeling::Annoyance)
    }

    /// The chance of anything that hurts.
    pub(crate) fn negative(&self) -> f32 {
        self.displeased() + self.of(Feeling::Fear) + self.of(Feeling::Sadness)
    }

    /// The chance of anything that pleases.
    pub(crate) fn positive(&self) -> f32 {
        self.of(Feeling::Gratitude) + self.of(Feeling::Pleasure)
    }
}

/// A text with what the lexicon says of it.
pub(crate) fn vector(grams: &Grams, valence: &Valence) -> Vector {
    let mut vector = grams.vector(BITS);
    let base = 2 << BITS;
    for (number, value) in readings(grams, valence).into_iter().enumerate() {
        if value != 0.0 {
            vector.push((base + number as u32, READING_WEIGHT * value));
        }
    }
    vector
}

/// What lexicon and signs say, each within about one.
pub(crate) fn readings(grams: &Grams, valence: &Valence) -> [f32; READINGS] {
    let yes = |said: bool| if said { 1.0 } else { 0.0 };
    let marks = |count: u32| count.min(4) as f32 / 4.0;
    [
        valence.compound as f32,
        valence.positive as f32,
        valence.negative as f32,
        valence.compound.abs() as f32,
        yes(valence.compound > 0.05),
        yes(valence.compound < -0.05),
        marks(grams.exclamations),
        marks(grams.questions),
        yes(grams.shouts),
        (grams.places.len() as f32 / 30.0).min(2.0),
    ]
}

/// The weights as they are used.
struct Weights {
    scale: f32,
    bias: Lanes,
    readings: Vec<Lanes>,
    /// Steps of `scale`, each byte a signed one.
    rows: &'static [[u8; LANES]],
}

fn weights() -> &'static Weights {
    static READ: OnceLock<Weights> = OnceLock::new();
    READ.get_or_init(|| {
        unpack(WEIGHTS).unwrap_or(Weights { scale: 0.0, bias: [0.0; LANES], readings: Vec::new(), rows: &[] })
    })
}

fn unpack(bytes: &'static [u8]) -> Option<Weights> {
    let (magic, rest) = bytes.split_first_chunk()?;
    let (head, rows) = rest.split_at_checked((1 + LANES + READINGS * LANES) * 4)?;
    let (head, _) = head.as_chunks::<4>();
    let head: Vec<f32> = head.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let (scale, head) = head.split_first()?;
    let (lanes, _) = head.as_chunks::<LANES>();
    let (bias, readings) = lanes.split_first()?;
    let (rows, _) = rows.as_chunks::<LANES>();
    (magic == MAGIC && rows.len() == 2 << BITS).then(|| Weights {
        scale: *scale,
        bias: *bias,
        readings: readings.to_vec(),
        rows,
    })
}

impl Weights {
    fn row(&self, at: u32) -> Lanes {
        let at = at as usize;
        let hashed = self.rows.get(at).map(|row| row.map(|byte| f32::from(byte.cast_signed()) * self.scale));
        hashed.or_else(|| self.readings.get(at.checked_sub(self.rows.len())?).copied()).unwrap_or_default()
    }
}

/// How likely each feeling is in a text.
pub(crate) fn read(grams: &Grams, valence: &Valence) -> Felt {
    let weights = weights();
    let mut sums = weights.bias;
    for (feature, value) in vector(grams, valence) {
        for (sum, weight) in sums.iter_mut().zip(weights.row(feature)) {
            *sum += value * weight;
        }
    }
    chances(&mut sums, LANES);
    Felt(sums)
}

/// How much each word of a text speaks for what hurts and against what pleases.
pub(crate) fn pulls(grams: &Grams) -> Vec<f32> {
    let weights = weights();
    let mut pulls = vec![0.0; grams.places.len()];
    // A word stands before its pair with the word before it; pairs are no evidence for a single one.
    let mut told = vec![false; pulls.len()];
    for gram in &grams.words {
        let at = usize::from(gram.word);
        let (Some(pull), Some(told)) = (pulls.get_mut(at), told.get_mut(at)) else { continue };
        if !std::mem::replace(told, true) {
            let row = Felt(weights.row(place(gram.hash, BITS)));
            *pull = row.displeased() / 2.0 - row.positive() / 2.0;
        }
    }
    pulls
}

/// Learns the weights from texts with the share of each feeling, in the order of [`Feeling::ALL`];
/// gives the bytes of the asset.
pub(crate) fn train(examples: &[(String, [f32; LANES])]) -> Vec<u8> {
    let vectors: Vec<(Vector, Lanes)> =
        examples.iter().map(|(text, wanted)| (vector(&Grams::of(text), &vader::read(text)), *wanted)).collect();
    pack(&Softmax::train(&vectors, PLACES, &COURSE))
}

fn pack(model: &Softmax) -> Vec<u8> {
    let (rows, readings) = model.rows.split_at(2 << BITS);
    let largest = rows.iter().flatten().fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let scale = (largest / 127.0).max(f32::MIN_POSITIVE);
    let mut bytes = MAGIC.to_vec();
    for number in std::iter::once(&scale).chain(&model.bias).chain(readings.iter().flatten()) {
        bytes.extend(number.to_le_bytes());
    }
    let step = |weight: &f32| (weight / scale).round().clamp(-127.0, 127.0) as i8;
    bytes.extend(rows.iter().flatten().map(|weight| step(weight).cast_unsigned()));
    bytes
}
