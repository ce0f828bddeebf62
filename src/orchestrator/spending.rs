//! What was paid today, by whom and to whom: counted when a call is allowed, released when it is certain
//! that nothing happened, kept when nobody knows. Exact to the cent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::id::{AgentName, CustomerId, ToolName};
use crate::domain::money::{Currency, Money};
use crate::domain::time::Timestamp;

/// One day in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A day of UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i64);

impl Day {
    /// The day of an instant.
    pub const fn of(at: Timestamp) -> Self {
        Self(at.0.div_euclid(DAY_MS))
    }
}

/// Whose money of the day a payment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment<'a> {
    /// By which agent.
    pub agent: &'a AgentName,
    /// To whom.
    pub customer: CustomerId,
    /// By which tool.
    pub tool: &'a ToolName,
}

/// Money of one day, a sum for each currency.
type Sums = Vec<Money>;

/// The sums of the newest day on which something was paid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Spending {
    day: Day,
    agents: BTreeMap<AgentName, Sums>,
    customers: BTreeMap<CustomerId, Sums>,
    tools: BTreeMap<ToolName, Sums>,
    /// Calls of tools that may be called so often a day.
    #[serde(default)]
    calls: BTreeMap<CustomerId, BTreeMap<ToolName, u16>>,
}

impl Spending {
    /// Counts a payment that was allowed. A later day begins at nothing.
    pub(super) fn count(&mut self, day: Day, payment: &Payment<'_>, amount: Money) {
        self.begin(day);
        self.add(payment, amount);
    }

    /// Counts a call of a tool that may be called so often a day.
    pub(super) fn count_call(&mut self, day: Day, customer: CustomerId, tool: &ToolName) {
        self.begin(day);
        let calls = self.calls.entry(customer).or_default().entry(tool.clone()).or_default();
        *calls = calls.saturating_add(1);
    }

    /// How often a tool was called for this customer on the day of `at`.
    pub fn calls(&self, customer: CustomerId, tool: &ToolName, at: Timestamp) -> u16 {
        let today = self.calls.get(&customer).filter(|_| Day::of(at) <= self.day);
        today.and_then(|calls| calls.get(tool)).copied().unwrap_or(0)
    }

    fn begin(&mut self, day: Day) {
        if day > self.day {
            *self = Self { day, ..Self::default() };
        }
    }

    /// Takes back what was counted on `day` and did not happen.
    pub(super) fn release(&mut self, day: Day, payment: &Payment<'_>, amount: Money) {
        if day == self.day {
            self.add(payment, Money { minor: amount.minor.saturating_neg(), ..amount });
        }
    }

    /// Forgets a customer.
    pub(super) fn forget(&mut self, customer: CustomerId) {
        self.customers.remove(&customer);
        self.calls.remove(&customer);
    }

    fn add(&mut self, payment: &Payment<'_>, amount: Money) {
        let agent = self.agents.entry(payment.agent.clone()).or_default();
        let customer = self.customers.entry(payment.customer).or_default();
        let tool = self.tools.entry(payment.tool.clone()).or_default();
        for sums in [agent, customer, tool] {
            match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
                Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
                None => sums.push(amount),
            }
        }
    }

    /// What this agent paid on the day of `at`.
    pub fn by_agent(&self, name: &AgentName, currency: Currency, at: Timestamp) -> Money {
        self.sum(self.agents.get(name), currency, at)
    }

    /// What was paid to this customer on the day of `at`.
    pub fn to_customer(&self, customer: CustomerId, currency: Currency, at: Timestamp) -> Money {
        self.sum(self.customers.get(&customer), currency, at)
    }

    /// What was paid by this tool on the day of `at`.
    pub fn by_tool(&self, tool: &ToolName, currency: Currency, at: Timestamp) -> Money {
        self.sum(self.tools.get(tool), currency, at)
    }

    fn sum(&self, sums: Option<&Sums>, currency: Currency, at: Timestamp) -> Money {
        let today = sums.filter(|_| Day::of(at) <= self.day).into_iter().flatten();
        let minor = today.filter(|sum| sum.currency == currency).map(|sum| sum.minor).sum();
        Money { minor, currency }
    }
}
