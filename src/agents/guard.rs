//! Guardrails: a deterministic look at every text that passes from one to another.
//!
//! Does: says what it sees, as fixed words. Pure, without IO, a few microseconds a text.
//! Never: decides what follows (the rules do), changes a text, or stands in for authority: an order that is
//! not seen here leads to nothing either.

mod claims;
mod decode;
mod injection;
mod personal;
mod plain;
mod secret;
mod talk;
mod words;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher};

use crate::config::Bundle;
use crate::domain::guard::{FINDINGS_MAX, Finding, GuardReason, Hop};
use crate::domain::id::ArticleName;
use crate::domain::knowledge::{Citation, Passage};
use crate::domain::policy::GuardPolicy;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::tool::{ToolCall, ToolSpec};

use crate::analysis::days::Day;
use secret::Secrets;

/// Messages that are put together to see an order that is spread over them.
pub const ASSEMBLED: usize = 4;
/// Words of a free text that a tool is given: more than a name, a number or an address.
const FREE_TEXT: usize = 4;
/// Days from now whose date an agent may name although nobody gave it: tomorrow, next week.
const DAYS_AHEAD: i64 = 8;

/// What a deployment's guardrails know: what the house says itself, and what must never be said.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    house: House,
    secrets: Secrets,
}

/// What the house says itself.
#[derive(Debug, Clone, Default)]
struct House {
    /// Figures of each article.
    articles: HashMap<ArticleName, HashSet<String>>,
    /// Figures of flows and fixed sentences.
    figures: HashSet<String>,
    links: HashSet<String>,
    /// Addresses and numbers by which the house can be reached.
    contacts: HashSet<String>,
    /// Runs of words that customers may read anyway.
    shingles: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    /// Paragraphs that want to command whoever reads them.
    poisoned: HashSet<(ArticleName, u32)>,
}

/// What an answer may rest on.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Everything that was said here: customer, people, agents, whispers, notes.
    pub said: &'a [&'a str],
    /// What tools gave, facts, what was handed over, what the house says of its parts.
    pub given: &'a [&'a str],
    /// Of these, and of what people of the house said, what nobody outside wrote: links may come from there.
    pub trusted: &'a [&'a str],
    /// What agents said here before, the oldest first.
    pub before: &'a [&'a str],
    /// Names and descriptions, in lower case, of tools that acted and worked, and of one that the words wait for.
    pub tools: &'a [String],
    /// Whether a person of the house has answered here: what they did stands in no tool.
    pub person: bool,
    /// The floor's time.
    pub at: Timestamp,
}

impl Guard {
    /// Guardrails that know a deployment.
    pub fn of(bundle: &Bundle) -> Self {
        let mut guard = Self::default();
        for article in &bundle.articles {
            let figures = guard.house.articles.entry(article.name.clone()).or_default();
            claims::all_numbers(&article.body, figures);
            guard.house.say(&article.body);
        }
        let spoken = ["playbooks/", "phrases.toml", "baton.toml", "replies.toml"];
        for source in bundle.sources.iter().filter(|source| spoken.iter().any(|path| source.path.starts_with(path))) {
            claims::all_numbers(&source.text, &mut guard.house.figures);
            guard.house.say(&source.text);
        }
        for agent in &bundle.agents {
            guard.keep_instructions(&agent.persona);
        }
        guard
    }

    /// Reads a passage: agents do not get one that wants to command whoever reads it.
    pub fn read(&mut self, passage: &Passage) {
        if Self::commands(passage.text.raw()) {
            let Citation { article, paragraph } = &passage.citation;
            self.house.poisoned.insert((article.clone(), *paragraph));
        }
    }

    /// Whether a text that agents would look up wants to command whoever reads it.
    pub fn commands(text: &str) -> bool {
        injection::injection(text, Hop::Knowledge).is_some()
    }

    /// Keeps a secret from being said: a key, a canary in a system prompt.
    pub fn keep_secret(&mut self, secret: &str) {
        self.secrets.keep(secret);
    }

    /// Keeps instructions of an agent from being repeated, as far as the house does not say them itself.
    pub fn keep_instructions(&mut self, text: &str) {
        self.secrets.keep_instructions(text, &self.house.shingles);
    }

    /// Whether a paragraph wants to command whoever reads it: agents do not get it.
    pub fn is_poisoned(&self, place: &Citation) -> bool {
        self.house.poisoned.contains(&(place.article.clone(), place.paragraph))
    }

    /// What is found in a customer's words after the messages before, and in the name they go by.
    pub fn input(&self, name: Option<&str>, before: &[&str], text: &str) -> Vec<Finding> {
        let mut found: Vec<GuardReason> = Vec::new();
        found.extend(injection::injection(text, Hop::Input));
        if found.is_empty() && !before.is_empty() {
            let from = before.len().saturating_sub(ASSEMBLED - 1);
            let messages: Vec<&str> = before[from..].iter().copied().chain([text]).collect();
            found.extend(injection::assembled(&messages).then_some(GuardReason::Assembled));
        }
        // A name is no place for any order; who is called by one wants something.
        found.extend(name.and_then(|name| injection::injection(name, Hop::Result)));
        found.extend(talk::of_customer(&plain::plain(text).text));
        at(Hop::Input, found)
    }

