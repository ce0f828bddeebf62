//! A model that fails again and again is left alone for a while, then tried with a single call.

use std::time::{Duration, Instant};

/// Failures in a row after which it rests: with two attempts a call these are three calls.
const FAILURES_MAX: u32 = 5;
/// The first rest: providers' short disturbances last about as long. Doubled while the trial fails.
const REST: Duration = Duration::from_secs(15);
/// The longest rest: after an outage it is used again within that time.
const REST_MAX: Duration = Duration::from_secs(240);

/// The state of one model's line.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    rests: u32,
    until: Option<Instant>,
    trying: bool,
}

impl Breaker {
    /// Whether a call may be made now. After a rest that is one, until it is known how it ended.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        match self.until {
            None => true,
            Some(until) if now < until || self.trying => false,
            Some(_) => {
                self.trying = true;
                true
            }
        }
    }

    /// A call gave an answer, good or bad: the line works.
    pub(super) fn works(&mut self) {
        *self = Self::default();
    }

    /// A call failed for a reason that lies with the model or the way there.
    pub(super) fn fails(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.trying || (self.failures >= FAILURES_MAX && self.until.is_none()) {
            let rest = REST.saturating_mul(1 << self.rests.min(8)).min(REST_MAX);
            self.rests += 1;
            self.until = Some(now + rest);
            self.trying = false;
        }
    }

    /// A call was cut before anything was known: a trial is open again.
    pub(super) fn unknown(&mut self) {
        self.trying = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_after_failures_and_is_tried_once() {
        let (mut breaker, start) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES_MAX {
            assert!(breaker.admits(start));
            breaker.fails(start);
        }
        assert!(!breaker.admits(start), "it rests");
        let rested = start + REST;
        assert!(breaker.admits(rested), "one trial");
        assert!(!breaker.admits(rested), "and no other beside it");
        breaker.fails(rested);
        assert!(!breaker.admits(rested + REST), "the next rest is longer");
        assert!(breaker.admits(rested + REST * 2));
        breaker.unknown();
        assert!(breaker.admits(rested + REST * 2), "a trial that was cut is open again");
        breaker.works();
        assert!(breaker.admits(rested + REST * 2) && breaker.admits(rested + REST * 2));
    }

    #[test]
    fn failures_with_answers_between_them_do_not_add_up() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES_MAX * 3 {
            breaker.fails(now);
            breaker.works();
        }
        assert!(breaker.admits(now));
    }
}
