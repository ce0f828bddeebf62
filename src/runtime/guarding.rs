//! What guardrails are shown: the text that a command brings, and what it may rest on, read off the floor.

use std::collections::BTreeSet;

use crate::agents::guard::{ASSEMBLED, Evidence, Guard};
use crate::domain::action::{AgentStep, Next};
use crate::domain::command::{Act, Command, CustomerAct, EffectResult};
use crate::domain::conversation::Author;
use crate::domain::deployment::Deployment;
use crate::domain::event::CallEnd;
use crate::domain::guard::{Finding, Hop};
use crate::domain::handoff::ContextPack;
use crate::domain::id::{ConversationId, TurnNo};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::tool::{ToolOutcome, ToolSpec};
use crate::domain::translation::Piece;
use crate::orchestrator::Floor;
use crate::orchestrator::conversation::{Conversation, ToolResult};

use super::past::PastCases;

/// What guardrails find in the text that a command brings.
pub(super) fn findings(guard: &Guard, past: Option<&PastCases>, floor: &Floor, command: &Command) -> Vec<Finding> {
    let edition = conversation_of(command).and_then(|id| floor.goes_by(id));
    let Some(deployment) = floor.deployment_of(edition).filter(|deployment| deployment.policy.guard.on) else {
        return Vec::new();
    };
    match &command.act {
        Act::Customer(CustomerAct::Say { conversation, text, .. }) => said(guard, floor, (*conversation, None), text),
        Act::Customer(CustomerAct::Edit { conversation, turn, text, .. })
        | Act::Effect(EffectResult::Translated { conversation, piece: Piece::Turn(turn), text: Ok(text), .. }) => {
            said(guard, floor, (*conversation, Some(*turn)), text)
        }
        Act::Effect(EffectResult::AgentActed { conversation, step, .. }) => {
            let cited = step.reply.as_ref().zip(past).map(|(reply, past)| past.cited(&reply.citations));
            let c = floor.conversation(*conversation);
            c.map_or_else(Vec::new, |c| moved(guard, (floor, deployment), c, (step, &cited.unwrap_or_default())))
        }
        Act::Effect(EffectResult::ToolReturned { outcome, .. } | EffectResult::ToolReconciled { outcome, .. }) => {
            guard.brought(Hop::Result, texts_of(outcome))
        }
        Act::Effect(EffectResult::Advised { advice: Some(advice), .. }) => {
            guard.brought(Hop::Advice, [advice.text.raw(), advice.title.raw()].into_iter())
        }
        Act::Effect(EffectResult::HandoffAccepted { conversation, .. }) => {
            let offered = floor.conversation(*conversation).and_then(|c| c.handoff.as_ref());
            offered.map_or_else(Vec::new, |offered| guard.brought(Hop::Pack, texts_of_pack(&offered.pack)))
        }
        Act::Customer(_) | Act::Operator(_) | Act::Effect(_) | Act::Floor(_) => Vec::new(),
    }
}

/// Whose text a command brings, where guardrails look at it.
pub(super) const fn conversation_of(command: &Command) -> Option<ConversationId> {
    match &command.act {
        Act::Customer(CustomerAct::Say { conversation, .. } | CustomerAct::Edit { conversation, .. })
        | Act::Effect(
            EffectResult::AgentActed { conversation, .. }
            | EffectResult::ToolReturned { conversation, .. }
            | EffectResult::ToolReconciled { conversation, .. }
            | EffectResult::Advised { conversation, .. }
            | EffectResult::Translated { conversation, .. }
            | EffectResult::HandoffAccepted { conversation, .. },
        ) => Some(*conversation),
        Act::Customer(_) | Act::Operator(_) | Act::Effect(_) | Act::Floor(_) => None,
    }
}

/// What is found in a message, read with those before it; not with the one whose place it takes.
fn said(guard: &Guard, floor: &Floor, (id, edits): (ConversationId, Option<TurnNo>), text: &Foreign) -> Vec<Finding> {
    let Some(c) = floor.conversation(id) else { return guard.input(None, &[], text.raw()) };
    let customer = c.turns.iter().rev().filter(|turn| turn.asks() && Some(turn.no) != edits).take(ASSEMBLED);
    let mut before: Vec<&str> = customer.filter_map(|turn| turn.text.reveal()).map(Foreign::raw).collect();
    before.reverse();
    // The name is read once, with the first words.
    let name = c.name.as_ref().filter(|_| before.is_empty()).and_then(Personal::reveal).map(Foreign::raw);
    guard.input(name, &before, text.raw())
}

fn texts_of(outcome: &ToolOutcome) -> impl Iterator<Item = &str> {
    let (values, reason) = match outcome {
        ToolOutcome::Done(values) => (Some(values), None),
        ToolOutcome::Declined(reason) => (None, Some(reason)),
        ToolOutcome::Failed | ToolOutcome::Unknown | ToolOutcome::Refused(_) => (None, None),
    };
    values.into_iter().flat_map(|values| values.values()).chain(reason).map(Foreign::raw)
}

