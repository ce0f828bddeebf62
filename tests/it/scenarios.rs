//! Rules as data: every file in `tests/scenarios/` is a small story with what it must lead to.

mod between;
mod desk;
mod editions;
mod guards;
mod lessons;
mod refusals;
mod said;
mod sent;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use baton::domain::analysis::Language;
use baton::domain::command::{CustomerAct, EffectResult, FloorAct, OperatorAct, Seen};
use baton::domain::customer::Tier;
use baton::domain::envelope::KeyUse;
use baton::domain::event::{ConversationEvent, EscalationEvent, Event, HandoffEvent, WithheldReason};
use baton::domain::id::{ConversationId, CustomerId, Digest, Epoch, OperatorName, Seq, TurnNo};
use baton::domain::model::Cost;
use baton::domain::refusal::Refusal;
use baton::domain::time::Millis;
use baton::picture::{Lens, Room};
use baton::protocol::row::WaitWithout;
use serde::Deserialize;

use crate::floor::{Said, TestFloor, analysis};
use guards::Scenario;

#[expect(clippy::struct_excessive_bools, reason = "a step is a row of a table: one mark a column")]
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Step {
    /// `maya` opens (`new`, `vip`, `verified`); `again`: the first customer opens another.
    open: Option<String>,
    say: Option<String>,
    /// What is said takes the place of this message.
    edit: Option<u64>,
    intent: Option<String>,
    mood: i32,
    wants_human: bool,
    wants_call_back: bool,
    safety: bool,
    typing: bool,
    /// So many files come with the words; the scanner comes back: `clean`, `refused`, `broke`; who asks to read the first.
    files: u8,
    scan: Option<String>,
    opens: Option<String>,
    /// The language it is read as, three letters.
    language: Option<Language>,
    key: Option<String>,
    rate: Option<u8>,
    /// What the customer asks by a button: `human`, `call_back`, `leave_line`.
    asks: Option<String>,
    /// Who acts, and how, in the words of the wire; `conversation` is filled in.
    by: Option<String>,
    act: Option<toml::Table>,
    /// What the actor's screen showed: `now` (default), `before` (an epoch ago), `nothing`.
    seen: Option<String>,
    arrive: Option<String>,
    depart: Option<String>,
    /// What was to be done outside comes back: `done`, `failed`, `declined`, `unknown`, `verified`, `proof`;
    /// `lost`: it began, and nothing comes back.
    back: Option<String>,
    /// Who speaks beside the holder is seen writing.
    writes: Option<String>,
    /// What was to be done first comes back after the others.
    later: bool,
    /// The last of these comes back once more.
    again: bool,
    wait_ms: u64,
    erase: bool,
    /// A language model was called for the holder, and cost this.
    costs: Option<Cost>,
    /// So many short messages with keys that count up.
    flood: u32,
    /// One message of so many bytes.
    say_bytes: usize,
    /// Which conversation; 1 unless said.
    who: Option<u8>,

    /// Another edition, for everybody or a share of new conversations; and the share taken back.
    edition: Option<editions::Edition>,
    take_back: bool,

    /// Back at the floor after a crash: the state is folded anew and a new life begins.
    crash: bool,

    // What must come of it.
    events: Option<Vec<String>>,
    refused: Option<String>,
    holder: Option<String>,
    /// How long the holder has held, in ms.
    held_ms: Option<u64>,
    epoch: Option<u64>,
    /// What billing has been allowed to pay today.
    paid: Option<String>,
    /// For what the conversation was last handed over.
    objective: Option<String>,
    /// The clock of an answer or of the matter that is due next, and in how many ms: `next_answer in 45000`.
    clock: Option<String>,
    /// How long bot, queue, human and customer had it until now, in ms.
    spent: Option<[u64; 4]>,
    /// Whether the first contact was enough, once it is resolved.
    first_contact: Option<bool>,
    repeat: bool,
    /// What the last brief says, a line a conversation: `c-1 held fragile`.
    brief: Option<Vec<String>>,
    /// What these people do now: `{ ana = "busy" }`, in the words of the wire.
    people: Option<toml::Table>,
    /// What the customer is owed and by whom, `p-1 ben late`, in the order of their numbers.
    owed: Option<Vec<String>>,
    /// How it ended: what it counts as, and the house's word for it, `unsolved refused`.
    outcome: Option<String>,
    /// Who was credited for the rating that came last.
    rated: Option<String>,
    /// The customer's mood, in ten-thousandths.
    felt: Option<i32>,
    /// How often the customer asked for the same again.
    asked_again: Option<u8>,
    /// So many whispers are in force.
    whispers: Option<usize>,
    /// So many whispers were in force when the newest answer of an agent was composed.
    under: Option<usize>,
    /// The incident of the conversation, `i-1` or `none`.
    incident: Option<String>,
    /// Conversations of each incident that was not filed, `i-1 of 3`, `i-1 of 3 over`; and the proposals, `i-2?`.
    incidents: Option<Vec<String>>,
    /// The words of the newest message.
    last: Option<String>,
    /// Whether that is the translation of what a person wrote.
    translated: Option<bool>,
    /// The words of the newest translation.
    rendered: Option<String>,
    /// Whether nothing of the customer waits for an answer.
    answered: Option<bool>,
    /// To whom the last offer was made.
    offered: Option<String>,
    /// Why it needs these people: `{ ana = "left_alone", ben = "none" }`.
    needs: Option<toml::Table>,
    /// How the files of the conversation stand: `waits`, `clean open`.
    stands: Option<Vec<String>>,
    /// The numbers of the line `support`.
    line: Option<String>,
    /// The longest wait if somebody left: `ben: 2:30`, `ben: nobody`.
    without: Option<String>,
    /// How passes came out: `triage > billing: 1 offered, 1 accepted`; sums of 0 are left out.
    edge: Option<String>,
    /// How a candidate's moves compare with its agent's: `sales: 1 of 2, 1 failed`.
    compared: Option<String>,
    /// Which self of an agent was asked last, outside: `own`, `candidate`.
    asked: Option<String>,
    /// The path of the last circle of handoffs, or what else went in a circle, and what followed.
    circle: Option<String>,
    /// Its labels, live or resolved.
    labels: Option<Vec<String>>,
    /// What a person said of how much it presses; `none` when nobody did.
    priority: Option<String>,
    /// Whether it sleeps.
    asleep: Option<bool>,
    /// The sides that lost so far: `a whisper > the playbook: WORDS`.
    overruled: Option<Vec<String>>,
    /// The words of the refusal.
    reads: Option<String>,
    /// Whose draft was withheld last.
    withheld_of: Option<String>,
    /// Whether the last advice came when nobody waited for it any more.
    late: Option<bool>,
    /// How the last request for a human ended.
    settled: Option<String>,
    /// Calls and questions of the last attempt, and how it failed.
    moves: Option<usize>,
    failed: Option<String>,
    /// What is learnt by it, in the order of the journal; `events` leaves that out.
    learns: Option<Vec<String>>,
    /// What speaks for an offer; `none` when nothing does.
    opportunity: Option<String>,
    /// Who was chosen last, and by which rule of a person: `sales by r-1`.
    chosen: Option<String>,
    /// What the customer's earlier matters gave who was chosen last, in ten-thousandths.
    past: Option<i32>,
    /// What guardrails found with an agent: `billing: 2 leak, 1 tone`.
    caught: Option<String>,
    /// Why models act here only with a person's word.
    taint: Option<String>,
    /// What passed last from one agent to another, `billing > sales: payment, without email`.
    crossed: Option<String>,
    /// What the last receipt left out.
    omitted: Option<String>,
    /// Live conversations of each edition beside the one in force, `2`, `1 open`.
    beside: Option<Vec<String>>,
    /// What those who were asked together said last, a line each.
    voices: Option<Vec<String>>,
    /// Whose word counts of them, and why.
    verdict: Option<String>,
    /// What overtook the approval that was settled last.
    overtaken: Option<WithheldReason>,
}

