//! The floor's clock: the only place that asks what time it is.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::domain::time::Timestamp;

/// A clock that runs as fast as the wall's, in thousandths.
pub const REAL_TIME: u32 = 1_000;
/// Longest sleep towards something due: a wall clock that is set, or a machine that slept, is then
/// noticed within this time.
const SLEEP_MAX: Duration = Duration::from_secs(10);

/// The time of one floor. It never goes backwards, whatever happens to the wall's.
#[derive(Debug)]
pub struct Clock {
    /// The wall's time when the floor's was `origin`.
    began: i64,
    origin: i64,
    speed: u32,
    last: AtomicI64,
}

impl Clock {
    /// A clock that goes on from `not_before` or from the wall's time, whichever is later, at
    /// `speed` thousandths of the wall's pace.
    pub fn start(not_before: Timestamp, speed: u32) -> Self {
        let began = wall();
        let origin = began.max(not_before.0);
        Self { began, origin, speed: speed.max(1), last: AtomicI64::new(origin) }
    }

    /// The floor's time.
    pub fn now(&self) -> Timestamp {
        let passed = wall().saturating_sub(self.began).max(0);
        let now = self.origin.saturating_add(passed.saturating_mul(i64::from(self.speed)) / i64::from(REAL_TIME));
        Timestamp(self.last.fetch_max(now, Ordering::AcqRel).max(now))
    }

    /// Thousandths of the wall's pace.
    pub const fn speed(&self) -> u32 {
        self.speed
    }

    /// How long to sleep, in real time, until the floor's clock may show `due`; at most ten seconds.
    pub fn until(&self, due: Timestamp) -> Duration {
        self.real(due.since(self.now()).0).min(SLEEP_MAX)
    }

    /// So many milliseconds of the floor in real time, rounded up.
    pub fn real(&self, floor_ms: u64) -> Duration {
        Duration::from_millis(floor_ms.saturating_mul(u64::from(REAL_TIME)).div_ceil(u64::from(self.speed)))
    }
}

/// The wall's time in milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "this is where time enters")]
fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_goes_back_and_keeps_its_pace() {
        let later = Timestamp(wall() + 1_000_000);
        let clock = Clock::start(later, 60 * REAL_TIME);
        assert!(clock.now() >= later, "a floor that ran fast goes on where it was");
        clock.last.store(later.0 + 10_000_000, Ordering::Release);
        assert_eq!(clock.now(), Timestamp(later.0 + 10_000_000));
        assert_eq!(clock.real(60_000), Duration::from_secs(1));
        assert_eq!(Clock::start(Timestamp(0), REAL_TIME).real(5), Duration::from_millis(5));
        assert_eq!(clock.until(Timestamp(i64::MAX)), SLEEP_MAX);
    }
}
