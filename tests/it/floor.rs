//! A small floor in memory: the real conductor over a sealed memory journal, a scripted agent, a virtual clock.

pub(crate) mod panels;

use std::collections::{BTreeMap, VecDeque};

use baton::domain::action::{AgentContext, AgentStep, Fill, Next, Reply, StepInput};
use baton::domain::agent::{AgentRole, AgentSpec};
use baton::domain::analysis::{Analysis, IntentScore, Language};
use baton::domain::circle::Habit;
use baton::domain::command::{Act, Command, CustomerAct, EffectResult, FloorAct, Opening, OperatorAct, Seen};
use baton::domain::consult::{Advice, Consultation};
use baton::domain::conversation::Disposition;
use baton::domain::customer::{Identity, IdentityNeed, Proof, Tier};
use baton::domain::deployment::{Deployment, QueueSpec};
use baton::domain::envelope::{Actor, Envelope, KeyUse};
use baton::domain::escalation::Trigger;
use baton::domain::file::Scan;
use baton::domain::guard::{Finding, GuardReason, Hop};
use baton::domain::handoff::{ContextPack, Receipt};
use baton::domain::id::{AgentName, ConversationId, CustomerId, Digest, PromiseName, SlotName};
use baton::domain::knowledge::{Citation, Unanswered};
use baton::domain::learning::word_place;
use baton::domain::money::Money;
use baton::domain::operator::{OperatorSpec, Role};
use baton::domain::playbook::{FlowPosition, FlowState, PlaybookRef};
use baton::domain::policy::{Clocks, DailyCaps, Policy, QueuePolicy};
use baton::domain::promise::Promise;
use baton::domain::refusal::Refusal;
use baton::domain::score::Score;
use baton::domain::text::Foreign;
use baton::domain::time::{Millis, Timestamp};
use baton::domain::tool::{ToolCall, ToolOutcome, ToolSpec};
use baton::domain::translation::{Piece, TranslationFailure};
use baton::orchestrator::Floor;
use baton::orchestrator::laws::Laws;
use baton::runtime::Accepted;
use baton::runtime::conductor::{Conductor, Inner, Outer, Submitted, Task};
use baton::store::journal::memory::MemoryJournal;
use baton::store::vault::Vault;

/// Does what the customer's words tell it to: `call:TOOL` with `amount:` and `order:`, `announce:TOOL` in words
/// before, `ask:FACT` (`obey`: not when it was told not to), `fact:FACT`, `consult:AGENT` (`insist`: again and again), `panel:AGENT,AGENT` (see `panels`), `loop` with a call, `pass:AGENT`, `wants:INTENT`, `circle`, `escalate`, `resolve`, `promise` with `within:` and `times:`, `keep`, or answers. Sales writes no
/// promise down.
pub(crate) struct Scripted;

impl Inner for Scripted {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        Some(scripted(context, input))
    }

    fn advise(&self, asked: &Consultation) -> Option<Advice> {
        if !asked.positions.is_empty() {
            return panels::opinion(asked);
        }
        let known = !asked.question.raw().contains("unknowable");
        known.then(|| Advice { text: "it is covered".into(), title: "The warranty".into(), ..Advice::default() })
    }

    fn findings(&self, _: &Floor, command: &Command) -> Vec<Finding> {
        match &command.act {
            Act::Customer(CustomerAct::Say { text, .. }) => found("found:", text.raw(), Hop::Input),
            Act::Effect(EffectResult::AgentActed { step, .. }) => {
                let words = step.reply.as_ref().map_or("", |reply| reply.text.raw());
                let call = if let Next::Call(call) = &step.next {
                    call.args.get(&"order".parse::<SlotName>().unwrap())
                } else {
                    None
                };
                let mut findings = found("leaks:", words, Hop::Output);
                findings.extend(call.map_or_else(Vec::new, |order| found("odd:", order.raw(), Hop::Arguments)));
                findings
            }
            // What only the translation shows.
            Act::Effect(EffectResult::Translated { text: Ok(text), .. }) => found("hidden:", text.raw(), Hop::Input),
            Act::Effect(EffectResult::Advised { advice: Some(advice), .. }) => {
                found("found:", advice.text.raw(), Hop::Advice)
            }
            Act::Effect(EffectResult::ToolReturned { outcome: ToolOutcome::Declined(why), .. }) => {
                found("found:", why.raw(), Hop::Result)
            }
            Act::Customer(_) | Act::Operator(_) | Act::Effect(_) | Act::Floor(_) => Vec::new(),
        }
    }

    fn receipt(&self, _: Option<Digest>, agent: &AgentName, pack: &ContextPack) -> Receipt {
        Receipt {
            objective: pack.objective.clone(),
            slots: pack.slots.iter().map(|fill| fill.slot.clone()).collect(),
            promises: if agent.as_str() == "sales" { 0 } else { pack.promises.len() as u16 },
            questions: pack.open_questions.clone(),
        }
    }
}

