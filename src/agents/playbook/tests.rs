//! Walks through the preset's flows, with the practice shop behind them: `tests/walks/*.walk`.
//!
//! A walk is lines: `agent NAME`, `person HANDLE` (signed in), `anonymous`, `mood PERCENT`, `refuse`
//! (approvals are turned down), `heard TEXT | intent` (said before the next `pack`),
//! `pack INTENT; slot=value; ...` (a handoff), `article TEXT` (the best passage), `> TEXT | intent, intent`
//! (the customer speaks; `| ? intent, intent` unclearly), `< one|or another` (the reply says), `<! TEXT`
//! (the reply does not say), `! tool` (was called), `= next` (what comes next), `whisper TEXT`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use super::{advise, receipt, step};
use crate::agents::Playbooks;
use crate::agents::shop::{Asking, Shop};
use crate::config;
use crate::domain::action::{AgentContext, AgentStep, Fill, Next, StepInput};
use crate::domain::analysis::{Analysis, Clarity, IntentScore};
use crate::domain::consult::Consultation;
use crate::domain::conversation::{Author, Disposition};
use crate::domain::customer::{Identity, Proof, Tier};
use crate::domain::handoff::{ContextPack, Given, Omission};
use crate::domain::id::{AgentName, CallId, CompositionId, ConversationId, CustomerId, Epoch, TurnNo};
use crate::domain::knowledge::{Citation, Passage};
use crate::domain::playbook::FlowState;
use crate::domain::promise::Promise;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::tool::{ToolCall, ToolOutcome, ToolRefusal, ToolSpec};

/// 2026-11-22T12:00Z.
const NOON: Timestamp = Timestamp(1_795_348_800_000);

struct Desk {
    book: Playbooks,
    shop: Shop,
    tools: Vec<ToolSpec>,
    bundle: config::Bundle,
}

fn support() -> Desk {
    static READ: OnceLock<config::Bundle> = OnceLock::new();
    let bundle = READ.get_or_init(|| config::preset("support").unwrap()).clone();
    Desk {
        book: Playbooks::of(&bundle),
        shop: Shop::new(bundle.shop.as_ref(), &bundle.tools),
        tools: bundle.tools.clone(),
        bundle,
    }
}

pub(in crate::agents) fn context(agent: &str) -> AgentContext {
    AgentContext {
        side: crate::domain::candidate::Side::Own,
        agent: agent.parse().unwrap(),
        conversation: ConversationId::from_random([7; 16]),
        edition: None,
        epoch: Epoch(1),
        composition: CompositionId(1),
        at: NOON,
        customer: CustomerId::from_random([9; 16]),
        tier: Tier::Standard,
        identity: Identity::Anonymous,
        name: None,
        said: Foreign::default(),
        analysis: Analysis::default(),
        mood: Score::ZERO,
        slots: Vec::new(),
        flow: FlowState::default(),
        pack: None,
        asked_back: None,
        given: Given::default(),
        status: Vec::new(),
        incident: None,
        opportunity: None,
        whispers: Vec::new(),
        told: Vec::new(),
        transcript: Vec::new(),
        files: Vec::new(),
        results: Vec::new(),
        models: false,
        human_stretch: None,
    }
}

/// What one specialist is asked by another.
pub(in crate::agents) fn asked(by: AgentName, whom: AgentName, question: Foreign, positions: &[&str]) -> Consultation {
    Consultation {
        by,
        whom,
        question,
        at: NOON,
        edition: None,
        composition: CompositionId(1),
        positions: positions.iter().map(|one| one.parse().unwrap()).collect(),
        about: None,
        facts: Vec::new(),
        heard: Vec::new(),
        models: false,
        tokens: 400,
        patience: Millis::from_secs(10),
    }
}

