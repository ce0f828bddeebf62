//! The customer's side of the wait for a human: how long it will be, a human's later word instead, leaving
//! the line, and the end of a wait in vain.

use crate::domain::agent::AgentRole;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::conversation::{Author, Disposition, HouseSentence};
use crate::domain::deployment::Deployment;
use crate::domain::escalation::{CALL_BACK, Settlement, Trigger};
use crate::domain::event::{EscalationEvent, Event, PromiseEvent, TurnEvent};
use crate::domain::id::{AgentName, ConversationId, EscalationId, OperatorName, QueueName, TurnNo};
use crate::domain::promise::{Kept, LetGo, Promise};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::context;
use crate::orchestrator::conversation::Escalation;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{end, pass, promise, snooze};

/// What the ledger says is owed to who does not wait.
const OWED: &str = "a colleague writes to the customer, who does not wait here";

/// When somebody who is promised a human by `due` can count on one: not before the line is through, as far
/// as that can be told, and when the time has passed, not at once.
fn expected(case: &Case<'_>, queue: &QueueName, due: Timestamp) -> Timestamp {
    let late = if due <= case.at { case.human_promise() } else { Millis(0) };
    due.max(case.at + case.floor.supply().forecast(queue).unwrap_or(late))
}

/// The same for this conversation, whether it waits already or would from now on.
pub(super) fn told(case: &Case<'_>) -> Timestamp {
    match &case.conversation.escalation {
        Some(e) if e.call_back => e.due.max(case.at),
        Some(e) => expected(case, &e.queue, e.due),
        None => case.due_after(case.human_promise()),
    }
}

/// By when a human writes to somebody who chooses that now.
fn later(case: &Case<'_>, queue: &QueueName) -> Timestamp {
    let wait = case.floor.supply().forecast(queue).unwrap_or_default();
    case.due_after(case.deployment.policy.queue.call_back_ms.max(wait))
}

/// When a request that is made now, or whose human is expected by `from`, is over in vain.
pub(super) fn expires(case: &Case<'_>, trigger: Trigger, from: Timestamp) -> Option<Timestamp> {
    span(case.deployment, trigger).map(|span| case.deployment.policy.hours.due_after(from, span))
}

/// For how much open time somebody is let wait in vain; what touches law or safety waits for ever.
pub(super) fn span(deployment: &Deployment, trigger: Trigger) -> Option<Millis> {
    Some(deployment.policy.queue.expire_ms).filter(|span| span.0 > 0 && trigger != Trigger::Safety)
}

/// What a customer is told as message `turn` of the line they stand in from now on; who asked to be called
/// back is promised that instead.
pub(super) fn joined(
    case: &Case<'_>,
    request: (EscalationId, &QueueName, Trigger),
    sentence: HouseSentence,
) -> Vec<Event> {
    let (escalation, queue, trigger) = request;
    let turn = case.conversation.last_turn.next();
    if trigger == Trigger::AskedForHuman && case.conversation.analysis.wants_call_back {
        return arranged(case, escalation, queue, trigger);
    }
    let by = expected(case, queue, case.due_after(case.human_promise()));
    let offered = is_long(case, by).then(|| offer(case, turn.next(), queue));
    std::iter::once(case.house_by(turn, sentence, "", by)).chain(offered).collect()
}

fn is_long(case: &Case<'_>, by: Timestamp) -> bool {
    let over = case.deployment.policy.queue.call_back_over_ms;
    over.0 > 0 && by.since(case.at) > over
}

fn offer(case: &Case<'_>, turn: TurnNo, queue: &QueueName) -> Event {
    case.house_by(turn, HouseSentence::CallBackOffered, "", later(case, queue))
}

/// The promise of a human was not kept: a later word is offered, once.
pub(super) fn offered_late(case: &Case<'_>, escalation: &Escalation) -> Option<Event> {
    let waits = matches!(case.holder(), Holder::Queue(_)) && !escalation.call_back;
    let offers = case.deployment.policy.queue.call_back_over_ms.0 > 0;
    let mut since = case.conversation.turns.iter().rev().take_while(|turn| turn.at >= escalation.since);
    let known = since.any(|turn| turn.sentence == Some(HouseSentence::CallBackOffered));
    (waits && offers && !known).then(|| offer(case, case.conversation.last_turn.next(), &escalation.queue))
}

/// The customer does not stay in front of the screen.
pub(super) fn call_back(floor: &Floor, id: ConversationId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let escalation = waiting(&case)?;
    if escalation.call_back {
        return Err(Refusal::CallBackArranged);
    }
    let mut events = snooze::spoken_to(&case);
    events.extend(asked_back(&case, escalation));
    Ok(events)
}

/// The same in words, from somebody who waits.
pub(super) fn asked_back(case: &Case<'_>, escalation: &Escalation) -> Vec<Event> {
    arranged(case, escalation.id, &escalation.queue, escalation.trigger)
}