/// What the test's guardrails find: the reason stands in the text, after `mark`.
fn found(mark: &str, text: &str, hop: Hop) -> Vec<Finding> {
    let reasons = text.split_whitespace().filter_map(|word| word.strip_prefix(mark));
    let reason = |name: &str| serde_json::from_value(serde_json::Value::String(name.to_owned())).unwrap();
    reasons.map(|name| Finding { hop, reason: reason(name) }).collect()
}

/// What the test's judge finds in the words of a script that comes back: the reason stands in them.
pub(crate) fn judged(context: &AgentContext, input: &StepInput) -> Vec<GuardReason> {
    let reply = scripted(context, input).reply;
    let text = reply.as_ref().map_or("", |reply| reply.text.raw());
    found("judges:", text, Hop::Judged).into_iter().map(|finding| finding.reason).collect()
}

/// The script, unless a whisper says `handoff: AGENT`.
pub(crate) fn scripted(context: &AgentContext, input: &StepInput) -> AgentStep {
    let own = unwhispered(context, input);
    let order = context.whispers.iter().find_map(|whisper| whisper.raw().strip_prefix("handoff: "));
    let Some(to) = order.filter(|to| *to != context.agent.as_str()) else { return own };
    let overruled = own.reply.as_ref().map(|reply| reply.text.clone());
    AgentStep { reply: None, next: Next::HandOff { to: Some(to.parse().unwrap()), objective: None }, overruled, ..own }
}

/// What the test's translator makes of a text: `[eng] WORDS`; nothing, or none, when the outcome says so.
pub(crate) fn translated(
    (conversation, piece): (ConversationId, Piece),
    text: &Foreign,
    to: Language,
    outcome: &ToolOutcome,
) -> EffectResult {
    let text = match outcome {
        ToolOutcome::Done(_) => Ok(format!("[{to}] {}", text.raw()).into()),
        ToolOutcome::Declined(_) => Ok(" ".to_owned().into()),
        ToolOutcome::Failed | ToolOutcome::Unknown | ToolOutcome::Refused(_) => Err(TranslationFailure::Unreachable),
    };
    EffectResult::Translated { conversation, piece, text, call: None }
}

/// What a candidate would do: the script, unless the customer says that it fails or resolves.
pub(crate) fn beside(context: &AgentContext, input: &StepInput) -> EffectResult {
    let (conversation, composition) = (context.conversation, context.composition);
    let said = context.said.raw();
    let mut step = scripted(context, input);
    if said.contains("candidate:ends") {
        step.next = Next::Resolve { disposition: Disposition::Solved };
    }
    let step = (!said.contains("candidate:fails")).then(|| Box::new(step));
    EffectResult::CandidateMoved { conversation, composition, step, cost: None, took: Millis(700) }
}

