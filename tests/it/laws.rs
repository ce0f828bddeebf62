//! The laws under seeds: random customers, operators, agents and tools on one small floor.
//!
//! A failing seed is a complete bug report. 500 seeds with `BATON_SOAK=1`, a tenth of that otherwise.

use std::collections::BTreeSet;

use baton::domain::analysis::Language;
use baton::domain::baton::Holder;
use baton::domain::candidate::CandidateSpec;
use baton::domain::command::{Act, Command, CustomerAct, EffectResult, FloorAct, OperatorAct};
use baton::domain::conversation::{Disposition, Priority};
use baton::domain::customer::Tier;
use baton::domain::envelope::{Actor, Envelope, KeyUse};
use baton::domain::file::{Scan, ScanFault};
use baton::domain::id::{AgentName, ConversationId, CustomerId, Digest, DraftId, Label, RuleId, Seq, TurnNo};
use baton::domain::learning::{Reach, TurnRating};
use baton::domain::operator::Presence;
use baton::domain::score::Score;
use baton::domain::supervision::{Aftermath, DraftVerdict, Fuse, FuseEnd, GateTarget, HoldTarget, Life, Segment};
use baton::domain::time::{Millis, Timestamp};
use baton::domain::tool::ToolOutcome;
use baton::domain::translation::TranslationSpec;
use baton::domain::watch::WatchFor;
use baton::orchestrator::{Floor, evolve};
use baton::runtime::conductor::{Inner, Submitted, Task};
use baton::store::journal::JournalRead;
use baton::store::vault::Vault;

use crate::floor::{Said, Scripted, TestFloor, analysis, beside, deployment, judged, scripted, translated};

const COMMANDS: usize = 200;

fn seeds() -> u64 {
    if std::env::var_os("BATON_SOAK").is_some() { 500 } else { 50 }
}

/// A small generator of our own: the same numbers on every machine (xorshift, Marsaglia 2003).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.roll(from.len()))
    }
}

const TEXTS: &[(&str, Option<&str>)] = &[
    ("hello there", Some("hello")),
    ("I was charged twice", Some("refund")),
    ("I want to buy a lamp", Some("buy")),
    ("call:orders.get", Some("refund")),
    ("call:refunds.create amount:12.00", Some("refund")),
    ("call:refunds.create amount:49.90", Some("refund")),
    ("call:vault.open", None),
    ("call:stock.order", Some("refund")),
    ("I want you to promise it", Some("refund")),
    ("pass:sales", Some("refund")),
    ("circle", Some("refund")),
    ("consult:sales", Some("refund")),
    ("insist consult:triage", None),
    ("panel:triage,sales triage=yes sales=no", Some("refund")),
    ("panel:sales,triage sales=yes triage=yes", Some("refund")),
    ("panel:triage,billing triage=no", Some("buy")),
    ("silence", Some("buy")),
    ("escalate", None),
    ("resolve", Some("refund")),
    ("this is awful and I said so", Some("refund")),
];
fn language_of(text: &str) -> Language {
    match text {
        "I want to buy a lamp" | "this is awful and I said so" => "spa".parse().unwrap(),
        "hello there" => Language::ENGLISH,
        _ => Language::UNKNOWN,
    }
}

const OPERATORS: &[&str] = &["ana", "ben", "olga", "root"];

struct World {
    dice: Dice,
    floor: TestFloor,
    people: Vec<(ConversationId, CustomerId)>,
    keys: u64,
    /// Every command in the order it was given, for the same story in other batches.
    told: Vec<Command>,
}

impl World {
    fn new(seed: u64) -> Self {
        let vault = Vault::in_memory().unwrap();
        let customers: Vec<CustomerId> = (0..6).map(|_| vault.fresh().unwrap().0).collect();
        Self::with(seed, vault, &customers)
    }

