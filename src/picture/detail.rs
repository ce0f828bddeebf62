//! The side panel of one conversation.

use crate::domain::action::Fill;
use crate::domain::analysis::Language;
use crate::domain::baton::Holder;
use crate::domain::clock::ActorTimes;
use crate::domain::conversation::Disposition;
use crate::domain::handoff::{Given, Tried};
use crate::domain::id::{ConversationId, SlotName, ToolName};
use crate::domain::personal::Personal;
use crate::domain::text::{Clean, Foreign};
use crate::orchestrator::conversation::{Composing, Conversation, HeldDraft, Snooze, WaitsFor};
use crate::orchestrator::floor::{Stub, WrapUp};
use crate::orchestrator::{Floor, Outlook, alone, context, outlook};
use crate::protocol::transcript::{Detail, DraftCard, HeldTimes, LeftDraft, OutlookCard, SleepCard, WrapUpCard};

use super::need::clocks;
use super::{ERASED, Lens, line, owed};

/// The side panel of a conversation, live or resolved.
pub fn detail(floor: &Floor, id: ConversationId, lens: &Lens<'_>) -> Option<Detail> {
    if let Some(conversation) = floor.conversation(id) {
        return Some(live(floor, conversation, lens));
    }
    floor.stubs.get(&id).map(|stub| resolved(floor, id, stub))
}

fn live(floor: &Floor, c: &Conversation, lens: &Lens<'_>) -> Detail {
    let composing = c.composing.as_ref().filter(|composing| matches!(composing.waits_for, WaitsFor::Agent));
    Detail {
        id: c.id,
        earlier: c.earlier,
        opened: c.opened,
        objective: context::matter(c),
        slots: slots(&c.slots),
        promises: owed::rows(&c.promises, &c.owed, &c.baton.holder),
        tried: tried(&c.tried),
        note: c.pack.as_ref().and_then(|pack| pack.note.as_ref()).map(open),
        open_questions: context::open_questions(c),
        apologies: c.given.apologies,
        compensation: c.given.compensation,
        omissions: c.omissions.clone(),
        decision: c.choice.as_ref().map(|choice| choice.decision.clone()),
        approvals: super::evidence::cards(floor, c, lens),
        held_ms: held(c.spent_until(lens.at)),
        clocks: clocks(c),
        snoozed: c.snoozed.as_ref().map(|snooze| sleep(snooze)),
        composing: composing.map(|composing| composing.agent.clone()),
        growing: composing.and_then(|composing| growing(c.id, composing, lens)),
        cost: c.cost,
        still_until: c.kept_still().filter(|_| c.baton.holder.agent().is_some()),
        translates: translates(floor, c),
        draft: c.draft.as_ref().map(|waiting| draft(c, waiting)),
        left: left(c, lens),
        whispers: c.whispers.iter().map(|whisper| open(&whisper.text)).collect(),
        outlook: expected(floor, c),
        rating: c.outcome.rating,
        wrap_up: None,
    }
}

/// Into which language a reply is translated here.
fn translates(floor: &Floor, c: &Conversation) -> Option<Language> {
    let spec = floor.deployment.as_ref()?.translation.as_ref()?;
    Some(c.writes_in).filter(|language| spec.is_foreign(*language))
}

fn resolved(floor: &Floor, id: ConversationId, stub: &Stub) -> Detail {
    let Given { apologies, compensation } = stub.pack.given;
    Detail {
        id,
        earlier: stub.earlier,
        opened: stub.opened,
        objective: stub.pack.objective.clone(),
        slots: slots(&stub.pack.slots),
        promises: owed::rows(&stub.pack.promises, &stub.owed, &Holder::Nobody),
        tried: tried(&stub.pack.tried),
        note: None,
        open_questions: stub.pack.open_questions.clone(),
        apologies,
        compensation,
        omissions: None,
        decision: None,
        approvals: Vec::new(),
        held_ms: held(stub.outcome.spent),
        clocks: Vec::new(),
        snoozed: None,
        composing: None,
        growing: None,
        cost: None,
        still_until: None,
        translates: None,
        draft: None,
        left: None,
        whispers: Vec::new(),
        outlook: OutlookCard::default(),
        rating: stub.outcome.rating,
        wrap_up: stub.wrap.as_ref().map(|wrap| wrap_up(floor, stub, wrap)),
    }
}

