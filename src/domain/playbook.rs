//! Flows an agent follows, and where a conversation stands in one.

mod template;

use serde::{Deserialize, Serialize};

use super::conversation::Disposition;
use super::escalation::Trigger;
use super::id::{AgentName, Digest, IntentName, PlaybookName, Position, PromiseName, SlotName, ToolName};
use super::time::Millis;

pub use template::{GAP_BYTES_MAX, Piece, Template, TemplateError};

/// Steps of one flow: more is a program, and belongs behind a tool.
pub const STEPS_MAX: usize = 60;

/// Which version of which flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookRef {
    /// The flow.
    pub name: PlaybookName,
    /// Digest of its text: a conversation finishes on the version it began with.
    pub version: Digest,
}

/// Flows put aside when the customer changed the subject; more than this nobody returns to.
pub const PAUSED_MAX: usize = 4;

/// Where an agent's flow stands. Holds no personal data: facts are slots.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FlowState {
    /// The flow being followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<FlowPosition>,
    /// Flows put aside, latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paused: Vec<FlowPosition>,
    /// What the customer came for, as the agent took it up: a `thanks` or a `yes` does not change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<IntentName>,
    /// Answers in a row that did not help.
    #[serde(default)]
    pub misses: u8,
    /// The two matters of which the customer was just asked which one they mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_back: Option<Box<Either>>,
}

/// Two matters, one of which is probably meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Either {
    /// The likelier one.
    pub first: IntentName,
    /// The other.
    pub second: IntentName,
}

impl Either {
    /// Whether it is one of the two.
    pub fn holds(&self, intent: &IntentName) -> bool {
        self.first == *intent || self.second == *intent
    }
}

/// A place in a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowPosition {
    /// Which flow.
    pub playbook: PlaybookRef,
    /// Index of the step that is next or waits.
    pub step: u16,
    /// Times this step was asked in vain.
    #[serde(default)]
    pub tries: u8,
    /// Whether the step has spoken and waits for what comes back.
    #[serde(default)]
    pub waiting: bool,
    /// Facts it has asked for and not been given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<SlotName>,
}

/// One flow as data: what it is for, and its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playbook {
    /// Its name and the digest of its text.
    pub id: PlaybookRef,
    /// What it is for.
    pub role: PlaybookRole,
    /// The matter in a few words, as they stand in `shall we go back to ...?`.
    pub topic: String,
    /// The intents it serves.
    pub intents: Vec<IntentName>,
    /// Whether every agent may follow it, not only those that list its intents.
    pub anyone: bool,
    /// First words after a handoff: what was understood. The variants whose gaps can be filled are used.
    pub understood: Vec<Template>,
    /// What a receiver's receipt lists.
    pub needs: Needs,
    /// The steps; the first is where it begins.
    pub steps: Vec<Step>,
}

/// What a flow is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlaybookRole {
    /// Serves its intents.
    #[default]
    Flow,
    /// Followed when no other fits.
    Fallback,
    /// Followed when the matter is not one of this desk.
    OutOfScope,
    /// Followed before a call that demands a proof of who the customer is.
    Identity,
}

/// What a receiver takes from a context pack: a receipt lists this and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Facts it uses: those declared, and those its steps ask for or read.
    pub slots: Vec<SlotName>,
    /// Open questions it settles: those declared, and those its steps ask.
    pub questions: Vec<SlotName>,
    /// Whether it goes on under what the customer was promised.
    pub promises: bool,
}

/// One step: perhaps words, and one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name within the flow; results of a call are read as `{name.key}`.
    pub name: String,
    /// What the customer reads.
    pub lines: Lines,
    /// What is promised with these words.
    pub promise: Option<Pledge>,
    /// Facts that are forgotten when the step begins, so that they can be asked again.
    pub forget: Vec<SlotName>,
    /// What is done.
    pub act: StepAct,
}

/// Ways to say one thing; one variant is drawn for each conversation and turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    /// As usual.
    pub calm: Vec<Template>,
    /// To a tense customer; the usual ones when there are none.
    pub tense: Vec<Template>,
    /// When the step is asked once more; the usual ones when there are none.
    pub again: Vec<Template>,
    /// An apology that goes before the words, as long as not too many were made.
    pub sorry: Vec<Template>,
}

/// A promise that goes with the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// What, in words.
    pub text: Template,
    /// By when, counted from the words.
    pub within: Option<Millis>,
}

