//! `playbooks/*.toml` as it is written: flat steps, each with one verb.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Variants;
use crate::domain::conversation::Disposition;
use crate::domain::escalation::Trigger;
use crate::domain::id::{AgentName, IntentName, PlaybookName, Position, PromiseName, SlotName, ToolName};
use crate::domain::playbook::{PlaybookRole, SlotKind};

/// One flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlaybookFile {
    /// Its name.
    pub name: PlaybookName,
    /// The matter in a few words, as in `shall we go back to ...?`.
    pub topic: String,
    /// What it is for.
    #[serde(default)]
    pub role: PlaybookRole,
    /// The intents it serves.
    #[serde(default)]
    pub intents: Vec<IntentName>,
    /// Whether every agent may follow it.
    #[serde(default)]
    pub anyone: bool,
    /// First words after a handoff: what was understood.
    #[serde(default)]
    pub understood: Variants,
    /// What a receiver takes over besides the facts that the steps ask for or read.
    #[serde(default)]
    pub needs: NeedsFile,
    /// The steps in order.
    pub steps: Vec<StepFile>,
}

/// What a receiver takes from a context pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NeedsFile {
    /// Facts it uses.
    pub slots: Vec<SlotName>,
    /// Open questions it settles.
    pub questions: Vec<SlotName>,
    /// Whether it goes on under what the customer was promised; a flow that does not is not handed to.
    pub promises: bool,
}

impl Default for NeedsFile {
    fn default() -> Self {
        Self { slots: Vec::new(), questions: Vec::new(), promises: true }
    }
}

/// One step. At most one verb of `ask`, `call`, `consult`, `panel`, `confirm`, `check`, `branch`, `answer`, `hand-off`,
/// `escalate`, `resolve`, `back`; without one it speaks and goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct StepFile {
    /// Its name; needed where another step goes to it or reads its result.
    pub id: Option<String>,
    /// What the customer reads: variants of one sentence.
    pub say: Variants,
    /// The same to a tense customer.
    pub tense: Variants,
    /// The same when it is asked once more.
    pub again: Variants,
    /// An apology that goes before, unless enough were made.
    pub sorry: Variants,
    /// What is promised with these words.
    pub promise: Option<String>,
    /// By when, in hours from now.
    pub within_hours: Option<u32>,
    /// Facts forgotten when the step begins.
    pub forget: Vec<SlotName>,
    /// Verb: asks for this fact unless it is known.
    pub ask: Option<SlotName>,
    /// With `ask`: what counts as an answer.
    pub kind: Option<SlotKind>,
    /// With `ask` of a choice: values and the words for them.
    pub options: BTreeMap<String, Vec<String>>,
    /// With `ask`: how often, 2 unless said otherwise.
    pub tries: Option<u8>,
    /// Verb: calls this tool.
    pub call: Option<ToolName>,
    /// With `call`: its arguments.
    pub with: BTreeMap<SlotName, String>,
    /// With `call`: promises that are kept when it worked, by the ids of the steps that made them, in any flow.
    pub clears: Vec<PromiseName>,
    /// With `call`, `consult` and `panel`: where it goes on when it worked.
    pub done: Option<String>,
    /// With `call`: when the tool said no; `{step.reason}` says why.
    pub declined: Option<String>,
    /// With `call`: when it failed.
    pub failed: Option<String>,
    /// With `call`: when it was not allowed.
    pub refused: Option<String>,
    /// Verb: asks this agent, who does not get the baton; `{step.answer}` and `{step.title}` are what it knows.
    pub consult: Option<AgentName>,
    /// Verb: asks these agents at once; `{step.position}` is what counts, `{step.by}` whose word that is.
    pub panel: Vec<AgentName>,
    /// With `panel`: what may be answered; `yes` and `no` unless said otherwise.
    pub positions: Vec<Position>,
    /// With `consult` and `panel`: what is asked.
    pub question: Option<String>,
    /// Verb: asks for an explicit yes before this tool is called.
    pub confirm: Option<ToolName>,
    /// Verb: asks whether it helped.
    pub check: Option<bool>,
    /// With `confirm` and `check`: where a yes leads.
    pub yes: Option<String>,
    /// With `confirm` and `check`: where a no leads.
    pub no: Option<String>,
    /// Verb: goes on by this fact.
    pub branch: Option<String>,
    /// With `branch`: values and where they lead.
    pub cases: BTreeMap<String, String>,
    /// Verb: answers from the articles.
    pub answer: Option<bool>,
    /// Verb: passes the baton to this agent; `routing` leaves the choice to routing.
    pub hand_off: Option<String>,
    /// With `hand-off`: what for.
    pub objective: Option<IntentName>,
    /// Verb: asks for a human.
    pub escalate: Option<Trigger>,
    /// Verb: the matter is settled; asks for anything else and ends.
    pub resolve: Option<Disposition>,
    /// With `resolve`: ends without asking for anything else.
    pub at_once: Option<bool>,
    /// Verb: goes back to the flow that waits for this one.
    pub back: Option<bool>,
    /// Where it goes on; the next step unless said otherwise.
    pub then: Option<String>,
    /// Where it goes on without a fact, a case or an article.
    #[serde(rename = "else")]
    pub otherwise: Option<String>,
}
