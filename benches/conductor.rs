//! The conductor alone: messages of customers a second, in memory and durable, by batch size, each
//! answered by a playbook inside its batch; entries a second; and how fast a journal is folded again.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to say")]

#[path = "figure.rs"]
mod figure;

use std::sync::Arc;
use std::time::Instant;

use baton::agents::Playbooks;
use baton::agents::backend::Backend;
use baton::agents::guard::Guard;
use baton::analysis::Model;
use baton::config::{Bundle, preset};
use baton::domain::command::{Act, Command, CustomerAct, FloorAct, Opening};
use baton::domain::customer::{Identity, Tier};
use baton::domain::envelope::Actor;
use baton::domain::id::{ConversationId, CustomerId, FloorName, IntentName, Seq};
use baton::domain::text::Foreign;
use baton::domain::time::{Millis, Timestamp};
use baton::knowledge::Index;
use baton::orchestrator::{Floor, evolve};
use baton::runtime::conductor::{Conductor, Submitted};
use baton::runtime::inner::Desk;
use baton::store::journal::memory::MemoryJournal;
use baton::store::journal::sqlite::{self, SqliteJournal};
use baton::store::journal::{Journal, JournalRead};
use baton::store::vault::Vault;

const ROUNDS: usize = 5;
/// Conversations that talk in turn.
const CONVERSATIONS: usize = 1_000;
/// Messages a round, in memory and with one durable write a batch.
const IN_MEMORY: usize = 4_000;
const DURABLE: usize = 400;
/// Messages of the journal that is folded again.
const TO_FOLD: usize = 20_000;
/// What is said; no two messages of a conversation are the same.
const WORDS: [&str; 6] = [
    "Hello there, it is me for the time number",
    "what can you do for visitor number",
    "how are you today, on day",
    "are you a robot of series",
    "tell me joke number",
    "do you like music of opus",
];

struct Bench<J> {
    conductor: Conductor<J>,
    model: Arc<Model>,
    people: Vec<(ConversationId, CustomerId)>,
    said: usize,
    at: Timestamp,
}

impl<J: Journal> Bench<J> {
    fn new(bundle: &Bundle, model: &Arc<Model>, vault: &Vault, journal: J) -> Self {
        let articles = Arc::new(Index::build(&bundle.articles));
        let desk = Desk::new(Backend::Playbook(Arc::new(Playbooks::of(bundle))), articles, Guard::of(bundle));
        let conductor = Conductor::new(floor_name(bundle), Floor::default(), journal, Box::new(desk));
        let model = Arc::clone(model);
        let mut bench = Self { conductor, model, people: Vec::new(), said: 0, at: Timestamp(1_000_000) };
        let mut deployment = bundle.deployment();
        deployment.agents.iter_mut().for_each(|agent| (agent.pace, agent.capacity) = (Millis(0), u32::MAX));
        let acts = [FloorAct::Adopt(Box::new(deployment)), FloorAct::Start];
        bench.step(acts.map(|act| Command::of_floor(Act::Floor(act))).into());
        for number in 0..CONVERSATIONS {
            let (customer, _) = vault.fresh().unwrap();
            let conversation = ConversationId::from_random((number as u128 + 1).to_be_bytes());
            let opening = Opening {
                conversation,
                customer,
                handle: None,
                reference: None,
                channel: "web".parse().unwrap(),
                identity: Identity::Anonymous,
                tier: Tier::Standard,
                name: None,
            };
            bench.step(vec![by_customer(customer, CustomerAct::Open(opening))]);
            bench.people.push((conversation, customer));
        }
        bench
    }

    fn step(&mut self, commands: Vec<Command>) -> usize {
        self.at = self.at + Millis(1);
        let submitted = commands.into_iter().map(|command| Submitted { ticket: 0, command }).collect();
        let released = self.conductor.step(submitted, self.at).unwrap();
        assert!(released.answers.iter().all(|(_, answer)| answer.is_ok()), "{:?}", released.answers);
        released.envelopes.len()
    }

