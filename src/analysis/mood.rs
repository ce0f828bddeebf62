//! How a text feels: what was learnt from the public, the words of support talk, and VADER together.
//!
//! The three are read apart and added up in steps, so that no single one can carry a text to the
//! end of the scale: a learnt model finds feelings in words that no list holds, the lists know the
//! trade (`still waiting`, `charged twice`), and VADER its rules.

pub(crate) mod grams;
pub(crate) mod learned;
mod lexical;
pub mod polarity;
pub(crate) mod softmax;
mod trouble;
pub(crate) mod vader;

use std::sync::LazyLock;

use super::lexicon::{PRESSING, UNHURRIED};
use super::words::{Phrases, Words};
use crate::domain::analysis::{Emotion, Span};
use crate::domain::score::Score;
use grams::Grams;
use learned::{Feeling, Felt};
use lexical::{Lexical, STEP};
use vader::Valence;

/// Spans shown as evidence; more would colour the whole text.
const EVIDENCE_MAX: usize = 8;
/// Squared weight of silence, in steps: a single strong word moves the mood to about 0.6, two to 0.8.
const SILENCE: f64 = 15.0;
/// The learnt model moves the mood only where it is this much surer of one side than of the other.
const LEARNT_FROM: f32 = 0.3;
/// And by so many steps at most.
const LEARNT_STEPS: f32 = 2.0;
/// From this chance on a feeling that no list knows is the text's.
const FELT_FROM: f32 = 0.5;
/// From this pull on a word is shown as evidence.
const PULL_FROM: f32 = 1.2;
/// How much a mood of one adds to the logarithm of the odds of displeasure, by the trade's words and by VADER's.
const BY_LEXICON: f32 = 3.0;
const BY_VADER: f32 = 1.0;
/// Slope and constant that turn the sum into a chance; fitted to the development part of the public set.
const CALIBRATION: [f32; 2] = [0.46, -1.05];

/// The mood of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mood {
    /// -1 to 1.
    pub sentiment: Score,
    /// How likely it is that the writer is displeased, 0 to 1.
    pub displeasure: Score,
    /// The strongest feeling.
    pub emotion: Emotion,
    /// Where the words stand that moved it, in order.
    pub evidence: Vec<Span>,
}

/// All that is read of a text before it is weighed.
pub(crate) struct Readings {
    grams: Grams,
    valence: Valence,
    felt: Felt,
    lexical: Lexical,
    /// How much the words speak for a complaint.
    trouble: f32,
}

impl Readings {
    fn of(text: &str, words: &Words) -> Self {
        let (grams, valence) = (Grams::of(text), vader::read(text));
        let felt = learned::read(&grams, &valence);
        Self { grams, valence, felt, lexical: lexical::read(words), trouble: trouble::read(words) }
    }

    fn sentiment(&self) -> Score {
        let learnt = learnt(&self.felt);
        // The lists know `not bad`; a model of the public does not overrule them.
        let against = self.lexical.sum.signum() * learnt.signum() < 0;
        squash(self.lexical.sum + if against { 0 } else { learnt })
    }

    /// The logarithm of the odds of displeasure: what ranks texts.
    fn displeasure(&self) -> f32 {
        let chance = self.felt.displeased().clamp(1e-4, 1.0 - 1e-4);
        let told = squash(self.lexical.sum).0 as f32 / 10_000.0;
        let learnt = libm::logf(chance / (1.0 - chance));
        learnt - BY_LEXICON * told - BY_VADER * self.valence.compound as f32 + self.trouble
    }
}

/// The mood of a text by itself.
pub fn of(text: &str) -> Mood {
    read(text, &Words::read(text))
}

/// Reads the mood of a text that was taken apart already.
pub(super) fn read(text: &str, words: &Words) -> Mood {
    let readings = Readings::of(text, words);
    let [slope, constant] = CALIBRATION;
    let chance = 1.0 / (1.0 + libm::expf(-(slope * readings.displeasure() + constant)));
    Mood {
        sentiment: readings.sentiment(),
        displeasure: Score((chance * 10_000.0).round() as i32).within(Score::ZERO, Score::ONE),
        emotion: emotion(&readings),
        evidence: evidence(&readings),
    }
}

