//! A call of a language model is recorded with what it cost, whatever became of its answer.

use crate::domain::candidate::Side;
use crate::domain::event::{Event, ModelEvent};
use crate::domain::id::{AgentName, CompositionId, ConversationId};
use crate::domain::model::ModelCall;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::orchestrator::floor::Floor;

pub(super) fn called(
    floor: &Floor,
    id: ConversationId,
    composition: CompositionId,
    (by, side): (Option<&AgentName>, Side),
    call: &ModelCall,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    if floor.conversation(id).is_none() && !floor.stubs.contains_key(&id) {
        return Err(Refusal::UnknownConversation);
    }
    let agent = by.filter(|_| composition <= floor.last.composition).ok_or(Refusal::NotAwaited)?;
    let spent_with = |more| {
        let spec = deployment.agent(agent)?;
        floor.bills.spent(spec, &deployment.policy, more, at)
    };
    // Only the call that spends the last of it says so.
    let spent = spent_with(call.cost).filter(|_| spent_with(None).is_none());
    let (conversation, agent, call) = (id, agent.clone(), call.clone());
    Ok(vec![ModelEvent::Called { conversation, composition, agent, call, spent, side }.into()])
}
