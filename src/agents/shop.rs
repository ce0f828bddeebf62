//! The practice shop behind the built-in tools: orders, charges, accounts, devices.
//!
//! It keeps nothing of its own. Its state is the deployment's `shop.toml` and what recorded results
//! say was done since ([`Shop::apply`]); so it is rebuilt at start from the journal, and a call that
//! is made twice under one number is done once and answered twice ([`Shop::execute`]).
//!
//! It is the row filter under the agents: a customer who is tied to a person of the shop, by facts
//! or by the site's signed word ([`Shop::vouch`]), gets that person's rows and no others.

mod accounts;
mod answers;
mod catalogue;
mod devices;
mod money;
mod orders;
mod values;

use std::collections::BTreeMap;

use crate::analysis::days::Day;
use crate::config::shop::{Condition, Person, ShopFile};
use crate::domain::customer::IdentityNeed;
use crate::domain::id::{CallId, CustomerId, ToolName};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::tool::{ToolCall, ToolOutcome, ToolRefusal, ToolSpec};
use values::Values;

/// Calls with side effects whose outcome is remembered: far more than are ever under way, and older
/// ones are in the journal.
pub const CALLS_KEPT: usize = 100_000;

/// Who asks, when, and under which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// The call's number: the same number is the same call.
    pub call: CallId,
    /// For whom; from the session, never from text.
    pub customer: CustomerId,
    /// The floor's time.
    pub at: Timestamp,
}

/// The shop as it stands.
#[derive(Debug, Clone)]
pub struct Shop {
    file: ShopFile,
    needs: BTreeMap<ToolName, (IdentityNeed, bool)>,
    /// Which person of the shop a customer of the floor is.
    ties: BTreeMap<CustomerId, usize>,
    /// What was done, by call.
    done: BTreeMap<CallId, ToolOutcome>,
    /// Failed attempts, by call.
    attempts: BTreeMap<CallId, u8>,
    changes: Vec<Changes>,
}

/// What was done for one person since the file was written.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one thing was done; none excludes another")]
struct Changes {
    refunds: Vec<money::Sent>,
    cancelled: Vec<String>,
    returned: Vec<String>,
    plan: Option<String>,
    plan_ended: bool,
    paid: bool,
    unlocked: bool,
    email: Option<String>,
    voucher: bool,
    /// Tools of other trades that did something for them.
    practised: Vec<ToolName>,
}

/// A call on its way through the shop.
struct Counter<'a> {
    shop: &'a Shop,
    asking: Asking,
    call: &'a ToolCall,
    /// Who they are, once it is known.
    person: Option<usize>,
}

impl Shop {
    /// The shop of a deployment; an empty one if it has none.
    pub fn new(file: Option<&ShopFile>, tools: &[ToolSpec]) -> Self {
        let file = file.cloned().unwrap_or_default();
        Self {
            needs: tools.iter().map(|tool| (tool.name.clone(), (tool.identity, tool.side_effect))).collect(),
            ties: BTreeMap::new(),
            done: BTreeMap::new(),
            attempts: BTreeMap::new(),
            changes: vec![Changes::default(); file.customers.len()],
            file,
        }
    }

    /// Ties a customer of the floor to the person whom the site knows by `handle`; to be called only
    /// with a handle that the site has signed. Returns whether there is such a person.
    pub fn vouch(&mut self, customer: CustomerId, handle: &str) -> bool {
        let person = self.file.customers.iter().position(|person| person.handle == handle);
        self.ties.extend(person.map(|person| (customer, person)));
        person.is_some()
    }

    /// Sets how a part of the service does from now on, for practice. Returns whether there is such a part.
    pub fn switch(&mut self, component: &str, condition: Condition, note: &str) -> bool {
        let found = self.file.components.iter_mut().find(|part| part.name == component);
        found.is_some_and(|part| {
            part.condition = condition;
            note.clone_into(&mut part.note);
            true
        })
    }

    /// Makes a call. The same number gives the same outcome and is done once; a failed attempt may be
    /// made again under the same number.
    pub fn execute(&mut self, asking: Asking, call: &ToolCall) -> ToolOutcome {
        if let Some(outcome) = self.done.get(&asking.call) {
            return outcome.clone();
        }
        if self.fails(asking, &call.tool) {
            return ToolOutcome::Failed;
        }
        let outcome = self.judge(asking, call);
        self.apply(asking.call, asking.customer, call, &outcome);
        outcome
    }

    /// Whether a call happened, asked by its number: its outcome if it did, `Failed` if it did not. The shop
    /// knows of everything that it does.
    pub fn happened(&self, number: CallId, call: &ToolCall) -> ToolOutcome {
        if !self.needs.contains_key(&call.tool) {
            return ToolOutcome::Unknown;
        }
        self.done.get(&number).cloned().unwrap_or(ToolOutcome::Failed)
    }

