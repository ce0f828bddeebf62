//! Whether a human should be called: named signals, each with what it adds, against a threshold.
//!
//! The deployment's weights are where it begins. What people did about earlier calls moves them, a
//! little each time and within bounds, by a rule of whole numbers over the recorded terms. A request
//! for a human and matters of law and safety are beyond learning.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::analysis::TENSE;
use crate::domain::customer::Tier;
use crate::domain::escalation::{Severity, Signal, Term, Trigger};
use crate::domain::policy::{EscalationPolicy, VipRule};
use crate::domain::score::Score;

/// Mood below which a request for a human is answered before others.
const VERY_LOW: Score = Score::from_percent(-60);
/// From this chance on the writer of a text counts as displeased.
const DISPLEASED: Score = Score::from_percent(70);

/// Weights of signals that no policy names: too little alone, something beside others.
const WAITING: Score = Score::from_percent(20);
const VALUE: Score = Score::from_percent(10);
const SHOUTING: Score = Score::from_percent(10);
/// How much one outcome moves a weight at most.
const RATE: Score = Score::from_percent(5);
/// A weight never falls below this share of where it began, nor rises above that one.
const LEAST: Score = Score::from_percent(25);
const MOST: Score = Score::from_percent(200);
/// How fast the chance rises with the score: at the threshold it is even, at half of it below a tenth.
const STEEPNESS: f32 = 5.0;

/// What outcomes have taught: shifts of the weights. A fold of recorded terms in the order of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Learnt {
    shifts: BTreeMap<Signal, Score>,
    outcomes: u32,
}

impl Learnt {
    /// Outcomes it has learnt from.
    pub fn outcomes(&self) -> u32 {
        self.outcomes
    }

    /// By how much a signal's weight was moved.
    pub fn shift(&self, signal: Signal) -> Score {
        self.shifts.get(&signal).copied().unwrap_or_default()
    }

    /// By how much each signal's weight was moved, of those that were.
    pub fn shifts(&self) -> impl Iterator<Item = (Signal, Score)> {
        self.shifts.iter().map(|(signal, shift)| (*signal, *shift)).filter(|(_, shift)| *shift != Score::ZERO)
    }

    /// The weight of a signal that began at `prior`.
    fn weight(&self, signal: Signal, prior: Score) -> Score {
        if is_rule(signal) {
            return prior;
        }
        prior.plus(self.shift(signal)).within(prior.times(LEAST), prior.times(MOST))
    }

    /// Learns from what a person made of a conversation: whether a human was needed (they took over,
    /// accepted the call, the customer was dissatisfied) or not (the call was dismissed).
    pub fn learn(&mut self, terms: &[Term], needed: bool, policy: &EscalationPolicy) {
        let score = terms.iter().fold(Score::ZERO, |sum, term| sum.plus(term.weight));
        let miss = if needed { Score::ONE } else { Score::ZERO }.minus(chance(score, policy));
        for term in terms.iter().filter(|term| !is_rule(term.signal)) {
            let prior = prior(term.signal, policy);
            let moved = self.weight(term.signal, prior).plus(RATE.times(miss).times(term.value));
            let kept = moved.within(prior.times(LEAST), prior.times(MOST));
            self.shifts.insert(term.signal, kept.minus(prior));
        }
        self.outcomes = self.outcomes.saturating_add(1);
    }
}

/// How likely it is that a human is needed, 0 to 1: even at the threshold.
pub fn chance(score: Score, policy: &EscalationPolicy) -> Score {
    let above = score.minus(policy.threshold).0 as f32 / policy.threshold.0.max(1) as f32;
    let chance = 1.0 / (1.0 + libm::expf(-STEEPNESS * above));
    Score((chance * 10_000.0).round() as i32)
}

/// What decides by itself, whatever was learnt.
const fn is_rule(signal: Signal) -> bool {
    matches!(signal, Signal::WantsHuman | Signal::Safety | Signal::Policy)
}

/// The weight that a signal begins with.
const fn prior(signal: Signal, policy: &EscalationPolicy) -> Score {
    match signal {
        Signal::WantsHuman | Signal::Safety | Signal::Policy => policy.threshold,
        Signal::Displeasure => policy.displeasure,
        Signal::Falling => policy.falling,
        Signal::Repetition => policy.repetition,
        Signal::Misses => policy.misses,
        Signal::FailedTools => policy.failed_tools,
        Signal::Unclear => policy.unclear,
        Signal::Tier => policy.tier,
        Signal::Waiting => WAITING,
        Signal::Value => VALUE,
        Signal::Shouting => SHOUTING,
    }
}

