//! One customer's exchange on one channel.

use serde::{Deserialize, Serialize};

use super::id::{AgentName, OperatorName};
use super::time::Timestamp;

/// Turns of a live conversation that the floor holds in full; older ones come from history.
pub const TURNS_IN_MEMORY: usize = 50;
/// Bytes of text of a live conversation that the floor holds; a paste must not fill the memory.
pub const TEXT_BYTES_IN_MEMORY: usize = 64 * 1024;
/// Longest message taken from a customer: twice what a patient person types, and a log excerpt.
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// Labels on one conversation: what fits a line of the side panel.
pub const LABELS_MAX: usize = 8;

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Somebody owes somebody an answer.
    Live,
    /// Put to sleep by a person: no clock runs and nobody works on it.
    Snoozed {
        /// When it wakes by itself.
        until: Timestamp,
    },
    /// Done; the customer may rate it, or re-open it with a word.
    Resolved {
        /// End of the re-open window.
        until: Timestamp,
    },
    /// Over for good.
    Closed,
}

/// Who wrote a message the customer sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person asking.
    Customer,
    /// An AI specialist.
    Agent(AgentName),
    /// A human of the floor.
    Operator(OperatorName),
    /// A fixed sentence of the deployment.
    House,
}

/// How much a conversation presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Before others.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// Its word on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// Which fixed sentence the house said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HouseSentence {
    /// First words, saying that an AI answers and that a human can be asked for.
    Greeting,
    /// A specialist takes over.
    SpecialistTakesOver,
    /// A human has been asked for; the wait is told.
    HumanAsked,
    /// A human is here.
    HumanTakesOver,
    /// The AI is back.
    AgentTakesOver,
    /// Nobody is free; the wait goes on.
    StillWaiting,
    /// An answer takes longer because something failed; true and without blame.
    Trouble,
    /// A decision of a colleague is awaited.
    AwaitingApproval,
    /// The AI is stopped; a human will answer, and the wait is told.
    Stopped,
    /// A person looks at every answer before it goes out.
    Checked,
    /// Nobody is free soon: a human may write later instead.
    CallBackOffered,
    /// A human writes later, by a time that is told.
    CallBackArranged,
    /// No human came for as long as the house lets somebody wait.
    NobodyCame,
    /// Nobody answers here for a while.
    Blocked,
    /// Somebody answers here again.
    Unblocked,
    /// The question for a rating.
    RatingQuestion,
    /// Good-bye.
    Farewell,
}

impl HouseSentence {
    /// Whether it tells the customer who answers from now on.
    pub const fn introduces(self) -> bool {
        match self {
            Self::Greeting
            | Self::SpecialistTakesOver
            | Self::HumanAsked
            | Self::HumanTakesOver
            | Self::AgentTakesOver
            | Self::Stopped => true,
            Self::StillWaiting
            | Self::Trouble
            | Self::AwaitingApproval
            | Self::Checked
            | Self::CallBackOffered
            | Self::CallBackArranged
            | Self::NobodyCame
            | Self::Blocked
            | Self::Unblocked
            | Self::RatingQuestion
            | Self::Farewell => false,
        }
    }

    /// Whether it only tells where the baton went at that moment: an undo of the pass tells them who is back.
    /// That a person is here now is the word that cannot be taken back.
    pub const fn tells_of_pass(self) -> bool {
        match self {
            Self::SpecialistTakesOver | Self::HumanAsked | Self::AgentTakesOver => true,
            Self::Greeting
            | Self::HumanTakesOver
            | Self::Stopped
            | Self::StillWaiting
            | Self::Trouble
            | Self::AwaitingApproval
            | Self::Checked
            | Self::CallBackOffered
            | Self::CallBackArranged
            | Self::NobodyCame
            | Self::Blocked
            | Self::Unblocked
            | Self::RatingQuestion
            | Self::Farewell => false,
        }
    }
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// The customer's matter is settled.
    Solved,
    /// A question was answered.
    Answered,
    /// Nothing could be done.
    Unsolved,
    /// The customer stopped answering.
    Abandoned,
    /// Not a matter for this desk.
    OutOfScope,
}

impl Disposition {
    /// How it ended, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Solved => "solved",
            Self::Answered => "answered",
            Self::Unsolved => "unsolved",
            Self::Abandoned => "the customer fell silent",
            Self::OutOfScope => "not a matter for this desk",
        }
    }

    /// Whether the customer has got what they came for.
    pub const fn helped(self) -> bool {
        match self {
            Self::Solved | Self::Answered => true,
            Self::Unsolved | Self::Abandoned | Self::OutOfScope => false,
        }
    }
}

/// Why a conversation is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The re-open window ended.
    WindowEnded,
    /// An operator closed it.
    ByOperator,
    /// The customer was erased.
    Erased,
    /// The floor holds too many resolved conversations; this was the oldest.
    StubLimit,
}
