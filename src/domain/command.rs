//! What is asked of the floor. Commands ask; events state.

mod acts;

use super::action::{AgentStep, Failure};
use super::analysis::Analysis;
use super::candidate::{Share, Side};
use super::consult::Advice;
use super::customer::{Identity, Tier};
use super::deployment::Deployment;
use super::envelope::{Actor, KeyUse};
use super::file::{Scan, SentFile};
use super::guard::GuardReason;
use super::handoff::{DeclineReason, Receipt};
use super::id::{
    CallId, ChannelName, CompositionId, ConsultId, ConversationId, CustomerId, Digest, Epoch, FileId, HandoffId,
    OperatorName, Seq, TurnNo,
};
use super::model::{Cost, ModelCall};
use super::text::Foreign;
use super::time::Millis;
use super::tool::ToolOutcome;
use super::translation::{Piece, TranslationFailure};
use super::watch::Occasion;
use serde::{Deserialize, Serialize};

pub use acts::OperatorAct;

/// One thing asked of the floor, by whom, and on what they saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who asks; established by the gateway, never taken from text.
    pub actor: Actor,
    /// The journal entry whose effect this answers.
    pub cause: Option<Seq>,
    /// The client's key, if it wants retries recognised.
    pub key: Option<KeyUse>,
    /// What the author's screen showed.
    pub seen: Option<Seen>,
    /// What is asked.
    pub act: Act,
}

impl Command {
    /// A command of the floor itself: no key, nothing seen.
    pub const fn of_floor(act: Act) -> Self {
        Self { actor: Actor::Floor, cause: None, key: None, seen: None, act }
    }
}

/// What an operator had before their eyes when they acted: an act hits that or is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The conversation painted.
    #[schemars(with = "String")]
    pub conversation: ConversationId,
    /// Its epoch: another epoch is another holder.
    #[schemars(with = "u64")]
    pub epoch: Epoch,
    /// The newest journal entry painted.
    #[schemars(with = "u64")]
    pub seq: Seq,
    /// Hash of the approval or draft painted, when the act is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub subject: Option<Digest>,
}

/// What can be asked, by who usually asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// By or for a customer.
    Customer(CustomerAct),
    /// By an operator.
    Operator(OperatorAct),
    /// An effect that came back.
    Effect(EffectResult),
    /// By the floor: start, stop, time, deployment, erasure.
    Floor(FloorAct),
}

/// What customers ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerAct {
    /// Begin a conversation.
    Open(Opening),
    /// Say something.
    Say {
        /// Where.
        conversation: ConversationId,
        /// The words.
        text: Foreign,
        /// What they mean; made by the intake, recorded with the model's digest.
        analysis: Box<Analysis>,
        /// Whether the customer was seen typing on; the answer then waits a moment.
        typing: bool,
        /// Images and files that come with it; the shell has found each where it keeps them.
        files: Vec<SentFile>,
    },
    /// Put other words in place of those of an own message.
    Edit {
        /// Where.
        conversation: ConversationId,
        /// Which message.
        turn: TurnNo,
        /// The words now.
        text: Foreign,
        /// What they mean.
        analysis: Box<Analysis>,
    },
    /// Ask for a human by the button.
    AskHuman {
        /// Where.
        conversation: ConversationId,
    },
    /// Wait for a human no longer in front of the screen: one of them writes later.
    CallBack {
        /// Where.
        conversation: ConversationId,
    },
    /// Wait for a human no longer.
    LeaveLine {
        /// Where.
        conversation: ConversationId,
    },
    /// Rate a resolved conversation.
    Rate {
        /// Which.
        conversation: ConversationId,
        /// One to five.
        score: u8,
        /// A word beside it.
        comment: Option<Foreign>,
    },
    /// Prove who they are; the gateway has checked the token.
    Identify {
        /// Where.
        conversation: ConversationId,
        /// The identity established.
        identity: Identity,
        /// Keyed digest of who the site says they are; none if something else proved it.
        handle: Option<Digest>,
    },
}

impl CustomerAct {
    /// The conversation it is about.
    pub const fn conversation(&self) -> ConversationId {
        match self {
            Self::Open(opening) => opening.conversation,
            Self::Say { conversation, .. }
            | Self::Edit { conversation, .. }
            | Self::AskHuman { conversation }
            | Self::CallBack { conversation }
            | Self::LeaveLine { conversation }
            | Self::Rate { conversation, .. }
            | Self::Identify { conversation, .. } => *conversation,
        }
    }
}

/// How a conversation begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Minted at the edge.
    pub conversation: ConversationId,
    /// Minted at the edge together with a data key, or found by handle.
    pub customer: CustomerId,
    /// Keyed hash of (channel, external id), by which the customer is found again.
    pub handle: Option<Digest>,
    /// Keyed hash of the integrator's own reference.
    pub reference: Option<Digest>,
    /// The channel it came by.
    pub channel: ChannelName,
    /// How sure we are of them.
    pub identity: Identity,
    /// What they were promised.
    pub tier: Tier,
    /// Their name, if the site gave one.
    pub name: Option<Foreign>,
}

