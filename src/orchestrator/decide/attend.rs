//! What comes next in a conversation in which somebody said or did something.

use crate::domain::agent::{AgentRole, AgentSpec};
use crate::domain::baton::Holder;
use crate::domain::conversation::{Author, HouseSentence};
use crate::domain::event::{Event, TurnEvent, WithheldReason};
use crate::domain::id::{ConversationId, TurnNo};
use crate::domain::refusal::Refusal;
use crate::domain::supervision::Aftermath;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::conversation::{Composing, Conversation, WaitsFor};
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{draft, escalate, guard, hold, pass, route, wait};

/// Times an answer is begun anew because the customer says more.
pub(super) const SUPERSEDES_MAX: u8 = 3;
/// How long an answer may be put off that way; then it goes out.
pub(super) const SUPERSEDE_WINDOW: Millis = Millis::from_secs(10);
/// The house repeats that the wait goes on at most so often.
const WAIT_NOTICE_EVERY: Millis = Millis::from_mins(1);

pub(super) fn decide(floor: &Floor, id: ConversationId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let c = case.conversation;
    if c.asleep() || c.handoff.is_some() || !c.unanswered() {
        return Ok(Vec::new());
    }
    match case.holder() {
        Holder::Nobody | Holder::Operator(_) => Ok(Vec::new()),
        Holder::Queue(_) => Ok(still_waiting(&case)),
        Holder::Agent(_) if c.dropped >= c.last_said => Ok(Vec::new()),
        Holder::Agent(_) => {
            if let Some(stale) = stale_draft(&case) {
                let after = Conversation { composing: None, ..draft::without(c) };
                let mut events = vec![stale];
                events.extend(next_answer(&Case { conversation: &after, ..case }));
                return Ok(events);
            }
            Ok(next_answer(&case))
        }
    }
}

/// A draft that waits for a person and does not answer what the customer said since. One that tells
/// of a side effect must not get lost; what was said since is the next turn.
fn stale_draft(case: &Case<'_>) -> Option<Event> {
    let composing = case.conversation.composing.as_ref()?;
    let stale = composing.upto < case.conversation.last_said && !composing.committed;
    draft::withhold(case, WithheldReason::Superseded).filter(|_| stale)
}

/// What the holding agent does next about what the customer said.
fn next_answer(case: &Case<'_>) -> Vec<Event> {
    let c = case.conversation;
    let waits = [c.quiet_until, c.retry_at, c.kept_still()].into_iter().flatten().any(|until| until > case.at);
    if waits || c.composing.as_ref().is_some_and(|composing| !may_supersede(case, composing)) {
        return Vec::new();
    }
    answer(case)
}

/// The holder goes on, unless it is stopped: then somebody else does, or a person.
pub(super) fn go_on(case: &Case<'_>, holder: &AgentSpec) -> Vec<Event> {
    match case.floor.stopped(case.conversation, &holder.name) {
        None | Some(Aftermath::Gate) => begin(case, holder, 0),
        Some(Aftermath::Queue | Aftermath::Reroute) => escalate::stopped(case),
    }
}

/// The holder is to answer: unless a human is called for, or somebody else is better for it.
fn answer(case: &Case<'_>) -> Vec<Event> {
    let stopped = case.holder().agent().and_then(|agent| case.floor.stopped(case.conversation, agent));
    match stopped {
        None => {}
        Some(Aftermath::Queue | Aftermath::Reroute) => return hold::instead(case),
        // It composes under the hold; nothing that leads elsewhere begins.
        Some(Aftermath::Gate) => {
            let mut events = hold::instead(case);
            let said = events.len() as u64;
            events.extend(case.holding_agent().into_iter().flat_map(|agent| begin(case, agent, said)));
            return events;
        }
    }
    if let Some(events) = guard::alarm(case).or_else(|| escalate::judge(case)) {
        return events;
    }
    let Some(agent) = case.holding_agent() else { return escalate::no_agent(case) };
    let c = case.conversation;
    // Who has asked for a fact reads the answer first: a bare number says nothing to the router.
    let asked = c.flows.get(&agent.name).and_then(|flow| flow.current.as_ref()).is_some_and(|at| !at.asked.is_empty());
    if agent.role == AgentRole::Triage && c.routed < c.last_said && !asked {
        return route::from_triage(case, agent);
    }
    begin(case, agent, 0)
}

/// The holder begins to answer after `said` more sentences of the house; the customer is told who it is,
/// if they do not know: after a re-opening somebody else may answer than before.
pub(super) fn begin(case: &Case<'_>, agent: &AgentSpec, said: u64) -> Vec<Event> {
    let turn = TurnNo(case.conversation.last_turn.0 + said + 1);
    let told = pass::introduction(case, &Holder::Agent(agent.name.clone()), turn);
    told.into_iter().chain([compose(case, agent)]).collect()
}

/// The holder begins to compose, or begins anew.
pub(super) fn compose(case: &Case<'_>, agent: &AgentSpec) -> Event {
    let c = case.conversation;
    TurnEvent::CompositionBegan {
        conversation: c.id,
        composition: case.floor.last.composition.next(),
        agent: agent.name.clone(),
        epoch: c.baton.epoch,
        upto: c.last_said,
        supersedes: c.composing.as_ref().map(|old| old.id),
    }
    .into()
}

/// A turn supersedes the answer under way, unless a side effect has begun or it was put off long enough.
fn may_supersede(case: &Case<'_>, composing: &Composing) -> bool {
    composing.upto < case.conversation.last_said
        && !matches!(composing.waits_for, WaitsFor::Draft(_))
        && !composing.committed
        && composing.superseded < SUPERSEDES_MAX
        && case.at.since(composing.first_at) < SUPERSEDE_WINDOW
}

fn still_waiting(case: &Case<'_>) -> Vec<Event> {
    let c = case.conversation;
    let asks = c.escalation.as_ref().filter(|escalation| c.analysis.wants_call_back && !escalation.call_back);
    if let Some(escalation) = asks {
        return wait::asked_back(case, escalation);
    }
    let told = c.turns.iter().rev().find(|turn| turn.author == Author::House).map(|turn| turn.at);
    if told.is_some_and(|told| case.at.since(told) < WAIT_NOTICE_EVERY) {
        return Vec::new();
    }
    let told = pass::introduction(case, case.holder(), c.last_turn.next());
    vec![told.unwrap_or_else(|| case.house(c.last_turn.next(), HouseSentence::StillWaiting, ""))]
}
