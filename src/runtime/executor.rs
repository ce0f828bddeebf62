//! Outer effects: replies that wait for their pace, tools, erasures. Each is a task that ends in a
//! command; what is lost with the process is asked again by the next life.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::agents::shop::{Asking, Shop};
use crate::domain::action::{AgentContext, Failure, StepInput};
use crate::domain::command::{Act, Command, EffectResult};
use crate::domain::consult::Consultation;
use crate::domain::envelope::Actor;
use crate::domain::id::{CallId, ConsultId, ConversationId, CustomerId, Digest, Seq};
use crate::domain::refusal::Refusal;
use crate::domain::time::Millis;
use crate::domain::tool::{ToolCall, ToolOutcome};

use super::clock::Clock;
use super::conductor::{Inner, Outer, Task};
use super::fanout::Replica;
use super::handle::{Accepted, Asked};
use super::queries::Job;

/// Wait before a full queue is tried again: a few durable writes.
const FULL_PAUSE: Duration = Duration::from_millis(5);

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
    pub(super) inner: Arc<dyn Inner + Sync>,
    pub(super) shop: Mutex<Shop>,
    pub(super) vouched: Vouched,
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
        let work = async move {
            match task {
                Task::Compose { context, input, pace } => this.compose(cause, &context, &input, pace).await,
                Task::Consult { conversation, consult, asked, pace } => {
                    this.consult(cause, (conversation, consult), *asked, pace).await;
                }
                Task::CallTool { conversation, call, customer, ask, side_effect } => {
                    this.call_tool(cause, Call { conversation, number: call, customer, ask, side_effect }).await;
                }
                Task::Reconcile { conversation, call, asked, ask } => {
                    let outcome = this.shared.shop.lock().unwrap_or_else(PoisonError::into_inner).happened(call, &ask);
                    let result = EffectResult::ToolReconciled { conversation, call, asked, outcome };
                    this.come_back(Actor::Floor, cause, result).await;
                }
                Task::Forget(customer) => this.forget(customer).await,
            }
        };
        self.shared.tasks.spawn_on(work, &self.shared.tokio);
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
        let result = match self.shared.inner.step(context, input) {
            Some(step) => EffectResult::AgentActed { conversation, composition, epoch, step: Box::new(step) },
            None => EffectResult::AgentFailed { conversation, composition, epoch, failure: Failure::Absent },
        };
        self.come_back(Actor::Agent(agent.clone()), cause, result).await;
    }

    /// Advice comes after the pace of who is asked.
    async fn consult(&self, cause: Seq, of: (ConversationId, ConsultId), asked: Consultation, pace: Millis) {
        tokio::select! {
            () = tokio::time::sleep(self.shared.clock.real(pace.0)) => {}
            () = self.shared.stops.cancelled() => return,
        }
        let (conversation, consult) = of;
        let advice = self.shared.inner.advise(&asked);
        let result = EffectResult::Advised { conversation, consult, advice };
        self.come_back(Actor::Agent(asked.whom), cause, result).await;
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
        let outcome = self.shop(&call);
        self.come_back(Actor::Floor, cause, EffectResult::ToolReturned { conversation, call: number, outcome }).await;
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
    async fn come_back(&self, actor: Actor, cause: Seq, result: EffectResult) -> Option<Result<Accepted, Refusal>> {
        let command = Command { actor, cause: Some(cause), ..Command::of_floor(Act::Effect(result)) };
        let (answer, answered) = oneshot::channel();
        let mut asked = Asked { command, answer: Some(answer) };
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
