//! What an agent is told, and what travels with the baton: both are read off the state.

use crate::domain::action::{AgentContext, Fill, Returned};
use crate::domain::candidate::Side;
use crate::domain::conversation::Author;
use crate::domain::deployment::Deployment;
use crate::domain::handoff::ContextPack;
use crate::domain::id::{AgentName, ConversationId, IntentName, SlotName};
use crate::domain::personal::Personal;
use crate::domain::playbook::Either;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

use super::candidate;
use super::conversation::{Conversation, ToolResult, Turn};
use super::floor::Floor;
use super::opportunity::opportunity;

/// Messages an agent is shown: what a person would scroll back to.
const TRANSCRIPT_SHOWN: usize = 20;

/// Everything the agent that composes in `id` may know; nothing when nobody composes there.
pub fn agent_context(floor: &Floor, id: ConversationId) -> Option<AgentContext> {
    let c = floor.conversation(id)?;
    let composing = c.composing.as_ref()?;
    let side = candidate::side(floor, c, &composing.agent);
    Some(AgentContext {
        agent: composing.agent.clone(),
        side,
        conversation: c.id,
        epoch: composing.epoch,
        composition: composing.id,
        at: floor.at,
        customer: c.customer,
        tier: c.tier,
        identity: c.identity,
        name: c.name.as_ref().and_then(Personal::reveal).cloned(),
        said: said(c),
        analysis: (*c.analysis).clone(),
        mood: c.mood,
        slots: facts(floor, c, &composing.agent),
        flow: c.flows.get(&composing.agent).cloned().unwrap_or_default(),
        pack: c.pack.as_deref().cloned(),
        asked_back: asked_back(c),
        given: c.given,
        status: floor.incidents.status.values().cloned().collect(),
        incident: c.incident,
        opportunity: floor.rules(c).and_then(|deployment| opportunity(deployment, c)),
        edition: floor.edition_of(c.id),
        whispers: c.whispers.iter().filter_map(|whisper| whisper.text.reveal()).cloned().collect(),
        told: c.told.iter().filter(|told| told.agent == composing.agent).map(|told| told.habit.clone()).collect(),
        transcript: transcript(c),
        results: results(c, composing.first_at),
        models: may_ask(floor, c, &composing.agent, side),
        human_stretch: c.human_stretch,
    })
}

/// The same context for the agent's candidate, where that is asked beside it and money for it is left.
pub fn candidate_context(floor: &Floor, own: &AgentContext) -> Option<AgentContext> {
    let c = floor.conversation(own.conversation)?;
    let beside = candidate::is_asked_beside(floor, c, &own.agent) && may_ask(floor, c, &own.agent, Side::Candidate);
    beside.then(|| AgentContext { side: Side::Candidate, models: true, ..own.clone() })
}

/// What the one before asked the customer back, when it was just handed over.
fn asked_back(c: &Conversation) -> Option<Box<Either>> {
    let before = c.path.back().filter(|_| c.pack.is_some());
    before.and_then(|agent| c.flows.get(agent)?.asked_back.clone())
}

/// Facts that an agent may read.
fn facts(floor: &Floor, c: &Conversation, agent: &AgentName) -> Vec<Fill> {
    let deployment = floor.rules(c);
    let spec = deployment.and_then(|deployment| Some((deployment.agent(agent)?, &deployment.policy.data)));
    let may = |fill: &&Fill| spec.is_none_or(|(spec, data)| spec.reads(data.class(&fill.slot)));
    c.slots.iter().filter(may).cloned().collect()
}

fn results(c: &Conversation, since: Timestamp) -> Vec<Returned> {
    let read = |kept: &ToolResult| {
        let (call, outcome) = (kept.ask.reveal()?.clone(), kept.outcome.reveal()?.clone());
        Some(Returned { call, outcome, now: kept.at >= since })
    };
    c.results.iter().filter_map(read).collect()
}

