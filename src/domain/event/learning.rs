//! What the floor as a whole learns, and forgets again.

use crate::domain::customer::Tier;
use crate::domain::id::{ChannelName, OperatorName, RuleId, Seq};
use crate::domain::learning::{RoutingRule, RuleEnd};
use crate::domain::score::Score;

super::family! {
    /// What the floor as a whole learns, and forgets again.
    LearningEvent, "learning", floor;
    /// A person made a rule.
    RuleMade = "rule_made" {
        /// The rule.
        rule: Box<RoutingRule>,
    }
    /// A rule is over.
    RuleEnded = "rule_ended" {
        /// Which.
        rule: RuleId,
        /// Why.
        end: RuleEnd,
        /// Who ended it, if somebody did.
        by: Option<OperatorName>,
    }
    /// The sum from which a human is called was moved, to keep to the budget.
    ThresholdMoved = "threshold_moved" {
        /// For customers of this tier; for any without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<Tier>,
        /// For conversations by this channel; by any without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelName>,
        /// By how much it lay above the policy's.
        from: Score,
        /// By how much it does now.
        to: Score,
        /// Conversations that ended since it was last looked at.
        ended: u32,
        /// In how many of them a human was called for what was read.
        called: u32,
        /// Calls that nobody needed.
        needless: u32,
        /// Humans that were needed and not called.
        missed: u32,
    }
    /// What is known now can be gone back to.
    Marked = "marked" {
        /// Lessons since the mark before.
        lessons: u32,
    }
    /// Everything that was learnt since a mark is forgotten.
    RolledBack = "rolled_back" {
        /// The mark's entry.
        to: Seq,
        /// Who asked for it.
        by: OperatorName,
    }
}
