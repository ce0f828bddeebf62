//! Accounts, identity and subscriptions.

use super::values::Given;
use super::{Counter, declined, masked};
use crate::config::shop::Plan;
use crate::domain::money::Money;
use crate::domain::tool::ToolOutcome;

impl<'a> Counter<'a> {
    pub(super) fn check_identity(&self) -> Option<ToolOutcome> {
        let (email, postcode) = (self.arg("email")?, self.arg("postcode")?);
        let people = self.shop.file.customers.iter().zip(&self.shop.changes).enumerate();
        let fits = |known: &str| known.eq_ignore_ascii_case(email);
        let mut named = people.filter(|(_, (person, changes))| fits(changes.email.as_deref().unwrap_or(&person.email)));
        let proven = named.find(|(_, (person, _))| person.postcode.eq_ignore_ascii_case(postcode));
        // Which of the two is wrong is nobody's business; and who is somebody here stays that person.
        let Some((_, (person, _))) = proven.filter(|(index, _)| self.person.is_none_or(|own| own == *index)) else {
            return Some(declined("the e-mail address and postcode don't match one of our accounts"));
        };
        let name = person.name.split_whitespace().next().unwrap_or_default();
        Some(Given::default().with("verified", "yes").with("account", &*person.handle).with("name", name).done())
    }

    pub(super) fn account(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        let locked = person.locked && !changes.unlocked;
        let email = changes.email.as_deref().unwrap_or(&person.email);
        let given = Given::default().with("state", if locked { "locked" } else { "active" });
        Some(given.with("email", masked(email)).with("name", &*person.name).done())
    }

    /// Says the same whether there is such an account or not.
    pub(super) fn reset_password(&self) -> Option<ToolOutcome> {
        Some(Given::default().with("sent-to", masked(self.arg("email")?)).done())
    }

    pub(super) fn unlock(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        if !person.locked || changes.unlocked {
            return Some(declined("the account isn't locked"));
        }
        Some(Given::default().with("state", "active").done())
    }

    pub(super) fn change_email(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        let new = self.arg("new-email")?;
        let taken = self.shop.file.customers.iter().any(|other| other.email.eq_ignore_ascii_case(new));
        if taken {
            return Some(declined("that address already belongs to an account"));
        }
        let old = changes.email.as_deref().unwrap_or(&person.email);
        Some(Given::default().with("email", new).with("old", masked(old)).done())
    }

    pub(super) fn subscription(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        let running = person.subscription.as_ref();
        let name = changes.plan.as_deref().or(running.map(|one| one.plan.as_str()));
        let Some(plan) = name.and_then(|name| self.plan(name)) else {
            return Some(Given::default().with("state", "none").done());
        };
        let yearly = running.is_some_and(|one| one.yearly);
        let unpaid = running.is_some_and(|one| one.unpaid) && !changes.paid;
        let state = match (changes.plan_ended, unpaid) {
            (true, _) => "ended",
            (false, true) => "unpaid",
            (false, false) => "running",
        };
        let given = Given::default()
            .with("state", state)
            .with("plan", &*plan.name)
            .with("title", &*plan.title)
            .with("price", self.price(&plan.name, yearly)?.to_string())
            .with("period", if yearly { "year" } else { "month" })
            .with("renews", self.day(running.map_or(30, |one| one.renews_in)));
        Some(given.done())
    }

    pub(super) fn change_plan(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        let wanted = self.arg("plan")?;
        let Some(plan) = self.plan(wanted) else {
            return Some(declined(format!("there is no plan called {wanted}")));
        };
        let running = changes.plan.as_deref().or(person.subscription.as_ref().map(|one| one.plan.as_str()));
        if running == Some(plan.name.as_str()) && !changes.plan_ended {
            return Some(declined(format!("you are on {} already", plan.title)));
        }
        let yearly = person.subscription.as_ref().is_some_and(|one| one.yearly);
        let given = Given::default()
            .with("plan", &*plan.name)
            .with("title", &*plan.title)
            .with("price", self.price(&plan.name, yearly)?.to_string())
            .with("period", if yearly { "year" } else { "month" })
            .with("from", self.day(1));
        Some(given.done())
    }

    pub(super) fn end_plan(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        let name = changes.plan.as_deref().or(person.subscription.as_ref().map(|one| one.plan.as_str()));
        let Some(plan) = name.and_then(|name| self.plan(name)).filter(|_| !changes.plan_ended) else {
            return Some(declined("there is no running subscription on your account"));
        };
        let until = person.subscription.as_ref().map_or(30, |one| one.renews_in);
        Some(Given::default().with("title", &*plan.title).with("until", self.day(until)).done())
    }

    pub(super) fn plan(&self, name: &str) -> Option<&'a Plan> {
        self.shop.file.plans.iter().find(|plan| plan.name == name)
    }

    pub(super) fn price(&self, plan: &str, yearly: bool) -> Option<Money> {
        self.plan(plan).map(|plan| if yearly { plan.yearly } else { plan.monthly })
    }
}
