//! Questions about the past, answered from the journal and the index of history on a thread of
//! their own: a long answer never holds up the floor.

mod answer;
mod examples;
mod files;
mod gaps;
mod learned;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::domain::envelope::Envelope;
use crate::domain::file::Scanning;
use crate::domain::id::{ConversationId, CustomerId, Digest, FileId, OperatorName, Seq};
use crate::domain::operator::Role;
use crate::domain::reply::CannedReply;
use crate::knowledge::Index;
use crate::protocol::customer::CustomerReply;
use crate::protocol::query::{Page, Query};
use crate::store::StoreError;
use crate::store::erasure;
use crate::store::files::Files;
use crate::store::history::History;
use crate::store::journal::{JournalRead, PAGE};
use crate::store::vault::Vault;

use super::clock::Clock;
use super::edition::InForce;
use super::fanout::{ConsoleCall, Missing, Replica, from_journal};
use super::past::PastCases;

/// Questions that wait; more means that somebody asks faster than a disk answers.
pub(super) const JOBS: usize = 256;
/// Entries of one conversation read at most: a session of days.
const SLICE_MAX: usize = 20_000;
/// How often the index takes up what was committed.
const INDEX_EVERY: Duration = Duration::from_millis(500);
/// Entries taken up at once while the floor is busy: the index may lag, the floor must not.
const INDEX_BUSY: usize = 250;
/// How often files that nobody sent are looked for: they are kept for an hour.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// What the reader is asked.
pub(super) enum Job {
    /// A console's question.
    Ask {
        operator: OperatorName,
        role: Role,
        query: Query,
        after: Option<String>,
        answer: oneshot::Sender<(Page, Option<String>)>,
    },
    /// A conversation's part of the journal, for those who look at it.
    Transcript { conversation: ConversationId },
    /// Messages a customer's feed has to begin with.
    Backlog(Missing),
    /// Which conversation there was under a reference, however long it is over.
    Past { reference: Digest, answer: oneshot::Sender<Result<Option<ConversationId>, StoreError>> },
    /// How a file of a conversation stands, by the journal; nothing if no message names it.
    File { conversation: ConversationId, file: FileId, answer: oneshot::Sender<Result<Option<Scanning>, StoreError>> },
    /// Destroy a customer's key and every trace outside the journal.
    Forget { customer: CustomerId, done: oneshot::Sender<Result<(), StoreError>> },
    /// Stop.
    Stop,
}

/// The reader and what it reads from.
pub(super) struct Queries {
    pub(super) journal: Box<dyn JournalRead>,
    pub(super) history: History,
    pub(super) vault: Vault,
    pub(super) files: Files,
    pub(super) replica: Arc<Replica>,
    pub(super) consoles: SyncSender<ConsoleCall>,
    pub(super) clock: Arc<Clock>,
    pub(super) in_force: InForce,
}

/// What helps an operator to write.
pub(super) struct Writing {
    /// The house's replies.
    pub(super) replies: Vec<CannedReply>,
    /// The house's articles.
    pub(super) articles: Arc<Index>,
    /// What conversations that are over came to.
    pub(super) past: Arc<PastCases>,
}

impl Queries {
    /// What is remembered of conversations that are over.
    fn remembered(&self) -> Arc<PastCases> {
        Arc::clone(&self.in_force.now().writing.past)
    }

    /// Answers until it is told to stop.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let mut seen = Seq(0);
        if let Err(error) = self.remembered().load(&self.history) {
            tracing::error!(%error, "conversations that are over are not remembered");
        }
        let mut indexed = Instant::now();
        // What the life before left lying is old enough already.
        self.sweep();
        let mut swept = Instant::now();
        loop {
            match jobs.recv_timeout(INDEX_EVERY.saturating_sub(indexed.elapsed())) {
                Ok(Job::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(job) => self.take(job),
                Err(RecvTimeoutError::Timeout) => {}
            }
            // However many ask, the index follows.
            if indexed.elapsed() >= INDEX_EVERY {
                let now = self.replica.read().seq;
                let is_busy = now != std::mem::replace(&mut seen, now);
                self.index(if is_busy { INDEX_BUSY } else { PAGE });
                indexed = Instant::now();
            }
            self.remember();
            if swept.elapsed() >= SWEEP_EVERY {
                self.sweep();
                swept = Instant::now();
            }
        }
        if let Err(error) = self.history.settle() {
            tracing::warn!(%error, "the index of history was left with its log");
        }
    }

