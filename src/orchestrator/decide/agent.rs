//! What an agent's move leads to. A move for an epoch that is over changes nothing but the record.

use crate::domain::action::{AgentStep, Failure, MOVES_MAX, Next, Reply};
use crate::domain::analysis::Clarity;
use crate::domain::baton::Holder;
use crate::domain::conversation::{Author, HouseSentence};
use crate::domain::escalation::Trigger;
use crate::domain::event::{Event, Spoken, TurnEvent, WithheldReason};
use crate::domain::guard::Finding;
use crate::domain::id::{AgentName, CompositionId, ConversationId, Epoch, IntentName, TurnNo};
use crate::domain::knowledge::Unanswered;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::conversation::{Composing, Conversation, WaitsFor};
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::guard::Judged;
use super::{candidate, circle, conflict, consult, customer, draft, end, escalate, guard, panel, promise, route, tool};

/// Attempts of one agent at one answer before somebody else is asked.
const ATTEMPTS_MAX: usize = 2;
/// Wait before the second attempt: a restart of a backend takes about as long.
const RETRY_AFTER: Millis = Millis::from_secs(2);
/// Answers longer than this are not said twice by chance.
const ANSWER_BYTES_TOLD_APART: usize = 40;

pub(super) fn acted(
    floor: &Floor,
    id: ConversationId,
    (composition, epoch): (CompositionId, Epoch),
    by: Option<&AgentName>,
    (step, findings): (&AgentStep, &[Finding]),
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let Some(composing) = current(&case, composition, epoch) else {
        return stale(&case, (composition, epoch), by, step);
    };
    let agent = &composing.agent;
    if step.reply.is_none() && step.next == Next::Wait {
        return Ok(fail(&case, agent, composition, Failure::Empty));
    }
    if composing.moves >= MOVES_MAX && goes_on(&step.next) {
        return Ok(fail(&case, agent, composition, Failure::Endless));
    }
    if let Some(events) = circle::caught(&case, composing, step) {
        return Ok(events);
    }
    let mut events: Vec<Event> = nothing_found(&case, composing, step).into_iter().collect();
    events.extend(candidate::own_move(&case, composing, step));
    events.extend(conflict::settled(&case, composing, step));
    match guard::judge(&case, composing, step, findings) {
        Judged::Stopped(stopped) => events.extend(stopped),
        Judged::Passes(noted) => {
            events.extend(noted);
            events.extend(let_out(&case, composing, (step, false)));
        }
        Judged::Asks(noted) => {
            events.push(noted);
            events.extend(let_out(&case, composing, (step, true)));
        }
    }
    Ok(events)
}

/// The customer asked what the house does not know: so much is true whatever becomes of the words.
fn nothing_found(case: &Case<'_>, composing: &Composing, step: &AgentStep) -> Option<Event> {
    let Unanswered { nearest, score } = step.unanswered.clone()?;
    let read = &case.conversation.analysis;
    let event = TurnEvent::NothingFound {
        conversation: case.id(),
        turn: composing.upto,
        agent: composing.agent.clone(),
        intent: read.top().filter(|_| read.clarity != Clarity::Outside).map(|top| top.intent.clone()),
        nearest,
        score,
    };
    Some(event.into())
}

/// The move is carried out, unless somebody writes beside its author, or its words wait for a person.
fn let_out(case: &Case<'_>, composing: &Composing, (step, suspect): (&AgentStep, bool)) -> Vec<Event> {
    let (id, composition, epoch, agent) = (case.id(), composing.id, composing.epoch, &composing.agent);
    // Whoever speaks beside it has the word; what tells of a side effect must not get lost.
    let still = case.conversation.kept_still().is_some_and(|until| until > case.at) && !composing.committed;
    if let Some(reply) = step.reply.as_ref().filter(|_| still) {
        let (conversation, agent, text) = (id, agent.clone(), reply.text.clone().into());
        let reason = WithheldReason::Barged;
        let event = TurnEvent::ReplyWithheld { conversation, composition, agent, epoch, reason, text, draft: None };
        return vec![event.into()];
    }
    // What a tool has done is done, whatever becomes of the words about it.
    let mut events = promise::kept(case, &Author::Agent(agent.clone()), &step.keeps);
    let stopped = case.floor.stopped(case.conversation, agent).is_some();
    let gate = case.floor.gate_over(case.conversation, agent);
    match &step.reply {
        // What is held goes out with its release and a person's word, never by a fuse; so does what
        // answers something that a guardrail was wary of.
        Some(reply) if stopped || guard::wary(case.conversation, composing) => {
            events.push(draft::wait(case, composing, step, reply, None));
        }
        Some(reply) if gate.is_some() => events.push(draft::wait(case, composing, step, reply, gate)),
        Some(_) | None => {
            let after = promise::without(case.conversation, &events);
            let case = Case { conversation: after.as_ref().unwrap_or(case.conversation), ..*case };
            events.extend(carry_out(&case, composing, (step, suspect)));
        }
    }
    events
}