/// One conversation of a walk: what an orchestrator would do around the agent, in small.
struct Walk<'a> {
    desk: &'a mut Desk,
    context: AgentContext,
    passages: Vec<Passage>,
    refuse: bool,
    calls: u64,
    /// Of the last move.
    called: Vec<String>,
    reply: String,
    next: Option<Next>,
    promises: Vec<Promise>,
    begun: BTreeSet<String>,
    log: String,
}

impl Walk<'_> {
    fn speak(&mut self, input: StepInput) {
        self.called.clear();
        self.reply.clear();
        self.context.composition.0 += 1;
        let mut input = input;
        loop {
            let made = step(&self.desk.book, &self.context, &input, &self.passages);
            self.take(&made);
            match made.next {
                Next::Call(call) => {
                    let outcome = self.call(&call);
                    input = StepInput::ToolReturned(call, outcome);
                }
                Next::Consult { whom, question } => {
                    self.called.push(format!("ask {whom}"));
                    let by = self.context.agent.clone();
                    let asked = asked(by, whom.clone(), question, &[]);
                    input = StepInput::Advised(whom, advise(&self.desk.book, &asked, &self.passages));
                }
                Next::Confer(board) => {
                    panic!("no walk asks several, this one {}", board.named());
                }
                next @ (Next::Wait | Next::HandOff { .. } | Next::Escalate { .. } | Next::Resolve { .. }) => {
                    self.next = Some(next);
                    break;
                }
            }
        }
        self.context.pack = None;
        let _ = writeln!(self.log, "  {}: {}\n    -> {:?}", self.context.agent, self.reply.trim(), self.next);
    }

    fn take(&mut self, made: &AgentStep) {
        self.context.flow = made.flow.clone();
        self.begun.extend(made.flow.current.iter().map(|position| position.playbook.name.to_string()));
        for fill in &made.fills {
            self.context.slots.retain(|known| known.slot != fill.slot);
            self.context.slots.push(fill.clone());
        }
        self.promises.extend(made.promises.iter().cloned());
        if let Some(reply) = &made.reply {
            self.context.given.apologies += u8::from(reply.apology);
            self.reply.push_str(reply.text.raw());
            self.reply.push('\n');
        }
    }

    fn call(&mut self, call: &ToolCall) -> ToolOutcome {
        let args: Vec<String> = call.args.iter().map(|(name, value)| format!("{name}={}", value.raw())).collect();
        let _ = writeln!(self.log, "    ! {} {}", call.tool, args.join(" "));
        self.called.push(call.tool.to_string());
        let spec = self.desk.tools.iter().find(|tool| tool.name == call.tool).unwrap();
        if !self.context.identity.satisfies(spec.identity, NOON) {
            return ToolOutcome::Refused(ToolRefusal::IdentityNeeded);
        }
        let missing = spec.needs.iter().any(|need| call.args.get(need).is_none_or(Foreign::is_empty));
        assert!(!missing, "{} lacks an argument: {args:?}", call.tool);
        let amount = spec.amount.as_ref().and_then(|name| call.args.get(name)).map(|v| v.raw().parse().unwrap());
        let over = amount
            .is_some_and(|amount: crate::domain::money::Money| spec.agent_limit.is_some_and(|l| amount.exceeds(l)));
        if over && self.refuse {
            return ToolOutcome::Refused(ToolRefusal::Rejected);
        }
        self.calls += 1;
        let asking = Asking { call: CallId(self.calls), customer: self.context.customer, at: NOON };
        let mut outcome = self.desk.shop.execute(asking, call);
        for _ in 1..3 {
            if outcome == ToolOutcome::Failed {
                outcome = self.desk.shop.execute(asking, call);
            }
        }
        if let ToolOutcome::Done(values) = &outcome
            && values.get("verified").is_some_and(|value| value.raw() == "yes")
        {
            self.context.identity = Identity::Verified { by: Proof::Facts, until: Timestamp(i64::MAX) };
        }
        outcome
    }

    fn line(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match verb {
            "agent" => self.context.agent = rest.parse().unwrap(),
            "person" => {
                assert!(self.desk.shop.vouch(self.context.customer, rest), "nobody is {rest}");
                self.context.identity = Identity::Verified { by: Proof::SignedToken, until: Timestamp(i64::MAX) };
            }
            "anonymous" => self.context.identity = Identity::Anonymous,
            "mood" => self.context.mood = Score::from_percent(rest.parse().unwrap()),
            "refuse" => self.refuse = true,
            "whisper" => self.context.whispers = vec![Foreign::from(rest)],
            "article" => {
                let citation = Citation { article: "help".parse().unwrap(), paragraph: 1 };
                let (title, text) = (Foreign::from("Help"), Foreign::from(rest));
                let score = Score::from_percent(90);
                self.passages = vec![Passage { citation, title, text, score, highlights: Vec::new() }];
            }
            "no-article" => self.passages.clear(),
            "pack" => self.hand_over(rest),
            ">" => self.customer(rest),
            "heard" => self.hears(rest),
            "<" => {
                let said = rest.split('|').any(|part| self.reply.contains(part.trim()));
                assert!(said, "`{rest}` is not in:\n{}", self.log);
            }
            "<!" => assert!(!self.reply.contains(rest), "`{rest}` is in:\n{}", self.log),
            "!" => assert!(self.called.iter().any(|tool| tool == rest), "{rest} was not called:\n{}", self.log),
            "=" => assert_eq!(shown(self.next.as_ref()), rest, "\n{}", self.log),
            "promise" => {
                let made = self.promises.iter().filter_map(|p| p.text.reveal()).any(|text| text.raw().contains(rest));
                assert!(made, "no promise of `{rest}`:\n{}", self.log);
            }
            "slot" => {
                let (name, value) = rest.split_once('=').unwrap();
                let known = self.context.slots.iter().find(|fill| fill.slot.as_str() == name);
                assert_eq!(known.and_then(|fill| fill.value.reveal()).map(Foreign::raw), Some(value), "\n{}", self.log);
            }
            other => panic!("`{other}` is no word of a walk"),
        }
    }

    fn customer(&mut self, line: &str) {
        self.hears(line);
        self.speak(StepInput::Turn);
    }

    fn hears(&mut self, line: &str) {
        let (text, intent) = line.rsplit_once(" | ").unwrap_or((line, ""));
        let _ = writeln!(self.log, "> {text}");
        self.context.said = Foreign::from(text);
        self.context.analysis = analysis(intent);
    }

    fn hand_over(&mut self, line: &str) {
        let mut words = line.split("; ");
        let objective = words.next().map(|intent| intent.trim().parse().unwrap());
        let slots: Vec<Fill> = words
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(slot, value)| Fill { slot: slot.parse().unwrap(), value: Foreign::from(value).into() })
            .collect();
        let pack = ContextPack { objective, slots, ..ContextPack::default() };
        let said = receipt(&self.desk.book, &self.context.agent, &pack);
        assert_eq!(pack.omissions(&said), [], "{line}");
        self.context.pack = Some(pack);
        self.context.flow = FlowState::default();
        let _ = writeln!(self.log, "= handed over: {line}");
        self.speak(StepInput::HandedOver);
    }
}

