//! Clocks of a conversation: by when something is owed, and how long each of its actors had it.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// Which clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// The human who was called for; kept with the request for one.
    Human,
    /// The first answer to the customer.
    FirstAnswer,
    /// Each later answer.
    NextAnswer,
    /// The end of the matter; stands still while we wait for the customer.
    Resolution,
}

impl ClockKind {
    /// Whether it runs for an answer, of which one is owed at a time.
    pub const fn is_answer(self) -> bool {
        match self {
            Self::FirstAnswer | Self::NextAnswer => true,
            Self::Human | Self::Resolution => false,
        }
    }
}

/// A clock as it is set running: its times are computed once, in open time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSet {
    /// Which.
    pub clock: ClockKind,
    /// When it warns; never later than its due time.
    pub warn: Timestamp,
    /// When it is breached.
    pub due: Timestamp,
}

/// When a person who holds a conversation and leaves its customer without an answer is reminded of it,
/// when a supervisor is called, and when it is offered onward: computed once, in open time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftAlone {
    /// The holder is reminded.
    pub nudge: Timestamp,
    /// A supervisor is called.
    pub call: Timestamp,
    /// It goes back to the line; none when the policy lets the holder keep it.
    pub onward: Option<Timestamp>,
}

/// Who has a conversation, as far as time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spender {
    /// An agent holds and owes an answer.
    Bot,
    /// It waits in a line.
    Queue,
    /// A person holds and owes an answer.
    Human,
    /// We wait for the customer.
    Customer,
}

/// Milliseconds by who had the conversation: together its life without the time it was snoozed. Bot
/// and human time are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ActorTimes {
    /// Agents, while they owed an answer.
    pub bot: u64,
    /// Lines.
    pub queue: u64,
    /// People, while they owed an answer.
    pub human: u64,
    /// The customer, while we waited.
    pub customer: u64,
}

impl ActorTimes {
    /// The same with `spent` ms more for `spender`.
    #[must_use]
    pub const fn with(mut self, spender: Spender, spent: u64) -> Self {
        match spender {
            Spender::Bot => self.bot += spent,
            Spender::Queue => self.queue += spent,
            Spender::Human => self.human += spent,
            Spender::Customer => self.customer += spent,
        }
        self
    }

    /// All of it.
    pub const fn sum(self) -> u64 {
        self.bot + self.queue + self.human + self.customer
    }
}
