//! Orders: where they are, stopping them, sending them back.

use super::values::Given;
use super::{Changes, Counter, declined, masked};
use crate::config::shop::{Order, OrderState, Person};
use crate::domain::tool::{ToolOutcome, ToolRefusal};

/// Days after delivery in which things can be sent back.
const RETURN_DAYS: i32 = 30;

impl<'a> Counter<'a> {
    /// The order asked for, if the one who asks may see it; otherwise the reason why not.
    pub(super) fn order(&self) -> Result<(&'a Person, &'a Changes, &'a Order), ToolOutcome> {
        let Some(number) = self.arg("order").or_else(|| self.newest()) else {
            let nobody = ToolOutcome::Refused(ToolRefusal::IdentityNeeded);
            return Err(if self.person.is_some() { declined("there is no order on your account") } else { nobody });
        };
        let owners = self.shop.file.customers.iter().zip(&self.shop.changes).enumerate();
        let mut found = owners.flat_map(|(index, (person, changes))| {
            person.orders.iter().map(move |order| (index, person, changes, order))
        });
        let Some((index, person, changes, order)) = found.find(|(.., order)| order.number == number) else {
            return Err(declined(format!("there is no order {number} in our system")));
        };
        if self.person.is_some_and(|own| own != index) {
            return Err(declined(format!("order {number} belongs to another account")));
        }
        Ok((person, changes, order))
    }

    /// The number of the newest order of the one who asks.
    fn newest(&self) -> Option<&'a str> {
        let (person, _) = self.person()?;
        person.orders.iter().min_by_key(|order| order.placed).map(|order| order.number.as_str())
    }

    pub(super) fn order_get(&self) -> ToolOutcome {
        let (_, changes, order) = match self.order() {
            Ok(found) => found,
            Err(no) => return no,
        };
        let state = state(order, changes);
        let late = matches!(state, OrderState::Packing | OrderState::Shipped) && order.due < 0;
        let tracking = if order.tracking.is_empty() { "not assigned yet" } else { &order.tracking };
        let given = Given::default()
            .with("number", &*order.number)
            .with("items", &*order.items)
            .with("total", order.total.to_string())
            .with("state", word(state))
            .with("where", self.whereabouts(order, state, late))
            .with("placed", self.day(-order.placed))
            .with("due", self.day(order.due))
            .with("carrier", &*order.carrier)
            .with("tracking", tracking)
            .with_flag("late", late)
            .with_flag("returnable", state == OrderState::Delivered && order.due >= -RETURN_DAYS);
        given.done()
    }

    /// A clause after `your order`.
    fn whereabouts(&self, order: &Order, state: OrderState, late: bool) -> String {
        let due = self.day(order.due);
        let carrier = if order.carrier.is_empty() { "our carrier" } else { &order.carrier };
        match state {
            OrderState::Packing if late => format!("should have left us by {due}, but is still in our warehouse"),
            OrderState::Packing => format!("is being packed and should be with you by {due}"),
            OrderState::Shipped if late => {
                format!("was due on {due} and is running late; {carrier} has it under {}", order.tracking)
            }
            OrderState::Shipped => format!("is on its way with {carrier} ({}) and expected on {due}", order.tracking),
            OrderState::Delivered => format!("was delivered on {due} by {carrier}"),
            OrderState::Cancelled => "was cancelled before it was sent".to_owned(),
        }
    }

    pub(super) fn order_cancel(&self) -> ToolOutcome {
        let (_, changes, order) = match self.order() {
            Ok(found) => found,
            Err(no) => return no,
        };
        let number = &order.number;
        match state(order, changes) {
            OrderState::Packing => Given::default()
                .with("number", &**number)
                .with("amount", order.total.to_string())
                .with("by", self.day(5))
                .done(),
            OrderState::Shipped => declined(format!("order {number} has already left our warehouse")),
            OrderState::Delivered => declined(format!("order {number} has already been delivered")),
            OrderState::Cancelled => declined(format!("order {number} is cancelled already")),
        }
    }

    pub(super) fn return_create(&self) -> ToolOutcome {
        let (person, changes, order) = match self.order() {
            Ok(found) => found,
            Err(no) => return no,
        };
        let number = &order.number;
        if changes.returned.contains(number) {
            return declined(format!("a return for order {number} is already open"));
        }
        match state(order, changes) {
            OrderState::Delivered if order.due >= -RETURN_DAYS => Given::default()
                .with("number", &**number)
                .with("return", self.number("RT"))
                .with("items", &*order.items)
                .with("amount", order.total.to_string())
                .with("until", self.day(14))
                .with("sent-to", masked(changes.email.as_deref().unwrap_or(&person.email)))
                .done(),
            OrderState::Delivered => declined(format!("order {number} was delivered more than {RETURN_DAYS} days ago")),
            OrderState::Packing | OrderState::Shipped => declined(format!("order {number} hasn't reached you yet")),
            OrderState::Cancelled => declined(format!("order {number} was cancelled and never sent")),
        }
    }
}

fn state(order: &Order, changes: &Changes) -> OrderState {
    if changes.cancelled.contains(&order.number) { OrderState::Cancelled } else { order.state }
}

const fn word(state: OrderState) -> &'static str {
    match state {
        OrderState::Packing => "packing",
        OrderState::Shipped => "shipped",
        OrderState::Delivered => "delivered",
        OrderState::Cancelled => "cancelled",
    }
}
