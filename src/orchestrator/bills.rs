//! What language models cost today, by agent, and what is left of the day's money.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::agent::AgentSpec;
use crate::domain::id::AgentName;
use crate::domain::model::{BudgetOf, Cost};
use crate::domain::policy::Policy;
use crate::domain::time::Timestamp;

use super::spending::Day;

/// The sum of two costs; what is not known adds nothing.
pub(super) fn sum(one: Option<Cost>, other: Option<Cost>) -> Option<Cost> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.plus(other)),
        (known, None) | (None, known) => known,
    }
}

/// Costs of the newest day on which a model was paid for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bills {
    day: Day,
    agents: BTreeMap<AgentName, Cost>,
    /// What the house paid for itself, as for translations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own: Option<Cost>,
}

impl Bills {
    /// Counts what a call cost. A later day begins at nothing.
    pub(super) fn count(&mut self, agent: &AgentName, cost: Cost, at: Timestamp) {
        self.begin(at);
        let known = self.agents.get(agent).copied();
        self.agents.insert(agent.clone(), known.map_or(cost, |known| known.plus(cost)));
    }

    /// Counts what a call of the house's own cost, if it cost anything.
    pub(super) fn count_house(&mut self, cost: Option<Cost>, at: Timestamp) {
        if cost.is_some() {
            self.begin(at);
            self.own = sum(self.own, cost);
        }
    }

    fn begin(&mut self, at: Timestamp) {
        let day = Day::of(at);
        if day > self.day {
            *self = Self { day, ..Self::default() };
        }
    }

    /// Whether the house's money for the day of `at` is spent.
    pub(super) fn house_spent(&self, policy: &Policy, at: Timestamp) -> bool {
        self.house(at).zip(policy.models.daily_budget).is_some_and(|(cost, budget)| cost.reaches(budget))
    }

    fn house(&self, at: Timestamp) -> Option<Cost> {
        let today = self.agents.values().copied().chain(self.own).filter(|_| Day::of(at) <= self.day);
        today.reduce(Cost::plus)
    }

    /// Whose money for the day of `at` is spent once `more` is, so that this agent asks no model.
    pub fn spent(&self, spec: &AgentSpec, policy: &Policy, more: Option<Cost>, at: Timestamp) -> Option<BudgetOf> {
        let mut today = self.agents.iter().filter(|_| Day::of(at) <= self.day);
        let agent = today.find(|(name, _)| **name == spec.name).map(|(_, cost)| *cost);
        let house = self.house(at);
        let over = |cost, budget| sum(cost, more).zip(budget).is_some_and(|(cost, budget)| cost.reaches(budget));
        if over(agent, spec.model_budget) {
            return Some(BudgetOf::Agent);
        }
        over(house, policy.models.daily_budget).then_some(BudgetOf::House)
    }
}
