//! One specialist asks another: allowed by the deployment, under the asker's epoch, so often for one
//! message; what is stale is kept and marked.

use crate::domain::action::Failure;
use crate::domain::consult::{Advice, CONSULT_PATIENCE, CONSULTS_MAX, NoAdvice};
use crate::domain::event::{ConsultEvent, Event};
use crate::domain::id::{AgentName, ConsultId, ConversationId};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::consults::Consult;
use crate::orchestrator::conversation::{Composing, Conversation, WaitsFor};
use crate::orchestrator::floor::Floor;

use super::agent;
use super::case::Case;

/// The holder asks another; or it is told that it may not, and goes on without.
pub(super) fn ask(case: &Case<'_>, composing: &Composing, whom: &AgentName, question: &Foreign) -> Vec<Event> {
    let (conversation, composition, by) = (case.id(), composing.id, composing.agent.clone());
    let question = question.clone().into();
    let Some(why) = refusal(case, &by, whom) else {
        let asked = ConsultEvent::Asked {
            conversation,
            consult: case.floor.last.consult.next(),
            by,
            whom: whom.clone(),
            epoch: composing.epoch,
            composition,
            question,
            until: case.at + CONSULT_PATIENCE,
        };
        return vec![asked.into()];
    };
    // Who goes on asking after it was told no gets no further.
    if case.conversation.consulted > CONSULTS_MAX {
        return agent::fail(case, &by, composition, Failure::Broke);
    }
    vec![ConsultEvent::Refused { conversation, composition, by, whom: whom.clone(), question, why }.into()]
}

fn refusal(case: &Case<'_>, by: &AgentName, whom: &AgentName) -> Option<NoAdvice> {
    let listed = case.deployment.agent(by).is_some_and(|spec| spec.consults.contains(whom));
    let known = case.deployment.agent(whom).is_some();
    if !listed || !known || by == whom {
        return Some(NoAdvice::NotAllowed);
    }
    if case.conversation.consulted >= CONSULTS_MAX {
        return Some(NoAdvice::TooOften);
    }
    case.floor.stopped(case.conversation, whom).map(|_| NoAdvice::Stopped)
}

/// Whether whoever asked still waits for it.
fn awaited(c: &Conversation, consult: ConsultId, asked: &Consult) -> bool {
    let waits = |one: &Composing| one.id == asked.composition && one.waits_for == WaitsFor::Consult(consult);
    c.baton.epoch == asked.epoch && c.composing.as_ref().is_some_and(waits)
}

/// Another specialist has answered.
pub(super) fn answered(
    floor: &Floor,
    conversation: ConversationId,
    consult: ConsultId,
    advice: Option<&Advice>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, conversation, at)?;
    let c = case.conversation;
    let asked = c.consults.get(&consult).ok_or(Refusal::NotAwaited)?;
    let stale = !awaited(c, consult, asked);
    // Who is stopped advises nobody.
    let held = floor.stopped(c, &asked.whom).map(|_| NoAdvice::Stopped);
    Ok(vec![match (advice, held) {
        (Some(advice), None) => {
            ConsultEvent::Answered { conversation, consult, advice: advice.clone().into(), stale }.into()
        }
        (_, held) => {
            let why = held.unwrap_or(NoAdvice::Unknown);
            ConsultEvent::Failed { conversation, consult, why, stale }.into()
        }
    }])
}

/// No answer came in time.
pub(super) fn lapsed(case: &Case<'_>, consult: ConsultId) -> Vec<Event> {
    let Some(asked) = case.conversation.consults.get(&consult) else { return Vec::new() };
    let (conversation, stale) = (case.id(), !awaited(case.conversation, consult, asked));
    vec![ConsultEvent::Failed { conversation, consult, why: NoAdvice::Lapsed, stale }.into()]
}
