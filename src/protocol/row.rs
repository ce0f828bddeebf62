//! Rows of the floor as one viewer may see them: order, reasons and due times arrive computed.

mod agent;
mod harm;

use serde::{Deserialize, Serialize};

use crate::domain::baton::Holder;
use crate::domain::clock::ClockKind;
use crate::domain::conversation::{Author, Phase, Priority};
use crate::domain::customer::Tier;
use crate::domain::escalation::{Severity, Trigger};
use crate::domain::id::{
    AgentName, ApprovalId, ChannelName, ClaimId, ConversationId, CustomerId, Digest, DraftId, Epoch, EscalationId,
    Handle, IncidentId, IntentName, Label, OfferId, OperatorName, PromiseId, QueueName, Seq, SkillName,
};
use crate::domain::operator::{Presence, Role};
use crate::domain::score::Score;
use crate::domain::supervision::{Aftermath, HoldTarget};
use crate::domain::text::Clean;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::undo::Undoable;
use crate::domain::watch::WatchFor;

use super::console::Audience;

pub use agent::{AgentRow, CandidateRow, EdgeRow};
pub use harm::HarmTerm;

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// Which.
    pub id: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// Whose.
    pub customer: CustomerId,
    /// The customer's name, or the handle.
    pub name: Clean,
    /// What they were promised.
    pub tier: Tier,
    /// Whether they have proven who they are.
    pub verified: bool,
    /// Until when nobody answers this customer, if somebody blocked them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Timestamp>,
    /// By which channel.
    pub channel: ChannelName,
    /// Language of the last text.
    pub language: String,
    /// Where it stands.
    pub phase: Phase,
    /// Who holds the baton.
    pub holder: Holder,
    /// Since when.
    pub held_since: Timestamp,
    /// Under which epoch.
    pub epoch: Epoch,
    /// The newest journal entry of this conversation.
    pub seq: Seq,
    /// So many passes so far.
    pub passes: u64,
    /// Who waits for whom.
    pub waiting: Waiting,
    /// When the next answer is due, if one is.
    pub due: Option<Timestamp>,
    /// Which clock that is, and how it stands.
    #[serde(default)]
    pub clock: Option<ClockRow>,
    /// What it is about.
    pub intent: Option<IntentName>,
    /// Mood now.
    pub mood: Score,
    /// Mood of the last customer turns, oldest first.
    pub mood_path: Vec<Score>,
    /// How much it presses.
    pub priority: Priority,
    /// How much a person says it presses, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_priority: Option<Priority>,
    /// Marks that people put on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// The viewer keeps an eye on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<WatchRow>,
    /// The viewer's own last act here, while it can be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<UndoRow>,
    /// In which section it stands for this viewer.
    pub section: Section,
    /// Why it needs somebody, if it does.
    pub need: Option<Need>,
    /// Messages so far; the console derives unread from it.
    pub turns: u64,
    /// Drafts that were withheld so far.
    pub withheld: u32,
    /// Who speaks beside the holder.
    #[serde(default)]
    pub barge: Option<OperatorName>,
    /// Whether what agents compose here waits for a person.
    #[serde(default)]
    pub gated: bool,
    /// The incident it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<Belongs>,
    /// Operators who look at it now.
    pub watchers: Vec<OperatorName>,
    /// Operators who are writing here now, whoever sees it in the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writers: Vec<WriterRow>,
    /// The customer is typing.
    pub typing: bool,
    /// The colleague who asks the holder for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimRow>,
    /// The open request for a human, whoever it is offered to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<EscalationRow>,
    /// Calls that wait for a person, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<ApprovalRow>,
}

/// A conversation of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belongs {
    /// To which.
    pub to: IncidentId,
    /// Whether it stands behind the row of the incident: whatever it needs comes of the common cause.
    pub folded: bool,
}

impl ConversationRow {
    /// The incident it belongs to.
    pub fn in_incident(&self) -> Option<IncidentId> {
        self.incident.map(|belongs| belongs.to)
    }

    /// Whether it stands behind the row of its incident.
    pub fn is_folded(&self) -> bool {
        self.incident.is_some_and(|belongs| belongs.folded)
    }
}

/// A colleague asks the holder for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// Which claim.
    pub claim: ClaimId,
    /// Who asks.
    pub by: OperatorName,
    /// Whom.
    pub from: OperatorName,
    /// Until when it may be answered.
    pub until: Timestamp,
}

