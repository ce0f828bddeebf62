//! The house of a scenario, what guardrails saw in it, and what a shift leaves to the next.

use std::collections::BTreeMap;

use baton::domain::agent::AgentRole;
use baton::domain::argument::ArgumentSpec;
use baton::domain::candidate::{CandidateSpec, Compared};
use baton::domain::data::DataClass;
use baton::domain::deployment::Deployment;
use baton::domain::deployment::QueueSpec;
use baton::domain::event::{Event, GuardEvent};
use baton::domain::guard::Taint;
use baton::domain::handoff::Omission;
use baton::domain::id::{AgentName, OperatorName, SkillName, SlotName, ToolName};
use baton::domain::policy::{GuardPolicy, Policy};
use baton::domain::translation::TranslationSpec;

use baton::runtime::conductor::Task;

use serde::Deserialize;

use super::{Player, Step};
use crate::floor::{agent, deployment};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    /// The rule it shows, in a sentence.
    pub(super) about: String,
    /// What people are good at: `{ ana = ["billing"] }`; nobody has a skill unless said.
    #[serde(default)]
    pub(super) operators: BTreeMap<OperatorName, Vec<SkillName>>,
    /// The rules, if others than those of the test floor.
    #[serde(default)]
    pub(super) policy: Option<Policy>,
    /// The one line, if it asks for something after the end.
    #[serde(default)]
    pub(super) queue: Option<QueueSpec>,
    /// What follows on what guardrails find, if something else than usual.
    #[serde(default)]
    pub(super) guard: Option<GuardPolicy>,
    /// Agents whose answers a language model composes; none unless said.
    #[serde(default)]
    pub(super) models: Vec<AgentName>,
    /// Agents whose candidate is asked beside them for every message; none has one unless said.
    #[serde(default)]
    pub(super) candidates: Vec<AgentName>,
    /// Classes of data that agents may read; all unless said.
    #[serde(default)]
    pub(super) may_read: BTreeMap<AgentName, Vec<DataClass>>,
    /// What arguments of tools have to be; anything unless said.
    #[serde(default)]
    pub(super) arguments: BTreeMap<ToolName, BTreeMap<SlotName, ArgumentSpec>>,
    /// How often tools may be called for one customer in one day.
    #[serde(default)]
    pub(super) daily_calls: BTreeMap<ToolName, u16>,
    /// More specialists, and how long each lets its answer wait, in ms; everybody may then ask everybody.
    #[serde(default)]
    pub(super) specialists: BTreeMap<AgentName, u64>,
    /// Translated for people who read this language; not unless said.
    #[serde(default)]
    pub(super) translation: Option<TranslationSpec>,
    /// Tools that give text of strangers; none unless said.
    #[serde(default)]
    pub(super) foreign: Vec<ToolName>,
    /// Whether a scanner looks at files.
    #[serde(default)]
    pub(super) scans: bool,
    pub(super) step: Vec<Step>,
}

/// The test's house with the rules and people of the scenario.
pub(super) fn desk(scenario: &Scenario) -> Deployment {
    let mut desk = deployment();
    desk.scans = scenario.scans;
    desk.translation.clone_from(&scenario.translation);
    desk.policy = scenario.policy.clone().unwrap_or(desk.policy);
    desk.policy.guard = scenario.guard.clone().unwrap_or(desk.policy.guard);
    for (name, pace) in &scenario.specialists {
        desk.agents.push(agent(name.as_str(), AgentRole::Specialist, &[], 9, *pace));
    }
    let names: Vec<AgentName> = desk.agents.iter().map(|agent| agent.name.clone()).collect();
    for agent in &mut desk.agents {
        if !scenario.specialists.is_empty() {
            agent.consults = names.iter().filter(|name| **name != agent.name).cloned().collect();
        }
        let modelled = scenario.models.contains(&agent.name);
        agent.models = if modelled { vec!["model".parse().unwrap()] } else { Vec::new() };
        let candidate = || CandidateSpec { models: vec!["trial".parse().unwrap()], asked: 100 };
        agent.candidate = scenario.candidates.contains(&agent.name).then(candidate);
        agent.may_read = scenario.may_read.get(&agent.name).cloned().unwrap_or_default();
    }
    for tool in &mut desk.tools {
        tool.reads_foreign = scenario.foreign.contains(&tool.name);
        tool.args = scenario.arguments.get(&tool.name).cloned().unwrap_or_default();
        tool.daily_calls = scenario.daily_calls.get(&tool.name).copied();
    }
    desk.queues = scenario.queue.clone().map_or(desk.queues, |line| vec![line]);
    for spec in &mut desk.operators {
        spec.skills = scenario.operators.get(&spec.name).cloned().unwrap_or_default();
    }
    desk
}

