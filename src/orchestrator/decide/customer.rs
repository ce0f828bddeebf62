//! What customers ask: begin, say, ask for a human, rate, prove who they are.

use crate::domain::agent::{AgentRole, AgentSpec};
use crate::domain::analysis::Analysis;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::clock::ActorTimes;
use crate::domain::command::{Act, Command, CustomerAct, Opening};
use crate::domain::conversation::{Disposition, HouseSentence, MESSAGE_BYTES_MAX};
use crate::domain::customer::{Identity, Tier};
use crate::domain::deployment::Deployment;
use crate::domain::envelope::Actor;
use crate::domain::escalation::Trigger;
use crate::domain::event::{BatonEvent, ConversationEvent, CustomerEvent, Event, TurnEvent};
use crate::domain::file::SentFile;
use crate::domain::id::{AgentName, ChannelName, ConversationId, CustomerId, Digest, Epoch, Seq, TurnNo};
use crate::domain::learning::Features;
use crate::domain::refusal::Refusal;
use crate::domain::said::{SHORT_BYTES, Stands};
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::wrap_up::WrapUpCut;
use crate::orchestrator::floor::{Floor, Stub};

use super::case::Case;
use super::{agent, block, clock, edit, end, escalate, file, left, snooze, translate, wait, wrap_up};

/// How long an answer waits for a customer who is typing on: a sentence's end, not a paragraph's.
pub(super) const QUIET_WINDOW: Millis = Millis(1_500);
/// Longest comment beside a rating.
const COMMENT_BYTES_MAX: usize = 2 * 1024;
/// Texts as alike as this say the same: "where is my order" and "so where is my order" do, "where is my refund" not.
const ALIKE: Score = Score::from_percent(85);
/// Places of words and pairs below which likeness says little: three words have five.
const ALIKE_PLACES_MIN: usize = 5;