/// Whether the agent is one of language models, and there is money left for them.
fn may_ask(floor: &Floor, c: &Conversation, agent: &AgentName, side: Side) -> bool {
    let Some(deployment) = floor.rules(c) else { return false };
    let spec = deployment.agent(agent).filter(|spec| !spec.models_of(side).is_empty());
    spec.is_some_and(|spec| floor.bills.spent(spec, &deployment.policy, None, floor.at).is_none())
}

/// What the customer said since the last answer, one line a message.
fn said(c: &Conversation) -> Foreign {
    let open = c.turns.iter().filter(|turn| turn.asks() && turn.no > c.answered);
    let texts: Vec<&str> = open.filter_map(|turn| turn.text.reveal()).map(Foreign::raw).collect();
    Foreign::from(texts.join("\n"))
}

fn transcript(c: &Conversation) -> Vec<(crate::domain::id::TurnNo, Author, Foreign)> {
    // What was replaced before anybody answered it, or came twice, would only mislead.
    let read: Vec<&Turn> = c.turns.iter().filter(|turn| turn.counts()).collect();
    let shown = read.iter().skip(read.len().saturating_sub(TRANSCRIPT_SHOWN));
    shown.filter_map(|turn| Some((turn.no, turn.author.clone(), turn.text.reveal()?.clone()))).collect()
}

/// What the customer came for: as the agent that holds, or held last, took it up; before that as
/// it was handed over, or as their words read.
pub fn matter(c: &Conversation) -> Option<IntentName> {
    let agent = c.baton.holder.agent().or(c.path.back());
    let taken_up = agent.and_then(|agent| c.flows.get(agent)).and_then(|flow| flow.matter.as_ref());
    let handed = c.pack.as_ref().and_then(|pack| pack.objective.as_ref());
    let read = c.analysis.top().map(|scored| &scored.intent);
    taken_up.or(handed).or(read).cloned()
}

/// Facts that stand; an empty one was forgotten, and is to be asked again.
fn known(c: &Conversation) -> Vec<Fill> {
    let stands = |fill: &&Fill| fill.value.reveal().is_none_or(|value| !value.raw().is_empty());
    c.slots.iter().filter(stands).cloned().collect()
}

/// Facts that the customer was asked for last and has not given: by the holder, or under a person by who held before.
pub fn open_questions(c: &Conversation) -> Vec<SlotName> {
    let agent = c.baton.holder.agent().or(c.path.back());
    let position = agent.and_then(|agent| c.flows.get(agent)).and_then(|flow| flow.current.as_ref());
    position.filter(|position| position.waiting).map(|position| position.asked.clone()).unwrap_or_default()
}

/// What whoever takes the baton next has to know.
pub fn pack(c: &Conversation) -> ContextPack {
    let last = c.turns.iter().rev().find(|turn| turn.asks());
    ContextPack {
        objective: matter(c),
        slots: known(c),
        promises: c.promised(),
        tried: c.tried.clone(),
        // What a person did about a question nobody has written down; they say so in their note.
        open_questions: if c.baton.holder.operator().is_some() { Vec::new() } else { open_questions(c) },
        mood: c.mood_path.iter().copied().collect(),
        given: c.given,
        summary: last.map(|turn| turn.text.clone()),
        note: None,
        withheld: Vec::new(),
    }
}

/// What of a pack its receiver may read; what stays behind is named.
pub fn readable(mut pack: ContextPack, deployment: &Deployment, receiver: &AgentName) -> ContextPack {
    let Some(spec) = deployment.agent(receiver) else { return pack };
    let may = |slot: &SlotName| spec.reads(deployment.policy.data.class(slot));
    let (kept, held): (Vec<Fill>, Vec<Fill>) = pack.slots.into_iter().partition(|fill| may(&fill.slot));
    pack.slots = kept;
    pack.withheld = held.into_iter().map(|fill| fill.slot).collect();
    pack
}
