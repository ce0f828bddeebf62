//! Outer effects: replies that wait for their pace, tools, erasures. Each is a task that ends in a
//! command; what is lost with the process is asked again by the next life.

pub(super) mod scanning;
mod translating;
pub(super) mod under_way;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span};

use crate::agents::model::{Advising, Composed, Watching};
use crate::agents::shop::{Asking, Shop};
use crate::agents::tool::Errand;
use crate::domain::action::{AgentContext, AgentStep, Failure, StepInput};
use crate::domain::candidate::Side;
use crate::domain::command::{Act, Command, EffectResult};
use crate::domain::consult::Consultation;
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::id::{AgentName, CallId, CompositionId, ConsultId, ConversationId, CustomerId, Digest, Seq};
use crate::domain::model::{Cost, ModelCall, ModelEnd, ModelFailure};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Millis;
use crate::domain::tool::{ToolCall, ToolOutcome};
use crate::picture::Growing;
use crate::store::files::Files;

use super::clock::Clock;
use super::conductor::{Inner, Outer, Task};
use super::edition::{Edition, InForce};
use super::fanout::{ConsoleCall, Replica};
use super::handle::{Accepted, Asked};
use super::queries::Job;
use super::telemetry::Names;
use under_way::UnderWay;

/// Wait before a full queue is tried again: a few durable writes.
const FULL_PAUSE: Duration = Duration::from_millis(5);

/// How often consoles are told of a text that grows: their feed goes no faster.
const GROWTH_EVERY: Duration = Duration::from_millis(33);
/// Of a growing text consoles are shown the end, in bytes: what a pane holds.
const GROWTH_BYTES: usize = 2_000;

/// What the conductor says to a result.
type Answer = Result<Accepted, Refusal>;

/// Persons of the practice shop by the keyed digest under which a site signs them.
pub(super) type Vouched = BTreeMap<Digest, String>;

/// What effects need. Clones share it.
#[derive(Clone)]
pub(super) struct Executor {
    shared: Arc<Shared>,
}

/// The parts.
pub(super) struct Shared {
    pub(super) tokio: tokio::runtime::Handle,
    pub(super) inbox: SyncSender<Asked>,
    pub(super) queries: SyncSender<Job>,
    pub(super) replica: Arc<Replica>,
    pub(super) clock: Arc<Clock>,
    pub(super) in_force: InForce,
    pub(super) consoles: SyncSender<ConsoleCall>,
    pub(super) under_way: UnderWay,
    pub(super) shop: Mutex<Shop>,
    pub(super) files: Files,
    /// Files looked at at once.
    pub(super) scans: Semaphore,
    pub(super) vouched: Vouched,
    /// Names of spans, if traces go anywhere.
    pub(super) traces: Option<Names>,
    /// Cancelled when the floor stops: what waits for its pace is left to the next life.
    pub(super) stops: CancellationToken,
    pub(super) tasks: TaskTracker,
    /// Erasures that were recorded and are not through.
    pub(super) forgetting: AtomicUsize,
}

/// A tool call on its way.
struct Call {
    conversation: ConversationId,
    number: CallId,
    customer: CustomerId,
    ask: ToolCall,
    side_effect: bool,
}

impl Executor {
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Begins an effect.
    pub(super) fn launch(&self, outer: Outer) {
        let this = self.clone();
        let Outer { cause, task } = outer;
        if let Task::Forget(_) = task {
            self.shared.forgetting.fetch_add(1, Ordering::AcqRel);
        }
        // Whatever is logged on the way names the conversation; at this level, so that no filter takes the name away.
        let span = task.conversation().map_or_else(Span::none, |id| tracing::error_span!("conversation", %id));
        let work = async move {
            match task {
                Task::Compose { context, input, pace } => {
                    let edition = this.shared.in_force.of(context.edition);
                    if edition.desk.models(&context, &input).is_some() {
                        this.compose_by_model(cause, &edition, &context, &input).await;
                    } else {
                        this.compose(cause, &context, &input, pace).await;
                    }
                }
                Task::AskBeside { context, input } => this.ask_beside(cause, &context, &input).await,
                Task::Consult { conversation, consult, asked, pace } => {
                    this.consult(cause, (conversation, consult), *asked, pace).await;
                }
                Task::CallTool { conversation, call, customer, ask, side_effect } => {
                    this.call_tool(cause, Call { conversation, number: call, customer, ask, side_effect }).await;
                }
                Task::Reconcile { conversation, call, asked, ask } => {
                    let outcome = this.happened(conversation, call, &ask).await;
                    logged(call, &ask, &outcome);
                    let result = EffectResult::ToolReconciled { conversation, call, asked, outcome };
                    this.come_back(Actor::Floor, cause, result).await;
                }
                Task::Scan { conversation, file } => this.scan(cause, conversation, file).await,
                Task::Translate { conversation, piece, text, from, to, until } => {
                    this.translate(cause, (conversation, piece), &text, (from, to), until).await;
                }
                Task::Forget(customer) => this.forget(customer).await,
            }
        };
        self.shared.tasks.spawn_on(work.instrument(span), &self.shared.tokio);
    }

