//! One conversation in full: transcript items and the side panel.

mod fate;
mod outlook;
mod translated;

use serde::{Deserialize, Serialize};

use crate::domain::analysis::{self, Emotion, Language};
use crate::domain::approval::Verdict;
use crate::domain::authority::Authority;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::circle::{Break, Circle};
use crate::domain::conversation::{Author, Disposition, HouseSentence};
use crate::domain::escalation::{Severity, Term, Trigger};
use crate::domain::event::WithheldReason;
use crate::domain::handoff::{DeclineReason, Omission};
use crate::domain::id::{
    AgentName, ApprovalId, CallId, ConversationId, Digest, DispositionName, DraftId, Epoch, IntentName, OperatorName,
    Seq, SlotName, ToolName, TurnNo,
};
use crate::domain::model::Cost;
use crate::domain::money::Money;
use crate::domain::playbook::SlotKind;
use crate::domain::routing::RoutingDecision;
use crate::domain::said::Stands;
use crate::domain::score::Score;
use crate::domain::supervision::{Burning, DraftEnd};
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;

use super::file::FileRow;
use super::panel::{Verdict as PanelVerdict, Voice};
use super::row::{ClockRow, OwedRow};

pub use fate::ConsultFate;
pub use outlook::OutlookCard;
pub use translated::{HeldFate, InOther};

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The journal entry it shows; items are ordered by it.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: ItemBody,
}

/// What a line of a transcript shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemBody {
    /// A message the customer sees.
    Message {
        /// Its number.
        turn: TurnNo,
        /// Who.
        author: Author,
        /// The words.
        text: Clean,
        /// Mood of a customer's text.
        mood: Option<Score>,
        /// Where the words stand in a customer's text that moved its mood: byte ranges of `text`, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        moved: Vec<analysis::Span>,
        /// The strongest feeling of a customer's text.
        #[serde(default, skip_serializing_if = "Emotion::is_neutral")]
        emotion: Emotion,
        /// What it is about, for a customer's text.
        intent: Option<(IntentName, Score)>,
        /// Order numbers, amounts, days, addresses and codes that stand in a customer's text.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        slots: Vec<(SlotKind, Clean)>,
        /// Titles of the articles it rests on.
        sources: Vec<Clean>,
        /// Whether it was written beside the holder.
        #[serde(default)]
        beside: bool,
        /// The whispers that were in force when it was composed, oldest first.
        #[serde(default)]
        under: Vec<Under>,
        /// What they changed: words beside those of the draft before it that did not go out, if there is one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<Span>,
        /// How a customer's message stands to those before it; of an edit `changed` holds the words before.
        #[serde(default, skip_serializing_if = "Stands::is_alone")]
        stands: Stands,
        /// Images and files that came with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileRow>,
        /// A customer's words as the house reads them; of a person's those that they wrote, where the customer got
        /// a translation. Nothing where nobody translates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<InOther>,
    },
    /// A person's reply that waited for its translation.
    Held {
        /// Whose.
        operator: OperatorName,
        /// The words as they were written.
        text: Clean,
        /// Into which language.
        to: Language,
        /// What became of it.
        fate: HeldFate,
    },
    /// A sentence of the house.
    House {
        /// Its number.
        turn: TurnNo,
        /// Which.
        sentence: HouseSentence,
        /// The words.
        text: Clean,
    },
    /// A routing decision.
    Routed(Box<RoutingDecision>),
    /// The baton moved.
    Passed {
        /// From whom.
        from: Holder,
        /// To whom.
        to: Holder,
        /// The epoch that began.
        epoch: Epoch,
        /// Why.
        reason: PassReason,
        /// What was written for the receiver.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Clean>,
    },
    /// A handoff was accepted, with what the receipt left out.
    HandedOff {
        /// From whom.
        from: AgentName,
        /// To whom.
        to: AgentName,
        /// What was left out; nothing means that the receipt is whole.
        omissions: Vec<Omission>,
    },
    /// A handoff did not come about.
    HandoffDeclined {
        /// To whom it would have gone.
        to: AgentName,
        /// Why; none means that it lapsed.
        reason: Option<DeclineReason>,
    },
    /// Something went in a circle, and how that was broken.
    Circled {
        /// What.
        circle: Circle,
        /// What follows.
        then: Break,
    },
    /// Specialists who were asked at once, and whose word counts.
    Panel {
        /// By whom.
        by: AgentName,
        /// What.
        question: Clean,
        /// Who was asked, and what they said.
        voices: Vec<Voice>,
        /// How it was settled; nothing as long as it is not.
        verdict: Option<PanelVerdict>,
    },
    /// A specialist asked another, who did not get the baton.
    Consulted {
        /// By whom.
        by: AgentName,
        /// Who was asked.
        whom: AgentName,
        /// What.
        question: Clean,
        /// What came of it.
        fate: ConsultFate,
        /// What was answered, and where that stands.
        answer: Option<Clean>,
    },
    /// Two said different things, and one word counted.
    Overruled {
        /// Who had to follow one of them.
        agent: AgentName,
        /// Whose word counted.
        won: Authority,
        /// Whose did not.
        lost: Authority,
        /// What would have been done by the one that lost.
        text: Clean,
    },
    /// A tool call and how it stands.
    Tool {
        /// Which call.
        call: Option<CallId>,
        /// Which tool.
        tool: ToolName,
        /// With what, on one line.
        ask: Clean,
        /// How it stands.
        state: ToolState,
        /// What came of it, on one line.
        outcome: Clean,
    },
    /// A human was called for.
    Escalated {
        /// Why.
        trigger: Trigger,
        /// How grave.
        severity: Severity,
        /// What was read.
        terms: Vec<Term>,
    },
    /// An approval was asked or settled.
    Approval {
        /// Which.
        approval: ApprovalId,
        /// What it is about.
        about: Clean,
        /// How it ended, once it did.
        verdict: Option<Verdict>,
        /// By whom.
        by: Option<OperatorName>,
        /// The first of two people who said yes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first: Option<OperatorName>,
        /// What overtook it, when nobody had to decide it any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overtaken: Option<WithheldReason>,
    },
    /// A finished draft did not go out.
    Withheld {
        /// Whose.
        agent: AgentName,
        /// Why.
        reason: WithheldReason,
        /// The words.
        text: Clean,
    },
    /// A finished draft waited for a person, or still does.
    Draft {
        /// Which.
        draft: DraftId,
        /// Whose.
        agent: AgentName,
        /// The words as the agent composed them.
        text: Clean,
        /// What is to follow the words, if anything.
        follows: Option<Clean>,
        /// The whispers that were in force when it was composed, oldest first.
        #[serde(default)]
        under: Vec<Under>,
        /// What they changed: words beside those of the draft before it that did not go out, if there is one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<Span>,
        /// How it ended, once it did.
        end: Option<DraftFate>,
        /// By whom.
        by: Option<OperatorName>,
        /// Why, as they said; the words that went out instead are the message that follows.
        reason: Option<Clean>,
    },
    /// A whisper, unseen by the customer.
    Whisper {
        /// By whom.
        operator: OperatorName,
        /// The words.
        text: Clean,
        /// For the whole conversation.
        lasting: bool,
        /// The colleague it is for; none means the agent.
        #[serde(default)]
        to: Option<OperatorName>,
    },
    /// A note for colleagues.
    Note {
        /// By whom.
        operator: OperatorName,
        /// The words.
        text: Clean,
    },
    /// An agent failed.
    Failed {
        /// Who.
        agent: AgentName,
        /// What happens now.
        text: Clean,
    },
    /// Something about the conversation as a whole: resolved, re-opened, rated, closed.
    Milestone {
        /// In words.
        text: Clean,
    },
}

