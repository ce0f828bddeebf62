//! What is known of a customer before they say a word.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::action::{AgentContext, AgentStep, Fill, StepInput};
use crate::domain::command::Command;
use crate::domain::consult::{Advice, Consultation};
use crate::domain::data::{DataClass, DataPolicy};
use crate::domain::deployment::Deployment;
use crate::domain::guard::Finding;
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::{AgentName, Digest, SlotName};
use crate::domain::text::Foreign;
use crate::orchestrator::Floor;
use crate::runtime::conductor::Inner;
use crate::runtime::inner::Desk;

/// The desk, which is told at its first move what was known of the customer before.
pub(super) struct Knowing {
    desk: Desk,
    facts: Vec<Fill>,
    told: AtomicBool,
    deployment: Deployment,
}

impl Knowing {
    pub(super) fn new(desk: Desk, facts: &BTreeMap<SlotName, String>, deployment: Deployment) -> Self {
        let facts = facts.iter().map(|(slot, value)| (slot.clone(), Foreign::from(value.as_str())));
        let facts = facts.map(|(slot, value)| Fill { slot, value: value.into() }).collect();
        Self { desk, facts, told: AtomicBool::new(false), deployment }
    }

    /// What this agent may read of what is known.
    fn readable(&self, agent: &AgentName) -> impl Iterator<Item = &Fill> {
        let may_read = self.deployment.agents.iter().find(|spec| spec.name == *agent).map(|spec| &spec.may_read);
        let data: &DataPolicy = &self.deployment.policy.data;
        self.facts.iter().filter(move |fill| {
            let class = data.class(&fill.slot);
            class == DataClass::General || may_read.is_none_or(|may| may.is_empty() || may.contains(&class))
        })
    }
}

impl Inner for Knowing {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        if self.facts.is_empty() || self.told.load(Ordering::Relaxed) {
            return self.desk.step(context, input);
        }
        let mut context = context.clone();
        context.slots.extend(self.readable(&context.agent).cloned());
        let mut step = self.desk.step(&context, input)?;
        self.told.store(true, Ordering::Relaxed);
        let told: Vec<SlotName> = step.fills.iter().map(|fill| fill.slot.clone()).collect();
        step.fills.extend(self.facts.iter().filter(|fact| !told.contains(&fact.slot)).cloned());
        Some(step)
    }

    fn advise(&self, asked: &Consultation) -> Option<Advice> {
        self.desk.advise(asked)
    }

    fn receipt(&self, edition: Option<Digest>, agent: &AgentName, pack: &ContextPack) -> Receipt {
        self.desk.receipt(edition, agent, pack)
    }

    fn findings(&self, floor: &Floor, command: &Command) -> Vec<Finding> {
        self.desk.findings(floor, command)
    }
}
