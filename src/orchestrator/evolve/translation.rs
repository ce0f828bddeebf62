//! Folds what is translated.

use crate::domain::event::TranslationEvent;
use crate::domain::id::TurnNo;
use crate::domain::time::Timestamp;
use crate::domain::translation::Piece;
use crate::orchestrator::bills::sum;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;
use crate::orchestrator::translating::{HeldReply, Pending};

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &TranslationEvent, at: Timestamp) {
    if let TranslationEvent::Done { conversation, call, .. } | TranslationEvent::Failed { conversation, call, .. } =
        event
    {
        let cost = call.as_ref().and_then(|call| call.cost);
        floor.bills.count_house(cost, at);
        with(floor, *conversation, |c| c.cost = sum(c.cost, cost));
    }
    match event {
        TranslationEvent::Asked { conversation, turn, from, to, until } => with(floor, *conversation, |c| {
            let piece = Piece::Turn(*turn);
            c.translating.pending.push(Pending { piece, from: *from, to: *to, until: *until });
        }),
        TranslationEvent::Held { conversation, reply, operator, epoch, text, from, to, until } => {
            with(floor, *conversation, |c| {
                let (no, operator, text) = (*reply, operator.clone(), text.clone());
                c.translating.last = c.translating.last.max(no);
                let piece = Piece::Reply(no);
                c.translating.pending.push(Pending { piece, from: *from, to: *to, until: *until });
                let (epoch, upto) = (*epoch, c.last_said);
                c.translating.replies.push(HeldReply { no, operator, epoch, upto, text, came: None });
            });
        }
        TranslationEvent::Done { conversation, piece, text, .. } => with(floor, *conversation, |c| {
            c.translating.pending.retain(|one| one.piece != *piece);
            let waits = c.translating.replies.iter_mut().find(|held| Piece::Reply(held.no) == *piece);
            if let Some(held) = waits {
                held.came = Some((at, text.clone()));
            }
        }),
        TranslationEvent::Failed { conversation, piece, .. } => {
            with(floor, *conversation, |c| c.translating.pending.retain(|one| one.piece != *piece));
        }
        TranslationEvent::Unsent { conversation, reply, .. } => {
            with(floor, *conversation, |c| {
                gone(c, *reply);
            });
        }
    }
}

/// A reply that waited is said, or goes to nobody; up to where it answers.
pub(super) fn gone(c: &mut Conversation, reply: u32) -> Option<TurnNo> {
    c.translating.pending.retain(|one| one.piece != Piece::Reply(reply));
    let at = c.translating.replies.iter().position(|held| held.no == reply)?;
    Some(c.translating.replies.remove(at).upto)
}
