//! What is learnt rests on what was recorded: a lesson is about the choice that was made, a rule decides
//! while it is in force and only then, nothing is tried out on whom the policy excepts, and thresholds
//! stay within their bounds.

use crate::domain::envelope::Envelope;
use crate::domain::event::{LearningEvent, LessonEvent};
use crate::domain::id::{AgentName, ConversationId, TurnNo};
use crate::domain::learning::RULE_SPAN_MAX;
use crate::domain::policy::EscalationBudget;
use crate::domain::routing::{Basis, RoutingDecision};
use crate::domain::score::Score;

use super::Laws;

impl Laws {
    pub(super) fn chosen(
        &mut self,
        envelope: &Envelope,
        (id, turn): (ConversationId, TurnNo),
        decision: &RoutingDecision,
    ) {
        let seq = envelope.seq;
        let explained = decision.winner().is_some_and(|w| !w.contributions.is_empty() && w.propensity.0 > 0);
        self.hold(6, seq, explained, || format!("{} chosen without reasons", decision.chosen));
        let sums = decision.candidates.iter().all(|candidate| {
            let sum = candidate.contributions.iter().fold(Score::ZERO, |sum, term| sum.plus(term.score));
            sum == candidate.score
        });
        self.hold(6, seq, sums, || "a score is not the sum of its terms".to_owned());
        let named = decision.rule.map(|rule| self.rules.get(&rule).cloned());
        let by_rule = named.is_none_or(|agent| agent.as_ref() == Some(&decision.chosen));
        self.hold(6, seq, by_rule, || format!("{:?} chose {}", decision.rule, decision.chosen));
        let tier = self.account(id).tier;
        let policy = self.deployment.as_ref().map(|deployment| &deployment.policy.learning);
        let may = policy.zip(tier).is_some_and(|(policy, tier)| policy.explores(tier));
        let tried = decision.basis == Basis::Explored;
        self.hold(6, seq, may || !tried, || format!("{} was tried out on {tier:?}", decision.chosen));
        self.account(id).chosen = Some((turn, decision.chosen.clone()));
    }

    pub(super) fn lesson(&mut self, envelope: &Envelope, event: &LessonEvent) {
        if let LessonEvent::Rewarded { conversation, turn, agent, reward, .. } = event {
            let chosen = self.account(*conversation).chosen.clone();
            let same = chosen.as_ref() == Some(&(*turn, agent.clone()));
            self.hold(5, envelope.seq, same, || format!("{agent} learnt for {turn}, chosen was {chosen:?}"));
            let fits = (Score::ZERO..=Score::ONE).contains(reward);
            self.hold(5, envelope.seq, fits, || format!("a reward of {reward}"));
        }
    }

    pub(super) fn learning(&mut self, envelope: &Envelope, event: &LearningEvent) {
        let (seq, at) = (envelope.seq, envelope.at);
        match event {
            LearningEvent::RuleMade { rule } => {
                let fits = rule.until > at && rule.until.since(at) <= RULE_SPAN_MAX;
                self.hold(5, seq, fits, || format!("{} ends at {:?}", rule.id, rule.until));
                let before = self.rules.insert(rule.id, rule.agent.clone());
                self.hold(5, seq, before.is_none(), || format!("{} was made twice", rule.id));
            }
            LearningEvent::RuleEnded { rule, .. } => {
                let agent: Option<AgentName> = self.rules.remove(rule);
                self.hold(5, seq, agent.is_some(), || format!("{rule} ended twice"));
            }
            LearningEvent::ThresholdMoved { from, to, .. } => {
                let (low, high) = EscalationBudget::BOUNDS;
                let step = to.minus(*from).0.unsigned_abs() <= EscalationBudget::STEP.0.unsigned_abs();
                let fits = (low..=high).contains(to) && step;
                self.hold(5, seq, fits, || format!("a threshold moved from {from} to {to}"));
            }
            LearningEvent::Marked { .. } | LearningEvent::RolledBack { .. } => {}
        }
    }
}
