//! Folds what was said and composed.

use crate::domain::action::{Fill, SLOTS_MAX};
use crate::domain::analysis::{Language, mood_after};
use crate::domain::conversation::{Author, HouseSentence, TEXT_BYTES_IN_MEMORY, TURNS_IN_MEMORY};
use crate::domain::event::{Spoken, TurnEvent, WithheldReason};
use crate::domain::file::Scanning;
use crate::domain::handoff::MOOD_POINTS;
use crate::domain::id::{ConversationId, OperatorName, Seq, TurnNo};
use crate::domain::personal::Personal;
use crate::domain::said::Stands;
use crate::domain::score::Score;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{
    Composing, Conversation, KnownFile, Left, LeftStage, Turn, WHISPERS_MAX, WaitsFor, Whisper,
};
use crate::orchestrator::floor::Floor;

use super::{desk, handoff, incident, supervision, translation, with};

pub(super) fn fold(floor: &mut Floor, event: &TurnEvent, seq: Seq, at: Timestamp) {
    match event {
        TurnEvent::CustomerSpoke { conversation, turn, .. } => {
            floor.tally.turns += 1;
            noted(floor, *conversation, *turn);
            with(floor, *conversation, |c| customer_spoke(c, event, seq, at));
        }
        TurnEvent::CompositionBegan { conversation, composition, .. } => {
            floor.last.composition = floor.last.composition.max(*composition);
            with(floor, *conversation, |c| began(c, event, at));
        }
        TurnEvent::AgentActed { conversation, agent, spoken, again, .. } => {
            floor.tally.turns += u64::from(spoken.is_some());
            let handed = floor.conversation(*conversation).and_then(|c| c.handed.as_ref());
            let edge = handed.filter(|_| !again.is_empty()).map(|handed| (handed.from.clone(), handed.to.clone()));
            if let Some((from, to)) = edge {
                handoff::count(floor, &from, &to, |edge| edge.repeated += again.len() as u64);
            }
            if let Some(state) = floor.agents.get_mut(agent) {
                state.failures = 0;
            }
            with(floor, *conversation, |c| agent_acted(c, event, seq, at));
        }
        TurnEvent::CompositionFailed { conversation, agent, retry_at, .. } => {
            if let Some(state) = floor.agents.get_mut(agent) {
                state.failures = state.failures.saturating_add(1);
            }
            with(floor, *conversation, |c| {
                c.composing = None;
                c.failed.push(agent.clone());
                c.retry_at = *retry_at;
            });
        }
        TurnEvent::ReplyWithheld { conversation, .. } => {
            floor.tally.withheld += 1;
            with(floor, *conversation, |c| withheld(c, event));
        }
        TurnEvent::OperatorSpoke { conversation, operator, .. } => {
            floor.tally.turns += 1;
            met(floor, *conversation, operator);
            with(floor, *conversation, |c| operator_spoke(c, event, seq, at));
        }
        TurnEvent::HouseSpoke { conversation, turn, .. } => {
            floor.tally.turns += 1;
            noted(floor, *conversation, *turn);
            with(floor, *conversation, |c| house_spoke(c, event, seq, at));
        }
        TurnEvent::HouseTold { .. } => house_told(floor, event, seq, at),
        TurnEvent::Whispered { conversation, .. } => with(floor, *conversation, |c| whispered(c, event, seq)),
        // What is read off the journal alone; nothing that is decided rests on it.
        TurnEvent::Noted { .. } | TurnEvent::NothingFound { .. } => {}
    }
}

fn house_spoke(c: &mut Conversation, event: &TurnEvent, seq: Seq, at: Timestamp) {
    let TurnEvent::HouseSpoke { turn, text, sentence, .. } = event else { return };
    if sentence.introduces() {
        c.introduced = c.baton.holder.clone();
    }
    let text = (Personal::Open(text.clone()), text.raw().len() as u32);
    push(c, Turn { sentence: Some(*sentence), ..Turn::said((*turn, seq, at), Author::House, text) });
}

fn operator_spoke(c: &mut Conversation, event: &TurnEvent, seq: Seq, at: Timestamp) {
    let TurnEvent::OperatorSpoke { turn, operator, text, bytes, beside_until, original, held, .. } = event else {
        return;
    };
    let said = Turn::said((*turn, seq, at), Author::Operator(operator.clone()), (text.clone(), *bytes));
    push(c, Turn { translated: original.is_some(), ..said });
    // What waited for its translation answers what was there when it was written.
    let upto = held.and_then(|reply| translation::gone(c, reply));
    answered(c, upto.unwrap_or(c.last_said), at);
    if let Some(until) = beside_until {
        supervision::beside(c, operator, *until);
        return;
    }
    c.pack = None;
}