    /// Whether an erasure is under way: a snapshot would be of a floor that is just being changed.
    pub(super) fn is_forgetting(&self) -> bool {
        self.shared.forgetting.load(Ordering::Acquire) > 0
    }

    /// Lets what has begun come to its end, as far as it does within `grace`.
    pub(super) async fn stop(&self, grace: Duration) {
        self.shared.stops.cancel();
        self.shared.tasks.close();
        let _ = tokio::time::timeout(grace, self.shared.tasks.wait()).await;
    }

    /// A reply goes out after its pace, on what was known when it was asked.
    async fn compose(&self, cause: Seq, context: &AgentContext, input: &StepInput, pace: Millis) {
        tokio::select! {
            () = tokio::time::sleep(self.shared.clock.real(pace.0)) => {}
            () = self.shared.stops.cancelled() => return,
        }
        let AgentContext { agent, conversation, composition, epoch, .. } = context;
        let (conversation, composition, epoch) = (*conversation, *composition, *epoch);
        let step = Box::new(self.shared.in_force.of(context.edition).desk.by_playbook(context, input));
        let result = EffectResult::AgentActed { conversation, composition, epoch, step, judged: Vec::new() };
        self.come_back(Actor::Agent(agent.clone()), cause, result).await;
    }

    /// A language model composes, while consoles see it write. What it cost is recorded whatever becomes of it.
    async fn compose_by_model(&self, cause: Seq, edition: &Edition, context: &AgentContext, input: &StepInput) {
        let Some(models) = edition.desk.models(context, input) else { return };
        let AgentContext { agent, conversation, composition, epoch, .. } = context;
        let (conversation, composition, epoch) = (*conversation, *composition, *epoch);
        let shared = &self.shared;
        let cut = shared.under_way.begin(conversation, composition, &shared.stops, &shared.replica);
        let mut told = Instant::now();
        let mut grew = |text: &str| {
            if told.elapsed() >= GROWTH_EVERY {
                told = Instant::now();
                let growing = Growing { agent: agent.clone(), composition, text: end_of(text) };
                // A full queue loses nothing but a sign; the next one comes with the next words.
                let _ = shared.consoles.try_send(ConsoleCall::Growing { conversation, growing });
            }
        };
        let passages = edition.desk.passages(context, input);
        let trace = self.trace_of(conversation, composition);
        let watching = Watching { cut: &cut, grew: &mut grew, trace };
        let Composed { step, judged, calls } = models.compose(context, input, &passages, watching).await;
        shared.under_way.end(conversation, composition);
        let failure = calls.last().map(|call| call.end);
        let called = called((cause, agent), (conversation, composition), context.side, calls);
        if cut.is_cancelled() && step.is_none() {
            self.record(called).await;
            return;
        }
        let result = if let Some(step) = step.or_else(|| self.instead(context, input)) {
            EffectResult::AgentActed { conversation, composition, epoch, step: Box::new(step), judged }
        } else {
            EffectResult::AgentFailed { conversation, composition, epoch, failure: failed(failure, input) }
        };
        self.come_back_with(called, came(Actor::Agent(agent.clone()), cause, result)).await;
    }

    /// The span of an attempt, under which whoever is asked for it may hang their own.
    fn trace_of(&self, conversation: ConversationId, composition: CompositionId) -> Option<String> {
        self.shared.traces.as_ref().map(|names| names.parent_of_attempt(conversation, composition))
    }

    /// Has calls of models written down of which nothing came.
    async fn record(&self, mut called: Vec<Command>) {
        if let Some(last) = called.pop() {
            self.come_back_with(called, last).await;
        }
    }