/// The move happens: its words go out, and what follows them begins; a suspect call with a person's word.
pub(super) fn carry_out(case: &Case<'_>, composing: &Composing, (step, suspect): (&AgentStep, bool)) -> Vec<Event> {
    let agent = &composing.agent;
    let turn = case.conversation.last_turn.next();
    let done = !goes_on(&step.next);
    // Words beside a call that changes something may announce it: both happen, or neither.
    let held = matches!(&step.next, Next::Call(call) if tool::announces(case, call));
    let (said, draft) = if held { (None, step.reply.as_ref()) } else { (step.reply.as_ref(), None) };
    let mut events = vec![record(case, composing, (step, said), turn, done)];
    // Promised is what the customer reads: words that wait, or were never said, promise nothing yet.
    let promised = if said.is_some() { step.promises.as_slice() } else { &[] };
    let author = Author::Agent(agent.clone());
    events.extend(promise::made(case, &author, promised));
    let after = (!promised.is_empty()).then(|| promise::with(case, &author, promised));
    let case = &Case { conversation: after.as_ref().unwrap_or(case.conversation), ..*case };
    let next_turn = if said.is_some() { turn.next() } else { turn };
    match &step.next {
        Next::Wait => {}
        Next::Call(call) => events.extend(tool::ask(
            case,
            composing,
            (call, suspect),
            draft.map(|draft| (draft, step.promises.as_slice())),
            next_turn,
        )),
        Next::Consult { whom, question } => {
            events.extend(shifted(consult::ask(case, composing, whom, question), next_turn));
        }
        Next::Confer(board) => events.extend(shifted(panel::convene(case, composing, board), next_turn)),
        Next::HandOff { to, objective } => {
            let passed = hand_off(case, agent, to.as_ref(), objective.as_ref());
            events.extend(shifted(passed, next_turn));
        }
        Next::Escalate { trigger } => events.extend(shifted(escalate::raise(case, *trigger, Vec::new()), next_turn)),
        Next::Resolve { disposition } => {
            events.extend(end::settled(case, *disposition, next_turn));
        }
    }
    events
}

/// Whether the attempt is not over with this move: something is asked for before it answers.
const fn goes_on(next: &Next) -> bool {
    match next {
        Next::Call(_) | Next::Consult { .. } | Next::Confer(_) => true,
        Next::Wait | Next::HandOff { .. } | Next::Escalate { .. } | Next::Resolve { .. } => false,
    }
}

/// The attempt a move belongs to, if it is the one under way and its author still holds.
fn current<'a>(case: &Case<'a>, composition: CompositionId, epoch: Epoch) -> Option<&'a Composing> {
    let baton = &case.conversation.baton;
    case.conversation.composing.as_ref().filter(|composing| {
        composing.id == composition
            && composing.waits_for == WaitsFor::Agent
            && epoch == baton.epoch
            && baton.holder == Holder::Agent(composing.agent.clone())
    })
}

fn stale(
    case: &Case<'_>,
    (composition, epoch): (CompositionId, Epoch),
    by: Option<&AgentName>,
    step: &AgentStep,
) -> Result<Vec<Event>, Refusal> {
    let now = case.conversation.baton.epoch;
    let Some(reply) = &step.reply else { return Err(Refusal::StaleEpoch { asked: epoch, now }) };
    // An attempt that this floor never began left nothing that could be withheld.
    if composition > case.floor.last.composition {
        return Err(Refusal::NotAwaited);
    }
    // Whose it is says who sends it: by now another may hold, or have held.
    let agent = by.or(case.conversation.path.back()).ok_or(Refusal::NotAwaited)?.clone();
    let held = case.floor.stopped(case.conversation, &agent).is_some();
    let reason = match epoch == now {
        _ if case.conversation.asleep() => WithheldReason::Snoozed,
        _ if held => WithheldReason::Held,
        true => WithheldReason::Superseded,
        false => WithheldReason::BatonPassed,
    };
    let (conversation, text) = (case.id(), reply.text.clone().into());
    Ok(vec![TurnEvent::ReplyWithheld { conversation, composition, agent, epoch, reason, text, draft: None }.into()])
}

