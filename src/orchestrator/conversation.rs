//! One conversation as the fold of its events. A slice of a journal gives the same as the whole.

mod arranged;
mod calls;
mod guarded;
mod known;
mod turn;

use std::collections::{BTreeMap, VecDeque};

use crate::domain::action::Fill;
use crate::domain::analysis::{Analysis, Language};
use crate::domain::approval::Verdict;
use crate::domain::baton::{Baton, Holder};
use crate::domain::candidate::{Made, Side};
use crate::domain::circle::Told;
use crate::domain::clock::{ActorTimes, LeftAlone};
use crate::domain::consult::Chain;
use crate::domain::conversation::Author;
use crate::domain::customer::{Identity, Tier};
use crate::domain::escalation::{Severity, Term, Trigger};
use crate::domain::handoff::{ContextPack, Given, Omission, Tried};
use crate::domain::id::{
    AgentName, ApprovalId, CallId, ChannelName, ClaimId, CompositionId, ConsultId, ConversationId, CustomerId, Digest,
    DraftId, Epoch, EscalationId, Handle, HandoffId, IncidentId, IntentName, OfferId, OperatorName, QueueName, Seq,
    SkillName, SlotName, TurnNo,
};
use crate::domain::model::Cost;
use crate::domain::outcome::Outcome;
use crate::domain::personal::Personal;
use crate::domain::playbook::FlowState;
use crate::domain::promise::Promise;
use crate::domain::score::Score;
use crate::domain::supervision::{Burning, DraftEnd, Fuse, HeldMove};
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

pub use arranged::{Arranged, Before, Held, Passing, Snooze, Undo, Watch};
pub use calls::{Approval, Call, ToolResult};
pub use guarded::Guarded;
pub use known::KnownFile;
pub use turn::Turn;

use super::clock::Clocks;
use super::consults::{Advised, Consult, Panel};
use super::keys::Keys;
use super::learning::Choice;
use super::owed::{self, Open};
use super::translating::Translating;

/// Tool results kept as evidence for approvals.
pub const RESULTS_KEPT: usize = 8;
/// Answers to approvals kept, so that who comes late is told what was said.
pub const VERDICTS_KEPT: usize = 8;
/// Passes kept to see a baton going back and forth.
pub const PASSES_KEPT: usize = 6;
/// Whispers in force at once; the oldest goes.
pub const WHISPERS_MAX: usize = 5;