struct Player {
    floor: TestFloor,
    customers: Vec<(ConversationId, CustomerId)>,
    refusals: BTreeSet<String>,
}

fn code(refusal: &Refusal) -> String {
    serde_json::to_value(refusal).unwrap()["code"].as_str().unwrap().to_owned()
}

impl Player {
    fn who(&self, step: &Step) -> (ConversationId, CustomerId) {
        self.customers[usize::from(step.who.unwrap_or(1)) - 1]
    }

    fn play(&mut self, step: &Step) -> Result<bool, Refusal> {
        if let Some(done) = editions::play(self, step).or_else(|| between::later(self, step)) {
            return done;
        }
        if let Some(name) = &step.arrive {
            return self.floor.floor_act(FloorAct::Arrive(name.parse().unwrap())).map(|done| done.repeat);
        }
        if let Some(name) = &step.depart {
            return self.floor.floor_act(FloorAct::Depart(name.parse().unwrap())).map(|done| done.repeat);
        }
        if let Some(kind) = &step.open {
            let tier = if kind == "vip" { Tier::Vip } else { Tier::Standard };
            let number = step.who.unwrap_or(self.customers.len() as u8 + 1);
            // The same customer comes once more.
            if kind == "again" {
                let customer = self.customers[0].1;
                let conversation = self.floor.open_for(customer, self.customers.len() as u8 + 1, tier, true);
                self.customers.push((conversation, customer));
                return Ok(false);
            }
            let opened = self.floor.open(number, tier, kind == "verified");
            self.customers.push(opened);
            return Ok(false);
        }
        if let Some(outcome) = &step.back {
            if outcome == "lost" {
                return self.floor.begin_and_lose().map(|done| done.repeat);
            }
            return self.floor.come_back(between::back(outcome)).map(|done| done.repeat);
        }
        if let Some(name) = &step.writes {
            let (conversation, operator) = (self.who(step).0, name.parse().unwrap());
            return self.floor.effect(EffectResult::BargerWrites { conversation, operator }).map(|done| done.repeat);
        }
        if let Some(cost) = step.costs {
            return lessons::bill(self, step, cost).map(|done| done.repeat);
        }
        if step.again {
            let last = self.floor.last.clone().unwrap();
            return self.floor.effect(last).map(|done| done.repeat);
        }
        if let Some(done) = self.files(step) {
            return done.map(|done| done.repeat);
        }
        if step.crash {
            self.floor.crash();
            return Ok(false);
        }
        for number in 0..step.flood {
            let flood = Step { say: Some("ping".to_owned()), key: Some(format!("flood-{number}")), ..Step::default() };
            self.customer(&flood)?;
        }
        if step.flood > 0 {
            return Ok(false);
        }
        if step.say_bytes > 0 {
            return self.customer(&Step { say: Some("x".repeat(step.say_bytes)), ..Step::default() });
        }
        if step.wait_ms > 0 {
            self.floor.wait(Millis(step.wait_ms));
            return Ok(false);
        }
        if step.erase {
            let customer = self.who(step).1;
            return self.floor.floor_act(FloorAct::Erase(customer)).map(|done| done.repeat);
        }
        if step.act.is_some() { self.operate(step) } else { self.customer(step) }
    }

