//! Clocks: each warns before it is breached, and does each once for what set it; no millisecond of a
//! conversation is counted twice or to nobody.

use std::collections::BTreeMap;

use crate::domain::clock::{ActorTimes, ClockKind};
use crate::domain::envelope::Envelope;
use crate::domain::event::ClockEvent;
use crate::domain::id::TurnNo;
use crate::domain::time::Timestamp;

use super::Laws;

/// What the checks remember of the clocks of one conversation.
#[derive(Debug, Default)]
pub(super) struct ClockBook {
    /// Clocks that have warned, and whether they were breached since.
    warned: BTreeMap<(ClockKind, TurnNo), bool>,
    /// Since when it is live, and how long it was before.
    pub(super) since: Timestamp,
    pub(super) lived: u64,
    /// Whether the first contact counts as enough.
    pub(super) first_contact: bool,
}

impl Laws {
    pub(super) fn clock(&mut self, envelope: &Envelope, event: &ClockEvent) {
        let (seq, at) = (envelope.seq, envelope.at);
        let (ClockEvent::Warned { conversation: id, .. } | ClockEvent::Breached { conversation: id, .. }) = event;
        self.awake(5, seq, *id, "a clock");
        match event {
            ClockEvent::Warned { conversation, clock, turn, .. } => {
                let before = self.account(*conversation).clock.warned.insert((*clock, *turn), false);
                self.hold(5, seq, before.is_none(), || format!("{clock:?} of {turn} warned twice"));
            }
            ClockEvent::Breached { conversation, clock, turn, due } => {
                let before = self.account(*conversation).clock.warned.insert((*clock, *turn), true);
                self.hold(5, seq, before == Some(false), || format!("{clock:?} of {turn}: warned {before:?} before"));
                self.hold(5, seq, *due <= at, || format!("{clock:?} breached {} ms early", due.since(at).0));
            }
        }
    }

    /// What the actors had adds up to the conversation's life.
    pub(super) fn spent(&mut self, envelope: &Envelope, spent: ActorTimes) {
        let Some(id) = envelope.event.conversation() else { return };
        let account = self.account(id);
        let book = &mut account.clock;
        // A sleep counts for nobody.
        book.lived += if account.asleep { 0 } else { envelope.at.since(book.since).0 };
        let lived = book.lived;
        self.hold(5, envelope.seq, spent.sum() == lived, || format!("{spent:?} of a life of {lived} ms"));
    }
}