/// The state of one live conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// Whose.
    pub customer: CustomerId,
    /// The integrator's keyed reference.
    pub reference: Option<Digest>,
    /// By which channel.
    pub channel: ChannelName,
    /// How sure we are of the customer.
    pub identity: Identity,
    /// What they were promised.
    pub tier: Tier,
    /// The entry that rolled out the edition it began on; none when it began on the one in force.
    #[serde(default)]
    pub edition: Option<Seq>,
    /// Their name.
    pub name: Option<Personal<Foreign>>,
    /// How many conversations this customer had before.
    pub earlier: u32,
    /// When it began.
    pub opened: Timestamp,
    /// When the customer is silent for so long, it ends.
    pub silence: Millis,
    /// The newest journal entry of it.
    pub seq: Seq,
    /// Who may answer.
    pub baton: Baton,
    /// The last act of a person that can be taken back.
    pub undo: Option<Undo>,
    /// What the last pass left behind.
    #[serde(default)]
    pub passing: Passing,
    /// When the customer is told of a new human holder who has not written.
    pub grace_until: Option<Timestamp>,
    /// The last messages, oldest first.
    pub turns: VecDeque<Turn>,
    /// Bytes of text in them.
    pub bytes: u32,
    /// The newest message.
    pub last_turn: TurnNo,
    /// The newest message of the customer that asks for an answer.
    pub last_said: TurnNo,
    /// The newest message of the customer that was answered.
    pub answered: TurnNo,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// When somebody last answered, or it began.
    pub last_answer_at: Timestamp,
    /// Until when an answer waits because the customer is typing on.
    pub quiet_until: Option<Timestamp>,
    /// Files that the customer sent since it began, or began again.
    #[serde(default)]
    pub files: Vec<KnownFile>,
    /// What the customer's last text means.
    pub analysis: Box<Analysis>,
    /// Whether a text of it spoke of law or safety.
    #[serde(default)]
    pub danger: bool,
    /// Mood now: recent texts count more.
    pub mood: Score,
    /// Mood of the last texts, oldest first.
    pub mood_path: VecDeque<Score>,
    /// Times the customer repeated a text.
    pub repeats: u8,
    /// The answer being composed.
    pub composing: Option<Composing>,
    /// When a failed attempt is made again.
    pub retry_at: Option<Timestamp>,
    /// Attempts that failed in a row, and of which agents.
    pub failed: Vec<AgentName>,
    /// Where each agent's flow stands.
    pub flows: BTreeMap<AgentName, FlowState>,
    /// Facts collected.
    pub slots: Vec<Fill>,
    /// What the customer was promised before there was a ledger: it travels, and has no number.
    pub promises: Vec<Promise>,
    /// What the customer was promised and is owed still.
    #[serde(default)]
    pub owed: Open,
    /// What was tried.
    pub tried: Vec<Tried>,
    /// Apologies and compensation.
    pub given: Given,
    /// What the holder was handed and has not answered on.
    pub pack: Option<Box<ContextPack>>,
    /// What the last receipt left out.
    pub omissions: Option<Vec<Omission>>,
    /// A handoff that waits for its receiver.
    pub handoff: Option<Handoff>,
    /// The newest customer message that was routed.
    pub routed: TurnNo,
    /// The newest customer message after which a human was called for.
    pub judged: TurnNo,
    /// Handoffs offered since the customer, or a person, last had it.
    pub hops: u8,
    /// Who gave it away since then, the first first.
    #[serde(default)]
    pub round: Vec<AgentName>,
    /// The handoff by which the holder got it, until something else happens to the baton.
    #[serde(default)]
    pub handed: Option<Handed>,
    /// How often the customer was asked for what they have not given.
    #[serde(default)]
    pub asked: BTreeMap<SlotName, u8>,
    /// Questions to other specialists that have not been answered.
    #[serde(default)]
    pub consults: BTreeMap<ConsultId, Consult>,
    /// Questions to others since the customer last spoke, refused ones too.
    #[serde(default)]
    pub consulted: u8,
    /// Who asked whom since the customer last spoke.
    #[serde(default)]
    pub asked_of: Chain,
    /// The panel whose verdict is awaited.
    #[serde(default)]
    pub panel: Option<Box<Panel>>,
    /// What the last answer was, until something else is done with the attempt that asked.
    #[serde(default)]
    pub advised: Option<Advised>,
    /// Agents that were told that they go in circles.
    #[serde(default)]
    pub told: Vec<Told>,
    /// The last agents that held it, latest last.
    pub path: VecDeque<AgentName>,
    /// The last choice of an agent.
    #[serde(default)]
    pub choice: Option<Box<Choice>>,
    /// The request for a human that is open.
    pub escalation: Option<Escalation>,
    /// The line in which it waited last.
    #[serde(default)]
    pub line: Option<QueueName>,
    /// It sleeps.
    #[serde(default)]
    pub snoozed: Option<Box<Snooze>>,
    /// Questions that wait for a person.
    pub approvals: BTreeMap<ApprovalId, Approval>,
    /// How the last ones were settled, latest last.
    pub settled: VecDeque<(ApprovalId, Verdict, Option<OperatorName>)>,
    /// How the last drafts that waited were settled, and by whom, latest last.
    #[serde(default)]
    pub judged_drafts: VecDeque<(DraftId, DraftEnd, Option<OperatorName>)>,
    /// Tool calls that have not come back: the outbox.
    pub calls: BTreeMap<CallId, Call>,
    /// Results of tools, latest last.
    pub results: VecDeque<ToolResult>,
    /// Instructions of supervisors.
    pub whispers: Vec<Whisper>,
    /// Who answers, as the customer was last told.
    #[serde(default)]
    pub introduced: Holder,
    /// When a human began to answer, and when that ended.
    pub human_stretch: Option<(Timestamp, Option<Timestamp>)>,
    /// When the person who holds is reminded of the customer who waits.
    #[serde(default)]
    pub left: Option<Left>,
    /// What people arranged around it.
    #[serde(default)]
    pub arranged: Arranged,
    /// Who speaks beside the holder.
    #[serde(default)]
    pub barge: Option<Barge>,
    /// The colleague who asks the holder for it.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// What agents compose here waits for a person.
    #[serde(default)]
    pub gate: Option<Gate>,
    /// The draft that waits for a person.
    #[serde(default)]
    pub draft: Option<HeldDraft>,
    /// The newest customer message for which a dropped draft was composed again.
    #[serde(default)]
    pub redrafted: TurnNo,
    /// The newest customer message whose draft was dropped for good: a person has to answer it.
    #[serde(default)]
    pub dropped: TurnNo,
    /// What guardrails saw.
    #[serde(default)]
    pub guard: Guarded,
    /// The incident it belongs to.
    #[serde(default)]
    pub incident: Option<IncidentId>,
    /// Incidents it was split off from: it does not join them again by itself.
    #[serde(default)]
    pub split: Vec<IncidentId>,
    /// What the customer came for, once that was understood.
    #[serde(default)]
    pub arrived: Option<IntentName>,
    /// What language models cost in it.
    #[serde(default)]
    pub cost: Option<Cost>,
    /// The language the customer was last seen to write in.
    #[serde(default, skip_serializing_if = "Language::is_unknown")]
    pub writes_in: Language,
    /// What is being translated.
    #[serde(default, skip_serializing_if = "Translating::is_default")]
    pub translating: Translating,
    /// The move of one self of an agent that waits to be compared with the other's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_sided: Option<Box<(CompositionId, Side, Made)>>,
    /// By when an answer and the end of the matter are owed.
    pub clocks: Clocks,
    /// How long each actor had it, up to the last change of whose time it is.
    pub spent: ActorTimes,
    /// When that change was.
    pub spent_since: Timestamp,
    /// Drafts withheld.
    pub withheld: u32,
    /// What is known of its end.
    pub outcome: Outcome,
    /// Keys of its customer.
    pub keys: Keys,
}

