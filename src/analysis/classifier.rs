//! Which of the known intents a text has, how sure that is, and whether any fits.
//!
//! A linear model over words, letters and meaning reads the text; the nearest examples of the
//! intents it likes best have a say beside it. How far its scores can be trusted, where a text is
//! unclear and where scope ends is learnt from examples that are held out, and from intents that
//! are left out, of a model of its own.

use super::calibrate::{self, doubt, sharpness};
use super::features::{Corpus, Lookup, Sparse, Vocabulary};
use super::linear::{Linear, is_large, softmax};
use super::neighbours::Neighbours;
use super::pieces::{Direction, direction};
use super::scope::{Reading, STRANGERS, Scope};
use super::words::Words;

/// Intents whose nearest examples are looked for.
const CANDIDATES: usize = 4;
/// How loud the nearest example speaks beside the linear model: of few examples it says much, of
/// many the model has learnt what it could say.
const NEARNESS_WEIGHT: f32 = 2.0;
/// The name of an intent is an example of its own as long as there are no more than so many.
const NAMED_MAX: usize = 20;
/// Every so many-th example of an intent is held out once.
const HELD_OUT_EVERY: usize = 5;
/// Every so many-th intent is left out once, if there are at least so many.
const LEFT_OUT_EVERY: usize = 5;
const LEFT_OUT_FROM: usize = 4;
/// A model of all of few examples may be so much surer than the one that was kept from every fifth:
/// of many a fifth more says little. Chosen on parts of a published training set.
const SURER_OF_ALL: f32 = 1.1;
/// Held-out texts that are enough; the rest of a large set is not read for it.
const HELD_OUT_MAX: usize = 2_000;
/// A text of so few words is brief: how far to trust it is learnt on such pieces of held-out examples, which
/// say much less than the whole.
const BRIEF_WORDS: usize = 2;
/// Letters of a word that may be all that somebody writes: shorter ones hold sentences together.
const BRIEF_LETTERS_MIN: usize = 4;

/// What has been learnt.
pub(super) struct Classifier {
    lookup: Lookup,
    learnt: Learnt,
    sharpness: f32,
    /// The same of brief texts.
    brief: f32,
    doubt: f32,
    scope: Scope,
}

/// What is said of a text.
pub(super) struct Told {
    /// The chance of each class.
    pub(super) chances: Vec<f32>,
    /// The chance that none fits.
    pub(super) outside: f32,
}

impl Classifier {
    /// Learns from examples with the number of their class, whose name is among `names`; and, for
    /// its scope alone, from texts that no class fits.
    pub(super) fn train(names: &[&str], examples: &[(usize, &str)], strangers: &[&str]) -> Self {
        let lessons = Lessons::of(names, examples);
        let vocabulary = lessons.corpus.vocabulary(|_| true);
        let learnt = Learnt::of(&lessons, &vocabulary, |_| true, names.len());
        let held_out = HeldOut::of(&lessons, examples, strangers);
        let surer = if is_large(examples.len(), names.len()) { 1.0 } else { SURER_OF_ALL };
        Self {
            lookup: vocabulary.lookup(),
            learnt,
            sharpness: held_out.sharpness * surer,
            brief: held_out.brief,
            doubt: held_out.doubt,
            scope: held_out.scope,
        }
    }

    /// How many features there are.
    pub(super) fn features(&self) -> usize {
        self.lookup.len()
    }

    /// The confidence below which a text is unclear.
    pub(super) fn doubt(&self) -> f32 {
        self.doubt
    }

    /// Reads a text; none if it has no words or there are no classes.
    pub(super) fn read(&self, words: &Words) -> Option<Told> {
        if words.len() == 0 {
            return None;
        }
        let direction = direction(words);
        let (vector, seen) = self.lookup.vector(words, &direction);
        let scored = self.learnt.score(&vector, &direction)?;
        let reading = scored.reading(self.sharpness, seen);
        let trusted = if words.len() <= BRIEF_WORDS { self.brief } else { self.sharpness };
        Some(Told { chances: scored.chances(trusted), outside: self.scope.chance(&reading) })
    }
}

/// The most likely class and its chance; the first of equals.
pub(super) fn top(chances: &[f32]) -> Option<(usize, f32)> {
    let mut best = None;
    for (class, chance) in chances.iter().copied().enumerate() {
        if best.is_none_or(|(_, top)| chance > top) {
            best = Some((class, chance));
        }
    }
    best
}

/// Examples as they are taught: those of the roster, and behind them names of intents.
struct Lessons {
    corpus: Corpus,
    classes: Vec<usize>,
    /// How many are no names.
    examples: usize,
    /// How many classes there are.
    of: usize,
}