fn unwhispered(context: &AgentContext, input: &StepInput) -> AgentStep {
    let said = context.said.raw().to_owned();
    let word = |prefix: &str| said.split_whitespace().find_map(|w| w.strip_prefix(prefix).map(str::to_owned));
    let reply = |text: String| Some(Reply { text: text.into(), citations: Vec::new(), apology: false });
    let (reply, next) = match input {
        StepInput::ToolReturned(call, _)
            if said.contains("loop") && !context.told.contains(&Habit::Call(call.tool.clone())) =>
        {
            (None, Next::Call(call.clone()))
        }
        StepInput::Advised(..) if said.contains("insist") => return consulting(context, &said),
        StepInput::Advised(whom, advice) => {
            let words = advice.as_ref().map_or("nothing", |advice| advice.text.raw());
            (reply(format!("{whom} says {words}")), Next::Wait)
        }
        StepInput::Conferred(conferred) => panels::goes_on(conferred, &said),
        StepInput::ToolReturned(call, outcome) => (reply(format!("{} gave {outcome:?}", call.tool)), Next::Wait),
        StepInput::Turn | StepInput::HandedOver => match (word("call:"), word("pass:")) {
            (Some(tool), _) => {
                let amount = word("amount:").map(|n| format!("{n} EUR")).unwrap_or_default();
                let args = [("amount", amount), ("order", word("order:").unwrap_or_else(|| "1182".to_owned()))];
                let args = args.into_iter().filter(|(_, v)| !v.is_empty());
                let args = args.map(|(k, v)| (k.parse().unwrap(), Foreign::from(v))).collect();
                (None, Next::Call(ToolCall { tool: tool.parse().unwrap(), args }))
            }
            (None, None) if word("announce:").is_some() => {
                let args = [("amount", format!("{} EUR", word("amount:").unwrap())), ("order", "1182".to_owned())];
                let args = args.into_iter().map(|(k, v)| (k.parse().unwrap(), Foreign::from(v))).collect();
                let tool = word("announce:").unwrap().parse().unwrap();
                (reply("I am doing it now".into()), Next::Call(ToolCall { tool, args }))
            }
            (None, None) if word("consult:").is_some() => return consulting(context, &said),
            (None, None) if word("panel:").is_some() => (None, panels::conferring(&said)),
            (None, None) if word("ask:").is_some() => {
                let slot = word("ask:").unwrap();
                if context.told.contains(&Habit::Question(slot.parse().unwrap())) && said.contains("obey") {
                    return AgentStep { flow: FlowState::default(), ..answer(context, "I go on without it") };
                }
                return AgentStep { flow: asking(&slot), ..answer(context, &format!("which {slot}?")) };
            }
            (None, None) if word("fact:").is_some() => {
                let fill = Fill { slot: word("fact:").unwrap().parse().unwrap(), value: Foreign::from("1182").into() };
                return AgentStep { fills: vec![fill], ..answer(context, "noted") };
            }
            (None, Some(to)) if context.agent.as_str() != to => {
                (None, Next::HandOff { to: Some(to.parse().unwrap()), objective: None })
            }
            _ if said.contains("escalate") => {
                (reply("one moment".into()), Next::Escalate { trigger: Trigger::Playbook })
            }
            _ if said.contains("resolve") => {
                (reply("glad to help".into()), Next::Resolve { disposition: Disposition::Solved })
            }
            _ if said.contains("wants:") && *input == StepInput::Turn => {
                let objective = word("wants:").map(|intent| intent.parse().unwrap());
                (None, Next::HandOff { to: None, objective })
            }
            _ if said.contains("obey") && context.told.iter().any(|habit| matches!(habit, Habit::Guarded(_))) => {
                (reply("I say it otherwise".into()), Next::Wait)
            }
            _ if said.contains("circle") => (None, Next::HandOff { to: None, objective: None }),
            _ if said.contains("silence") => (None, Next::Wait),
            _ => (reply(format!("{} answers: {said}", context.agent)), Next::Wait),
        },
    };
    let asked = !matches!(input, StepInput::ToolReturned(..)) && reply.is_some();
    let promises = if asked { promised(context, &said) } else { Vec::new() };
    let keeps = said.contains("keep").then(callback).into_iter().collect();
    AgentStep { reply, next, promises, keeps, unanswered: unheard(&said), ..answer(context, "") }
}

