//! The specialists and what they learn from.

use std::collections::BTreeMap;

use super::{Check, placed};
use crate::config::bundle::Bundle;
use crate::config::files::AgentFile;
use crate::config::nearest::suggest;
use crate::config::problem::{Problem, Problems};
use crate::config::source::{Part, Source};
use crate::domain::agent::AgentRole;
use crate::domain::id::IntentName;
use crate::domain::playbook::PlaybookRole;
use crate::domain::supervision::Life;

/// With fewer examples the triage guesses: measured accuracy falls by a sixth from 10 to 5.
const EXAMPLES_WANTED: usize = 5;

impl<'a> Check<'a> {
    pub(super) fn roster(&mut self) {
        let bundle = self.bundle;
        for agent in &bundle.agents {
            let source = self.named("agents/", agent.name.as_str());
            if bundle.agents.iter().filter(|other| other.name == agent.name).count() > 1 {
                self.error(
                    source,
                    &[Part::Key("name")],
                    format!("two agents are named `{}`", agent.name),
                    "rename one",
                );
            }
            self.agent(agent, source);
        }
        for (role, what) in [
            (AgentRole::Triage, "no agent has the role `triage`: nobody meets a new customer"),
            (
                AgentRole::Escalation,
                "no agent has the role `escalation`: customers who wait for a human are on their own",
            ),
        ] {
            if bundle.agents.iter().any(|agent| agent.role == role) {
                continue;
            }
            let baton = self.file("baton.toml");
            match role {
                AgentRole::Triage => self.error(baton, &[], what, "give one agent `role = \"triage\"`"),
                AgentRole::Specialist | AgentRole::Escalation => {
                    self.advice(baton, &[], what, "give one agent `role = \"escalation\"`");
                }
            }
        }
    }

    fn agent(&mut self, agent: &'a AgentFile, source: Option<&'a Source>) {
        let bundle = self.bundle;
        if agent.life == Life::Held {
            let way_out = "`shadow` keeps it from answering; a hold is placed and released while it runs";
            self.error(source, &[Part::Key("life")], "a hold is an act, not a setting", way_out);
        }
        if !bundle.house.queues.iter().any(|queue| queue.name == agent.queue) {
            let way_out = suggest(agent.queue.as_str(), bundle.house.queues.iter().map(|queue| queue.name.as_str()));
            self.error(source, &[Part::Key("queue")], format!("there is no queue `{}`", agent.queue), way_out);
        }
        for (index, to) in agent.handoffs.iter().enumerate() {
            let way = [Part::Key("handoffs"), Part::At(index)];
            if *to == agent.name {
                self.error(source, &way, format!("`{to}` hands off to itself"), "take it out");
            } else if let Err(way_out) = bundle.agent_named(to) {
                self.error(source, &way, format!("there is no agent `{to}`"), way_out);
            }
        }
        for (index, whom) in agent.consults.iter().enumerate() {
            let way = [Part::Key("consults"), Part::At(index)];
            if *whom == agent.name {
                self.error(source, &way, format!("`{whom}` asks itself"), "take it out");
            } else if let Err(way_out) = bundle.agent_named(whom) {
                self.error(source, &way, format!("there is no agent `{whom}`"), way_out);
            }
        }
        for (index, tool) in agent.tools.iter().enumerate() {
            if !bundle.tools.iter().any(|known| known.name == *tool) {
                let way_out = suggest(tool.as_str(), bundle.tools.iter().map(|tool| tool.name.as_str()));
                let way = [Part::Key("tools"), Part::At(index)];
                self.error(source, &way, format!("there is no tool `{tool}`"), way_out);
            }
        }
        if agent.capacity == 0 {
            self.error(source, &[Part::Key("capacity")], "a capacity of 0 takes nobody", "take at least 1");
        }
        let percents = agent.skills.iter().map(|(skill, percent)| ("skills", Some(skill.as_str()), *percent));
        for (key, skill, percent) in percents.chain([("calm", None, agent.calm)]) {
            if percent > 100 {
                let way: Vec<Part<'_>> = [Part::Key(key)].into_iter().chain(skill.map(Part::Key)).collect();
                self.error(source, &way, format!("{percent} is more than 100 percent"), "take 0 to 100");
            }
        }
        for (index, language) in agent.languages.iter().enumerate().filter(|(_, language)| !language.is_told()) {
            let way = [Part::Key("languages"), Part::At(index)];
            let what = format!("no text is ever read as `{language}`");
            self.error(source, &way, what, "take a code like `en`, or leave `languages` out");
        }
        self.twice(source, "intents", "name", agent.intents.iter().map(|intent| intent.name.as_str()));
        for (index, intent) in agent.intents.iter().enumerate() {
            let served = bundle.playbooks.iter().any(|book| book.intents.contains(&intent.name));
            if !served {
                let way = [Part::Key("intents"), Part::At(index), Part::Key("name")];
                let what = format!("no playbook serves `{}`: it is answered from the articles alone", intent.name);
                let way_out = "write a playbook with it among its `intents`, or take it out";
                self.advice(source, &way, what, way_out);
            }
        }
    }