/// What effects bring back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EffectResult {
    /// Something happened in a conversation: what comes next?
    Attend {
        /// Where.
        conversation: ConversationId,
    },
    /// Who speaks beside the holder is seen writing.
    BargerWrites {
        /// Where.
        conversation: ConversationId,
        /// Who.
        operator: OperatorName,
    },
    /// A hold lies over a conversation, or an agent is in the shadow now: what becomes of it?
    Stop {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// Something happened in a conversation that somebody watches: is it what they wait for?
    Notice {
        /// Where.
        conversation: ConversationId,
        /// What happened.
        occasion: Occasion,
    },
    /// Somebody may be free: can a waiting conversation be offered?
    Match,
    /// Something happened in a conversation, or to an incident: does it belong there, or speak for one?
    Gather {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// An agent made a move.
    AgentActed {
        /// Where.
        conversation: ConversationId,
        /// For which attempt.
        composition: CompositionId,
        /// Under which epoch it was asked.
        epoch: Epoch,
        /// The move.
        step: Box<AgentStep>,
        /// What a model that judges answers found in its words; nothing where the house has none.
        judged: Vec<GuardReason>,
    },
    /// An agent failed.
    AgentFailed {
        /// Where.
        conversation: ConversationId,
        /// In which attempt.
        composition: CompositionId,
        /// Under which epoch it was asked.
        epoch: Epoch,
        /// How.
        failure: Failure,
    },
    /// A model was called for an agent, whatever became of its answer.
    ModelCalled {
        /// For which conversation.
        conversation: ConversationId,
        /// For which attempt.
        composition: CompositionId,
        /// What was called, how it ended, what it cost.
        call: Box<ModelCall>,
        /// For which self of the agent.
        side: Side,
    },
    /// A candidate was asked silently.
    CandidateMoved {
        /// For which conversation.
        conversation: ConversationId,
        /// For which attempt.
        composition: CompositionId,
        /// What it would have done, if it had an answer.
        step: Option<Box<AgentStep>>,
        /// What its calls of models cost.
        cost: Option<Cost>,
        /// How long it composed.
        took: Millis,
    },
    /// A receiver accepts a handoff and says what it understood.
    HandoffAccepted {
        /// Where.
        conversation: ConversationId,
        /// Which.
        handoff: HandoffId,
        /// What was understood.
        receipt: Receipt,
    },
    /// Another specialist that was asked has answered, or does not know.
    Advised {
        /// Where.
        conversation: ConversationId,
        /// Which question.
        consult: ConsultId,
        /// What it knows.
        advice: Option<Advice>,
        /// What its calls of models cost.
        cost: Option<Cost>,
    },
    /// Something happened to a panel: is it to be settled, or is it over?
    Weigh {
        /// Where.
        conversation: ConversationId,
        /// Which panel.
        panel: ConsultId,
    },
    /// A translation came, or did not.
    Translated {
        /// Where.
        conversation: ConversationId,
        /// Of what.
        piece: Piece,
        /// The translation.
        text: Result<Foreign, TranslationFailure>,
        /// The call of a language model, if one was made.
        call: Option<Box<ModelCall>>,
    },
    /// A receiver does not accept.
    HandoffDeclined {
        /// Where.
        conversation: ConversationId,
        /// Which.
        handoff: HandoffId,
        /// Why.
        reason: DeclineReason,
    },
    /// A tool is about to act; durable before it does.
    ToolStarted {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
    },
    /// The receiver of a call says whether it happened: done, declined, failed (it did not), or unknown.
    ToolReconciled {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
        /// Which question it answers, counted from 1.
        asked: u8,
        /// What the receiver says.
        outcome: ToolOutcome,
    },
    /// A scanner looked at a file, or could not.
    FileScanned {
        /// Where.
        conversation: ConversationId,
        /// Which.
        file: FileId,
        /// What came of it.
        scan: Scan,
    },
    /// An operator asks to read a file; the shell has read off the journal how it stands.
    FileAsked {
        /// Where.
        conversation: ConversationId,
        /// Which.
        file: FileId,
        /// How it stands with the scanner.
        scan: Scan,
        /// Whether it is handed on.
        open: bool,
    },
    /// A tool came back.
    ToolReturned {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
        /// How it ended.
        outcome: ToolOutcome,
    },
}

/// What the floor asks of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FloorAct {
    /// A life of the orchestrator begins.
    Start,
    /// It ends in order.
    Stop,
    /// Timers may be due.
    Tick,
    /// A deployment replaces the one before.
    Adopt(Box<Deployment>),
    /// A share of new conversations begins on another edition.
    RollOut {
        /// The name of its texts.
        edition: Digest,
        /// Its roster and rules.
        deployment: Box<Deployment>,
        /// Whose conversations.
        share: Share,
    },
    /// No new conversation begins on the edition that is rolled out.
    TakeBack,
    /// An operator's console attached.
    Arrive(OperatorName),
    /// An operator's last console went away.
    Depart(OperatorName),
    /// A customer's data is to be forgotten.
    Erase(CustomerId),
}
