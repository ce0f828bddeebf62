//! The fold: total, cannot fail, holds no rule. History is not judged again.

mod baton;
mod circle;
mod claim;
mod clock;
mod consult;
mod conversation;
mod customer;
mod desk;
mod escalation;
mod file;
mod guard;
mod handoff;
mod incident;
mod learning;
mod left;
mod model;
mod operator;
mod promise;
mod supervision;
mod tool;
mod translation;
mod turn;
mod wrap_up;

use std::sync::Arc;

use crate::domain::agent::AgentSpec;
use crate::domain::baton::Holder;
use crate::domain::clock::Spender;
use crate::domain::envelope::{Actor, Envelope, KeyUse};
use crate::domain::event::{Event, FloorEvent, RoutingEvent, TurnEvent};
use crate::domain::id::{ConversationId, TurnNo};
use crate::domain::time::Timestamp;

use super::conversation::Conversation;
use super::due::Due;
use super::editions::Editions;
use super::floor::{Floor, Place};
use super::keys::{CUSTOMER_KEYS, Done, OPERATOR_KEYS};

/// Folds one entry of the journal into the floor.
pub fn evolve(floor: &mut Floor, envelope: &Envelope) {
    floor.seq = envelope.seq;
    floor.at = envelope.at;
    let at = envelope.at;
    let about = envelope.event.conversation();
    let before = about.and_then(|id| alarm(floor, id));
    let stood = about.and_then(|id| place(floor, id));
    let spender = about.and_then(|id| spender(floor, id));
    incident::watch(floor, &envelope.event, at);
    learning::watch(floor, &envelope.event);
    match &envelope.event {
        Event::Conversation(event) => conversation::fold(floor, event, at),
        Event::Turn(event) => turn::fold(floor, event, envelope.seq, at),
        Event::Baton(event) => baton::fold(floor, event, &envelope.actor, at),
        Event::Handoff(event) => handoff::fold(floor, event),
        Event::Routing(RoutingEvent::Routed { conversation, turn, decision, features, plain }) => {
            learning::chosen(floor, (*conversation, *turn), (decision, plain), features, at);
        }
        Event::Lesson(event) => learning::fold_lesson(floor, event, at),
        Event::Learning(event) => learning::fold(floor, event, envelope.seq, at),
        Event::Escalation(event) => escalation::fold(floor, event, at),
        Event::Tool(event) => tool::fold_call(floor, event, at),
        Event::Approval(event) => tool::fold_approval(floor, event, at),
        Event::Supervision(event) => supervision::fold(floor, event, at),
        Event::Standing(event) => supervision::fold_standing(floor, event, at),
        Event::Clock(event) => clock::fold(floor, event),
        Event::Claim(event) => claim::fold(floor, event, at),
        Event::Left(event) => left::fold(floor, event),
        Event::Operator(event) => operator::fold(floor, event, at),
        Event::Customer(event) => customer::fold(floor, event, at),
        Event::Floor(event) => fold_floor(floor, event),
        Event::Promise(event) => promise::fold(floor, event, at),
        Event::WrapUp(event) => wrap_up::fold(floor, event),
        Event::Circle(event) => circle::fold(floor, event),
        Event::Guard(event) => guard::fold(floor, event),
        Event::Incident(event) => incident::fold(floor, event, at),
        Event::Member(event) => incident::fold_member(floor, event),
        Event::Desk(event) => desk::fold(floor, event, at),
        Event::Model(event) => model::fold(floor, event, at),
        // A record for people: what followed stands in its own entries.
        Event::Conflict(_) => {}
        Event::File(event) => file::fold(floor, event),
        Event::Translation(event) => translation::fold(floor, event, at),
        Event::Consult(event) => consult::fold(floor, event, at),
    }
    if let Some(id) = about {
        spend(floor, id, spender, at);
        touch(floor, id, envelope);
        reindex(floor, id, before);
        line_up(floor, id, stood);
        owing(floor, id);
    }
    if let Some(key) = &envelope.key {
        remember(floor, envelope, key);
    }
}

fn fold_floor(floor: &mut Floor, event: &FloorEvent) {
    match event {
        FloorEvent::Started { life } => floor.life = *life,
        FloorEvent::Stopped {} => {}
        FloorEvent::Adopted { deployment } => {
            for AgentSpec { name, .. } in &deployment.agents {
                floor.agents.entry(name.clone()).or_default();
            }
            for operator in &deployment.operators {
                floor.operators.entry(operator.name.clone()).or_default();
            }
            learning::adopted(&mut floor.learning, deployment);
            floor.deployment = Some(Arc::from(deployment.clone()));
            // What it says holds for everybody.
            floor.editions = Editions::default();
        }
        FloorEvent::RolledOut { edition, deployment, share } => {
            floor.editions.roll_out(floor.seq, *edition, deployment, share);
        }
        FloorEvent::TakenBack { .. } => floor.editions.take_back(),
    }
}

/// Changes a live conversation; one that is not there is left alone, since the fold cannot fail.
fn with(floor: &mut Floor, id: ConversationId, change: impl FnOnce(&mut Conversation)) {
    if let Some(conversation) = floor.conversations.get_mut(&id) {
        change(conversation);
    }
}

fn touch(floor: &mut Floor, id: ConversationId, envelope: &Envelope) {
    if let Some(conversation) = floor.conversations.get_mut(&id) {
        conversation.seq = envelope.seq;
    } else if let Some(stub) = floor.stubs.get_mut(&id) {
        stub.seq = envelope.seq;
    }
}

