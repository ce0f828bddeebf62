//! Rehearsals: names they use, and turns in which nothing happens.

use super::Check;
use crate::config::files::{ExpectFile, Rehearsal, TurnFile};
use crate::config::nearest::suggest;
use crate::config::source::{Part, Source};

impl<'a> Check<'a> {
    pub(super) fn rehearsals(&mut self) {
        let bundle = self.bundle;
        for rehearsal in &bundle.rehearsals {
            let source = self.file(&format!("rehearsals/{}.toml", rehearsal.name));
            self.circumstances(rehearsal, source);
            if rehearsal.file.turns.is_empty() {
                self.error(source, &[Part::Key("turns")], "nothing happens in it", "add `[[turns]]` with a `say`");
            }
            for (index, turn) in rehearsal.file.turns.iter().enumerate() {
                self.turn(index, turn, source);
            }
        }
    }

    fn circumstances(&mut self, rehearsal: &'a Rehearsal, source: Option<&'a Source>) {
        let bundle = self.bundle;
        let customer = &rehearsal.file.customer;
        let people = bundle.shop.iter().flat_map(|shop| &shop.customers).map(|person| person.handle.as_str());
        if let Some(person) = customer.person.as_deref().filter(|person| !people.clone().any(|known| known == *person))
        {
            let what = format!("nobody in shop.toml has the handle `{}`", person.escape_debug());
            self.error(source, &[Part::Key("customer"), Part::Key("person")], what, suggest(person, people));
        }
        let asked: Vec<&str> =
            bundle.playbooks.iter().flat_map(|book| book.asked()).map(|(_, slot, _)| slot.as_str()).collect();
        for fact in customer.facts.keys().filter(|fact| !asked.contains(&fact.as_str())) {
            let way = [Part::Key("customer"), Part::Key("facts"), Part::Key(fact.as_str())];
            let way_out = suggest(fact.as_str(), asked.iter().copied());
            self.error(source, &way, format!("no flow asks for `{fact}`"), way_out);
        }
        for (tool, given) in &rehearsal.file.tools {
            let way = [Part::Key("tools"), Part::Key(tool.as_str())];
            self.known_tool(tool.as_str(), &way, source);
            let outcomes = [!given.gives.is_empty(), given.declines.is_some(), given.fails];
            if outcomes.into_iter().filter(|set| *set).count() > 1 {
                self.error(source, &way, "a tool gives, declines or fails", "keep one of the three");
            }
        }
    }

    fn turn(&mut self, index: usize, turn: &'a TurnFile, source: Option<&'a Source>) {
        let at = [Part::Key("turns"), Part::At(index)];
        match (&turn.say, turn.decide) {
            (Some(_), Some(_)) => {
                let way = [at.as_slice(), &[Part::Key("decide")]].concat();
                self.error(source, &way, "`say` and `decide` in one turn", "make two turns of it");
            }
            (None, None) if turn.after_minutes.is_none() => {
                let way_out = "give it a `say`, a `decide` or `after-minutes`";
                self.error(source, &at, "nothing happens in this turn", way_out);
            }
            (Some(said), _) if said.trim().is_empty() => {
                self.error(source, &at, "the customer says nothing", "take the turn out, or give it words");
            }
            (Some(_), None) | (None, _) => {}
        }
        self.expected(&at, &turn.expect, source);
    }

    fn expected(&mut self, turn: &[Part<'_>], expect: &'a ExpectFile, source: Option<&'a Source>) {
        let bundle = self.bundle;
        let way = |key| [turn, &[Part::Key("expect"), Part::Key(key)]].concat();
        let nth = |key, index| [turn, &[Part::Key("expect"), Part::Key(key), Part::At(index)]].concat();
        let agents = expect.agent.iter().map(|agent| (way("agent"), agent));
        let receivers = expect.handoffs.iter().flatten().enumerate();
        for (way, agent) in agents.chain(receivers.map(|(index, agent)| (nth("handoffs", index), agent))) {
            if let Err(way_out) = bundle.agent_named(agent) {
                self.error(source, &way, format!("there is no agent `{agent}`"), way_out);
            }
        }
        if let Some(intent) = expect.intent.as_ref().filter(|intent| !self.has_intent(intent.as_str())) {
            let way_out = suggest(intent.as_str(), self.intents());
            self.error(source, &way("intent"), format!("no agent has the intent `{intent}`"), way_out);
        }
        for (index, call) in expect.calls.iter().flatten().enumerate() {
            self.known_tool(call.tool().as_str(), &nth("calls", index), source);
        }
        if let Some(tool) = &expect.waits_for {
            self.known_tool(tool.as_str(), &way("waits-for"), source);
        }
        for (index, name) in expect.cites.iter().enumerate() {
            if !bundle.articles.iter().any(|article| article.name == *name) {
                let way_out = suggest(name.as_str(), bundle.articles.iter().map(|article| article.name.as_str()));
                self.error(source, &nth("cites", index), format!("there is no article `{name}`"), way_out);
            }
        }
    }

    fn known_tool(&mut self, name: &str, way: &[Part<'_>], source: Option<&'a Source>) {
        let known = self.bundle.tools.iter().map(|tool| tool.name.as_str());
        if !known.clone().any(|tool| tool == name) {
            self.error(source, way, format!("there is no tool `{name}`"), suggest(name, known));
        }
    }
}
