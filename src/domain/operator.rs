//! The humans of the floor: roles and states.

use serde::{Deserialize, Serialize};

use super::id::{OperatorName, SkillName};
use super::money::Money;
use super::time::Millis;

/// Chats one operator takes at once unless the deployment says otherwise.
pub const OPERATOR_CAPACITY: u16 = 5;
/// How long an operator whose console vanished keeps their conversations.
pub const AWAY_GRACE: Millis = Millis::from_secs(60);

/// Offers in a row that somebody may leave to lapse: once is a call, twice a conversation at the desk, and
/// after the third nobody is asked in vain every other minute.
pub const LAPSES_MAX: u8 = 3;

/// Longest reason beside a person's state: a line of the people pane.
pub const PRESENCE_REASON_BYTES_MAX: usize = 200;

/// What a person may do; each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks.
    Observer,
    /// Answers customers.
    Responder,
    /// Takes over, coaches, approves, moves.
    Supervisor,
    /// Changes the deployment, erases, shuts down.
    Admin,
}

/// What a person is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// No console is attached.
    #[default]
    Offline,
    /// Takes offers.
    Available,
    /// Here, but takes no offers.
    Busy,
    /// Away for a while.
    Break,
    /// Away for a meal.
    Lunch,
    /// Finishes what a chat left to do: notes, a disposition.
    WrapUp,
    /// Finishes the chats at hand and takes no new ones.
    Draining,
}

impl Presence {
    /// Whether conversations are offered to somebody in this state.
    pub const fn takes_offers(self) -> bool {
        match self {
            Self::Available => true,
            Self::Offline | Self::Busy | Self::Break | Self::Lunch | Self::WrapUp | Self::Draining => false,
        }
    }

    /// Whether a colleague may move a conversation to somebody in this state: who is at the desk and
    /// goes on working. Who drains finishes what is there; who is away would leave the customer alone.
    pub const fn takes_moves(self) -> bool {
        match self {
            Self::Available | Self::Busy | Self::WrapUp => true,
            Self::Offline | Self::Break | Self::Lunch | Self::Draining => false,
        }
    }

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Available => "available",
            Self::Busy => "busy",
            Self::Break => "on break",
            Self::Lunch => "at lunch",
            Self::WrapUp => "wrapping up",
            Self::Draining => "draining",
        }
    }
}

/// A person of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OperatorSpec {
    /// Their name on the floor.
    pub name: OperatorName,
    /// What they may do.
    pub role: Role,
    /// What they are good at; none means everything.
    #[serde(default)]
    pub skills: Vec<SkillName>,
    /// Chats at once.
    #[serde(default = "default_capacity")]
    pub capacity: u16,
    /// The largest amount they may allow.
    #[serde(default)]
    pub approval_limit: Option<Money>,
}

impl OperatorSpec {
    /// Whether this person can take what asks for one of `skills`.
    pub fn fits(&self, skills: &[SkillName]) -> bool {
        skills.is_empty() || self.skills.is_empty() || self.skills.iter().any(|skill| skills.contains(skill))
    }
}

const fn default_capacity() -> u16 {
    OPERATOR_CAPACITY
}
