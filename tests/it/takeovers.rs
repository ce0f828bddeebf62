//! Takeovers against a floor behind real sockets, with replies that race the acknowledgement.
//!
//! Every agent answers [`PACE`] after it was asked; operators take over between 0 and twice that
//! after the question is on disk, so replies are ready from one pace before to one after it. Judged
//! by what each customer read, against the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use baton::client::Address;
use baton::config::preset;
use baton::domain::baton::Holder;
use baton::domain::command::OperatorAct;
use baton::domain::envelope::Envelope;
use baton::domain::event::{BatonEvent, Event, TurnEvent};
use baton::domain::id::{ChannelName, CompositionId, ConversationId, Seq, TurnNo};
use baton::domain::time::Millis;
use baton::gateway;
use baton::orchestrator::laws::Laws;
use baton::protocol::customer::SpeakerKind;
use baton::runtime::{Handle, Options, Service};
use tokio::sync::watch;

use super::sockets::{Customer, Desk, PATIENCE, Read, soak};

/// How long every agent's reply waits.
const PACE: u64 = 50;
/// Takeovers of one conversation.
const EACH: usize = 10;
/// Conversations at the same time.
const ABREAST: usize = 50;
/// What customers say; every one is answered by the first agent in one move.
const WORDS: [&str; EACH] = [
    "Hello there",
    "what can you do?",
    "how are you today?",
    "are you a robot?",
    "tell me a joke",
    "hi, anybody around?",
    "do you ever sleep?",
    "what's the weather like over there?",
    "who is this?",
    "do you like music?",
];

/// One acknowledged takeover, and the acknowledgement of its end if it has one.
#[derive(Debug, Clone, Copy)]
struct Held {
    from: Seq,
    to: Option<Seq>,
}

/// What the journal says, boiled down while it comes.
#[derive(Default)]
struct Record {
    last: Seq,
    laws: Laws,
    turns: BTreeMap<(ConversationId, TurnNo), (Seq, bool)>,
    /// Attempts under way, by conversation.
    composing: BTreeMap<ConversationId, CompositionId>,
    /// Attempts that a takeover cut off.
    cut: BTreeSet<CompositionId>,
    withheld: BTreeMap<CompositionId, usize>,
}

impl Record {
    fn note(&mut self, envelope: &Envelope) {
        self.last = envelope.seq;
        self.laws.check(envelope);
        let Some(id) = envelope.event.conversation() else { return };
        match &envelope.event {
            Event::Turn(TurnEvent::AgentActed { spoken, done, .. }) => {
                if let Some(spoken) = spoken {
                    self.turns.insert((id, spoken.turn), (envelope.seq, true));
                }
                if *done {
                    self.composing.remove(&id);
                }
            }
            Event::Turn(
                TurnEvent::CustomerSpoke { turn, .. }
                | TurnEvent::OperatorSpoke { turn, .. }
                | TurnEvent::HouseSpoke { turn, .. },
            ) => {
                self.turns.insert((id, *turn), (envelope.seq, false));
            }
            Event::Turn(TurnEvent::CompositionBegan { composition, .. }) => {
                self.composing.insert(id, *composition);
            }
            Event::Turn(TurnEvent::CompositionFailed { .. }) => {
                self.composing.remove(&id);
            }
            Event::Turn(TurnEvent::ReplyWithheld { composition, .. }) => {
                *self.withheld.entry(*composition).or_default() += 1;
            }
            Event::Baton(BatonEvent::Passed { to: Holder::Operator(_), .. }) => {
                self.cut.extend(self.composing.remove(&id));
            }
            Event::Turn(TurnEvent::Whispered { .. } | TurnEvent::Noted { .. })
            | Event::Baton(_)
            | Event::Conversation(_)
            | Event::Handoff(_)
            | Event::Routing(_)
            | Event::Escalation(_)
            | Event::Tool(_)
            | Event::Approval(_)
            | Event::Operator(_)
            | Event::Customer(_)
            | Event::Floor(_) => {}
        }
    }

    fn settled(&self, upto: Seq) -> bool {
        self.last >= upto && self.cut.iter().all(|cut| self.withheld.contains_key(cut))
    }
}

struct House {
    floor: Handle,
    address: Address,
    token: String,
    desks: Vec<Desk>,
}

