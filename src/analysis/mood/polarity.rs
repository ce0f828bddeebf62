//! Negative, neutral or positive, learnt from an operator's own labelled texts.
//!
//! Words and letters of the operator's texts, rare ones counting more; the direction of a text's
//! meaning, for words that the examples lack; and what lexicons and the shipped mood say of it.

use super::Readings;
use super::softmax::{Course, LANES, Lanes, Softmax, Vector};
use crate::analysis::pieces::{DIMS, Direction, direction};
use crate::analysis::words::Words;

/// Places for words, and as many for letters, as a power of two.
const BITS: u32 = 18;
/// Where the direction stands, and behind it the readings of lexicons and the shipped mood.
const DIRECTION: usize = 2 << BITS;
const SHIPPED_FROM: usize = DIRECTION + DIMS;
const SHIPPED: usize = 24;
const SHIPPED_WEIGHT: f32 = 0.5;
/// Training: chosen on parts of the training part of a public set, as it is and with three negative
/// texts of five.
const COURSE: Course = Course { classes: 3, rounds: 8, step: 2.0, decay: 3e-4 };
/// Every so many-th example is held out in turn, and so many times, to find how much the rarer classes
/// have to be raised.
const HELD_OUT_EVERY: usize = 10;
const HELD_OUT_TIMES: usize = 3;
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
    rarity: Rarity,
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
        let read: Vec<(Read, Lanes)> =
            examples.iter().map(|(text, polarity)| (Read::of(text), only(*polarity))).collect();
        let mut told = Vec::new();
        if examples.len() / HELD_OUT_EVERY >= HELD_OUT_MIN {
            for time in 0..HELD_OUT_TIMES {
                let part = |out: bool| {
                    let of = move |at: usize| (at % HELD_OUT_EVERY == time) == out;
                    read.iter().enumerate().filter(move |(at, _)| of(*at)).map(|(_, example)| example)
                };
                let kept: Vec<&(Read, Lanes)> = part(false).collect();
                let (rarity, model) = learn(&kept);
                let chances = |read: &Read| three(&model.chances(&read.vector(&rarity)));
                told.extend(part(true).map(|(read, wanted)| (chances(read), largest(&three(wanted), &[1.0; 3]))));
            }
        }
        let (rarity, model) = learn(&read.iter().collect::<Vec<_>>());
        Self { learnt: Some(Learnt { rarity, model, raise: raised(&told) }) }
    }

    /// Reads one text.
    pub fn read(&self, text: &str) -> Leaning {
        let Some(learnt) = &self.learnt else { return shipped(text) };
        let chances = three(&learnt.model.chances(&Read::of(text).vector(&learnt.rarity)));
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

/// A class as the share of each.
fn only(polarity: Polarity) -> Lanes {
    let mut wanted = [0.0; LANES];
    if let Some(lane) = wanted.get_mut(polarity as usize) {
        *lane = 1.0;
    }
    wanted
}

fn learn(examples: &[&(Read, Lanes)]) -> (Rarity, Softmax) {
    let rarity = Rarity::of(examples.iter().map(|(read, _)| read));
    let vectors: Vec<(Vector, Lanes)> = examples.iter().map(|(read, wanted)| (read.vector(&rarity), *wanted)).collect();
    let model = Softmax::train(&vectors, SHIPPED_FROM + SHIPPED, &COURSE);
    (rarity, model)
}

/// A text, read once for all models that learn from it.
struct Read {
    /// Words and letters by their places, sorted, with how often each stands.
    blocks: [Vec<(u32, f32)>; 2],
    direction: Direction,
    shipped: [f32; SHIPPED],
}

impl Read {
    fn of(text: &str) -> Self {
        let text = plain(text);
        let words = Words::read(&text);
        let readings = Readings::of(&text, &words);
        Self { blocks: readings.grams.counted(BITS), direction: direction(&words), shipped: readings.features() }
    }

    /// The text as features: each block and the direction of length one.
    fn vector(&self, rarity: &Rarity) -> Vector {
        let mut vector = Vector::with_capacity(self.blocks.iter().map(Vec::len).sum::<usize>() + DIMS + SHIPPED);
        for block in &self.blocks {
            let from = vector.len();
            vector.extend(block.iter().map(|(place, value)| (*place, value * rarity.at(*place))));
            let square: f32 = vector.iter().skip(from).map(|(_, value)| value * value).sum();
            let scale = if square > 0.0 { 1.0 / libm::sqrtf(square) } else { 0.0 };
            for (_, value) in vector.iter_mut().skip(from) {
                *value *= scale;
            }
        }
        vector.extend((DIRECTION as u32..).zip(self.direction.iter().copied()));
        vector.extend((SHIPPED_FROM as u32..).zip(self.shipped.iter().map(|value| SHIPPED_WEIGHT * value)));
        vector.retain(|(_, value)| *value != 0.0);
        vector
    }
}

/// A text without links, which are rare and say nothing, and with drawn-out words (`sooooo`) at two letters.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(PLAIN_BYTES_MAX));
    for word in text.split_inclusive(char::is_whitespace) {
        if plain.len() >= PLAIN_BYTES_MAX {
            break;
        }
        if LINKS.iter().any(|link| word.get(..link.len()).is_some_and(|start| start.eq_ignore_ascii_case(link))) {
            continue;
        }
        let mut last = ['\0'; 2];
        for c in word.chars() {
            let drawn = c.is_alphabetic() && last.iter().all(|before| before.eq_ignore_ascii_case(&c));
            if !drawn {
                plain.push(c);
            }
            last = [last[1], c];
        }
    }
    plain
}

