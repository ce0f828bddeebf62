//! Specialists who are asked together: who is named, for what they are, and whose word counts.

use std::collections::{BTreeMap, BTreeSet};

use super::Check;
use crate::config::files::{AgentFile, OpinionFile};
use crate::config::nearest::suggest;
use crate::config::source::{Part, Source};
use crate::domain::agent::may_read;
use crate::domain::id::{AgentName, IntentName};
use crate::domain::panel::{PATIENCE_MAX, SPECIALISTS_MAX};
use crate::domain::playbook::{Playbook, StepAct, Template};
use crate::domain::time::Millis;

impl Check<'_> {
    pub(super) fn conflict(&mut self) {
        let bundle = self.bundle;
        let (policy, file) = (&bundle.policy.conflict, self.file("policy.toml"));
        let way = |key| [Part::Key("conflict"), Part::Key(key)];
        if let Some(judge) = &policy.judge
            && let Err(way_out) = bundle.agent_named(judge)
        {
            self.error(file, &way("judge"), format!("there is no agent `{judge}`"), way_out);
        }
        if policy.specialists == 0 || policy.specialists > SPECIALISTS_MAX {
            let what = format!("{} specialists at once", policy.specialists);
            self.error(file, &way("specialists"), what, format!("take 1 to {SPECIALISTS_MAX}"));
        }
        if policy.patience_ms == Millis(0) || policy.patience_ms > PATIENCE_MAX {
            let what = format!("a patience of {} ms", policy.patience_ms.0);
            self.error(file, &way("patience-ms"), what, format!("take 1 to {}: the customer waits", PATIENCE_MAX.0));
        }
        if policy.tokens == 0 {
            self.error(file, &way("tokens"), "an opinion of no tokens", "take at least 1");
        }
        let once: BTreeSet<_> = policy.hierarchy.iter().collect();
        if once.len() < policy.hierarchy.len() {
            let what = "a criterion stands twice: the second tells nothing apart";
            self.error(file, &way("hierarchy"), what, "take one out");
        }
        self.ranks(file);
        for agent in &bundle.agents {
            let source = self.named("agents/", agent.name.as_str());
            for (index, opinion) in agent.opinions.iter().enumerate() {
                self.opinion(agent, (index, opinion), source);
            }
        }
    }

    /// Rankings: names that are none, circles, and those that are never read.
    fn ranks(&mut self, file: Option<&Source>) {
        let bundle = self.bundle;
        let mut before: BTreeMap<Option<&IntentName>, usize> = BTreeMap::new();
        for (index, ranking) in bundle.policy.conflict.ranks.iter().enumerate() {
            let way =
                |key, at| [Part::Key("conflict"), Part::Key("ranks"), Part::At(index), Part::Key(key), Part::At(at)];
            for (at, name) in ranking.order.iter().enumerate() {
                if let Err(way_out) = bundle.agent_named(name) {
                    self.error(file, &way("order", at), format!("there is no agent `{name}`"), way_out);
                }
                let earlier = ranking.order.iter().take(at).position(|other| other == name);
                if let Some(circle) = earlier.and_then(|from| ranking.order.get(from..=at)) {
                    let circle: Vec<&str> = circle.iter().map(AgentName::as_str).collect();
                    let what = format!("the ranking goes in a circle: {}", circle.join(" > "));
                    self.error(file, &way("order", at), what, "name everybody once");
                }
            }
            for (at, intent) in ranking.about.iter().enumerate() {
                if !self.has_intent(intent.as_str()) {
                    let way_out = suggest(intent.as_str(), self.intents());
                    self.error(file, &way("about", at), format!("no agent has the intent `{intent}`"), way_out);
                }
            }
            let matters: Vec<Option<&IntentName>> =
                if ranking.about.is_empty() { vec![None] } else { ranking.about.iter().map(Some).collect() };
            let way = [Part::Key("conflict"), Part::Key("ranks"), Part::At(index)];
            for matter in matters {
                let earlier = before.contains_key(&None) || before.insert(matter, index).is_some();
                if earlier {
                    let name = matter.map_or("every matter", IntentName::as_str);
                    let what = format!("an earlier ranking holds for {name}: this one is never read there");
                    self.error(file, &way, what, "put what is special before what is general, each matter once");
                }
            }
        }
    }

    fn opinion(&mut self, agent: &AgentFile, (index, opinion): (usize, &OpinionFile), source: Option<&Source>) {
        let bundle = self.bundle;
        let way = |key| [Part::Key("opinions"), Part::At(index), Part::Key(key)];
        for intent in &opinion.about {
            if self.has_intent(intent.as_str()) {
                continue;
            }
            let way_out = suggest(intent.as_str(), self.intents());
            self.error(source, &way("about"), format!("no agent has the intent `{intent}`"), way_out);
        }
        if let Some(cites) = opinion.cites.as_ref().filter(|name| !bundle.articles.iter().any(|one| one.name == **name))
        {
            let way_out = suggest(cites.as_str(), bundle.articles.iter().map(|article| article.name.as_str()));
            self.error(source, &way("cites"), format!("there is no article `{cites}`"), way_out);
        }
        if let Err(error) = opinion.says.parse::<Template>() {
            self.error(source, &way("says"), error.to_string(), "correct the gap");
        }
        if opinion.confidence > 100 {
            let what = format!("{} is more than 100 percent", opinion.confidence);
            self.error(source, &way("confidence"), what, "take 0 to 100");
        }
        let asked = bundle.playbooks.iter().flat_map(|book| &book.steps).any(|step| match &step.act {
            StepAct::Panel { whom, positions, .. } => {
                let judges = bundle.policy.conflict.judge.as_ref() == Some(&agent.name);
                positions.contains(&opinion.position) && (judges || whom.contains(&agent.name))
            }
            StepAct::Say { .. }
            | StepAct::Ask { .. }
            | StepAct::Call { .. }
            | StepAct::Consult { .. }
            | StepAct::Confirm { .. }
            | StepAct::Check { .. }
            | StepAct::Branch { .. }
            | StepAct::Answer { .. }
            | StepAct::HandOff { .. }
            | StepAct::Escalate { .. }
            | StepAct::Resolve { .. }
            | StepAct::Back => false,
        });
        // Models ask what they like.
        if !asked && bundle.agents.iter().all(|agent| agent.models.is_empty()) {
            let what = format!("no panel asks `{}` whether it is for `{}`", agent.name, opinion.position);
            self.advice(source, &way("position"), what, "name both in a step with `panel`, or take the opinion out");
        }
    }

    /// A step that asks several: they are there, may be asked, and are not judges in their own matter.
    pub(super) fn panel(&mut self, book: &Playbook, index: usize, act: &StepAct, source: Option<&Source>) {
        let StepAct::Panel { whom, positions, .. } = act else { return };
        let bundle = self.bundle;
        let way = |key, at| [Part::Key("steps"), Part::At(index), Part::Key(key), Part::At(at)];
        if whom.len() > usize::from(bundle.policy.conflict.specialists) {
            let what = format!(
                "a panel of {}, where policy.toml lets {} be asked",
                whom.len(),
                bundle.policy.conflict.specialists
            );
            self.error(source, &way("panel", 0), what, "name fewer, or raise `conflict.specialists`");
        }
        for (at, name) in whom.iter().enumerate() {
            if whom.iter().take(at).any(|other| other == name) {
                self.error(source, &way("panel", at), format!("`{name}` stands twice"), "take it out");
            } else if let Err(way_out) = bundle.agent_named(name) {
                self.error(source, &way("panel", at), format!("there is no agent `{name}`"), way_out);
            }
            if bundle.policy.conflict.judge.as_ref() == Some(name) {
                let what = format!("`{name}` judges panels and is on this one: then the hierarchy decides");
                self.advice(source, &way("panel", at), what, "leave it out, or name another judge");
            }
            for agent in bundle.agents.iter().filter(|agent| !agent.consults.contains(name)) {
                if bundle.flows_of(agent).any(|own| own.id == book.id) {
                    let what = format!("agent `{}` follows this flow but may not ask `{name}`", agent.name);
                    self.error(source, &way("panel", at), what, "add it to the agent's `consults`");
                }
            }
        }
        for (at, position) in
            positions.iter().enumerate().filter(|(at, one)| positions.iter().take(*at).any(|p| p == *one))
        {
            self.error(source, &way("positions", at), format!("`{position}` stands twice"), "take it out");
        }
        self.readable(book, index, act, source);
    }

    /// Facts in a question that somebody who is asked may not read: they are not shown them.
    fn readable(&mut self, book: &Playbook, index: usize, act: &StepAct, source: Option<&Source>) {
        let StepAct::Panel { whom, question, .. } = act else { return };
        let bundle = self.bundle;
        let way = [Part::Key("steps"), Part::At(index), Part::Key("question")];
        for gap in question.gaps().filter_map(|gap| gap.parse().ok()) {
            let class = bundle.policy.data.class(&gap);
            let hidden = |name: &&AgentName| {
                let agent = bundle.agents.iter().find(|agent| agent.name == **name);
                agent.is_some_and(|agent| !may_read(&agent.may_read, class))
            };
            for name in whom.iter().filter(hidden) {
                let what = format!(
                    "`{name}` may not read `{gap}` ({}), which the question of {} holds",
                    class.word(),
                    book.id.name
                );
                self.advice(source, &way, what, "it is asked without; take the fact out, or let it read the class");
            }
        }
    }
}
