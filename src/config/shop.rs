//! `shop.toml`: the practice shop behind the built-in tools. Days count from the day of asking, so
//! that the shop never ages.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::customer::Tier;
use crate::domain::id::{SlotName, ToolName};
use crate::domain::money::Money;

/// The tools that the practice shop serves.
pub const BUILT_IN: [&str; 26] = [
    "status.get",
    "orders.get",
    "orders.cancel",
    "returns.create",
    "charges.list",
    "refunds.create",
    "refunds.status",
    "payments.update",
    "payments.retry",
    "invoices.send",
    "vouchers.grant",
    "subscriptions.get",
    "subscriptions.change",
    "subscriptions.cancel",
    "accounts.get",
    "accounts.reset_password",
    "accounts.unlock",
    "accounts.change_email",
    "identity.check",
    "devices.get",
    "logs.read",
    "codes.explain",
    "plans.list",
    "offers.list",
    "quotes.create",
    "tickets.create",
];

/// The shop.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShopFile {
    /// Its customers.
    pub customers: Vec<Person>,
    /// Plans that can be subscribed to.
    pub plans: Vec<Plan>,
    /// What is on offer.
    pub offers: Vec<Offer>,
    /// Parts of the service whose state can be asked for.
    pub components: Vec<Component>,
    /// Codes that devices and apps show.
    pub codes: Vec<Code>,
    /// What practice tools of other trades give to everybody.
    pub answers: Vec<Answer>,
    /// Tools that fail, for practice.
    pub faults: Vec<Fault>,
}

impl ShopFile {
    /// Whether it gives anything for that practice tool, to anybody.
    pub fn gives(&self, tool: &ToolName) -> bool {
        let own = self.customers.iter().flat_map(|person| &person.answers);
        self.answers.iter().chain(own).any(|answer| answer.tool == *tool)
    }
}

/// A customer of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Person {
    /// How the site knows them.
    pub handle: String,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their postal code.
    pub postcode: String,
    /// What they were promised.
    #[serde(default)]
    pub tier: Tier,
    /// Last four digits of their card; empty when there is none.
    #[serde(default)]
    pub card: String,
    /// Whether sign-in is locked after wrong passwords.
    #[serde(default)]
    pub locked: bool,
    /// What they subscribed to.
    #[serde(default)]
    pub subscription: Option<Subscription>,
    /// What they ordered.
    #[serde(default)]
    pub orders: Vec<Order>,
    /// What was charged, refunds aside.
    #[serde(default)]
    pub charges: Vec<Charge>,
    /// Refunds under way or done.
    #[serde(default)]
    pub refunds: Vec<Refund>,
    /// Their devices.
    #[serde(default)]
    pub devices: Vec<Device>,
    /// What practice tools of other trades give to them, before what they give to everybody.
    #[serde(default)]
    pub answers: Vec<Answer>,
}

/// What a practice tool gives. In its texts `{number}` is a number of its own, `{day}` today and `{day+3}` the day
/// in three days, `{name}` and `{sent-to}` name and masked address of the person; other gaps are what it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answer {
    /// Which tool.
    pub tool: ToolName,
    /// Only when it was given this; the first answer that fits counts.
    #[serde(default)]
    pub when: BTreeMap<SlotName, String>,
    /// What it gives.
    #[serde(default)]
    pub gives: BTreeMap<SlotName, String>,
    /// Why it says no; empty when it does not.
    #[serde(default)]
    pub declines: String,
    /// Why it says no when it has done something for the same person before; empty when it does it again.
    #[serde(default)]
    pub once: String,
}

/// A running subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Subscription {
    /// The plan's name.
    pub plan: String,
    /// Whether it is paid by the year.
    #[serde(default)]
    pub yearly: bool,
    /// Days until it renews.
    pub renews_in: i32,
    /// Whether the last payment failed.
    #[serde(default)]
    pub unpaid: bool,
}

/// Where an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// Being packed.
    #[default]
    Packing,
    /// On its way.
    Shipped,
    /// With the customer.
    Delivered,
    /// Stopped before it was sent.
    Cancelled,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Order {
    /// Its number.
    pub number: String,
    /// What is in it.
    pub items: String,
    /// What it cost.
    pub total: Money,
    /// Days since it was placed.
    pub placed: i32,
    /// Where it is.
    #[serde(default)]
    pub state: OrderState,
    /// Days until it is expected, negative when it was due or delivered before today.
    pub due: i32,
    /// Who carries it.
    #[serde(default)]
    pub carrier: String,
    /// The carrier's number for it.
    #[serde(default)]
    pub tracking: String,
}

/// Money that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Charge {
    /// Its number.
    pub id: String,
    /// For what: an order's number or `subscription`.
    pub order: String,
    /// How much.
    pub amount: Money,
    /// Days since.
    pub ago: i32,
}

/// Money that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Refund {
    /// Its number.
    pub id: String,
    /// For which order.
    pub order: String,
    /// How much.
    pub amount: Money,
    /// Days since it was sent off.
    pub ago: i32,
}

/// A device of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Device {
    /// What it is.
    pub model: String,
    /// Its firmware.
    pub firmware: String,
    /// A newer firmware, if there is one.
    #[serde(default)]
    pub update: String,
    /// Whether it was seen within the last minutes.
    #[serde(default = "yes")]
    pub online: bool,
    /// Strength of its radio signal, in percent.
    #[serde(default = "full")]
    pub signal: u8,
    /// Its battery, in percent; none when it is on mains.
    #[serde(default)]
    pub battery: Option<u8>,
    /// The newest lines of its log, newest last; a code such as `E204` stands first.
    #[serde(default)]
    pub log: Vec<String>,
}

const fn yes() -> bool {
    true
}

const fn full() -> u8 {
    90
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// As customers know it.
    pub title: String,
    /// By the month.
    pub monthly: Money,
    /// By the year.
    pub yearly: Money,
    /// What is in it, in one sentence.
    pub about: String,
}

/// An offer that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Offer {
    /// The code to type at the till.
    pub code: String,
    /// What it gives, in one sentence.
    pub about: String,
    /// Days until it ends.
    pub ends_in: i32,
}

/// How a part of the service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// As it should.
    #[default]
    Ok,
    /// Slowly, or for some only.
    Degraded,
    /// Not at all.
    Down,
}

/// A part of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Component {
    /// Its name.
    pub name: String,
    /// As customers know it.
    pub title: String,
    /// How it does.
    #[serde(default)]
    pub condition: Condition,
    /// What is known of the trouble, in one sentence.
    #[serde(default)]
    pub note: String,
    /// Tools that fail while it is down.
    #[serde(default)]
    pub tools: Vec<ToolName>,
}

/// A code and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Code {
    /// The code, `E204`.
    pub code: String,
    /// What it means, as in `it means that ...`.
    pub meaning: String,
    /// What to do, in one or two sentences.
    pub advice: String,
}

/// A tool that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fault {
    /// Which.
    pub tool: ToolName,
    /// For whom; everybody unless said otherwise.
    #[serde(default)]
    pub customers: Vec<String>,
    /// Attempts of every call that fail before one works; more than the attempts allowed means always.
    pub attempts: u8,
}
