//! What is to be expected of a conversation, as its panel and `e` show it.

use serde::{Deserialize, Serialize};

use crate::domain::escalation::Term;
use crate::domain::id::AgentName;
use crate::domain::opportunity::Opportunity;
use crate::domain::score::Score;
use crate::domain::time::Millis;

/// What is to be expected of a conversation, each with how many cases tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlookCard {
    /// How likely a human is needed in the next turns, 0 to 1.
    pub escalates: Option<Score>,
    /// What that is read off, largest first.
    pub terms: Vec<Term>,
    /// How long such matters take agents and people.
    pub handling: Option<(Millis, u32)>,
    /// How likely the customer comes back about it, 0 to 1.
    pub returns: Option<(Score, u32)>,
    /// How likely who was chosen settles it alone, 0 to 1.
    pub settles: Option<(Score, u32)>,
    /// The same of each candidate of whom enough cases tell, in the order of the choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alone: Vec<(AgentName, Score, u32)>,
    /// What speaks for an offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity: Option<Opportunity>,
}
