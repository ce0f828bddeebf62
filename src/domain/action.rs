//! What an agent is told and what it may do. Action and text are separate fields.

use serde::{Deserialize, Serialize};

use super::analysis::Analysis;
use super::baton::Holder;
use super::candidate::Side;
use super::circle::Habit;
use super::consult::Advice;
use super::conversation::{Author, Disposition};
use super::customer::{Identity, Tier};
use super::escalation::Trigger;
use super::file::FileGiven;
use super::handoff::{ContextPack, Given};
use super::id::{
    AgentName, CompositionId, ConversationId, CustomerId, Digest, Epoch, IncidentId, IntentName, PromiseName, SlotName,
    TurnNo,
};
use super::incident::StatusLine;
use super::knowledge::{Citation, Unanswered};
use super::opportunity::Opportunity;
use super::panel::{Board, Conferred};
use super::personal::Personal;
use super::playbook::{Either, FlowState};
use super::promise::Promise;
use super::score::Score;
use super::text::Foreign;
use super::time::Timestamp;
use super::tool::{ToolCall, ToolOutcome};

/// Calls and questions of one attempt at an answer: the longest flow needs a third of it, and whoever waits
/// for more has gone. Whatever is refused counts, so that nobody asks for it without end.
pub const MOVES_MAX: u8 = 24;

/// Facts kept of one conversation: more than any flow asks for.
pub const SLOTS_MAX: usize = 40;

/// A fact that was collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// Which.
    pub slot: SlotName,
    /// Its value as the customer or a tool gave it.
    pub value: Personal<Foreign>,
}

/// Everything an agent may know when it composes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentContext {
    /// Who composes.
    pub agent: AgentName,
    /// Which self of it.
    pub side: Side,
    /// In which conversation.
    pub conversation: ConversationId,
    /// On which edition of the deployment, by the name of its texts; none is the one in force.
    pub edition: Option<Digest>,
    /// Under which epoch.
    pub epoch: Epoch,
    /// Which attempt.
    pub composition: CompositionId,
    /// The floor's time, for dates in answers.
    pub at: Timestamp,
    /// Whose conversation it is; tools act for this customer and no other.
    pub customer: CustomerId,
    /// What the customer was promised by tier.
    pub tier: Tier,
    /// How sure we are of them.
    pub identity: Identity,
    /// Their name, if known.
    pub name: Option<Foreign>,
    /// What they said since the last answer, one line a message.
    pub said: Foreign,
    /// What that means, the burst taken as one text.
    pub analysis: Analysis,
    /// Mood over time, -1 to 1.
    pub mood: Score,
    /// Facts collected so far.
    pub slots: Vec<Fill>,
    /// Where this agent's flow stands.
    pub flow: FlowState,
    /// What the agent was handed, when it has not answered since.
    pub pack: Option<ContextPack>,
    /// The two matters of which whoever handed it over had just asked the customer which one they mean.
    pub asked_back: Option<Box<Either>>,
    /// Apologies and compensation already given, by anybody.
    pub given: Given,
    /// What the house says of its parts right now.
    pub status: Vec<StatusLine>,
    /// The incident that this conversation belongs to.
    pub incident: Option<IncidentId>,
    /// What speaks for an offer, one line when shown; none while the customer is tense or in trouble.
    pub opportunity: Option<Opportunity>,
    /// Instructions of supervisors that are in force, oldest first.
    pub whispers: Vec<Foreign>,
    /// What the agent does over and over in this conversation and must not do again.
    pub told: Vec<Habit>,
    /// The last messages, oldest first.
    pub transcript: Vec<(TurnNo, Author, Foreign)>,
    /// Images and files that the customer sent, oldest first.
    pub files: Vec<FileGiven>,
    /// What tools gave in this conversation lately, oldest first.
    pub results: Vec<Returned>,
    /// Whether it may ask language models: not when the day's money for them is spent.
    pub models: bool,
    /// Whether a human answered before, and the start and end of that stretch.
    pub human_stretch: Option<(Timestamp, Option<Timestamp>)>,
}

/// What a tool gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// What was asked of it.
    pub call: ToolCall,
    /// How it ended.
    pub outcome: ToolOutcome,
    /// Whether that was for the answer that is being composed.
    pub now: bool,
}

/// Why an agent is asked to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepInput {
    /// The customer said something.
    Turn,
    /// A tool it called came back, or was refused.
    ToolReturned(ToolCall, ToolOutcome),
    /// Another specialist that it asked has answered; nothing when there is no answer.
    Advised(AgentName, Option<Advice>),
    /// The specialists that it asked together have been heard, and whose word counts is settled.
    Conferred(Box<Conferred>),
    /// It was handed the conversation and owes the customer an answer.
    HandedOver,
}

/// One move of an agent: what it noted, what it says, and what happens next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStep {
    /// Where its flow stands afterwards.
    pub flow: FlowState,
    /// Facts it understood.
    #[serde(default)]
    pub fills: Vec<Fill>,
    /// What it promises in this reply.
    #[serde(default)]
    pub promises: Vec<Promise>,
    /// Names of promises that the tool which came back last has kept; without a tool that worked it means nothing.
    #[serde(default)]
    pub keeps: Vec<PromiseName>,
    /// What the customer is to read.
    pub reply: Option<Reply>,
    /// What happens next.
    pub next: Next,
    /// What the agent's flow would have done, had a whisper not said otherwise; nothing when none did.
    #[serde(default)]
    pub overruled: Option<Foreign>,
    /// What it looked up and did not find, if the customer asked something that no article answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Unanswered>,
}

/// A text for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The words.
    pub text: Foreign,
    /// What they rest on.
    #[serde(default)]
    pub citations: Vec<Citation>,
    /// Whether they apologise; apologies are counted across agents.
    #[serde(default)]
    pub apology: bool,
}

/// What an agent wants to happen after its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// The customer's turn.
    Wait,
    /// Call a tool and go on with its result.
    Call(ToolCall),
    /// Ask another specialist and go on with what it knows; the baton stays.
    Consult {
        /// Whom.
        whom: AgentName,
        /// What.
        question: Foreign,
    },
    /// Ask several specialists at once and go on with what counts; the baton stays.
    Confer(Board),
    /// Pass the baton to another specialist.
    HandOff {
        /// To whom; none means that routing decides.
        to: Option<AgentName>,
        /// What for.
        objective: Option<IntentName>,
    },
    /// Ask for a human.
    Escalate {
        /// Why.
        trigger: Trigger,
    },
    /// The matter is settled.
    Resolve {
        /// How.
        disposition: Disposition,
    },
}

/// Why an agent's attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// It broke off with an error.
    Broke,
    /// It took too long.
    TimedOut,
    /// It is not there: left the roster, or its backend cannot be reached.
    Absent,
    /// It answered with nothing a customer could be told.
    Empty,
    /// It went on and on and came to no answer.
    Endless,
}

/// To whom a conversation is moved by a person.
pub type Target = Holder;