/// The conversation of a customer's act that exists before it.
pub(super) const fn conversation_of(act: &Act) -> Option<ConversationId> {
    match act {
        Act::Customer(CustomerAct::Open(_)) | Act::Operator(_) | Act::Effect(_) | Act::Floor(_) => None,
        Act::Customer(act) => Some(act.conversation()),
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
        CustomerAct::Say { conversation, text, analysis, typing, files } => {
            own(floor, *conversation, customer)?;
            // What comes with a file is no click too many: its key tells.
            let twice = files.is_empty().then(|| edit::repeated(floor, *conversation, text, at));
            let stands = twice.unwrap_or(Stands::Alone);
            say(floor, *conversation, &Words { text, analysis, typing: *typing, stands, files }, at)
        }
        CustomerAct::Edit { conversation, turn, text, analysis } => {
            own(floor, *conversation, customer)?;
            let stands = edit::of(floor, *conversation, *turn, text, at)?;
            say(floor, *conversation, &Words { text, analysis, typing: false, stands, files: &[] }, at)
        }
        CustomerAct::AskHuman { conversation } => {
            own(floor, *conversation, customer)?;
            // In a conversation that goes on because of a danger they are heard like everybody.
            if floor.stubs.contains_key(conversation) {
                block::check(floor, customer, at)?;
            }
            ask_human(floor, *conversation, at)
        }
        CustomerAct::CallBack { conversation } => {
            own(floor, *conversation, customer)?;
            wait::call_back(floor, *conversation, at)
        }
        CustomerAct::LeaveLine { conversation } => {
            own(floor, *conversation, customer)?;
            wait::leave(floor, *conversation, at)
        }
        CustomerAct::Rate { conversation, score, comment } => {
            own(floor, *conversation, customer)?;
            block::check(floor, customer, at)?;
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
    let id = opening.conversation;
    let edition = floor.begins_on(id, opening.tier, &opening.channel);
    let deployment = floor.deployment_of(edition).ok_or(Refusal::NoDeployment)?;
    let taken = opening.reference.is_some_and(|reference| floor.references.contains_key(&reference));
    if taken || floor.conversations.contains_key(&id) || floor.stubs.contains_key(&id) {
        return Err(Refusal::AlreadyOpen);
    }
    if customer != opening.customer {
        return Err(Refusal::NotYours);
    }
    let known = floor.customers.get(&customer);
    if let Some(block) = block::running(floor, customer, at) {
        return Ok(opened_blocked(floor, opening, (customer, deployment), (at, block.until)));
    }
    let first = first_holder(floor, deployment, (opening.tier, &opening.channel))?;
    let mut events: Vec<Event> = Vec::with_capacity(5);
    if known.is_none() {
        events.push(CustomerEvent::Met { customer, handle: opening.handle }.into());
    }
    events.push(opened(floor, opening, customer, deployment));
    events.extend(began_on(id, edition));
    let (to, reason) =
        begins_with(floor, deployment, first.map(|agent| &agent.name), (id, opening.tier), at, &mut events);
    let passed = BatonEvent::Passed {
        conversation: id,
        from: Holder::Nobody,
        to,
        epoch: Epoch(1),
        reason,
        since: at,
        grace_until: None,
        pack: None,
        left: None,
        undo_until: None,
    };
    events.push(passed.into());
    let sentence = if first.is_some() { HouseSentence::Greeting } else { HouseSentence::Stopped };
    let by = deployment.policy.hours.due_after(at, escalate::promise(deployment, opening.tier));
    let text = Foreign::from(deployment.sentence(sentence, first.map_or("", |first| &first.title), at, by));
    events.push(TurnEvent::HouseSpoke { conversation: id, turn: TurnNo(1), sentence, text }.into());
    Ok(events)
}

fn began_on(conversation: ConversationId, edition: Option<Seq>) -> Option<Event> {
    edition.map(|edition| ConversationEvent::BeganOn { conversation, edition }.into())
}

fn opened(floor: &Floor, opening: &Opening, customer: CustomerId, deployment: &Deployment) -> Event {
    ConversationEvent::Opened {
        conversation: opening.conversation,
        handle: floor.last.handle.next(),
        customer,
        reference: opening.reference,
        channel: opening.channel.clone(),
        identity: opening.identity,
        tier: opening.tier,
        name: opening.name.clone().map(Into::into),
        earlier: floor.customers.get(&customer).map_or(0, |known| known.conversations),
        silence: deployment.policy.clocks.silence_ms,
    }
    .into()
}

/// Of somebody whom nobody answers it is over as it begins: there is a place for what they write, and they
/// are told that nobody answers it.
fn opened_blocked(
    floor: &Floor,
    opening: &Opening,
    (customer, deployment): (CustomerId, &Deployment),
    (at, until): (Timestamp, Timestamp),
) -> Vec<Event> {
    let conversation = opening.conversation;
    let over = ConversationEvent::Resolved {
        conversation,
        disposition: Disposition::Unsolved,
        credited: Holder::Nobody,
        until: at + deployment.policy.clocks.reopen_ms,
        pack: Box::default(),
        spent: ActorTimes::default(),
        first_contact: false,
    };
    let told = block::says(floor, conversation, (TurnNo(1), HouseSentence::Blocked), (at, until));
    let opened = opened(floor, opening, customer, deployment);
    std::iter::once(opened).chain(told).chain([over.into()]).chain(end::crowded_out(floor)).collect()
}

/// The first holder and why; without an agent a human is called for at once.
fn begins_with(
    floor: &Floor,
    deployment: &Deployment,
    first: Option<&AgentName>,
    whose: (ConversationId, Tier),
    at: Timestamp,
    events: &mut Vec<Event>,
) -> (Holder, PassReason) {
    let Some(agent) = first else {
        let (event, to, reason) = escalate::from_the_start(floor, deployment, whose, Trigger::Held, at);
        events.push(event);
        return (to, reason);
    };
    (Holder::Agent(agent.clone()), PassReason::Opened)
}

/// Who meets a customer: the triage, or while it takes nobody, whoever does; none when all agents are
/// stopped, so that a human has to.
fn first_holder<'a>(
    floor: &Floor,
    deployment: &'a Deployment,
    (tier, channel): (Tier, &ChannelName),
) -> Result<Option<&'a AgentSpec>, Refusal> {
    let triage = deployment.agent_for(AgentRole::Triage).or_else(|| deployment.agents.first());
    let triage = triage.ok_or(Refusal::NoDeployment)?;
    let takes =
        |spec: &AgentSpec| floor.life(&spec.name).takes_new() && floor.stopped_for(tier, channel, &spec.name).is_none();
    let free = |spec: &AgentSpec| floor.room_for(&Holder::Agent(spec.name.clone()));
    if takes(triage) {
        let who = Holder::Agent(triage.name.clone());
        return free(triage).map(|()| Some(triage)).map_err(|limit| Refusal::AtCapacity { who, limit });
    }
    Ok(deployment.agents.iter().find(|spec| takes(spec) && free(spec).is_ok()))
}

