//! Two that say different things: the order of [`Authority`] decides, and the losing side is written down.

use crate::domain::action::{AgentStep, Next};
use crate::domain::authority::Authority;
use crate::domain::event::{ConflictEvent, Event};
use crate::domain::text::Foreign;
use crate::orchestrator::conversation::Composing;

use super::case::Case;

/// What a move under whispers leaves undone: of its flow, and of the whisper itself where policy forbids it.
pub(super) fn settled(case: &Case<'_>, composing: &Composing, step: &AgentStep) -> Vec<Event> {
    let Some(proposal) = &step.overruled else { return Vec::new() };
    let record = |one: Authority, other: Authority, proposal: &Foreign| -> Event {
        let (won, lost) = one.settle(other);
        ConflictEvent::Settled {
            conversation: case.id(),
            composition: composing.id,
            agent: composing.agent.clone(),
            won,
            lost,
            proposal: proposal.clone().into(),
            under: case.conversation.under(composing.asked),
        }
        .into()
    };
    let mut events = vec![record(Authority::Playbook, Authority::Whisper, proposal)];
    if let Next::HandOff { to: Some(to), .. } = &step.next
        && case.deployment.agent(&composing.agent).is_none_or(|spec| !spec.handoffs.contains(to))
    {
        let whispered = Foreign::from(format!("handoff: {to}"));
        events.push(record(Authority::Whisper, Authority::Policy, &whispered));
    }
    events
}