    fn customer(&mut self, step: &Step) -> Result<bool, Refusal> {
        let (conversation, customer) = self.who(step);
        let body = Digest(*b"0123456789abcdef");
        let other = Digest(*b"fedcba9876543210");
        let key = step.key.as_ref().map(|key| match key.strip_prefix("other:") {
            Some(key) => KeyUse { key: key.parse().unwrap(), body: other },
            None => KeyUse { key: key.parse().unwrap(), body },
        });
        let act = if let Some(text) = &step.say {
            let said = Said {
                text: text.clone(),
                intent: step.intent.clone(),
                mood: step.mood,
                wants_human: step.wants_human || step.wants_call_back,
                wants_call_back: step.wants_call_back,
                safety: step.safety,
                typing: step.typing,
                language: step.language.unwrap_or_default(),
            };
            let analysis = Box::new(analysis(&said));
            let (text, files) = (said.text.as_str().into(), sent::files(step));
            match step.edit {
                Some(turn) => CustomerAct::Edit { conversation, turn: TurnNo(turn), text, analysis },
                None => CustomerAct::Say { conversation, text, analysis, typing: said.typing, files },
            }
        } else if let Some(asks) = &step.asks {
            match asks.as_str() {
                "human" => CustomerAct::AskHuman { conversation },
                "call_back" => CustomerAct::CallBack { conversation },
                "leave_line" => CustomerAct::LeaveLine { conversation },
                other => panic!("asks = {other:?}"),
            }
        } else {
            CustomerAct::Rate { conversation, score: step.rate.expect("a step that does nothing"), comment: None }
        };
        self.floor.customer(customer, key, act).map(|done| done.repeat)
    }