/// What a customer says, and how.
struct Words<'a> {
    text: &'a Foreign,
    analysis: &'a Analysis,
    typing: bool,
    stands: Stands,
    files: &'a [SentFile],
}

fn say(floor: &Floor, id: ConversationId, said: &Words<'_>, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let Words { text, analysis, typing, stands, files } = *said;
    // A picture says enough by itself.
    let blank = Foreign::default();
    let silent = !files.is_empty() && text.raw().trim().is_empty();
    let (text, bytes) = if silent { (&blank, 0) } else { (text, check_text(text)?) };
    let (mut events, mut told) = (Vec::with_capacity(3), Vec::new());
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    let scan = file::brought(deployment, files, floor.conversation(id).map_or(0, |c| c.files.len()))?;
    let stub = floor.stubs.get(&id);
    // Who is in danger, or says that somebody is, is heard.
    let unheard = stub.filter(|stub| !analysis.safety && block::running(floor, stub.customer, at).is_some());
    let stands = if unheard.is_some() { Stands::Unheard } else { stands };
    let (last, repeats, clocks, left) = if let Some(stub) = unheard {
        (stub.turn, false, Vec::new(), None)
    } else if let Some(stub) = stub {
        events.extend(reopen(floor, id, stub, at)?);
        (stub.turn, false, clock::reopened(deployment, stub.tier, at), None)
    } else if !stands.asks() {
        // It is on record, and nothing else comes of it.
        let conversation = floor.conversation(id).ok_or(Refusal::UnknownConversation)?;
        (conversation.last_turn, false, Vec::new(), None)
    } else {
        let conversation = floor.conversation(id).ok_or(Refusal::UnknownConversation)?;
        let mut earlier = conversation.turns.iter().filter(|turn| turn.asks());
        let same = stands.is_alone()
            && (earlier.any(|turn| turn.text.reveal().is_some_and(|old| folded(old).eq(folded(text))))
                || says_alike(&conversation.analysis, analysis));
        let mut clocks = clock::spoken(conversation, deployment, at);
        if let Some(snooze) = &conversation.snoozed {
            let case = Case::open(floor, id, at)?;
            // What the house says of it answers them, so it comes after their words.
            let woken: Vec<Event>;
            (told, woken) = snooze::spoken_to(&case).into_iter().partition(wait::says);
            events.extend(woken);
            // What ran when it fell asleep runs again with its waking.
            let woken = snooze::clocks(&case, snooze);
            clocks.retain(|set| !woken.contains(set));
        }
        let left = left::spoken(conversation, deployment, at);
        (conversation.last_turn, same && bytes > SHORT_BYTES, clocks, left)
    };
    if stands.asks() {
        events.extend(translate::of_turn(floor, id, last.next(), (text, analysis), at));
    }
    events.push(
        TurnEvent::CustomerSpoke {
            conversation: id,
            turn: last.next(),
            text: text.clone().into(),
            bytes: bytes as u32,
            analysis: Box::new(analysis.clone()),
            repeats,
            quiet_until: (typing && stands.asks())
                .then(|| at + QUIET_WINDOW)
                .max(file::quiet(scan, at))
                .max(floor.conversation(id).filter(|_| stands.asks()).and_then(|c| file::pending(c, at))),
            clocks,
            left,
            stands,
            files: files.to_vec(),
            scan,
        }
        .into(),
    );
    events.extend(agent::shifted(told, last.next().next()));
    Ok(events)
}