/// A whisper under which something was composed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Under {
    /// Its entry.
    pub seq: Seq,
    /// When it was said.
    pub at: Timestamp,
    /// By whom.
    pub by: OperatorName,
    /// Its words.
    pub text: Clean,
}

/// Words in a row that are alike in being kept, new or gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Which they are.
    pub kind: SpanKind,
    /// The words.
    pub words: Clean,
}

/// Whether words stood there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Before and now.
    Kept,
    /// Only now.
    New,
    /// Only before.
    Gone,
}

/// What became of a draft that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftFate {
    /// A person or its fuse settled it.
    Settled(DraftEnd),
    /// It became stale.
    Withheld(WithheldReason),
}

/// How a tool call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolState {
    /// It is to be made.
    Pending,
    /// It is being made.
    Started,
    /// It worked.
    Done,
    /// It said no.
    Declined,
    /// It failed.
    Failed,
    /// Nobody knows whether it happened.
    Unknown,
    /// The rules did not allow it.
    Refused,
}

/// The side panel of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Which.
    pub id: ConversationId,
    /// How many conversations this customer had before.
    pub earlier: u32,
    /// When it began.
    pub opened: Timestamp,
    /// What the customer wants.
    pub objective: Option<IntentName>,
    /// Facts collected.
    pub slots: Vec<(SlotName, Clean)>,
    /// What was promised and is owed still, oldest first.
    pub promises: Vec<OwedRow>,
    /// What was tried and whether it worked.
    pub tried: Vec<(ToolName, bool)>,
    /// What somebody wrote for whoever holds it now.
    #[serde(default)]
    pub note: Option<Clean>,
    /// Facts asked for and not given.
    pub open_questions: Vec<SlotName>,
    /// Apologies so far.
    pub apologies: u8,
    /// Compensation so far.
    pub compensation: Option<Money>,
    /// What the last receipt left out; none when there was no handoff.
    pub omissions: Option<Vec<Omission>>,
    /// Why the holder was chosen.
    pub decision: Option<Box<RoutingDecision>>,
    /// Approvals that wait.
    pub approvals: Vec<ApprovalCard>,
    /// Time that agents, lines and people held it, in ms, up to `at`.
    pub held_ms: HeldTimes,
    /// The clocks that run, the one that is due next first.
    #[serde(default)]
    pub clocks: Vec<ClockRow>,
    /// Its sleep, if it sleeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<SleepCard>,
    /// An agent composes right now.
    pub composing: Option<AgentName>,
    /// What a language model has written of it so far; the customer sees nothing of it before it is committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growing: Option<Clean>,
    /// What language models cost in it so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Until when an agent keeps still, since somebody speaks beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub still_until: Option<Timestamp>,
    /// Into which language a person's reply is translated before it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translates: Option<Language>,
    /// The draft that waits for a person.
    #[serde(default)]
    pub draft: Option<DraftCard>,
    /// What a colleague who went away had begun to write, for whoever holds it now; nobody else is shown it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<LeftDraft>,
    /// Whispers in force.
    pub whispers: Vec<Clean>,
    /// What is to be expected of it.
    #[serde(default)]
    pub outlook: OutlookCard,
    /// One to five, once rated.
    pub rating: Option<u8>,
    /// What whoever had it has still to say about its end.
    #[serde(default)]
    pub wrap_up: Option<WrapUpCard>,
}