    /// The numbers of the line, as every console is shown them.
    fn check_line(&self, step: &Step, place: &str) {
        let (floor, at) = (self.floor.floor(), self.floor.at);
        for (name, need) in step.needs.iter().flatten() {
            let operator = name.parse().unwrap();
            let role = floor.operator_spec(&operator).unwrap().role;
            let lens = Lens { operator: &operator, role, at, room: &Room::default() };
            let why = baton::picture::need_in(floor, self.who(step).0, &lens).map(|need| need.why);
            let why = serde_json::to_value(why).unwrap();
            let why = match &why {
                serde_json::Value::Object(tagged) => tagged.keys().next().unwrap().clone(),
                serde_json::Value::String(plain) => plain.clone(),
                serde_json::Value::Null
                | serde_json::Value::Bool(_)
                | serde_json::Value::Number(_)
                | serde_json::Value::Array(_) => "none".to_owned(),
            };
            assert_eq!(why, need.as_str().unwrap(), "{place}: {name}");
        }
        if let Some(line) = &step.line {
            let rows = baton::picture::queues(floor, at);
            let row = rows.iter().find(|row| row.name.as_str() == "support").unwrap();
            let forecast = row.forecast.map_or("none".to_owned(), |wait| wait.to_string());
            let (share, came) = (format!("{} of {} in time", row.in_time, row.taken), row.arrived);
            let now = format!("{} wait, {came} came, {share}, {} free, forecast {forecast}", row.waiting, row.free);
            assert_eq!(&now, line, "{place}");
        }
        if let Some(without) = &step.without {
            let (name, _) = without.split_once(':').unwrap();
            let rows = baton::picture::operators(floor, at);
            let wait = rows.iter().find(|row| row.name.as_str() == name).unwrap().without;
            let wait = wait.map_or("serves no line".to_owned(), |wait| match wait {
                WaitWithout::About(wait) => wait.to_string(),
                WaitWithout::Nobody => "nobody".to_owned(),
            });
            assert_eq!(&format!("{name}: {wait}"), without, "{place}");
        }
    }

    fn check_owed(&self, step: &Step, place: &str) {
        let (id, floor) = (step, self.floor.floor());
        if let Some(expected) = &step.owed {
            let owed = floor.owed_in(self.who(id).0).map(|(open, holder)| {
                let late = |late| if late { " late" } else { "" };
                open.iter().map(|(id, o)| format!("{id} {}{}", o.owner(holder), late(o.breached))).collect()
            });
            assert_eq!(owed.unwrap_or_else(Vec::new), *expected, "{place}: owed");
        }
        if let Some(outcome) = &step.outcome {
            let now = &floor.stubs[&self.who(id).0].outcome;
            let word = serde_json::to_value(now.disposition).unwrap().as_str().unwrap().to_owned();
            let named = now.named.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            assert_eq!(&format!("{word}{named}"), outcome, "{place}: outcome");
        }
        if let Some(rated) = &step.rated {
            let last = self.floor.log.iter().rev().find_map(|envelope| {
                let Event::Conversation(ConversationEvent::Rated { credited, .. }) = &envelope.event else {
                    return None;
                };
                Some(credited.to_string())
            });
            assert_eq!(last.as_ref(), Some(rated), "{place}: rated");
        }
    }