/// Somebody whose unsent text grows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriterRow {
    /// Who.
    pub operator: OperatorName,
    /// For whom it is meant.
    pub to: Audience,
}

/// An open request for a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationRow {
    /// Which.
    pub escalation: EscalationId,
    /// In which line it waits.
    pub queue: QueueName,
    /// Why.
    pub trigger: Trigger,
    /// How grave.
    pub severity: Severity,
    /// Since when.
    pub since: Timestamp,
    /// By when a human should be there.
    pub due: Timestamp,
    /// The offer that runs.
    pub offer: Option<OfferRow>,
}

/// An offer that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferRow {
    /// Which.
    pub offer: OfferId,
    /// To whom.
    pub operator: OperatorName,
    /// Until when.
    pub until: Timestamp,
}

/// A call that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRow {
    /// Which.
    pub approval: ApprovalId,
    /// Who asks.
    pub agent: AgentName,
    /// What it is about, `refund 49.90 EUR`.
    pub about: Clean,
    /// When the answer becomes no by itself.
    pub expires: Timestamp,
    /// Whether this viewer may decide it.
    pub yours: bool,
    /// Hash of what would be done: a decision is for exactly this.
    pub subject: Digest,
}

/// How the viewer watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchRow {
    /// When they are called, if they are.
    pub when: Option<WatchFor>,
    /// Whether that has happened.
    pub noticed: bool,
}

/// An act that can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoRow {
    /// What it was.
    pub what: Undoable,
    /// Until when.
    pub until: Timestamp,
}

/// A clock that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRow {
    /// Which.
    pub clock: ClockKind,
    /// When it is due.
    pub due: Timestamp,
    /// Whether most of its time has gone by.
    pub warned: bool,
    /// Whether it was breached.
    pub breached: bool,
}

/// Who waits for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// The customer waits for an answer since then.
    Customer(Timestamp),
    /// We wait for the customer since then.
    Us(Timestamp),
    /// Nobody waits.
    Nobody,
}

/// In which section a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Somebody has to look, and it may be this viewer.
    NeedsYou,
    /// This viewer holds it.
    Yours,
    /// This viewer keeps an eye on it.
    Watched,
    /// Everything else.
    Live,
    /// It sleeps.
    Snoozed,
}

/// Why a conversation needs somebody, with the terms of its rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Why.
    pub why: NeedReason,
    /// Expected harm of not looking in the next minute; the list is ordered by it, most first.
    pub harm: Score,
    /// What made it, largest first.
    pub terms: Vec<(HarmTerm, Score)>,
    /// By when.
    pub due: Option<Timestamp>,
    /// Since when.
    pub since: Timestamp,
    /// The colleague who is on it already.
    pub colleague: Option<OperatorName>,
}

/// Why a conversation needs somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedReason {
    /// A human was called for and it waits in a line.
    Escalated {
        /// Which.
        escalation: EscalationId,
        /// Why.
        trigger: Trigger,
        /// How grave.
        severity: Severity,
        /// Whether the customer has gone and is written to by the due time.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        call_back: bool,
    },
    /// It is offered to this viewer.
    OfferedToYou {
        /// Which offer.
        offer: OfferId,
        /// Until when.
        until: Timestamp,
    },
    /// A colleague asks this viewer for what they hold.
    AskedFor {
        /// Which claim.
        claim: ClaimId,
        /// Who asks.
        by: OperatorName,
        /// Until when it may be answered.
        until: Timestamp,
    },
    /// A tool call waits for a decision this viewer may make.
    Approval {
        /// Which.
        approval: ApprovalId,
        /// What it is about, `refund 49.90 EUR`.
        about: Clean,
        /// Hash of what would be done: a decision is for exactly this.
        subject: Digest,
    },
    /// A finished draft waits for a word of this viewer.
    Draft {
        /// Which.
        draft: DraftId,
        /// Whose.
        agent: AgentName,
        /// Hash of what would go out: a verdict is on exactly this.
        subject: Digest,
    },
    /// A person who holds has not answered: told to them, and later to supervisors.
    LeftAlone {
        /// Who holds.
        operator: OperatorName,
    },
    /// An agent failed and no other could take it.
    Failing,
    /// The customer waits longer than was promised.
    Overdue,
    /// This viewer had it and has to say how it came out.
    WrapUp {
        /// When it ends by itself.
        until: Timestamp,
    },
    /// A promise was not kept in time, and is owed still.
    Promise {
        /// Which.
        promise: PromiseId,
        /// What was promised.
        about: Clean,
    },
    /// What this viewer watches for has happened.
    Watched {
        /// What.
        what: WatchFor,
    },
}