/// Facts that travel. The customer's own words were read when they came.
fn texts_of_pack(pack: &ContextPack) -> impl Iterator<Item = &str> {
    pack.slots.iter().filter_map(|fill| fill.value.reveal()).map(Foreign::raw)
}

/// What is found in an agent's move: its words, and what it gives a tool.
fn moved(
    guard: &Guard,
    (floor, deployment): (&Floor, &Deployment),
    c: &Conversation,
    (step, cited): (&AgentStep, &[String]),
) -> Vec<Finding> {
    let call = if let Next::Call(call) = &step.next { Some(call) } else { None };
    if step.reply.is_none() && call.is_none() {
        return Vec::new();
    }
    let result = |result: &ToolResult| {
        result.end == CallEnd::Done && deployment.tool(&result.tool).is_some_and(|spec| spec.side_effect)
    };
    let worked: BTreeSet<_> = c.results.iter().filter(|one| result(one)).map(|one| &one.tool).collect();
    let tried = c.tried.iter().filter(|tried| tried.worked).map(|tried| &tried.tool);
    let acted = tried.filter(|tool| deployment.tool(tool).is_some_and(|spec| spec.side_effect));
    let tools =
        worked.into_iter().chain(acted).chain(call.map(|call| &call.tool)).filter_map(|tool| deployment.tool(tool));
    let tools: Vec<String> = tools.map(told).collect();
    let mut texts = Texts::default();
    texts.gather(floor, deployment, c);
    texts.given.extend(cited.iter().map(String::as_str));
    let evidence = Evidence {
        said: &texts.said,
        given: &texts.given,
        trusted: &texts.trusted,
        before: &texts.before,
        tools: &tools,
        person: c.human_stretch.is_some(),
        at: floor.at,
    };
    let reply = step.reply.as_ref();
    let mut found = reply.map_or_else(Vec::new, |reply| {
        guard.output(&evidence, reply.text.raw(), &reply.citations, &deployment.policy.guard)
    });
    found.extend(call.map_or_else(Vec::new, |call| guard.arguments(&evidence, call, deployment.tool(&call.tool))));
    found
}

fn told(spec: &ToolSpec) -> String {
    format!("{} {}", spec.name, spec.about).to_lowercase()
}

/// What a conversation holds that an answer may rest on.
#[derive(Default)]
struct Texts<'a> {
    said: Vec<&'a str>,
    given: Vec<&'a str>,
    trusted: Vec<&'a str>,
    before: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    fn gather(&mut self, floor: &'a Floor, deployment: &Deployment, c: &'a Conversation) {
        for turn in &c.turns {
            let Some(text) = turn.text.reveal().map(Foreign::raw) else { continue };
            self.said.push(text);
            match turn.author {
                Author::Agent(_) => self.before.push(text),
                Author::Operator(_) | Author::House => self.trusted.push(text),
                Author::Customer => {}
            }
        }
        self.said.extend(c.name.as_ref().and_then(Personal::reveal).map(Foreign::raw));
        let whispers = c.whispers.iter().filter_map(|whisper| whisper.text.reveal()).map(Foreign::raw);
        for text in whispers {
            self.said.push(text);
            self.trusted.push(text);
        }
        for result in &c.results {
            let foreign = deployment.tool(&result.tool).is_none_or(|spec| spec.reads_foreign);
            let Some(outcome) = result.outcome.reveal() else { continue };
            for text in texts_of(outcome) {
                self.given.push(text);
                if !foreign {
                    self.trusted.push(text);
                }
            }
        }
        self.given.extend(c.slots.iter().filter_map(|fill| fill.value.reveal()).map(Foreign::raw));
        if let Some(pack) = &c.pack {
            let notes = pack.summary.iter().chain(&pack.note).filter_map(Personal::reveal).map(Foreign::raw);
            self.given.extend(texts_of_pack(pack).chain(notes));
        }
        let promised = c.promises.iter().chain(c.pack.iter().flat_map(|pack| &pack.promises));
        self.given.extend(promised.filter_map(|promise| promise.text.reveal()).map(Foreign::raw));
        for line in floor.incidents.status.values() {
            self.given.push(line.text.raw());
            self.trusted.push(line.text.raw());
        }
        let panel = c.advised.as_ref().and_then(|advised| advised.panel.as_deref());
        let opinions = panel.into_iter().flat_map(|panel| &panel.opinions);
        self.given.extend(opinions.filter_map(|opinion| opinion.advice.reveal()).map(|advice| advice.text.raw()));
        if let Some(advised) = c.advised.as_ref().and_then(|advised| advised.advice.as_ref()).and_then(Personal::reveal)
        {
            self.given.push(advised.text.raw());
        }
    }
}
