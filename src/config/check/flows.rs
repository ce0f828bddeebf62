//! The flows: names they use, steps nobody reaches, circles without a pause, gaps nobody fills.

use std::collections::BTreeSet;

use super::Check;
use crate::config::flow::gaps;
use crate::config::nearest::suggest;
use crate::config::source::{Part, Source};
use crate::domain::id::PromiseName;
use crate::domain::playbook::{Jump, Playbook, Step, StepAct};
use crate::domain::tool::ToolSpec;

/// Facts that every flow may read: of the customer, the agent and the house.
const ALWAYS: [&str; 6] = ["name", "agent", "brand", "tier", "today", "mood"];

impl<'a> Check<'a> {
    pub(super) fn flows(&mut self) {
        let bundle = self.bundle;
        let asked: BTreeSet<&str> =
            bundle.playbooks.iter().flat_map(|book| book.asked()).map(|(_, slot, _)| slot.as_str()).collect();
        for book in &bundle.playbooks {
            let source = self.named("playbooks/", book.id.name.as_str());
            if bundle.playbooks.iter().filter(|other| other.id.name == book.id.name).count() > 1 {
                let what = format!("two playbooks are named `{}`", book.id.name);
                self.error(source, &[Part::Key("name")], what, "rename one");
            }
            self.intents_of(book, source);
            for (index, step) in book.steps.iter().enumerate() {
                self.names_in(book, index, step, source);
                self.gaps_in(book, index, step, &asked, source);
            }
            self.ways(book, source);
        }
    }

    fn intents_of(&mut self, book: &Playbook, source: Option<&Source>) {
        if book.intents.is_empty() && !Self::begins_without_intent(book.role) {
            self.error(
                source,
                &[Part::Key("name")],
                "the flow serves no intent: it never begins",
                "add `intents = [...]`",
            );
        }
        for (index, intent) in book.intents.iter().enumerate() {
            if !self.has_intent(intent.as_str()) {
                let way_out = suggest(intent.as_str(), self.intents());
                let way = [Part::Key("intents"), Part::At(index)];
                self.error(source, &way, format!("no agent has the intent `{intent}`"), way_out);
            }
        }
    }