/// What one customer's conversation came to.
struct Told {
    id: ConversationId,
    read: Vec<Read>,
    held: Vec<Held>,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_agent_speaks_above_an_acknowledged_takeover() {
    let (floor, service) = Service::start(options()).unwrap();
    let serve = gateway::Options {
        address: "127.0.0.1:0".parse().unwrap(),
        tls: None,
        behind_proxy: false,
        hosts: Vec::new(),
        channel: ChannelName::web(),
    };
    let gateway = gateway::serve(serve, floor.clone()).unwrap();
    let address = Address::parse(&gateway.url()).unwrap();
    let record = Arc::new(Mutex::new(Record::default()));
    let noted = note_everything(&floor, &record);
    let token = floor.grant_channel(ChannelName::web()).unwrap();
    let desk = |name: &str| Desk::connect(&address, &floor.grant_operator(name.parse().unwrap()).unwrap());
    let desks = ["ana", "ben", "cleo", "dara"].map(desk).to_vec();
    let house = Arc::new(House { floor: floor.clone(), address: address.clone(), token, desks });

    let customers = soak(1_000, 10_000) / EACH;
    let mut told = Vec::new();
    for wave in (0..customers).collect::<Vec<_>>().chunks(ABREAST) {
        let waves = wave.iter().map(|number| tokio::spawn(converse(Arc::clone(&house), *number)));
        for one in futures_util::future::join_all(waves).await {
            told.push(one.unwrap());
        }
    }
    let upto = told.iter().flat_map(|told| &told.held).map(|held| held.from).max().unwrap();
    until(noted, || record.lock().unwrap().settled(upto)).await;
    judge(&record.lock().unwrap(), &told, customers * EACH);
    gateway.handle().stop();
    gateway.ended().await;
    service.stop().await.unwrap();
}

/// The support desk with people who can hold everything at once.
fn options() -> Options {
    let mut bundle = preset("support").unwrap();
    bundle.operators.iter_mut().for_each(|operator| operator.capacity = u16::MAX);
    bundle.agents.iter_mut().for_each(|agent| agent.capacity = 100_000);
    Options { pace: Some(Millis(PACE)), ..Options::in_memory(bundle) }
}

fn note_everything(floor: &Handle, record: &Arc<Mutex<Record>>) -> watch::Receiver<Seq> {
    let (note, noted) = watch::channel(Seq(0));
    let (mut feed, record) = (floor.observe(), Arc::clone(record));
    tokio::spawn(async move {
        while let Some(batch) = feed.recv().await {
            let mut record = record.lock().unwrap();
            batch.iter().for_each(|envelope| record.note(envelope));
            note.send_replace(record.last);
        }
    });
    noted
}

async fn until(mut noted: watch::Receiver<Seq>, done: impl Fn() -> bool) {
    let waiting = async {
        while !done() {
            noted.changed().await.expect("the floor goes on");
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("every draft that was cut off is recorded as withheld");
}

/// One customer: asks, is taken over while the agent composes, hears the human, is handed back.
async fn converse(house: Arc<House>, number: usize) -> Told {
    let reference = format!("takeover-{number}");
    let mut customer = Customer::connect(&house.address, &house.token, &reference);
    let desk = &house.desks[number % house.desks.len()];
    let mut held = Vec::new();
    let mut id = None;
    for (round, words) in WORDS.iter().enumerate() {
        let key = format!("{number}-{round}");
        customer.say(&key, words).await.unwrap();
        customer.until_stored(&key).await.unwrap();
        let conversation =
            *id.get_or_insert_with(|| house.floor.find(house.floor.keyed("reference:web", &reference)).unwrap());
        // Not a wait for something: the draw of when the operator presses the key.
        let after = ((number * EACH + round) * 37 % (2 * PACE as usize)) as u64;
        tokio::time::sleep(Duration::from_millis(after)).await;
        let from = desk.act(format!("t-{key}"), OperatorAct::TakeOver { conversation }).await.unwrap();
        let words = format!("This is a person, answer {key}.");
        let reply = OperatorAct::Reply { conversation, text: words.clone().into() };
        desk.act(format!("r-{key}"), reply).await.unwrap();
        customer.until_read(&words).await.unwrap();
        let mut to = None;
        if round + 1 < EACH {
            let back = OperatorAct::HandBack { conversation, to: Some("triage".parse().unwrap()), note: None };
            to = Some(desk.act(format!("h-{key}"), back).await.unwrap());
        }
        held.push(Held { from, to });
    }
    // The last one is kept for two paces, in which nothing may come but what was said.
    let last = customer.read.last().unwrap().turn;
    tokio::time::sleep(Duration::from_millis(2 * PACE)).await;
    customer.say("end", "thank you").await.unwrap();
    let own = customer.until_stored("end").await.unwrap();
    assert_eq!(own, last.next(), "something was said while a person held");
    Told { id: id.unwrap(), read: customer.read, held }
}

fn judge(record: &Record, told: &[Told], takeovers: usize) {
    let mut breaches = Vec::new();
    let (mut in_time, mut human) = (0, 0);
    for Told { id, read, held } in told {
        assert!(read.windows(2).all(|pair| pair[0].turn < pair[1].turn), "{id}: out of order or twice: {read:?}");
        for message in read {
            let (seq, by_agent) = record.turns[&(*id, message.turn)];
            assert_eq!(by_agent, message.by == SpeakerKind::Ai, "{id}: the customer was told of another author");
            human += usize::from(message.by == SpeakerKind::Human);
            in_time += usize::from(by_agent);
            let above = |held: &&Held| seq > held.from && held.to.is_none_or(|to| seq < to);
            if let Some(held) = held.iter().find(above).filter(|_| by_agent) {
                breaches.push(format!("{id}: turn {} ({seq}) above {held:?}", message.turn));
            }
        }
    }
    assert_eq!(told.iter().map(|told| told.held.len()).sum::<usize>(), takeovers);
    assert_eq!(human, takeovers, "every answer of a person arrived");
    assert!(breaches.is_empty(), "{} breaches of one speaker: {breaches:#?}", breaches.len());
    // The other laws need the journal from its first entry, which was written before anybody could listen.
    let broken: Vec<_> = record.laws.broken.iter().filter(|breach| breach.law == 1).take(10).collect();
    assert!(broken.is_empty(), "{broken:?}");
    assert!(record.cut.iter().all(|cut| record.withheld.get(cut) == Some(&1)), "withheld, and recorded once");
    // The race was a race: a good part of the replies came before the takeover, a good part after it.
    let cut = record.cut.len();
    println!("{takeovers} takeovers: {in_time} replies in time, {cut} withheld, 0 breaches");
    assert!(in_time * 10 > takeovers && cut * 10 > takeovers, "{in_time} in time, {cut} withheld of {takeovers}");
}
