//! What changed lately, so that a console that was away for a moment hears just that.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::id::{ConversationId, Seq};
use crate::picture::Touched;

/// Entries remembered: some minutes of a busy floor, a few megabytes.
const RING_MAX: usize = 65_536;
/// Rows that a resume sends at most; beyond that a snapshot is no dearer.
const RESUME_ROWS_MAX: usize = 150;

/// Conversations that were touched, by entry.
#[derive(Debug)]
pub(super) struct Ring {
    entries: VecDeque<(Seq, ConversationId)>,
    /// A resume from before this entry is not possible.
    since: Seq,
}

impl Ring {
    /// Remembers from `since` on.
    pub(super) fn new(since: Seq) -> Self {
        Self { entries: VecDeque::new(), since }
    }

    /// Notes what an entry touched.
    pub(super) fn note(&mut self, seq: Seq, touched: &Touched) {
        if touched.everything {
            self.forget(seq);
            return;
        }
        self.entries.extend(touched.conversations.iter().map(|id| (seq, *id)));
        while self.entries.len() > RING_MAX {
            if let Some((old, _)) = self.entries.pop_front() {
                self.since = old;
            }
        }
    }

    /// Forgets everything up to an entry.
    pub(super) fn forget(&mut self, upto: Seq) {
        self.entries.clear();
        self.since = upto;
    }

    /// The conversations touched after `seq`; nothing if they are not all known or too many.
    pub(super) fn after(&self, seq: Seq) -> Option<BTreeSet<ConversationId>> {
        if seq < self.since {
            return None;
        }
        let touched: BTreeSet<_> =
            self.entries.iter().rev().take_while(|(at, _)| *at > seq).map(|(_, id)| *id).collect();
        (touched.len() <= RESUME_ROWS_MAX).then_some(touched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched(id: u8) -> Touched {
        let conversations = [ConversationId::from_random([id; 16])].into();
        Touched { conversations, ..Touched::default() }
    }

    #[test]
    fn a_resume_is_whole_or_not_at_all() {
        let mut ring = Ring::new(Seq(10));
        for seq in 11..=20 {
            ring.note(Seq(seq), &touched(seq as u8));
        }
        assert_eq!(ring.after(Seq(9)), None, "what happened before is not known");
        assert_eq!(ring.after(Seq(10)).unwrap().len(), 10);
        assert_eq!(ring.after(Seq(18)).unwrap().len(), 2);
        assert!(ring.after(Seq(20)).unwrap().is_empty());
        ring.note(Seq(21), &Touched { everything: true, ..Touched::default() });
        assert_eq!(ring.after(Seq(20)), None, "another deployment changes every row");
        for seq in 22..22 + RING_MAX as u64 + 5 {
            ring.note(Seq(seq), &touched(1));
        }
        assert_eq!(ring.after(Seq(22)), None);
        assert_eq!(ring.after(Seq(100)).unwrap().len(), 1);
    }
}
