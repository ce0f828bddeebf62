//! What happens between agents, and what clocks say.

use baton::domain::circle::Break;
use baton::domain::clock::ClockKind;
use baton::domain::event::{CircleEvent, ClockEvent, Event};
use baton::domain::id::{CompositionId, ConversationId, TurnNo};

use super::{Pen, now};

pub(super) fn agents(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (composition, then) = (CompositionId(1), Break::Human);
    let [agent, slot, tool] = ["triage", "order", "orders.get"];
    let agent: baton::domain::id::AgentName = agent.parse().unwrap();
    let path = vec![agent.clone(), "billing".parse().unwrap(), agent.clone()];
    let (question, again) = (agent.clone(), agent);
    vec![
        CircleEvent::Handoffs { conversation, path, then }.into(),
        CircleEvent::Question {
            conversation,
            composition,
            agent: question,
            slot: slot.parse().unwrap(),
            times: 5,
            then,
        }
        .into(),
        CircleEvent::Call {
            conversation,
            composition,
            agent: again,
            tool: tool.parse().unwrap(),
            ask: pen.call(),
            times: 2,
            then,
        }
        .into(),
    ]
}

pub(super) fn clocks(conversation: ConversationId) -> Vec<Event> {
    let (clock, turn, due) = (ClockKind::Resolution, TurnNo(1), now());
    vec![
        ClockEvent::Warned { conversation, clock, turn, due }.into(),
        ClockEvent::Breached { conversation, clock, turn, due }.into(),
    ]
}
