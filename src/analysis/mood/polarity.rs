//! Negative, neutral or positive, learnt from an operator's own labelled texts.
//!
//! Words and letters of the operator's texts, with what the shipped mood says of each as further
//! features: ten thousand texts are enough to learn the words of a trade, and the shipped mood
//! knows those that the examples lack.

use super::Readings;
use super::softmax::{Course, LANES, Lanes, Softmax, Vector};
use crate::analysis::words::Words;

/// Places for words, and as many for letters, as a power of two.
const BITS: u32 = 18;
/// Features of the shipped mood behind the hashed ones.
const SHIPPED: usize = 24;
/// Training: chosen on the development part of a public set.
const COURSE: Course = Course { classes: 3, rounds: 8, step: 2.0, decay: 6e-5 };
/// Every so many-th example is held out once, to find how much the rarer classes have to be raised.
const HELD_OUT_EVERY: usize = 10;
/// Fewer held-out examples than this say nothing of a class's weight.
const HELD_OUT_MIN: usize = 60;

/// Which way a text leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Polarity {
    /// Something hurts.
    Negative,
    /// Neither.
    Neutral,
    /// Something pleases.
    Positive,
}

impl Polarity {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Negative, Self::Neutral, Self::Positive];
}

/// What is thought of one text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leaning {
    /// The most fitting class.
    pub polarity: Polarity,
    /// Chance of each class, in order.
    pub chances: [f32; 3],
    /// Ranks texts by how negative they are.
    pub negative: f32,
}

/// Tells leanings.
#[derive(Debug, Clone)]
pub struct Classifier {
    /// None reads with the shipped mood alone.
    learnt: Option<Learnt>,
}

#[derive(Debug, Clone)]
struct Learnt {
    model: Softmax,
    /// Factors on the chances before the largest is taken.
    raise: [f32; 3],
}

impl Classifier {
    /// The shipped mood, without any training.
    pub fn shipped() -> Self {
        Self { learnt: None }
    }

    /// Learns from labelled texts.
    pub fn train(examples: &[(&str, Polarity)]) -> Self {
        let one = |(text, polarity): &(&str, Polarity)| {
            let mut wanted = [0.0; LANES];
            if let Some(lane) = wanted.get_mut(*polarity as usize) {
                *lane = 1.0;
            }
            (vector(text), wanted)
        };
        let vectors: Vec<(Vector, Lanes)> = examples.iter().map(one).collect();
        let size = (2 << BITS) + SHIPPED;
        let held_out = |at: usize| at % HELD_OUT_EVERY == HELD_OUT_EVERY - 1;
        let mut raise = [1.0; 3];
        if examples.len() / HELD_OUT_EVERY >= HELD_OUT_MIN {
            let part =
                |out: bool| vectors.iter().enumerate().filter(move |(at, _)| held_out(*at) == out).map(|(_, e)| e);
            let kept: Vec<(Vector, Lanes)> = part(false).cloned().collect();
            let model = Softmax::train(&kept, size, &COURSE);
            let told: Vec<([f32; 3], usize)> = part(true)
                .map(|(vector, wanted)| (three(&model.chances(vector)), largest(&three(wanted), &[1.0; 3])))
                .collect();
            raise = raised(&told);
        }
        Self { learnt: Some(Learnt { model: Softmax::train(&vectors, size, &COURSE), raise }) }
    }

    /// Reads one text.
    pub fn read(&self, text: &str) -> Leaning {
        let Some(learnt) = &self.learnt else { return shipped(text) };
        let chances = three(&learnt.model.chances(&vector(text)));
        let polarity = Polarity::ALL.get(largest(&chances, &learnt.raise)).copied().unwrap_or(Polarity::Neutral);
        let odds = |chance: f32| libm::logf(chance.max(1e-9) / (1.0 - chance).max(1e-9));
        Leaning { polarity, chances, negative: odds(chances[0]) }
    }
}

/// How likely the writer of a text is displeased, 0 to 1, by the shipped mood.
pub(crate) fn displeased(text: &str) -> f32 {
    super::of(text).displeasure.0 as f32 / 10_000.0
}

/// A text by the shipped mood alone.
fn shipped(text: &str) -> Leaning {
    let readings = Readings::of(text, &Words::read(text));
    let sentiment = readings.sentiment();
    let negative = readings.displeasure();
    let polarity = match sentiment.0 {
        ..=-1_000 => Polarity::Negative,
        -999..=999 => Polarity::Neutral,
        1_000.. => Polarity::Positive,
    };
    let (felt, sure) = (readings.felt, 0.9);
    let lean = [felt.negative(), 1.0 - felt.negative() - felt.positive(), felt.positive()];
    let told = Polarity::ALL.map(|class| if class == polarity { sure } else { (1.0 - sure) / 2.0 });
    let mut chances = [0.0; 3];
    for ((chance, lean), told) in chances.iter_mut().zip(lean).zip(told) {
        *chance = f32::midpoint(lean, told);
    }
    Leaning { polarity, chances, negative }
}

