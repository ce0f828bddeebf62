//! Who said or composed what.

use crate::domain::action::{Failure, Fill};
use crate::domain::analysis::Analysis;
use crate::domain::clock::{ClockSet, LeftAlone};
use crate::domain::conversation::HouseSentence;
use crate::domain::file::{Scanning, SentFile};
use crate::domain::id::{
    AgentName, CompositionId, ConversationId, DraftId, Epoch, IncidentId, IntentName, OperatorName, Seq, SlotName,
    TurnNo,
};
use crate::domain::incident::BroadcastKind;
use crate::domain::knowledge::Citation;
use crate::domain::personal::Personal;
use crate::domain::playbook::FlowState;
use crate::domain::promise::Promise;
use crate::domain::said::Stands;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

/// Why a finished draft did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithheldReason {
    /// Somebody else held the baton when it was ready.
    BatonPassed,
    /// The customer had said more meanwhile.
    Superseded,
    /// The conversation had ended.
    Ended,
    /// Its author was held.
    Held,
    /// Somebody wrote beside its author.
    Barged,
    /// A gate was set while it waited, and nobody has seen it.
    Gated,
    /// What it announces did not happen, or nobody knows whether it did.
    NotDone,
    /// Its author goes in a circle.
    Circle,
    /// The conversation was put to sleep.
    Snoozed,
    /// A guardrail stopped it.
    Guarded,
}

/// What an agent said in one move.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Spoken {
    /// The message's number.
    pub turn: TurnNo,
    /// The words.
    pub text: Personal<Foreign>,
    /// How many bytes they have: the fold does not look into them.
    pub bytes: u32,
    /// What they rest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// Whether they apologise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apology: bool,
    /// The entries of the whispers that were in force when it was composed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub under: Vec<Seq>,
    /// Whether an agent had said the very same here before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
}

super::family! {
    /// Who said or composed what.
    TurnEvent, "turn", conversation;
    /// The customer said something.
    CustomerSpoke = "customer_spoke" {
        /// Where.
        conversation: ConversationId,
        /// The message's number.
        turn: TurnNo,
        /// The words.
        text: Personal<Foreign>,
        /// How many bytes they have.
        bytes: u32,
        /// What they mean.
        analysis: Box<Analysis>,
        /// Whether the text, stripped of case and space, equals an earlier one of this customer here.
        repeats: bool,
        /// Until when the answer waits because the customer is typing on.
        quiet_until: Option<Timestamp>,
        /// The clocks that it sets running.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        clocks: Vec<ClockSet>,
        /// When the person who holds is reminded, if this is the first message that waits for them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<LeftAlone>,
        /// How it stands to what was said before.
        #[serde(default, skip_serializing_if = "Stands::is_alone")]
        stands: Stands,
        /// Images and files that came with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<SentFile>,
        /// How these stand: all alike until the scanner has looked at each.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scan: Option<Scanning>,
    }
    /// A holder began to compose an answer to everything up to a turn.
    CompositionBegan = "composition_began" {
        /// Where.
        conversation: ConversationId,
        /// Which attempt.
        composition: CompositionId,
        /// Who.
        agent: AgentName,
        /// Under which epoch.
        epoch: Epoch,
        /// The newest turn it answers.
        upto: TurnNo,
        /// The attempt that it replaces because the customer said more.
        supersedes: Option<CompositionId>,
    }
    /// An agent made a move: noted, perhaps said something.
    AgentActed = "agent_acted" {
        /// Where.
        conversation: ConversationId,
        /// In which attempt.
        composition: CompositionId,
        /// Who.
        agent: AgentName,
        /// Under which epoch.
        epoch: Epoch,
        /// What it said, if anything.
        spoken: Option<Spoken>,
        /// Where its flow stands.
        flow: FlowState,
        /// Facts it understood.
        fills: Vec<Fill>,
        /// What it promised, in records from before there was a ledger; since then a `promise.made` each follows.
        promises: Vec<Promise>,
        /// Facts it asks for although they were given, or asked for, before it was handed the baton.
        #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
        again: Box<[SlotName]>,
        /// Whether the attempt is over; otherwise a tool or a handoff is awaited.
        done: bool,
    }
    /// An agent's attempt failed.
    CompositionFailed = "composition_failed" {
        /// Where.
        conversation: ConversationId,
        /// Which attempt.
        composition: CompositionId,
        /// Who.
        agent: AgentName,
        /// How.
        failure: Failure,
        /// When it is tried again, if it is.
        retry_at: Option<Timestamp>,
    }
    /// An agent looked for the answer to a question in what the house knows and found none. The words are
    /// those of the message and stand nowhere else.
    NothingFound = "nothing_found" {
        /// Where.
        conversation: ConversationId,
        /// The message that asks.
        turn: TurnNo,
        /// Who looked.
        agent: AgentName,
        /// As what the message was read, unless nothing fits it.
        intent: Option<IntentName>,
        /// What came nearest.
        nearest: Option<Citation>,
        /// How well that fits, 0 to 1.
        score: Score,
    }
    /// A finished draft did not go out.
    ReplyWithheld = "reply_withheld" {
        /// Where.
        conversation: ConversationId,
        /// Of which attempt.
        composition: CompositionId,
        /// Whose.
        agent: AgentName,
        /// Under which epoch it was composed.
        epoch: Epoch,
        /// Why.
        reason: WithheldReason,
        /// The words.
        text: Personal<Foreign>,
        /// Under which number it had waited for a person, if it had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        draft: Option<DraftId>,
    }
    /// An operator wrote to the customer.
    OperatorSpoke = "operator_spoke" {
        /// Where.
        conversation: ConversationId,
        /// The message's number.
        turn: TurnNo,
        /// Who.
        operator: OperatorName,
        /// Under which epoch.
        epoch: Epoch,
        /// The words.
        text: Personal<Foreign>,
        /// How many bytes they have.
        bytes: u32,
        /// Until when agents keep still, when it was written beside the holder.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        beside_until: Option<Timestamp>,
        /// The words as they were written, when what the customer reads is their translation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        original: Option<Personal<Foreign>>,
        /// Under which number it had waited for its translation, if it had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held: Option<u32>,
    }
    /// The house said one of its sentences.
    HouseSpoke = "house_spoke" {
        /// Where.
        conversation: ConversationId,
        /// The message's number.
        turn: TurnNo,
        /// Which.
        sentence: HouseSentence,
        /// As the customer read it.
        text: Foreign,
    }
    /// The house told the customer of an incident, in words that a person wrote for many.
    HouseTold = "house_told" {
        /// Where.
        conversation: ConversationId,
        /// The message's number.
        turn: TurnNo,
        /// Of which incident.
        incident: IncidentId,
        /// By which of its messages.
        broadcast: u32,
        /// What kind of word it is.
        kind: BroadcastKind,
        /// The words, with what is known of this conversation.
        text: Personal<Foreign>,
        /// How many bytes they have.
        bytes: u32,
    }
    /// An operator told the holder something, unseen by the customer.
    Whispered = "whispered" {
        /// Where.
        conversation: ConversationId,
        /// Who.
        operator: OperatorName,
        /// The words.
        text: Personal<Foreign>,
        /// For the whole conversation, or only the next answer.
        lasting: bool,
        /// After so many answers a lasting one is over; none means with the conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<u8>,
        /// The colleague it is for, when a human holds; no agent ever reads it then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<OperatorName>,
    }
    /// An operator left a note for colleagues.
    Noted = "noted" {
        /// Where.
        conversation: ConversationId,
        /// Who.
        operator: OperatorName,
        /// The words.
        text: Personal<Foreign>,
    }
}
