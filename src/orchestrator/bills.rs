//! What language models cost: by agent, by model, together, and what is left of the day's money.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::agent::AgentSpec;
use crate::domain::id::{AgentName, ModelName};
use crate::domain::model::{BudgetOf, Cost, ModelCall, ModelEnd, Usage};
use crate::domain::policy::Policy;
use crate::domain::time::{Millis, Timestamp};

use super::spending::Day;

/// Sums of some calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bill {
    /// Calls that gave an answer.
    pub answered: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Calls that were cut because nobody waited any more.
    pub cut: u64,
    /// Tokens read.
    pub input: u64,
    /// Of these, from a cache.
    pub cached: u64,
    /// Tokens written.
    pub output: u64,
    /// What they cost; none while nothing had a price.
    pub cost: Option<Cost>,
    /// How long the answered calls took together.
    pub took: Millis,
}

impl Bill {
    fn add(&mut self, call: &ModelCall) {
        let Usage { input, cached, output, .. } = call.usage;
        match call.end {
            ModelEnd::Answered => {
                self.answered += 1;
                self.took = Millis(self.took.0.saturating_add(call.took.0));
            }
            ModelEnd::Failed(_) => self.failed += 1,
            ModelEnd::Cut => self.cut += 1,
        }
        self.input += u64::from(input);
        self.cached += u64::from(cached);
        self.output += u64::from(output);
        self.cost = sum(self.cost, call.cost);
    }
}

/// The sum of two costs; what is not known adds nothing.
pub(super) fn sum(one: Option<Cost>, other: Option<Cost>) -> Option<Cost> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.plus(other)),
        (known, None) | (None, known) => known,
    }
}

/// The sums of the newest day, and those since the floor began.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bills {
    day: Day,
    today: BTreeMap<AgentName, Bill>,
    house: Option<Cost>,
    /// By model, since the floor began.
    pub models: BTreeMap<ModelName, Bill>,
}

impl Bills {
    pub(super) fn count(&mut self, agent: &AgentName, call: &ModelCall, at: Timestamp) {
        let day = Day::of(at);
        if day > self.day {
            *self = Self { day, models: std::mem::take(&mut self.models), ..Self::default() };
        }
        self.today.entry(agent.clone()).or_default().add(call);
        self.house = sum(self.house, call.cost);
        self.models.entry(call.model.clone()).or_default().add(call);
    }

    /// What this agent's calls were on the day of `at`.
    pub fn of_agent(&self, agent: &AgentName, at: Timestamp) -> Option<&Bill> {
        self.today.get(agent).filter(|_| Day::of(at) <= self.day)
    }

    /// What all calls cost on the day of `at`.
    pub fn of_house(&self, at: Timestamp) -> Option<Cost> {
        self.house.filter(|_| Day::of(at) <= self.day)
    }

    /// Whose money for the day of `at` is spent once `more` is, so that this agent asks no model.
    pub fn spent(&self, spec: &AgentSpec, policy: &Policy, more: Option<Cost>, at: Timestamp) -> Option<BudgetOf> {
        let agent = sum(self.of_agent(&spec.name, at).and_then(|bill| bill.cost), more);
        let house = sum(self.of_house(at), more);
        let over = |cost: Option<Cost>, budget| cost.zip(budget).is_some_and(|(cost, budget)| cost.reaches(budget));
        if over(agent, spec.model_budget) {
            return Some(BudgetOf::Agent);
        }
        over(house, policy.models.daily_budget).then_some(BudgetOf::House)
    }
}
