//! Sleep and undo: nothing happens in a sleep, and what is taken back stands exactly as it stood.

use crate::domain::baton::{Holder, PassReason};
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::event::{BatonEvent, ConversationEvent, DeskEvent};
use crate::domain::id::{ConversationId, OperatorName, Seq};
use crate::domain::supervision::Fuse;
use crate::domain::time::Timestamp;
use crate::domain::undo::Restored;

use super::Laws;

/// What stood before the last act that can be taken back, and whose it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Was {
    Held(OperatorName, Holder, Timestamp),
    Other(OperatorName, Restored),
}

impl Laws {
    /// Law 7: nobody is asked about what sleeps. Law 1: nobody answers there. Law 5: no clock runs.
    pub(super) fn awake(&mut self, law: u8, seq: Seq, id: ConversationId, what: &str) {
        let asleep = self.account(id).asleep;
        self.hold(law, seq, !asleep, || format!("{what} in the sleep of {id}"));
    }

    pub(super) fn sleep(&mut self, envelope: &Envelope, event: &ConversationEvent) {
        let (seq, at) = (envelope.seq, envelope.at);
        if let ConversationEvent::Snoozed { conversation, by, until, .. } = event {
            self.no_draft_left(seq, *conversation);
            let account = self.account(*conversation);
            let (asleep, offered) = (std::mem::replace(&mut account.asleep, true), account.offered.clone());
            account.barge = None;
            account.was = Some(Was::Other(by.clone(), Restored::Awake));
            account.clock.lived += at.since(account.clock.since).0;
            self.hold(5, seq, !asleep && *until > at, || "put to sleep in its sleep, or into the past".to_owned());
            self.hold(7, seq, offered.is_none(), || format!("asleep while offered to {offered:?}"));
        }
        if let ConversationEvent::Woken { conversation, call, .. } = event {
            let account = self.account(*conversation);
            if let (Some(asks), Some(call)) = (&mut account.asks, call) {
                (asks.rank, asks.expires) = (call.rank, call.expires);
            }
            account.was = None;
            self.wakes(seq, *conversation, at);
        }
    }

    fn wakes(&mut self, seq: Seq, id: ConversationId, at: Timestamp) {
        let account = self.account(id);
        let asleep = std::mem::take(&mut account.asleep);
        account.clock.since = at;
        self.hold(5, seq, asleep, || format!("{id} woke and was awake"));
    }

    pub(super) fn desk(&mut self, envelope: &Envelope, event: &DeskEvent) {
        match event {
            DeskEvent::PrioritySet { conversation, by, priority, rank, .. } => {
                let account = self.account(*conversation);
                let before = std::mem::replace(&mut account.priority, *priority);
                let stood = account.asks.as_ref().map(|asks| asks.rank);
                if let (Some(asks), Some(rank)) = (&mut account.asks, rank) {
                    asks.rank = *rank;
                }
                account.was = Some(Was::Other(by.clone(), Restored::Priority { priority: before, rank: stood }));
            }
            DeskEvent::LabelsSet { conversation, by, labels, .. } => {
                let account = self.account(*conversation);
                let before = std::mem::replace(&mut account.labels, labels.clone());
                account.was = Some(Was::Other(by.clone(), Restored::Labels(before)));
            }
            DeskEvent::Undone { conversation, by, restored } => self.undone(envelope, *conversation, by, restored),
            DeskEvent::Watched { conversation, by, when } => {
                self.account(*conversation).watches.insert(by.clone(), *when);
            }
            DeskEvent::Unwatched { conversation, by } => {
                self.account(*conversation).watches.remove(by);
            }
            DeskEvent::Noticed { conversation, operator, what } => {
                let waited = self.account(*conversation).watches.get_mut(operator).and_then(Option::take);
                self.hold(6, envelope.seq, waited == Some(*what), || {
                    format!("{operator} is called for {what:?}, waited for {waited:?}")
                });
            }
        }
    }

    /// Law 1: an undo is of one's own last act, with nothing built on it, and restores it exactly. Of a
    /// place in a line only what the act had moved is taken back: it may have become graver since.
    fn undone(&mut self, envelope: &Envelope, id: ConversationId, by: &OperatorName, restored: &Restored) {
        let account = self.account(id);
        let was = account.was.take();
        match restored {
            Restored::Priority { priority, rank } => {
                account.priority = *priority;
                if let (Some(asks), Some(rank)) = (&mut account.asks, rank) {
                    asks.rank = *rank;
                }
            }
            Restored::Labels(labels) => account.labels.clone_from(labels),
            Restored::Awake => self.wakes(envelope.seq, id, envelope.at),
            Restored::Gate(gate) => {
                account.gated = gate.is_some();
                account.gate.clone_from(gate);
            }
        }
        let exact = match (&was, restored) {
            (
                Some(Was::Other(who, Restored::Priority { priority: before, .. })),
                Restored::Priority { priority, .. },
            ) => who == by && before == priority,
            (Some(Was::Other(who, before)), restored) => who == by && before == restored,
            (Some(Was::Held(..)) | None, _) => false,
        };
        self.hold(1, envelope.seq, exact, || format!("{by} took back {was:?} as {restored:?}"));
    }

    /// The same of a pass.
    pub(super) fn passed_by_hand(&mut self, envelope: &Envelope, event: &BatonEvent) {
        let BatonEvent::Passed { conversation, from, to, reason, since, undo_until, .. } = event else { return };
        self.awake(1, envelope.seq, *conversation, "a pass");
        let account = self.account(*conversation);
        let held_since = std::mem::replace(&mut account.since, *since);
        let was = account.was.take();
        let Actor::Operator(by) = &envelope.actor else { return };
        if *reason == PassReason::Undone {
            let exact = was == Some(Was::Held(by.clone(), to.clone(), *since));
            self.hold(1, envelope.seq, exact, || format!("{by} took back {was:?} and {to} holds"));
        } else if undo_until.is_some() {
            account.was = Some(Was::Held(by.clone(), from.clone(), held_since));
        }
    }

    pub(super) fn gated(&mut self, id: ConversationId, by: &OperatorName, fuse: Option<Fuse>) {
        let account = self.account(id);
        account.gated = fuse.is_some();
        let before = std::mem::replace(&mut account.gate, fuse.map(|fuse| (by.clone(), fuse)));
        account.was = Some(Was::Other(by.clone(), Restored::Gate(before)));
    }
}