fn analysis(intent: &str) -> Analysis {
    let sure = |intent: &str| IntentScore { intent: intent.parse().unwrap(), confidence: Score::from_percent(92) };
    match intent {
        "" => Analysis { out_of_scope: Score::from_percent(30), ..Analysis::default() },
        "human" => Analysis { wants_human: true, ..Analysis::default() },
        "foreign" => {
            Analysis { out_of_scope: Score::from_percent(80), language: "fra".parse().unwrap(), ..Analysis::default() }
        }
        "oos" => Analysis { out_of_scope: Score::from_percent(95), ..Analysis::default() },
        unclear if unclear.starts_with('?') => {
            let likely = unclear.trim_start_matches('?').split(',').zip([45, 30, 10]);
            let intents = likely.map(|(intent, percent)| IntentScore {
                intent: intent.trim().parse().unwrap(),
                confidence: Score::from_percent(percent),
            });
            Analysis { clarity: Clarity::Unclear, intents: intents.collect(), ..Analysis::default() }
        }
        intents => Analysis { intents: intents.split(", ").map(sure).collect(), ..Analysis::default() },
    }
}

fn shown(next: Option<&Next>) -> String {
    match next {
        None => "nothing".into(),
        Some(Next::Wait) => "wait".into(),
        Some(Next::Call(call)) => format!("call {}", call.tool),
        Some(Next::Consult { whom, .. }) => format!("ask {whom}"),
        Some(Next::Confer(board)) => format!("ask {}", board.named()),
        Some(Next::HandOff { to, objective }) => {
            let to = to.as_ref().map_or("routing", AgentName::as_str);
            objective.as_ref().map_or(format!("hand-off {to}"), |intent| format!("hand-off {to} for {intent}"))
        }
        Some(Next::Escalate { trigger }) => {
            format!("escalate {}", serde_json::to_value(trigger).unwrap().as_str().unwrap())
        }
        Some(Next::Resolve { disposition }) => {
            format!("resolve {}", serde_json::to_value(disposition).unwrap().as_str().unwrap())
        }
    }
}

