//! What is left to do after the end: for who had it, once, in a seat that is theirs, and never beside a
//! conversation that is open again.

use crate::domain::baton::Holder;
use crate::domain::envelope::Envelope;
use crate::domain::event::WrapUpEvent;
use crate::domain::id::{ConversationId, OperatorName, Seq};
use crate::domain::time::Timestamp;

use super::Laws;

/// What the checks remember of a wrap-up.
#[derive(Debug)]
pub(super) struct WrapBook {
    operator: OperatorName,
    until: Timestamp,
    longer: bool,
}

impl Laws {
    pub(super) fn wrap_up(&mut self, envelope: &Envelope, event: &WrapUpEvent) {
        let (seq, at) = (envelope.seq, envelope.at);
        match event {
            WrapUpEvent::Began { conversation, operator, until, .. } => {
                let had = self.account(*conversation).credited == Holder::Operator(operator.clone());
                let book = WrapBook { operator: operator.clone(), until: *until, longer: false };
                let first = self.account(*conversation).wrap.replace(book).is_none();
                *self.wraps.entry(operator.clone()).or_default() += 1;
                let load = self.loads.get(operator).copied().unwrap_or_default();
                let (taken, seats) = (u32::from(load) + self.wrapping(operator), self.seats_of(operator));
                self.hold(2, seq, first, || format!("{operator} wraps up twice"));
                self.hold(6, seq, had, || format!("{operator} wraps up what somebody else had"));
                self.hold(7, seq, taken <= seats, || format!("{operator} fills {taken} of {seats}"));
            }
            WrapUpEvent::Extended { conversation, until, .. } => {
                let book = self.account(*conversation).wrap.as_mut();
                let once = book.is_some_and(|book| {
                    book.until = *until;
                    !std::mem::replace(&mut book.longer, true)
                });
                self.hold(2, seq, once, || "a wrap-up was given more time twice".to_owned());
            }
            WrapUpEvent::Done { conversation, operator, by, first_contact, .. } => {
                let book = self.over(seq, *conversation, operator);
                let timer = by.is_some() || book.is_some_and(|book| at >= book.until);
                let counted = self.account(*conversation).clock.first_contact;
                self.account(*conversation).clock.first_contact = *first_contact;
                self.hold(5, seq, timer, || "a wrap-up timed out before its time".to_owned());
                self.hold(5, seq, counted || !first_contact, || "a wrap-up made a first contact of it".to_owned());
            }
            WrapUpEvent::Cut { conversation, operator, .. } => drop(self.over(seq, *conversation, operator)),
        }
    }

    fn over(&mut self, seq: Seq, conversation: ConversationId, operator: &OperatorName) -> Option<WrapBook> {
        let book = self.account(conversation).wrap.take();
        let wraps = self.wraps.entry(operator.clone()).or_default();
        *wraps = wraps.saturating_sub(1);
        let theirs = book.as_ref().is_some_and(|book| book.operator == *operator);
        self.hold(2, seq, theirs, || format!("{operator} ends a wrap-up that is not theirs, or ended before"));
        book
    }

    /// Seats that wrap-ups fill, when the policy counts them.
    pub(super) fn wrapping(&self, name: &OperatorName) -> u32 {
        let counts = self.deployment.as_ref().is_some_and(|deployment| deployment.policy.wrap_up.takes_seat);
        if counts { self.wraps.get(name).copied().unwrap_or_default().into() } else { 0 }
    }

    pub(super) fn seats_of(&self, name: &OperatorName) -> u32 {
        let spec = self.deployment.as_ref().and_then(|deployment| deployment.operator(name));
        spec.map_or(0, |spec| u32::from(spec.capacity))
    }

    pub(super) fn not_wrapping(&mut self, seq: Seq, conversation: ConversationId) {
        let open = self.account(conversation).wrap.is_some();
        self.hold(2, seq, !open, || "its wrap-up goes on although the end is another".to_owned());
    }
}