/// What a model has written so far of the answer that is waited for.
fn growing(id: ConversationId, composing: &Composing, lens: &Lens<'_>) -> Option<Clean> {
    let growing = lens.room.growing.get(&id).filter(|growing| growing.composition == composing.id)?;
    Some(growing.text.clean())
}

/// What somebody left unsent, for the person who holds it now. Who wrote it has it still.
fn left(c: &Conversation, lens: &Lens<'_>) -> Option<LeftDraft> {
    let left = lens.room.left.get(&c.id)?;
    (c.baton.holder.operator() == Some(lens.operator) && left.by != *lens.operator).then(|| left.clone())
}

fn wrap_up(floor: &Floor, stub: &Stub, wrap: &WrapUp) -> WrapUpCard {
    let spec = floor.deployment.as_ref().and_then(|deployment| deployment.queue(&wrap.queue));
    let words = spec.map_or(&[][..], |spec| &spec.dispositions);
    let asked = spec.map_or(&[][..], |spec| &spec.required);
    WrapUpCard {
        operator: wrap.operator.clone(),
        until: wrap.until,
        extended: wrap.extended,
        resolved: stub.outcome.disposition.unwrap_or(Disposition::Solved),
        dispositions: words.iter().map(|word| (word.name.clone(), word.means)).collect(),
        missing: asked.iter().filter(|field| !stub.knows(field)).cloned().collect(),
    }
}

fn draft(c: &Conversation, waiting: &HeldDraft) -> DraftCard {
    DraftCard {
        draft: waiting.id,
        agent: waiting.agent.clone(),
        text: waiting.held.text.reveal().map_or_else(|| Clean::fixed(ERASED), Foreign::clean),
        follows: line::follows(&waiting.held.next),
        promises: waiting.held.promises.iter().map(|promise| open(&promise.text)).collect(),
        since: waiting.since,
        fuse: waiting.fuse,
        subject: c.subject_of_draft(waiting).unwrap_or_default(),
    }
}

fn expected(floor: &Floor, c: &Conversation) -> OutlookCard {
    let Outlook { escalates, handling, returns, settles, opportunity } = outlook(floor, c);
    let (escalates, terms) = escalates.unzip();
    let candidates = c.choice.iter().flat_map(|choice| &choice.decision.candidates);
    let alone = candidates.filter_map(|candidate| {
        let (chance, of) = alone(floor, &candidate.agent)?;
        Some((candidate.agent.clone(), chance, of))
    });
    let alone = alone.collect();
    OutlookCard { escalates, terms: terms.unwrap_or_default(), handling, returns, settles, alone, opportunity }
}

fn sleep(snooze: &Snooze) -> SleepCard {
    let reason = snooze.reason.as_ref().map(open);
    SleepCard { by: snooze.by.clone(), since: snooze.since, until: snooze.until, reason }
}

fn held(spent: ActorTimes) -> HeldTimes {
    HeldTimes { agents: spent.bot, queues: spent.queue, people: spent.human, customer: spent.customer }
}

fn open(text: &Personal<Foreign>) -> Clean {
    text.reveal().map_or_else(|| Clean::fixed(ERASED), Foreign::one_line)
}

fn slots(fills: &[Fill]) -> Vec<(SlotName, Clean)> {
    fills.iter().map(|fill| (fill.slot.clone(), open(&fill.value))).collect()
}

fn tried(tried: &[Tried]) -> Vec<(ToolName, bool)> {
    tried.iter().map(|tried| (tried.tool.clone(), tried.worked)).collect()
}