fn walks() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/walks");
    let mut walks: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
        .collect();
    walks.sort();
    walks
}

/// A file holds several walks, each after a line `# title`.
fn run(text: &str, begun: &mut BTreeSet<String>, failed: &mut Vec<String>, print: bool) {
    for part in text.split("\n# ").filter(|part| !part.trim().is_empty()) {
        let mut lines = part.lines();
        let title = lines.next().unwrap_or_default().trim_start_matches("# ");
        let mut desk = support();
        let mut walk = Walk {
            desk: &mut desk,
            context: context("triage"),
            passages: Vec::new(),
            refuse: false,
            calls: 0,
            called: Vec::new(),
            reply: String::new(),
            next: None,
            promises: Vec::new(),
            begun: BTreeSet::new(),
            log: format!("# {title}\n"),
        };
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            lines.map(str::trim).filter(|line| !line.is_empty()).for_each(|line| walk.line(line));
        }));
        if let Err(why) = told {
            let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
            failed.push(format!("{title}: {why}"));
        }
        if print {
            println!("{}", walk.log);
        }
        begun.append(&mut walk.begun);
    }
}

#[test]
fn every_flow_is_walked_to_its_end() {
    let (mut begun, mut failed) = (BTreeSet::new(), Vec::new());
    let print = std::env::var_os("WALKS").is_some();
    for (_, text) in walks() {
        run(&text, &mut begun, &mut failed, print);
    }
    assert!(failed.is_empty(), "{} walks went astray:\n{}", failed.len(), failed.join("\n"));
    let all: BTreeSet<String> = support().bundle.playbooks.iter().map(|book| book.id.name.to_string()).collect();
    // These end in the same move that begins them.
    let at_once = ["greeting", "goodbye", "smalltalk", "about-assistant", "not-ours", "safety-issue", "legal-threat"];
    let missing: Vec<&String> = all.difference(&begun).filter(|name| !at_once.contains(&name.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new(), "no walk leads through these");
}

#[test]
fn the_same_question_is_the_same_move() {
    let desk = support();
    let mut context = context("billing");
    context.said = Foreign::from("I was charged twice for order 1182");
    context.analysis = analysis("double-charge");
    let once = step(&desk.book, &context, &StepInput::Turn, &[]);
    assert_eq!(once, step(&desk.book, &context, &StepInput::Turn, &[]));
}

#[test]
fn a_receipt_takes_over_every_promise_and_leaves_out_what_no_flow_uses() {
    let desk = support();
    let fill = |slot: &str| Fill { slot: slot.parse().unwrap(), value: Foreign::from("x").into() };
    let promise = Promise { id: None, name: None, text: Foreign::from("a call").into(), due: None };
    let pack = ContextPack {
        objective: Some("double-charge".parse().unwrap()),
        slots: vec![fill("order"), fill("shoe-size")],
        promises: vec![promise.clone(), promise],
        open_questions: vec!["order".parse().unwrap(), "shoe-size".parse().unwrap()],
        ..ContextPack::default()
    };
    let said = receipt(&desk.book, &"billing".parse().unwrap(), &pack);
    let shoe_size = || "shoe-size".parse().unwrap();
    assert_eq!(pack.omissions(&said), [Omission::Slot(shoe_size()), Omission::Question(shoe_size())]);
    let mut careless = desk.bundle.clone();
    for book in &mut careless.playbooks {
        std::sync::Arc::make_mut(book).needs.promises = false;
    }
    let said = receipt(&Playbooks::of(&careless), &"billing".parse().unwrap(), &pack);
    assert!(pack.omissions(&said).contains(&Omission::Promises(2)), "a flow that keeps no promise says so");
    let other = receipt(&desk.book, &"sales".parse().unwrap(), &pack);
    assert_eq!((other.promises, other.objective), (2, None), "not its matter, but its promises");
}

#[test]
fn an_unknown_version_of_a_flow_is_let_go() {
    let desk = support();
    let mut context = context("billing");
    context.said = Foreign::from("yes");
    let mut position = crate::domain::playbook::FlowPosition {
        playbook: desk.bundle.playbooks.first().unwrap().id.clone(),
        step: 1,
        tries: 0,
        waiting: true,
        asked: Vec::new(),
    };
    position.playbook.version = crate::domain::id::Digest([1; 16]);
    context.flow.current = Some(position);
    let made = step(&desk.book, &context, &StepInput::Turn, &[]);
    assert!(made.reply.is_some());
    assert_ne!(made.next, Next::Resolve { disposition: Disposition::Solved });
}

#[test]
fn under_load_every_turn_has_the_answer_of_its_topic_alone() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/deployment");
    let bundle = config::load(&folder).unwrap_or_else(|problems| panic!("{problems}"));
    let book = Playbooks::of(&bundle);
    for topic in ["billing", "technical", "sales", "returns", "account"] {
        let mut context = context(topic);
        context.said = Foreign::from("The invoice, the error, the upgrade, the refund or the password.");
        context.analysis = analysis(topic);
        for input in [StepInput::HandedOver, StepInput::Turn, StepInput::Turn] {
            context.pack = Some(ContextPack { objective: Some(topic.parse().unwrap()), ..ContextPack::default() });
            let made = step(&book, &context, &input, &[]);
            let text = made.reply.unwrap().text.raw().to_owned();
            assert!(text.starts_with(&format!("[{topic}] Thank you")) && text.ends_with("to your mailbox."), "{text}");
            assert_eq!(made.next, Next::Wait);
            context.flow = made.flow;
        }
        context.pack = None;
        context.analysis = analysis(if topic == "sales" { "account" } else { "sales" });
        let made = step(&book, &context, &StepInput::Turn, &[]);
        assert!(matches!(made.next, Next::HandOff { to: None, .. }) && made.reply.is_none(), "{made:?}");
    }
}