    /// What is found in what a tool gave, or one agent hands to another.
    pub fn brought<'t>(&self, hop: Hop, texts: impl Iterator<Item = &'t str>) -> Vec<Finding> {
        at(hop, texts.filter_map(|text| injection::injection(text, hop)).collect())
    }

    /// What is found in an agent's words.
    pub fn output(
        &self,
        evidence: &Evidence<'_>,
        text: &str,
        cited: &[Citation],
        policy: &GuardPolicy,
    ) -> Vec<Finding> {
        let mut found: Vec<GuardReason> = Vec::new();
        found.extend(self.secrets.given_away(evidence.before, text));
        found.extend(self.strangers(evidence, text));
        found.extend(self.invents_figure(evidence, text, cited).then_some(GuardReason::Figure));
        let known = |link: &String| {
            self.house.links.contains(link) || evidence.trusted.iter().any(|text| claims::links(text).contains(link))
        };
        found.extend(claims::links(text).iter().any(|link| !known(link)).then_some(GuardReason::Link));
        let proof = claims::Proof { tools: evidence.tools, given: evidence.given };
        found.extend((!evidence.person && claims::unproven_deed(text, proof)).then_some(GuardReason::Deed));
        found.extend(talk::of_agent(text, &plain::plain(text).text, policy));
        let mut findings = at(Hop::Output, found);
        let poisoned = cited.iter().any(|place| self.is_poisoned(place));
        findings.extend(poisoned.then_some(Finding { hop: Hop::Knowledge, reason: GuardReason::Order }));
        findings
    }

    /// What is found in the arguments of a call: secrets, orders, and for one that acts, values that nobody gave.
    pub fn arguments(&self, evidence: &Evidence<'_>, call: &ToolCall, spec: Option<&ToolSpec>) -> Vec<Finding> {
        let mut found: Vec<GuardReason> = Vec::new();
        let acts = spec.is_some_and(ToolSpec::acts);
        for value in call.args.values().map(Foreign::raw) {
            found.extend(self.secrets.given_away(&[], value));
            found.extend((acts && is_invented(evidence, value)).then_some(GuardReason::Invented));
        }
        at(Hop::Arguments, found)
    }

    /// Personal data that stand neither here nor in what the house says of itself.
    fn strangers(&self, evidence: &Evidence<'_>, text: &str) -> Vec<GuardReason> {
        let data = personal::data(text);
        if data.is_empty() {
            return Vec::new();
        }
        let known: Vec<(String, String)> = evidence
            .said
            .iter()
            .chain(evidence.given)
            .map(|text| (plain::squeezed(text), text.to_lowercase()))
            .collect();
        let stands = |datum: &personal::Datum| {
            self.house.contacts.contains(&datum.value)
                || known.iter().any(|(squeezed, text)| squeezed.contains(&datum.value) || text.contains(&datum.value))
        };
        data.iter().filter(|datum| !stands(datum)).map(|datum| datum.reason).collect()
    }

    fn invents_figure(&self, evidence: &Evidence<'_>, text: &str, cited: &[Citation]) -> bool {
        let figures = claims::figures(text);
        if figures.is_empty() {
            return false;
        }
        let mut known = HashSet::new();
        evidence.said.iter().chain(evidence.given).for_each(|text| claims::all_numbers(text, &mut known));
        (0..DAYS_AHEAD).for_each(|ahead| claims::all_numbers(&Day::of(evidence.at, ahead).iso(), &mut known));
        let in_articles = |figure: &String| {
            cited
                .iter()
                .any(|place| self.house.articles.get(&place.article).is_some_and(|known| known.contains(figure)))
        };
        figures
            .iter()
            .any(|figure| !known.contains(figure) && !self.house.figures.contains(figure) && !in_articles(figure))
    }
}

impl House {
    /// What a text of the house's own tells.
    fn say(&mut self, text: &str) {
        self.links.extend(claims::links(text));
        self.contacts.extend(personal::data(text).into_iter().map(|datum| datum.value));
        self.shingles.extend(secret::shingles(text));
    }
}

/// Each once, so many at most.
fn at(hop: Hop, mut reasons: Vec<GuardReason>) -> Vec<Finding> {
    reasons.sort_unstable();
    reasons.dedup();
    reasons.into_iter().take(FINDINGS_MAX).map(|reason| Finding { hop, reason }).collect()
}

/// Whether a value stands nowhere in this conversation.
fn is_invented(evidence: &Evidence<'_>, value: &str) -> bool {
    let squeezed = plain::squeezed(value);
    let word = value.split_whitespace().count() > FREE_TEXT || squeezed.chars().count() < 3;
    if word || value.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || matches!(c, '-' | '_')) {
        return false;
    }
    let texts = || evidence.said.iter().chain(evidence.given);
    if texts().any(|text| plain::squeezed(text).contains(&squeezed)) {
        return false;
    }
    let mut wanted = HashSet::new();
    claims::all_numbers(value, &mut wanted);
    let mut known = HashSet::new();
    texts().for_each(|text| claims::all_numbers(text, &mut known));
    wanted.is_empty() || !wanted.iter().all(|number| number.is_empty() || known.contains(number))
}
