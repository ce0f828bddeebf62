//! Law 2 for what customers are promised: a promise ends once, and none is lost on the way.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::baton::Holder;
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::event::PromiseEvent;
use crate::domain::handoff::ContextPack;
use crate::domain::id::{ConversationId, PromiseId, Seq};
use crate::domain::promise::PROMISES_MAX;
use crate::domain::time::Timestamp;

use super::Laws;

/// What the checks remember of one open promise.
#[derive(Debug)]
pub(super) struct PromiseBook {
    due: Option<Timestamp>,
    late: bool,
    named: bool,
}

/// The open promises of a conversation.
pub(super) type PromiseBooks = BTreeMap<PromiseId, PromiseBook>;

impl Laws {
    pub(super) fn promise(&mut self, envelope: &Envelope, event: &PromiseEvent) {
        let seq = envelope.seq;
        match event {
            PromiseEvent::Made { conversation, promise, due, .. } => {
                let next = self.promised.next();
                self.promised = *promise;
                let books = &mut self.account(*conversation).promises;
                books.insert(*promise, PromiseBook { due: *due, late: false, named: false });
                let open = books.len();
                self.hold(2, seq, *promise == next, || format!("{promise} where {next} was next"));
                self.hold(2, seq, open <= PROMISES_MAX, || format!("{open} promises are open at once"));
            }
            PromiseEvent::Cleared { conversation, promise, .. } | PromiseEvent::LetGo { conversation, promise, .. } => {
                let known = self.account(*conversation).promises.remove(promise).is_some();
                self.hold(2, seq, known, || format!("{promise} ended twice, or was never made"));
            }
            PromiseEvent::Breached { conversation, promise, due } => {
                let book = self.account(*conversation).promises.get_mut(promise);
                let once = book.is_some_and(|book| book.due == Some(*due) && !std::mem::replace(&mut book.late, true));
                self.hold(2, seq, once, || format!("{promise} is late twice, or is not owed then"));
                self.hold(5, seq, envelope.at >= *due, || format!("{promise} is late before its time"));
            }
            PromiseEvent::Carried { conversation, promise, due, .. } => {
                let book = self.account(*conversation).promises.get_mut(promise);
                let known = book.is_some();
                if let Some(book) = book {
                    (book.named, book.due) = (true, *due);
                }
                self.hold(2, seq, known, || format!("somebody is named for {promise}, which is not owed"));
            }
        }
    }

    /// What travels is what is owed, no more and no less.
    pub(super) fn travels(&mut self, seq: Seq, conversation: ConversationId, pack: &ContextPack) {
        let taken: BTreeSet<PromiseId> = pack.promises.iter().filter_map(|promise| promise.id).collect();
        let owed: BTreeSet<PromiseId> = self.account(conversation).promises.keys().copied().collect();
        self.hold(2, seq, taken == owed, || format!("{taken:?} travels where {owed:?} is owed"));
    }

    /// A person ends nothing in which something is owed that nobody was named for.
    pub(super) fn nothing_left_open(&mut self, envelope: &Envelope, conversation: ConversationId) {
        let by_person = matches!(envelope.actor, Actor::Operator(_));
        let account = self.account(conversation);
        // Whoever lets a draft go out ends nothing themselves.
        let by_person = by_person && !account.sent;
        let open = account.promises.values().filter(|book| !book.named).count();
        self.hold(2, envelope.seq, !by_person || open == 0, || format!("resolved by a person with {open} owed"));
    }

    /// Nothing is owed where nothing can come back.
    pub(super) fn nothing_owed(&mut self, seq: Seq, conversation: ConversationId) {
        let open = self.account(conversation).promises.len();
        self.hold(2, seq, open == 0, || format!("over for good with {open} promises owed"));
    }

    /// Credit is for whoever held when it was resolved, and stays theirs.
    pub(super) fn credit(&mut self, seq: Seq, conversation: ConversationId, credited: &Holder) {
        let account = self.account(conversation);
        let held = account.holder.clone();
        account.credited = credited.clone();
        self.hold(6, seq, held == *credited, || format!("{credited} is credited for what {held} held"));
    }

    /// A rating is about who had the ending that was rated.
    pub(super) fn rated(&mut self, seq: Seq, conversation: ConversationId, credited: &Holder) {
        let due = self.account(conversation).credited.clone();
        self.hold(6, seq, due == *credited, || format!("{credited} is rated for what {due} resolved"));
    }
}