#[test]
fn what_a_person_may_have_settled_is_not_taken_up_again_by_itself() {
    let desk = support();
    let mut context = context("billing");
    let begun = FlowState::default();
    context.identity = Identity::Verified { by: Proof::SignedToken, until: NOON + Millis::from_hours(1) };
    context.said = Foreign::from("I was charged twice");
    context.analysis = analysis("double-charge");
    let asked = step(&desk.book, &context, &StepInput::Turn, &[]);
    assert!(asked.flow.current.is_some() && asked.flow != begun, "{asked:?}");
    let pack = ContextPack { objective: Some("double-charge".parse().unwrap()), ..ContextPack::default() };
    let by = Author::Operator("ana".parse().unwrap());
    context.flow = asked.flow.clone();
    context.pack = Some(pack);
    context.said = Foreign::from("thank you, it was double charged indeed");
    // Taken over without a word: it goes on where it stood.
    let silent = step(&desk.book, &context, &StepInput::HandedOver, &[]);
    assert_eq!(silent.flow.current.map(|at| at.playbook), asked.flow.current.map(|at| at.playbook));
    context.human_stretch = Some((NOON, Some(NOON)));
    context.transcript = vec![(TurnNo(1), by, Foreign::from("I paid it back, all done."))];
    let back = step(&desk.book, &context, &StepInput::HandedOver, &[]);
    assert_eq!((back.next, back.flow.current), (Next::Wait, None));
    assert_eq!(back.flow.paused.len(), 1, "the customer may still come back to it");
    // Another matter is taken up at once.
    context.analysis = analysis("invoice-copy");
    let other = step(&desk.book, &context, &StepInput::HandedOver, &[]);
    assert!(other.flow.current.is_some(), "{other:?}");
}

