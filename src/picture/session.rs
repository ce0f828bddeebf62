//! A past conversation as frames for a player: the same changes a live console hears, made by
//! folding its part of the journal and by nothing else.

use std::sync::Arc;

use crate::domain::deployment::Deployment;
use crate::domain::envelope::Envelope;
use crate::domain::event::{BatonEvent, EscalationEvent, Event, TurnEvent};
use crate::orchestrator::{Floor, evolve};
use crate::protocol::console::Change;
use crate::protocol::query::{Frame, Mark};
use crate::protocol::transcript::Detail;

use super::transcript::is_handoff;
use super::{Lens, Room, Titles, Transcript, detail, row};

/// Frames of one conversation's slice of the journal. `deployment` gives titles and limits; each
/// frame's clock is its entry's.
pub fn frames(slice: &[Envelope], deployment: Option<Arc<Deployment>>, titles: &Titles, lens: &Lens<'_>) -> Vec<Frame> {
    let mut floor = Floor { deployment, ..Floor::default() };
    let mut transcript = Transcript::default();
    let mut shown: Option<Detail> = None;
    let mut frames = Vec::with_capacity(slice.len());
    for envelope in slice {
        let Some(id) = envelope.event.conversation() else { continue };
        evolve(&mut floor, envelope);
        // The viewer of a session looks at it to its end: a resolved conversation keeps its row.
        let room = Room { watchers: [(id, vec![lens.operator.clone()])].into(), ..Room::default() };
        let lens = Lens { at: envelope.at, room: &room, ..*lens };
        let mut changes = Vec::with_capacity(3);
        changes.extend(row(&floor, id, &lens).map(|row| Change::Row(Box::new(row))));
        if let Some(item) = transcript.fold(envelope, titles) {
            changes.push(Change::Items(id, vec![item.clone()]));
        }
        let now = detail(&floor, id, &lens);
        if let Some(now) = now.filter(|now| !shown.as_ref().is_some_and(|shown| same(shown, now))) {
            changes.push(Change::Detail(Box::new(now.clone())));
            shown = Some(now);
        }
        frames.push(Frame { seq: envelope.seq, at: envelope.at, mark: mark(&envelope.event), changes });
    }
    frames
}

/// Whether two side panels differ in nothing but their clocks.
fn same(shown: &Detail, now: &Detail) -> bool {
    let held_ms = now.held_ms;
    *now == Detail { held_ms, ..shown.clone() }
}

fn mark(event: &Event) -> Option<Mark> {
    match event {
        Event::Turn(
            TurnEvent::CustomerSpoke { .. }
            | TurnEvent::AgentActed { spoken: Some(_), .. }
            | TurnEvent::OperatorSpoke { .. }
            | TurnEvent::HouseSpoke { .. }
            | TurnEvent::HouseTold { .. },
        ) => Some(Mark::Message),
        Event::Routing(_) => Some(Mark::Decision),
        Event::Baton(BatonEvent::Passed { reason, .. }) => is_handoff(*reason).then_some(Mark::Handoff),
        Event::Escalation(EscalationEvent::Raised { .. }) => Some(Mark::Escalation),
        Event::Tool(_) | Event::Approval(_) => Some(Mark::Tool),
        Event::Turn(_)
        | Event::Escalation(_)
        | Event::Conversation(_)
        | Event::Baton(BatonEvent::Announced { .. })
        | Event::Handoff(_)
        | Event::Supervision(_)
        | Event::Incident(_)
        | Event::Member(_)
        | Event::Standing(_)
        | Event::Circle(_)
        | Event::Guard(_)
        | Event::Consult(_)
        | Event::Lesson(_)
        | Event::Learning(_)
        | Event::Model(_)
        | Event::File(_)
        | Event::Translation(_)
        | Event::Conflict(_)
        | Event::Clock(_)
        | Event::Promise(_)
        | Event::WrapUp(_)
        | Event::Claim(_)
        | Event::Left(_)
        | Event::Operator(_)
        | Event::Customer(_)
        | Event::Desk(_)
        | Event::Floor(_) => None,
    }
}