/// Of a conversation that is over only the number of its newest message is known.
fn noted(floor: &mut Floor, id: ConversationId, turn: TurnNo) {
    if let Some(stub) = floor.stubs.get_mut(&id) {
        stub.turn = stub.turn.max(turn);
    }
}

/// One of those who are told of an incident.
fn house_told(floor: &mut Floor, event: &TurnEvent, seq: Seq, at: Timestamp) {
    let TurnEvent::HouseTold { conversation, turn, incident, kind, text, bytes, .. } = event else { return };
    floor.tally.turns += 1;
    incident::told(floor, *incident, *conversation, *kind, at);
    with(floor, *conversation, |c| {
        push(c, Turn::said((*turn, seq, at), Author::House, (text.clone(), *bytes)));
    });
}

/// The customer knows this human from now on.
fn met(floor: &mut Floor, id: ConversationId, operator: &OperatorName) {
    let customer = floor.conversation(id).map(|c| c.customer);
    if let Some(known) = customer.and_then(|customer| floor.customers.get_mut(&customer)) {
        known.last_operator = Some(operator.clone());
    }
}

/// What is said to a colleague no agent ever reads.
fn whispered(c: &mut Conversation, event: &TurnEvent, seq: Seq) {
    let TurnEvent::Whispered { operator, text, lasting, answers, to: None, .. } = event else { return };
    if c.whispers.len() >= WHISPERS_MAX {
        c.whispers.remove(0);
    }
    if let Some(composing) = c.composing.as_mut().filter(|one| !one.whispered.contains(operator)) {
        composing.whispered.push(operator.clone());
    }
    let (operator, text, lasting, left) = (operator.clone(), text.clone(), *lasting, *answers);
    c.whispers.push(Whisper { operator, text, lasting, seq, left });
}

fn withheld(c: &mut Conversation, event: &TurnEvent) {
    let TurnEvent::ReplyWithheld { composition, reason, draft, .. } = event else { return };
    c.withheld = c.withheld.saturating_add(1);
    let this = c.composing.as_ref().is_some_and(|composing| composing.id == *composition);
    if *reason == WithheldReason::Barged && this {
        c.composing = None;
    }
    // What had waited for a person was the whole attempt.
    if draft.is_some() && c.draft.as_ref().map(|waiting| waiting.id) == *draft {
        c.draft = None;
        c.composing = None;
    }
}

fn began(c: &mut Conversation, event: &TurnEvent, at: Timestamp) {
    let TurnEvent::CompositionBegan { composition, agent, epoch, upto, supersedes, .. } = event else { return };
    let old = c.composing.take().filter(|old| Some(old.id) == *supersedes);
    c.quiet_until = None;
    c.retry_at = None;
    c.advised = None;
    c.composing = Some(Composing {
        id: *composition,
        agent: agent.clone(),
        epoch: *epoch,
        upto: *upto,
        first_at: old.as_ref().map_or(at, |old| old.first_at),
        at,
        superseded: old.map_or(0, |old| old.superseded.saturating_add(1)),
        committed: false,
        asked: c.seq,
        whispered: c.whispers.iter().map(|whisper| whisper.operator.clone()).collect(),
        moves: 0,
        cost: None,
        waits_for: WaitsFor::Agent,
    });
}

/// Files that came with a message.
fn brought(c: &mut Conversation, event: &TurnEvent) {
    let TurnEvent::CustomerSpoke { turn, files, scan: Some(Scanning { scan, open }), .. } = event else { return };
    c.files.extend(files.iter().cloned().map(|sent| KnownFile::new(sent, *turn, *scan, *open)));
}

fn customer_spoke(c: &mut Conversation, event: &TurnEvent, seq: Seq, at: Timestamp) {
    let TurnEvent::CustomerSpoke { turn, text, bytes, analysis, repeats, quiet_until, clocks, left, stands, .. } =
        event
    else {
        return;
    };
    brought(c, event);
    let stands = *stands;
    push(c, Turn { stands, ..Turn::said((*turn, seq, at), Author::Customer, (text.clone(), *bytes)) });
    if !stands.asks() {
        return;
    }
    if analysis.language != Language::UNKNOWN {
        c.writes_in = analysis.language;
    }
    let before = mood_before(c, stands);
    if let Some(of) = stands.edits() {
        replace(c, of, *turn);
    }
    c.last_said = *turn;
    c.waiting_since.get_or_insert(at);
    c.quiet_until = *quiet_until;
    for set in clocks {
        c.clocks.set(*set, *turn, at);
    }
    if let Some(times) = left {
        c.left = Some(Left { times: *times, turn: *turn, stage: LeftStage::Waits });
    }
    c.mood = mood_after(before, analysis.sentiment);
    c.analysis.clone_from(analysis);
    c.danger |= analysis.safety;
    c.mood_path.push_back(c.mood);
    if c.mood_path.len() > MOOD_POINTS {
        c.mood_path.pop_front();
    }
    c.repeats = c.repeats.saturating_add(u8::from(*repeats));
    (c.hops, c.consulted) = (0, 0);
    c.asked_of.clear();
    c.round.clear();
}