/// What is watched for trouble in one conversation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signals<'a> {
    /// The last text asks for a human.
    pub wants_human: bool,
    /// The matter touches law or safety.
    pub safety: bool,
    /// The customer's mood now, -1 to 1.
    pub mood: Score,
    /// How likely it is that who wrote the last text is displeased, 0 to 1.
    pub displeasure: Score,
    /// Whether a person has had it: then policy wants none for the customer's sake alone.
    pub met: bool,
    /// The mood of the last texts, oldest first, the last one included.
    pub path: &'a [Score],
    /// Times the customer, or an agent, said the same again.
    pub repeats: u8,
    /// Answers in a row that did not help.
    pub misses: u8,
    /// Tools that failed.
    pub failed_tools: u8,
    /// How unclear it is what the customer wants, 0 to 1.
    pub unclear: Score,
    /// What the customer was promised.
    pub tier: Tier,
    /// How long the customer has waited for an answer, 0 to 1 of the time that one is due in.
    pub waiting: Score,
    /// How much is at risk, 0 to 1.
    pub value: Score,
    /// The share of the last texts that were all capitals.
    pub shouting: Score,
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

/// Weighs the signals by the deployment's weights and what was learnt. A request for a human and a matter of law
/// or safety reach the threshold by themselves, whatever the weights are.
pub fn judge(signals: &Signals<'_>, policy: &EscalationPolicy, learnt: &Learnt) -> Judgement {
    let yes = |said: bool| if said { Score::ONE } else { Score::ZERO };
    let share = |value: Score| value.within(Score::ZERO, Score::ONE);
    let tense = signals.mood <= TENSE || signals.displeasure >= DISPLEASED && signals.mood < Score::ZERO;
    let by_policy = signals.tier == Tier::Vip
        && !signals.met
        && match policy.vip {
            VipRule::AsOthers => false,
            VipRule::WhenTense => tense,
            VipRule::Always => true,
        };
    let readings = [
        (Signal::WantsHuman, yes(signals.wants_human)),
        (Signal::Safety, yes(signals.safety)),
        (Signal::Policy, yes(by_policy)),
        (Signal::Displeasure, share(displeased(signals))),
        (Signal::Falling, falling(signals.path)),
        (Signal::Repetition, often(signals.repeats)),
        (Signal::Misses, often(signals.misses)),
        (Signal::FailedTools, often(signals.failed_tools)),
        (Signal::Unclear, share(signals.unclear)),
        (Signal::Waiting, share(signals.waiting)),
        (Signal::Value, share(signals.value)),
        (Signal::Shouting, share(signals.shouting)),
    ];
    let weight = |signal: Signal| learnt.weight(signal, prior(signal, policy));
    let mut terms: Vec<Term> = readings
        .into_iter()
        .filter(|(_, value)| *value > Score::ZERO)
        .map(|(signal, value)| Term { signal, value, weight: weight(signal).times(value) })
        .collect();
    // A tier is no trouble by itself: it only makes trouble weigh more.
    let tier = signals.tier.standing();
    if !terms.is_empty() && tier > Score::ZERO {
        terms.push(Term { signal: Signal::Tier, value: tier, weight: weight(Signal::Tier).times(tier) });
    }
    terms.sort_by_key(|term| (Reverse(term.weight), term.signal));
    let score = terms.iter().fold(Score::ZERO, |sum, term| sum.plus(term.weight));
    let call = (signals.wants_human || signals.safety || by_policy || score >= policy.threshold)
        .then(|| trigger(signals, &terms))
        .map(|trigger| (trigger, severity(trigger, signals, score, policy)));
    Judgement { score, terms, call }
}

