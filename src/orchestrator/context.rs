//! What an agent is told, and what travels with the baton: both are read off the state.

use crate::domain::action::{AgentContext, Fill, Returned};
use crate::domain::candidate::Side;
use crate::domain::consult::{Consultation, Heard};
use crate::domain::conversation::Author;
use crate::domain::data::DataClass;
use crate::domain::deployment::Deployment;
use crate::domain::file::FileGiven;
use crate::domain::handoff::ContextPack;
use crate::domain::id::{AgentName, ConsultId, ConversationId, IntentName, SlotName};
use crate::domain::panel::Conferred;
use crate::domain::personal::Personal;
use crate::domain::playbook::Either;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

use super::candidate;
use super::consults::Panel;
use super::conversation::{Conversation, KnownFile, ToolResult, Turn};
use super::floor::Floor;
use super::opportunity::opportunity;

/// What stands in place of a fact that somebody may not read.
const WITHHELD: &str = "(withheld)";
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
        files: files(c),
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

/// Files of the conversation, as agents are told of them.
fn files(c: &Conversation) -> Vec<FileGiven> {
    let given = |known: &KnownFile| FileGiven {
        file: known.file,
        turn: known.turn,
        kind: known.kind,
        bytes: known.bytes,
        scan: known.scan,
        open: known.open,
        now: known.turn > c.answered,
    };
    c.files.iter().map(given).collect()
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

/// What another specialist is asked, and all that it is shown; nothing when nobody waits for it any more, or
/// the question was erased.
pub fn consultation(floor: &Floor, id: ConversationId, consult: ConsultId) -> Option<Consultation> {
    let c = floor.conversation(id)?;
    let deployment = floor.rules(c)?;
    let asked = c.consults.get(&consult)?;
    let whom = &asked.whom;
    let policy = &deployment.policy.conflict;
    let question = masked(c, deployment, whom, asked.question.reveal()?);
    // Who may not be paid any more answers by its flow.
    let composing = c.composing.as_ref().filter(|one| one.id == asked.composition);
    let cost = composing.filter(|_| asked.panel.is_some()).and_then(|one| one.cost);
    let spent = cost.zip(policy.answer_budget).is_some_and(|(cost, budget)| cost.reaches(budget));
    let consultation = Consultation {
        by: asked.by.clone(),
        whom: whom.clone(),
        question,
        at: floor.at,
        edition: floor.edition_of(id),
        composition: asked.composition,
        positions: Vec::new(),
        about: None,
        facts: Vec::new(),
        heard: Vec::new(),
        models: !spent && may_ask(floor, c, whom, Side::Own),
        tokens: policy.tokens,
        patience: asked.until.since(floor.at),
    };
    let Some(panel) = asked.panel else { return Some(consultation) };
    let open = c.panel.as_deref().filter(|open| open.id == panel)?;
    let heard = if asked.judges { heard_by(c, deployment, whom, open.heard()) } else { Vec::new() };
    Some(Consultation {
        positions: open.positions.clone(),
        about: open.about.clone(),
        facts: facts(floor, c, whom),
        heard,
        ..consultation
    })
}

/// What whoever asked a panel is told of it, without what they may not read.
pub fn conferred(floor: &Floor, c: &Conversation, panel: &Panel) -> Option<Conferred> {
    let deployment = floor.rules(c)?;
    let told = panel.conferred()?;
    let heard = heard_by(c, deployment, &panel.by, told.heard);
    let reason = told.reason.map(|reason| masked(c, deployment, &panel.by, &reason));
    Some(Conferred { reason, heard, ..told })
}

fn heard_by(c: &Conversation, deployment: &Deployment, agent: &AgentName, heard: Vec<Heard>) -> Vec<Heard> {
    let told = |one: Heard| Heard { text: masked(c, deployment, agent, &one.text), ..one };
    heard.into_iter().map(told).collect()
}

/// A text for an agent, without the facts that it may not read.
fn masked(c: &Conversation, deployment: &Deployment, agent: &AgentName, text: &Foreign) -> Foreign {
    let Some(spec) = deployment.agent(agent) else { return text.clone() };
    let hidden = c.slots.iter().filter(|fill| !spec.reads(deployment.policy.data.class(&fill.slot)));
    let mut shown = text.clone();
    for value in hidden.filter_map(|fill| fill.value.reveal()).filter(|value| !value.is_empty()) {
        shown = without(&shown, value.raw());
    }
    shown
}

/// A text without that value, wherever it stands as words of its own.
fn without(text: &Foreign, value: &str) -> Foreign {
    let (mut kept, mut rest) = (String::new(), text.raw());
    while let Some(at) = rest.find(value) {
        let (before, found) = rest.split_at(at);
        let after = found.get(value.len()..).unwrap_or_default();
        let inside = before.chars().next_back().or_else(|| kept.chars().next_back()).is_some_and(char::is_alphanumeric)
            || after.chars().next().is_some_and(char::is_alphanumeric);
        kept.push_str(before);
        kept.push_str(if inside { value } else { WITHHELD });
        rest = after;
    }
    if kept.is_empty() {
        return text.clone();
    }
    kept.push_str(rest);
    Foreign::from(kept)
}

/// Classes of the facts that an agent may read here, and the facts that it may not.
pub(super) fn readable_by(
    c: &Conversation,
    deployment: &Deployment,
    agent: &AgentName,
) -> (Vec<DataClass>, Vec<SlotName>) {
    let (mut classes, mut held) = (Vec::new(), Vec::new());
    let Some(spec) = deployment.agent(agent) else { return (classes, held) };
    for fill in known(c) {
        let class = deployment.policy.data.class(&fill.slot);
        if spec.reads(class) { classes.push(class) } else { held.push(fill.slot) }
    }
    (classes, held)
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