/// Something the customer is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedRow {
    /// Which; promises from before the ledger have no number, and nothing can be done about them.
    pub promise: Option<PromiseId>,
    /// Who promised it.
    pub by: Option<Author>,
    /// Who owes it now.
    pub owner: Holder,
    /// What.
    pub text: Clean,
    /// By when.
    pub due: Option<Timestamp>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Whether that time has passed.
    pub breached: bool,
    /// Whether somebody was named for it, so that it may outlive its conversation.
    pub carried: bool,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseRow {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// The customer's name, or the handle.
    pub name: Clean,
    /// Whether the conversation is open.
    pub live: bool,
    /// What is owed.
    #[serde(flatten)]
    pub owed: OwedRow,
}

/// One human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorRow {
    /// Who.
    pub name: OperatorName,
    /// What they may do.
    pub role: Role,
    /// What they are doing.
    pub presence: Presence,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    #[serde(default)]
    pub reason: Option<Clean>,
    /// When it is planned to end.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Whether that time has passed.
    #[serde(default)]
    pub overrun: bool,
    /// Who set it, if not they themselves.
    #[serde(default)]
    pub set_by: Option<OperatorName>,
    /// For who is gone with conversations at hand: when these go back to the line.
    #[serde(default)]
    pub away_until: Option<Timestamp>,
    /// Conversations held.
    pub load: u16,
    /// Conversations at most.
    pub capacity: u16,
    /// What they are good at.
    pub skills: Vec<SkillName>,
    /// If they left now: the longest wait in a line that they serve. None when they serve none.
    #[serde(default)]
    pub without: Option<WaitWithout>,
}

/// How long who joins a line would wait if somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitWithout {
    /// So long, in steps of half a minute.
    About(Millis),
    /// Nobody would be there.
    Nobody,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    /// Which.
    pub name: QueueName,
    /// Conversations that wait.
    pub waiting: u32,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
    /// Within which time a human is promised.
    pub target: Millis,
    /// Of these, past their due time.
    pub breached: u32,
    /// Requests that came in within the last hour.
    #[serde(default)]
    pub arrived: u32,
    /// Requests that a person took within the last hour.
    #[serde(default)]
    pub taken: u32,
    /// Of these, by their due time: `in_time` of `taken` is the share in time.
    #[serde(default)]
    pub in_time: u32,
    /// Free seats of the people who take from it now.
    #[serde(default)]
    pub free: u32,
    /// How long who joins it now would wait, in steps of half a minute; none while nobody is there.
    #[serde(default)]
    pub forecast: Option<Millis>,
}

/// Something that is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRow {
    /// What.
    pub target: HoldTarget,
    /// What becomes of its conversations.
    pub then: Aftermath,
    /// By whom.
    pub by: OperatorName,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: Option<Clean>,
}

/// Something that a person did on the floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActRow {
    /// Its journal entry.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: OperatorName,
    /// What they did, in the past tense; it is about the conversation, if there is one.
    pub words: Clean,
    /// In which conversation.
    pub conversation: Option<ConversationId>,
    /// Its short name.
    pub handle: Option<Handle>,
}

/// What somebody acts on by the minute.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeaderRow {
    /// Conversations that need this viewer.
    pub needs: u32,
    /// Conversations on the floor.
    pub live: u32,
    /// Conversations waiting in lines.
    pub queued: u32,
    /// Since when the oldest of them waits.
    pub oldest: Option<Timestamp>,
    /// Past their due time.
    pub breached: u32,
    /// Operators who are here.
    pub people: u32,
    /// Operators of the roster.
    pub people_all: u32,
    /// Free seats of those who take offers.
    pub free_seats: u32,
    /// Turns committed so far.
    pub turns: u64,
    /// Drafts withheld so far.
    pub withheld: u64,
    /// Resolved so far.
    pub resolved: u64,
    /// Handoffs so far.
    pub handoffs: u64,
    /// Escalations so far.
    pub escalations: u64,
    /// What is held, until it is released.
    #[serde(default)]
    pub held: Vec<HeldRow>,
}