    /// The next messages, understood as the intake understands them.
    fn messages(&mut self, count: usize) -> Vec<Command> {
        let range = self.said..self.said + count;
        self.said += count;
        let say = |number: usize| {
            let (conversation, customer) = *self.people.get(number % self.people.len()).unwrap();
            let text = Foreign::from(format!("{} {number}", WORDS.get(number % WORDS.len()).unwrap()));
            let analysis = Box::new(self.model.analyse(&text));
            by_customer(customer, CustomerAct::Say { conversation, text, analysis, typing: false, files: Vec::new() })
        };
        range.map(say).collect()
    }

    fn rounds(&mut self, journal: &str, batch: usize, messages: usize) {
        let (mut commands, mut entries, mut each) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let all = self.messages(messages);
            let batches: Vec<Vec<Command>> = all.chunks(batch).map(<[Command]>::to_vec).collect();
            let began = Instant::now();
            let written: usize = batches.into_iter().map(|commands| self.step(commands)).sum();
            let took = began.elapsed();
            commands.push(figure::per_second(messages, took));
            entries.push(figure::per_second(written, took));
            each.push(written as f64 / messages as f64);
        }
        let of = |what: &str| format!("{what}, {journal}, batches of {batch}");
        figure::say("conductor", &of("commands"), "1/s", commands);
        figure::say("conductor", &of("entries"), "1/s", entries);
        figure::say("conductor", &of("entries a command"), "1", each);
    }
}

fn by_customer(customer: CustomerId, act: CustomerAct) -> Command {
    Command { actor: Actor::Customer(customer), cause: None, key: None, seen: None, act: Act::Customer(act) }
}

fn floor_name(bundle: &Bundle) -> FloorName {
    bundle.house.name.clone()
}

fn main() {
    let bundle = preset("support").unwrap();
    let examples = bundle.examples();
    let pairs: Vec<(IntentName, &str)> =
        examples.iter().flat_map(|(intent, texts)| texts.iter().map(|text| (intent.clone(), text.as_str()))).collect();
    let model = Arc::new(Model::train(&pairs));
    for batch in [1, 64] {
        let vault = Vault::in_memory().unwrap();
        let journal = MemoryJournal::new(floor_name(&bundle), vault.clone());
        Bench::new(&bundle, &model, &vault, journal).rounds("in memory", batch, IN_MEMORY);
    }
    for (batch, messages) in [(1, DURABLE), (64, DURABLE * 10)] {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder.path().join("keys")).unwrap();
        let path = folder.path().join("journal");
        let options = sqlite::Options::default();
        let journal = SqliteJournal::open(&path, floor_name(&bundle), vault.clone(), options).unwrap();
        Bench::new(&bundle, &model, &vault, journal).rounds("durable", batch, messages);
    }
    fold(&bundle, &model);
}

/// Folds a journal from its first entry: the fold alone, and with reading, checking and unsealing.
fn fold(bundle: &Bundle, model: &Arc<Model>) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(&folder.path().join("keys")).unwrap();
    let path = folder.path().join("journal");
    let journal = SqliteJournal::open(&path, floor_name(bundle), vault.clone(), sqlite::Options::default()).unwrap();
    let mut bench = Bench::new(bundle, model, &vault, journal);
    for _ in 0..TO_FOLD / 200 {
        let commands = bench.messages(200);
        bench.step(commands);
    }
    let (mut alone, mut read, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    bytes.push(std::fs::metadata(&path).unwrap().len() as f64 / bench.conductor.floor().seq.0 as f64);
    for _ in 0..ROUNDS {
        let mut envelopes = Vec::new();
        let began = Instant::now();
        let mut floor = Floor::default();
        let replaying = bench.conductor.journal().replay(Seq(0), &mut |envelope| {
            evolve(&mut floor, &envelope);
        });
        replaying.unwrap();
        read.push(figure::per_second(floor.seq.0 as usize, began.elapsed()));
        bench.conductor.journal().replay(Seq(0), &mut |envelope| envelopes.push(envelope)).unwrap();
        let began = Instant::now();
        let mut floor = Floor::default();
        for envelope in &envelopes {
            evolve(&mut floor, envelope);
        }
        alone.push(figure::per_second(envelopes.len(), began.elapsed()));
        assert_eq!(floor.seq, bench.conductor.floor().seq, "the whole journal was folded");
    }
    figure::say("conductor", "replay, fold alone", "entries/s", alone);
    figure::say("conductor", "replay, read, checked and unsealed from disk", "entries/s", read);
    figure::say("conductor", "journal on disk", "bytes/entry", bytes);
}
