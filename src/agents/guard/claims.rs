//! What an answer claims: figures, links, deeds. A claim rests on what was given here, or on an article it names.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::plain;
use super::words::deed::{BY_US, DEEDS, PASSIVE};
use super::words::{Lexicon, Marks};

/// Words that make a figure an amount, a share, a time or a date; folded.
const UNITS: &[&str] = &[
    "eur",
    "euro",
    "euros",
    "usd",
    "dollar",
    "dollars",
    "gbp",
    "pounds",
    "chf",
    "cents",
    "percent",
    "per",
    "prozent",
    "pour",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "hour",
    "hours",
    "minute",
    "minutes",
    "business",
    "working",
    "tage",
    "tagen",
    "wochen",
    "monate",
    "stunden",
    "jours",
    "semaines",
    "mois",
    "heures",
    "días",
    "semanas",
    "meses",
    "horas",
    "giorni",
    "settimane",
    "mesi",
    "ore",
    "dagen",
    "weken",
    "maanden",
    "uur",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Words before a participle within which somebody is said to have done it.
const BEFORE: usize = 4;
/// Words that make a deed one that is yet to come, or none.
const NOT_YET: &[&str] = &[
    "if", "once", "when", "after", "until", "will", "would", "can", "could", "not", "never", "should", "before",
    "unless", "wenn", "sobald", "nicht", "cannot", "whether", "be", "to", "haven't", "hasn't", "nothing",
];

static PARTICIPLES: LazyLock<Lexicon> = LazyLock::new(|| {
    let lists: Vec<(Marks, &str)> = DEEDS.iter().enumerate().map(|(at, deed)| (1 << at, deed.done)).collect();
    Lexicon::of(&lists)
});

/// A number without its separators: `1,049.90` and `1049,9` are the same.
pub(super) fn canonical(number: &str) -> String {
    let last = number.rfind(['.', ',']);
    let fraction = last.map(|at| &number[at + 1..]).filter(|fraction| fraction.len() <= 2);
    let whole = if fraction.is_some() { number.get(..last.unwrap_or(0)).unwrap_or("") } else { number };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.unwrap_or("").trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// The numbers of a text as they stand, with what stands before and behind.
fn numbers(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(|c: char| c.is_ascii_digit())?;
        let bytes = text.as_bytes();
        let mut end = start + 1;
        while let Some(byte) = bytes.get(end) {
            let next = bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
            let inner = matches!(byte, b'.' | b',') && next;
            if !byte.is_ascii_digit() && !inner {
                break;
            }
            end += 1;
        }
        at = end;
        Some((text.get(start..end)?, text.get(..start)?, text.get(end..)?))
    })
}

/// All numbers of a text, canonical.
pub(super) fn all_numbers(text: &str, into: &mut HashSet<String>) {
    into.extend(numbers(text).map(|(number, ..)| canonical(number)));
}

/// Numbers that claim something: amounts, shares, times, dates.
pub(super) fn figures(text: &str) -> Vec<String> {
    let claims = |before: &str, after: &str| {
        let sign = |c: char| matches!(c, '€' | '$' | '£' | '%' | '¥');
        let beside = before.trim_end().ends_with(sign) || after.trim_start().starts_with(sign);
        let word = |text: &str| {
            text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("").to_lowercase()
        };
        let next = word(after);
        let last = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_lowercase();
        beside || UNITS.contains(&next.as_str()) || UNITS.contains(&last.as_str())
    };
    numbers(text).filter(|(_, before, after)| claims(before, after)).map(|(number, ..)| canonical(number)).collect()
}

/// Links, without their scheme, in lower case.
pub(super) fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["http://", "https://", "www."] {
        for (at, _) in text.match_indices(start) {
            let link = text
                .get(at..)
                .unwrap_or("")
                .split(|c: char| c.is_whitespace() || "<>\"')]}".contains(c))
                .next()
                .unwrap_or("");
            found.push(bare(link));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn bare(link: &str) -> String {
    let link = link.to_lowercase();
    let link = link.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    link.trim_end_matches(['.', ',', '/', ')', ';', ':', '!', '?']).to_owned()
}

/// What may prove a deed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proof<'a> {
    /// Names and descriptions of tools that acted and worked, and of the one that is called with the words.
    pub(super) tools: &'a [String],
    /// What tools gave.
    pub(super) given: &'a [&'a str],
}