    fn take(&mut self, job: Job) {
        match job {
            Job::Ask { operator, role, query, after, answer } => {
                let page = self.answer(&operator, role, &query, after.as_deref());
                let _ = answer.send(page.unwrap_or_else(|error| (Page::Nothing(error.to_string()), None)));
            }
            Job::Transcript { conversation } => {
                let slice =
                    self.slice(conversation).inspect_err(|error| tracing::error!(%conversation, %error, "transcript"));
                let slice = slice.ok();
                let _ = self.consoles.send(ConsoleCall::Loaded { conversation, slice });
            }
            Job::Backlog(missing) => {
                let older = self
                    .backlog(missing)
                    .inspect_err(|error| tracing::error!(conversation = %missing.conversation, %error, "backlog"));
                let older = older.ok();
                self.replica.fill(missing, older);
            }
            Job::Past { reference, answer } => {
                let found = self.history.catch_up(&mut *self.journal);
                let found = found.and_then(|_| self.history.by_reference(reference));
                let _ = answer.send(found.map(|found| found.map(|found| found.conversation)));
            }
            Job::File { conversation, file, answer } => {
                let _ = answer.send(self.file(conversation, file));
            }
            Job::Forget { customer, done } => {
                let kept = (&self.vault, &self.files);
                let forgotten = erasure::forget(customer, kept, &mut self.history, &mut *self.journal);
                self.remember();
                let _ = done.send(forgotten);
            }
            Job::Stop => {}
        }
    }

    /// Takes up to `limit` entries into the index of history. A fault there is reported and does no
    /// harm: the index can be built anew.
    fn index(&mut self, limit: usize) {
        let taken = self.history.indexed_to().and_then(|reached| {
            let page = self.journal.read(reached, limit)?;
            if page.is_empty() { Ok(true) } else { self.history.apply(&page) }
        });
        if let Err(error) = taken {
            tracing::error!(%error, "the index of history does not follow");
        }
    }

    /// Remembers what has ended, and forgets who was erased.
    fn remember(&mut self) {
        let past = self.remembered();
        if let Err(error) = past.follow(&mut self.history) {
            tracing::error!(%error, "conversations that ended are not remembered");
        }
    }

    /// A conversation's part of the journal.
    fn slice(&mut self, conversation: ConversationId) -> Result<Vec<Envelope>, StoreError> {
        let mut slice: Vec<Envelope> = Vec::new();
        loop {
            let after = slice.last().map_or(Seq(0), |last| last.seq);
            let page = self.journal.read_conversation(conversation, after, PAGE)?;
            let is_last = page.len() < PAGE || slice.len() >= SLICE_MAX;
            slice.extend(page);
            if is_last {
                return Ok(slice);
            }
        }
    }

    fn backlog(&mut self, missing: Missing) -> Result<Vec<CustomerReply>, StoreError> {
        let slice = self.slice(missing.conversation)?;
        let floor = self.replica.read();
        let wanted = |reply: &CustomerReply| {
            let turn = match reply {
                CustomerReply::Message(message) => message.turn,
                CustomerReply::Notice { turn, .. } => *turn,
                CustomerReply::Welcome { .. }
                | CustomerReply::Stored { .. }
                | CustomerReply::Typing { .. }
                | CustomerReply::Handover { .. }
                | CustomerReply::Resolved {}
                | CustomerReply::Rated { .. }
                | CustomerReply::Refused { .. } => return false,
            };
            turn > missing.after && turn <= missing.upto
        };
        let titles = self.replica.titles();
        let messages = slice.iter().filter_map(|envelope| from_journal(&floor, &titles, envelope));
        Ok(messages.filter(wanted).collect())
    }
}