/// What the learnt model adds, in hundredths of a step.
fn learnt(felt: &Felt) -> i32 {
    let lean = felt.positive() - felt.negative();
    let sure = (lean.abs() - LEARNT_FROM).max(0.0) / (1.0 - LEARNT_FROM);
    (lean.signum() * sure * LEARNT_STEPS * STEP as f32).round() as i32
}

fn squash(sum: i32) -> Score {
    let steps = f64::from(sum) / f64::from(STEP);
    Score((steps / libm::sqrt(steps * steps + SILENCE) * 10_000.0).round() as i32)
}

/// What the trade's words say, or else what was learnt.
fn emotion(readings: &Readings) -> Emotion {
    if readings.lexical.emotion != Emotion::Neutral {
        return readings.lexical.emotion;
    }
    let chances = readings.felt.0.iter().zip(Feeling::ALL);
    let felt = chances.filter(|(chance, _)| **chance >= FELT_FROM).map(|(_, feeling)| feeling).next();
    // The lists know `not bad`: what they read as pleasant is no complaint.
    let pleasant = readings.lexical.sum > 0;
    match felt {
        Some(Feeling::Anger | Feeling::Annoyance | Feeling::Sadness | Feeling::Fear) if pleasant => Emotion::Neutral,
        Some(Feeling::Anger) => Emotion::Anger,
        Some(Feeling::Annoyance | Feeling::Sadness) => Emotion::Frustration,
        Some(Feeling::Fear) => Emotion::Worry,
        Some(Feeling::Confusion) => Emotion::Confusion,
        Some(Feeling::Gratitude) => Emotion::Gratitude,
        Some(Feeling::Pleasure | Feeling::Neutral) | None => Emotion::Neutral,
    }
}

/// The words that moved the mood most, in the order of the text.
fn evidence(readings: &Readings) -> Vec<Span> {
    let mut moved = readings.lexical.moved.clone();
    let lists = moved.len();
    // What the learnt model found is shown where the lists found nothing, and only if it counted.
    if learnt(&readings.felt) != 0 {
        let pulls = learned::pulls(&readings.grams);
        for (pull, span) in pulls.iter().zip(&readings.grams.places) {
            let known = moved.iter().take(lists).any(|(other, _)| other.start < span.end && span.start < other.end);
            if pull.abs() >= PULL_FROM && !known {
                moved.push((*span, (-pull * STEP as f32) as i32));
            }
        }
    }
    moved.sort_by_key(|(span, value)| (std::cmp::Reverse(value.abs()), span.start));
    moved.truncate(EVIDENCE_MAX);
    moved.sort_by_key(|(span, _)| span.start);
    moved.into_iter().map(|(span, _)| span).collect()
}

static CALM: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(UNHURRIED.iter().copied()));
static HURRY: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(PRESSING.iter().map(|(phrase, _)| *phrase)));