/// Whether an answer says that something was done which nothing proves.
pub(super) fn unproven_deed(text: &str, proof: Proof<'_>) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['.', '!', '?', '\n', ';']).map_or(rest.len(), |at| at + 1);
        let (sentence, after) = rest.split_at(end);
        if !sentence.ends_with('?') && unproven_in(sentence, proof) {
            return true;
        }
        rest = after;
    }
    false
}

fn unproven_in(sentence: &str, proof: Proof<'_>) -> bool {
    let folded = plain::plain(sentence).text;
    let words: Vec<&str> = folded.split(' ').collect();
    words.iter().enumerate().any(|(at, word)| {
        let classes = PARTICIPLES.marks(word);
        if classes == 0 {
            return false;
        }
        let before = &words[at.saturating_sub(BEFORE)..at];
        let german = at + 1 == words.len();
        // German and Dutch put it at the end of the sentence.
        let lead = if german { &words[..at] } else { before };
        if words[..at].iter().any(|word| NOT_YET.contains(word)) {
            return false;
        }
        let joined = lead.join(" ");
        let close = before[before.len().saturating_sub(2)..].join(" ");
        let ours = BY_US.iter().any(|us| if us.len() <= 2 { ends_as(&close, us) } else { holds(&joined, us) });
        let passive = PASSIVE.iter().any(|passive| holds(&joined, passive));
        if !ours && !passive {
            return false;
        }
        let told =
            (passive || holds(&joined, "we")) && proof.given.iter().any(|given| holds(&plain::plain(given).text, word));
        !told && !proven(classes, proof.tools)
    })
}

fn holds(folded: &str, saying: &str) -> bool {
    folded.match_indices(saying).any(|(at, _)| {
        let before = at == 0 || folded.as_bytes().get(at - 1) == Some(&b' ');
        before && folded.as_bytes().get(at + saying.len()).is_none_or(|byte| *byte == b' ')
    })
}

fn ends_as(folded: &str, word: &str) -> bool {
    folded.rsplit(' ').next() == Some(word)
}

fn proven(classes: Marks, tools: &[String]) -> bool {
    let of = DEEDS.iter().enumerate().filter(|(at, _)| classes & (1 << at) != 0);
    of.flat_map(|(_, deed)| deed.tools).any(|stem| tools.iter().any(|tool| tool.contains(stem)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_that_claim() {
        assert_eq!(figures("It takes 3 to 5 business days and costs 49,90 EUR, step 2 of 4"), ["5", "49.9"]);
        assert_eq!(canonical("1,049.90"), canonical("1049.9"));
        assert_eq!(canonical("1.000"), "1000");
        assert_eq!(figures("on 3 December you get 20%"), ["3", "20"]);
    }

    #[test]
    fn a_deed_needs_a_tool_that_did_it() {
        let told = |text: &str, tools: &[&str], given: &[&str]| {
            let tools: Vec<String> = tools.iter().map(|&tool| tool.to_owned()).collect();
            unproven_deed(text, Proof { tools: &tools, given })
        };
        assert!(told("I have refunded 20 EUR to your card.", &[], &[]));
        assert!(!told("I have refunded 20 EUR to your card.", &["orders.refund pays back"], &[]));
        assert!(told("I have refunded 20 EUR.", &["address.change"], &[]));
        assert!(told("Ich habe Ihre Bestellung storniert.", &[], &[]));
        assert!(told("Your order has been cancelled.", &[], &["status shipped"]));
        assert!(!told("Your order has been shipped.", &[], &["status: shipped"]), "a tool says so");
        for text in [
            "Once we have refunded you, you get a mail.",
            "Have we refunded you?",
            "I can have it refunded.",
            "I have noted that.",
            "You have not been charged.",
        ] {
            assert!(!told(text, &[], &[]), "{text}");
        }
    }

    #[test]
    fn links_are_bare() {
        assert_eq!(links("see https://www.Example.org/a. or (http://x.test)"), ["example.org/a", "x.test"]);
    }
}
