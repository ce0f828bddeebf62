//! What one text means: intent, scope, complexity, mood, urgency, language, a wish for a human.
//!
//! Does: learns the intents from the roster's examples at start-up and reads one text at a time, as
//! a pure function of (model, text) that gives the same answer on every machine.
//! Never: keeps state over time, does IO, or obeys what a text says.

mod calibrate;
mod call_back;
mod classifier;
pub(crate) mod days;
mod features;
mod human;
mod learnable;
mod lexicon;
pub mod likeness;
mod linear;
pub mod mood;
mod neighbours;
pub mod overlap;
pub(crate) mod pieces;
pub mod pledge;
pub(crate) mod reading;
mod safety;
mod scope;
pub mod strain;
mod wishes;
mod words;

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::domain::analysis::{Analysis, Clarity, INTENTS_KEPT, IntentScore, Language};
use crate::domain::id::{Digest, IntentName};
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use classifier::{Classifier, Told, top};
use learnable::Vocabulary;
use words::Words;

/// Raised whenever the same text could be read differently: it is part of the model's digest.
const VERSION: u32 = 6;
/// Bytes that are given to the detection of language: it is sure long before.
const LANGUAGE_BYTES: usize = 400;
/// Words from which a guess between languages of one script is better than none.
const LANGUAGE_WORDS: usize = 6;
/// Words of the shortest part of a text that may be a wish of its own.
const WISH_WORDS: usize = 3;
/// Longer texts tell a story; its sentences are not wishes.
const WISHES_WORDS_MAX: usize = 60;
/// How sure a part must be to count as a wish: a wrong second one would be a nuisance.
const WISH_SURE: Score = Score::from_percent(60);
/// Above this a part is of none of the intents.
const OUTSIDE: Score = Score::from_percent(50);
/// The same as a chance: what is above it is taken to be out of scope.
pub const OUTSIDE_FROM: f32 = 0.5;
/// A chance below this is not worth a line in a record.
const CHANCE_MIN: i32 = 50;

/// What has been learnt from a roster's examples.
pub struct Model {
    digest: Digest,
    intents: Vec<IntentName>,
    classifier: Classifier,
    vocabulary: Vocabulary,
}

/// What intent one text has, before it is rounded for a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// The most likely intent by its number in [`Model::intents`]; none of a text without words.
    pub top: Option<usize>,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// How likely it is that no intent fits, 0 to 1; above [`OUTSIDE_FROM`] it is taken so.
    pub outside: f32,
    /// Both together.
    pub clarity: Clarity,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({}, {} intents, {} features)", self.digest, self.intents.len(), self.classifier.features())
    }
}

impl Model {
    /// Learns from examples: what customers may want, and sentences that say so. Time and memory
    /// grow with examples times intents; 50 intents of some thirteen examples take some 25 ms. Without
    /// examples every text is out of scope.
    pub fn train(examples: &[(IntentName, &str)]) -> Self {
        Self::train_beside(examples, &[])
    }

    /// The same, and from texts that none of the intents fits: they teach where scope ends.
    pub fn train_beside(examples: &[(IntentName, &str)], strangers: &[&str]) -> Self {
        let intents: BTreeSet<&IntentName> = examples.iter().map(|(intent, _)| intent).collect();
        let intents: Vec<IntentName> = intents.into_iter().cloned().collect();
        let names: Vec<&str> = intents.iter().map(IntentName::as_str).collect();
        let number = |intent: &IntentName| intents.binary_search(intent).unwrap_or(0);
        let numbered: Vec<(usize, &str)> = examples.iter().map(|(intent, text)| (number(intent), *text)).collect();
        let classifier = Classifier::train(&names, &numbered, strangers);
        let vocabulary = Vocabulary::of(examples.iter().map(|(_, text)| *text));
        Self { digest: digest(examples, strangers), classifier, vocabulary, intents }
    }

    /// Names this model: code version and examples.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The intents it knows, in order.
    pub fn intents(&self) -> &[IntentName] {
        &self.intents
    }

    /// Reads one text.
    pub fn analyse(&self, text: &Foreign) -> Analysis {
        let words = Words::read(text.raw());
        let mood = mood::read(text.raw(), &words);
        let wants_call_back = call_back::wanted(&words);
        let (mut intents, out_of_scope) = self.intents_of(&words);
        self.add_wishes(text.raw(), &words, &mut intents);
        Analysis {
            model: self.digest,
            complexity: complexity(&words, &intents),
            clarity: self.clarity(
                intents.first().map_or(0.0, |top| top.confidence.0 as f32 / 10_000.0),
                out_of_scope.0 as f32 / 10_000.0,
            ),
            intents,
            out_of_scope,
            sentiment: mood.sentiment,
            displeasure: mood.displeasure,
            emotion: mood.emotion,
            urgency: mood::urgency(&words),
            language: language(text.raw(), &words),
            wants_human: wants_call_back || human::wanted(&words),
            wants_call_back,
            safety: safety::touched(&words),
            evidence: mood.evidence,
            shouts: words.shouts(),
            words: self.vocabulary.kept(&words),
            slots: reading::slots(text.raw()),
        }
    }

