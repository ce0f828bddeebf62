//! What was learnt, and what a correction would change.

use serde::{Deserialize, Serialize};

use crate::domain::baton::Holder;
use crate::domain::escalation::Signal;
use crate::domain::id::{AgentName, ConversationId, Handle, IntentName, Seq};
use crate::domain::learning::{CameOf, RoutingRule};
use crate::domain::opportunity::Opportunity;
use crate::domain::score::Score;
use crate::domain::supervision::Segment;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;

/// What is like a conversation's last choice, and what a correction of it would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who was chosen there.
    pub chosen: AgentName,
    /// As what its message was read.
    pub intent: Option<IntentName>,
    /// Choices of the last time that were looked at.
    pub looked_at: u32,
    /// For everybody else on the roster: what would go to them. The likeliest first.
    pub targets: Vec<AlikeTarget>,
    /// The choices that are most like it, at most [`CLOSEST`].
    pub closest: Vec<AlikeCase>,
    /// Corrections of the last week, the most frequent first.
    pub repeated: Vec<Repeated>,
}

/// Cases shown of what is like a choice.
pub const CLOSEST: usize = 5;

/// A conversation that is likely to need somebody soon, to be late or to come back, or whose customer may be glad of
/// an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikelyRow {
    /// Which.
    pub conversation: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// Whose.
    pub name: Clean,
    /// Who holds it.
    pub holder: Holder,
    /// How likely a human is needed in the next turns, 0 to 1.
    pub escalates: Option<Score>,
    /// What that is read off most, if anything.
    pub mostly: Option<Signal>,
    /// When the next clock of it is due.
    pub due: Option<Timestamp>,
    /// How likely the customer comes back about it, 0 to 1, where enough cases tell.
    pub returns: Option<Score>,
    /// Until when its customer can re-open it, if it was resolved: nothing else is to be expected of it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopens_until: Option<Timestamp>,
    /// What speaks for an offer, where something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<Opportunity>,
}

/// Rows of such a list: what somebody reads.
pub const LIKELY_ROWS: usize = 50;

/// Somebody who should have had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlikeTarget {
    /// Who.
    pub agent: AgentName,
    /// How it scored, if it was considered.
    pub score: Option<Score>,
    /// Of the choices that were looked at, how many would go there once it is taught, and would not now.
    pub taught: u32,
    /// How many a rule about the same intent would have sent there.
    pub ruled: u32,
}

/// A choice that is like another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlikeCase {
    /// Which conversation.
    pub handle: Handle,
    /// How like, 0 to 1.
    pub likeness: Score,
    /// As what it was read.
    pub intent: Option<IntentName>,
    /// Who was chosen.
    pub chosen: AgentName,
    /// What came of it, as far as that is known.
    pub came: Option<CameOf>,
}

/// The same correction, so many times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// As what it was read.
    pub intent: Option<IntentName>,
    /// Who was chosen.
    pub was: Option<AgentName>,
    /// Who should have been.
    pub agent: AgentName,
    /// How often.
    pub times: u32,
    /// The last conversations in which it was said.
    pub handles: Vec<Handle>,
}

/// What people said of messages that were read as another thing, so many times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misread {
    /// As what they were read.
    pub was: Option<IntentName>,
    /// What they were about.
    pub intent: IntentName,
    /// Who takes that today: with nobody, or with several, there is no one file that such an example belongs into.
    #[serde(default)]
    pub takers: Vec<AgentName>,
    /// How often.
    pub times: u32,
    /// The last conversations in which it was said.
    pub handles: Vec<Handle>,
}

/// Texts that an agent's examples lack, for its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExamplesToAdd {
    /// Whose file.
    pub agent: AgentName,
    /// Under which intent; whoever adds them has to say, where only the agent was corrected.
    pub intent: Option<IntentName>,
    /// The words of customers, without names, numbers and addresses; the newest first.
    pub texts: Vec<Clean>,
}

impl ExamplesToAdd {
    /// The lines for the agent's file, with a comment that says where they belong. A text without control
    /// characters is written in TOML as in JSON.
    pub fn lines(&self) -> Vec<String> {
        let intent = self.intent.as_ref().map_or_else(|| "the intent they fit".to_owned(), |i| format!("`{i}`"));
        let texts = self.texts.iter().map(|text| format!("  {},", serde_json::Value::from(text.as_str())));
        std::iter::once(format!("# agents/{}.toml, {intent}", self.agent)).chain(texts).collect()
    }
}

