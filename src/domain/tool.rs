//! Tools: what an agent may do besides talking.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::argument::ArgumentSpec;
use super::customer::IdentityNeed;
use super::id::{IntentName, SlotName, ToolName};
use super::money::Money;
use super::operator::Role;
use super::text::Foreign;
use super::time::Millis;

/// Arguments of one call.
pub const ARGS_MAX: usize = 16;
/// Attempts at a tool that fails before the agent is told so.
pub const TOOL_ATTEMPTS_MAX: u8 = 3;

/// The tool whose `verified = yes` proves by facts who a customer is.
pub const IDENTITY_CHECK: &str = "identity.check";
/// Facts that did not fit, one after the other, after which no more are checked for a while: a customer who
/// mistypes needs two or three, who guesses needs many.
pub const PROOFS_MAX: u8 = 5;
/// How long that while is, counted from the last one.
pub const PROOFS_AGAIN: Millis = Millis::from_hours(1);

/// What a deployment says of a tool. Default deny: a tool that no agent lists is never called.
#[expect(clippy::struct_excessive_bools, reason = "each is a line of tools.toml; none excludes another")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ToolSpec {
    /// Its name, `group.verb`.
    pub name: ToolName,
    /// What it does, for people.
    #[serde(default)]
    pub about: String,
    /// Whether it changes something outside.
    #[serde(default)]
    pub side_effect: bool,
    /// What it demands of the customer's identity.
    #[serde(default)]
    pub identity: IdentityNeed,
    /// Arguments it must be given.
    #[serde(default)]
    pub needs: Vec<SlotName>,
    /// What its arguments have to be. Where any is described, a call may hold only what stands here or in `needs`.
    #[serde(default)]
    pub args: BTreeMap<SlotName, ArgumentSpec>,
    /// How often it may be called for one customer in one day.
    #[serde(default)]
    pub daily_calls: Option<u16>,
    /// The argument that holds an amount of money, if any.
    #[serde(default)]
    pub amount: Option<SlotName>,
    /// Up to this amount an agent may by itself; above, a person decides.
    #[serde(default)]
    pub agent_limit: Option<Money>,
    /// Whether every call waits for a person.
    #[serde(default)]
    pub always_ask: bool,
    /// Up to which amount people of a role may allow it; for the others the house's limits hold.
    #[serde(default)]
    pub approve_limit: BTreeMap<Role, Money>,
    /// Above this two different people have to say yes; else the house's limit holds.
    #[serde(default)]
    pub two_people_above: Option<Money>,
    /// What may be paid by it in one day; else the house's cap holds.
    #[serde(default)]
    pub daily_cap: Option<Money>,
    /// Whether what it did can be taken back.
    #[serde(default)]
    pub reversible: bool,
    /// Whether the receiver can be asked by our key if a call happened; else an unknown outcome stays unknown.
    /// Of a server's tool: whether it takes our key, so that the same call made again is done once; not, unless
    /// it is said.
    #[serde(default = "yes")]
    pub reconcile: bool,
    /// Whether its results hold text that somebody outside wrote: mails, documents, pages.
    #[serde(default)]
    pub reads_foreign: bool,
    /// Whether it acts outside: sends, publishes, books, changes. Left out, as `side-effect` says.
    #[serde(default)]
    pub outward: Option<bool>,
    /// The matters in which a call that works is a sale: what the customer came for has been bought.
    #[serde(default)]
    pub conversion: Vec<IntentName>,
    /// What its arguments and results are called on screen; `sent-to` reads `sent to` by itself.
    #[serde(default)]
    pub names: BTreeMap<SlotName, String>,
}

const fn yes() -> bool {
    true
}

impl ToolSpec {
    /// Whether a call acts outside or moves money: what a model under suspicion does not do by itself.
    pub fn acts(&self) -> bool {
        self.outward.unwrap_or(self.side_effect) || self.amount.is_some()
    }

    /// The arguments it takes, those that it needs first.
    pub fn takes(&self) -> Vec<SlotName> {
        let mut takes = self.needs.clone();
        takes.extend(self.args.keys().filter(|slot| !self.needs.contains(slot)).cloned());
        takes
    }

    /// The first argument of a call that is not what it has to be.
    pub fn misfit<'c>(&self, call: &'c ToolCall) -> Option<&'c SlotName> {
        let fits = |slot: &SlotName, value: &Foreign| match self.args.get(slot) {
            Some(spec) => spec.fits(value),
            None => self.args.is_empty() || self.needs.contains(slot),
        };
        call.args.iter().find(|(slot, value)| !fits(slot, value)).map(|(slot, _)| slot)
    }

    /// Whether a call that works sells what a customer with that matter came for.
    pub fn sells(&self, matter: &IntentName) -> bool {
        self.conversion.contains(matter)
    }

    /// The amount that a call is about: its argument for money, if it is readable.
    pub fn amount_of(&self, call: &ToolCall) -> Option<Money> {
        call.args.get(self.amount.as_ref()?)?.raw().parse().ok()
    }

    /// What an argument or result is called on screen.
    pub fn name_of(&self, slot: &SlotName) -> String {
        self.names.get(slot).cloned().unwrap_or_else(|| slot.as_str().replace(['-', '_'], " "))
    }

    /// What it is called on screen: what it does in words, or its name.
    pub fn title(&self) -> &str {
        if self.about.is_empty() { self.name.as_str() } else { &self.about }
    }
}

/// A call an agent asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Which tool.
    pub tool: ToolName,
    /// With what.
    pub args: BTreeMap<SlotName, Foreign>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolOutcome {
    /// It worked; the values it gave.
    Done(BTreeMap<SlotName, Foreign>),
    /// It ran and said no, for a reason the agent can tell the customer.
    Declined(Foreign),
    /// It failed after all attempts.
    Failed,
    /// Nobody knows whether it happened; never retried blindly.
    Unknown,
    /// The rules did not allow it.
    Refused(ToolRefusal),
}

/// Why a call was not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolRefusal {
    /// No such tool, or not this agent's.
    NotAllowed,
    /// The customer must first prove who they are.
    IdentityNeeded,
    /// An argument is missing or unreadable.
    BadArguments,
    /// A person said no.
    Rejected,
    /// Nobody decided in time; no answer is a no.
    Expired,
    /// More than a person may allow.
    OverLimit,
    /// The tool, or who calls it, is held.
    Held,
    /// More than may be paid in one day.
    OverCap,
    /// It was called for this customer as often as it may be for now; of a check of facts: they did not fit too often.
    TooOften,
}