    /// What else is asked for in other sentences of a text: the whole is read as one wish only.
    fn add_wishes(&self, text: &str, words: &Words, intents: &mut Vec<IntentScore>) {
        if !(WISH_WORDS * 2..=WISHES_WORDS_MAX).contains(&words.len()) {
            return;
        }
        for part in wishes::parts(text) {
            let part = Words::read(part);
            let (read, out_of_scope) = self.intents_of(&part);
            let Some(wish) = read.into_iter().next().filter(|wish| wish.confidence >= WISH_SURE) else { continue };
            let first = intents.first().is_some_and(|top| top.intent == wish.intent);
            if part.len() < WISH_WORDS || out_of_scope > OUTSIDE || first {
                continue;
            }
            intents.retain(|known| known.intent != wish.intent);
            // Two wishes in one text make each look doubtful; what the whole is about stays first.
            let Some(top) = intents.first_mut() else { return };
            top.confidence = top.confidence.max(wish.confidence);
            intents.insert(1, wish);
        }
        intents.truncate(INTENTS_KEPT);
        intents.sort_by_key(|intent| std::cmp::Reverse(intent.confidence));
    }

    /// Reads the intent of one text alone, unrounded: for measuring the model.
    pub fn judge(&self, text: &Foreign) -> Judgement {
        let Some(Told { chances, outside }) = self.classifier.read(&Words::read(text.raw())) else {
            return Judgement { top: None, confidence: 0.0, outside: 1.0, clarity: Clarity::Outside };
        };
        let (top, confidence) = top(&chances).unzip();
        let confidence = confidence.unwrap_or(0.0);
        Judgement { top, confidence, outside, clarity: self.clarity(confidence, outside) }
    }

    fn clarity(&self, confidence: f32, outside: f32) -> Clarity {
        if outside > OUTSIDE_FROM {
            Clarity::Outside
        } else if confidence < self.classifier.doubt() {
            Clarity::Unclear
        } else {
            Clarity::Clear
        }
    }

    fn intents_of(&self, words: &Words) -> (Vec<IntentScore>, Score) {
        let Some(Told { chances, outside }) = self.classifier.read(words) else {
            return (Vec::new(), Score::ONE);
        };
        let mut ranked: Vec<(Score, &IntentName)> =
            chances.iter().zip(&self.intents).map(|(chance, intent)| (score(*chance), intent)).collect();
        ranked.sort_by_key(|(chance, _)| std::cmp::Reverse(*chance));
        let kept = ranked.into_iter().take(INTENTS_KEPT).filter(|(chance, _)| chance.0 >= CHANCE_MIN);
        let kept = kept.map(|(confidence, intent)| IntentScore { intent: intent.clone(), confidence });
        (kept.collect(), score(outside))
    }
}

fn digest(examples: &[(IntentName, &str)], strangers: &[&str]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(VERSION.to_le_bytes());
    let parts = examples.iter().flat_map(|(intent, text)| [intent.as_str(), text]);
    for part in parts.chain(strangers.iter().flat_map(|text| ["", text])) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut digest = Digest::default();
    for (to, from) in digest.0.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    digest
}

fn score(chance: f32) -> Score {
    Score((chance * 10_000.0).round() as i32).within(Score::ZERO, Score::ONE)
}

/// How much there is in a text: its length, questions, joints, numbers, and how unlike one intent it is.
fn complexity(words: &Words, intents: &[IntentScore]) -> Score {
    let joints =
        words.iter().filter(|word| matches!(*word, "and" | "also" | "but" | "then" | "because" | "while" | "after"));
    let second = intents.get(1).map_or(0, |intent| intent.confidence.0);
    let points = 120 * words.len() as i32
        + 800 * words.questions.saturating_sub(1) as i32
        + 500 * joints.count() as i32
        + 600 * words.numbers as i32
        + second;
    // Half of the scale is reached by some forty plain words.
    Score((i64::from(points) * 10_000 / (i64::from(points) + 6_000)) as i32)
}

/// The language: English by its little words, which even short texts have; else by its letters.
fn language(text: &str, words: &Words) -> Language {
    // A short text that names a language, or says that none is spoken, is in that language.
    let named = words.iter().find_map(|word| lexicon::SPOKEN.iter().find(|(spoken, _)| *spoken == word));
    if let Some(language) = named.and_then(|(_, code)| code.parse().ok()) {
        return language;
    }
    let little = words.iter().filter(|word| lexicon::ENGLISH.binary_search(word).is_ok()).count();
    if little * 3 >= words.len() && little > 0 {
        return Language::ENGLISH;
    }
    let mut ends = (0..=LANGUAGE_BYTES.min(text.len())).rev();
    let beginning = ends.find_map(|end| text.get(..end)).unwrap_or_default();
    let sure = |info: &whatlang::Info| {
        info.script() != whatlang::Script::Latin || info.is_reliable() || words.len() >= LANGUAGE_WORDS
    };
    let found = whatlang::detect(beginning).filter(sure);
    found.and_then(|info| info.lang().code().parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