    fn check_incidents(&self, step: &Step, place: &str) {
        let floor = self.floor.floor();
        if let Some(incident) = &step.incident {
            let now = floor.conversation(self.who(step).0).and_then(|c| c.incident);
            assert_eq!(&now.map_or("none".to_owned(), |id| id.to_string()), incident, "{place}: incident");
        }
        if let Some(incidents) = &step.incidents {
            let open =
                floor.incidents.open.iter().map(|(id, one)| {
                    format!("{id} of {}{}", one.members.len(), if one.is_over() { " over" } else { "" })
                });
            let proposed = floor.incidents.proposed.keys().map(|id| format!("{id}?"));
            assert_eq!(open.chain(proposed).collect::<Vec<String>>(), *incidents, "{place}: incidents");
        }
    }

    fn check_clocks(&self, step: &Step, place: &str) {
        if step.clock.is_none() && step.spent.is_none() && step.first_contact.is_none() {
            return;
        }
        let (id, _) = self.who(step);
        let (floor, at) = (self.floor.floor(), self.floor.at);
        let live = floor.conversation(id);
        if let Some(clock) = &step.clock {
            let next = live.and_then(|c| c.clocks.next());
            let now = next.map_or("none".to_owned(), |clock| {
                let kind = serde_json::to_value(clock.set.clock).unwrap();
                format!("{} in {}", kind.as_str().unwrap(), clock.set.due.0 - at.0)
            });
            assert_eq!(&now, clock, "{place}: clock");
        }
        let outcome = || &floor.stubs[&id].outcome;
        if let Some(spent) = step.spent {
            let had = live.map_or_else(|| outcome().spent, |c| c.spent_until(at));
            assert_eq!([had.bot, had.queue, had.human, had.customer], spent, "{place}: spent");
        }
        if let Some(first) = step.first_contact {
            assert_eq!(outcome().first_contact, first, "{place}: first contact");
        }
    }