fn arranged(case: &Case<'_>, escalation: EscalationId, queue: &QueueName, trigger: Trigger) -> Vec<Event> {
    let (conversation, due) = (case.id(), later(case, queue));
    let expires = expires(case, trigger, due);
    let mut events = vec![EscalationEvent::CallBackArranged { conversation, escalation, due, expires }.into()];
    events.push(case.house_by(case.conversation.last_turn.next(), HouseSentence::CallBackArranged, "", due));
    if owed(case).next().is_none() {
        let promise =
            Promise { id: None, name: CALL_BACK.parse().ok(), text: Foreign::from(OWED).into(), due: Some(due) };
        events.extend(promise::made(case, &Author::House, &[promise]));
    }
    events
}

/// The promises of a human's later word that are open here.
fn owed<'a>(case: &Case<'a>) -> impl Iterator<Item = crate::domain::id::PromiseId> + use<'a> {
    let open = case.conversation.owed.iter();
    open.filter(|(_, owed)| owed.name.as_ref().is_some_and(|name| name.as_str() == CALL_BACK)).map(|(id, _)| *id)
}

/// A human has written: that was promised.
pub(super) fn kept(case: &Case<'_>, by: &OperatorName) -> impl Iterator<Item = Event> {
    let (conversation, by) = (case.id(), Author::Operator(by.clone()));
    owed(case)
        .map(move |promise| PromiseEvent::Cleared { conversation, promise, by: by.clone(), how: Kept::Word }.into())
}

/// The customer waits for a human no longer: an agent goes on, or it ends when none may.
pub(super) fn leave(floor: &Floor, id: ConversationId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    waiting(&case)?;
    let mut events = snooze::spoken_to(&case);
    let unwanted = let_go(&case, LetGo::Unwanted);
    let after = promise::without(case.conversation, &unwanted);
    events.extend(unwanted);
    let case = Case { conversation: after.as_ref().unwrap_or(case.conversation), ..case };
    let turn = case.conversation.last_turn.next();
    events.extend(match goes_on(&case) {
        Some(agent) => back_to(&case, agent, Settlement::Withdrawn, turn),
        None => end::resolve_as(&case, Disposition::Abandoned, Settlement::Withdrawn),
    });
    Ok(events)
}

/// What a human would have written about was told to the customer just now, as the message before `turn`:
/// nobody has to write, and an agent goes on.
pub(super) fn settled_by_news(case: &Case<'_>, turn: TurnNo) -> Vec<Event> {
    let called_back = waiting(case).is_ok_and(|escalation| escalation.call_back);
    let Some(agent) = goes_on(case).filter(|_| called_back) else { return Vec::new() };
    let mut events = let_go(case, LetGo::Moot);
    let after = promise::without(case.conversation, &events);
    let case = Case { conversation: after.as_ref().unwrap_or(case.conversation), ..*case };
    events.extend(back_to(&case, agent, Settlement::NotNeeded, turn));
    events
}

fn let_go(case: &Case<'_>, why: LetGo) -> Vec<Event> {
    let conversation = case.id();
    let event = |promise| PromiseEvent::LetGo { conversation, promise, why, reason: None }.into();
    owed(case).map(event).collect()
}

/// Out of the line, to an agent of whom the customer is told as message `turn`.
fn back_to(case: &Case<'_>, agent: &AgentName, settlement: Settlement, turn: TurnNo) -> Vec<Event> {
    let mut events = end::settle_escalation(case, settlement, None);
    let target = Holder::Agent(agent.clone());
    let pack = Box::new(context::pack(case.conversation));
    let told = pass::introduction(case, &target, turn);
    events.push(pass::to(case, target, PassReason::LineLeft, Some(pack)));
    events.extend(told);
    events
}

/// The agent that held before, or the triage, if it may answer.
fn goes_on<'a>(case: &Case<'a>) -> Option<&'a AgentName> {
    let triage = case.deployment.agent_for(AgentRole::Triage).map(|agent| &agent.name);
    let may = |agent: &&AgentName| pass::room(case, &Holder::Agent((*agent).clone())).is_ok();
    case.conversation.path.back().filter(may).or(triage.filter(may))
}

fn waiting<'a>(case: &Case<'a>) -> Result<&'a Escalation, Refusal> {
    case.conversation.escalation.as_ref().ok_or(Refusal::NotWaiting)
}

/// Nobody came for as long as the house lets somebody wait: it says so, and does not pretend to go on.
pub(super) fn in_vain(case: &Case<'_>) -> Vec<Event> {
    let told = case.house(case.conversation.last_turn.next(), HouseSentence::NobodyCame, "");
    std::iter::once(told).chain(end::resolve_as(case, Disposition::Unsolved, Settlement::Expired)).collect()
}

/// Whether these events say something to the customer.
pub(super) fn says(event: &Event) -> bool {
    matches!(event, Event::Turn(TurnEvent::HouseSpoke { .. }))
}
