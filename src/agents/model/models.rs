//! The models of a deployment, and the agents they compose for: one is asked after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::answer::{FunctionCall, Said, Stop};
use super::contract::{self, Broken};
use super::function::Function;
use super::judge::{self, Judge};
use super::line::{self, Line, Probe};
use super::opinion;
use super::persona::Persona;
use super::prompt::{self, Call, Message, Prompt};
use super::several::Plans;
use crate::agents::guard::Guard;
use crate::config::Bundle;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::candidate::Side;
use crate::domain::consult::{Advice, Consultation};
use crate::domain::guard::GuardReason;
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::{AgentName, ModelName};
use crate::domain::knowledge::Passage;
use crate::domain::model::{ModelCall, ModelEnd, ModelFailure, Usage};
use crate::domain::time::Millis;

/// How long an answer may be composed, all models and attempts together: a little less than the rules wait.
const PATIENCE: Duration = Duration::from_secs(50);
/// Answers of one model that are sent back with what is wrong about them.
const REPAIRS_MAX: usize = 2;

/// Who watches an answer grow, and may cut it; and what it is part of.
pub struct Watching<'a> {
    /// Cut: nobody waits for it any more.
    pub cut: &'a CancellationToken,
    /// Given the words so far whenever there are more.
    pub grew: &'a mut (dyn FnMut(&str) + Send),
    /// The span it is composed under, as W3C's Trace Context writes it; none where nobody traces.
    pub trace: Option<String>,
}

/// What came of asking an agent's models.
#[derive(Debug, Default)]
pub struct Composed {
    /// Its move; none when no model had one, or when it was cut.
    pub step: Option<AgentStep>,
    /// What the judge found in its words; nothing where the house has none.
    pub judged: Vec<GuardReason>,
    /// Every call that was made, or that was not made for a reason.
    pub calls: Vec<ModelCall>,
}

/// Models and personas of one deployment.
pub struct Models {
    lines: BTreeMap<ModelName, Arc<Line>>,
    desks: BTreeMap<(AgentName, Side), Desk>,
    /// Calls of answers that are still to be made.
    plans: Plans,
    /// Who reads answers before customers do, and the model it is.
    judge: Option<(Judge, Arc<Line>)>,
}

/// What came of asking an agent's models as a specialist.
#[derive(Debug)]
pub struct Advising {
    /// What it knows; none when no model had an answer in time.
    pub advice: Option<Advice>,
    /// Every call that was made, or that was not made for a reason.
    pub calls: Vec<ModelCall>,
}

struct Desk {
    persona: Persona,
    /// What is said of it when others ask it.
    adviser: Arc<str>,
    chain: Vec<Arc<Line>>,
    at_once: Semaphore,
}

impl Models {
    /// The models of a deployment; nothing when no agent is backed by one.
    ///
    /// # Errors
    /// There can be no client for one of them.
    pub fn open(bundle: &Bundle) -> Result<Option<Self>, reqwest::Error> {
        let mut lines = BTreeMap::new();
        for file in &bundle.house.models {
            lines.insert(file.name.clone(), Arc::new(Line::open(file)?));
        }
        let mut desks = BTreeMap::new();
        for agent in &bundle.agents {
            let candidate = agent.candidate_agent().map(|candidate| (Side::Candidate, candidate));
            let selves = [(Side::Own, agent.clone())].into_iter().chain(candidate);
            for (side, agent) in selves.filter(|(_, agent)| !agent.models.is_empty()) {
                let chain = agent.models.iter().filter_map(|name| lines.get(name)).cloned().collect();
                let at_once = Semaphore::new(usize::from(agent.models_at_once));
                let persona = Persona::of(bundle, &agent);
                let adviser = opinion::system(bundle, &agent);
                desks.insert((agent.name.clone(), side), Desk { persona, adviser, chain, at_once });
            }
        }
        let judges = bundle.house.judge.as_ref().filter(|_| bundle.policy.guard.on);
        let line = judges.and_then(|file| lines.get(&file.model)).cloned();
        let judge = line.map(|line| (Judge::of(bundle), line));
        Ok((!desks.is_empty()).then_some(Self { lines, desks, plans: Plans::default(), judge }))
    }

