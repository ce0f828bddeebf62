//! Law 16 about money, with sums of its own: no day's cap is passed, two people stand behind what needs
//! two, nobody allows what their own whisper led to, and no announcement goes out before the deed.

use std::collections::BTreeMap;

use crate::domain::approval::WaitingCall;
use crate::domain::deployment::Deployment;
use crate::domain::id::{CompositionId, CustomerId, OperatorName, Seq};
use crate::domain::money::Money;
use crate::domain::personal::Personal;
use crate::domain::time::Timestamp;
use crate::domain::tool::{ToolCall, ToolSpec};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Whose money it is, as one word.
type Purse = String;

/// A payment as it was allowed.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    day: i64,
    purses: Vec<(Purse, Option<Money>)>,
    amount: Money,
}

/// What was paid on the newest day.
#[derive(Debug, Default)]
pub(super) struct Tills {
    day: i64,
    sums: BTreeMap<Purse, i64>,
}

impl Tills {
    /// Counts a payment; the purses that it overdraws.
    pub(super) fn count(
        &mut self,
        deployment: &Deployment,
        (agent, customer, spec): (&str, Option<CustomerId>, &ToolSpec),
        amount: Money,
        at: Timestamp,
    ) -> (Counted, Vec<Purse>) {
        let day = at.0.div_euclid(DAY_MS);
        if day != self.day {
            *self = Self { day, sums: BTreeMap::new() };
        }
        let daily = &deployment.policy.approvals.daily;
        let purses = vec![
            (format!("agent {agent} {}", amount.currency), daily.agent),
            (format!("customer {customer:?} {}", amount.currency), daily.customer),
            (format!("tool {} {}", spec.name, amount.currency), spec.daily_cap.or(daily.tool)),
        ];
        let mut over = Vec::new();
        for (purse, cap) in &purses {
            let sum = self.sums.entry(purse.clone()).or_default();
            *sum += amount.minor;
            if cap.is_some_and(|cap| cap.currency != amount.currency || *sum > cap.minor) {
                over.push(purse.clone());
            }
        }
        (Counted { day, purses, amount }, over)
    }

    /// What did not happen is free again.
    pub(super) fn release(&mut self, counted: &Counted) {
        if counted.day != self.day {
            return;
        }
        for (purse, _) in &counted.purses {
            *self.sums.entry(purse.clone()).or_default() -= counted.amount.minor;
        }
    }
}

/// An approval that waits.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) ask: Personal<ToolCall>,
    pub(super) amount: Option<Money>,
    pub(super) whispered: Vec<OperatorName>,
    pub(super) first: Option<OperatorName>,
}

impl Question {
    pub(super) fn of(waiting: &WaitingCall) -> Self {
        let (ask, amount, whispered) = (waiting.ask.clone(), waiting.amount, waiting.whispered.clone());
        Self { ask, amount, whispered, first: None }
    }

    /// Whether one yes is enough, or this one is the second of two people.
    pub(super) fn is_enough(&self, deployment: Option<&Deployment>, by: Option<&OperatorName>, ask: &ToolCall) -> bool {
        let Some(deployment) = deployment else { return false };
        let spec = deployment.tool(&ask.tool);
        let limit = spec.and_then(|spec| spec.two_people_above).or(deployment.policy.approvals.two_people_above);
        let amount = spec.and_then(|spec| spec.amount_of(ask));
        let pair = amount.zip(limit).is_some_and(|(amount, limit)| amount.exceeds(limit));
        let same = self.ask.reveal() == Some(ask);
        !pair || same && self.first.is_some() && self.first.as_ref() != by
    }

    /// Whether a call is for no more than was asked, and for nothing else.
    pub(super) fn covers(&self, ask: &ToolCall, spec: Option<&ToolSpec>) -> bool {
        let Some(asked) = self.ask.reveal() else { return true };
        let slot = spec.and_then(|spec| spec.amount.as_ref());
        let rest = |call: &ToolCall| {
            let args = call.args.iter().filter(|(name, _)| Some(*name) != slot);
            args.map(|(name, value)| (name.clone(), value.raw().to_owned())).collect::<Vec<_>>()
        };
        let less = match (spec.and_then(|spec| spec.amount_of(ask)), self.amount) {
            (Some(given), Some(asked)) => !given.exceeds(asked),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        asked.tool == ask.tool && rest(asked) == rest(ask) && less
    }
}

/// What an agent said last, and where: a call in the very next entry was asked for in the same move.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastWords {
    pub(super) composition: CompositionId,
    pub(super) seq: Seq,
}

impl LastWords {
    /// Whether these words went out in the move that asked for the call of entry `seq`.
    pub(super) fn announced(self, composition: CompositionId, seq: Seq) -> bool {
        self.composition == composition && self.seq.next() == seq
    }
}