/// How pressing a text is, 0 to 1: each word that presses leaves less room for the others.
pub(super) fn urgency(words: &Words) -> Score {
    if words.has(&CALM) {
        return Score::ZERO;
    }
    let mut calm = 10_000;
    let mut at = 0;
    while at < words.len() {
        let found = HURRY.at(words, at).filter_map(|(index, length)| Some((length, PRESSING.get(index)?.1)));
        let (length, weight) = found.max().unwrap_or((1, 0));
        calm = calm * (100 - i32::from(weight)) / 100;
        at += length;
    }
    if words.shouts() {
        calm = calm * 85 / 100;
    }
    calm = calm * (100 - 4 * words.exclamations.min(4) as i32) / 100;
    Score(10_000 - calm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mood(text: &str) -> (i32, Emotion) {
        let mood = read(text, &Words::read(text));
        (mood.sentiment.0 / 100, mood.emotion)
    }

    #[test]
    fn moods_are_as_people_read_them() {
        for (text, low, high, emotion) in [
            ("Where is my order 1182?", -5, 5, Emotion::Neutral),
            ("I was charged twice for order 1182. This is the second time!!", -90, -60, Emotion::Frustration),
            ("This is absolutely unacceptable, you are useless", -100, -80, Emotion::Anger),
            ("thank you so much, that was very helpful!", 60, 100, Emotion::Gratitude),
            ("my card doesn't work", -50, -20, Emotion::Frustration),
            ("the support was not good", -50, -20, Emotion::Frustration),
            ("not bad", 5, 40, Emotion::Neutral),
            ("I don't understand what that means", -45, -15, Emotion::Confusion),
            ("I am worried that my account was hacked", -90, -50, Emotion::Worry),
            ("The agent was nice but I am still waiting for my money", -80, -30, Emotion::Frustration),
            ("I would like to change my address", -5, 5, Emotion::Neutral),
            ("no problem, thanks", 30, 80, Emotion::Gratitude),
            ("😡😡", -95, -70, Emotion::Anger),
            ("", 0, 0, Emotion::Neutral),
        ] {
            let (value, felt) = mood(text);
            assert!((low..=high).contains(&value), "{text}: {value}");
            assert_eq!(felt, emotion, "{text}");
        }
    }

    #[test]
    fn emphasis_strengthens() {
        assert!(mood("this is REALLY awful").0 < mood("this is awful").0);
        assert!(mood("this is awful!!!").0 < mood("this is awful").0);
        assert!(mood("THIS IS AWFUL SERVICE").0 < mood("this is awful service").0);
        assert!(mood("this is slightly wrong").0 > mood("this is wrong").0);
        assert!(mood("WHERE IS MY ORDER").0 < 0);
    }

    #[test]
    fn evidence_points_at_the_words() {
        let text = "Ünbelievable? No: unbelievable. I am still waiting, and you LIED.";
        let mood = read(text, &Words::read(text));
        let shown: Vec<&str> = mood.evidence.iter().map(|s| &text[s.start as usize..s.end as usize]).collect();
        assert_eq!(shown, ["unbelievable", "still waiting", "LIED"]);
    }

    #[test]
    fn urgency_is_told_by_words() {
        let urgency = |text: &str| urgency(&Words::read(text)).0 / 100;
        assert_eq!(urgency("where is my order"), 0);
        assert!(urgency("I need this TODAY, as soon as possible!") > 70);
        assert!(urgency("my card was stolen") > 50);
        assert_eq!(urgency("no rush, but I need it today"), 0);
    }

    const TEXTS: &[&str] = &[
        "where is my order",
        "thank you so much",
        "this is useless",
        "my card was stolen and I am afraid",
        "I do not understand",
        "you cancelled my booking without telling me",
        "ok",
        "",
    ];

    /// Nobody jumps the queue by shouting: capitals and marks move a mood, but only so far.
    #[test]
    fn shouting_has_a_bounded_effect() {
        for text in TEXTS {
            let calm = of(text);
            let loud = of(&format!("{}{}", text.to_uppercase(), "!".repeat(5_000)));
            assert!(calm.sentiment.minus(loud.sentiment).0 <= 4_000, "{text}: {calm:?} {loud:?}");
            let pressing = |text: &str| urgency(&Words::read(text)).0;
            let more = pressing(&format!("{}!!!!!!!!", text.to_uppercase())) - pressing(text);
            assert!(more <= 3_000, "{text}: {more}");
        }
    }

    #[test]
    fn saying_it_a_hundred_times_says_no_more_than_the_end_of_the_scale() {
        for text in TEXTS {
            let much = of(&format!("{text}. ").repeat(100));
            assert!((-10_000..=10_000).contains(&much.sentiment.0) && much.displeasure <= Score::ONE);
            assert!(much.evidence.len() <= EVIDENCE_MAX);
        }
    }

    #[test]
    fn any_text_is_read_the_same_twice() {
        let odd = [
            "a",
            "😡😡😡😡",
            "日本語だけ",
            "!!!???",
            "\u{301}\u{301}",
            "\0",
            &"x".repeat(100_000),
            &"why ".repeat(25_000),
        ];
        for text in odd.iter().chain(TEXTS) {
            let mood = of(text);
            assert_eq!(mood, of(text));
            let inside = |span: &Span| text.get(span.start as usize..span.end as usize).is_some();
            assert!(mood.evidence.iter().all(inside) && mood.displeasure >= Score::ZERO, "{mood:?}");
        }
    }

    #[test]
    fn displeasure_ranks_complaints_above_questions_and_thanks() {
        let complaints =
            ["you cancelled my booking without telling me", "on hold for an hour, nobody answers", "worst service"];
        let others = ["what time do you open", "thanks, that worked", "can I change the name on a ticket"];
        for complaint in complaints {
            for other in others {
                assert!(of(complaint).displeasure > of(other).displeasure, "{complaint} / {other}");
            }
        }
    }
}