    /// The same world for the same customers.
    fn with(seed: u64, vault: Vault, customers: &[CustomerId]) -> Self {
        let mut desk = deployment();
        for agent in &mut desk.agents {
            agent.candidate = Some(CandidateSpec { models: vec!["trial".parse().unwrap()], asked: 40 });
        }
        desk.translation = Some(TranslationSpec { language: Language::ENGLISH, may_read: Vec::new() });
        let mut floor = TestFloor::begun(vault, desk);
        let mut dice = Dice::new(seed);
        let mut people = Vec::new();
        for (number, customer) in customers.iter().enumerate() {
            let tier = if dice.roll(3) == 0 { Tier::Vip } else { Tier::Standard };
            let conversation = floor.open_for(*customer, number as u8 + 1, tier, dice.roll(2) == 0);
            people.push((conversation, *customer));
        }
        Self { dice, floor, people, keys: 0, told: Vec::new() }
    }

    fn next(&mut self) -> Command {
        match self.dice.roll(20) {
            0..=7 => self.customer(),
            8..=12 => self.operator(),
            13..=17 => self.effect(),
            18 => {
                let name = OPERATORS[self.dice.roll(4)].parse().unwrap();
                let arrives = self.dice.roll(3) > 0;
                let act = if arrives { FloorAct::Arrive(name) } else { FloorAct::Depart(name) };
                Command::of_floor(Act::Floor(act))
            }
            _ => Command::of_floor(Act::Floor(FloorAct::Tick)),
        }
    }

    fn key(&mut self) -> Option<KeyUse> {
        self.keys += self.dice.roll(4).min(1) as u64;
        let key = format!("k-{}", self.keys).parse().unwrap();
        (self.dice.roll(3) > 0).then_some(KeyUse { key, body: Digest([self.keys as u8; 16]) })
    }

    fn customer(&mut self) -> Command {
        let (conversation, customer) = self.people[self.dice.roll(self.people.len())];
        let act = match self.dice.roll(14) {
            0 => CustomerAct::AskHuman { conversation },
            12 => CustomerAct::CallBack { conversation },
            13 => CustomerAct::LeaveLine { conversation },
            1 => CustomerAct::Rate { conversation, score: self.dice.roll(7) as u8, comment: None },
            _ => {
                let (text, intent) = TEXTS[self.dice.roll(TEXTS.len())];
                let said = Said {
                    text: format!("{text} {}", self.dice.roll(3)),
                    intent: intent.map(str::to_owned),
                    mood: self.dice.roll(200) as i32 - 120,
                    wants_human: self.dice.roll(15) == 0,
                    wants_call_back: self.dice.roll(40) == 0,
                    safety: self.dice.roll(60) == 0,
                    typing: self.dice.roll(6) == 0,
                    // Who is angry or wants to buy writes Spanish, and stays with it until English is plain.
                    language: language_of(text),
                };
                let analysis = Box::new(analysis(&said));
                CustomerAct::Say {
                    conversation,
                    text: said.text.as_str().into(),
                    analysis,
                    typing: said.typing,
                    files: Vec::new(),
                }
            }
        };
        let key = self.key();
        Command { actor: Actor::Customer(customer), cause: None, key, seen: None, act: Act::Customer(act) }
    }

