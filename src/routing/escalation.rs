//! Whether a human should be called: named signals, each with what it adds, against a threshold.

use std::cmp::Reverse;

use super::standing;
use crate::domain::customer::Tier;
use crate::domain::escalation::{Severity, Signal, Term, Trigger};
use crate::domain::policy::EscalationPolicy;
use crate::domain::score::Score;

/// Mood below which a request for a human is answered before others.
const VERY_LOW: Score = Score::from_percent(-60);

/// What is watched for trouble in one conversation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signals<'a> {
    /// The last text asks for a human.
    pub wants_human: bool,
    /// The matter touches law or safety.
    pub safety: bool,
    /// The customer's mood now, -1 to 1.
    pub mood: Score,
    /// The mood of the last texts, oldest first, the last one included.
    pub path: &'a [Score],
    /// Times the customer said the same again.
    pub repeats: u8,
    /// Answers in a row that did not help.
    pub misses: u8,
    /// Tools that failed.
    pub failed_tools: u8,
    /// How unclear it is what the customer wants, 0 to 1.
    pub unclear: Score,
    /// What the customer was promised.
    pub tier: Tier,
}

/// What the signals come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The sum of the terms.
    pub score: Score,
    /// What made it, largest first; signals that say nothing are left out.
    pub terms: Vec<Term>,
    /// The call for a human, if the threshold is reached.
    pub call: Option<(Trigger, Severity)>,
}

/// Weighs the signals. A request for a human and a matter of law or safety reach the threshold by
/// themselves, whatever the deployment's weights are.
pub fn judge(signals: &Signals<'_>, policy: &EscalationPolicy) -> Judgement {
    let yes = |said: bool| if said { Score::ONE } else { Score::ZERO };
    let readings = [
        (Signal::WantsHuman, yes(signals.wants_human), policy.threshold),
        (Signal::Safety, yes(signals.safety), policy.threshold),
        (Signal::Displeasure, Score::ZERO.minus(signals.mood).within(Score::ZERO, Score::ONE), policy.displeasure),
        (Signal::Falling, falling(signals.path), policy.falling),
        (Signal::Repetition, often(signals.repeats), policy.repetition),
        (Signal::Misses, often(signals.misses), policy.misses),
        (Signal::FailedTools, often(signals.failed_tools), policy.failed_tools),
        (Signal::Unclear, signals.unclear.within(Score::ZERO, Score::ONE), policy.unclear),
    ];
    let mut terms: Vec<Term> = readings
        .into_iter()
        .filter(|(_, value, _)| *value > Score::ZERO)
        .map(|(signal, value, weight)| Term { signal, value, weight: weight.times(value) })
        .collect();
    // A tier is no trouble by itself: it only makes trouble weigh more.
    let tier = standing(signals.tier);
    if !terms.is_empty() && tier > Score::ZERO {
        terms.push(Term { signal: Signal::Tier, value: tier, weight: policy.tier.times(tier) });
    }
    terms.sort_by_key(|term| (Reverse(term.weight), term.signal));
    let score = terms.iter().fold(Score::ZERO, |sum, term| sum.plus(term.weight));
    let call = (signals.wants_human || signals.safety || score >= policy.threshold)
        .then(|| trigger(signals, &terms))
        .map(|trigger| (trigger, severity(trigger, signals, score, policy)));
    Judgement { score, terms, call }
}

/// How far the last text lies below those before it, 0 to 1.
fn falling(path: &[Score]) -> Score {
    let Some((last, before)) = path.split_last() else { return Score::ZERO };
    let Ok(count @ 1..) = i64::try_from(before.len()) else { return Score::ZERO };
    let mean = before.iter().map(|mood| i64::from(mood.0)).sum::<i64>() / count;
    Score(mean as i32).minus(*last).within(Score::ZERO, Score::ONE)
}

/// Once can happen, twice is a pattern, a third time is enough.
const fn often(times: u8) -> Score {
    match times {
        0 => Score::ZERO,
        1 => Score::from_percent(35),
        2 => Score::from_percent(75),
        3.. => Score::ONE,
    }
}