/// A reply that somebody began to a customer and did not send before the conversation went on without them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftDraft {
    /// Whose words they are.
    pub by: OperatorName,
    /// The words.
    pub text: Foreign,
}

/// What whoever had a conversation has still to say about its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUpCard {
    /// Who.
    pub operator: OperatorName,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Whether it was given more time.
    pub extended: bool,
    /// How it was resolved.
    pub resolved: Disposition,
    /// The words of its line for an end, each with what it counts as.
    pub dispositions: Vec<(DispositionName, Disposition)>,
    /// What its line asks for and is not known.
    pub missing: Vec<SlotName>,
}

/// Time by who had the next move; bot and human time are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeldTimes {
    /// By agents.
    pub agents: u64,
    /// In lines.
    pub queues: u64,
    /// By people.
    pub people: u64,
    /// By nobody: the customer has the next word.
    #[serde(default)]
    pub customer: u64,
}

/// A result of a tool, as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which call.
    pub call: CallId,
    /// Which tool.
    pub tool: ToolName,
    /// What it does, in words.
    pub title: Clean,
    /// When it came back.
    pub at: Timestamp,
    /// How it ended.
    pub state: ToolState,
    /// What it gave: name as people read it, and value.
    pub facts: Vec<(Clean, Clean)>,
    /// All of it on one line; why, when it gave nothing.
    pub line: Clean,
}

/// Money that went to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastPayment {
    /// When.
    pub at: Timestamp,
    /// By which tool.
    pub tool: ToolName,
    /// By which call.
    pub call: CallId,
    /// How much.
    pub amount: Money,
}

/// An approval as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalCard {
    /// Which.
    pub approval: ApprovalId,
    /// Who asks.
    pub agent: AgentName,
    /// Which tool.
    pub tool: ToolName,
    /// What it does, in words.
    pub title: Clean,
    /// With what: name as people read it, and value.
    pub args: Vec<(Clean, Clean)>,
    /// The amount.
    pub amount: Option<Money>,
    /// Up to where the agent may by itself.
    pub agent_limit: Option<Money>,
    /// Up to where this viewer may.
    pub your_limit: Option<Money>,
    /// Whether a yes wants the amount typed.
    #[serde(default)]
    pub typed: bool,
    /// Whether it can be taken back.
    pub reversible: bool,
    /// Results of tools that speak to it, oldest first.
    pub evidence: Vec<Evidence>,
    /// Money that went to this customer on this floor before, oldest first.
    pub past: Vec<PastPayment>,
    /// The rules that apply, a sentence each.
    pub policy: Vec<Clean>,
    /// What keeps this viewer from saying yes, if something does.
    pub obstacle: Option<Clean>,
    /// The first of two people who said yes.
    pub endorsed: Option<OperatorName>,
    /// Words of the agent that go out with its success and not without it.
    pub draft: Option<Clean>,
    /// What becomes of it when nobody answers.
    pub unanswered: Clean,
    /// When the answer becomes no by itself.
    pub expires: Timestamp,
    /// Hash of what would be done.
    pub subject: Digest,
}

/// A sleep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SleepCard {
    /// Who put it to sleep.
    pub by: OperatorName,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: Option<Clean>,
}

/// A draft that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftCard {
    /// Which.
    pub draft: DraftId,
    /// Whose.
    pub agent: AgentName,
    /// The words.
    pub text: Clean,
    /// What is to follow the words, if anything.
    pub follows: Option<Clean>,
    /// What it promises.
    pub promises: Vec<Clean>,
    /// Since when it waits.
    pub since: Timestamp,
    /// When its fuse is through, and what happens then.
    pub fuse: Option<Burning>,
    /// Hash of what would go out.
    pub subject: Digest,
}