    /// Examples that are missing, empty, or stand under two intents.
    pub(super) fn examples(&mut self) {
        let bundle = self.bundle;
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for agent in &bundle.agents {
            let source = self.named("agents/", agent.name.as_str());
            for (index, intent) in agent.intents.iter().enumerate() {
                let way = [Part::Key("intents"), Part::At(index), Part::Key("examples")];
                if intent.examples.len() < EXAMPLES_WANTED {
                    let what = format!("`{}` has {} examples", intent.name, intent.examples.len());
                    let way_out = format!("give at least {EXAMPLES_WANTED}, as different as customers are");
                    self.advice(source, &way, what, way_out);
                }
                for (nth, example) in intent.examples.iter().enumerate() {
                    let way = [Part::Key("intents"), Part::At(index), Part::Key("examples"), Part::At(nth)];
                    let plain = plain(example);
                    if plain.is_empty() {
                        self.error(source, &way, "an example without words teaches nothing", "take it out");
                    } else if let Some(other) = seen.insert(plain, intent.name.as_str()) {
                        if other == intent.name.as_str() {
                            self.advice(source, &way, "the same example stands here twice", "take one out");
                        } else {
                            let what = format!("the same example stands under `{other}` and `{}`", intent.name);
                            self.error(source, &way, what, "keep it where customers mean it");
                        }
                    }
                }
            }
        }
    }

    /// Whether some agent lists that intent.
    pub(super) fn has_intent(&self, name: &str) -> bool {
        self.bundle.agents.iter().flat_map(|agent| &agent.intents).any(|intent| intent.name.as_str() == name)
    }

    /// All intents.
    pub(super) fn intents(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let bundle = self.bundle;
        bundle.agents.iter().flat_map(|agent| &agent.intents).map(|intent| intent.name.as_str())
    }

    /// Whether a flow of that role may be without intents.
    pub(super) const fn begins_without_intent(role: PlaybookRole) -> bool {
        match role {
            PlaybookRole::Flow => false,
            PlaybookRole::Fallback | PlaybookRole::OutOfScope | PlaybookRole::Identity => true,
        }
    }
}

impl Bundle {
    /// Advice about an intent, placed where its agent's file names it.
    pub fn advice_on(&self, intent: &IntentName, what: impl Into<String>, way_out: impl Into<String>) -> Problem {
        let mut none = Problems::default();
        let check = Check { bundle: self, problems: &mut none };
        let of = |agent: &AgentFile| agent.intents.iter().position(|known| known.name == *intent);
        let found = self.agents.iter().find_map(|agent| Some((agent, of(agent)?)));
        let source = found.and_then(|(agent, _)| check.named("agents/", agent.name.as_str()));
        let way = [Part::Key("intents"), Part::At(found.map_or(0, |(_, index)| index)), Part::Key("name")];
        placed(source, &way, what.into(), way_out.into()).advice()
    }
}

/// A text without case, punctuation and repeated spaces.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
