//! What is asked of the floor. Commands ask; events state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::action::{AgentStep, Failure};
use super::analysis::Analysis;
use super::baton::Holder;
use super::consult::Advice;
use super::conversation::{Disposition, Priority};
use super::customer::{Identity, Tier};
use super::deployment::Deployment;
use super::envelope::{Actor, KeyUse};
use super::handoff::{DeclineReason, Receipt};
use super::id::{
    AgentName, ApprovalId, BriefId, CallId, ChannelName, ClaimId, CompositionId, ConsultId, ConversationId, CustomerId,
    Digest, DispositionName, DraftId, Epoch, EscalationId, HandoffId, Label, OfferId, OperatorName, PromiseId, RuleId,
    Seq, SlotName, TurnNo,
};
use super::incident::IncidentWish;
use super::learning::{Reach, TurnRating};
use super::money::Money;
use super::operator::Presence;
use super::supervision::{Aftermath, DraftVerdict, Fuse, GateTarget, HoldTarget, Life};
use super::text::Foreign;
use super::time::Timestamp;
use super::tool::ToolOutcome;
use super::watch::{Occasion, WatchFor};

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

/// What operators ask; also how it stands on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum OperatorAct {
    /// Answer instead of whoever holds.
    TakeOver {
        /// Which conversation.
        conversation: ConversationId,
        /// Why, when a colleague holds it: they read it. Asked for only then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Foreign>,
    },
    /// Ask the colleague who holds it for a conversation.
    AskFor {
        /// Which conversation.
        conversation: ConversationId,
        /// What they should know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Foreign>,
    },
    /// Answer a colleague who asks for what one holds.
    AnswerClaim {
        /// Which conversation.
        conversation: ConversationId,
        /// Which claim.
        claim: ClaimId,
        /// Give it, or keep it.
        give: bool,
    },
    /// Take back one's own last act, while nothing was built on it: a takeover, a move, a priority,
    /// labels, a snooze, a gate.
    #[serde(alias = "undo_take_over")]
    Undo {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// Give it back to an agent.
    HandBack {
        /// Which conversation.
        conversation: ConversationId,
        /// To whom; none means whoever held before.
        to: Option<AgentName>,
        /// What the agent should know.
        note: Option<Foreign>,
    },
    /// Pass it to a person, a queue or an agent.
    Move {
        /// Which conversation.
        conversation: ConversationId,
        /// To whom.
        to: Holder,
        /// What they should know.
        note: Option<Foreign>,
    },
    /// Write to the customer.
    Reply {
        /// Where.
        conversation: ConversationId,
        /// The words.
        text: Foreign,
    },
    /// Write to the holder, unseen by the customer.
    Whisper {
        /// Where.
        conversation: ConversationId,
        /// The words.
        text: Foreign,
        /// For the whole conversation, or only the next answer.
        lasting: bool,
        /// A lasting one is over after so many answers; left out, the policy says when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<u8>,
    },
    /// Write to colleagues.
    Note {
        /// Where.
        conversation: ConversationId,
        /// The words.
        text: Foreign,
    },
    /// Say that the matter is settled.
    Resolve {
        /// Which.
        conversation: ConversationId,
        /// How.
        disposition: Disposition,
    },
    /// End it for good.
    Close {
        /// Which.
        conversation: ConversationId,
    },
    /// Answer an approval.
    Decide {
        /// Which.
        approval: ApprovalId,
        /// Yes or no.
        approve: bool,
        /// Why, for the record.
        reason: Option<Foreign>,
        /// Allow only so much of what was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// "Show me first": let agents' drafts wait for a person, or let them go out again. What waits
    /// already goes on waiting.
    Gate {
        /// Whose drafts.
        target: GateTarget,
        /// Whether they are to wait.
        on: bool,
        /// How long, and what happens then; left out, the policy's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fuse: Option<Fuse>,
    },
    /// Send, change or drop a draft that waits.
    SettleDraft {
        /// Which.
        draft: DraftId,
        /// What is to become of it.
        verdict: DraftVerdict,
        /// Why, for the record. A draft that is dropped for a reason is composed again, once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Foreign>,
    },
    /// Speak beside the holder, who stays.
    Barge {
        /// Where.
        conversation: ConversationId,
    },
    /// Speak beside the holder no more.
    EndBarge {
        /// Where.
        conversation: ConversationId,
    },
    /// Stop an agent, a tool, a part of the floor or all AI at once.
    Hold {
        /// What.
        target: HoldTarget,
        /// What becomes of its conversations; left out, the policy's. A held tool is refused, no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        then: Option<Aftermath>,
        /// Why, for colleagues.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Foreign>,
    },
    /// Let what was held go on.
    Release {
        /// What.
        target: HoldTarget,
    },
    /// Trust an agent further, or less far.
    SetLife {
        /// Which.
        agent: AgentName,
        /// How far.
        life: Life,
    },
    /// Take an offered conversation.
    TakeOffer {
        /// Which offer.
        offer: OfferId,
    },
    /// Leave an offered conversation to others.
    PassOffer {
        /// Which offer.
        offer: OfferId,
    },
    /// Say that no human is needed.
    Dismiss {
        /// Which escalation.
        escalation: EscalationId,
    },
    /// Change one's own state, or as a supervisor that of somebody else.
    SetPresence {
        /// Whose; none means one's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<OperatorName>,
        /// To what.
        presence: Presence,
        /// Why, for colleagues.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Foreign>,
        /// When it is planned to end, on the floor's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Write down what the customer is promised.
    Promise {
        /// Where.
        conversation: ConversationId,
        /// What, in words.
        text: Foreign,
        /// By when, on the floor's clock; left out, the policy's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
    },
    /// Say that a promise is kept.
    ClearPromise {
        /// Which.
        promise: PromiseId,
    },
    /// Name somebody who keeps a promise, also after the conversation is resolved.
    CarryPromise {
        /// Which.
        promise: PromiseId,
        /// Who; none means oneself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<OperatorName>,
        /// By when; left out, as it was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
    },
    /// Say that a promise is owed no longer although it was not kept.
    WaivePromise {
        /// Which.
        promise: PromiseId,
        /// Why, for the record.
        reason: Foreign,
    },
    /// Say how a conversation came out that one had, and fill in what its line asks for.
    WrapUp {
        /// Which.
        conversation: ConversationId,
        /// In the deployment's word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disposition: Option<DispositionName>,
        /// For colleagues.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Foreign>,
        /// Facts by name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<SlotName, Foreign>,
    },
    /// Take longer for that; once.
    ExtendWrapUp {
        /// Which.
        conversation: ConversationId,
    },
    /// Put it to sleep.
    Snooze {
        /// Which conversation.
        conversation: ConversationId,
        /// Until when, on the floor's clock.
        until: Timestamp,
        /// Why, for colleagues.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Foreign>,
    },
    /// Wake it before its time.
    Wake {
        /// Which conversation.
        conversation: ConversationId,
    },
    /// Say how much it presses.
    SetPriority {
        /// Which conversation.
        conversation: ConversationId,
        /// How much; left out, as the rules say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priority: Option<Priority>,
    },
    /// Put labels on it, or take some away.
    Label {
        /// Which conversation.
        conversation: ConversationId,
        /// To put on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add: Vec<Label>,
        /// To take away.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove: Vec<Label>,
    },
    /// Keep an eye on it, or do so no more.
    Watch {
        /// Which conversation.
        conversation: ConversationId,
        /// Whether to.
        on: bool,
        /// When to be called, once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<WatchFor>,
    },
    /// Write down what is left for whoever comes next.
    HandOver {},
    /// Propose, lead and clear incidents, and say which conversations belong to them.
    Incident {
        /// What.
        wish: IncidentWish,
    },
    /// Sign for what somebody else left.
    SignBrief {
        /// Which brief.
        brief: BriefId,
    },
    /// Say who should have had it; it goes there, unless a person has it.
    Reroute {
        /// Which conversation.
        conversation: ConversationId,
        /// Who should have had it.
        to: AgentName,
        /// For how much that counts.
        reach: Reach,
        /// What the agent should know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Foreign>,
    },
    /// Say how an answer of an agent was.
    RateTurn {
        /// Which conversation.
        conversation: ConversationId,
        /// Which message.
        turn: TurnNo,
        /// How it was.
        rating: TurnRating,
    },
    /// End a rule on who takes what before its time.
    EndRule {
        /// Which.
        rule: RuleId,
    },
    /// Forget what was learnt since the last mark.
    RollBackLearning {},
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
    /// An operator's console attached.
    Arrive(OperatorName),
    /// An operator's last console went away.
    Depart(OperatorName),
    /// A customer's data is to be forgotten.
    Erase(CustomerId),
}
