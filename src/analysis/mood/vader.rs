//! The sentiment of a text by a rated lexicon and rules: a port of VADER (Hutto and Gilbert 2014).
//!
//! It gives the numbers of the reference implementation, oddities included, so that what people
//! know of it holds here too. The lexicon stands in `assets/vader.txt`, with its licence beside it.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What a booster before a word adds, and a dampener takes.
const BOOST: f64 = 0.293;
/// What capitals add when the rest is not in capitals.
const CAPITALS: f64 = 0.733;
/// What a negation makes of a valence.
const NEGATED: f64 = -0.74;
/// Approximates the greatest sum to be expected.
const ALPHA: f64 = 15.0;
/// Words read of one text: more of them say nothing new, and every limit has to be somewhere.
const WORDS_MAX: usize = 2_000;

/// The lexicon: a word and its valence in tenths; behind an empty line a picture and its name.
static LEXICON: &str = include_str!("../assets/vader.txt");

const NEGATIONS: &[&str] = &[
    "aint", "arent", "cannot", "cant", "couldnt", "darent", "despite", "didnt", "doesnt", "dont", "hadnt", "hasnt",
    "havent", "isnt", "mightnt", "mustnt", "neednt", "neither", "never", "none", "nope", "nor", "not", "nothing",
    "nowhere", "oughtnt", "rarely", "seldom", "shant", "shouldnt", "uh-uh", "uhuh", "wasnt", "werent", "without",
    "wont", "wouldnt",
];

const BOOSTERS: &[&str] = &[
    "absolutely",
    "amazingly",
    "awfully",
    "completely",
    "considerable",
    "considerably",
    "decidedly",
    "deeply",
    "effing",
    "enormous",
    "enormously",
    "entirely",
    "especially",
    "exceptional",
    "exceptionally",
    "extreme",
    "extremely",
    "fabulously",
    "flippin",
    "flipping",
    "frackin",
    "fracking",
    "frickin",
    "fricking",
    "friggin",
    "frigging",
    "fuckin",
    "fucking",
    "fuggin",
    "fugging",
    "fully",
    "greatly",
    "hella",
    "highly",
    "hugely",
    "incredible",
    "incredibly",
    "intensely",
    "major",
    "majorly",
    "more",
    "most",
    "particularly",
    "purely",
    "quite",
    "really",
    "remarkably",
    "so",
    "substantially",
    "thoroughly",
    "total",
    "totally",
    "tremendous",
    "tremendously",
    "uber",
    "unbelievably",
    "unusually",
    "utter",
    "utterly",
    "very",
];

const DAMPENERS: &[&str] = &[
    "almost",
    "barely",
    "hardly",
    "just enough",
    "kind of",
    "kind-of",
    "kinda",
    "kindof",
    "less",
    "little",
    "marginal",
    "marginally",
    "occasional",
    "occasionally",
    "partly",
    "scarce",
    "scarcely",
    "slight",
    "slightly",
    "somewhat",
    "sort of",
    "sort-of",
    "sorta",
    "sortof",
];

/// Sayings with a valence of their own.
const SAYINGS: &[(&str, f64)] = &[
    ("the shit", 3.0),
    ("the bomb", 3.0),
    ("bad ass", 1.5),
    ("badass", 1.5),
    ("bus stop", 0.0),
    ("yeah right", -2.0),
    ("kiss of death", -1.5),
    ("to die for", 3.0),
    ("beating heart", 3.5),
];

/// What the rules make of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Valence {
    /// The whole, -1 to 1.
    pub(crate) compound: f64,
    /// Share of what is positive.
    pub(crate) positive: f64,
    /// Share of what is negative.
    pub(crate) negative: f64,
}

struct Tables {
    words: HashMap<&'static str, f64>,
    pictures: HashMap<char, &'static str>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut lines = LEXICON.lines();
        let pair = |line: &'static str| line.split_once('\t');
        let words = lines.by_ref().take_while(|line| !line.is_empty()).filter_map(pair);
        let words = words.filter_map(|(word, tenths)| Some((word, tenths.parse::<f64>().ok()? / 10.0))).collect();
        let pictures = lines.filter_map(pair).filter_map(|(face, name)| Some((face.chars().next()?, name))).collect();
        Tables { words, pictures }
    })
}

/// One word, without the punctuation around it.
struct Token {
    lower: String,
    capitals: bool,
}

/// Reads a text.
pub(crate) fn read(text: &str) -> Valence {
    let tables = tables();
    let text = named(text, tables);
    let tokens = tokens(&text);
    let shouted = tokens.iter().filter(|token| token.capitals).count();
    let sentence = Sentence { lexicon: &tables.words, mixed: shouted > 0 && shouted < tokens.len(), tokens: &tokens };
    let mut valences: Vec<f64> = (0..tokens.len()).map(|at| sentence.valence(at)).collect();
    sentence.weigh_contrast(&mut valences);
    sum_up(&valences, emphasis(&text))
}

