//! Token buckets: how much one conversation may send, and how many conversations strangers open.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Buckets kept at once; a full one is the same as none, so those that have refilled are dropped.
const BUCKETS_MAX: usize = 40_000;

/// How much is let through: `count` at once, refilled evenly over `window`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    step: Duration,
    window: Duration,
}

impl Rate {
    pub(super) fn new(count: u32, window: Duration) -> Self {
        Self { step: window / count.max(1), window }
    }

    /// Takes one from the bucket that is full again at `full_at`, or says after how long there
    /// will be one.
    pub(super) fn take(self, full_at: &mut Instant, now: Instant) -> Result<(), Duration> {
        let next = (*full_at).max(now) + self.step;
        let ahead = next.saturating_duration_since(now);
        if ahead > self.window {
            return Err(ahead.saturating_sub(self.window));
        }
        *full_at = next;
        Ok(())
    }
}

/// A bucket a key.
#[derive(Debug)]
pub(super) struct Buckets<K> {
    /// When each bucket will be full again.
    full_at: Mutex<HashMap<K, Instant>>,
    rate: Rate,
}

impl<K: Hash + Eq + Copy> Buckets<K> {
    pub(super) fn new(count: u32, window: Duration) -> Self {
        Self { full_at: Mutex::default(), rate: Rate::new(count, window) }
    }

    /// Takes one, or says after how long there will be one.
    pub(super) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        // A panic elsewhere leaves times behind, which are never wrong for long.
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= BUCKETS_MAX {
            full_at.retain(|_, full| *full > now);
            if full_at.len() >= BUCKETS_MAX {
                full_at.clear();
            }
        }
        self.rate.take(full_at.entry(key).or_insert(now), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_emptied_and_refills() {
        let buckets = Buckets::new(3, Duration::from_secs(3));
        let start = Instant::now();
        assert!((0..3).all(|_| buckets.take(1, start).is_ok()));
        assert_eq!(buckets.take(1, start), Err(Duration::from_secs(1)));
        assert!(buckets.take(2, start).is_ok(), "another key has its own");
        let later = start + Duration::from_secs(1);
        assert!(buckets.take(1, later).is_ok());
        assert!(buckets.take(1, later).is_err());
    }

    #[test]
    fn the_table_does_not_grow_without_end() {
        let buckets = Buckets::new(30, Duration::from_secs(10));
        let start = Instant::now();
        for key in 0..BUCKETS_MAX + 10 {
            assert!(buckets.take(key, start).is_ok());
        }
        assert!(buckets.full_at.lock().unwrap().len() <= BUCKETS_MAX);
    }
}