    /// A candidate composes for the record; nobody sees it write, and nothing waits for it.
    async fn ask_beside(&self, cause: Seq, context: &AgentContext, input: &StepInput) {
        let edition = self.shared.in_force.of(context.edition);
        let Some(models) = edition.desk.models(context, input) else { return };
        let AgentContext { agent, conversation, composition, .. } = context;
        let (conversation, composition) = (*conversation, *composition);
        let passages = edition.desk.passages(context, input);
        let cut = self.shared.stops.child_token();
        let began = Instant::now();
        let trace = self.trace_of(conversation, composition);
        let watching = Watching { cut: &cut, grew: &mut |_| {}, trace };
        let Composed { step, calls, .. } = models.compose(context, input, &passages, watching).await;
        let took = Millis(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
        let cost = calls.iter().filter_map(|call| call.cost).reduce(Cost::plus);
        let called = called((cause, agent), (conversation, composition), context.side, calls);
        let step = step.map(Box::new);
        let moved = EffectResult::CandidateMoved { conversation, composition, step, cost, took };
        self.come_back_with(called, came(Actor::Agent(agent.clone()), cause, moved)).await;
    }

    /// What the agent's own flows would do, where no model could. In the middle of what a model began no
    /// flow knows where it stands.
    fn instead(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        match input {
            StepInput::Turn | StepInput::HandedOver => {
                let desk = &self.shared.in_force.of(context.edition).desk;
                desk.has_flows(&context.agent).then(|| desk.by_playbook(context, input))
            }
            StepInput::ToolReturned(..) | StepInput::Advised(..) | StepInput::Conferred(_) => None,
        }
    }

    /// Cuts what nobody waits for any more, after these entries.
    pub(super) fn cut_stale(&self, envelopes: &[Envelope]) {
        self.shared.under_way.cut_stale(envelopes, &self.shared.replica);
    }

    /// Advice comes after the pace of who is asked, or as soon as its models have it. What these cost is
    /// recorded whatever becomes of it; it is not cut when nobody waits any more, since what came too late is
    /// shown too, and it is bounded by how long it is waited for.
    async fn consult(&self, cause: Seq, of: (ConversationId, ConsultId), asked: Consultation, pace: Millis) {
        let edition = self.shared.in_force.of(asked.edition);
        let (conversation, consult) = of;
        let (advice, cost, called) = if let Some(models) = edition.desk.advisers(&asked) {
            let passages = edition.desk.passages_for(&asked);
            let cut = self.shared.stops.child_token();
            let trace = self.trace_of(conversation, asked.composition);
            let watching = Watching { cut: &cut, grew: &mut |_| {}, trace };
            let Advising { advice, calls } = models.advise(&asked, &passages, watching).await;
            let cost = calls.iter().filter_map(|call| call.cost).reduce(Cost::plus);
            let called = called((cause, &asked.whom), (conversation, asked.composition), Side::Own, calls);
            if cut.is_cancelled() && advice.is_none() {
                self.record(called).await;
                return;
            }
            // Where no model could, its own rules and the articles say what they do.
            (advice.or_else(|| edition.desk.advise(&asked)), cost, called)
        } else {
            tokio::select! {
                () = tokio::time::sleep(self.shared.clock.real(pace.0)) => {}
                () = self.shared.stops.cancelled() => return,
            }
            (edition.desk.advise(&asked), None, Vec::new())
        };
        let result = EffectResult::Advised { conversation, consult, advice, cost };
        self.come_back_with(called, came(Actor::Agent(asked.whom), cause, result)).await;
    }

    async fn call_tool(&self, cause: Seq, call: Call) {
        let Call { conversation, number, .. } = call;
        if call.side_effect {
            let started = EffectResult::ToolStarted { conversation, call: number };
            if !matches!(self.come_back(Actor::Floor, cause, started).await, Some(Ok(_))) {
                // Not on disk, or nobody waits for it any more: then it must not act.
                return;
            }
        }
        let outcome = match self.served(conversation, number, &call.ask).await {
            Some(outcome) => outcome,
            None => self.shop(&call),
        };
        logged(number, &call.ask, &outcome);
        self.come_back(Actor::Floor, cause, EffectResult::ToolReturned { conversation, call: number, outcome }).await;
    }

    /// Whether a call happened. A server that takes our key is asked by making the call again under it: that
    /// is done once, and answered twice.
    async fn happened(&self, conversation: ConversationId, call: CallId, ask: &ToolCall) -> ToolOutcome {
        match self.served(conversation, call, ask).await {
            Some(outcome) => outcome,
            None => self.shared.shop.lock().unwrap_or_else(PoisonError::into_inner).happened(call, ask),
        }
    }

    /// What a server outside made of a call; nothing when none serves the tool.
    async fn served(&self, conversation: ConversationId, call: CallId, ask: &ToolCall) -> Option<ToolOutcome> {
        let tools = self.shared.in_force.now().tools.clone().filter(|tools| tools.serve(&ask.tool))?;
        let errand = {
            let floor = self.shared.replica.read();
            let of = floor.conversation(conversation);
            of.and_then(|c| {
                let agent = c.calls.get(&call)?.agent.clone();
                let (customer, identity) = (c.customer, c.identity);
                let trace = self.shared.traces.as_ref().map(|names| names.parent_of_call(conversation, call));
                Some(Errand { call, conversation, customer, identity, agent, trace })
            })
        };
        // Without it nobody waits any more.
        let Some(errand) = errand else { return Some(ToolOutcome::Failed) };
        tools.call(&errand, ask).await
    }

    /// The built-in shop answers in memory, so it needs no patience.
    fn shop(&self, call: &Call) -> ToolOutcome {
        let handle = self.shared.replica.read().customers.get(&call.customer).and_then(|known| known.handle);
        let asking = Asking { call: call.number, customer: call.customer, at: self.shared.clock.now() };
        let mut shop = self.shared.shop.lock().unwrap_or_else(PoisonError::into_inner);
        // A handle stands on the floor only if the site has signed it.
        if let Some(person) = handle.and_then(|handle| self.shared.vouched.get(&handle)) {
            shop.vouch(call.customer, person);
        }
        shop.execute(asking, &call.ask)
    }

    async fn forget(&self, customer: CustomerId) {
        loop {
            let (done, is_done) = oneshot::channel();
            match self.shared.queries.try_send(Job::Forget { customer, done }) {
                Ok(()) => match is_done.await {
                    Ok(Err(error)) => tracing::error!(%error, "a customer's traces are not yet erased; trying again"),
                    // Done; or the floor ends, and the next life does it.
                    Ok(Ok(())) | Err(_) => break,
                },
                Err(TrySendError::Full(_)) => {}
                Err(TrySendError::Disconnected(_)) => break,
            }
            tokio::time::sleep(FULL_PAUSE * 20).await;
        }
        self.shared.forgetting.fetch_sub(1, Ordering::AcqRel);
    }

    /// Hands a result to the conductor; what it says, unless the floor is down.
    async fn come_back(&self, actor: Actor, cause: Seq, result: EffectResult) -> Option<Answer> {
        self.come_back_with(Vec::new(), came(actor, cause, result)).await
    }

    /// The same for one that shares its write with others, which come before it.
    async fn come_back_with(&self, before: Vec<Command>, command: Command) -> Option<Answer> {
        let (answer, answered) = oneshot::channel();
        let mut asked = Asked { before, command, answer: Some(answer) };
        loop {
            match self.shared.inbox.try_send(asked) {
                Ok(()) => return answered.await.ok(),
                Err(TrySendError::Disconnected(_)) => return None,
                Err(TrySendError::Full(back)) => asked = back,
            }
            tokio::time::sleep(FULL_PAUSE).await;
        }
    }
}

/// A result on its way back.
fn came(actor: Actor, cause: Seq, result: EffectResult) -> Command {
    Command { actor, cause: Some(cause), ..Command::of_floor(Act::Effect(result)) }
}

/// What models were asked, and what it cost, for the record; what failed is told in the log.
fn called(
    (cause, agent): (Seq, &AgentName),
    (conversation, composition): (ConversationId, CompositionId),
    side: Side,
    calls: Vec<ModelCall>,
) -> Vec<Command> {
    let record = |call: ModelCall| {
        if let ModelEnd::Failed(failure) = call.end {
            tracing::warn!(%agent, model = %call.model, why = failure.words(), "a model gave no answer");
        }
        let called = EffectResult::ModelCalled { conversation, composition, call: Box::new(call), side };
        came(Actor::Agent(agent.clone()), cause, called)
    };
    calls.into_iter().map(record).collect()
}

/// Tells of a call that did not come to a clear end; of what it was asked and gave, nothing.
fn logged(call: CallId, ask: &ToolCall, outcome: &ToolOutcome) {
    let end = match outcome {
        ToolOutcome::Failed => "it failed",
        ToolOutcome::Unknown => "nobody knows whether it was done",
        ToolOutcome::Done(_) | ToolOutcome::Declined(_) | ToolOutcome::Refused(_) => return,
    };
    tracing::warn!(%call, tool = %ask.tool, end, "a tool call");
}

/// The end of a text that grows.
fn end_of(text: &str) -> Foreign {
    let from = text.len().saturating_sub(GROWTH_BYTES);
    let boundary = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(from);
    Foreign::from(text.get(boundary..).unwrap_or_default())
}

/// How an agent failed whose models did: one that was in the middle of something is asked again.
fn failed(last: Option<ModelEnd>, input: &StepInput) -> Failure {
    match (last, input) {
        (Some(ModelEnd::Failed(ModelFailure::TimedOut)), _) => Failure::TimedOut,
        (_, StepInput::ToolReturned(..) | StepInput::Advised(..) | StepInput::Conferred(_)) => Failure::Broke,
        (_, StepInput::Turn | StepInput::HandedOver) => Failure::Absent,
    }
}
