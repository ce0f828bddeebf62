//! Recorded dialogues as live customers, and the proof that every turn of them is in the journal
//! once and in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::crowd::Visits;
use super::door::Door;
use super::visit::{Pace, Visitor, visit};
use crate::cli::failure::Failure;
use crate::domain::event::{ConversationEvent, Event, TurnEvent};
use crate::domain::id::{ConversationId, Digest, Seq};
use crate::domain::text::Foreign;
use crate::domain::time::Millis;
use crate::simulation::dialogue::Dialogue;
use crate::simulation::recording::Recording;
use crate::store::journal::JournalRead;

/// Recorded customers at once.
const AT_ONCE: usize = 400;
/// Real time between two turns of one customer: the channel takes thirty in ten seconds.
const GAP: Millis = Millis(400);
/// Faults that are told in full.
const TOLD_MAX: usize = 5;

/// What came of the recordings.
#[derive(Debug, Serialize)]
pub(super) struct Played {
    /// Dialogues played to their end.
    pub(super) dialogues: usize,
    /// Of these, those that went from one desk to another when they were recorded.
    pub(super) with_handovers: usize,
    /// Turns of customers in the recordings.
    pub(super) turns: usize,
    /// Turns found in the journal.
    pub(super) found: usize,
    /// Whether every turn is there exactly once and in order.
    pub(super) exact: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) faults: Vec<String>,
}

fn reference(dialogue: &Dialogue) -> String {
    format!("recorded-{}", dialogue.id)
}

/// Plays all of them to their end.
pub(super) async fn play(door: &Arc<Door>, dialogues: &[Dialogue], pace: Pace, stop: &CancellationToken) -> Visits {
    // The channel's limit is in real time, the script on the floor's clock.
    let gap = Millis(GAP.0 * u64::from(pace.speed) / 1_000);
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut inside = JoinSet::new();
    for dialogue in dialogues {
        let (door, seats, stop) = (Arc::clone(door), Arc::clone(&seats), stop.clone());
        let (reference, recording) = (reference(dialogue), Recording::new(dialogue, gap));
        inside.spawn(async move {
            let Ok(_seat) = seats.acquire().await else { return None };
            let chat = door.enter(&reference, None);
            let mut visitor = Visitor::Recording(Box::new(recording));
            let visit = visit(chat, &mut visitor, pace, &stop).await;
            let Visitor::Recording(recording) = visitor else { return None };
            Some((visit, recording.is_gone() && recording.left() == 0))
        });
    }
    let mut visits = Visits::default();
    while let Some(left) = inside.join_next().await {
        match left {
            Ok(Some((visit, finished))) => visits.add(visit, finished),
            Ok(None) => visits.unfinished += 1,
            Err(error) => visits.trouble.push(error.to_string()),
        }
    }
    visits
}

/// Compares the recordings with what the journal on disk holds of them.
pub(super) fn verify(door: &Door, dialogues: &[Dialogue], journal: &mut dyn JournalRead) -> Result<Played, Failure> {
    let (mut by_reference, mut said) = (BTreeMap::<Digest, ConversationId>::new(), BTreeMap::new());
    journal.replay(Seq(0), &mut |envelope| {
        if let Event::Conversation(ConversationEvent::Opened { conversation, reference: Some(reference), .. }) =
            envelope.event
        {
            by_reference.insert(reference, conversation);
        } else if let Event::Turn(TurnEvent::CustomerSpoke { conversation, text, .. }) = envelope.event {
            said.entry(conversation).or_insert_with(Vec::new).extend(text.reveal().cloned());
        }
    })?;
    let mut played = Played { dialogues: 0, with_handovers: 0, turns: 0, found: 0, exact: true, faults: Vec::new() };
    for dialogue in dialogues {
        let wanted: Vec<Foreign> = dialogue.script().into_iter().map(|(_, text)| text).collect();
        let conversation = by_reference.get(&door.digest(&reference(dialogue)));
        let found = conversation.and_then(|id| said.get(id)).map_or(&[][..], Vec::as_slice);
        played.dialogues += 1;
        played.with_handovers += usize::from(dialogue.was_handed_over());
        played.turns += wanted.len();
        played.found += found.len();
        if found != wanted {
            played.exact = false;
            if played.faults.len() < TOLD_MAX {
                let (id, found, wanted) = (&dialogue.id, found.len(), wanted.len());
                played.faults.push(format!("{id}: {found} turns in the journal, {wanted} in the recording"));
            }
        }
    }
    Ok(played)
}