    fn operator(&mut self) -> Command {
        let presence = |presence| OperatorAct::SetPresence { operator: None, presence, reason: None, until: None };
        let name = OPERATORS[self.dice.roll(4)];
        let (conversation, _) = self.people[self.dice.roll(self.people.len())];
        let note = (self.dice.roll(2) == 0).then(|| "take care".to_owned().into());
        let text = "a human speaks".to_owned().into();
        let to = match self.dice.roll(3) {
            0 => Holder::Operator(OPERATORS[self.dice.roll(4)].parse().unwrap()),
            1 => Holder::Queue("support".parse().unwrap()),
            _ => Holder::Agent("billing".parse().unwrap()),
        };
        let floor = self.floor.floor();
        let live = floor.conversation(conversation);
        let approval = live.and_then(|c| c.approvals.keys().next().copied()).unwrap_or_default();
        let offer = floor.last.offer;
        let escalation = live.and_then(|c| c.escalation.as_ref()).map(|e| e.id).unwrap_or_default();
        let draft = live.and_then(|c| c.draft.as_ref()).map(|draft| draft.id);
        if let Some(act) = self.desk(conversation) {
            let actor = Actor::Operator(name.parse().unwrap());
            return Command { actor, cause: None, key: self.key(), seen: None, act: Act::Operator(act) };
        }
        if let Some(act) = self.correction(conversation) {
            let actor = Actor::Operator(name.parse().unwrap());
            return Command { actor, cause: None, key: self.key(), seen: None, act: Act::Operator(act) };
        }
        if let Some(act) = self.ladder(conversation, draft) {
            let actor = Actor::Operator(name.parse().unwrap());
            return Command { actor, cause: None, key: self.key(), seen: None, act: Act::Operator(act) };
        }
        let act = match self.dice.roll(16) {
            0..=2 => OperatorAct::TakeOver { conversation, reason: Some("a reason".into()) },
            3 => OperatorAct::Undo { conversation },
            4 | 5 => OperatorAct::HandBack { conversation, to: None, note },
            6 => OperatorAct::Move { conversation, to, note },
            7 | 8 => OperatorAct::Reply { conversation, text, untranslated: note.is_some() },
            9 => OperatorAct::Whisper { conversation, text, lasting: self.dice.roll(2) == 0, answers: None },
            10 => OperatorAct::Decide { approval, approve: self.dice.roll(3) > 0, reason: None, amount: None },
            11 | 12 => OperatorAct::TakeOffer { offer },
            13 => OperatorAct::PassOffer { offer },
            14 => OperatorAct::Dismiss { escalation },
            _ => match self.dice.roll(6) {
                0 => OperatorAct::Resolve { conversation, disposition: Disposition::Solved },
                1 => OperatorAct::Close { conversation },
                2 => presence(Presence::Busy),
                3 => presence(Presence::Draining),
                _ => presence(Presence::Available),
            },
        };
        let actor = Actor::Operator(name.parse().unwrap());
        Command { actor, cause: None, key: self.key(), seen: None, act: Act::Operator(act) }
    }

    /// What people say about what agents did, now and then.
    fn correction(&mut self, conversation: ConversationId) -> Option<OperatorAct> {
        let agents: [AgentName; 3] = ["billing", "sales", "triage"].map(|name| name.parse().unwrap());
        let to = self.dice.pick(&agents).cloned()?;
        Some(match self.dice.roll(50) {
            0 => OperatorAct::Reroute { conversation, to, reach: Reach::Once, note: None },
            1..=3 => OperatorAct::Reroute { conversation, to, reach: Reach::Teach, note: None },
            4 | 5 => {
                let until = self.floor.at + Millis(1 + self.dice.roll(60_000) as u64);
                let words = (self.dice.roll(3) == 0).then(|| "charged".parse().unwrap()).into_iter().collect();
                let reach = Reach::Rule { until, words, segment: None };
                OperatorAct::Reroute { conversation, to, reach, note: None }
            }
            11 => OperatorAct::MakeRule {
                agent: to,
                intent: Some("refund".parse().unwrap()),
                until: self.floor.at + Millis(1 + self.dice.roll(60_000) as u64),
                words: Vec::new(),
                segment: None,
            },
            6 => OperatorAct::EndRule { rule: RuleId(1 + self.dice.roll(4) as u64) },
            7 => OperatorAct::RateTurn {
                conversation,
                turn: TurnNo(self.dice.roll(8) as u64),
                rating: if self.dice.roll(2) == 0 { TurnRating::Good } else { TurnRating::Bad },
            },
            8 => OperatorAct::RollBackLearning {},
            9 | 10 => {
                let intent = ["refund", "buy", "hello"][self.dice.roll(3)].parse().unwrap();
                OperatorAct::CorrectIntent { conversation, turn: TurnNo(self.dice.roll(8) as u64), intent }
            }
            _ => return None,
        })
    }