impl Lessons {
    fn of(names: &[&str], examples: &[(usize, &str)]) -> Self {
        let mut counts = vec![0; names.len()];
        for (class, _) in examples {
            if let Some(count) = counts.get_mut(*class) {
                *count += 1;
            }
        }
        let few = |class: &usize| counts.get(*class).is_some_and(|count| (1..=NAMED_MAX).contains(count));
        let telling: Vec<usize> = (0..names.len()).filter(few).collect();
        let spoken: Vec<String> = telling.iter().map(|class| spoken(names.get(*class).unwrap_or(&""))).collect();
        let texts = examples.iter().map(|(_, text)| *text).chain(spoken.iter().map(String::as_str));
        Self {
            corpus: Corpus::of(texts),
            classes: examples.iter().map(|(class, _)| *class).chain(telling).collect(),
            examples: examples.len(),
            of: names.len(),
        }
    }
}

/// A name as words: `order-status` is two. What has a digit is a number of the house and says nothing.
fn spoken(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.contains(|c: char| c.is_ascii_digit())).collect::<Vec<_>>().join(" ")
}

/// The number of an example and of its class.
type Numbered = (usize, usize);

/// A linear model and the examples it was taught.
struct Learnt {
    linear: Linear,
    neighbours: Neighbours,
}

impl Learnt {
    /// Learns the lessons that `class` gives a class of the model, among `classes`.
    fn of(lessons: &Lessons, vocabulary: &Vocabulary<'_>, chosen: impl Fn(usize) -> bool, classes: usize) -> Self {
        let of = |at: usize| lessons.classes.get(at).copied().filter(|_| chosen(at)).map(|class| (at, class));
        let taught: Vec<Numbered> = (0..lessons.classes.len()).filter_map(of).collect();
        let vectors: Vec<(Sparse, usize)> =
            taught.iter().map(|(at, class)| (vocabulary.example(*at).0, *class)).collect();
        let directions = taught.iter().map(|(at, class)| (lessons.corpus.direction(*at), *class));
        Self {
            linear: Linear::train(&vectors, vocabulary.len(), classes),
            neighbours: Neighbours::of(directions, classes),
        }
    }

    fn score(&self, vector: &Sparse, direction: &Direction) -> Option<Scored> {
        let mut logits = self.linear.logits(vector);
        let mut candidates: Vec<usize> = Vec::with_capacity(CANDIDATES);
        while candidates.len() < CANDIDATES.min(logits.len()) {
            let left = logits.iter().enumerate().filter(|(class, _)| !candidates.contains(class));
            let best =
                left.fold(
                    None,
                    |best: Option<(usize, f32)>, (class, logit)| {
                        if best.is_none_or(|(_, top)| *logit > top) { Some((class, *logit)) } else { best }
                    },
                );
            candidates.push(best?.0);
        }
        let near = self.neighbours.nearness(direction, &candidates);
        for (class, near) in candidates.iter().zip(&near) {
            if let Some(logit) = logits.get_mut(*class) {
                *logit += NEARNESS_WEIGHT * near;
            }
        }
        let nearest = near.iter().copied().fold(0.0, f32::max);
        (!logits.is_empty()).then_some(Scored { logits, nearest })
    }
}

/// The scores of a text.
struct Scored {
    logits: Vec<f32>,
    /// How near the nearest example is.
    nearest: f32,
}

impl Scored {
    fn chances(&self, sharpness: f32) -> Vec<f32> {
        let mut chances = self.logits.clone();
        softmax(&mut chances, sharpness);
        chances
    }

    fn reading(&self, sharpness: f32, seen: f32) -> Reading {
        let loudness = top(&self.logits).map_or(0.0, |(_, logit)| logit);
        Reading::new(&self.chances(sharpness), loudness, seen, self.nearest)
    }
}

/// What a model that did not see some examples and some intents says of them.
struct HeldOut {
    sharpness: f32,
    brief: f32,
    doubt: f32,
    scope: Scope,
}

