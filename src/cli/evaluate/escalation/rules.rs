//! What the floor's own rules make of a recorded chat: the named signals, folded line by line as a floor
//! folds them, and weighed by the deployment's policy with nothing learnt yet.
//!
//! A record does not tell everything that a floor knows: answers of a flow that missed, the customer's tier and
//! what is at risk count as nothing here. What is said again counts when the customer's words are the same; likeness,
//! an agent's repetition and a guessed intent, which a floor counts too, do not.

use crate::analysis::Model;
use crate::cli::failure::Failure;
use crate::cli::past::typical::plain;
use crate::cli::place::Place;
use crate::cli::progress::busy;
use crate::domain::analysis::mood_after;
use crate::domain::clock::ClockKind;
use crate::domain::customer::Tier;
use crate::domain::handoff::MOOD_POINTS;
use crate::domain::policy::Policy;
use crate::domain::said::SHORT_BYTES;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::routing::escalation::{Judgement, Learnt, Signals, judge};

/// The rules of a deployment.
pub(super) struct Rules {
    model: Model,
    policy: Policy,
}

/// One chat under these rules.
pub(super) struct Watch<'a> {
    rules: &'a Rules,
    mood: Score,
    path: Vec<Score>,
    said: Vec<String>,
    repeats: u8,
    failed: u8,
    since: Option<u64>,
}

impl Rules {
    /// Those of the deployment here.
    pub(super) fn of(place: &Place) -> Result<Self, Failure> {
        let bundle = place.bundle()?;
        let model = busy("training", || Model::train(&bundle.pairs()));
        Ok(Self { model, policy: bundle.policy })
    }

    /// A chat from its beginning.
    pub(super) fn watch(&self) -> Watch<'_> {
        let (mood, path, said) = (Score::ZERO, Vec::new(), Vec::new());
        Watch { rules: self, mood, path, said, repeats: 0, failed: 0, since: None }
    }
}

impl Watch<'_> {
    /// The customer says something, so many ms after the first line: what the rules make of it.
    pub(super) fn customer(&mut self, text: &str, at_ms: u64) -> Judgement {
        let analysis = self.rules.model.analyse(&Foreign::from(text));
        self.mood = mood_after(self.mood, analysis.sentiment);
        self.path.push(self.mood);
        if self.path.len() > MOOD_POINTS {
            self.path.remove(0);
        }
        let folded = plain(text);
        if text.len() > SHORT_BYTES && self.said.contains(&folded) {
            self.repeats = self.repeats.saturating_add(1);
        }
        self.said.push(folded);
        let waited = at_ms.saturating_sub(*self.since.get_or_insert(at_ms));
        let signals = Signals {
            wants_human: analysis.wants_human,
            safety: analysis.safety,
            mood: self.mood,
            displeasure: analysis.displeasure,
            path: &self.path,
            repeats: self.repeats,
            failed_tools: self.failed,
            unclear: analysis.out_of_scope,
            waiting: self.share(waited),
            shouting: if analysis.shouts { Score::ONE } else { Score::ZERO },
            ..Signals::default()
        };
        judge(&signals, &self.rules.policy.escalation, &Learnt::default())
    }

    /// The customer is answered.
    pub(super) fn answered(&mut self) {
        self.since = None;
    }

    /// A tool failed.
    pub(super) fn failed(&mut self) {
        self.failed = self.failed.saturating_add(1);
    }

    /// How much of the time for an answer that is.
    fn share(&self, waited: u64) -> Score {
        let Some(span) = self.rules.policy.clocks.span(ClockKind::NextAnswer, Tier::Standard) else {
            return Score::ZERO;
        };
        let share = waited.saturating_mul(Score::ONE.0.unsigned_abs().into()) / span.0.max(1);
        Score(i32::try_from(share).unwrap_or(i32::MAX)).within(Score::ZERO, Score::ONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::escalation::{Signal, Trigger};

    #[test]
    fn the_rules_call_as_a_floor_would() {
        let rules = Rules { model: Model::train(&[]), policy: Policy::default() };
        let mut watch = rules.watch();
        assert!(watch.customer("hello there", 0).call.is_none());
        watch.answered();
        let asked = watch.customer("let me talk to a human please", 9_000);
        assert_eq!(asked.call.map(|call| call.0), Some(Trigger::AskedForHuman));
        let mut watch = rules.watch();
        let line = "where is my order, nobody answers me";
        let has = |judged: &Judgement, signal| judged.terms.iter().any(|term| term.signal == signal);
        let first = watch.customer(line, 0);
        assert!(!has(&first, Signal::Repetition) && !has(&first, Signal::Waiting) && !has(&first, Signal::FailedTools));
        watch.failed();
        let again = watch.customer(line, 600_000);
        assert!(has(&again, Signal::Repetition) && has(&again, Signal::Waiting) && has(&again, Signal::FailedTools));
        watch.answered();
        assert!(!has(&watch.customer(line, 700_000), Signal::Waiting), "who was answered begins to wait anew");
    }
}