    /// Whether models compose for this self of an agent.
    pub fn compose_for(&self, agent: &AgentName, side: Side) -> bool {
        self.desks.contains_key(&(agent.clone(), side))
    }

    /// What an agent of models takes over of a pack: all of it, since its question names every part.
    pub fn receipt(pack: &ContextPack) -> Receipt {
        Receipt {
            objective: pack.objective.clone(),
            slots: pack.slots.iter().map(|fill| fill.slot.clone()).collect(),
            promises: u16::try_from(pack.promises.len()).unwrap_or(u16::MAX),
            questions: pack.open_questions.clone(),
        }
    }

    /// Tells the guardrails what must not be said: the keys, and the instructions of every agent.
    pub fn confide(&self, guard: &mut Guard) {
        for line in self.lines.values() {
            line.confide(guard);
        }
        for desk in self.desks.values() {
            guard.keep_instructions(&desk.persona.system);
            guard.keep_instructions(&desk.adviser);
        }
    }

    /// The agent's next move, and what the judge finds in its words; those of a candidate nobody reads.
    pub async fn compose(
        &self,
        context: &AgentContext,
        input: &StepInput,
        passages: &[Passage],
        mut watching: Watching<'_>,
    ) -> Composed {
        let mut composed = Composed { step: self.plans.next(context, input), ..Composed::default() };
        // A further call without words: there is nothing to ask, and nothing to judge.
        if composed.step.as_ref().is_some_and(|step| step.reply.is_none()) {
            return composed;
        }
        let Some(desk) = self.desks.get(&(context.agent.clone(), context.side)) else { return composed };
        let question = prompt::prompt(&desk.persona, context, input, passages);
        if composed.step.is_none() {
            self.moved((desk, &question), (context, passages), &mut watching, &mut composed).await;
        }
        let reply = composed.step.as_ref().and_then(|step| step.reply.as_ref());
        if let (Some(reply), Some((judge, line))) = (reply, self.judge.as_ref().filter(|_| context.side.is_own())) {
            let asked = judge.prompt(&question, reply);
            let Watching { cut, trace, .. } = watching;
            let mut unseen = Watching { cut, grew: &mut |_| {}, trace };
            let until = Instant::now() + judge::PATIENCE;
            let verdict = by(line, &asked, until, &mut unseen, &mut composed.calls, |said| judge.read(said)).await;
            composed.judged = verdict.unwrap_or_else(|| vec![GuardReason::Unjudged]);
        }
        composed
    }

    /// The move of the first of an agent's models that has one.
    async fn moved(
        &self,
        (desk, question): (&Desk, &Prompt),
        (context, passages): (&AgentContext, &[Passage]),
        watching: &mut Watching<'_>,
        composed: &mut Composed,
    ) {
        let Some(_seat) = line::seat(&desk.at_once).await else {
            composed.calls.extend(desk.chain.first().map(|line| not_asked(&line.file().name, ModelFailure::Full)));
            return;
        };
        let until = Instant::now() + PATIENCE;
        for line in &desk.chain {
            let read = |said: &Said| contract::read(&desk.persona, context, passages, said);
            let moves = by(line, question, until, watching, &mut composed.calls, read).await;
            composed.step = moves.map(|moves| self.plans.begin(context, moves));
            if composed.step.is_some() || watching.cut.is_cancelled() {
                break;
            }
        }
    }
}