impl Player {
    /// What the last brief says, a line a conversation.
    pub(super) fn check_brief(&self, step: &Step, place: &str) {
        let Some(lines) = &step.brief else { return };
        let (_, brief) = self.floor.floor().briefs.last_key_value().expect("a brief was written");
        let said = brief.lines.iter().map(|line| {
            let reasons = serde_json::to_value(&line.reasons).unwrap();
            let reasons: Vec<&str> = reasons.as_array().unwrap().iter().filter_map(|reason| reason.as_str()).collect();
            let owed = line.owed.iter().map(|(promise, _)| format!(" {promise}")).collect::<Vec<_>>().concat();
            format!("{} {}{owed}", line.handle, reasons.join(" "))
        });
        assert_eq!(said.collect::<Vec<String>>(), *lines, "{place}");
    }

    pub(super) fn check_guard(&self, step: &Step, place: &str) {
        let floor = self.floor.floor();
        if let Some(told) = &step.compared {
            let (agent, _) = told.split_once(':').unwrap();
            let Compared { messages, agreed, failed, .. } = floor.agents[&agent.parse::<AgentName>().unwrap()].compared;
            assert_eq!(&format!("{agent}: {agreed} of {messages}, {failed} failed"), told, "{place}");
        }
        if let Some(asked) = &step.asked {
            let last = self.floor.outer.iter().rev().find_map(|outer| {
                let Task::Compose { context, .. } = &outer.task else { return None };
                Some(context.side)
            });
            let side = last.map(|side| if side.is_own() { "own" } else { "candidate" });
            assert_eq!(side, Some(asked.as_str()), "{place}");
        }
        if let Some(caught) = &step.caught {
            let (agent, _) = caught.split_once(':').unwrap();
            let counts = floor.agents[&agent.parse::<AgentName>().unwrap()].caught.iter();
            let counts: Vec<String> = counts.map(|(kind, times)| format!("{times} {}", kind.word())).collect();
            assert_eq!(&format!("{agent}: {}", counts.join(", ")), caught, "{place}");
        }
        if let Some(crossed) = &step.crossed {
            let last = self.floor.log.iter().rev().find_map(|envelope| {
                let Event::Guard(GuardEvent::Crossed { from, to, classes, withheld, .. }) = &envelope.event else {
                    return None;
                };
                let classes: Vec<&str> = classes.iter().map(|class| class.word()).collect();
                let held: Vec<&str> = withheld.iter().map(SlotName::as_str).collect();
                let held = if held.is_empty() { String::new() } else { format!(", without {}", held.join(", ")) };
                Some(format!("{from} > {to}: {}{held}", classes.join(", ")))
            });
            assert_eq!(last.as_ref(), Some(crossed), "{place}");
        }
        if let Some(omitted) = &step.omitted {
            let omissions = floor.conversation(self.who(step).0).unwrap().omissions.clone().unwrap_or_default();
            let words: Vec<String> = omissions.iter().map(Omission::words).collect();
            assert_eq!(&words.join("; "), omitted, "{place}");
        }
        if let Some(taint) = &step.taint {
            let why = floor.conversation(self.who(step).0).unwrap().guard.taint.as_ref();
            assert_eq!(&why.map_or_else(|| "none".to_owned(), Taint::words), taint, "{place}");
        }
    }
}