/// An answer being composed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composing {
    /// Which attempt.
    pub id: CompositionId,
    /// Who.
    pub agent: AgentName,
    /// Under which epoch.
    pub epoch: Epoch,
    /// The newest message it answers.
    pub upto: TurnNo,
    /// When the first attempt of this chain began.
    pub first_at: Timestamp,
    /// When this attempt began.
    pub at: Timestamp,
    /// Attempts that were replaced because the customer said more.
    pub superseded: u8,
    /// Whether a tool with side effects was called: from then on nothing supersedes.
    pub committed: bool,
    /// The newest entry of this conversation when the agent was asked: what came later it does not know.
    #[serde(default)]
    pub asked: Seq,
    /// Whose whispers were in force at any time of it.
    pub whispered: Vec<OperatorName>,
    /// Calls and questions of it so far.
    #[serde(default)]
    pub moves: u8,
    /// What its calls of models cost so far.
    #[serde(default)]
    pub cost: Option<Cost>,
    /// What it waits for.
    pub waits_for: WaitsFor,
}

/// What a composition waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// The agent's next move.
    Agent,
    /// A tool.
    Call(CallId),
    /// A person's decision.
    Approval(ApprovalId),
    /// A person's word on the finished draft.
    Draft(DraftId),
    /// Another specialist's advice.
    Consult(ConsultId),
    /// What a panel comes to.
    Panel(ConsultId),
}

/// A handoff that waits for its receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// Which.
    pub id: HandoffId,
    /// By whom.
    pub from: AgentName,
    /// To whom.
    pub to: AgentName,
    /// What is handed over.
    pub pack: Box<ContextPack>,
    /// Until when it may be accepted.
    pub until: Timestamp,
}

/// An accepted handoff, as long as it may still be counted as one that succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// By whom.
    pub from: AgentName,
    /// To whom.
    pub to: AgentName,
    /// Facts that the customer had given, or been asked for, before.
    pub known: Vec<SlotName>,
}

/// An open request for a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Which.
    pub id: EscalationId,
    /// In which line it waits.
    pub queue: QueueName,
    /// Why.
    pub trigger: Trigger,
    /// How grave.
    pub severity: Severity,
    /// What was read.
    pub terms: Vec<Term>,
    /// Since when.
    pub since: Timestamp,
    /// By when a human should be there.
    pub due: Timestamp,
    /// Whether that time has passed.
    pub breached: bool,
    /// The offer that runs.
    pub offer: Option<Offer>,
    /// Where it stands in its line: the earliest first.
    pub rank: Timestamp,
    /// One of these is asked of whoever takes it; none means anybody.
    pub skills: Vec<SkillName>,
    /// Who passed an offer of this round or let it lapse.
    pub declined: Vec<OperatorName>,
    /// When everybody is asked again, after a round in which nobody took it.
    pub again_at: Option<Timestamp>,
    /// Whether the customer has gone and is written to later, by the due time.
    #[serde(default)]
    pub call_back: bool,
    /// When it is over although nobody came.
    #[serde(default)]
    pub expires: Option<Timestamp>,
}

