//! Charges, refunds, cards, invoices, vouchers.

use super::values::{Given, Values};
use super::{Changes, Counter, declined, masked};
use crate::config::shop::{Charge, Person};
use crate::domain::money::Money;
use crate::domain::tool::ToolOutcome;

/// Days a bank takes for a refund.
const REFUND_DAYS: i32 = 5;
/// Days after which a refund that did not arrive is late.
const REFUND_LATE: i32 = 7;
/// Days between two equal charges up to which the second is a mistake; subscriptions come by the month.
const DOUBLE_WITHIN: i32 = 7;
/// Charges listed at once.
const LISTED: usize = 5;

/// A refund that was sent off.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    id: String,
    charge: String,
    order: String,
    amount: Money,
}

impl Sent {
    /// The refund that a recorded call made.
    pub(super) fn read(values: Values<'_>) -> Option<Self> {
        Some(Self {
            id: values.get("refund").to_owned(),
            charge: values.get("charge").to_owned(),
            order: values.get("order").to_owned(),
            amount: values.get("amount").parse().ok()?,
        })
    }
}

impl Counter<'_> {
    /// `found` is `double`, `refunded` (a double that was paid back), `single` or `none`.
    pub(super) fn charges(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        if self.arg("order").is_some_and(|order| order != "subscription")
            && let Err(no) = self.order()
        {
            return Some(no);
        }
        let asked = self.arg("order");
        let mut taken: Vec<&Charge> =
            person.charges.iter().filter(|charge| asked.is_none_or(|order| charge.order == order)).collect();
        taken.sort_by_key(|charge| charge.ago);
        let double = taken.iter().enumerate().find_map(|(index, later)| {
            let same = |earlier: &&&Charge| {
                earlier.order == later.order
                    && earlier.amount == later.amount
                    && earlier.ago - later.ago <= DOUBLE_WITHIN
            };
            taken.iter().skip(index + 1).find(same).map(|earlier| (*later, *earlier))
        });
        let refunded = |charge: &Charge| changes.refunds.iter().any(|sent| sent.charge == charge.id);
        let lines: Vec<String> = taken.iter().take(LISTED).map(|charge| self.line(charge)).collect();
        let given = Given::default()
            .with("count", taken.len().to_string())
            .with("list", lines.join("\n"))
            .with("card", ending(person));
        Some(match (double, taken.first()) {
            (Some((later, earlier)), _) => {
                let found = if refunded(later) || refunded(earlier) { "refunded" } else { "double" };
                let days = if later.ago == earlier.ago {
                    format!("both on {}", self.day(-later.ago))
                } else {
                    format!("on {} and {}", self.day(-earlier.ago), self.day(-later.ago))
                };
                self.charge(given, later).with("found", found).with("days", days).done()
            }
            (None, Some(newest)) => {
                let found = if refunded(newest) { "refunded" } else { "single" };
                self.charge(given, newest).with("found", found).with("days", self.day(-newest.ago)).done()
            }
            (None, None) => given.with("found", "none").done(),
        })
    }

    fn charge(&self, given: Given, charge: &Charge) -> Given {
        given
            .with("charge", &*charge.id)
            .with("order", &*charge.order)
            .with("purpose", purpose(charge))
            .with("amount", charge.amount.to_string())
            .with("day", self.day(-charge.ago))
    }

    fn line(&self, charge: &Charge) -> String {
        format!("• {}: {}, {}", self.day(-charge.ago), charge.amount, purpose(charge))
    }

    pub(super) fn refund(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        let amount: Money = self.arg("amount")?.parse().ok()?;
        let id = self.arg("charge")?;
        let Some(charge) = person.charges.iter().find(|charge| charge.id == id) else {
            return Some(declined("there is no such charge on your account"));
        };
        if changes.refunds.iter().any(|sent| sent.charge == id) {
            return Some(declined("that charge has already been refunded"));
        }
        if amount.minor <= 0 || amount.exceeds(charge.amount) {
            return Some(declined(format!(
                "the charge was {}, which is not enough for a refund of {amount}",
                charge.amount
            )));
        }
        let given = Given::default()
            .with("refund", self.number("RF"))
            .with("charge", id)
            .with("order", &*charge.order)
            .with("amount", amount.to_string())
            .with("card", ending(person))
            .with("by", self.day(REFUND_DAYS));
        Some(given.done())
    }

    pub(super) fn refund_status(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        let asked = self.arg("order");
        let fits = |order: &str| asked.is_none_or(|asked| asked == order);
        let given = Given::default().with("card", ending(person));
        if let Some(sent) = changes.refunds.iter().rev().find(|sent| fits(&sent.order)) {
            let given = given.with("found", "yes").with("refund", &*sent.id).with("amount", sent.amount.to_string());
            return Some(given.with("sent", "today").with("by", self.day(REFUND_DAYS)).with("state", "fresh").done());
        }
        let Some(refund) = person.refunds.iter().filter(|refund| fits(&refund.order)).min_by_key(|refund| refund.ago)
        else {
            return Some(given.with("found", "no").done());
        };
        let state = match refund.ago {
            0..=REFUND_DAYS => "fresh",
            ago if ago <= REFUND_LATE => "due",
            _ => "late",
        };
        let given = given.with("found", "yes").with("refund", &*refund.id).with("amount", refund.amount.to_string());
        let by = self.day(REFUND_DAYS - refund.ago);
        Some(given.with("sent", format!("on {}", self.day(-refund.ago))).with("by", by).with("state", state).done())
    }

    pub(super) fn card_link(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        Some(Given::default().with("card", ending(person)).with("sent-to", address(person, changes)).done())
    }

    pub(super) fn pay_again(&self) -> Option<ToolOutcome> {
        let (person, changes) = self.person()?;
        let subscription = person.subscription.as_ref().filter(|plan| plan.unpaid && !changes.paid);
        let Some(subscription) = subscription else {
            return Some(declined("there is no failed payment on your account"));
        };
        let price = self.price(&subscription.plan, subscription.yearly)?;
        Some(Given::default().with("amount", price.to_string()).with("card", ending(person)).done())
    }

    pub(super) fn invoice(&self) -> ToolOutcome {
        let (person, changes, order) = match self.order() {
            Ok(found) => found,
            Err(no) => return no,
        };
        let given = Given::default().with("number", &*order.number).with("amount", order.total.to_string());
        given.with("sent-to", address(person, changes)).done()
    }

    pub(super) fn voucher(&self) -> Option<ToolOutcome> {
        let (_, changes) = self.person()?;
        let amount: Money = self.arg("amount")?.parse().ok()?;
        if changes.voucher {
            return Some(declined("a voucher was already given to this account in the last 90 days"));
        }
        let code = format!("SORRY{}", 5_000 + self.asking.call.0);
        Some(Given::default().with("code", code).with("amount", amount.to_string()).done())
    }
}

fn purpose(charge: &Charge) -> String {
    if charge.order == "subscription" { "your subscription".to_owned() } else { format!("order {}", charge.order) }
}

fn ending(person: &Person) -> String {
    if person.card.is_empty() { "your account".to_owned() } else { format!("the card ending in {}", person.card) }
}

fn address(person: &Person, changes: &Changes) -> String {
    masked(changes.email.as_deref().unwrap_or(&person.email))
}