/// The text with the names of its pictures.
fn named(text: &str, tables: &Tables) -> String {
    let mut named = String::with_capacity(text.len() + 16);
    let mut spaced = true;
    for c in text.chars() {
        // No picture lies below the arrows.
        if let Some(name) = tables.pictures.get(&c).filter(|_| c > '\u{a0}') {
            if !spaced {
                named.push(' ');
            }
            named.push_str(name);
            spaced = false;
        } else {
            named.push(c);
            spaced = c == ' ';
        }
    }
    named
}

fn tokens(text: &str) -> Vec<Token> {
    let blank = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    let words = text.split(blank).filter(|word| !word.is_empty()).take(WORDS_MAX);
    words
        .map(|word| {
            let bare = word.trim_matches(|c: char| c.is_ascii_punctuation());
            // What is this short without its punctuation was a smiley.
            let raw = if bare.chars().nth(2).is_none() { word } else { bare };
            let capitals = raw.chars().any(char::is_uppercase) && !raw.chars().any(char::is_lowercase);
            Token { lower: raw.to_lowercase(), capitals }
        })
        .collect()
}

struct Sentence<'a> {
    lexicon: &'a HashMap<&'static str, f64>,
    tokens: &'a [Token],
    /// Some words are in capitals and some are not.
    mixed: bool,
}

