//! How a text feels: the lexicon with the rules of negation, strength, capitals and contrast.

use super::lexicon::{Entry, NEGATIONS, PHRASES, PRESSING, STRENGTHENERS, UNHURRIED, WEAKENERS, WORDS};
use super::words::Words;
use crate::domain::analysis::{Emotion, Span};
use crate::domain::score::Score;

/// Spans shown as evidence; more would colour the whole text.
const EVIDENCE_MAX: usize = 8;
/// Words before a feeling in which a negation turns it.
const NEGATION_REACH: usize = 3;
/// One step of the lexicon.
const STEP: i32 = 100;
/// Squared weight of silence, in steps: a single strong word moves the mood to about 0.6, two to 0.8.
const SILENCE: f64 = 15.0;

/// The mood of one text.
pub(super) struct Mood {
    /// -1 to 1.
    pub(super) sentiment: Score,
    /// The strongest feeling.
    pub(super) emotion: Emotion,
    /// Where the words stand that moved it, in order.
    pub(super) evidence: Vec<Span>,
}

/// One word or phrase that moves the mood.
struct Touch {
    value: i32,
    emotion: Emotion,
    at: usize,
    words: usize,
}

/// Reads the mood.
pub(super) fn read(words: &Words) -> Mood {
    let mut touches = touches(words);
    weigh_contrast(words, &mut touches);
    let mut sum: i32 = touches.iter().map(|touch| touch.value).sum();
    sum += sum * words.exclamations.min(4) as i32 * 8 / 100;
    if words.shouts() && sum <= 0 {
        sum -= STEP;
    }
    Mood { sentiment: squash(sum), emotion: strongest(&touches), evidence: evidence(words, touches) }
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

/// The longest entry that stands at a word, and how many words it has.
fn entry_at(words: &Words, at: usize) -> Option<(&'static Entry, usize)> {
    let phrases = PHRASES.iter().filter_map(|entry| Some((entry, words.phrase_at(at, entry.0)?)));
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

fn squash(sum: i32) -> Score {
    let steps = f64::from(sum) / f64::from(STEP);
    Score((steps / libm::sqrt(steps * steps + SILENCE) * 10_000.0).round() as i32)
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

fn evidence(words: &Words, mut touches: Vec<Touch>) -> Vec<Span> {
    touches.sort_by_key(|touch| (std::cmp::Reverse(touch.value.abs()), touch.at));
    touches.truncate(EVIDENCE_MAX);
    touches.sort_by_key(|touch| touch.at);
    touches.iter().filter_map(|touch| words.span(touch.at, touch.at + touch.words)).collect()
}

/// How pressing a text is, 0 to 1: each word that presses leaves less room for the others.
pub(super) fn urgency(words: &Words) -> Score {
    if UNHURRIED.iter().any(|phrase| words.has(phrase)) {
        return Score::ZERO;
    }
    let mut calm = 10_000;
    let mut at = 0;
    while at < words.len() {
        let found = PRESSING.iter().filter_map(|(phrase, weight)| Some((words.phrase_at(at, phrase)?, *weight)));
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
        let mood = read(&Words::read(text));
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
        let mood = read(&Words::read(text));
        let shown: Vec<&str> = mood.evidence.iter().map(|s| &text[s.start as usize..s.end as usize]).collect();
        assert_eq!(shown, ["unbelievable", "still waiting", "LIED"]);
    }

    #[test]
    fn every_entry_is_found() {
        for entry in WORDS {
            let stem = entry.0.trim_end_matches('*');
            let found = word_entry(stem).unwrap();
            assert_eq!(found.0.trim_end_matches('*'), stem, "{}", entry.0);
        }
        assert!(word_entry("hello").is_none());
    }

    #[test]
    fn urgency_is_told_by_words() {
        let urgency = |text: &str| urgency(&Words::read(text)).0 / 100;
        assert_eq!(urgency("where is my order"), 0);
        assert!(urgency("I need this TODAY, as soon as possible!") > 70);
        assert!(urgency("my card was stolen") > 50);
        assert_eq!(urgency("no rush, but I need it today"), 0);
    }
}
