//! A candidate: another self of an agent, of other models or with another persona, that is asked silently
//! beside it, and answers a part of the conversations once somebody says so.

use serde::{Deserialize, Serialize};

use super::action::{AgentStep, Next};
use super::id::{AgentName, ModelName, ToolName};
use super::model::Cost;
use super::supervision::Segment;
use super::time::Millis;

/// Which self of an agent composes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The agent as it is.
    #[default]
    Own,
    /// Its candidate.
    Candidate,
}

impl Side {
    /// Whether it is the agent as it is.
    pub fn is_own(&self) -> bool {
        *self == Self::Own
    }
}

/// What the rules know of a candidate; its persona is the runtime's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateSpec {
    /// The models that compose its answers, the first that can.
    pub models: Vec<ModelName>,
    /// Of how many in a hundred of the agent's conversations it is asked silently as well.
    pub asked: u8,
}

/// Which conversations a candidate answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Share {
    /// So many in a hundred, by a hash of the conversation's id.
    pub percent: u8,
    /// Only of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
}

/// What kind of move it was: what two selves of an agent are compared by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Whether it says something to the customer.
    pub speaks: bool,
    /// What it leads to.
    pub lead: Lead,
}

/// What a move leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lead {
    /// The customer's turn.
    Wait,
    /// A tool.
    Call(ToolName),
    /// Another specialist is asked.
    Consult(AgentName),
    /// Asks these at once.
    Confer(Vec<AgentName>),
    /// The baton goes to another; to nobody named when routing decides.
    HandOff(Option<AgentName>),
    /// A human is asked for.
    Escalate,
    /// The matter is settled.
    Resolve,
    /// Nothing: it had no answer.
    Nothing,
}

impl Move {
    /// The kind of a move; of none, that there was none.
    pub fn of(step: Option<&AgentStep>) -> Self {
        let lead = step.map_or(Lead::Nothing, |step| match &step.next {
            Next::Wait => Lead::Wait,
            Next::Call(call) => Lead::Call(call.tool.clone()),
            Next::Consult { whom, .. } => Lead::Consult(whom.clone()),
            Next::Confer(board) => Lead::Confer(board.whom.clone()),
            Next::HandOff { to, .. } => Lead::HandOff(to.clone()),
            Next::Escalate { .. } => Lead::Escalate,
            Next::Resolve { .. } => Lead::Resolve,
        });
        Self { speaks: step.is_some_and(|step| step.reply.is_some()), lead }
    }

    /// The same in words: `answers`, `calls orders.get`.
    pub fn words(&self) -> String {
        let says = if self.speaks { " with a word" } else { "" };
        match &self.lead {
            Lead::Wait => "answers".to_owned(),
            Lead::Call(tool) => format!("calls {tool}{says}"),
            Lead::Consult(whom) => format!("asks {whom}{says}"),
            Lead::Confer(whom) => {
                let names: Vec<&str> = whom.iter().map(AgentName::as_str).collect();
                format!("asks {} together{says}", names.join(", "))
            }
            Lead::HandOff(Some(to)) => format!("hands off to {to}{says}"),
            Lead::HandOff(None) => format!("hands off{says}"),
            Lead::Escalate => format!("asks for a human{says}"),
            Lead::Resolve => format!("resolves{says}"),
            Lead::Nothing => "has no answer".to_owned(),
        }
    }
}

/// One side's move for one message, with what it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The move.
    pub did: Move,
    /// What its calls of models cost; none without a price, or without a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// How long it was composed.
    pub took: Millis,
}

/// Moves for the same messages, compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Compared {
    /// Messages for which both moved.
    pub messages: u64,
    /// Those for which both made the same kind of move.
    pub agreed: u64,
    /// Those for which the candidate had none.
    pub failed: u64,
    /// What the agent as it is took for them.
    pub own: Sums,
    /// What the candidate took.
    pub candidate: Sums,
}

/// What moves took together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// What they cost, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// How long they were composed.
    pub took: Millis,
}

impl Compared {
    /// Counts two moves for one message.
    pub fn count(&mut self, own: &Made, candidate: &Made) {
        self.messages += 1;
        self.agreed += u64::from(own.did == candidate.did);
        self.failed += u64::from(candidate.did.lead == Lead::Nothing);
        self.own.add(own);
        self.candidate.add(candidate);
    }

    /// How many in a hundred agreed; none before the first.
    pub const fn percent(&self) -> Option<u64> {
        (self.agreed * 100).checked_div(self.messages)
    }
}

impl Sums {
    fn add(&mut self, made: &Made) {
        self.took = Millis(self.took.0.saturating_add(made.took.0));
        self.cost = match (self.cost, made.cost) {
            (Some(one), Some(more)) => Some(one.plus(more)),
            (known, None) | (None, known) => known,
        };
    }
}