/// What nothing answers, if the customer asks it.
fn unheard(said: &str) -> Option<Unanswered> {
    let nearest = || Citation { article: "refunds".parse().unwrap(), paragraph: 2 };
    said.contains("unheard").then(|| Unanswered { nearest: Some(nearest()), score: Score(2_100) })
}

fn callback() -> PromiseName {
    "callback".parse().unwrap()
}

/// `promise` with `within:` so many milliseconds, `times:` so often.
fn promised(context: &AgentContext, said: &str) -> Vec<Promise> {
    let number = |prefix: &str| said.split_whitespace().find_map(|w| w.strip_prefix(prefix)?.parse::<u64>().ok());
    let promise = Promise {
        id: None,
        name: Some(callback()),
        text: Foreign::from("we call back today").into(),
        due: number("within:").map(|ms| context.at + Millis(ms)),
    };
    let times = if said.contains("promise") { number("times:").unwrap_or(1) } else { 0 };
    (0..times).map(|_| promise.clone()).collect()
}

/// A question to another.
fn consulting(context: &AgentContext, said: &str) -> AgentStep {
    let whom = said.split_whitespace().find_map(|word| word.strip_prefix("consult:")).unwrap();
    let next = Next::Consult { whom: whom.parse().unwrap(), question: said.into() };
    AgentStep { reply: None, next, ..answer(context, "") }
}

/// Words and nothing else.
fn answer(context: &AgentContext, text: &str) -> AgentStep {
    let reply = Some(Reply { text: text.into(), citations: Vec::new(), apology: false });
    let flow = context.flow.clone();
    AgentStep {
        flow,
        fills: Vec::new(),
        promises: Vec::new(),
        keeps: Vec::new(),
        reply,
        next: Next::Wait,
        overruled: None,
        unanswered: None,
    }
}

/// A flow that waits for a fact.
fn asking(slot: &str) -> FlowState {
    let playbook = PlaybookRef { name: "test".parse().unwrap(), version: Digest::default() };
    let asked = vec![slot.parse().unwrap()];
    FlowState {
        current: Some(FlowPosition { playbook, step: 0, tries: 0, waiting: true, asked }),
        ..FlowState::default()
    }
}

pub(crate) fn agent(name: &str, role: AgentRole, intents: &[&str], capacity: u32, pace: u64) -> AgentSpec {
    AgentSpec {
        title: format!("{name} specialist"),
        skills: vec![(name.parse().unwrap(), Score::ONE)],
        intents: intents.iter().map(|i| i.parse().unwrap()).collect(),
        capacity,
        consults: if name == "sales" { Vec::new() } else { vec!["sales".parse().unwrap(), "triage".parse().unwrap()] },
        handoffs: ["triage", "billing", "sales"].iter().filter(|n| **n != name).map(|n| n.parse().unwrap()).collect(),
        tools: vec![
            "orders.get".parse().unwrap(),
            "refunds.create".parse().unwrap(),
            "identity.check".parse().unwrap(),
            "plans.change".parse().unwrap(),
        ],
        pace: Millis(pace),
        ..AgentSpec::bare(name.parse().unwrap(), role, "support".parse().unwrap())
    }
}

fn operator(name: &str, role: Role, capacity: u16) -> OperatorSpec {
    OperatorSpec { name: name.parse().unwrap(), role, skills: Vec::new(), capacity, approval_limit: None }
}

