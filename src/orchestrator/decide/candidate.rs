//! Candidates: what they would have done is recorded beside what was done, and a person gives them a share.

use crate::domain::action::AgentStep;
use crate::domain::baton::Holder;
use crate::domain::candidate::{Made, Move, Share, Side};
use crate::domain::event::{Event, ModelEvent, StandingEvent};
use crate::domain::id::{AgentName, CompositionId, ConversationId};
use crate::domain::model::Cost;
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::supervision::Segment;
use crate::domain::time::Millis;
use crate::orchestrator::candidate::is_asked_beside;
use crate::orchestrator::conversation::Composing;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::operate;

/// The agent's own first move for a message, where its candidate is asked for it too.
pub(super) fn own_move(case: &Case<'_>, composing: &Composing, step: &AgentStep) -> Option<Event> {
    let beside = composing.moves == 0 && is_asked_beside(case.floor, case.conversation, &composing.agent);
    beside.then(|| {
        let made = Made { did: Move::of(Some(step)), cost: composing.cost, took: case.at.since(composing.at) };
        let (agent, composition) = (composing.agent.clone(), composing.id);
        ModelEvent::Moved { conversation: case.id(), composition, agent, side: Side::Own, made, text: None }.into()
    })
}

/// What the candidate would have done. Nothing of it happens.
pub(super) fn moved(
    floor: &Floor,
    id: ConversationId,
    (composition, by): (CompositionId, Option<&AgentName>),
    step: Option<&AgentStep>,
    (cost, took): (Option<Cost>, Millis),
) -> Result<Vec<Event>, Refusal> {
    let c = floor.conversation(id).ok_or(Refusal::UnknownConversation)?;
    let agent = by.filter(|agent| composition <= floor.last.composition && is_asked_beside(floor, c, agent));
    let agent = agent.ok_or(Refusal::NotAwaited)?.clone();
    let made = Made { did: Move::of(step), cost, took };
    let text = step.and_then(|step| step.reply.as_ref()).map(|reply| reply.text.clone().into());
    Ok(vec![ModelEvent::Moved { conversation: id, composition, agent, side: Side::Candidate, made, text }.into()])
}

/// A person gives an agent's candidate a share of its conversations, or takes it back.
pub(super) fn promote(
    floor: &Floor,
    operator: &OperatorSpec,
    agent: &AgentName,
    (percent, segment): (u8, Option<&Segment>),
) -> Result<Vec<Event>, Refusal> {
    operate::need(operator, Role::Supervisor)?;
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    let unknown = || Refusal::UnknownTarget { target: Holder::Agent(agent.clone()) };
    let spec = deployment.agent(agent).ok_or_else(unknown)?;
    if percent > 0 && spec.candidate.is_none() {
        return Err(Refusal::NoCandidate { agent: agent.clone() });
    }
    if percent > 100 {
        return Err(Refusal::TooMuch { what: "in a hundred".to_owned(), given: u64::from(percent), limit: 100 });
    }
    let share = Share { percent, segment: segment.filter(|segment| !segment.is_empty()).cloned() };
    let now = floor.standing.candidates.get(agent).cloned().unwrap_or_default();
    if now == share || now.percent == 0 && percent == 0 {
        return Ok(Vec::new());
    }
    Ok(vec![StandingEvent::CandidateSet { agent: agent.clone(), share, by: operator.name.clone() }.into()])
}
