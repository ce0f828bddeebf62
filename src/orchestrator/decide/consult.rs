//! One specialist asks another: allowed by the deployment, under the asker's epoch, so often for one
//! message; what is stale is kept and marked.

use crate::domain::action::Failure;
use crate::domain::consult::{Advice, CONSULT_PATIENCE, CONSULTS_MAX, NoAdvice};
use crate::domain::event::{ConsultEvent, Event};
use crate::domain::id::{AgentName, ConsultId, ConversationId};
use crate::domain::model::Cost;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::consults::Consult;
use crate::orchestrator::conversation::{Composing, Conversation, WaitsFor};
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{agent, panel};

/// The holder asks another; or it is told that it may not, and goes on without.
pub(super) fn ask(case: &Case<'_>, composing: &Composing, whom: &AgentName, question: &Foreign) -> Vec<Event> {
    let (conversation, composition, by) = (case.id(), composing.id, composing.agent.clone());
    let question = question.clone().into();
    let Some((why, chain)) = refusal(case, &by, whom) else {
        let asked = ConsultEvent::Asked {
            conversation,
            consult: case.floor.last.consult.next(),
            by,
            whom: whom.clone(),
            epoch: composing.epoch,
            composition,
            question,
            until: case.at + CONSULT_PATIENCE,
            panel: None,
            judges: false,
            withheld: Vec::new(),
        };
        return vec![asked.into()];
    };
    // Who goes on asking after it was told no gets no further.
    if case.conversation.consulted > CONSULTS_MAX {
        return agent::fail(case, &by, composition, Failure::Broke);
    }
    vec![ConsultEvent::Refused { conversation, composition, by, whom: whom.clone(), question, why, chain }.into()]
}

/// Why that one is not asked, and the circle that it would close, if that is why.
pub(super) fn refusal(case: &Case<'_>, by: &AgentName, whom: &AgentName) -> Option<(NoAdvice, Vec<AgentName>)> {
    let listed = case.deployment.agent(by).is_some_and(|spec| spec.consults.contains(whom));
    let plain = |why| Some((why, Vec::new()));
    if !listed || case.deployment.agent(whom).is_none() || by == whom {
        return plain(NoAdvice::NotAllowed);
    }
    if let Some(chain) = case.conversation.asked_of.circle(by, whom) {
        return Some((NoAdvice::Circle, chain));
    }
    if case.conversation.consulted >= CONSULTS_MAX {
        return plain(NoAdvice::TooOften);
    }
    case.floor.stopped(case.conversation, whom).and_then(|_| plain(NoAdvice::Stopped))
}

/// Whether whoever asked still waits for it.
fn awaited(c: &Conversation, consult: ConsultId, asked: &Consult) -> bool {
    if let Some(panel) = asked.panel {
        return c.panel.as_ref().is_some_and(|open| open.id == panel && c.awaits(open));
    }
    let waits = |one: &Composing| one.id == asked.composition && one.waits_for == WaitsFor::Consult(consult);
    c.baton.epoch == asked.epoch && c.composing.as_ref().is_some_and(waits)
}

/// Another specialist has answered.
pub(super) fn answered(
    floor: &Floor,
    conversation: ConversationId,
    consult: ConsultId,
    (advice, cost): (Option<&Advice>, Option<Cost>),
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
            let open = c.panel.as_deref().filter(|open| asked.panel == Some(open.id));
            let stand = asked.panel.map(|_| panel::stand(&case, open, advice));
            ConsultEvent::Answered { conversation, consult, advice: advice.clone().into(), stale, stand, cost }.into()
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
