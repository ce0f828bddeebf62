//! Takeovers against `baton serve` through real sockets, with replies that race the acknowledgement.
//!
//! Every agent answers [`PACE`] after it was asked; operators take over between 0 and twice that
//! after the question is on disk, so replies are ready from one pace before to one after it. Judged
//! by what each customer read, against the journal that the server left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use baton::client::customer::Access;
use baton::client::{Address, rest};
use baton::domain::baton::Holder;
use baton::domain::command::OperatorAct;
use baton::domain::envelope::Envelope;
use baton::domain::event::{BatonEvent, Event, TurnEvent};
use baton::domain::id::{CompositionId, ConversationId, Seq, TurnNo};
use baton::orchestrator::laws::Laws;
use baton::protocol::customer::SpeakerKind;
use baton::store::folder::DataFolder;
use baton::store::journal::sqlite::{Options, SqliteJournal};
use baton::store::vault::Vault;

use super::killed::{Server, baton};
use super::sockets::{Customer, Desk, Read, soak};

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

/// What the journal says, boiled down.
#[derive(Default)]
struct Record {
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
                | TurnEvent::HouseSpoke { turn, .. }
                | TurnEvent::HouseTold { turn, .. },
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
            Event::Turn(TurnEvent::Whispered { .. } | TurnEvent::Noted { .. } | TurnEvent::NothingFound { .. })
            | Event::Baton(_)
            | Event::Conversation(_)
            | Event::Handoff(_)
            | Event::Routing(_)
            | Event::Escalation(_)
            | Event::Tool(_)
            | Event::Approval(_)
            | Event::Supervision(_)
            | Event::Incident(_)
            | Event::Member(_)
            | Event::Standing(_)
            | Event::Operator(_)
            | Event::Customer(_)
            | Event::Circle(_)
            | Event::Guard(_)
            | Event::Consult(_)
            | Event::Lesson(_)
            | Event::Learning(_)
            | Event::Model(_)
            | Event::File(_)
            | Event::Translation(_)
            | Event::Conflict(_)
            | Event::Clock(_)
            | Event::Promise(_)
            | Event::WrapUp(_)
            | Event::Claim(_)
            | Event::Left(_)
            | Event::Desk(_)
            | Event::Floor(_) => {}
        }
    }
}

struct House {
    address: Address,
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
    let home = tempfile::tempdir().unwrap();
    deployment(home.path());
    let desks = ["ana", "ben", "cleo", "dara"].map(|name| token(home.path(), name));
    let mut server = Server::start(home.path());
    let desks = desks.iter().map(|token| Desk::connect(&server.address, token)).collect();
    let house = Arc::new(House { address: server.address.clone(), desks });

    let customers = soak(1_000, 10_000) / EACH;
    let mut told = Vec::new();
    for wave in (0..customers).collect::<Vec<_>>().chunks(ABREAST) {
        let waves = wave.iter().map(|number| tokio::spawn(converse(Arc::clone(&house), *number)));
        for one in futures_util::future::join_all(waves).await {
            told.push(one.unwrap());
        }
    }
    server.stop();
    judge(&journal(home.path()), &told, customers * EACH);
}

/// The support desk with agents that let their replies wait, and people who can hold everything at once.
fn deployment(home: &Path) {
    let made = baton(home).args(["init", "."]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let set = |path: &Path, capacity: &str| {
        let text = std::fs::read_to_string(path).unwrap();
        let lines = text.lines().map(|line| if line.starts_with("capacity = ") { capacity } else { line });
        let lines: Vec<&str> = lines.collect();
        assert_ne!(lines.join("\n"), text.trim_end(), "{} names no capacity", path.display());
        std::fs::write(path, lines.join("\n")).unwrap();
    };
    set(&home.join("baton.toml"), "capacity = 10000");
    // Ten takeovers of each would teach the floor to choose somebody else than the first.
    let policy = home.join("policy.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    assert!(text.contains("[learning]\n"), "{} says nothing of learning", policy.display());
    std::fs::write(&policy, text.replace("[learning]\n", "[learning]\non = false\n")).unwrap();
    for agent in std::fs::read_dir(home.join("agents")).unwrap() {
        set(&agent.unwrap().path(), &format!("capacity = 100000\npace-ms = {PACE}"));
    }
}

/// A token for one of the roster.
fn token(home: &Path, name: &str) -> String {
    let made = baton(home).args(["operators", "add", name, "--json"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    made["token"].as_str().unwrap().to_owned()
}

/// What the server left on disk.
fn journal(home: &Path) -> Record {
    let folder = DataFolder::open(home).unwrap();
    let vault = Vault::open(&folder.vault()).unwrap();
    let floor = SqliteJournal::floor_at(&folder.journal()).unwrap().unwrap();
    let mut journal = SqliteJournal::open_to_read(&folder.journal(), floor, vault, &Options::default()).unwrap();
    let mut record = Record::default();
    journal.replay(Seq(0), &mut |envelope| record.note(&envelope)).unwrap();
    record
}

/// One customer: asks, is taken over while the agent composes, hears the human, is handed back.
async fn converse(house: Arc<House>, number: usize) -> Told {
    let minted = rest::mint(&house.address, None, None).await.unwrap();
    let id: ConversationId = minted.conversation.parse().unwrap();
    let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
    let mut customer = Customer::with(&house.address, access);
    let desk = &house.desks[number % house.desks.len()];
    let mut held = Vec::new();
    for (round, words) in WORDS.iter().enumerate() {
        let key = format!("{number}-{round}");
        customer.say(&key, words).await.unwrap();
        customer.until_stored(&key).await.unwrap();
        // Not a wait for something: the draw of when the operator presses the key.
        let after = ((number * EACH + round) * 37 % (2 * PACE as usize)) as u64;
        tokio::time::sleep(Duration::from_millis(after)).await;
        let from =
            desk.act(format!("t-{key}"), OperatorAct::TakeOver { conversation: id, reason: None }).await.unwrap();
        let words = format!("This is a person, answer {key}.");
        let reply = OperatorAct::Reply { conversation: id, text: words.clone().into(), untranslated: false };
        desk.act(format!("r-{key}"), reply).await.unwrap();
        customer.until_read(&words).await.unwrap();
        let mut to = None;
        if round + 1 < EACH {
            let back = OperatorAct::HandBack { conversation: id, to: Some("triage".parse().unwrap()), note: None };
            to = Some(desk.act(format!("h-{key}"), back).await.unwrap());
        }
        held.push(Held { from, to });
    }
    // Every question was answered before its takeover, or its draft was cut off and comes back to
    // be withheld. Once the last of them has, nothing may have come but what was said.
    let answered = customer.read.iter().filter(|read| read.by == SpeakerKind::Ai).count();
    desk.until_withheld(id, EACH - answered).await;
    let last = customer.read.last().unwrap().turn;
    customer.say("end", "thank you").await.unwrap();
    let own = customer.until_stored("end").await.unwrap();
    assert_eq!(own, last.next(), "something was said while a person held");
    Told { id, read: customer.read, held }
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
    assert_eq!(record.laws.broken, []);
    assert!(record.cut.iter().all(|cut| record.withheld.get(cut) == Some(&1)), "withheld, and recorded once");
    // The race was a race: a good part of the replies came before the takeover, a good part after it.
    let cut = record.cut.len();
    println!("{takeovers} takeovers: {in_time} replies in time, {cut} withheld, 0 breaches");
    assert!(in_time * 10 > takeovers && cut * 10 > takeovers, "{in_time} in time, {cut} withheld of {takeovers}");
}