impl Sentence<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.lower.as_str())
    }

    /// The word `back` before `at`, empty before the beginning.
    fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |at| self.word(at))
    }

    fn valence(&self, at: usize) -> f64 {
        let Some(token) = self.tokens.get(at) else { return 0.0 };
        let word = token.lower.as_str();
        let kind_of = word == "kind" && self.word(at + 1) == "of";
        if kind_of || booster(word).is_some() {
            return 0.0;
        }
        let Some(rated) = self.lexicon.get(word).copied() else { return 0.0 };
        let mut valence = rated;
        if word == "no" && self.lexicon.contains_key(self.word(at + 1)) {
            valence = 0.0;
        }
        let no = |back| self.before(at, back) == "no";
        if no(1) || no(2) || (no(3) && matches!(self.before(at, 1), "or" | "nor")) {
            valence = rated * NEGATED;
        }
        if token.capitals && self.mixed {
            valence += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        for back in 1..=3 {
            let previous = self.before(at, back);
            if at < back || self.lexicon.contains_key(previous) {
                continue;
            }
            valence += self.boost(at - back, valence) * [1.0, 0.95, 0.9][back - 1];
            valence *= self.negation(at, back);
            if back == 3 {
                valence = self.saying(at, valence);
            }
        }
        if self.before(at, 1) == "least"
            && !self.lexicon.contains_key("least")
            && !(at > 1 && matches!(self.before(at, 2), "at" | "very"))
        {
            valence *= NEGATED;
        }
        valence
    }

    /// What the word at `at` adds to a valence behind it.
    fn boost(&self, at: usize, valence: f64) -> f64 {
        let Some(token) = self.tokens.get(at) else { return 0.0 };
        let Some(boost) = booster(&token.lower) else { return 0.0 };
        let mut boost = if valence < 0.0 { -boost } else { boost };
        if token.capitals && self.mixed {
            boost += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        boost
    }

    /// The factor by which what stands `back` words before changes a valence.
    fn negation(&self, at: usize, back: usize) -> f64 {
        let word = |back| self.before(at, back);
        let so = |back| matches!(word(back), "so" | "this");
        let (never, without) = (word(back) == "never", word(back) == "without");
        let praised = match back {
            2 => never && so(1),
            3 => (never && so(2)) || so(1),
            _ => false,
        };
        if praised {
            return 1.25;
        }
        let undoubted = match back {
            2 => without && word(1) == "doubt",
            3 => without && (word(2) == "doubt" || word(1) == "doubt"),
            _ => false,
        };
        let negated = NEGATIONS.binary_search(&word(back)).is_ok() || word(back).contains("n't");
        if negated && !undoubted { NEGATED } else { 1.0 }
    }

    fn saying(&self, at: usize, valence: f64) -> f64 {
        let joined = |from: usize, to: usize| {
            let words: Vec<&str> = (to..=from).rev().map(|back| self.before(at, back)).collect();
            words.join(" ")
        };
        let rated = |saying: &str| SAYINGS.iter().find(|(known, _)| *known == saying).map(|(_, rated)| *rated);
        let (three, pair, far) = (joined(3, 1), joined(2, 1), joined(3, 2));
        let mut valence = valence;
        let around = [joined(1, 0), joined(2, 0), pair.clone(), three.clone(), far.clone()];
        if let Some(found) = around.iter().find_map(|saying| rated(saying)) {
            valence = found;
        }
        for ahead in 1..=2 {
            if at + ahead < self.tokens.len() {
                let words: Vec<&str> = (at..=at + ahead).map(|at| self.word(at)).collect();
                valence = rated(&words.join(" ")).unwrap_or(valence);
            }
        }
        valence + [three, far, pair].iter().filter_map(|words| booster(words)).sum::<f64>()
    }

    /// What stands before a `but` counts half, what stands behind it half as much again. Equal
    /// valences are mistaken for the first of them, as the reference does.
    fn weigh_contrast(&self, valences: &mut [f64]) {
        let Some(but) = self.tokens.iter().position(|token| token.lower == "but") else { return };
        for at in 0..valences.len() {
            let Some(value) = valences.get(at).copied() else { return };
            let Some(first) = valences.iter().position(|other| (other - value).abs() < f64::MIN_POSITIVE) else {
                continue;
            };
            if let Some(valence) = valences.get_mut(first) {
                *valence *= match first.cmp(&but) {
                    std::cmp::Ordering::Less => 0.5,
                    std::cmp::Ordering::Equal => 1.0,
                    std::cmp::Ordering::Greater => 1.5,
                };
            }
        }
    }
}

fn booster(word: &str) -> Option<f64> {
    if BOOSTERS.binary_search(&word).is_ok() {
        return Some(BOOST);
    }
    DAMPENERS.binary_search(&word).is_ok().then_some(-BOOST)
}

/// What exclamation and question marks add.
fn emphasis(text: &str) -> f64 {
    let count = |mark: char| text.matches(mark).count();
    let asked = match count('?') {
        0 | 1 => 0.0,
        marks @ 2..=3 => marks as f64 * 0.18,
        _ => 0.96,
    };
    count('!').min(4) as f64 * 0.292 + asked
}

fn sum_up(valences: &[f64], emphasis: f64) -> Valence {
    if valences.is_empty() {
        return Valence::default();
    }
    let with = |sum: f64| match sum {
        _ if sum > 0.0 => sum + emphasis,
        _ if sum < 0.0 => sum - emphasis,
        _ => sum,
    };
    let sum = with(valences.iter().sum());
    let mut positive: f64 = valences.iter().filter(|v| **v > 0.0).map(|v| v + 1.0).sum();
    let mut negative: f64 = valences.iter().filter(|v| **v < 0.0).map(|v| 1.0 - v).sum();
    let neutral = valences.iter().filter(|v| **v == 0.0).count() as f64;
    if positive > negative {
        positive += emphasis;
    } else if positive < negative {
        negative += emphasis;
    }
    let total = positive + negative + neutral;
    Valence {
        compound: (sum / libm::sqrt(sum * sum + ALPHA)).clamp(-1.0, 1.0),
        positive: positive / total,
        negative: negative / total,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts with what the reference implementation (vaderSentiment 3.3.2) says of them, in ten-thousandths.
    #[test]
    fn texts_are_rated_as_by_the_reference() {
        for (text, compound) in [
            ("VADER is smart, handsome, and funny.", 8316),
            ("VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!", 9469),
            ("VADER is not smart, handsome, nor funny.", -7424),
            ("The book was only kind of good.", 3832),
            ("The plot was good, but the characters are uncompelling and the dialog is not great.", -7042),
            ("Today SUX!", -5461),
            ("Today only kinda sux! But I'll get by, lol", 5249),
            ("Make sure you :) or :D today!", 8633),
            ("Catch utf-8 emoji such as 💘 and 💋 and 😁", 8750),
            ("Not bad at all", 4310),
            ("Sentiment analysis has never been good.", -3412),
            ("Sentiment analysis has never been this good!", 5672),
            ("With VADER, sentiment analysis is the shit!", 6476),
            ("VADER is quite bad ass", 6124),
            ("Without a doubt, excellent idea.", 7013),
            ("Roger Dodger is at least compelling as a variation on the theme.", 2263),
            ("Roger Dodger is one of the least compelling variations on this theme.", -1695),
            ("no good, no help, no or bad luck", 6075),
            ("Is this a joke???? Really??", 4871),
            ("", 0),
            ("good 😡bad", 4404),
            ("I isn't happy", -4585),
            ("it's the kiss of death", 772),
            ("a sort of nice, hardly great, barely decent day", 7441),
        ] {
            let read = read(text).compound * 10_000.0;
            assert!((read - f64::from(compound)).abs() <= 0.5001, "{text}: {read}");
        }
    }

    #[test]
    fn tables_are_in_order_and_whole() {
        for table in [NEGATIONS, BOOSTERS, DAMPENERS] {
            assert!(table.is_sorted(), "{table:?}");
        }
        let tables = tables();
        assert_eq!((tables.words.len(), tables.pictures.len()), (7_488, 1_212));
        assert!((tables.words["good"] - 1.9).abs() < 1e-9);
    }

    #[test]
    fn any_text_is_rated_within_bounds() {
        for text in
            ["!", "???", "a", "\u{1c}\u{301}", "😡", "日本語だけ", &"bad ".repeat(25_000), &"good but ".repeat(9_000)]
        {
            let Valence { compound, positive, negative } = read(text);
            assert!((-1.0..=1.0).contains(&compound) && (0.0..=1.0).contains(&positive) && negative.is_finite());
        }
    }
}