    fn operate(&mut self, step: &Step) -> Result<bool, Refusal> {
        let mut table = step.act.clone().unwrap();
        let (id, _) = self.who(step);
        if table.get("target").and_then(toml::Value::as_str) == Some("conversation") {
            table.insert("target".to_owned(), toml::toml! { conversation = (id.to_string()) }.into());
        }
        let elsewhere = [
            "promise",
            "wish",
            "life",
            "approval",
            "offer",
            "presence",
            "escalation",
            "target",
            "draft",
            "brief",
            "rule",
            "percent",
            "customer",
        ];
        // Only these of an incident are about a conversation.
        for act in ["join", "split"] {
            if let Some(wish) =
                table.get_mut("wish").and_then(|wish| wish.get_mut(act)).and_then(toml::Value::as_table_mut)
            {
                wish.insert("conversation".to_owned(), id.to_string().into());
            }
        }
        // `until_ms`: so long from now on.
        if let Some(span) = table.remove("until_ms") {
            table.insert("until".to_owned(), (self.floor.at.0 + span.as_integer().unwrap()).into());
        }
        let act = table.get("act").and_then(toml::Value::as_str);
        if matches!(act, Some("block" | "unblock")) {
            table.insert("customer".to_owned(), self.who(step).1.to_string().into());
        }
        let act = table.get("act").and_then(toml::Value::as_str);
        let of_the_floor = matches!(act, Some("hand_over" | "roll_back_learning" | "make_rule"));
        if !of_the_floor && !elsewhere.iter().any(|name| table.contains_key(*name)) {
            table.insert("conversation".to_owned(), id.to_string().into());
        }
        let act: OperatorAct = table.try_into().unwrap();
        let live = self.floor.floor().conversation(id);
        let stub = self.floor.floor().stubs.get(&id);
        let epoch = live.map(|c| c.baton.epoch).or(stub.map(|stub| stub.epoch)).unwrap_or(Epoch(0));
        let subject = live.and_then(|c| match &c.draft {
            Some(draft) => c.subject_of_draft(draft),
            None => c.subject_of(c.approvals.values().next()?),
        });
        let seen = |epoch, subject| Some(Seen { conversation: id, epoch, seq: Seq(0), subject });
        let seen = match step.seen.as_deref() {
            None | Some("now") => seen(epoch, subject),
            Some("before") => seen(Epoch(epoch.0.saturating_sub(1)), Some(Digest::default())),
            Some("nothing") => None,
            Some(other) => panic!("seen = {other:?}"),
        };
        let key = step.key.as_ref().map(|key| KeyUse { key: key.parse().unwrap(), body: Digest::default() });
        self.floor.operator(step.by.as_deref().unwrap(), key, seen, act).map(|done| done.repeat)
    }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn run(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let scenario: Scenario = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let desk = guards::desk(&scenario);
    let mut player = Player { floor: TestFloor::of(desk), customers: Vec::new(), refusals: BTreeSet::new() };
    for (index, step) in scenario.step.iter().enumerate() {
        let place = format!("{} step {} ({})", path.file_name().unwrap().display(), index + 1, scenario.about);
        let before = player.floor.log.len();
        let result = player.play(step);
        let kinds = lessons::told(&player.floor.log[before..]);
        match (&result, &step.refused) {
            (Err(refusal), Some(expected)) => {
                assert_eq!(&code(refusal), expected, "{place}");
                let reads = step.reads.as_ref().is_none_or(|reads| *reads == refusal.to_string());
                assert!(reads, "{place}: {refusal}");
            }
            (Err(refusal), None) => panic!("{place}: refused: {refusal}"),
            (Ok(_), Some(expected)) => panic!("{place}: {expected} expected, but {kinds:?}"),
            (Ok(repeat), None) => assert_eq!(*repeat, step.repeat, "{place}: repeat"),
        }
        player.refusals.extend(result.as_ref().err().map(code));
        lessons::check(&player, step, (before, &kinds), &place);
        if let Some(holder) = &step.holder {
            let (id, _) = player.who(step);
            let now = player.floor.floor().conversation(id).map_or("gone".to_owned(), |c| c.baton.holder.to_string());
            assert_eq!(&now, holder, "{place}: {kinds:?}");
        }
        if let Some(objective) = &step.objective {
            let offered = player.floor.log.iter().rev().find_map(|envelope| {
                let Event::Handoff(HandoffEvent::Offered { pack, .. }) = &envelope.event else { return None };
                Some(pack.objective.as_ref())
            });
            assert_eq!(offered.flatten().map(ToString::to_string).as_ref(), Some(objective), "{place}");
        }
        lessons::check_paid(&player, step, &place);
        if let Some(held) = step.held_ms {
            let (id, _) = player.who(step);
            let since = player.floor.floor().conversation(id).unwrap().baton.since;
            assert_eq!(player.floor.at.since(since), Millis(held), "{place}: held for");
        }
        if let Some(offered) = &step.offered {
            let last = player.floor.log.iter().rev().find_map(|envelope| {
                let Event::Escalation(EscalationEvent::Offered { operator, .. }) = &envelope.event else { return None };
                Some(operator.to_string())
            });
            assert_eq!(last.as_ref(), Some(offered), "{place}");
        }
        player.check_brief(step, &place);
        player.check_line(step, &place);
        player.check_desk(step, &place);
        for (name, presence) in step.people.iter().flatten() {
            let state = &player.floor.floor().operators[&name.parse::<OperatorName>().unwrap()];
            assert_eq!(serde_json::to_value(state.presence).unwrap(), *presence.as_str().unwrap(), "{place}: {name}");
        }
        said::check(&player, step, &place);
        if let Some(epoch) = step.epoch {
            let (id, _) = player.who(step);
            assert_eq!(player.floor.floor().conversation(id).unwrap().baton.epoch, Epoch(epoch), "{place}");
        }
    }
    assert_eq!(player.floor.laws.broken, [], "{}", path.display());
    player.refusals
}

#[test]
fn every_scenario_comes_out_as_written() {
    let files = files();
    assert!(files.len() >= 20, "only {} scenarios", files.len());
    let failed = files.iter().filter(|file| std::panic::catch_unwind(|| run(file)).is_err()).count();
    assert_eq!(failed, 0, "of {} scenarios", files.len());
}