fn three(lanes: &Lanes) -> [f32; 3] {
    [lanes[0], lanes[1], lanes[2]]
}

/// The class whose raised chance is largest; the first of equals.
fn largest(chances: &[f32; 3], raise: &[f32; 3]) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for (class, (chance, raise)) in chances.iter().zip(raise).enumerate() {
        if chance * raise > best.1 {
            best = (class, chance * raise);
        }
    }
    best.0
}

/// The factors under which held-out texts are told best: as many right as can be, in each class.
fn raised(told: &[([f32; 3], usize)]) -> [f32; 3] {
    let steps = || (-3..=6).map(|step| libm::powf(1.15, step as f32));
    let mut best = (f32::NEG_INFINITY, [1.0; 3]);
    for (neutral, positive) in steps().flat_map(|neutral| steps().map(move |positive| (neutral, positive))) {
        let raise = [1.0, neutral, positive];
        let mut counts = [[0.0_f32; 3]; 3];
        for (chances, truth) in told {
            if let Some(count) = counts.get_mut(*truth).and_then(|row| row.get_mut(largest(chances, &raise))) {
                *count += 1.0;
            }
        }
        let worth = worth(&counts);
        // Of equals the one that changes least.
        let away = libm::fabsf(libm::logf(neutral)) + libm::fabsf(libm::logf(positive));
        if worth - 0.004 * away > best.0 {
            best = (worth - 0.004 * away, raise);
        }
    }
    best.1
}

/// Share that is right, and the mean F1 of the classes, in equal parts.
fn worth(counts: &[[f32; 3]; 3]) -> f32 {
    let (mut right, mut all, mut f1) = (0.0, 0.0, 0.0);
    for (class, row) in counts.iter().enumerate() {
        let hit = row.get(class).copied().unwrap_or(0.0);
        let truths: f32 = row.iter().sum();
        let said: f32 = counts.iter().filter_map(|row| row.get(class)).sum();
        right += hit;
        all += truths;
        f1 += if truths + said > 0.0 { 2.0 * hit / (truths + said) / 3.0 } else { 0.0 };
    }
    right / all.max(1.0) + f1
}

/// A text as features.
fn vector(text: &str) -> Vector {
    let readings = Readings::of(text, &Words::read(text));
    let mut vector = readings.grams.vector(BITS);
    let base = 2 << BITS;
    for (number, value) in readings.features().into_iter().enumerate() {
        if value != 0.0 {
            vector.push((base + number as u32, 0.5 * value));
        }
    }
    vector
}

impl Readings {
    fn features(&self) -> [f32; SHIPPED] {
        let mut features = [0.0; SHIPPED];
        let read = super::learned::readings(&self.grams, &self.valence);
        let sentiment = self.sentiment().0 as f32 / 10_000.0;
        let told = super::squash(self.lexical.sum).0 as f32 / 10_000.0;
        let odds = (self.displeasure() / 4.0).clamp(-2.0, 2.0);
        let own = [sentiment, told, odds, self.trouble / 2.0, (-told).max(0.0), told.max(0.0)];
        for (feature, value) in features.iter_mut().zip(read.into_iter().chain(self.felt.0).chain(own)) {
            *feature = value;
        }
        features
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trade_has_words_of_its_own() {
        let examples: Vec<(&str, Polarity)> = (0..30)
            .flat_map(|_| {
                [
                    ("the gizmo glorped on me", Polarity::Negative),
                    ("which gizmo is this", Polarity::Neutral),
                    ("the gizmo flimmers", Polarity::Positive),
                ]
            })
            .collect();
        let model = Classifier::train(&examples);
        assert_eq!(model.read("it glorped").polarity, Polarity::Negative);
        assert_eq!(model.read("it flimmers").polarity, Polarity::Positive);
        assert_eq!(model.read("it flimmers"), Classifier::train(&examples).read("it flimmers"));
    }

    #[test]
    fn any_text_is_read_without_training_and_with() {
        let trained = Classifier::train(&[("bad", Polarity::Negative), ("good", Polarity::Positive)]);
        let texts = [
            "",
            "a",
            "😡😡😡",
            "日本語だけ",
            "\u{301}\u{301}",
            "!!!???",
            &"refund ".repeat(15_000),
            &"x".repeat(100_000),
        ];
        for classifier in [Classifier::shipped(), trained, Classifier::train(&[])] {
            for text in texts {
                let read = classifier.read(text);
                let sum: f32 = read.chances.iter().sum();
                assert!((sum - 1.0).abs() < 1e-3 && read.negative.is_finite(), "{read:?}");
            }
        }
    }

    #[test]
    fn rarer_classes_are_raised_where_it_helps() {
        let told: Vec<([f32; 3], usize)> =
            (0..100).map(|at| if at % 4 == 0 { ([0.5, 0.45, 0.05], 1) } else { ([0.9, 0.08, 0.02], 0) }).collect();
        assert!(raised(&told)[1] > 1.1);
        assert!(raised(&[]).iter().all(|by| (by - 1.0).abs() < f32::EPSILON));
    }
}