    /// What people arrange around a conversation, and take back.
    fn desk(&mut self, conversation: ConversationId) -> Option<OperatorAct> {
        let labels: [Label; 3] = ["vip", "refund", "angry"].map(|label| label.parse().unwrap());
        let priorities = [Some(Priority::Urgent), Some(Priority::Low), Some(Priority::High), None];
        Some(match self.dice.roll(40) {
            0 | 1 => {
                let until = self.floor.at + Millis(1 + self.dice.roll(20_000) as u64);
                OperatorAct::Snooze { conversation, until, reason: (self.dice.roll(2) == 0).then(|| "later".into()) }
            }
            2 => OperatorAct::Wake { conversation },
            3 => OperatorAct::SetPriority { conversation, priority: *self.dice.pick(&priorities)? },
            4 => {
                let (add, remove) = (self.dice.pick(&labels).cloned(), self.dice.pick(&labels).cloned());
                OperatorAct::Label {
                    conversation,
                    add: add.into_iter().collect(),
                    remove: remove.into_iter().collect(),
                }
            }
            5..=7 => OperatorAct::Undo { conversation },
            8 | 9 => {
                let low = WatchFor::MoodBelow(Score::from_percent(-20));
                let all =
                    [WatchFor::CustomerSpeaks, low, WatchFor::ToolFails, WatchFor::ClockWarns, WatchFor::HumanAsked];
                OperatorAct::Watch {
                    conversation,
                    on: self.dice.roll(4) > 0,
                    when: all.get(self.dice.roll(6)).copied(),
                }
            }
            _ => return None,
        })
    }

    /// An act between looking and taking over, now and then; mostly about what waits here.
    fn ladder(&mut self, conversation: ConversationId, draft: Option<DraftId>) -> Option<OperatorAct> {
        if let Some(draft) = draft.filter(|_| self.dice.roll(2) == 0) {
            let verdicts = [DraftVerdict::Send, DraftVerdict::Edit { text: "other words".into() }, DraftVerdict::Drop];
            let reason = (self.dice.roll(2) == 0).then(|| "not like this".into());
            return Some(OperatorAct::SettleDraft { draft, verdict: self.dice.pick(&verdicts).cloned()?, reason });
        }
        let agents: [AgentName; 3] = ["billing", "sales", "triage"].map(|name| name.parse().unwrap());
        let agent = self.dice.pick(&agents).cloned()?;
        let segment = Segment { tier: Some(Tier::Vip), channel: None };
        let tool = HoldTarget::Tool("refunds.create".parse().unwrap());
        let held = [HoldTarget::AllAi, HoldTarget::Agent(agent.clone()), HoldTarget::Segment(segment.clone()), tool];
        let target = self.dice.pick(&held).cloned()?;
        Some(match self.dice.roll(40) {
            0..=2 => OperatorAct::Gate {
                target: match self.dice.roll(5) {
                    0 => GateTarget::Agent(agent),
                    1 => GateTarget::Segment(segment),
                    _ => GateTarget::Conversation(conversation),
                },
                on: self.dice.roll(3) > 0,
                fuse: [FuseEnd::Send, FuseEnd::Hold]
                    .get(self.dice.roll(3))
                    .map(|then| Fuse { after: Millis(5_000), then: *then }),
            },
            3 => {
                let all = [Aftermath::Gate, Aftermath::Reroute, Aftermath::Queue];
                OperatorAct::Hold { target, then: all.get(self.dice.roll(4)).copied(), reason: None }
            }
            4 | 5 => OperatorAct::Release { target },
            7..=9 => OperatorAct::Barge { conversation },
            10 => OperatorAct::EndBarge { conversation },
            6 => {
                let lives = [Life::Live, Life::Live, Life::Gated, Life::Draining, Life::Shadow, Life::Held];
                OperatorAct::SetLife { agent, life: self.dice.pick(&lives).copied()? }
            }
            11 => OperatorAct::Promote { agent, percent: self.dice.pick(&[0, 0, 50, 100]).copied()?, segment: None },
            _ => return None,
        })
    }

