//! A pass of the baton between specialists: what is handed over, and what was understood of it.

use serde::{Deserialize, Serialize};

use super::action::Fill;
use super::id::{IntentName, SlotName, ToolName};
use super::money::Money;
use super::personal::Personal;
use super::promise::Promise;
use super::score::Score;
use super::text::Foreign;
use super::time::Millis;

/// How long a receiver may take to accept; an agent answers at once, a person reads first.
pub const HANDOFF_PATIENCE: Millis = Millis::from_secs(20);
/// Points of the mood path that travel: the last eight customer turns tell the trend.
pub const MOOD_POINTS: usize = 8;

/// Apologies made and compensation given so far, by anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Given {
    /// How often somebody apologised.
    pub apologies: u8,
    /// What was paid back or given, if anything.
    pub compensation: Option<Money>,
}

/// Something that was tried for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Which tool.
    pub tool: ToolName,
    /// Whether it worked.
    pub worked: bool,
}

/// What travels with the baton.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContextPack {
    /// What the customer wants.
    pub objective: Option<IntentName>,
    /// Facts collected.
    pub slots: Vec<Fill>,
    /// What the customer was promised.
    pub promises: Vec<Promise>,
    /// What was tried.
    pub tried: Vec<Tried>,
    /// Facts asked for and not yet given.
    pub open_questions: Vec<SlotName>,
    /// Mood over the last customer turns, oldest first.
    pub mood: Vec<Score>,
    /// Apologies and compensation.
    pub given: Given,
    /// The matter in the customer's own last words.
    pub summary: Option<Personal<Foreign>>,
    /// A person's note for the receiver.
    pub note: Option<Personal<Foreign>>,
    /// Facts that do not travel because the receiver may not read their class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<SlotName>,
}

/// What a receiver says it understood, before the customer hears anything from it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// The objective as understood.
    pub objective: Option<IntentName>,
    /// Facts it will use.
    pub slots: Vec<SlotName>,
    /// How many promises it takes over.
    pub promises: u16,
    /// Questions it will settle.
    pub questions: Vec<SlotName>,
}

/// Something of the pack that the receipt does not mention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Omission {
    /// Another objective, or none.
    Objective,
    /// A fact.
    Slot(SlotName),
    /// So many promises.
    Promises(u16),
    /// An open question.
    Question(SlotName),
    /// A fact that the receiver may not read.
    Withheld(SlotName),
}

impl Omission {
    /// What was left out, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Objective => "the goal".to_owned(),
            Self::Slot(slot) => slot.to_string(),
            Self::Promises(1) => "a promise".to_owned(),
            Self::Promises(n) => format!("{n} promises"),
            Self::Question(slot) => format!("the question for {slot}"),
            Self::Withheld(slot) => format!("{slot}, which it may not read"),
        }
    }
}

impl ContextPack {
    /// What `receipt` leaves out. An empty answer means that everything was understood.
    pub fn omissions(&self, receipt: &Receipt) -> Vec<Omission> {
        let mut missing = Vec::new();
        if self.objective.is_some() && self.objective != receipt.objective {
            missing.push(Omission::Objective);
        }
        let slots = self.slots.iter().filter(|fill| !receipt.slots.contains(&fill.slot));
        missing.extend(slots.map(|fill| Omission::Slot(fill.slot.clone())));
        let owed = u16::try_from(self.promises.len()).unwrap_or(u16::MAX).saturating_sub(receipt.promises);
        if owed > 0 {
            missing.push(Omission::Promises(owed));
        }
        let questions = self.open_questions.iter().filter(|q| !receipt.questions.contains(q));
        missing.extend(questions.map(|q| Omission::Question(q.clone())));
        missing.extend(self.withheld.iter().cloned().map(Omission::Withheld));
        missing
    }
}

/// How passes from one agent to another came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Edge {
    /// Offered.
    pub offered: u64,
    /// Accepted.
    pub accepted: u64,
    /// Turned down after they were offered.
    pub declined: u64,
    /// Not answered in time.
    pub lapsed: u64,
    /// Turned down before they were offered: full, not allowed, in circles.
    pub refused: u64,
    /// Accepted, and the matter was settled without a further pass or a request for a human.
    pub succeeded: u64,
    /// Questions the receiver asked for what had been given, or asked for, before the pass.
    pub repeated: u64,
}

/// Why a handoff did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// The receiver is full.
    Full,
    /// The receiver is not on the roster, or not allowed for this giver.
    NotAllowed,
    /// The receiver left out a promise: it may not go on as if none had been made.
    PromiseDropped,
    /// The baton went back and forth; the circle is broken here.
    PingPong,
    /// The receiver said no.
    Declined,
}