fn tool(name: &str, side_effect: bool, identity: IdentityNeed) -> ToolSpec {
    ToolSpec {
        name: name.parse().unwrap(),
        about: String::new(),
        side_effect,
        identity,
        needs: vec!["order".parse().unwrap()],
        args: BTreeMap::new(),
        daily_calls: None,
        amount: None,
        agent_limit: None,
        always_ask: false,
        approve_limit: BTreeMap::new(),
        two_people_above: None,
        daily_cap: None,
        reversible: false,
        reconcile: true,
        reads_foreign: false,
        outward: None,
        conversion: Vec::new(),
        names: BTreeMap::new(),
    }
}

/// Little money for a day, so that a few refunds meet the caps; from 200 EUR on two people.
fn policy() -> Policy {
    let mut policy = quiet();
    policy.approvals.two_people_above = Some(Money::eur(20_000));
    policy.approvals.daily =
        DailyCaps { agent: Some(Money::eur(150_000)), customer: Some(Money::eur(100_000)), tool: None };
    policy
}

/// Triage, billing, and sales that lets its replies wait a second; ana supervises, ben answers, olga looks.
pub(crate) fn deployment() -> Deployment {
    let mut refund = tool("refunds.create", true, IdentityNeed::Verified);
    refund.amount = Some("amount".parse().unwrap());
    refund.agent_limit = Some(Money::eur(3_000));
    let mut plans = tool("plans.change", true, IdentityNeed::Anonymous);
    plans.conversion = vec!["upgrade".parse().unwrap()];
    Deployment {
        name: "test".parse().unwrap(),
        agents: vec![
            agent("triage", AgentRole::Triage, &["hello"], 50, 0),
            agent("billing", AgentRole::Specialist, &["refund", "upgrade"], 50, 0),
            agent("sales", AgentRole::Specialist, &["buy"], 2, 1_000),
        ],
        operators: vec![
            operator("ana", Role::Supervisor, 2),
            operator("ben", Role::Responder, 1),
            operator("olga", Role::Observer, 1),
            operator("root", Role::Admin, 1),
            operator("sam", Role::Supervisor, 1),
        ],
        queues: vec![QueueSpec {
            name: "support".parse().unwrap(),
            about: String::new(),
            skills: Vec::new(),
            dispositions: Vec::new(),
            required: Vec::new(),
        }],
        tools: vec![
            tool("orders.get", false, IdentityNeed::Anonymous),
            refund,
            tool("identity.check", false, IdentityNeed::Anonymous),
            plans,
            // In the house, and in no agent's hands.
            tool("stock.order", false, IdentityNeed::Anonymous),
        ],
        policy: policy(),
        sentences: BTreeMap::new(),
        artifacts: BTreeMap::new(),
        scans: false,
        translation: None,
    }
}

/// The rules without clocks of answers and of the matter, which a story about something else would have to tell.
pub(crate) fn quiet() -> Policy {
    let none = Millis(0);
    let clocks = Clocks { first_answer_ms: none, next_answer_ms: none, resolution_ms: none, ..Clocks::default() };
    let queue = QueuePolicy { call_back_over_ms: none, expire_ms: none, ..QueuePolicy::default() };
    Policy { clocks, queue, ..Policy::default() }
}

/// What a customer says, as the intake would have understood it.
#[expect(clippy::struct_excessive_bools, reason = "what the intake says of a text: one mark each")]
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) intent: Option<String>,
    pub(crate) mood: i32,
    pub(crate) wants_human: bool,
    pub(crate) wants_call_back: bool,
    pub(crate) safety: bool,
    pub(crate) typing: bool,
    pub(crate) language: Language,
}

pub(crate) struct TestFloor {
    pub(crate) conductor: Conductor<MemoryJournal>,
    pub(crate) at: Timestamp,
    pub(crate) log: Vec<Envelope>,
    pub(crate) laws: Laws,
    pub(crate) outer: VecDeque<Outer>,
    pub(crate) vault: Vault,
    pub(crate) last: Option<EffectResult>,
}

impl TestFloor {
    pub(crate) fn new() -> Self {
        Self::with(Vault::in_memory().unwrap())
    }