fn spender(floor: &Floor, id: ConversationId) -> Option<Spender> {
    floor.conversations.get(&id).and_then(|c| c.spender())
}

/// Whose time it was until now is counted, when it is somebody else's from now on.
fn spend(floor: &mut Floor, id: ConversationId, before: Option<Spender>, at: Timestamp) {
    with(floor, id, |c| {
        if c.spender() != before {
            let gone = at.since(c.spent_since).0;
            c.spent = before.map_or(c.spent, |spender| c.spent.with(spender, gone));
            c.spent_since = at;
        }
    });
}

/// Whose clock runs for a conversation, and until when.
fn alarm(floor: &Floor, id: ConversationId) -> Option<(Timestamp, Due)> {
    if let Some(conversation) = floor.conversations.get(&id) {
        return conversation.next_alarm().map(|(at, _)| (at, Due::Conversation(id)));
    }
    floor.stubs.get(&id)?.next_alarm().map(|(at, _)| (at, Due::Stub(id)))
}

/// Whether something is left to do in a resolved conversation.
fn owing(floor: &mut Floor, id: ConversationId) {
    if floor.stubs.get(&id).is_some_and(|stub| !stub.owed.is_empty() || stub.wrap.is_some()) {
        floor.owing.insert(id);
    } else {
        floor.owing.remove(&id);
    }
}

fn reindex(floor: &mut Floor, id: ConversationId, before: Option<(Timestamp, Due)>) {
    let after = alarm(floor, id);
    if before != after {
        if let Some(entry) = before {
            floor.due.remove(&entry);
        }
        floor.due.extend(after);
    }
}

/// Where a conversation stands in line, if it waits awake and nobody was offered it.
fn place(floor: &Floor, id: ConversationId) -> Option<Place> {
    let c = floor.conversations.get(&id)?;
    let escalation = c.escalation.as_ref().filter(|escalation| escalation.offer.is_none() && !c.asleep())?;
    matches!(c.baton.holder, Holder::Queue(_)).then_some((escalation.rank, escalation.id, id))
}

fn line_up(floor: &mut Floor, id: ConversationId, before: Option<Place>) {
    let after = place(floor, id);
    if before != after {
        if let Some(place) = before {
            floor.waiting.remove(&place);
        }
        floor.waiting.extend(after);
    }
}

/// Moves one conversation's weight from one holder to another.
fn move_load(floor: &mut Floor, id: ConversationId, from: &Holder, to: &Holder) {
    match from {
        Holder::Nobody => {}
        Holder::Agent(name) => {
            if let Some(agent) = floor.agents.get_mut(name) {
                agent.load = agent.load.saturating_sub(1);
            }
        }
        Holder::Operator(name) => {
            if let Some(operator) = floor.operators.get_mut(name) {
                operator.load = operator.load.saturating_sub(1);
            }
        }
        Holder::Queue(queue) => {
            floor.queued.remove(&id);
            let line = floor.lines.entry(queue.clone()).or_default();
            line.waiting = line.waiting.saturating_sub(1);
        }
    }
    match to {
        Holder::Nobody => {}
        Holder::Agent(name) => floor.agents.entry(name.clone()).or_default().load += 1,
        Holder::Operator(name) => floor.operators.entry(name.clone()).or_default().load += 1,
        Holder::Queue(queue) => {
            floor.queued.insert(id);
            floor.lines.entry(queue.clone()).or_default().waiting += 1;
        }
    }
}

fn remember(floor: &mut Floor, envelope: &Envelope, key: &KeyUse) {
    let done = Done { seq: envelope.seq, turn: stored_turn(&envelope.event) };
    match &envelope.actor {
        Actor::Customer(_) => {
            let Some(id) = envelope.event.conversation() else { return };
            if let Some(conversation) = floor.conversations.get_mut(&id) {
                conversation.keys.remember(key, done, CUSTOMER_KEYS);
            } else if let Some(stub) = floor.stubs.get_mut(&id) {
                stub.keys.remember(key, done, CUSTOMER_KEYS);
            }
        }
        Actor::Operator(name) => {
            floor.operators.entry(name.clone()).or_default().keys.remember(key, done, OPERATOR_KEYS);
        }
        Actor::Agent(_) | Actor::Floor => {}
    }
}

/// The message an entry stored for a person who may ask again by its key.
pub(super) fn stored_turn(event: &Event) -> Option<TurnNo> {
    match event {
        Event::Turn(TurnEvent::CustomerSpoke { turn, .. } | TurnEvent::OperatorSpoke { turn, .. }) => Some(*turn),
        Event::Turn(_)
        | Event::Conversation(_)
        | Event::Baton(_)
        | Event::Handoff(_)
        | Event::Routing(_)
        | Event::Escalation(_)
        | Event::Tool(_)
        | Event::Approval(_)
        | Event::Supervision(_)
        | Event::Incident(_)
        | Event::Member(_)
        | Event::Standing(_)
        | Event::Clock(_)
        | Event::Claim(_)
        | Event::Left(_)
        | Event::Operator(_)
        | Event::Customer(_)
        | Event::Promise(_)
        | Event::WrapUp(_)
        | Event::Floor(_)
        | Event::Desk(_)
        | Event::Circle(_)
        | Event::Guard(_)
        | Event::Consult(_)
        | Event::Lesson(_)
        | Event::Learning(_)
        | Event::Model(_)
        | Event::File(_)
        | Event::Translation(_)
        | Event::Conflict(_) => None,
    }
}
