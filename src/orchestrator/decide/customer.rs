//! What customers ask: begin, say, ask for a human, rate, prove who they are.

use crate::domain::agent::AgentRole;
use crate::domain::analysis::Analysis;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::command::{Act, Command, CustomerAct, Opening};
use crate::domain::conversation::{Author, HouseSentence, MESSAGE_BYTES_MAX};
use crate::domain::customer::Identity;
use crate::domain::envelope::Actor;
use crate::domain::escalation::Trigger;
use crate::domain::event::{BatonEvent, ConversationEvent, CustomerEvent, Event, TurnEvent};
use crate::domain::id::{ConversationId, CustomerId, Digest, Epoch, TurnNo};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::floor::{Floor, Stub};

use super::case::Case;
use super::{clock, escalate};

/// How long an answer waits for a customer who is typing on: a sentence's end, not a paragraph's.
pub(super) const QUIET_WINDOW: Millis = Millis(1_500);
/// Longest comment beside a rating.
const COMMENT_BYTES_MAX: usize = 2 * 1024;

pub(super) fn conversation_of(act: &Act) -> Option<ConversationId> {
    let Act::Customer(act) = act else { return None };
    match act {
        CustomerAct::Open(_) => None,
        CustomerAct::Say { conversation, .. }
        | CustomerAct::AskHuman { conversation }
        | CustomerAct::Rate { conversation, .. }
        | CustomerAct::Identify { conversation, .. } => Some(*conversation),
    }
}

pub(super) fn decide(
    floor: &Floor,
    command: &Command,
    act: &CustomerAct,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let Actor::Customer(customer) = command.actor else { return Err(Refusal::NotYours) };
    match act {
        CustomerAct::Open(opening) => open(floor, opening, customer, at),
        CustomerAct::Say { conversation, text, analysis, typing } => {
            own(floor, *conversation, customer)?;
            say(floor, *conversation, text, analysis, *typing, at)
        }
        CustomerAct::AskHuman { conversation } => {
            own(floor, *conversation, customer)?;
            ask_human(floor, *conversation, at)
        }
        CustomerAct::Rate { conversation, score, comment } => {
            own(floor, *conversation, customer)?;
            rate(floor, *conversation, *score, comment.as_ref())
        }
        CustomerAct::Identify { conversation, identity, handle } => {
            own(floor, *conversation, customer)?;
            identify(floor, *conversation, (*identity, *handle), at)
        }
    }
}

/// Who somebody is proves itself during a conversation: they have signed in on the site. A
/// conversation of somebody who is known does not become somebody else's.
fn identify(
    floor: &Floor,
    id: ConversationId,
    (identity, handle): (Identity, Option<Digest>),
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, id, at)?;
    let customer = case.conversation.customer;
    let known = floor.customers.get(&customer).and_then(|known| known.handle);
    let mut events: Vec<Event> = Vec::with_capacity(2);
    match (handle, known) {
        (Some(handle), None) => events.push(CustomerEvent::Recognised { customer, handle }.into()),
        (Some(handle), Some(known)) if handle != known => return Err(Refusal::NotYours),
        (Some(_) | None, _) => {}
    }
    if case.conversation.identity != identity {
        events.push(ConversationEvent::Identified { conversation: id, identity }.into());
    }
    Ok(events)
}

/// A conversation is the customer's own, or it does not exist for them.
fn own(floor: &Floor, id: ConversationId, customer: CustomerId) -> Result<(), Refusal> {
    let owner = floor.conversation(id).map(|c| c.customer).or_else(|| floor.stubs.get(&id).map(|s| s.customer));
    if owner == Some(customer) { Ok(()) } else { Err(Refusal::UnknownConversation) }
}

fn open(floor: &Floor, opening: &Opening, customer: CustomerId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    let id = opening.conversation;
    let taken = opening.reference.is_some_and(|reference| floor.references.contains_key(&reference));
    if taken || floor.conversations.contains_key(&id) || floor.stubs.contains_key(&id) {
        return Err(Refusal::AlreadyOpen);
    }
    if customer != opening.customer {
        return Err(Refusal::NotYours);
    }
    let known = floor.customers.get(&customer);
    let first = deployment.agent_for(AgentRole::Triage).or_else(|| deployment.agents.first());
    let first = first.ok_or(Refusal::NoDeployment)?;
    let to = Holder::Agent(first.name.clone());
    floor.room_for(&to).map_err(|limit| Refusal::AtCapacity { who: to.clone(), limit })?;
    let mut events: Vec<Event> = Vec::with_capacity(4);
    if known.is_none() {
        events.push(CustomerEvent::Met { customer, handle: opening.handle }.into());
    }
    events.push(
        ConversationEvent::Opened {
            conversation: id,
            handle: floor.last.handle.next(),
            customer,
            reference: opening.reference,
            channel: opening.channel.clone(),
            identity: opening.identity,
            tier: opening.tier,
            name: opening.name.clone().map(Into::into),
            earlier: known.map_or(0, |known| known.conversations),
            silence: deployment.policy.clocks.silence_ms,
        }
        .into(),
    );
    events.push(first_pass(id, to, at));
    let text = Foreign::from(deployment.sentence(HouseSentence::Greeting, &first.title, ""));
    let sentence = HouseSentence::Greeting;
    events.push(TurnEvent::HouseSpoke { conversation: id, turn: TurnNo(1), sentence, text }.into());
    Ok(events)
}

