//! A routing decision: who was considered, how each scored and why, and who was chosen.

use serde::{Deserialize, Serialize};

use super::id::{AgentName, RuleId};
use super::score::{Propensity, Score};

/// Candidates kept in a record, the chosen one always among them.
pub const CANDIDATES_KEPT: usize = 5;

/// The outcome of one routing, never without its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingDecision {
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// Who was chosen.
    pub chosen: AgentName,
    /// Score of the chosen one above the best other; zero when there was no other.
    pub margin: Score,
    /// How the choice came about.
    pub basis: Basis,
    /// The rule of a person that decided, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
}

impl RoutingDecision {
    /// The chosen candidate.
    pub fn winner(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|c| c.agent == self.chosen)
    }

    /// The same with other scores of the candidates, in their order; who is given none keeps theirs.
    #[must_use]
    pub fn scored(&self, scores: &[Score]) -> Self {
        let mut other = self.clone();
        for (candidate, score) in other.candidates.iter_mut().zip(scores) {
            candidate.score = *score;
        }
        other
    }

    /// Whether the scores alone would have led to the same.
    pub fn agrees(&self) -> bool {
        self.candidates.first().is_some_and(|best| best.agent == self.chosen)
    }
}

/// One agent that was considered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub agent: AgentName,
    /// Sum of the contributions.
    pub score: Score,
    /// Chance that the policy picks this one here; recorded so that other policies can be judged on the past.
    pub propensity: Propensity,
    /// What made the score, largest first.
    pub contributions: Vec<Contribution>,
}

/// One term of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Which.
    pub factor: Factor,
    /// How much; may be negative.
    pub score: Score,
}

/// What speaks for or against an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// The text's intents are this agent's.
    Intent,
    /// Proficiency in the skill the intent asks for.
    Expertise,
    /// How busy it is.
    Load,
    /// What the customer's tier asks for.
    Tier,
    /// A tense customer goes to who calms.
    Mood,
    /// It already talks with this customer.
    Continuity,
    /// Nothing fits: the one who sorts things out.
    Generalist,
    /// What was learnt of the words.
    Words,
    /// What was learnt of how much is in a text.
    Complexity,
    /// Whether it speaks the customer's language, and what was learnt of it.
    Language,
    /// How the same matter went between this customer and it.
    Past,
}

/// How a choice came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The highest score.
    Best,
    /// Equal scores, settled by a hash of conversation and turn.
    TieBreak,
    /// Only one agent was eligible.
    OnlyOne,
    /// No agent was eligible by skill; the generalist takes it.
    Fallback,
    /// A rule that a person made.
    Person,
    /// Not the best: drawn to learn whether it does as well.
    Explored,
}