    /// Something that was to be done outside comes back, in any order; sometimes twice.
    fn effect(&mut self) -> Command {
        if self.floor.outer.is_empty() {
            return Command::of_floor(Act::Floor(FloorAct::Tick));
        }
        let at = self.dice.roll(self.floor.outer.len());
        let outer = self.floor.outer[at].clone();
        if self.dice.roll(5) > 0 {
            self.floor.outer.remove(at);
        }
        let result = match outer.task {
            Task::Compose { context, input, .. } => EffectResult::AgentActed {
                conversation: context.conversation,
                composition: context.composition,
                epoch: context.epoch,
                step: Box::new(scripted(&context, &input)),
                judged: judged(&context, &input),
            },
            Task::AskBeside { context, input } => beside(&context, &input),
            Task::Consult { conversation, consult, asked, .. } => {
                EffectResult::Advised { conversation, consult, advice: Scripted.advise(&asked), cost: None }
            }
            Task::Translate { conversation, piece, text, to, .. } => {
                let done = ToolOutcome::Done(std::collections::BTreeMap::new());
                let outcome = if self.dice.roll(2) > 0 { done } else { ToolOutcome::Failed };
                translated((conversation, piece), &text, to, &outcome)
            }
            Task::CallTool { conversation, call, side_effect, .. } => {
                let started = self.floor.floor().conversation(conversation);
                let started = started.and_then(|c| c.calls.get(&call)).is_some_and(|call| call.started);
                if side_effect && !started {
                    EffectResult::ToolStarted { conversation, call }
                } else {
                    let outcomes = [
                        ToolOutcome::Done(std::collections::BTreeMap::new()),
                        ToolOutcome::Failed,
                        ToolOutcome::Declined("no".to_owned().into()),
                        ToolOutcome::Unknown,
                    ];
                    let outcome = self.dice.pick(&outcomes).cloned().unwrap();
                    EffectResult::ToolReturned { conversation, call, outcome }
                }
            }
            Task::Reconcile { conversation, call, asked, .. } => {
                let outcomes =
                    [ToolOutcome::Done(std::collections::BTreeMap::new()), ToolOutcome::Failed, ToolOutcome::Unknown];
                let outcome = self.dice.pick(&outcomes).cloned().unwrap();
                EffectResult::ToolReconciled { conversation, call, asked, outcome }
            }
            Task::Scan { conversation, file } => {
                let scans = [Scan::Clean, Scan::Refused, Scan::Unknown(ScanFault::Broke)];
                EffectResult::FileScanned { conversation, file, scan: self.dice.pick(&scans).copied().unwrap() }
            }
            Task::Forget(_) => return Command::of_floor(Act::Floor(FloorAct::Tick)),
        };
        if matches!(result, EffectResult::ToolStarted { .. }) {
            self.floor.outer.push_back(outer_again(&self.floor, &result));
        }
        Command::of_floor(Act::Effect(result))
    }

    /// Plays on; time moves only when `clock` says so.
    fn play(&mut self, clock: bool) {
        for _ in 0..COMMANDS {
            if clock {
                let steps = [0, 0, 50, 900, 4_000, 30_000];
                let span = Millis(steps[self.dice.roll(steps.len())]);
                self.floor.wait(span);
            }
            let command = self.next();
            self.told.push(command.clone());
            let _refused = self.floor.submit(command);
        }
    }
}

/// A started call goes on: the same task stays to be done.
fn outer_again(floor: &TestFloor, result: &EffectResult) -> baton::runtime::conductor::Outer {
    let EffectResult::ToolStarted { conversation, call } = result else { unreachable!("only for starts") };
    let live = floor.floor().conversation(*conversation);
    let ask = live.and_then(|c| c.calls.get(call)).and_then(|call| call.ask.reveal().cloned());
    let ask = ask.unwrap_or_else(|| baton::domain::tool::ToolCall {
        tool: "orders.get".parse().unwrap(),
        args: std::collections::BTreeMap::new(),
    });
    let customer = live.map_or(CustomerId::from_random([0; 16]), |c| c.customer);
    let task = Task::CallTool { conversation: *conversation, call: *call, customer, ask, side_effect: true };
    baton::runtime::conductor::Outer { cause: Seq(0), task }
}