/// Texts offered at once for one intent: what somebody reads before they add it.
pub const EXAMPLES_OFFERED: usize = 5;

/// What learning has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// Since when.
    pub since: Timestamp,
    /// The entry of the mark that can be gone back to; 0 is the beginning.
    pub mark: Seq,
    /// Lessons since that mark.
    pub lessons: u32,
    /// Choices since then of which it is known what came, by what came.
    pub came: Vec<(CameOf, u32)>,
    /// How well what was known at the start tells these outcomes, and how well it does with what was learnt since.
    pub held_back: HeldBack,
    /// By how much outcomes have moved the weight of each signal that calls for a human.
    pub signals: Vec<(Signal, Score)>,
    /// By how much budgets have moved thresholds.
    pub thresholds: Vec<(Segment, Score)>,
    /// Each of these moves since then, oldest first, with what it rested on.
    #[serde(default)]
    pub moves: Vec<ThresholdMove>,
    /// Corrections of the last week, the most frequent first.
    pub repeated: Vec<Repeated>,
    /// Intents corrected within the last week, the most frequent first.
    #[serde(default)]
    pub misread: Vec<Misread>,
    /// What these corrections would add to the agents' files.
    #[serde(default)]
    pub examples: Vec<ExamplesToAdd>,
    /// Rules in force with their hits, and how many of the last choices in a row routing would have made as well.
    pub rules: Vec<(RoutingRule, u32, u32)>,
    /// Answers of each agent that people called good, and those they did not.
    pub rated: Vec<(AgentName, u32, u32)>,
}

impl HeldBack {
    /// In words: `of 20 outcomes kept back 14 were right before, 16 with 80 learnt`.
    pub fn words(&self) -> String {
        let Self { learnt, judged, before, after, .. } = self;
        if *judged == 0 {
            return "too few outcomes to keep some back".to_owned();
        }
        format!("of {judged} outcomes kept back {before} were right before, {after} with {learnt} learnt")
    }
}

impl ThresholdMove {
    /// In words: `threshold for gold .00 > .05: 9 of 50 called, 6 needless, 0 missed`.
    pub fn words(&self) -> String {
        let Self { segment, from, to, ended, called, needless, missed, .. } = self;
        let of = segment.words();
        format!("threshold for {of} {from} > {to}: {called} of {ended} called, {needless} needless, {missed} missed")
    }
}

/// A move of the sum from which a human is called, to keep to a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdMove {
    /// When.
    pub at: Timestamp,
    /// For which conversations.
    pub segment: Segment,
    /// By how much it lay above the policy's.
    pub from: Score,
    /// By how much it did then.
    pub to: Score,
    /// Conversations that had ended since it was last looked at.
    pub ended: u32,
    /// In how many of them a human was called for what was read.
    pub called: u32,
    /// Calls that nobody needed.
    pub needless: u32,
    /// Humans that were needed and not called.
    pub missed: u32,
}

/// Choices that were kept back from learning and then judged by it: a choice that went well should be made
/// again, one that went badly should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeldBack {
    /// How many were learnt from.
    pub learnt: u32,
    /// How many were kept back: the last fifth.
    pub judged: u32,
    /// Of these, how many the knowledge of the start gets right.
    pub before: u32,
    /// How many it gets right with the first four fifths learnt.
    pub after: u32,
    /// What came of those choices on average, 0 to 1.
    #[serde(default)]
    pub reached: Score,
    /// What the knowledge of the start would have reached.
    #[serde(default)]
    pub before_worth: Worth,
    /// What it would have reached with the first four fifths learnt.
    #[serde(default)]
    pub after_worth: Worth,
}

/// What a policy would have reached on choices that another made, from their outcomes and propensities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Worth {
    /// Mean reward with the ends of the interval that holds it nineteen times of twenty, each 0 to 1; nothing
    /// when too few choices tell.
    pub value: Option<(Score, Score, Score)>,
    /// Choices at which it would have done what had no chance to be tried: they are left out.
    pub untried: u32,
}
