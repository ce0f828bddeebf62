//! How the lines of those who wait for a human are ordered, and when they are asked about again.

use serde::{Deserialize, Serialize};

use crate::domain::money::Money;
use crate::domain::time::Millis;

/// Order and rounds of the lines. Somebody stands where their due time puts them, less a head start
/// for what presses: the sum of what follows. So nobody is overtaken for ever, whatever comes later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct QueuePolicy {
    /// Head start of a high severity, in ms.
    pub high_ms: Millis,
    /// Head start of a critical one, in ms.
    pub critical_ms: Millis,
    /// Head start of a gold customer, in ms.
    pub gold_ms: Millis,
    /// Head start of a VIP, in ms.
    pub vip_ms: Millis,
    /// Head start of the lowest mood; a mood half as low gives half of it, in ms.
    pub mood_ms: Millis,
    /// Head start of `value-full` at risk; half of that amount gives half of it, in ms.
    pub value_ms: Millis,
    /// The amount at risk that gives the whole of `value-ms`.
    pub value_full: Money,
    /// Head start of what a person called urgent, in ms.
    pub priority_urgent_ms: Millis,
    /// Head start of what a person gave a high priority, in ms.
    pub priority_high_ms: Millis,
    /// How far back somebody stands whom a person gave a low priority, in ms.
    pub priority_low_ms: Millis,
    /// After everybody passed an offer on or let it lapse, they are asked again so much later, in ms.
    pub second_round_ms: Millis,
    /// A person who leaves a customer without an answer keeps them for so many times the answer's
    /// target; then somebody else is asked. 0 lets them keep it.
    pub onward_times: u8,
    /// Somebody whose wait is longer is offered that a person writes to them later; in ms. 0 offers it to nobody.
    pub call_back_over_ms: Millis,
    /// Within which open time that person writes, or within the forecast wait where that is longer; in ms.
    pub call_back_ms: Millis,
    /// A request for a human is over after so much open time without one, and its customer is told; in ms.
    /// 0 lets them wait for ever; what touches law or safety always waits.
    pub expire_ms: Millis,
    /// How long a person is thought to have a conversation until enough were measured, in ms; forecasts
    /// of the wait are made of it.
    pub handling_ms: Millis,
}

impl Default for QueuePolicy {
    fn default() -> Self {
        Self {
            high_ms: Millis::from_mins(10),
            critical_ms: Millis::from_mins(60),
            gold_ms: Millis::from_mins(1),
            vip_ms: Millis::from_mins(5),
            mood_ms: Millis::from_mins(5),
            value_ms: Millis::from_mins(5),
            value_full: Money::eur(50_000),
            priority_urgent_ms: Millis::from_mins(60),
            priority_high_ms: Millis::from_mins(10),
            priority_low_ms: Millis::from_mins(10),
            second_round_ms: Millis::from_mins(1),
            onward_times: 3,
            call_back_over_ms: Millis::from_mins(10),
            call_back_ms: Millis::from_hours(2),
            expire_ms: Millis::from_hours(8),
            handling_ms: Millis::from_mins(5),
        }
    }
}
