//! Transcripts of the conversations somebody looks at: read once, then folded as they go on.

use std::collections::BTreeMap;

use crate::domain::envelope::Envelope;
use crate::domain::id::{ConversationId, Seq};
use crate::picture::{Titles, Transcript};
use crate::protocol::transcript::{InOther, Item, ItemBody};

/// Lines of a transcript sent when somebody begins to look; older ones are asked for by page.
pub(super) const FOCUS_ITEMS: usize = 200;
/// Bytes of text in one frame of items: half of what a frame may have, for escapes and names.
const ITEMS_BYTES: usize = 96 * 1024;
/// Bytes that a line takes besides its text.
const ITEM_BYTES: usize = 400;

/// One conversation somebody looks at.
#[derive(Default)]
struct Live {
    transcript: Transcript,
    /// Folded up to here; nothing while its part of the journal is being read.
    upto: Option<Seq>,
    /// Entries that were committed meanwhile.
    waiting: Vec<Envelope>,
    /// Lines that are new or different since the last flush.
    fresh: BTreeMap<Seq, Item>,
}

/// All of them.
#[derive(Default)]
pub(super) struct Focused {
    of: BTreeMap<ConversationId, Live>,
}

impl Focused {
    /// Somebody begins to look; whether the journal has to be read for it.
    pub(super) fn begin(&mut self, id: ConversationId) -> bool {
        let is_new = !self.of.contains_key(&id);
        self.of.entry(id).or_default();
        is_new
    }

    /// Nobody looks any more.
    pub(super) fn end(&mut self, id: ConversationId) {
        self.of.remove(&id);
    }

    /// The journal was read.
    pub(super) fn load(&mut self, id: ConversationId, slice: &[Envelope], titles: &Titles) {
        let Some(live) = self.of.get_mut(&id) else { return };
        let last = slice.last().map_or(Seq(0), |envelope| envelope.seq);
        let waiting = std::mem::take(&mut live.waiting);
        for envelope in slice.iter().chain(waiting.iter().filter(|envelope| envelope.seq > last)) {
            live.transcript.fold(envelope, titles);
            live.upto = Some(envelope.seq);
        }
        live.upto.get_or_insert(last);
    }

    /// An entry was committed.
    pub(super) fn hear(&mut self, envelope: &Envelope, titles: &Titles) {
        let Some(live) = envelope.event.conversation().and_then(|id| self.of.get_mut(&id)) else { return };
        match live.upto {
            None => live.waiting.push(envelope.clone()),
            Some(upto) if envelope.seq <= upto => {}
            Some(_) => {
                live.upto = Some(envelope.seq);
                if let Some(item) = live.transcript.fold(envelope, titles) {
                    live.fresh.insert(item.seq, item.clone());
                }
            }
        }
    }

    /// The last lines of a transcript that was read.
    pub(super) fn all(&self, id: ConversationId) -> Option<Vec<Item>> {
        let live = self.of.get(&id).filter(|live| live.upto.is_some())?;
        let mut items: Vec<Item> = live.transcript.items().rev().take(FOCUS_ITEMS).cloned().collect();
        items.reverse();
        Some(items)
    }

    /// Lines that are new or different since the last call.
    pub(super) fn fresh(&mut self) -> BTreeMap<ConversationId, Vec<Item>> {
        let fresh = |(id, live): (&ConversationId, &mut Live)| {
            let items: Vec<Item> = std::mem::take(&mut live.fresh).into_values().collect();
            (!items.is_empty()).then_some((*id, items))
        };
        self.of.iter_mut().filter_map(fresh).collect()
    }
}

/// Lines in pieces that each fit a frame.
pub(super) fn pieces(items: Vec<Item>) -> Vec<Vec<Item>> {
    let mut pieces: Vec<Vec<Item>> = Vec::new();
    let mut bytes = ITEMS_BYTES;
    for item in items {
        let more = ITEM_BYTES + text_bytes(&item.body);
        match pieces.last_mut() {
            Some(piece) if bytes + more <= ITEMS_BYTES => {
                bytes += more;
                piece.push(item);
            }
            Some(_) | None => {
                bytes = more;
                pieces.push(vec![item]);
            }
        }
    }
    pieces
}

fn text_bytes(body: &ItemBody) -> usize {
    match body {
        ItemBody::Message { text, other, .. } => {
            let other = if let Some(InOther::Said(other)) = other { other.as_str().len() } else { 0 };
            text.as_str().len() + other
        }
        ItemBody::House { text, .. }
        | ItemBody::Held { text, .. }
        | ItemBody::Withheld { text, .. }
        | ItemBody::Draft { text, .. }
        | ItemBody::Whisper { text, .. }
        | ItemBody::Note { text, .. }
        | ItemBody::Failed { text, .. }
        | ItemBody::Overruled { text, .. }
        | ItemBody::Milestone { text } => text.as_str().len(),
        ItemBody::Tool { ask, outcome, .. } => ask.as_str().len() + outcome.as_str().len(),
        ItemBody::Routed(decision) => decision.candidates.len() * ITEM_BYTES,
        ItemBody::Passed { note, .. } => note.as_ref().map_or(0, |note| note.as_str().len()),
        ItemBody::Consulted { question, answer, .. } => {
            question.as_str().len() + answer.as_ref().map_or(0, |answer| answer.as_str().len())
        }
        ItemBody::Panel { question, voices, .. } => {
            let said =
                voices.iter().map(|voice| ITEM_BYTES + voice.answer.as_ref().map_or(0, |text| text.as_str().len()));
            question.as_str().len() + said.sum::<usize>()
        }
        ItemBody::Circled { .. }
        | ItemBody::HandedOff { .. }
        | ItemBody::HandoffDeclined { .. }
        | ItemBody::Escalated { .. }
        | ItemBody::Approval { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Clean;
    use crate::domain::time::Timestamp;

    #[test]
    fn long_lines_are_cut_into_frames_and_none_is_lost() {
        let text = Clean::shown(&"x".repeat(40_000));
        let item = |seq| Item { seq: Seq(seq), at: Timestamp(0), body: ItemBody::Milestone { text: text.clone() } };
        let pieces = pieces((1..=7).map(item).collect());
        assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2, 1]);
    }
}