#[test]
fn what_is_asked_and_not_found_is_said() {
    let desk = support();
    let mut asked = context("triage");
    let near = Passage {
        citation: Citation { article: "refunds".parse().unwrap(), paragraph: 2 },
        title: Foreign::new("Refunds"),
        text: Foreign::new("Refunds take three days."),
        score: Score::from_percent(20),
        highlights: Vec::new(),
    };
    let far = |context: &AgentContext, input: &StepInput, passages: &[Passage]| {
        step(&desk.book, context, input, passages).unanswered
    };
    asked.said = Foreign::new("Does the glockenspiel resonate underwater?");
    let missing = far(&asked, &StepInput::Turn, std::slice::from_ref(&near)).unwrap();
    assert_eq!((missing.nearest, missing.score), (Some(near.citation.clone()), near.score));
    assert_eq!(far(&asked, &StepInput::Turn, &[]).unwrap().nearest, None, "nothing is near");
    let good = Passage { score: super::ANSWER_UNASKED, ..near };
    assert_eq!(far(&asked, &StepInput::Turn, &[good]), None, "it is answered");
    let call = ToolCall { tool: "orders.get".parse().unwrap(), args: std::collections::BTreeMap::new() };
    let back = StepInput::ToolReturned(call, ToolOutcome::Unknown);
    assert_eq!(far(&asked, &back, &[]), None, "nothing was looked up");
    asked.said = Foreign::new("the glockenspiel is out of tune");
    assert_eq!(far(&asked, &StepInput::Turn, &[]), None, "nobody asked anything");
}

#[test]
fn what_the_desk_itself_reads_as_unclear_is_asked_back_about() {
    let desk = support();
    let of = |intent: &'static str| intent.parse::<crate::domain::id::IntentName>().unwrap();
    let model = crate::analysis::Model::train(&desk.bundle.pairs());
    let mut context = context("triage");
    context.said = Foreign::from("my order, my refund");
    context.analysis = model.analyse(&context.said);
    assert_eq!(context.analysis.clarity, Clarity::Unclear);
    let made = step(&desk.book, &context, &StepInput::Turn, &[]);
    let asked = made.flow.asked_back.clone().unwrap();
    assert!(asked.holds(&of("refund-status")) && asked.holds(&of("refund-request")), "{made:?}");
    let text = made.reply.unwrap().text.raw().to_owned();
    assert!(text.contains("where your refund is") && text.contains("about your refund"), "{text}");
    context.flow = made.flow;
    context.said = Foreign::from("the refund I asked for");
    context.analysis = model.analyse(&context.said);
    let made = step(&desk.book, &context, &StepInput::Turn, &[]);
    assert_eq!(made.flow.matter, Some(of("refund-status")), "alone it is read as {:?}", context.analysis.intents);
}