/// What a link begins with.
const LINKS: [&str; 3] = ["http://", "https://", "www."];
/// Bytes of a text that are read; more than the words that count.
const PLAIN_BYTES_MAX: usize = 20_000;

/// How rare what stands at each place is, as inverse document frequency.
#[derive(Debug, Clone)]
struct Rarity(Vec<f32>);

impl Rarity {
    fn of<'a>(texts: impl Iterator<Item = &'a Read>) -> Self {
        let mut counts = vec![0.0_f32; DIRECTION];
        let mut total = 1.0;
        for read in texts {
            total += 1.0;
            for (place, _) in read.blocks.iter().flatten() {
                if let Some(count) = counts.get_mut(*place as usize) {
                    *count += 1.0;
                }
            }
        }
        for count in &mut counts {
            *count = libm::logf(total / (1.0 + *count)) + 1.0;
        }
        Self(counts)
    }

    fn at(&self, place: u32) -> f32 {
        self.0.get(place as usize).copied().unwrap_or(1.0)
    }
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
    fn posts_are_read_like_plain_texts() {
        assert_eq!(
            plain("@air soooooo LAAATE https://t.co/x1 #fail 😡😡😡 www.x.org 1000"),
            "@air soo LAATE #fail 😡😡😡 1000"
        );
        assert_eq!(plain(""), "");
        let long = plain(&"x".repeat(100_000));
        assert_eq!(long, "xx");
        assert!(plain(&"late again ".repeat(30_000)).len() <= PLAIN_BYTES_MAX + 10);
    }

    #[test]
    fn meaning_helps_where_words_are_unknown() {
        let pairs = [
            ("the flight was delayed", Polarity::Negative),
            ("my bag is lost", Polarity::Negative),
            ("what time is the flight", Polarity::Neutral),
            ("which gate is it", Polarity::Neutral),
            ("a lovely crew", Polarity::Positive),
            ("wonderful flight", Polarity::Positive),
        ];
        let model = Classifier::train(&pairs.repeat(20));
        let (like, unlike) = (model.read("luggage missing"), model.read("delightful stewardess"));
        assert!(like.negative > unlike.negative + 0.5, "{like:?} {unlike:?}");
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
