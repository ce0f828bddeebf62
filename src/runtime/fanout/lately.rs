//! What was seen a moment ago and ends by itself: somebody typing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Without another sign for so long nobody is typing any more.
pub(super) const TYPING_LASTS: Duration = Duration::from_secs(6);
/// A colleague with half an answer is still at it when they read up on something for a while.
pub(super) const WRITING_LASTS: Duration = Duration::from_secs(30);
/// Places where somebody types at once; beyond it a sign is not shown.
const TYPING_MAX: usize = 10_000;

/// Places where somebody is typing.
#[derive(Debug)]
pub(super) struct Lately<K> {
    of: BTreeMap<K, Instant>,
    lasts: Duration,
}

impl<K: Ord + Clone> Lately<K> {
    /// Signs that are good for so long.
    pub(super) const fn new(lasts: Duration) -> Self {
        Self { of: BTreeMap::new(), lasts }
    }

    /// Notes a sign; whether it is the first.
    pub(super) fn begin(&mut self, id: K) -> bool {
        self.of.len() < TYPING_MAX && self.of.insert(id, Instant::now()).is_none()
    }

    /// Notes the end; whether there was anything to end.
    pub(super) fn end(&mut self, id: &K) -> bool {
        self.of.remove(id).is_some()
    }

    /// Whether nobody is.
    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Ends what has had no sign for a while.
    pub(super) fn expire(&mut self) -> Vec<K> {
        let over: Vec<_> =
            self.of.iter().filter(|(_, at)| at.elapsed() >= self.lasts).map(|(id, _)| id.clone()).collect();
        for id in &over {
            self.of.remove(id);
        }
        over
    }
}
