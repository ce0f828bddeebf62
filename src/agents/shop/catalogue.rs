//! What anybody may ask: the service's state, plans, offers, quotes, tickets.

use super::values::Given;
use super::{Counter, declined, masked};
use crate::config::shop::Condition;
use crate::domain::money::Money;
use crate::domain::tool::ToolOutcome;

/// Seats from which a quote is a matter for a person.
const SEATS_MAX: i64 = 500;
/// The plan that is quoted unless another is named.
const QUOTED: &str = "home-plus";

impl Counter<'_> {
    /// The part of the service that does worst, and a list of all.
    pub(super) fn status(&self) -> ToolOutcome {
        let parts = &self.shop.file.components;
        let line = |part: &crate::config::shop::Component| format!("• {}: {}", part.title, said(part.condition));
        let list: Vec<String> = parts.iter().map(line).collect();
        let rank = |condition: Condition| match condition {
            Condition::Down => 0,
            Condition::Degraded => 1,
            Condition::Ok => 2,
        };
        let given = Given::default().with("list", list.join("\n"));
        // One part if one is asked for.
        let asked = self.arg("component");
        let meant = parts.iter().filter(|part| asked.is_none_or(|name| part.name == name));
        let worst = meant.min_by_key(|part| rank(part.condition));
        match worst.filter(|part| part.condition != Condition::Ok) {
            None => given.with("state", "ok").done(),
            Some(part) => {
                let state = if part.condition == Condition::Down { "down" } else { "degraded" };
                given.with("state", state).with("title", &*part.title).with("note", &*part.note).done()
            }
        }
    }

    pub(super) fn plans(&self) -> ToolOutcome {
        let plans = &self.shop.file.plans;
        let line = |plan: &crate::config::shop::Plan| {
            format!("• {}: {} a month or {} a year. {}", plan.title, plan.monthly, plan.yearly, plan.about)
        };
        let list: Vec<String> = plans.iter().map(line).collect();
        Given::default().with("list", list.join("\n")).with("count", plans.len().to_string()).done()
    }

    pub(super) fn offers(&self) -> ToolOutcome {
        let offers = &self.shop.file.offers;
        let line = |offer: &crate::config::shop::Offer| {
            format!("• {} (code {}, until {})", offer.about, offer.code, self.day(offer.ends_in))
        };
        let list: Vec<String> = offers.iter().map(line).collect();
        Given::default().with("list", list.join("\n")).with("count", offers.len().to_string()).done()
    }

    pub(super) fn quote(&self) -> Option<ToolOutcome> {
        let seats: i64 = self.arg("seats")?.parse().ok()?;
        let email = self.arg("email")?;
        if seats > SEATS_MAX {
            return Some(declined(format!("{seats} seats are more than I can put into a quote myself")));
        }
        let plan = self.plan(self.arg("plan").unwrap_or(QUOTED))?;
        let off = match seats {
            ..10 => 0,
            10..50 => 10,
            _ => 20,
        };
        let minor = plan.yearly.minor.checked_mul(seats)?.checked_mul(100 - off)? / 100;
        let total = Money { minor, ..plan.yearly };
        let given = Given::default()
            .with("quote", self.number("Q"))
            .with("seats", seats.to_string())
            .with("title", &*plan.title)
            .with("total", total.to_string())
            .with("discount", off.to_string())
            .with("until", self.day(30))
            .with("sent-to", masked(email));
        Some(given.done())
    }

    pub(super) fn ticket(&self) -> ToolOutcome {
        Given::default().with("ticket", self.number("T")).with("by", self.day(2)).done()
    }
}

const fn said(condition: Condition) -> &'static str {
    match condition {
        Condition::Ok => "working normally",
        Condition::Degraded => "slower than usual",
        Condition::Down => "not working",
    }
}