    /// Takes over what a recorded call did. The second time the same call changes nothing.
    pub fn apply(&mut self, number: CallId, customer: CustomerId, call: &ToolCall, outcome: &ToolOutcome) {
        let ToolOutcome::Done(given) = outcome else { return };
        let values = Values::read(given);
        if call.tool.as_str() == "identity.check" {
            self.vouch(customer, values.get("account"));
            return;
        }
        let side_effect = self.needs.get(&call.tool).is_some_and(|(_, side_effect)| *side_effect);
        if !side_effect || self.done.contains_key(&number) {
            return;
        }
        let Some(changes) = self.ties.get(&customer).and_then(|person| self.changes.get_mut(*person)) else {
            self.remember(number, outcome);
            return;
        };
        match call.tool.as_str() {
            "refunds.create" => changes.refunds.extend(money::Sent::read(values)),
            "orders.cancel" => changes.cancelled.push(values.get("number").to_owned()),
            "returns.create" => changes.returned.push(values.get("number").to_owned()),
            "subscriptions.change" => {
                changes.plan = Some(values.get("plan").to_owned());
                changes.plan_ended = false;
            }
            "subscriptions.cancel" => changes.plan_ended = true,
            "payments.retry" => changes.paid = true,
            "accounts.unlock" => changes.unlocked = true,
            "accounts.change_email" => changes.email = Some(values.get("email").to_owned()),
            "vouchers.grant" => changes.voucher = true,
            // Letters, quotes and tickets leave the shop as it was.
            _ => changes.practised.push(call.tool.clone()),
        }
        self.remember(number, outcome);
    }

    fn remember(&mut self, number: CallId, outcome: &ToolOutcome) {
        self.attempts.remove(&number);
        self.done.insert(number, outcome.clone());
        if self.done.len() > CALLS_KEPT {
            self.done.pop_first();
        }
    }

    /// Whether this attempt fails: by a fault of the file, or because a part of the service is down.
    fn fails(&mut self, asking: Asking, tool: &ToolName) -> bool {
        let down =
            |part: &crate::config::shop::Component| part.condition == Condition::Down && part.tools.contains(tool);
        if self.file.components.iter().any(down) {
            return true;
        }
        let handle = self.ties.get(&asking.customer).and_then(|person| self.file.customers.get(*person));
        let handle = handle.map(|person| person.handle.as_str());
        let meant = |fault: &&crate::config::shop::Fault| {
            let for_them = fault.customers.is_empty() || fault.customers.iter().any(|one| Some(one.as_str()) == handle);
            fault.tool == *tool && for_them
        };
        let Some(fault) = self.file.faults.iter().find(meant) else { return false };
        let attempt = self.attempts.entry(asking.call).or_default();
        *attempt = attempt.saturating_add(1);
        let fails = *attempt <= fault.attempts;
        if self.attempts.len() > CALLS_KEPT {
            self.attempts.pop_first();
        }
        fails
    }

    fn judge(&self, asking: Asking, call: &ToolCall) -> ToolOutcome {
        let Some((need, _)) = self.needs.get(&call.tool) else {
            return ToolOutcome::Refused(ToolRefusal::NotAllowed);
        };
        let person = self.ties.get(&asking.customer).copied();
        if *need == IdentityNeed::Verified && person.is_none() {
            return ToolOutcome::Refused(ToolRefusal::IdentityNeeded);
        }
        let counter = Counter { shop: self, asking, call, person };
        counter.serve().unwrap_or(ToolOutcome::Refused(ToolRefusal::BadArguments))
    }
}

impl<'a> Counter<'a> {
    /// The outcome; none when an argument is missing or unreadable.
    fn serve(&self) -> Option<ToolOutcome> {
        match self.call.tool.as_str() {
            "status.get" => Some(self.status()),
            "orders.get" => Some(self.order_get()),
            "orders.cancel" => Some(self.order_cancel()),
            "returns.create" => Some(self.return_create()),
            "charges.list" => self.charges(),
            "refunds.create" => self.refund(),
            "refunds.status" => self.refund_status(),
            "payments.update" => self.card_link(),
            "payments.retry" => self.pay_again(),
            "invoices.send" => Some(self.invoice()),
            "vouchers.grant" => self.voucher(),
            "subscriptions.get" => self.subscription(),
            "subscriptions.change" => self.change_plan(),
            "subscriptions.cancel" => self.end_plan(),
            "accounts.get" => self.account(),
            "accounts.reset_password" => self.reset_password(),
            "accounts.unlock" => self.unlock(),
            "accounts.change_email" => self.change_email(),
            "identity.check" => self.check_identity(),
            "devices.get" => self.devices(),
            "logs.read" => self.logs(),
            "codes.explain" => self.explain_code(),
            "plans.list" => Some(self.plans()),
            "offers.list" => Some(self.offers()),
            "quotes.create" => self.quote(),
            "tickets.create" => Some(self.ticket()),
            _ => Some(self.answer()),
        }
    }

    /// An argument; an empty one counts as missing.
    fn arg(&self, name: &str) -> Option<&'a str> {
        self.call.args.get(name).map(|value| value.raw().trim()).filter(|value| !value.is_empty())
    }

    /// Who asks, and what was done for them.
    fn person(&self) -> Option<(&'a Person, &'a Changes)> {
        let index = self.person?;
        Some((self.shop.file.customers.get(index)?, self.shop.changes.get(index)?))
    }

    /// The day so many days after today, as people say it.
    fn day(&self, after: i32) -> String {
        Day::of(self.asking.at, i64::from(after)).said()
    }

    /// A number for something new: the call's own, so that the same call gives the same number.
    fn number(&self, letter: &str) -> String {
        format!("{letter}-{}", 5_000 + self.asking.call.0)
    }
}

/// A no, with its reason as a clause that an agent can put into a sentence.
fn declined(reason: impl Into<String>) -> ToolOutcome {
    ToolOutcome::Declined(Foreign::from(reason.into()))
}

/// The address a letter goes to, so that its owner knows it and nobody else learns it.
fn masked(email: &str) -> String {
    let (local, host) = email.split_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{host}")
}

#[cfg(test)]
mod tests;