    pub(crate) fn with(vault: Vault) -> Self {
        Self::begun(vault, deployment())
    }

    /// A floor with other people or rules than usual.
    pub(crate) fn of(desk: Deployment) -> Self {
        Self::begun(Vault::in_memory().unwrap(), desk)
    }

    pub(crate) fn begun(vault: Vault, desk: Deployment) -> Self {
        let name: baton::domain::id::FloorName = "test".parse().unwrap();
        let journal = MemoryJournal::new(name.clone(), vault.clone());
        let conductor = Conductor::new(name, Floor::default(), journal, Box::new(Scripted));
        let (at, log) = (Timestamp(1_000_000), Vec::new());
        let mut floor = Self { conductor, at, log, laws: Laws::default(), outer: VecDeque::new(), vault, last: None };
        floor.floor_act(FloorAct::Adopt(Box::new(desk))).unwrap();
        floor.floor_act(FloorAct::Start).unwrap();
        floor
    }

    /// The process dies; the next life folds the journal and begins.
    pub(crate) fn crash(&mut self) {
        let mut folded = Floor::default();
        self.log.iter().for_each(|envelope| baton::orchestrator::evolve(&mut folded, envelope));
        assert_eq!(&folded, self.floor(), "the fold of the journal is the floor");
        let name: baton::domain::id::FloorName = "test".parse().unwrap();
        let journal = self.conductor.journal().reopened().unwrap();
        self.conductor = Conductor::new(name, folded, journal, Box::new(Scripted));
        self.outer.clear();
        self.floor_act(FloorAct::Start).unwrap();
    }

    pub(crate) fn floor(&self) -> &Floor {
        self.conductor.floor()
    }

    pub(crate) fn submit(&mut self, command: Command) -> Result<Accepted, Refusal> {
        let released = self.conductor.step(vec![Submitted { ticket: 1, command }], self.at).unwrap();
        released.envelopes.iter().for_each(|envelope| self.laws.check(envelope));
        self.log.extend(released.envelopes.iter().cloned());
        self.outer.extend(released.outer);
        released.answers.into_iter().next().unwrap().1
    }

    pub(crate) fn floor_act(&mut self, act: FloorAct) -> Result<Accepted, Refusal> {
        self.submit(Command::of_floor(Act::Floor(act)))
    }

    /// Time passes; what is due happens when it is due.
    pub(crate) fn wait(&mut self, span: Millis) {
        let until = self.at + span;
        while let Some(due) = self.floor().next_due().filter(|due| *due <= until) {
            self.at = self.at.max(due);
            self.floor_act(FloorAct::Tick).unwrap();
        }
        self.at = until;
    }

    pub(crate) fn open(&mut self, number: u8, tier: Tier, verified: bool) -> (ConversationId, CustomerId) {
        let (customer, _key) = self.vault.fresh().unwrap();
        (self.open_for(customer, number, tier, verified), customer)
    }

    pub(crate) fn open_for(&mut self, customer: CustomerId, number: u8, tier: Tier, verified: bool) -> ConversationId {
        let conversation = ConversationId::from_random([number; 16]);
        let until = self.at + Millis::from_hours(9);
        let proven = Identity::Verified { by: Proof::SignedToken, until };
        let opening = Opening {
            conversation,
            customer,
            handle: None,
            reference: Some(Digest([number; 16])),
            channel: "web".parse().unwrap(),
            identity: if verified { proven } else { Identity::Anonymous },
            tier,
            name: Some("Maya".to_owned().into()),
        };
        self.customer(customer, None, CustomerAct::Open(opening)).unwrap();
        conversation
    }

    pub(crate) fn customer(
        &mut self,
        customer: CustomerId,
        key: Option<KeyUse>,
        act: CustomerAct,
    ) -> Result<Accepted, Refusal> {
        let actor = Actor::Customer(customer);
        self.submit(Command { actor, cause: None, key, seen: None, act: Act::Customer(act) })
    }

