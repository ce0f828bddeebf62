//! Translations: written beside the words they are of, and replies that wait for theirs.

use crate::domain::conversation::Author;
use crate::domain::envelope::Envelope;
use crate::domain::event::TranslationEvent;
use crate::domain::id::{Seq, TurnNo};
use crate::domain::translation::Piece;
use crate::protocol::transcript::{HeldFate, InOther, ItemBody};

use super::{Transcript, open};

impl Transcript {
    /// Folds what came of a translation; the line that is new or different now.
    pub(super) fn translation(&mut self, envelope: &Envelope, event: &TranslationEvent) -> Option<Seq> {
        match event {
            TranslationEvent::Asked { turn, .. } => self.stands_beside(*turn, InOther::Waits),
            TranslationEvent::Done { piece: Piece::Turn(turn), text, .. } => {
                self.stands_beside(*turn, InOther::Said(open(text)))
            }
            TranslationEvent::Failed { piece: Piece::Turn(turn), why, .. } => {
                self.stands_beside(*turn, InOther::Missing(*why))
            }
            TranslationEvent::Held { reply, operator, to, text, .. } => {
                self.held.insert(*reply, envelope.seq);
                let (operator, text, to, fate) = (operator.clone(), open(text), *to, HeldFate::Waits);
                Some(self.add(envelope, ItemBody::Held { operator, text, to, fate }))
            }
            TranslationEvent::Unsent { reply, why, .. } => self.held_is(*reply, HeldFate::Unsent(*why)),
            TranslationEvent::Done { piece: Piece::Reply(reply), .. } => self.held_is(*reply, HeldFate::Translated),
            TranslationEvent::Failed { piece: Piece::Reply(_), .. } => None,
        }
    }

    /// A message with what was known of it before it came.
    pub(super) fn with_other(&mut self, mut body: ItemBody) -> ItemBody {
        if let ItemBody::Message { turn, author: Author::Customer, other, .. } = &mut body {
            *other = self.others.remove(turn);
        }
        body
    }

    /// What is known of a message in the other language. What is known before the message itself is kept for it; a
    /// translation that came stays, whatever comes late.
    fn stands_beside(&mut self, turn: TurnNo, now: InOther) -> Option<Seq> {
        let found = self.items.iter_mut().rev().find_map(|(seq, item)| {
            let ItemBody::Message { turn: no, author: Author::Customer, other, .. } = &mut item.body else {
                return None;
            };
            (*no == turn).then_some((*seq, other))
        });
        let Some((seq, other)) = found else {
            self.others.insert(turn, now);
            return None;
        };
        if !matches!(other, Some(InOther::Said(_))) {
            *other = Some(now);
        }
        Some(seq)
    }

    /// What became of a reply that waited.
    fn held_is(&mut self, reply: u32, now: HeldFate) -> Option<Seq> {
        let seq = *self.held.get(&reply)?;
        if let ItemBody::Held { fate, .. } = &mut self.items.get_mut(&seq)?.body {
            *fate = now;
        }
        Some(seq)
    }
}