/// An offer that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Which.
    pub id: OfferId,
    /// To whom.
    pub operator: OperatorName,
    /// Until when.
    pub until: Timestamp,
}

/// Somebody speaks beside the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barge {
    /// Who.
    pub operator: OperatorName,
    /// Until when agents keep still.
    pub quiet_until: Timestamp,
}

/// A customer waits for the person who holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// When what follows.
    pub times: LeftAlone,
    /// The message that waits.
    pub turn: TurnNo,
    /// What has followed.
    pub stage: LeftStage,
}

/// What has followed on a customer's waiting for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftStage {
    /// Nothing.
    Waits,
    /// The holder was reminded.
    Nudged,
    /// A supervisor was called.
    Called,
}

impl Left {
    /// When the next thing follows.
    pub const fn next(&self) -> Option<Timestamp> {
        match self.stage {
            LeftStage::Waits => Some(self.times.nudge),
            LeftStage::Nudged => Some(self.times.call),
            LeftStage::Called => self.times.onward,
        }
    }
}

/// A colleague asks the holder for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Which claim.
    pub id: ClaimId,
    /// Who asks.
    pub by: OperatorName,
    /// Whom.
    pub from: OperatorName,
    /// Since when.
    pub since: Timestamp,
    /// Until when the holder may answer.
    pub until: Timestamp,
}

/// What agents compose here waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Who set it.
    pub by: OperatorName,
    /// The fuse of each draft.
    pub fuse: Fuse,
}

/// A finished draft that waits for a person: the agent's whole move, of which nothing has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldDraft {
    /// Which.
    pub id: DraftId,
    /// Whose.
    pub agent: AgentName,
    /// Under which epoch it was composed.
    pub epoch: Epoch,
    /// Of which attempt.
    pub composition: CompositionId,
    /// What waits.
    pub held: Box<HeldMove>,
    /// Since when it waits.
    pub since: Timestamp,
    /// What happens if nobody looks at it.
    pub fuse: Option<Burning>,
}

/// An instruction of a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whisper {
    /// By whom.
    pub operator: OperatorName,
    /// The words.
    pub text: Personal<Foreign>,
    /// For the whole conversation, or only the next answer.
    pub lasting: bool,
    /// Its journal entry, by which records name it.
    #[serde(default)]
    pub seq: Seq,
    /// Answers until a lasting one is over; none means that it ends with the conversation.
    #[serde(default)]
    pub left: Option<u8>,
}

impl Conversation {
    /// Until when agents keep still because somebody speaks beside them.
    pub fn kept_still(&self) -> Option<Timestamp> {
        self.barge.as_ref().map(|barge| barge.quiet_until)
    }

    /// The whispers that an agent asked at this entry knows.
    pub fn under(&self, asked: Seq) -> Vec<Seq> {
        self.whispers.iter().map(|whisper| whisper.seq).filter(|seq| *seq <= asked).collect()
    }

    /// Everything that the customer was promised and is owed still, as it travels.
    pub fn promised(&self) -> Vec<Promise> {
        self.promises.iter().cloned().chain(owed::travelling(&self.owed)).collect()
    }

    /// Whether it sleeps.
    pub fn asleep(&self) -> bool {
        self.snoozed.is_some()
    }

    /// Whether the customer said something that nobody answered.
    pub fn unanswered(&self) -> bool {
        self.last_said > self.answered
    }

    /// The customer's words that nobody answered; the last ones when all are answered. For `decide` alone: a fold
    /// does not look into what may be erased.
    pub fn asked_now(&self) -> Vec<&Foreign> {
        let from = if self.unanswered() { self.answered.next() } else { self.last_said };
        let said =
            self.turns.iter().filter(|turn| turn.author == Author::Customer && !turn.replaced && turn.no >= from);
        said.filter_map(|turn| turn.text.reveal()).collect()
    }

    /// How an approval of this conversation was settled, if that is still known.
    pub fn verdict(&self, approval: ApprovalId) -> Option<Verdict> {
        self.settled.iter().find(|(id, ..)| *id == approval).map(|(_, verdict, _)| *verdict)
    }
}
