//! Canned replies out of what agents said again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::proposal::{name, quoted};
use crate::cli::past::Past;
use crate::cli::past::spread::{Spread, who};
use crate::cli::past::typical::plain;
use crate::domain::text::Foreign;
use crate::privacy::redact::name_given;
use crate::simulation::dialogue::{Dialogue, TurnRole};

/// Replies proposed: more names nobody remembers.
const REPLIES_MAX: usize = 30;
/// A reply was said so often, to so many customers.
const SAID_MIN: usize = 4;
const CUSTOMERS_MIN: usize = 3;
/// Words of a reply: fewer are typed faster than found.
const WORDS: std::ops::RangeInclusive<usize> = 3..=60;
/// Words of its name.
const NAME_WORDS: usize = 4;
/// Names that `bare` has for replies of its own.
const TAKEN: [&str; 3] = ["hello", "moment", "settled"];

/// One of them.
pub(super) struct Learnt {
    name: String,
    text: String,
    pub(super) said: usize,
    /// By what the same words are known again.
    key: String,
}

/// An agent's words with a gap for the customer's name, and without numbers, addresses and other names.
fn template(text: &str, customer: Option<&str>, spread: &Spread) -> Option<String> {
    let line = Foreign::new(text).one_line();
    let mut text = line.as_str().trim().to_owned();
    // These mark gaps.
    if text.contains(['{', '}']) || !WORDS.contains(&text.split_whitespace().count()) {
        return None;
    }
    if let Some(customer) = customer {
        for part in std::iter::once(customer).chain(customer.split_whitespace()) {
            text = whole_words_replaced(&text, part, "{name}");
        }
        text = text.replace("{name} {name}", "{name}");
    }
    let text = spread.taken_out(&text);
    let mut masked = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '0' {
            masked.push(c);
        } else if !masked.ends_with('…') {
            masked.push('…');
        }
    }
    Some(masked)
}

fn whole_words_replaced(text: &str, word: &str, by: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, from) = rest.split_at(at);
        let after = from.get(word.len()..).unwrap_or_default();
        let inside = before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
        out.push_str(before);
        out.push_str(if inside { word } else { by });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The name that the customer of a dialogue gives, if they do.
fn customer_name(dialogue: &Dialogue) -> Option<&str> {
    let said = dialogue.turns.iter().filter(|turn| turn.role == TurnRole::Customer);
    said.filter_map(|turn| turn.text.as_ref()).find_map(|text| name_given(text.raw()))
}

/// By what an agent's words are known again in a dialogue.
pub(super) fn key(dialogue: &Dialogue, text: &str, spread: &Spread) -> Option<String> {
    template(text, customer_name(dialogue), spread).map(|template| plain(&template))
}

/// What was said most, most first.
pub(super) fn learnt(past: &Past, spread: &Spread) -> Vec<Learnt> {
    let mut said: BTreeMap<String, (BTreeMap<String, usize>, BTreeSet<String>)> = BTreeMap::new();
    for dialogue in &past.dialogues {
        let customer = customer_name(dialogue);
        let words =
            dialogue.turns.iter().filter(|turn| turn.role == TurnRole::Agent).filter_map(|turn| turn.text.as_ref());
        for text in words.filter_map(|text| template(text.raw(), customer, spread)) {
            let (texts, customers) = said.entry(plain(&text)).or_default();
            *texts.entry(text).or_default() += 1;
            customers.insert(who(dialogue));
        }
    }
    let mut ranked: Vec<(String, usize, String)> = said
        .into_iter()
        .filter(|(key, (_, customers))| !key.is_empty() && customers.len() >= CUSTOMERS_MIN)
        .filter_map(|(key, (texts, _))| {
            let times: usize = texts.values().sum();
            let (text, _) = texts.into_iter().max_by_key(|(_, times)| *times)?;
            (times >= SAID_MIN && spread.is_common(&text.replace("{name}", ""))).then_some((key, times, text))
        })
        .collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut taken: BTreeSet<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
    let learn = |(key, said, text): (String, usize, String)| {
        let label: Vec<&str> = key.split(' ').filter(|word| *word != "name").take(NAME_WORDS).collect();
        Learnt { name: name(&label.join("-"), "reply", &mut taken), text, said, key }
    };
    ranked.into_iter().take(REPLIES_MAX).map(learn).collect()
}

impl Learnt {
    /// By what the same words are known again.
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

/// As they stand in `replies.toml`.
pub(super) fn written(learnt: &[Learnt]) -> String {
    let mut text = String::new();
    for reply in learnt {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n[[replies]]\nname = {}\nabout = {}\ntext = {}\n",
            quoted(&reply.name),
            quoted(&format!("Said {} times in past dialogues; fill in what … stands for", reply.said)),
            quoted(&reply.text)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::dialogue;

    #[test]
    fn what_is_said_again_becomes_a_reply_without_names_and_numbers() {
        let names = ["Ann Lee", "Bo Fox", "Cy Orr", "Di Mae", "Ed Poe"];
        let line = |at: usize| {
            let (full, first) = (names[at], names[at].split(' ').next().unwrap());
            format!(
                r#"{{"id":"{at}","turns":[{{"role":"customer","text":"My name is {full}"}},
                {{"role":"agent","text":"Thanks, {first}: order 118{at} costs {at}2.50 in Boston."}},
                {{"role":"agent","text":"Only once for {full} and Annex {at}{{x}}"}},{{"role":"agent","text":"Bye"}}]}}"#
            )
            .replace('\n', "")
        };
        let text = (0..5).map(line).collect::<Vec<_>>().join("\n");
        let past = Past::of(dialogue::read(text.as_bytes()).unwrap());
        let learnt = learnt(&past, &Spread::of(&past.dialogues));
        let texts: Vec<(&str, &str, usize)> =
            learnt.iter().map(|one| (one.name.as_str(), one.text.as_str(), one.said)).collect();
        assert_eq!(texts, [("thanks-order-costs-in", "Thanks, {name}: order … costs ….… in Boston.", 5)]);
        assert!(written(&learnt).contains("Said 5 times"));
        let spread = Spread::of(&past.dialogues);
        let same = key(&past.dialogues[3], "thanks, Di: order 9 costs 7.10 in Boston", &spread);
        assert_eq!(same.as_deref(), Some(learnt[0].key()));
    }

    #[test]
    fn only_whole_words_are_names() {
        assert_eq!(whole_words_replaced("Ann, Annex Ann.", "Ann", "_"), "_, Annex _.");
    }
}
