//! What operators ask; the one list of it, for console, script and wire.

use crate::domain::baton::Holder;
use crate::domain::conversation::{Disposition, Priority};
use crate::domain::id::{
    AgentName, ApprovalId, BriefId, ClaimId, ConversationId, CustomerId, DispositionName, DraftId, EscalationId,
    IntentName, Label, OfferId, OperatorName, PromiseId, RuleId, SlotName, TurnNo,
};
use crate::domain::incident::IncidentWish;
use crate::domain::learning::{Reach, RuleWord, TurnRating};
use crate::domain::money::Money;
use crate::domain::operator::Presence;
use crate::domain::supervision::{Aftermath, DraftVerdict, Fuse, GateTarget, HoldTarget, Life, Segment};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::watch::WatchFor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Have nobody answer a customer for a while. What is open of theirs ends.
    Block {
        /// Whom.
        customer: CustomerId,
        /// Why, for colleagues and for the record.
        reason: Foreign,
        /// Until when, on the floor's clock; left out, for a day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Answer a blocked customer again.
    Unblock {
        /// Whom.
        customer: CustomerId,
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
        /// They go out as they are, although the customer writes another language.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        untranslated: bool,
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
    /// Let an agent's candidate answer so many in a hundred of its conversations; none takes that back.
    Promote {
        /// Whose.
        agent: AgentName,
        /// How many in a hundred.
        percent: u8,
        /// Only of these.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        segment: Option<Segment>,
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
    /// Say what a message of the customer was about. Who takes that learns it; nothing happens here.
    CorrectIntent {
        /// Which conversation.
        conversation: ConversationId,
        /// Which message.
        turn: TurnNo,
        /// What it was about.
        intent: IntentName,
    },
    /// Say who takes what from now on: what a correction that comes again and again asks for. Nothing that is
    /// live moves.
    MakeRule {
        /// Who takes it.
        agent: AgentName,
        /// The intent that a turn has to have first; any, when words are asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intent: Option<IntentName>,
        /// Its end, on the floor's clock.
        until: Timestamp,
        /// Words that a turn has to have, all of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        words: Vec<RuleWord>,
        /// Whose conversations; all, when it names nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        segment: Option<Segment>,
    },
    /// End a rule on who takes what before its time.
    EndRule {
        /// Which.
        rule: RuleId,
    },
    /// Forget what was learnt since the last mark.
    RollBackLearning {},
}
