//! What outcomes are worth, and how far learning may go.

use serde::{Deserialize, Serialize};

use crate::domain::customer::Tier;
use crate::domain::id::ChannelName;
use crate::domain::learning::{CameOf, Counted};
use crate::domain::money::Money;
use crate::domain::opportunity::{Phrase, usual_phrases};
use crate::domain::score::Score;
use crate::domain::supervision::Segment;

/// What outcomes are worth when routing learns from them, each 0 to 1, and what may be tried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LearningPolicy {
    /// Whether outcomes and corrections move anything.
    pub on: bool,
    /// Who was chosen settled it alone.
    pub resolved: Score,
    /// Added for an end long before it is due: all of it at once, none when the time is up.
    pub quick: Score,
    /// Added when it ended with the tool that sells what the customer came for (`conversion` in `tools.toml`).
    pub conversion: Score,
    /// Words, or pairs of them, by which a customer speaks of plans, prices, or of having more.
    #[schemars(with = "Vec<String>")]
    pub offers: Vec<Phrase>,
    /// Taken off for what language models cost in the conversation: all of it at `costly`, none when it was free.
    pub cost: Score,
    /// A conversation whose models cost this is as dear as any: more takes off no more.
    pub costly: Money,
    /// Who was chosen passed on the very message it was chosen for.
    pub transferred: Score,
    /// A human had to be called because it went badly.
    pub called: Score,
    /// A person took it over.
    pub taken_over: Score,
    /// The customer came back about it.
    pub reopened: Score,
    /// Whether another than the best agent is tried now and then, to learn whether it does as well.
    pub explore: bool,
    /// The same with VIPs.
    pub explore_vips: bool,
}

impl Default for LearningPolicy {
    fn default() -> Self {
        Self {
            on: true,
            resolved: Score::from_percent(85),
            quick: Score::from_percent(10),
            conversion: Score::from_percent(5),
            offers: usual_phrases(),
            cost: Score::from_percent(5),
            costly: Money::eur(50),
            transferred: Score::ZERO,
            called: Score::from_percent(10),
            taken_over: Score::from_percent(10),
            reopened: Score::from_percent(20),
            explore: false,
            explore_vips: false,
        }
    }
}

impl LearningPolicy {
    /// What an outcome is worth.
    pub fn reward(&self, came: CameOf, counted: &Counted) -> Score {
        let worth = match came {
            CameOf::Resolved => {
                let quick = self.quick.times(counted.left.within(Score::ZERO, Score::ONE));
                self.resolved.plus(quick).plus(if counted.sold.is_some() { self.conversion } else { Score::ZERO })
            }
            CameOf::Transferred => self.transferred,
            CameOf::Called => self.called,
            CameOf::TakenOver => self.taken_over,
            CameOf::Reopened => self.reopened,
            CameOf::Rated(stars) => Score(i32::from(stars.clamp(1, 5) - 1) * Score::ONE.0 / 4),
        };
        let dear = counted.cost.map_or(Score::ZERO, |cost| self.cost.times(cost.share_of(self.costly)));
        worth.minus(dear).within(Score::ZERO, Score::ONE)
    }

    /// Whether somebody of that tier may be routed to another than the best.
    pub fn explores(&self, tier: Tier) -> bool {
        self.on && self.explore && (self.explore_vips || tier != Tier::Vip)
    }
}

/// How often a human may be called in a part of the conversations, and what it costs not to. Of several that fit
/// a conversation the first counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EscalationBudget {
    /// Of customers of this tier; of any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Of conversations by this channel; by any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelName>,
    /// The share of conversations in which a human is called for what was read, 0 to 1.
    pub target: Score,
    /// How many needless calls are as bad as one human who was needed and not called.
    pub miss_cost: u32,
}

impl EscalationBudget {
    /// It is looked at after so many ended conversations: fewer are chance.
    pub const WINDOW: u32 = 50;
    /// How far the threshold moves at once.
    pub const STEP: Score = Score::from_percent(2);
    /// The part of the conversations that it is about.
    pub fn segment(&self) -> Segment {
        Segment { tier: self.tier, channel: self.channel.clone() }
    }

