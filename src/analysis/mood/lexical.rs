//! The words of support talk that feel: the lexicon with the rules of negation, strength, capitals and contrast.

use std::sync::LazyLock;

use crate::analysis::lexicon::{Entry, NEGATIONS, PHRASES, STRENGTHENERS, WEAKENERS, WORDS};
use crate::analysis::words::{Phrases, Words};
use crate::domain::analysis::{Emotion, Span};

/// Words before a feeling in which a negation turns it.
const NEGATION_REACH: usize = 3;
/// One step of the lexicon.
pub(super) const STEP: i32 = 100;

/// What the lexicon says of a text.
pub(super) struct Lexical {
    /// Hundredths of a step, below zero for what hurts.
    pub(super) sum: i32,
    /// The strongest feeling.
    pub(super) emotion: Emotion,
    /// Where the words stand that moved it, and how much.
    pub(super) moved: Vec<(Span, i32)>,
}

/// One word or phrase that moves the mood.
struct Touch {
    value: i32,
    emotion: Emotion,
    at: usize,
    words: usize,
}

/// Reads a text.
pub(super) fn read(words: &Words) -> Lexical {
    let mut touches = touches(words);
    weigh_contrast(words, &mut touches);
    let mut sum: i32 = touches.iter().map(|touch| touch.value).sum();
    sum += sum * words.exclamations.min(4) as i32 * 8 / 100;
    if words.shouts() && sum <= 0 {
        sum -= STEP;
    }
    let span = |touch: &Touch| Some((words.span(touch.at, touch.at + touch.words)?, touch.value));
    Lexical { sum, emotion: strongest(&touches), moved: touches.iter().filter_map(span).collect() }
}

fn touches(words: &Words) -> Vec<Touch> {
    let shouts = words.shouts();
    let mut touches = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some(((_, steps, emotion), length)) = entry_at(words, at) else {
            at += 1;
            continue;
        };
        let mut value = i32::from(*steps) * STEP;
        let before = |back: usize| at.checked_sub(back).filter(|i| !words.ends_clause(*i)).map(|i| words.at(i));
        if let Some(previous) = before(1) {
            if STRENGTHENERS.binary_search(&previous).is_ok() {
                value = value * 13 / 10;
            } else if WEAKENERS.binary_search(&previous).is_ok() {
                value = value * 6 / 10;
            }
        }
        if shouts || (at..at + length).any(|i| words.capitals(i)) {
            value = value * 125 / 100;
        }
        let mut emotion = *emotion;
        let negated = (1..=NEGATION_REACH).map_while(before).any(|word| NEGATIONS.binary_search(&word).is_ok());
        if negated {
            // What is denied is weaker than what is said: `not good` is bad, `not bad` is not good.
            value = if value > 0 { -value * 7 / 10 } else { -value * 3 / 10 };
            emotion = if value < 0 { Emotion::Frustration } else { Emotion::Neutral };
        }
        if value != 0 {
            touches.push(Touch { value, emotion, at, words: length });
        }
        at += length;
    }
    touches
}

static BY_FIRST: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(PHRASES.iter().map(|entry| entry.0)));

/// The longest entry that stands at a word, and how many words it has.
fn entry_at(words: &Words, at: usize) -> Option<(&'static Entry, usize)> {
    let phrases = BY_FIRST.at(words, at).filter_map(|(index, length)| Some((PHRASES.get(index)?, length)));
    let longest = phrases.max_by_key(|(_, length)| *length);
    longest.or_else(|| word_entry(words.at(at)).map(|entry| (entry, 1)))
}

/// The entry of a single word. A stem stands before all its endings, so it is one of the last few
/// that are not behind the word.
fn word_entry(word: &str) -> Option<&'static Entry> {
    let end = WORDS.partition_point(|entry| entry.0.trim_end_matches('*') <= word);
    let near = WORDS.get(end.saturating_sub(4)..end)?;
    near.iter().rev().find(|(stem, ..)| match stem.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => *stem == word,
    })
}

/// What stands behind a `but` is meant more than what stands before it.
fn weigh_contrast(words: &Words, touches: &mut [Touch]) {
    let Some(but) = words.iter().position(|word| matches!(word, "but" | "however" | "yet")) else { return };
    for touch in touches {
        touch.value = if touch.at < but { touch.value / 2 } else { touch.value * 12 / 10 };
    }
}

fn strongest(touches: &[Touch]) -> Emotion {
    let total = |emotion: Emotion| -> i32 {
        let of = touches.iter().filter(|touch| touch.emotion == emotion);
        // A feeling counts for what it says, thanks upwards and all else downwards.
        of.map(|touch| if emotion == Emotion::Gratitude { touch.value } else { -touch.value }).sum()
    };
    // Of equals the first is taken: what needs a human's eye comes first.
    let order = [Emotion::Anger, Emotion::Worry, Emotion::Frustration, Emotion::Confusion, Emotion::Gratitude];
    let mut best = (Emotion::Neutral, STEP - 1);
    for emotion in order {
        let total = total(emotion);
        if total > best.1 {
            best = (emotion, total);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found() {
        for entry in WORDS {
            let stem = entry.0.trim_end_matches('*');
            let found = word_entry(stem).unwrap();
            assert_eq!(found.0.trim_end_matches('*'), stem, "{}", entry.0);
        }
        assert!(word_entry("hello").is_none());
    }
}
