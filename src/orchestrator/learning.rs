//! What a floor has learnt, and what it can still learn from.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::analysis::Analysis;
use crate::domain::customer::Tier;
use crate::domain::escalation::Term;
use crate::domain::id::{
    AgentName, ChannelName, ConversationId, Handle, IntentName, OperatorName, RuleId, Seq, TurnNo,
};
use crate::domain::learning::{CameOf, Features, RoutingRule};
use crate::domain::policy::{EscalationBudget, EscalationPolicy};
use crate::domain::routing::RoutingDecision;
use crate::domain::score::Score;
use crate::domain::supervision::Segment;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Conversation;
use crate::routing::bandit::Learner;
use crate::routing::escalation::Learnt;

/// Ended conversations whose choices are kept: ratings come within minutes, and a person who corrects looks
/// at the last hours.
pub const ENDED_KEPT: usize = 256;
/// Corrections that are kept: of a few weeks, on a desk that corrects much.
pub const CORRECTIONS_KEPT: usize = 500;
/// What can be gone back to is set down once a day, in ms.
const MARK_EVERY: i64 = 24 * 3_600_000;

/// What a floor has learnt, and what it can still learn from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Learning {
    /// Who is good at what.
    pub router: Arc<Learner>,
    /// What calls for a human.
    pub human: Learnt,
    /// How often humans are called, by what budgets are about.
    pub budgets: Vec<(Segment, Window)>,
    /// The rules in force.
    pub rules: BTreeMap<RuleId, RuleState>,
    /// The last choices in conversations that ended, latest last.
    pub ended: VecDeque<Ended>,
    /// What people corrected, latest last.
    pub corrections: VecDeque<Correction>,
    /// What people said that messages were about, latest last.
    pub relabelled: VecDeque<Relabelled>,
    /// What became of each matter.
    pub matters: BTreeMap<IntentName, MatterSums>,
    /// Choices of each agent of which it is known what came, and those it settled alone.
    pub settled: BTreeMap<AgentName, (u32, u32)>,
    /// Answers of each agent that people called good, and those they did not.
    pub rated: BTreeMap<AgentName, (u32, u32)>,
    /// Lessons since the last mark.
    pub lessons: u32,
    /// What was known at the last mark.
    pub mark: Option<Box<Mark>>,
    /// When the next one is set, if there is something new.
    pub mark_at: Option<Timestamp>,
}

/// The last choice of an agent in a conversation, with all it rested on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// For which message.
    pub turn: TurnNo,
    /// When.
    pub at: Timestamp,
    /// As what the message was read first.
    pub intent: Option<IntentName>,
    /// What was known.
    pub features: Features,
    /// The decision.
    pub decision: Box<RoutingDecision>,
    /// What policy and roster alone gave each candidate, in their order: what is learnt later stands on that.
    pub plain: Vec<Score>,
    /// What came of it, as far as that is known.
    pub came: Option<CameOf>,
    /// What was read of the conversation then.
    pub terms: Vec<Term>,
}

/// The last choice in a conversation that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// The choice.
    pub choice: Choice,
}

/// What was counted for a budget since it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Window {
    /// By how much the threshold lies above the policy's.
    pub shift: Score,
    /// Conversations that ended.
    pub ended: u32,
    /// Calls for a human for what was read.
    pub called: u32,
    /// Such calls that a person dismissed.
    pub needless: u32,
    /// Humans that were needed and not called.
    pub missed: u32,
}

/// What became of the conversations about one matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MatterSums {
    /// How many ended.
    pub ended: u32,
    /// How long agents and people had them, in ms, all together.
    pub handled_ms: u64,
    /// In how many the customer came back.
    pub returned: u32,
}

/// A rule and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleState {
    /// The rule.
    pub rule: RoutingRule,
    /// Choices it made.
    pub hits: u32,
    /// Of the last ones, how many in a row would have been the same without it.
    pub agreed: u32,
}

/// A person's word on what a message was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relabelled {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub conversation: ConversationId,
    /// The message that is meant.
    pub turn: TurnNo,
    /// As what it was read.
    pub was: Option<IntentName>,
    /// What it was about.
    pub intent: IntentName,
}

/// A person's word on who should have had something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub conversation: ConversationId,
    /// The message that is meant.
    pub turn: TurnNo,
    /// As what it was read.
    pub intent: Option<IntentName>,
    /// Who was chosen.
    pub was: Option<AgentName>,
    /// Who should have been.
    pub agent: AgentName,
    /// Who says so.
    pub by: OperatorName,
}

/// What was known at some time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mark {
    /// The entry that set it; 0 is the beginning.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who is good at what.
    pub router: Arc<Learner>,
    /// What calls for a human.
    pub human: Learnt,
    /// The shifts of the thresholds.
    pub shifts: Vec<(Segment, Score)>,
}

impl Choice {
    /// The decision as policy and roster alone would have scored it.
    pub fn unlearnt(&self) -> RoutingDecision {
        self.decision.scored(&self.plain)
    }
}

impl Learning {
    /// The newest rule about what was said and read so.
    pub fn rule_for(
        &self,
        (analysis, said): (&Analysis, &[&Foreign]),
        tier: Tier,
        channel: &ChannelName,
    ) -> Option<&RoutingRule> {
        let mut newest_first = self.rules.values().rev().map(|state| &state.rule);
        newest_first.find(|rule| rule.covers(analysis, said, tier, channel))
    }

    /// What was counted for a budget.
    pub fn window(&self, budget: &EscalationBudget) -> Window {
        let segment = budget.segment();
        self.budgets.iter().find(|(of, _)| *of == segment).map_or_else(Window::default, |(_, window)| *window)
    }

    /// The same, to count on.
    pub(super) fn window_mut(&mut self, segment: Segment) -> &mut Window {
        let at = self.budgets.iter().position(|(of, _)| *of == segment).unwrap_or_else(|| {
            self.budgets.push((segment, Window::default()));
            self.budgets.len() - 1
        });
        &mut self.budgets[at].1
    }

    /// The deployment's rules for calling a human, with the threshold where the budget has moved it.
    pub fn escalation<'a>(&self, policy: &'a EscalationPolicy, c: &Conversation) -> Cow<'a, EscalationPolicy> {
        let shift = policy.budget_for(c.tier, &c.channel).map_or(Score::ZERO, |budget| self.window(budget).shift);
        match shift {
            Score::ZERO => Cow::Borrowed(policy),
            shift => {
                let threshold = policy.threshold.plus(policy.threshold.times(shift));
                Cow::Owned(EscalationPolicy { threshold, ..policy.clone() })
            }
        }
    }

    /// The last choice in a conversation that ended.
    pub fn ended(&self, id: ConversationId) -> Option<&Ended> {
        self.ended.iter().rev().find(|ended| ended.conversation == id)
    }

    /// When what was learnt at `at` is set down at the latest: at the next midnight, UTC.
    pub const fn next_mark(at: Timestamp) -> Timestamp {
        Timestamp((at.0.div_euclid(MARK_EVERY) + 1) * MARK_EVERY)
    }
}
