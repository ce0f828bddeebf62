//! What of past texts may be shown to others: not what only one or two customers said, for it may name
//! somebody, and no word that was given as a name in any of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::likeness;
use crate::privacy::redact::{name_words, redacted};
use crate::simulation::dialogue::Dialogue;

/// A word must have been said by, or to, so many customers.
const CUSTOMERS_MIN: usize = 3;
/// With fewer customers nothing could be shown; then what is redacted by pattern has to do.
const CUSTOMERS_FROM: usize = 12;

/// Words with how many customers they were said by or to, and which of them name somebody.
pub(in crate::cli) struct Spread {
    words: BTreeMap<String, usize>,
    names: BTreeSet<String>,
    customers: usize,
}

/// Who a dialogue's customer is; one without a name is nobody else.
pub(in crate::cli) fn who(dialogue: &Dialogue) -> String {
    // No name has a nought in it.
    dialogue.customer.id.clone().unwrap_or_else(|| format!("\0{}", dialogue.id))
}

impl Spread {
    /// Counts the words of all turns.
    pub(in crate::cli) fn of(dialogues: &[Dialogue]) -> Self {
        let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for dialogue in dialogues {
            let texts = dialogue.turns.iter().filter_map(|turn| turn.text.as_ref());
            said.entry(who(dialogue)).or_default().extend(texts.flat_map(|text| likeness::words(text.raw())));
        }
        let customers = said.len();
        let mut words: BTreeMap<String, usize> = BTreeMap::new();
        for word in said.into_values().flatten() {
            *words.entry(word).or_default() += 1;
        }
        Self { words, names: names(dialogues), customers }
    }

    /// A text as others may read it: without what `redacted` takes out, and with `…` for each word with a capital that
    /// is a name somewhere.
    pub(in crate::cli) fn taken_out(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for piece in words_and_others(text) {
            let name = piece.starts_with(char::is_uppercase) && self.names.contains(&piece.to_lowercase());
            match (name, out.ends_with("… ")) {
                // A name of several words is one gap.
                (true, true) => out.truncate(out.len() - 1),
                (true, false) => out.push('…'),
                (false, _) => out.push_str(piece),
            }
        }
        redacted(&out)
    }

    /// Whether every word of a text was said by, or to, several customers.
    pub(in crate::cli) fn is_common(&self, text: &str) -> bool {
        if self.customers < CUSTOMERS_FROM {
            return true;
        }
        let common = |word: &String| self.words.get(word).is_some_and(|customers| *customers >= CUSTOMERS_MIN);
        likeness::words(text).iter().all(common)
    }
}

/// Words that were given or told as names, in small letters; not those that mostly stand in small letters, such as
/// "will" and "may", which are names seldom.
fn names(dialogues: &[Dialogue]) -> BTreeSet<String> {
    let texts = || dialogues.iter().flat_map(|dialogue| &dialogue.turns).filter_map(|turn| turn.text.as_ref());
    let mut told: BTreeMap<String, (usize, usize)> =
        texts().flat_map(|text| name_words(text.raw())).map(|name| (name.to_lowercase(), (0, 0))).collect();
    for word in texts().flat_map(|text| words_and_others(text.raw())) {
        if let Some((large, small)) = told.get_mut(&word.to_lowercase()) {
            *(if word.starts_with(char::is_uppercase) { large } else { small }) += 1;
        }
    }
    told.into_iter().filter(|(_, (large, small))| large > small).map(|(name, _)| name).collect()
}

/// The words of a text and what stands between them.
fn words_and_others(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let other = |c: char| c.is_alphanumeric() != first.is_alphanumeric();
        let (piece, behind) = rest.split_at(rest.find(other).unwrap_or(rest.len()));
        rest = behind;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::dialogue;

    #[test]
    fn a_name_that_was_told_once_is_taken_out_everywhere() {
        let said = [
            "my name is Angela Brook",
            "I will pay for my friend Will",
            "book it for Angela Brook, and will it rain?",
            "my son Mark is ill",
            "Will you come? will you?",
        ];
        let turn = |text: &&str| format!(r#"{{"role":"customer","text":"{text}"}}"#);
        let turns = said.iter().map(turn).collect::<Vec<_>>().join(",");
        let line = format!(r#"{{"id":"1","turns":[{turns}]}}"#);
        let spread = Spread::of(&dialogue::read(line.as_bytes()).unwrap());
        for (text, wanted) in [
            ("a room for Angela Brook and Mark, please", "a room for … and …, please"),
            ("Angelas remarks: mark 3 of them", "Angelas remarks: mark 0 of them"),
            ("Will it rain", "Will it rain"),
            ("Mark", "…"),
        ] {
            assert_eq!(spread.taken_out(text), wanted);
        }
    }

    #[test]
    fn what_one_customer_said_is_not_common() {
        let line = |at: usize| {
            let own = if at == 3 { "call Quintilia" } else { "call" };
            format!(
                r#"{{"id":"{at}","customer":{{"id":"k{at}"}},"turns":[{{"role":"customer","text":"please {own}"}}]}}"#
            )
        };
        let text = |count: usize| (0..count).map(line).collect::<Vec<_>>().join("\n");
        let read = |count| Spread::of(&dialogue::read(text(count).as_bytes()).unwrap());
        let many = read(12);
        assert!(many.is_common("Please call") && !many.is_common("please call quintilia") && many.is_common(""));
        assert!(read(11).is_common("please call quintilia"));
    }
}
