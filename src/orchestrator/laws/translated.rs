//! Replies that wait for a translation: each goes out once, under the epoch it was written in, or to nobody.

use crate::domain::envelope::Envelope;
use crate::domain::event::TranslationEvent;
use crate::domain::id::{ConversationId, Epoch, OperatorName, Seq};

use super::Laws;

impl Laws {
    pub(super) fn translation(&mut self, envelope: &Envelope, event: &TranslationEvent) {
        let seq = envelope.seq;
        match event {
            TranslationEvent::Held { conversation, reply, operator, epoch, .. } => {
                let account = self.account(*conversation);
                let (now, before) = (account.epoch, account.held.insert(*reply, (operator.clone(), *epoch)));
                self.hold(1, seq, now == *epoch, || format!("reply {reply} waits under {epoch:?}, it is {now:?}"));
                self.hold(2, seq, before.is_none(), || format!("reply {reply} waits twice"));
            }
            TranslationEvent::Unsent { conversation, reply, .. } => {
                let held = self.account(*conversation).held.remove(reply);
                self.hold(2, seq, held.is_some(), || format!("reply {reply} goes to nobody and did not wait"));
            }
            TranslationEvent::Asked { .. } | TranslationEvent::Done { .. } | TranslationEvent::Failed { .. } => {}
        }
    }

    /// A reply that waited goes out.
    pub(super) fn held_goes_out(&mut self, seq: Seq, id: ConversationId, reply: u32, spoken: (&OperatorName, Epoch)) {
        let held = self.account(id).held.remove(&reply);
        let same = held.as_ref().is_some_and(|(operator, epoch)| (operator, *epoch) == spoken);
        self.hold(1, seq, same, || format!("reply {reply} goes out as {spoken:?}, and waited as {held:?}"));
    }

    /// Whoever wrote what still waits is told that it went to nobody.
    pub(super) fn held_ends(&mut self, seq: Seq, id: ConversationId) {
        let held = std::mem::take(&mut self.account(id).held);
        self.hold(2, seq, held.is_empty(), || format!("ends with {held:?}"));
    }
}