impl Models {
    /// What an agent knows that another asks, by the first of its models that has an answer while it is waited for.
    pub async fn advise(&self, asked: &Consultation, passages: &[Passage], mut watching: Watching<'_>) -> Advising {
        let mut advising = Advising { advice: None, calls: Vec::new() };
        let Some(desk) = self.desks.get(&(asked.whom.clone(), Side::Own)) else { return advising };
        // Waiting for a seat is part of the time: later nobody listens, and the answer would cost all the same.
        let until = Instant::now() + Duration::from_millis(asked.patience.0);
        let seat = tokio::time::timeout_at(until.into(), line::seat(&desk.at_once)).await;
        let Some(_seat) = seat.ok().flatten() else {
            advising.calls.extend(desk.chain.first().map(|line| not_asked(&line.file().name, ModelFailure::Full)));
            return advising;
        };
        let question = opinion::prompt(&desk.adviser, asked, passages);
        for line in &desk.chain {
            let read = |said: &Said| opinion::read(asked, passages, said);
            advising.advice = by(line, &question, until, &mut watching, &mut advising.calls, read).await;
            if advising.advice.is_some() || watching.cut.is_cancelled() || Instant::now() >= until {
                break;
            }
        }
        advising
    }
}

/// What one model answers, told what is wrong with its answer as long as that helps.
async fn by<T>(
    line: &Line,
    question: &Prompt,
    until: Instant,
    watching: &mut Watching<'_>,
    calls: &mut Vec<ModelCall>,
    read: impl Fn(&Said) -> Result<T, Broken>,
) -> Option<T> {
    let mut question = question.clone();
    if let Some(bytes) = line.question_bytes() {
        question.fit(bytes);
    }
    for repair in 0..=REPAIRS_MAX {
        let (said, mut call) = line.ask(&question, until, watching).await;
        let Some(said) = said else {
            calls.push(call);
            return None;
        };
        let broken = match read(&said) {
            Ok(answer) => {
                calls.push(call);
                return Some(answer);
            }
            Err(broken) => broken,
        };
        match broken {
            Broken::Again(wrong) if repair < REPAIRS_MAX => {
                calls.push(call);
                question = question.again(&said.text, answered(&said, &wrong), &wrong);
            }
            Broken::Again(_) => {
                call.end = ModelEnd::Failed(ModelFailure::NotAsAgreed);
                calls.push(call);
            }
            Broken::Hopeless(failure) => {
                call.end = ModelEnd::Failed(failure);
                calls.push(call);
                return None;
            }
        }
    }
    None
}

/// The calls of an answer that is sent back, each with why.
fn answered(said: &Said, wrong: &str) -> Vec<Call> {
    let call = |(index, call): (usize, &FunctionCall)| Call {
        id: if call.id.is_empty() { format!("back_{index}") } else { call.id.clone() },
        function: call.name.clone(),
        arguments: contract::arguments(call)
            .map_or_else(|| "{}".to_owned(), |args| serde_json::Value::Object(args).to_string()),
        gave: wrong.to_owned(),
    };
    said.calls.iter().enumerate().map(call).collect()
}

fn not_asked(model: &ModelName, failure: ModelFailure) -> ModelCall {
    let (end, usage) = (ModelEnd::Failed(failure), Usage::default());
    ModelCall { model: model.clone(), end, usage, cost: None, took: Millis(0), attempts: 0 }
}

impl Line {
    /// Tries the model with a question of a few words and one function.
    pub async fn probe(&self) -> Probe {
        let parameters = serde_json::json!({
            "type": "object",
            "properties": { "number": { "type": "string" } },
            "required": ["number"],
            "additionalProperties": false,
        });
        let function = Function::new("tell_number", "Tell the number you were asked for.", &parameters);
        let prompt = Prompt {
            system: "You answer by calling functions.".into(),
            briefing: String::new(),
            messages: vec![Message::Customer("Call tell_number with the number 7.".to_owned())],
            functions: [function].into(),
            tokens: None,
        };
        let never = CancellationToken::new();
        let mut watching = Watching { cut: &never, grew: &mut |_| {}, trace: None };
        let (said, call) = self.ask(&prompt, Instant::now() + PATIENCE, &mut watching).await;
        let called = |said: &Said| {
            let call = said.calls.first().filter(|call| call.name == "tell_number");
            let number = call.and_then(contract::arguments).and_then(|args| args.get("number").cloned());
            said.stop == Stop::Done && number.is_some_and(|number| number == "7" || number == 7)
        };
        Probe { key: self.key(), as_agreed: said.as_ref().is_some_and(called), call }
    }
}