/// The mood before a message. Other words for the newest take its place in the path too.
fn mood_before(c: &mut Conversation, stands: Stands) -> Score {
    let newest = c.turns.iter().find(|turn| turn.no == c.last_said).map(|turn| turn.stands.first(turn.no));
    if stands.edits().is_none() || stands.edits() != newest {
        return c.mood;
    }
    c.mood_path.pop_back();
    c.mood_path.back().copied().unwrap_or_default()
}

/// Words that nobody has answered are not answered any more: what stands in their place is.
fn replace(c: &mut Conversation, of: TurnNo, by: TurnNo) {
    let answered = c.answered;
    let own = c.turns.iter_mut().filter(|turn| turn.author == Author::Customer && turn.no < by && turn.no > answered);
    for turn in own.filter(|turn| turn.stands.first(turn.no) == of) {
        turn.replaced = true;
    }
}

fn agent_acted(c: &mut Conversation, event: &TurnEvent, seq: Seq, at: Timestamp) {
    let TurnEvent::AgentActed { agent, spoken, flow, fills, promises, done, .. } = event else { return };
    c.flows.insert(agent.clone(), flow.clone());
    for fill in fills {
        keep(&mut c.slots, fill);
        c.asked.remove(&fill.slot);
    }
    let asks = flow.current.as_ref().filter(|at| at.waiting && *done && spoken.is_some());
    for slot in asks.iter().flat_map(|at| &at.asked) {
        let times = c.asked.entry(slot.clone()).or_default();
        *times = times.saturating_add(1);
    }
    c.promises.extend(promises.iter().cloned());
    if let Some(Spoken { turn, text, bytes, citations, apology, under: _, repeats }) = spoken {
        let said = Turn::said((*turn, seq, at), Author::Agent(agent.clone()), (text.clone(), *bytes));
        push(c, Turn { citations: citations.clone(), ..said });
        c.repeats = c.repeats.saturating_add(u8::from(*repeats));
        c.given.apologies = c.given.apologies.saturating_add(u8::from(*apology));
        // What was whispered since the agent was asked is for its next answer.
        let asked = c.composing.as_ref().map_or(seq, |composing| composing.asked);
        c.whispers.retain_mut(|whisper| whisper.seq > asked || obeyed(whisper));
        c.pack = None;
        c.failed.clear();
        c.last_answer_at = at;
    }
    if *done {
        let upto = c.composing.take().map(|composing| composing.upto);
        if spoken.is_some() {
            answered(c, upto.unwrap_or(c.answered), at);
        }
    } else if let Some(composing) = &mut c.composing {
        composing.moves = composing.moves.saturating_add(1);
        composing.at = at;
    }
}

/// Counts an answer under a whisper; whether it is still in force.
fn obeyed(whisper: &mut Whisper) -> bool {
    whisper.left = whisper.left.map(|left| left.saturating_sub(1));
    whisper.lasting && whisper.left != Some(0)
}

/// Marks the customer's messages up to `upto` as answered.
fn answered(c: &mut Conversation, upto: TurnNo, at: Timestamp) {
    c.answered = c.answered.max(upto);
    c.last_answer_at = at;
    if !c.unanswered() {
        c.waiting_since = None;
        c.left = None;
        c.clocks.answered(at);
    }
}

fn keep(slots: &mut Vec<Fill>, fill: &Fill) {
    if let Some(known) = slots.iter_mut().find(|known| known.slot == fill.slot) {
        known.value = fill.value.clone();
        return;
    }
    // The oldest fact goes: what was just learnt is what the next step needs.
    let excess = (slots.len() + 1).saturating_sub(SLOTS_MAX);
    slots.drain(..excess);
    slots.push(fill.clone());
}

fn push(c: &mut Conversation, turn: Turn) {
    if turn.author != Author::Customer && !turn.sentence.is_some_and(HouseSentence::tells_of_pass) {
        desk::over(c);
    }
    c.last_turn = turn.no;
    c.bytes = c.bytes.saturating_add(turn.bytes);
    c.turns.push_back(turn);
    while c.turns.len() > TURNS_IN_MEMORY || (c.bytes as usize > TEXT_BYTES_IN_MEMORY && c.turns.len() > 1) {
        let Some(old) = c.turns.pop_front() else { return };
        c.bytes = c.bytes.saturating_sub(old.bytes);
    }
}