    pub(crate) fn operator(
        &mut self,
        name: &str,
        key: Option<KeyUse>,
        seen: Option<Seen>,
        act: OperatorAct,
    ) -> Result<Accepted, Refusal> {
        let actor = Actor::Operator(name.parse().unwrap());
        self.submit(Command { actor, cause: None, key, seen, act: Act::Operator(act) })
    }

    /// The next thing that was to be done outside comes back.
    pub(crate) fn come_back(&mut self, outcome: ToolOutcome) -> Result<Accepted, Refusal> {
        let outer = self.outer.pop_front().expect("nothing is to be done outside");
        let by = match &outer.task {
            Task::Compose { context, .. } | Task::AskBeside { context, .. } => Some(context.agent.clone()),
            Task::Consult { asked, .. } => Some(asked.whom.clone()),
            Task::CallTool { .. }
            | Task::Reconcile { .. }
            | Task::Scan { .. }
            | Task::Translate { .. }
            | Task::Forget(_) => None,
        };
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
            Task::CallTool { conversation, call, side_effect, .. } => {
                if side_effect {
                    self.effect(EffectResult::ToolStarted { conversation, call })?;
                }
                EffectResult::ToolReturned { conversation, call, outcome }
            }
            Task::Reconcile { conversation, call, asked, .. } => {
                EffectResult::ToolReconciled { conversation, call, asked, outcome }
            }
            Task::Translate { conversation, piece, text, to, .. } => {
                translated((conversation, piece), &text, to, &outcome)
            }
            Task::Scan { .. } | Task::Forget(_) => return Err(Refusal::NotAwaited),
        };
        self.last = Some(result.clone());
        let actor = by.map_or(Actor::Floor, Actor::Agent);
        self.submit(Command { actor, ..Command::of_floor(Act::Effect(result)) })
    }

    /// The scanner comes back with the file that it was given first.
    pub(crate) fn scanned(&mut self, scan: Scan) -> Result<Accepted, Refusal> {
        let waits = self.outer.iter().position(|outer| matches!(outer.task, Task::Scan { .. }));
        let outer = self.outer.remove(waits.expect("no file is being scanned")).unwrap();
        let Task::Scan { conversation, file } = outer.task else { unreachable!("looked for above") };
        self.effect(EffectResult::FileScanned { conversation, file, scan })
    }

    /// The next call begins, and nothing of it comes back.
    pub(crate) fn begin_and_lose(&mut self) -> Result<Accepted, Refusal> {
        let outer = self.outer.pop_front().expect("nothing is to be done outside");
        let Task::CallTool { conversation, call, .. } = outer.task else { return Err(Refusal::NotAwaited) };
        self.effect(EffectResult::ToolStarted { conversation, call })
    }

    pub(crate) fn effect_by(&mut self, actor: Actor, result: EffectResult) -> Result<Accepted, Refusal> {
        self.submit(Command { actor, ..Command::of_floor(Act::Effect(result)) })
    }

    pub(crate) fn effect(&mut self, result: EffectResult) -> Result<Accepted, Refusal> {
        self.submit(Command::of_floor(Act::Effect(result)))
    }
}

pub(crate) fn analysis(said: &Said) -> Analysis {
    let intents = said
        .intent
        .iter()
        .map(|intent| IntentScore { intent: intent.parse().unwrap(), confidence: Score::from_percent(90) });
    Analysis {
        intents: intents.collect(),
        words: said
            .text
            .split_whitespace()
            .filter(|word| word.bytes().all(|letter| letter.is_ascii_alphabetic()))
            .map(|word| (word_place(word), Score(2_000)))
            .collect(),
        sentiment: Score::from_percent(said.mood),
        wants_human: said.wants_human,
        wants_call_back: said.wants_call_back,
        safety: said.safety,
        language: said.language,
        shouts: said.text.len() >= 8 && !said.text.chars().any(char::is_lowercase),
        ..Analysis::default()
    }
}
