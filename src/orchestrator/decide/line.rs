//! Where somebody who waits for a human stands in line, and who is to take it.

use crate::domain::conversation::Priority;
use crate::domain::customer::Tier;
use crate::domain::escalation::Severity;
use crate::domain::id::{QueueName, SkillName};
use crate::domain::money::Money;
use crate::domain::operator::Role;
use crate::domain::policy::QueuePolicy;
use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::context;
use crate::orchestrator::conversation::Conversation;

use super::case::Case;

/// Where it stands: its due time less the head start that the policy gives to what presses.
pub(super) fn rank(case: &Case<'_>, severity: Severity, due: Timestamp) -> Timestamp {
    let policy = &case.deployment.policy.queue;
    let severity = match severity {
        Severity::Normal => Millis(0),
        Severity::High => policy.high_ms,
        Severity::Critical => policy.critical_ms,
    };
    let tier = match case.conversation.tier {
        Tier::Standard => Millis(0),
        Tier::Gold => policy.gold_ms,
        Tier::Vip => policy.vip_ms,
    };
    let displeasure = Score::ZERO.minus(case.conversation.mood).within(Score::ZERO, Score::ONE);
    let mood = part(policy.mood_ms, displeasure);
    let value = part(policy.value_ms, at_risk(case.conversation, policy.value_full));
    by_hand(due - severity - tier - mood - value, policy, case.conversation.arranged.priority)
}

/// The same place with what a person said of how much it presses.
fn by_hand(place: Timestamp, policy: &QueuePolicy, priority: Option<Priority>) -> Timestamp {
    match priority {
        Some(Priority::Urgent) => place - policy.priority_urgent_ms,
        Some(Priority::High) => place - policy.priority_high_ms,
        Some(Priority::Normal) | None => place,
        Some(Priority::Low) => place + policy.priority_low_ms,
    }
}

/// Where it would stand in its line with another priority, everything else being as it is.
pub(super) fn moved(case: &Case<'_>, priority: Option<Priority>) -> Option<Timestamp> {
    let policy = &case.deployment.policy.queue;
    let stands = case.conversation.escalation.as_ref()?.rank;
    let start = by_hand(Timestamp(0), policy, case.conversation.arranged.priority);
    let plain = Timestamp(stands.0.saturating_sub(start.0));
    Some(by_hand(plain, policy, priority))
}

fn part(whole: Millis, share: Score) -> Millis {
    Millis(whole.0.saturating_mul(u64::from(share.0.unsigned_abs())) / u64::from(Score::ONE.0.unsigned_abs()))
}

/// The largest amount that waits for somebody's yes or for a tool, as a share of `full`.
pub(super) fn at_risk(c: &Conversation, full: Money) -> Score {
    let asked = c.approvals.values().filter_map(|approval| approval.waiting.amount);
    let called = c.calls.values().filter_map(|call| call.amount);
    let minor = asked.chain(called).filter(|money| money.currency == full.currency).map(|money| money.minor).max();
    let share = minor.unwrap_or(0).max(0).saturating_mul(i64::from(Score::ONE.0)) / full.minor.max(1);
    Score(i32::try_from(share).unwrap_or(i32::MAX)).within(Score::ZERO, Score::ONE)
}

/// Of which skills one is asked for: the line's own; else those of the specialist whose matter it is.
/// A skill that nobody on the roster has is not asked for.
pub(super) fn skills(case: &Case<'_>, queue: &QueueName) -> Vec<SkillName> {
    let deployment = case.deployment;
    let own = deployment.queues.iter().find(|spec| spec.name == *queue).map(|spec| spec.skills.as_slice());
    let people = || deployment.operators.iter().filter(|spec| spec.role >= Role::Responder);
    let known = |skill: &SkillName| people().any(|spec| spec.skills.contains(skill));
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        return own.iter().filter(|skill| known(skill)).cloned().collect();
    }
    let matter = context::matter(case.conversation);
    let whose = matter.and_then(|matter| deployment.agents.iter().find(|agent| agent.intents.contains(&matter)));
    let skills = whose.map(|agent| agent.skills.as_slice()).unwrap_or_default();
    skills.iter().map(|(skill, _)| skill).filter(|skill| known(skill)).cloned().collect()
}
