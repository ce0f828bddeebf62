//! Telling the conversations of an incident: how many was typed, one after the other, stopped at once.

use crate::domain::event::{Event, IncidentEvent, MemberEvent, TurnEvent};
use crate::domain::id::{ConversationId, IncidentId};
use crate::domain::incident::{BROADCAST_BYTES_MAX, BROADCAST_TO_MAX, BroadcastKind, Exclusion, Message, MessageError};
use crate::domain::operator::OperatorSpec;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::audience::{self, Audience};
use crate::orchestrator::floor::Floor;
use crate::orchestrator::incidents::{Broadcast, Incident};

use super::super::case::Case;
use super::super::wait;
use super::{led, limit};

/// A message that somebody wants to be on its way.
pub(super) struct Wanted<'a> {
    pub(super) incident: IncidentId,
    pub(super) kind: BroadcastKind,
    pub(super) text: &'a Foreign,
    /// The number that was seen and typed.
    pub(super) count: u32,
}

pub(super) fn begin(floor: &Floor, by: &OperatorSpec, wanted: &Wanted<'_>) -> Result<Vec<Event>, Refusal> {
    let Wanted { incident, kind, text, count } = *wanted;
    let found = led(floor.incidents.open.get(&incident).ok_or(Refusal::UnknownIncident { incident })?, by)?;
    match (kind, found.is_over()) {
        (BroadcastKind::Notice | BroadcastKind::Update, true) => return Err(Refusal::IncidentOver { incident }),
        (BroadcastKind::AllClear, false) => return Err(Refusal::NotOver { incident }),
        (BroadcastKind::Notice | BroadcastKind::Update, false) | (BroadcastKind::AllClear, true) => {}
    }
    if let Some(running) = &found.broadcast {
        return Err(Refusal::BroadcastRuns { incident, broadcast: running.number });
    }
    if text.raw().trim().is_empty() {
        return Err(Refusal::Empty);
    }
    limit("bytes of text", text.raw().len(), BROADCAST_BYTES_MAX)?;
    let message: Message =
        text.raw().parse().map_err(|error: MessageError| Refusal::BadMessage { why: error.to_string() })?;
    let audience = Audience::of(floor, incident, kind, &message);
    let now = audience.told.len() as u32;
    if count != now {
        return Err(Refusal::CountChanged { typed: count, now });
    }
    if now == 0 {
        return Err(Refusal::Empty);
    }
    limit("conversations", audience.told.len(), BROADCAST_TO_MAX)?;
    let pause = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?.policy.incidents.pause();
    let (broadcast, by, text) = (found.broadcasts + 1, by.name.clone(), text.clone());
    let to = audience.told.into_iter().map(|(conversation, _)| conversation).collect();
    Ok(vec![IncidentEvent::BroadcastBegan { incident, broadcast, by, kind, text, to, pause }.into()])
}

/// Anybody who supervises stops a message, whoever leads.
pub(super) fn stop(floor: &Floor, by: &OperatorSpec, incident: IncidentId) -> Result<Vec<Event>, Refusal> {
    let found = floor.incidents.open.get(&incident).ok_or(Refusal::UnknownIncident { incident })?;
    stopped(found, by, incident).map(|event| vec![event]).ok_or(Refusal::NoBroadcast { incident })
}

/// That the message on its way goes no further, if there is one.
pub(super) fn stopped(found: &Incident, by: &OperatorSpec, incident: IncidentId) -> Option<Event> {
    let running = found.broadcast.as_ref()?;
    let (broadcast, by, left) = (running.number, by.name.clone(), running.waiting.len() as u32);
    Some(IncidentEvent::BroadcastStopped { incident, broadcast, by, left }.into())
}

/// The next of those who are to be told; at the end, that it is over.
pub(super) fn next(
    floor: &Floor,
    (id, incident): (IncidentId, &Incident),
    running: &Broadcast,
    at: Timestamp,
) -> Vec<Event> {
    let Some(conversation) = running.waiting.front().copied() else {
        let (broadcast, told, skipped) = (running.number, running.told, running.skipped);
        return vec![IncidentEvent::BroadcastEnded { incident: id, broadcast, told, skipped }.into()];
    };
    let told = tell(floor, (id, incident), running, conversation);
    // Who reads that it works again need not be called back about it.
    let works_again = if let Event::Turn(TurnEvent::HouseTold { turn, kind: BroadcastKind::AllClear, .. }) = &told {
        Case::open(floor, conversation, at).ok().map(|case| wait::settled_by_news(&case, turn.next()))
    } else {
        None
    };
    std::iter::once(told).chain(works_again.into_iter().flatten()).collect()
}

fn tell(
    floor: &Floor,
    (id, incident): (IncidentId, &Incident),
    running: &Broadcast,
    conversation: ConversationId,
) -> Event {
    let (broadcast, kind) = (running.number, running.kind);
    let skipped = |why| MemberEvent::Skipped { conversation, incident: id, broadcast, why }.into();
    let Some(c) = floor.conversation(conversation) else { return skipped(Exclusion::NotMember) };
    // It was one when it was sent on its way.
    let Ok(message) = running.text.raw().parse::<Message>() else { return skipped(Exclusion::NotMember) };
    match audience::words(floor, c, (id, incident), kind, &message) {
        Err(why) => skipped(why),
        Ok(words) => {
            let (turn, bytes) = (c.last_turn.next(), words.len() as u32);
            let text = Foreign::from(words).into();
            TurnEvent::HouseTold { conversation, turn, incident: id, broadcast, kind, text, bytes }.into()
        }
    }
}