impl HeldOut {
    fn of(lessons: &Lessons, examples: &[(usize, &str)], strangers: &[&str]) -> Self {
        let leaves = lessons.of >= LEFT_OUT_FROM;
        let left_out = |class: usize| leaves && class % LEFT_OUT_EVERY == LEFT_OUT_EVERY / 2;
        let mut met = vec![0; lessons.of];
        let mut apart = vec![false; lessons.classes.len()];
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (at, class) in lessons.classes.iter().copied().enumerate() {
            let count = met.get_mut(class).map_or(0, |count: &mut usize| {
                *count += 1;
                *count
            });
            let held_out = at < lessons.examples && count % HELD_OUT_EVERY == 0;
            if let Some(apart) = apart.get_mut(at) {
                *apart = held_out || left_out(class);
            }
            if held_out {
                let of = if left_out(class) { &mut outside } else { &mut inside };
                of.push((at, class));
            }
        }
        thin(&mut inside);
        thin(&mut outside);
        let chosen = |at: usize| apart.get(at).is_some_and(|apart| !apart);
        let vocabulary = lessons.corpus.vocabulary(chosen);
        let learnt = Learnt::of(lessons, &vocabulary, chosen, lessons.of);
        let known = |class: usize| !left_out(class);
        let pieces: Vec<(String, usize)> = inside
            .iter()
            .filter_map(|(at, class)| Some((examples.get(*at)?.1, *class)))
            .flat_map(|(text, class)| pieces(text).into_iter().map(move |piece| (piece, class)))
            .collect();
        Self::said(&learnt, &vocabulary, lessons, known, (&inside, &outside, &pieces), strangers)
    }

    fn said(
        learnt: &Learnt,
        vocabulary: &Vocabulary<'_>,
        lessons: &Lessons,
        known: impl Fn(usize) -> bool,
        (inside, outside, pieces): (&[Numbered], &[Numbered], &[(String, usize)]),
        strangers: &[&str],
    ) -> Self {
        // An intent that was left out is none that the model could name.
        let hidden = |mut scored: Scored| {
            for (class, logit) in scored.logits.iter_mut().enumerate() {
                if !known(class) {
                    *logit = f32::NEG_INFINITY;
                }
            }
            scored
        };
        let weigh = |(at, class): &Numbered| {
            let (vector, seen) = vocabulary.example(*at);
            let scored = learnt.score(&vector, lessons.corpus.direction(*at))?;
            Some((hidden(scored), seen, *class))
        };
        let inside: Vec<(Scored, f32, usize)> = inside.iter().filter_map(weigh).collect();
        let outside: Vec<(Scored, f32, usize)> = outside.iter().filter_map(weigh).collect();
        let held_out: Vec<(Vec<f32>, usize)> =
            inside.iter().map(|(scored, _, class)| (scored.logits.clone(), *class)).collect();
        let sharpness = sharpness(&held_out);
        let best = |scored: &Scored| top(&scored.chances(sharpness));
        let right = |(scored, _, class): &(Scored, f32, usize)| best(scored).is_some_and(|(top, _)| top == *class);
        let told = inside.iter().map(|one| (best(&one.0).map_or(0.0, |(_, chance)| chance), right(one))).collect();
        let lookup = vocabulary.lookup();
        let told_of = |text: &str| {
            let words = Words::read(text);
            let direction = direction(&words);
            let (vector, seen) = lookup.vector(&words, &direction);
            Some((hidden(learnt.score(&vector, &direction)?), seen))
        };
        let brief: Vec<(Vec<f32>, usize)> =
            pieces.iter().filter_map(|(piece, class)| Some((told_of(piece)?.0.logits, *class))).collect();
        let far = |texts: &[&str]| -> Vec<Reading> {
            texts
                .iter()
                .filter_map(|text| told_of(text))
                .map(|(scored, seen)| scored.reading(sharpness, seen))
                .collect()
        };
        let readings: Vec<(Reading, bool)> =
            inside.iter().map(|one| (one.0.reading(sharpness, one.1), right(one))).collect();
        let left_out: Vec<Reading> = outside.iter().map(|(scored, seen, _)| scored.reading(sharpness, *seen)).collect();
        let scope = Scope::fit(&readings, &[left_out, far(STRANGERS), far(strangers)]);
        Self { sharpness, brief: calibrate::sharpness(&brief).min(sharpness), doubt: doubt(told), scope }
    }
}

/// The longest word of a text, and the pair of words that it stands in.
fn pieces(text: &str) -> Vec<String> {
    let words = Words::read(text);
    let all: Vec<&str> = words.iter().collect();
    let longest = (0..all.len()).max_by_key(|at| (all.get(*at).map_or(0, |word| word.len()), all.len() - at));
    let Some((at, word)) = longest.and_then(|at| Some((at, *all.get(at)?))) else { return Vec::new() };
    if word.len() < BRIEF_LETTERS_MIN {
        return Vec::new();
    }
    let before = at.saturating_sub(1);
    let pair = all.get(before..(before + BRIEF_WORDS).min(all.len())).unwrap_or_default();
    vec![word.to_owned(), pair.join(" ")]
}

/// Every so many-th of too many, so that what is left is spread over all of them.
fn thin(texts: &mut Vec<Numbered>) {
    let step = texts.len().div_ceil(HELD_OUT_MAX).max(1);
    let mut at = 0;
    texts.retain(|_| {
        at += 1;
        at % step == 0
    });
}
