//! The floor as everybody but the conductor sees it: folded from what was committed, never ahead.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use tokio::sync::mpsc;

use crate::domain::envelope::Envelope;
use crate::domain::id::{ConversationId, CustomerId, OperatorName, TurnNo};
use crate::orchestrator::{Floor, evolve};
use crate::picture::Titles;
use crate::protocol::customer::CustomerReply;
use crate::runtime::handle::CustomerState;
use crate::runtime::measures::Measures;

use super::customers::{Feeds, Missing};
use super::speaker;

/// Observers at once: tests, a demo, a recorder.
const OBSERVERS_MAX: usize = 16;

/// Entries that wait for the consoles' next tick; more means that their thread hangs, and every
/// console gets a new snapshot.
const COMMITTED_MAX: usize = 100_000;

/// What was committed since the consoles' last tick.
#[derive(Default)]
pub(super) struct Committed {
    pub(super) batches: VecDeque<Arc<[Envelope]>>,
    entries: usize,
    /// Whether some had to be dropped.
    pub(super) overflow: bool,
}

/// A second floor, and those who listen to it. Locks are taken in the order of the fields.
pub(in crate::runtime) struct Replica {
    floor: RwLock<Floor>,
    feeds: Mutex<Feeds>,
    observers: Mutex<Vec<mpsc::Sender<Arc<[Envelope]>>>>,
    committed: Mutex<Committed>,
    titles: RwLock<Arc<Titles>>,
}

impl Replica {
    /// Begins with a floor as it was rebuilt at start.
    pub(in crate::runtime) fn new(floor: Floor, titles: Titles) -> Self {
        let (feeds, observers, committed) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { floor: RwLock::new(floor), feeds, observers, committed, titles: RwLock::new(Arc::new(titles)) }
    }

    /// The floor. Held only for a look: the next batch waits for it.
    pub(in crate::runtime) fn read(&self) -> RwLockReadGuard<'_, Floor> {
        self.floor.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn feeds(&self) -> MutexGuard<'_, Feeds> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Titles of articles.
    pub(in crate::runtime) fn titles(&self) -> Arc<Titles> {
        Arc::clone(&self.titles.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up titles of another edition; those of articles that it has not stay, since past answers cite them.
    pub(in crate::runtime) fn add_titles(&self, more: &Titles) {
        let mut titles = self.titles.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut titles).extend(more.iter().map(|(name, title)| (name.clone(), title.clone())));
    }

    /// Folds a committed batch and tells customers and observers. Whether it is the first since the
    /// consoles' thread took up what was committed: that thread may rest, and has to be told.
    #[must_use]
    pub(in crate::runtime) fn publish(&self, batch: &Arc<[Envelope]>) -> bool {
        let mut floor = self.floor.write().unwrap_or_else(PoisonError::into_inner);
        let mut feeds = self.feeds();
        let titles = self.titles();
        let mut touched: Vec<ConversationId> = Vec::new();
        for envelope in batch.iter() {
            evolve(&mut floor, envelope);
            feeds.hear(&floor, &titles, envelope);
            touched.extend(envelope.event.conversation().filter(|id| touched.last() != Some(id)));
        }
        for id in touched {
            feeds.show_typing(&floor, id);
        }
        let first = self.committed.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
        drop((floor, feeds));
        let mut observers = self.observers.lock().unwrap_or_else(PoisonError::into_inner);
        observers.retain(|observer| observer.try_send(Arc::clone(batch)).is_ok());
        first
    }

    /// What was committed since the last call, for the consoles.
    pub(super) fn take_committed(&self) -> Committed {
        std::mem::take(&mut *self.committed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// An operator is writing to a customer, or has stopped.
    pub(super) fn writes(&self, conversation: ConversationId, operator: Option<OperatorName>) {
        let floor = self.read();
        let mut feeds = self.feeds();
        feeds.writes(conversation, operator);
        feeds.show_typing(&floor, conversation);
    }

    /// Adds an observer; beyond the limit the oldest feed ends.
    pub(in crate::runtime) fn observe(&self, to: mpsc::Sender<Arc<[Envelope]>>) {
        let mut observers = self.observers.lock().unwrap_or_else(PoisonError::into_inner);
        if observers.len() >= OBSERVERS_MAX {
            observers.remove(0);
        }
        observers.push(to);
    }

    /// Begins a customer's feed; what has to be read from the journal comes back beside it.
    pub(in crate::runtime) fn subscribe(
        &self,
        conversation: ConversationId,
        after: TurnNo,
    ) -> Option<(mpsc::Receiver<CustomerReply>, Option<Missing>)> {
        let floor = self.read();
        self.feeds().begin(&floor, &self.titles(), conversation, after)
    }

    /// Hands a feed the older messages it waits for; nothing ends it, and its client comes back.
    pub(in crate::runtime) fn fill(&self, missing: Missing, older: Option<Vec<CustomerReply>>) {
        match older {
            Some(older) => self.feeds().fill(missing, older),
            None => self.feeds().give_up(missing),
        }
    }

    /// Whose conversation it is.
    pub(in crate::runtime) fn customer_of(&self, id: ConversationId) -> Option<CustomerId> {
        let floor = self.read();
        floor.conversation(id).map(|c| c.customer).or_else(|| floor.stubs.get(&id).map(|stub| stub.customer))
    }

    /// Where a conversation stands for its customer.
    pub(in crate::runtime) fn state(&self, id: ConversationId) -> Option<CustomerState> {
        let floor = self.read();
        let speaker = speaker::told_of(&floor, id)?;
        let live = floor.conversation(id).map(|c| c.last_turn);
        let turn = live.or_else(|| floor.stubs.get(&id).map(|stub| stub.turn))?;
        Some(CustomerState { turn, speaker, resolved: live.is_none() })
    }

    /// What is counted, in the Prometheus text format.
    pub(in crate::runtime) fn measured(&self, measures: &Measures) -> String {
        let floor = self.read();
        let feeds = self.feeds().count() as u64;
        let behind = self.committed.lock().unwrap_or_else(PoisonError::into_inner).entries as u64;
        measures.text(&floor, &[("baton_customer_feeds", feeds), ("baton_feed_behind_entries", behind)])
    }
}

impl Committed {
    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty() && !self.overflow
    }

    /// Whether nothing waited before.
    fn push(&mut self, batch: &Arc<[Envelope]>) -> bool {
        let first = self.is_empty();
        self.entries += batch.len();
        if self.entries > COMMITTED_MAX {
            *self = Self { overflow: true, ..Self::default() };
        } else {
            self.batches.push_back(Arc::clone(batch));
        }
        first
    }
}