/// What called: what was said outright, or else the term that weighs most.
fn trigger(signals: &Signals<'_>, terms: &[Term]) -> Trigger {
    if signals.safety {
        return Trigger::Safety;
    }
    if signals.wants_human {
        return Trigger::AskedForHuman;
    }
    match terms.first().map(|term| term.signal) {
        Some(Signal::Displeasure | Signal::Falling) => Trigger::MoodFalling,
        Some(Signal::WantsHuman) => Trigger::AskedForHuman,
        Some(Signal::Safety) => Trigger::Safety,
        Some(Signal::Repetition | Signal::Misses | Signal::FailedTools | Signal::Unclear | Signal::Tier) | None => {
            Trigger::RepeatedFailure
        }
    }
}

fn severity(trigger: Trigger, signals: &Signals<'_>, score: Score, policy: &EscalationPolicy) -> Severity {
    let far_above = score >= policy.threshold.times(Score::from_percent(150));
    match trigger {
        Trigger::Safety => Severity::Critical,
        _ if signals.tier == Tier::Vip || signals.mood <= VERY_LOW || far_above => Severity::High,
        Trigger::AskedForHuman
        | Trigger::MoodFalling
        | Trigger::RepeatedFailure
        | Trigger::Playbook
        | Trigger::NoAgent
        | Trigger::Held
        | Trigger::LeftAlone
        | Trigger::ByOperator => Severity::Normal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(signals: Signals<'_>) -> Option<(Trigger, Severity)> {
        judge(&signals, &EscalationPolicy::default()).call
    }

    #[test]
    fn a_request_is_always_heard() {
        assert_eq!(
            call(Signals { wants_human: true, ..Signals::default() }),
            Some((Trigger::AskedForHuman, Severity::Normal))
        );
        let nothing = EscalationPolicy { threshold: Score(i32::MAX), ..EscalationPolicy::default() };
        assert!(judge(&Signals { wants_human: true, ..Signals::default() }, &nothing).call.is_some());
        assert_eq!(call(Signals { safety: true, ..Signals::default() }), Some((Trigger::Safety, Severity::Critical)));
        assert_eq!(
            call(Signals { wants_human: true, tier: Tier::Vip, ..Signals::default() }),
            Some((Trigger::AskedForHuman, Severity::High))
        );
    }

    #[test]
    fn a_mood_calls_when_it_falls_deep() {
        let path = [Score(0), Score(-1_000), Score(-9_000)];
        let falling = Signals { mood: Score(-9_000), path: &path, ..Signals::default() };
        let judged = judge(&Signals { misses: 1, ..falling }, &EscalationPolicy::default());
        assert_eq!(judged.call, Some((Trigger::MoodFalling, Severity::High)), "{judged:?}");
        assert_eq!(judged.terms[0].signal, Signal::Displeasure);
        let steady = [Score(-5_000), Score(-5_000), Score(-5_000)];
        assert_eq!(call(Signals { mood: Score(-5_000), path: &steady, ..Signals::default() }), None);
    }

    #[test]
    fn repeated_failure_calls() {
        let signals = Signals { misses: 3, repeats: 2, unclear: Score(8_000), ..Signals::default() };
        let judged = judge(&signals, &EscalationPolicy::default());
        assert_eq!(judged.call.map(|call| call.0), Some(Trigger::RepeatedFailure), "{judged:?}");
        let sum = judged.terms.iter().fold(Score::ZERO, |sum, term| sum.plus(term.weight));
        assert_eq!(judged.score, sum, "the terms are the whole of the score");
        assert_eq!(call(Signals { misses: 1, ..Signals::default() }), None);
    }

    #[test]
    fn a_tier_alone_is_no_trouble() {
        let judged = judge(&Signals { tier: Tier::Vip, ..Signals::default() }, &EscalationPolicy::default());
        assert!(judged.terms.is_empty() && judged.call.is_none());
        assert_eq!(falling(&[]), Score::ZERO);
        assert_eq!(falling(&[Score(-9_000)]), Score::ZERO, "one text is no path");
    }
}
