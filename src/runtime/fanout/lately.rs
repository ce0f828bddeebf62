//! What was seen a moment ago and ends by itself: somebody typing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::domain::id::ConversationId;

/// Without another sign for so long nobody is typing any more.
const TYPING_LASTS: Duration = Duration::from_secs(6);
/// Conversations in which somebody types at once; beyond it a sign is not shown.
const TYPING_MAX: usize = 10_000;

/// Conversations in which somebody is typing.
#[derive(Debug, Default)]
pub(super) struct Lately {
    of: BTreeMap<ConversationId, Instant>,
}

impl Lately {
    /// Notes a sign; whether it is the first.
    pub(super) fn begin(&mut self, id: ConversationId) -> bool {
        self.of.len() < TYPING_MAX && self.of.insert(id, Instant::now()).is_none()
    }

    /// Notes the end; whether there was anything to end.
    pub(super) fn end(&mut self, id: ConversationId) -> bool {
        self.of.remove(&id).is_some()
    }

    /// Whether nobody is.
    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Ends what has had no sign for a while.
    pub(super) fn expire(&mut self) -> Vec<ConversationId> {
        let over: Vec<_> = self.of.iter().filter(|(_, at)| at.elapsed() >= TYPING_LASTS).map(|(id, _)| *id).collect();
        for id in &over {
            self.of.remove(id);
        }
        over
    }
}