    /// Promises that a step says are kept: some step must make them.
    fn promised(&mut self, clears: &[PromiseName], way: &[Part<'_>], source: Option<&Source>) {
        let steps = self.bundle.playbooks.iter().flat_map(|book| &book.steps);
        let made: BTreeSet<&str> = steps.filter(|step| step.promise.is_some()).map(|step| step.name.as_str()).collect();
        for name in clears.iter().filter(|name| !made.contains(name.as_str())) {
            let way_out = suggest(name.as_str(), made.iter().copied());
            self.error(source, way, format!("no step named `{name}` promises anything"), way_out);
        }
    }

    /// Tools, agents and intents that a step names.
    fn names_in(&mut self, book: &Playbook, index: usize, step: &Step, source: Option<&Source>) {
        let way = |key| [Part::Key("steps"), Part::At(index), Part::Key(key)];
        match &step.act {
            StepAct::Call { tool, with, clears, .. } => {
                self.promised(clears, &way("clears"), source);
                let Some(spec) = self.tool(tool.as_str(), &way("call"), source) else { return };
                for need in spec.needs.iter().filter(|need| !with.iter().any(|(name, _)| name == *need)) {
                    let way_out = format!("add `with = {{ {need} = \"{{...}}\" }}`");
                    self.error(source, &way("call"), format!("`{tool}` needs `{need}`"), way_out);
                }
                let confirmed =
                    book.steps.iter().any(|step| matches!(&step.act, StepAct::Confirm { tool: t, .. } if t == tool));
                if spec.amount.is_some() && !confirmed {
                    let way_out = format!("put a step with `confirm = \"{tool}\"` before it");
                    self.error(
                        source,
                        &way("call"),
                        format!("`{tool}` moves money without asking the customer"),
                        way_out,
                    );
                }
                for agent in self.bundle.agents.iter().filter(|a| !a.tools.contains(tool)) {
                    if self.bundle.flows_of(agent).any(|own| own.id == book.id) {
                        let what = format!("agent `{}` follows this flow but may not call `{tool}`", agent.name);
                        self.error(source, &way("call"), what, "add it to the agent's `tools`");
                    }
                }
            }
            StepAct::Consult { whom, .. } => {
                if let Err(way_out) = self.bundle.agent_named(whom).map(|_| ()) {
                    self.error(source, &way("consult"), format!("there is no agent `{whom}`"), way_out);
                }
                for agent in self.bundle.agents.iter().filter(|a| !a.consults.contains(whom)) {
                    if self.bundle.flows_of(agent).any(|own| own.id == book.id) {
                        let what = format!("agent `{}` follows this flow but may not ask `{whom}`", agent.name);
                        self.error(source, &way("consult"), what, "add it to the agent's `consults`");
                    }
                }
            }
            StepAct::Panel { .. } => self.panel(book, index, &step.act, source),
            StepAct::Confirm { tool, .. } => {
                self.tool(tool.as_str(), &way("confirm"), source);
            }
            StepAct::HandOff { to, objective } => {
                if let Some(Err(way_out)) = to.as_ref().map(|to| self.bundle.agent_named(to).map(|_| ())) {
                    self.error(source, &way("hand-off"), "there is no such agent", way_out);
                }
                if let Some(objective) = objective.as_ref().filter(|intent| !self.has_intent(intent.as_str())) {
                    let way_out = suggest(objective.as_str(), self.intents());
                    self.error(source, &way("objective"), format!("no agent has the intent `{objective}`"), way_out);
                }
            }
            StepAct::Say { .. }
            | StepAct::Ask { .. }
            | StepAct::Check { .. }
            | StepAct::Branch { .. }
            | StepAct::Answer { .. }
            | StepAct::Escalate { .. }
            | StepAct::Resolve { .. }
            | StepAct::Back => {}
        }
    }

    fn tool(&mut self, name: &str, way: &[Part<'_>], source: Option<&Source>) -> Option<&'a ToolSpec> {
        let bundle = self.bundle;
        let found = bundle.tools.iter().find(|tool| tool.name.as_str() == name);
        if found.is_none() {
            let way_out = suggest(name, bundle.tools.iter().map(|tool| tool.name.as_str()));
            self.error(source, way, format!("there is no tool `{name}`"), way_out);
        }
        found
    }

    fn gaps_in(&mut self, book: &Playbook, index: usize, step: &Step, asked: &BTreeSet<&str>, source: Option<&Source>) {
        let calls: Vec<&str> = book
            .steps
            .iter()
            .filter(|step| matches!(step.act, StepAct::Call { .. } | StepAct::Consult { .. } | StepAct::Panel { .. }))
            .map(|step| step.name.as_str())
            .collect();
        let forgotten = step.forget.iter().map(|slot| slot.as_str().to_owned());
        for gap in gaps(step).into_iter().chain(forgotten) {
            let known = match gap.split_once('.') {
                Some((call, _)) => calls.contains(&call),
                None => ALWAYS.contains(&gap.as_str()) || asked.contains(gap.as_str()),
            };
            if !known {
                let candidates = ALWAYS.iter().copied().chain(asked.iter().copied()).chain(calls.iter().copied());
                let way_out = match gap.split_once('.') {
                    Some((call, key)) => {
                        format!("`{key}` is read from a step that calls; {}", suggest(call, calls.iter().copied()))
                    }
                    None => suggest(&gap, candidates),
                };
                let way = [Part::Key("steps"), Part::At(index)];
                self.error(source, &way, format!("nothing fills `{{{gap}}}`"), way_out);
            }
        }
    }

    /// Steps that no way leads to, and circles in which the customer is never asked.
    fn ways(&mut self, book: &Playbook, source: Option<&Source>) {
        let reached = reach(book, 0, |_| true);
        for (index, step) in (0u16..).zip(&book.steps) {
            let way = [Part::Key("steps"), Part::At(index.into())];
            if !reached.contains(&index) {
                let way_out = "lead a step to it, or take it out";
                self.error(source, &way, format!("no way leads to the step `{}`", step.name), way_out);
                continue;
            }
            let silent =
                |step: &Step| matches!(step.act, StepAct::Say { .. } | StepAct::Branch { .. } | StepAct::Answer { .. });
            let circles = silent(step) && exits(step).into_iter().any(|to| reach(book, to, silent).contains(&index));
            if circles {
                let way_out = "ask or check something on the way, or end the flow";
                self.error(source, &way, format!("from `{}` the flow comes back without a pause", step.name), way_out);
            }
        }
    }
}

/// The steps that can be reached from `from` going on only from steps that `through` lets pass.
fn reach(book: &Playbook, from: Jump, through: impl Fn(&Step) -> bool) -> BTreeSet<Jump> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        let Some(step) = book.step(at) else { continue };
        if reached.insert(at) && through(step) {
            open.extend(exits(step));
        }
    }
    reached
}

/// Where a step may lead.
fn exits(step: &Step) -> Vec<Jump> {
    match &step.act {
        StepAct::Say { then } => vec![*then],
        StepAct::Ask { then, otherwise, .. } => [*then].into_iter().chain(*otherwise).collect(),
        StepAct::Call { done, declined, failed, refused, .. } => {
            [*done].into_iter().chain(*declined).chain(*failed).chain(*refused).collect()
        }
        StepAct::Consult { done, otherwise, .. } | StepAct::Panel { done, otherwise, .. } => vec![*done, *otherwise],
        StepAct::Confirm { yes, no, .. } | StepAct::Check { yes, no } => vec![*yes, *no],
        StepAct::Branch { cases, otherwise, .. } => cases.iter().map(|(_, to)| *to).chain([*otherwise]).collect(),
        StepAct::Answer { then, otherwise } => vec![*then, *otherwise],
        StepAct::HandOff { .. } | StepAct::Escalate { .. } | StepAct::Resolve { .. } | StepAct::Back => Vec::new(),
    }
}