    /// How far below the policy's it may come, and how far above.
    pub const BOUNDS: (Score, Score) = (Score::from_percent(-25), Score::from_percent(50));

    /// The threshold's distance from the policy's after a window in which `called` of `ended` conversations
    /// had a call, `needless` calls were dismissed and `missed` were not made.
    ///
    /// Misses that weigh more than the needless calls lower it, whatever the budget: somebody goes without
    /// the human they need. Otherwise it rises while more are called than the target says.
    pub fn moved(&self, from: Score, ended: u32, called: u32, needless: u32, missed: u32) -> Score {
        let allowed = i64::from(self.target.0) * i64::from(ended) / i64::from(Score::ONE.0);
        let to = if i64::from(missed) * i64::from(self.miss_cost) > i64::from(needless) {
            from.minus(Self::STEP)
        } else if i64::from(called) > allowed {
            from.plus(Self::STEP)
        } else {
            from
        };
        to.within(Self::BOUNDS.0, Self::BOUNDS.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewards_stay_between_nothing_and_one() {
        let policy = LearningPolicy::default();
        let (none, left) = (Counted::default(), |left| Counted { left, ..Counted::default() });
        let sold = Counted { sold: "plans.change".parse().ok(), ..left(Score(i32::MAX)) };
        assert_eq!(policy.reward(CameOf::Resolved, &sold), Score::ONE);
        assert_eq!(policy.reward(CameOf::Rated(0), &none), Score::ZERO);
        assert_eq!(policy.reward(CameOf::Rated(200), &none), Score::ONE);
        assert!(policy.reward(CameOf::Resolved, &none) > policy.reward(CameOf::Reopened, &none));
        assert_eq!(policy.reward(CameOf::Called, &sold), policy.called, "a sale does not make up for a human called");
    }

    #[test]
    fn what_models_cost_is_taken_off_and_only_so_much() {
        let policy = LearningPolicy::default();
        let at = |cost: &str| {
            let counted = Counted { cost: Some(cost.parse().unwrap()), ..Counted::default() };
            policy.reward(CameOf::Resolved, &counted)
        };
        assert_eq!(at("0 EUR"), policy.resolved);
        assert_eq!(at("0.25 EUR"), policy.resolved.minus(Score(250)));
        assert_eq!(at("0.50 EUR"), policy.resolved.minus(policy.cost));
        assert_eq!(at("900 EUR"), at("0.50 EUR"));
        assert_eq!(at("0.01 USD"), at("0.50 EUR"), "what cannot be compared is not taken for free");
    }

    #[test]
    fn a_budget_moves_the_threshold_and_only_so_far() {
        let budget = EscalationBudget { tier: None, channel: None, target: Score::from_percent(10), miss_cost: 3 };
        assert!(budget.moved(Score::ZERO, 50, 20, 5, 0) > Score::ZERO, "too many calls");
        assert_eq!(budget.moved(Score::ZERO, 50, 5, 1, 0), Score::ZERO, "within the budget");
        assert!(budget.moved(Score::ZERO, 50, 20, 2, 1) < Score::ZERO, "a miss weighs more than the budget");
        let mut high = Score::ZERO;
        let mut low = Score::ZERO;
        for _ in 0..1_000 {
            high = budget.moved(high, 50, 50, 50, 0);
            low = budget.moved(low, 50, 0, 0, 50);
        }
        assert_eq!((low, high), EscalationBudget::BOUNDS);
    }

    #[test]
    fn vips_are_no_field_for_trying_out() {
        let policy = LearningPolicy { explore: true, ..LearningPolicy::default() };
        assert!(policy.explores(Tier::Gold) && !policy.explores(Tier::Vip));
        assert!(!LearningPolicy::default().explores(Tier::Standard), "only where the policy says so");
    }
}