fn folded(envelopes: &[Envelope]) -> Floor {
    envelopes.iter().fold(Floor::default(), |mut floor, envelope| {
        evolve(&mut floor, envelope);
        floor
    })
}

#[test]
fn laws_hold_and_replay_is_live_under_any_interleaving() {
    let mut kinds = BTreeSet::new();
    for seed in 0..seeds() {
        let mut world = World::new(seed);
        world.play(true);
        assert_eq!(world.floor.laws.broken, [], "seed {seed}");
        kinds.extend(world.floor.log.iter().map(|envelope| envelope.event.kind()));
        // Law 4: what comes back from serialised, sealed records folds to the very floor.
        let read = world.floor.conductor.journal().read(Seq(0), usize::MAX).unwrap();
        assert_eq!(read, world.floor.log, "seed {seed}: the journal gives back what was written");
        assert!(folded(&read) == *world.floor.floor(), "seed {seed}: replay differs from live");
        slices(seed, &read, world.floor.floor());
        snapshot(seed, &read, world.floor.floor());
    }
    assert!(kinds.len() >= 38, "the worlds are too tame: only {kinds:?}");
}

/// A conversation's own entries give the same conversation as the whole journal.
fn slices(seed: u64, journal: &[Envelope], floor: &Floor) {
    let ids: BTreeSet<ConversationId> = journal.iter().filter_map(|envelope| envelope.event.conversation()).collect();
    for id in ids {
        let slice: Vec<Envelope> =
            journal.iter().filter(|envelope| envelope.event.conversation() == Some(id)).cloned().collect();
        let alone = folded(&slice);
        assert!(alone.conversations.get(&id) == floor.conversations.get(&id), "seed {seed}: slice of {id} differs");
        assert!(alone.stubs.get(&id) == floor.stubs.get(&id), "seed {seed}: slice of resolved {id} differs");
    }
}

/// A snapshot and what came after it give the same floor.
fn snapshot(seed: u64, journal: &[Envelope], floor: &Floor) {
    let (before, after) = journal.split_at(journal.len() / 2);
    let text = serde_json::to_string(&folded(before)).unwrap();
    let mut restored: Floor = serde_json::from_str(&text).unwrap();
    for envelope in after {
        evolve(&mut restored, envelope);
    }
    assert!(restored == *floor, "seed {seed}: snapshot and tail differ from the whole");
}

/// Law 5: what a clock says that was set back is not believed.
#[test]
fn no_entry_is_older_than_the_one_before_it() {
    let mut world = World::new(1);
    world.floor.at = Timestamp(1_000);
    let (conversation, customer) = world.people[0];
    world.floor.customer(customer, None, CustomerAct::AskHuman { conversation }).unwrap();
    assert_eq!(world.floor.laws.broken, []);
}

#[test]
fn batches_of_any_size_give_the_same_journal() {
    for seed in 0..seeds() / 5 {
        let mut world = World::new(seed);
        world.play(false);
        let customers: Vec<CustomerId> = world.people.iter().map(|(_, customer)| *customer).collect();
        for size in [7, 1_000] {
            let mut again = World::with(seed, world.floor.vault.clone(), &customers);
            let at: Timestamp = again.floor.at;
            for batch in world.told.chunks(size) {
                let commands = batch.iter().cloned().enumerate();
                let batch = commands.map(|(n, command)| Submitted { ticket: n as u64, command }).collect();
                let released = again.floor.conductor.step(batch, at).unwrap();
                again.floor.log.extend(released.envelopes.iter().cloned());
            }
            let (one, many) = (&world.floor.log, &again.floor.log);
            let differs = one.iter().zip(many).position(|(a, b)| a != b);
            assert_eq!((one.len(), differs), (many.len(), None), "seed {seed}: batches of {size} differ from single");
        }
    }
}