/// Index of the step that follows; the number of steps means the end of the flow.
pub type Jump = u16;

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepAct {
    /// Speaks, or only goes on.
    Say {
        /// Where it goes on.
        then: Jump,
    },
    /// Asks for a fact, unless it is known.
    Ask {
        /// Which.
        slot: SlotName,
        /// What counts as an answer.
        kind: SlotKind,
        /// For a choice: the values and the words that stand for them.
        options: Vec<(String, Vec<String>)>,
        /// How often it is asked.
        tries: u8,
        /// Where it goes on with the fact.
        then: Jump,
        /// Where it goes on without; none means that a human is asked.
        otherwise: Option<Jump>,
    },
    /// Calls a tool.
    Call {
        /// Which.
        tool: ToolName,
        /// With what; an argument whose gaps cannot be filled is left out.
        with: Vec<(SlotName, Template)>,
        /// Result keys that the flow uses; they are kept as facts named `step.key`.
        keeps: Vec<(String, SlotName)>,
        /// Promises that are kept when it worked, by the names of the steps that made them, in any flow.
        clears: Vec<PromiseName>,
        /// When it worked.
        done: Jump,
        /// When it said no.
        declined: Option<Jump>,
        /// When it failed.
        failed: Option<Jump>,
        /// When the rules or a person did not allow it.
        refused: Option<Jump>,
    },
    /// Asks another specialist, who does not get the baton.
    Consult {
        /// Whom.
        whom: AgentName,
        /// What.
        question: Template,
        /// Parts of the answer that the flow uses, `answer` and `title`; they are kept as facts named `step.key`.
        keeps: Vec<(String, SlotName)>,
        /// Where it goes on with the answer.
        done: Jump,
        /// Where it goes on without.
        otherwise: Jump,
    },
    /// Asks several specialists at once, of whom none gets the baton.
    Panel {
        /// Whom.
        whom: Vec<AgentName>,
        /// What.
        question: Template,
        /// What may be answered.
        positions: Vec<Position>,
        /// Parts of the verdict that the flow uses, `position` and `by`; they are kept as facts named `step.key`.
        keeps: Vec<(String, SlotName)>,
        /// Where it goes on when one position counts.
        done: Jump,
        /// Where it goes on when nobody took one.
        otherwise: Jump,
    },
    /// Asks for an explicit yes before something is changed.
    Confirm {
        /// The tool the yes is for.
        tool: ToolName,
        /// On yes.
        yes: Jump,
        /// On no.
        no: Jump,
    },
    /// Asks whether it helped.
    Check {
        /// It did.
        yes: Jump,
        /// It did not.
        no: Jump,
    },
    /// Goes on by a fact.
    Branch {
        /// Which fact.
        on: String,
        /// Values and where they lead.
        cases: Vec<(String, Jump)>,
        /// Any other value, or none.
        otherwise: Jump,
    },
    /// Answers from the knowledge of the house.
    Answer {
        /// Where it goes on after an answer.
        then: Jump,
        /// Where it goes on when the house does not know.
        otherwise: Jump,
    },
    /// Passes the baton.
    HandOff {
        /// To whom; none means that routing decides.
        to: Option<AgentName>,
        /// What for.
        objective: Option<IntentName>,
    },
    /// Asks for a human.
    Escalate {
        /// Why.
        trigger: Trigger,
    },
    /// Asks whether there is anything else, and ends the conversation when there is not.
    Resolve {
        /// How it came out.
        disposition: Disposition,
        /// Whether it ends without that question.
        at_once: bool,
    },
    /// Goes back to the flow that waits for this one.
    Back,
}

/// What counts as an answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SlotKind {
    /// Any words.
    #[default]
    Text,
    /// Four to eight digits, perhaps with `#` or letters before.
    OrderNumber,
    /// An e-mail address.
    Email,
    /// An amount of money.
    Amount,
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
    /// One of the step's options.
    Choice,
    /// A small number.
    Number,
    /// A code such as `E204`.
    ErrorCode,
    /// A postal code.
    Postcode,
    /// The last four digits of a card.
    LastFour,
    /// An image or a file that the customer sends, once it is handed on.
    File,
}

impl SlotKind {
    /// Its name in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::OrderNumber => "order",
            Self::Email => "e-mail",
            Self::Amount => "amount",
            Self::Date => "day",
            Self::YesNo => "yes or no",
            Self::Choice => "choice",
            Self::Number => "number",
            Self::ErrorCode => "code",
            Self::Postcode => "postal code",
            Self::LastFour => "card",
            Self::File => "file",
        }
    }

    /// Whether such a value is recognised wherever it stands; others only as the answer to their question.
    pub const fn speaks_for_itself(self) -> bool {
        match self {
            Self::OrderNumber | Self::Email | Self::Amount | Self::ErrorCode | Self::File => true,
            Self::Text | Self::Date | Self::YesNo | Self::Choice | Self::Number | Self::Postcode | Self::LastFour => {
                false
            }
        }
    }
}

impl Playbook {
    /// The step at that index; none past the end.
    pub fn step(&self, index: u16) -> Option<&Step> {
        self.steps.get(usize::from(index))
    }

    /// Facts that its steps ask for.
    pub fn asked(&self) -> impl Iterator<Item = (u16, &SlotName, SlotKind)> {
        let asked = (0u16..).zip(&self.steps).map(|(index, step)| (index, step.asks()));
        asked.filter_map(|(index, asks)| asks.map(|(slot, kind)| (index, slot, kind)))
    }
}

impl Step {
    /// The fact that it asks for.
    pub const fn asks(&self) -> Option<(&SlotName, SlotKind)> {
        if let StepAct::Ask { slot, kind, .. } = &self.act { Some((slot, *kind)) } else { None }
    }
}