fn record(
    case: &Case<'_>,
    composing: &Composing,
    (step, said): (&AgentStep, Option<&Reply>),
    turn: TurnNo,
    done: bool,
) -> Event {
    let spoken = said.map(|reply| Spoken {
        turn,
        bytes: reply.text.raw().len() as u32,
        text: reply.text.clone().into(),
        citations: reply.citations.clone(),
        apology: reply.apology,
        under: case.conversation.under(composing.asked),
        repeats: says_again(case.conversation, &reply.text),
    });
    TurnEvent::AgentActed {
        conversation: case.id(),
        composition: composing.id,
        agent: composing.agent.clone(),
        epoch: composing.epoch,
        spoken,
        flow: step.flow.clone(),
        fills: step.fills.clone(),
        promises: Vec::new(),
        again: if said.is_some() {
            circle::repeated(case.conversation, &composing.agent, step)
        } else {
            Box::default()
        },
        done,
    }
    .into()
}

/// Whether an agent said the very same in this conversation: a short "you are welcome" may come twice.
pub(super) fn says_again(c: &Conversation, text: &Foreign) -> bool {
    // Who puts their words back as they were gets the answer of then.
    let asked = c.turns.iter().rev().find(|turn| turn.author == Author::Customer);
    let long = text.raw().len() > ANSWER_BYTES_TOLD_APART && asked.is_some_and(|turn| turn.stands.is_alone());
    let mut before = c.turns.iter().filter(|turn| matches!(turn.author, Author::Agent(_)));
    long && before.any(|turn| turn.text.reveal().is_some_and(|old| customer::folded(old).eq(customer::folded(text))))
}

fn hand_off(case: &Case<'_>, from: &AgentName, to: Option<&AgentName>, objective: Option<&IntentName>) -> Vec<Event> {
    match to {
        Some(to) => route::to_named(case, from, to, objective),
        None => route::to_other(case, from, &route::been(case.conversation, from), objective),
    }
}

/// House sentences were numbered for a floor on which the agent had not spoken.
pub(super) fn shifted(mut events: Vec<Event>, first: TurnNo) -> Vec<Event> {
    let mut next = first;
    for event in &mut events {
        if let Event::Turn(TurnEvent::HouseSpoke { turn, .. }) = event {
            *turn = next;
            next = next.next();
        }
    }
    events
}

pub(super) fn failed(
    floor: &Floor,
    id: ConversationId,
    composition: CompositionId,
    epoch: Epoch,
    failure: Failure,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let now = case.conversation.baton.epoch;
    let composing = current(&case, composition, epoch).ok_or(Refusal::StaleEpoch { asked: epoch, now })?;
    Ok(fail(&case, &composing.agent, composition, failure))
}

/// A failing agent is tried again, then somebody else is asked, then a human; the customer is told the truth.
pub(super) fn fail(case: &Case<'_>, agent: &AgentName, composition: CompositionId, failure: Failure) -> Vec<Event> {
    let c = case.conversation;
    let before = c.failed.iter().filter(|name| *name == agent).count();
    let again = before + 1 < ATTEMPTS_MAX && failure != Failure::Absent;
    let retry_at = again.then(|| case.at + RETRY_AFTER);
    let (conversation, agent_name) = (c.id, agent.clone());
    let event = TurnEvent::CompositionFailed { conversation, composition, agent: agent_name, failure, retry_at };
    let mut events = vec![event.into()];
    if again {
        return events;
    }
    let mut not = c.failed.clone();
    not.push(agent.clone());
    events.push(case.house(c.last_turn.next(), HouseSentence::Trouble, ""));
    let others = route::to_other(case, agent, &not, None);
    let other_found = !others.is_empty();
    events.extend(shifted(others, c.last_turn.next().next()));
    if !other_found {
        events.extend(shifted(escalate::raise(case, Trigger::NoAgent, Vec::new()), c.last_turn.next().next()));
    }
    events
}