/// How displeased they are: what the mood has come to and what the last text alone makes likely, half each, where
/// both say so. The first is slow and sure, the second ranks better and is wrong about a text now and then.
fn displeased(signals: &Signals<'_>) -> Score {
    let low = Score::ZERO.minus(signals.mood);
    if low <= Score::ZERO {
        Score::ZERO
    } else {
        Score(i32::midpoint(low.0, signals.displeasure.0)).within(low, Score::ONE)
    }
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
        Some(Signal::Policy) => Trigger::Policy,
        Some(
            Signal::Repetition
            | Signal::Misses
            | Signal::FailedTools
            | Signal::Unclear
            | Signal::Tier
            | Signal::Waiting
            | Signal::Value
            | Signal::Shouting,
        )
        | None => Trigger::RepeatedFailure,
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
        | Trigger::ByAgent
        | Trigger::NoAgent
        | Trigger::Held
        | Trigger::LeftAlone
        | Trigger::Policy
        | Trigger::Guarded
        | Trigger::ByOperator => Severity::Normal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(signals: Signals<'_>) -> Option<(Trigger, Severity)> {
        judge(&signals, &EscalationPolicy::default(), &Learnt::default()).call
    }

    #[test]
    fn a_request_is_always_heard() {
        assert_eq!(
            call(Signals { wants_human: true, ..Signals::default() }),
            Some((Trigger::AskedForHuman, Severity::Normal))
        );
        let nothing = EscalationPolicy { threshold: Score(i32::MAX), ..EscalationPolicy::default() };
        assert!(
            judge(&Signals { wants_human: true, ..Signals::default() }, &nothing, &Learnt::default()).call.is_some()
        );
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
        let judged = judge(&Signals { misses: 1, ..falling }, &EscalationPolicy::default(), &Learnt::default());
        assert_eq!(judged.call, Some((Trigger::MoodFalling, Severity::High)), "{judged:?}");
        assert_eq!(judged.terms[0].signal, Signal::Displeasure);
        let steady = [Score(-5_000), Score(-5_000), Score(-5_000)];
        assert_eq!(call(Signals { mood: Score(-5_000), path: &steady, ..Signals::default() }), None);
    }

    #[test]
    fn repeated_failure_calls() {
        let signals = Signals { misses: 3, repeats: 2, unclear: Score(8_000), ..Signals::default() };
        let judged = judge(&signals, &EscalationPolicy::default(), &Learnt::default());
        assert_eq!(judged.call.map(|call| call.0), Some(Trigger::RepeatedFailure), "{judged:?}");
        let sum = judged.terms.iter().fold(Score::ZERO, |sum, term| sum.plus(term.weight));
        assert_eq!(judged.score, sum, "the terms are the whole of the score");
        assert_eq!(call(Signals { misses: 1, ..Signals::default() }), None);
    }

    #[test]
    fn a_tier_alone_is_no_trouble() {
        let judged =
            judge(&Signals { tier: Tier::Vip, ..Signals::default() }, &EscalationPolicy::default(), &Learnt::default());
        assert!(judged.terms.is_empty() && judged.call.is_none());
        assert_eq!(falling(&[]), Score::ZERO);
        assert_eq!(falling(&[Score(-9_000)]), Score::ZERO, "one text is no path");
    }

    fn trouble() -> Signals<'static> {
        Signals { mood: Score::from_percent(-60), misses: 2, repeats: 1, ..Signals::default() }
    }

    #[test]
    fn outcomes_move_the_weights_and_only_so_far() {
        let policy = EscalationPolicy::default();
        let mut learnt = Learnt::default();
        let before = judge(&trouble(), &policy, &learnt);
        assert_eq!(
            before,
            judge(&trouble(), &policy, &Learnt::default()),
            "who has learnt nothing judges by the policy"
        );
        learnt.learn(&before.terms, false, &policy);
        let after = judge(&trouble(), &policy, &learnt);
        let once = before.score.minus(after.score);
        assert!(once > Score::ZERO && once <= Score::from_percent(15), "one dismissal moves little: {once}");
        for _ in 0..1_000 {
            learnt.learn(&judge(&trouble(), &policy, &learnt).terms, false, &policy);
        }
        let dismissed = judge(&trouble(), &policy, &learnt);
        assert!(dismissed.call.is_none());
        assert!(
            dismissed
                .terms
                .iter()
                .all(|term| term.weight >= prior(term.signal, &policy).times(LEAST).times(term.value))
        );
        for _ in 0..1_000 {
            learnt.learn(&judge(&trouble(), &policy, &learnt).terms, true, &policy);
        }
        let needed = judge(&trouble(), &policy, &learnt);
        assert!(needed.call.is_some() && needed.score > before.score);
        assert!(needed.terms.iter().all(|term| term.weight <= prior(term.signal, &policy).times(MOST)));
        assert_eq!(learnt.outcomes(), 2_001);
    }

    #[test]
    fn nothing_learnt_silences_a_request_or_a_danger() {
        let policy = EscalationPolicy::default();
        let mut learnt = Learnt::default();
        for signals in [Signals { wants_human: true, ..trouble() }, Signals { safety: true, ..trouble() }] {
            for _ in 0..500 {
                learnt.learn(&judge(&signals, &policy, &learnt).terms, false, &policy);
            }
            assert!(judge(&signals, &policy, &learnt).call.is_some());
        }
        assert_eq!(learnt.shift(Signal::WantsHuman), Score::ZERO);
    }

    #[test]
    fn nobody_jumps_the_queue_by_shouting() {
        let policy = EscalationPolicy::default();
        let mut learnt = Learnt::default();
        let shouting = Signals { shouting: Score(i32::MAX), ..Signals::default() };
        for _ in 0..1_000 {
            learnt.learn(&judge(&shouting, &policy, &learnt).terms, true, &policy);
        }
        let judged = judge(&shouting, &policy, &learnt);
        assert!(judged.call.is_none() && judged.score <= Score::from_percent(20), "{judged:?}");
    }

    #[test]
    fn the_chance_is_even_at_the_threshold_and_rises_with_the_score() {
        let policy = EscalationPolicy::default();
        assert_eq!(chance(policy.threshold, &policy), Score::from_percent(50));
        let chances: Vec<Score> = (0..20).map(|tenth| chance(Score(tenth * 1_000), &policy)).collect();
        assert!(chances.is_sorted() && chances[5] < Score::from_percent(10));
        for odd in [Score(i32::MIN), Score(i32::MAX)] {
            assert!((Score::ZERO..=Score::ONE).contains(&chance(odd, &policy)));
            assert!(
                (Score::ZERO..=Score::ONE)
                    .contains(&chance(odd, &EscalationPolicy { threshold: Score::ZERO, ..policy.clone() }))
            );
        }
    }
}