/// Whether a text says nearly what the one before it said, told by the words that are kept of both. One that holds
/// a number, a date or the like may well be the one before with its fact put right.
fn says_alike(before: &Analysis, now: &Analysis) -> bool {
    let enough = before.words.len().min(now.words.len()) >= ALIKE_PLACES_MIN;
    let of = |analysis: &Analysis| Features { words: analysis.words.clone(), ..Features::default() };
    let wish = |analysis: &Analysis| analysis.top().map(|top| top.intent.clone());
    enough && wish(before) == wish(now) && now.slots.is_empty() && of(before).likeness(&of(now)) >= ALIKE
}

/// Letters and digits in lower case: what makes two texts the same to a reader.
pub(super) fn folded(text: &Foreign) -> impl Iterator<Item = char> + '_ {
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
    let edition = floor.begins_on(id, stub.tier, &stub.channel);
    let deployment = floor.deployment_of(edition).ok_or(Refusal::NoDeployment)?;
    let mut events = Vec::with_capacity(4);
    // Who settled it knows it best, if it is an agent with a seat left.
    let may = |name: &&AgentName| {
        let room = floor.room_for(&Holder::Agent((*name).clone())).is_ok();
        room && floor.stopped_for(stub.tier, &stub.channel, name).is_none()
    };
    let first = match stub.outcome.credited.agent().filter(may) {
        Some(credited) => Some(credited.clone()),
        None => first_holder(floor, deployment, (stub.tier, &stub.channel))?.map(|spec| spec.name.clone()),
    };
    events.extend(open_again(id, stub, at));
    events.extend(began_on(id, edition));
    let (to, reason) = begins_with(floor, deployment, first.as_ref(), (id, stub.tier), at, &mut events);
    events.push(first_pass(id, stub, to, reason, at));
    Ok(events)
}

/// Who asks for a human after the end waits for one, and is told so.
fn reopen_for_human(floor: &Floor, id: ConversationId, stub: &Stub, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let edition = floor.begins_on(id, stub.tier, &stub.channel);
    let deployment = floor.deployment_of(edition).ok_or(Refusal::NoDeployment)?;
    let (trigger, tier) = (Trigger::AskedForHuman, stub.tier);
    let (raised, to, reason) = escalate::from_the_start(floor, deployment, (id, tier), trigger, at);
    let by = deployment.policy.hours.due_after(at, escalate::promise(deployment, tier));
    let sentence = HouseSentence::HumanAsked;
    let (turn, text) = (stub.turn.next(), Foreign::from(deployment.sentence(sentence, "", at, by)));
    let mut events = open_again(id, stub, at);
    events.extend(began_on(id, edition));
    events.push(raised);
    events.push(first_pass(id, stub, to, reason, at));
    events.push(TurnEvent::HouseSpoke { conversation: id, turn, sentence, text }.into());
    Ok(events)
}

fn open_again(id: ConversationId, stub: &Stub, at: Timestamp) -> Vec<Event> {
    // Who comes back after the window does so because something is owed still.
    let in_time = stub.outcome.first_contact && at <= stub.until;
    let lost = in_time.then(|| ConversationEvent::FirstContactLost { conversation: id }.into());
    let cut = wrap_up::cut(id, stub, WrapUpCut::Reopened);
    let pack = Box::new(stub.pack_now());
    cut.into_iter().chain(lost).chain([ConversationEvent::Reopened { conversation: id, pack }.into()]).collect()
}

fn first_pass(id: ConversationId, stub: &Stub, to: Holder, reason: PassReason, at: Timestamp) -> Event {
    BatonEvent::Passed {
        conversation: id,
        from: Holder::Nobody,
        to,
        epoch: stub.epoch.next(),
        reason,
        since: at,
        grace_until: None,
        pack: None,
        left: None,
        undo_until: None,
    }
    .into()
}

fn ask_human(floor: &Floor, id: ConversationId, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    if let Some(stub) = floor.stubs.get(&id) {
        return reopen_for_human(floor, id, stub, at);
    }
    let case = Case::open(floor, id, at)?;
    let mut events = snooze::spoken_to(&case);
    if case.holder().operator().is_none() && case.conversation.escalation.is_none() {
        events.extend(escalate::raise(&case, Trigger::AskedForHuman, Vec::new()));
    }
    Ok(events)
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