fn first_pass(conversation: ConversationId, to: Holder, at: Timestamp) -> Event {
    BatonEvent::Passed {
        conversation,
        from: Holder::Nobody,
        to,
        epoch: Epoch(1),
        reason: PassReason::Opened,
        since: at,
        grace_until: None,
        pack: None,
    }
    .into()
}

fn say(
    floor: &Floor,
    id: ConversationId,
    text: &Foreign,
    analysis: &Analysis,
    typing: bool,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let bytes = check_text(text)?;
    let mut events = Vec::with_capacity(3);
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    let (last, repeats, clocks) = if let Some(stub) = floor.stubs.get(&id) {
        events.extend(reopen(floor, id, stub, at)?);
        (stub.turn, false, clock::reopened(deployment, stub.tier, at))
    } else {
        let conversation = floor.conversation(id).ok_or(Refusal::UnknownConversation)?;
        let mut earlier = conversation.turns.iter().filter(|turn| turn.author == Author::Customer);
        let same = earlier.any(|turn| turn.text.reveal().is_some_and(|old| folded(old).eq(folded(text))));
        // A short "yes" or an order number may well be said twice without any displeasure.
        (conversation.last_turn, same && bytes > 12, clock::spoken(conversation, deployment, at))
    };
    events.push(
        TurnEvent::CustomerSpoke {
            conversation: id,
            turn: last.next(),
            text: text.clone().into(),
            bytes: bytes as u32,
            analysis: Box::new(analysis.clone()),
            repeats,
            quiet_until: typing.then(|| at + QUIET_WINDOW),
            clocks,
        }
        .into(),
    );
    Ok(events)
}

/// Letters and digits in lower case: what makes two texts the same to a reader.
fn folded(text: &Foreign) -> impl Iterator<Item = char> + '_ {
    text.raw().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// The length of a text that may be recorded.
pub(super) fn check_text(text: &Foreign) -> Result<usize, Refusal> {
    let bytes = text.raw().len();
    if text.raw().trim().is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes > MESSAGE_BYTES_MAX {
        let (given, limit) = (bytes as u64, MESSAGE_BYTES_MAX as u64);
        return Err(Refusal::TooMuch { what: "bytes of text".to_owned(), given, limit });
    }
    Ok(bytes)
}

fn reopen(floor: &Floor, id: ConversationId, stub: &Stub, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    let first = deployment.agent_for(AgentRole::Triage).or_else(|| deployment.agents.first());
    let first = first.ok_or(Refusal::NoDeployment)?;
    // Who settled it knows it best, if it is an agent with a seat left.
    let credited = stub.outcome.credited.agent().filter(|name| deployment.agent(name).is_some());
    let to = Holder::Agent(credited.unwrap_or(&first.name).clone());
    let to = if floor.room_for(&to).is_ok() { to } else { Holder::Agent(first.name.clone()) };
    floor.room_for(&to).map_err(|limit| Refusal::AtCapacity { who: to.clone(), limit })?;
    let pack = Box::new(stub.pack.clone());
    let passed = BatonEvent::Passed {
        conversation: id,
        from: Holder::Nobody,
        to,
        epoch: stub.epoch.next(),
        reason: PassReason::Opened,
        since: at,
        grace_until: None,
        pack: None,
    };
    let lost = stub.outcome.first_contact.then(|| ConversationEvent::FirstContactLost { conversation: id }.into());
    Ok(lost.into_iter().chain([ConversationEvent::Reopened { conversation: id, pack }.into(), passed.into()]).collect())
}

fn ask_human(floor: &Floor, id: ConversationId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    if let Some(stub) = floor.stubs.get(&id) {
        return reopen(floor, id, stub, at);
    }
    let case = Case::open(floor, id, at)?;
    if case.holder().operator().is_some() || case.conversation.escalation.is_some() {
        return Ok(Vec::new());
    }
    Ok(escalate::raise(&case, Trigger::AskedForHuman, Vec::new()))
}

fn rate(floor: &Floor, id: ConversationId, score: u8, comment: Option<&Foreign>) -> Result<Vec<Event>, Refusal> {
    if !(1..=5).contains(&score) {
        return Err(Refusal::BadRating { given: score });
    }
    if let Some(comment) = comment.filter(|comment| comment.raw().len() > COMMENT_BYTES_MAX) {
        let (given, limit) = (comment.raw().len() as u64, COMMENT_BYTES_MAX as u64);
        return Err(Refusal::TooMuch { what: "bytes of comment".to_owned(), given, limit });
    }
    let stub = floor.stubs.get(&id).ok_or_else(|| Refusal::WrongPhase { phase: "live".to_owned() })?;
    Ok(vec![
        ConversationEvent::Rated {
            conversation: id,
            score,
            comment: comment.cloned().map(Into::into),
            credited: stub.outcome.credited.clone(),
        }
        .into(),
    ])
}
