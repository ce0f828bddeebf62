//! The two threads of the hot path. One conducts: whatever waits becomes a batch, and a batch one
//! durable write. The other publishes: it folds what was committed, answers, and begins effects,
//! while the first is at the next write already.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::domain::command::{Act, FloorAct};
use crate::domain::envelope::Envelope;
use crate::domain::refusal::Refusal;
use crate::store::journal::Journal;

use super::clock::Clock;
use super::conductor::{Conductor, Outer, Released, Submitted};
use super::executor::Executor;
use super::fanout::{ConsoleCall, Replica};
use super::handle::{Accepted, Asked, Life};
use super::ledger::Ledger;
use super::measures::Measures;
use super::snapshots::{Copy, EVERY};
use super::telemetry::Telemetry;

/// Commands in one batch: all that wait, within what one write takes at no more than a few times
/// the cost of a sync.
const BATCH_MAX: usize = 256;
/// Batches that may wait for the publisher; more means that it is slower than the disk.
pub(super) const RELEASED: usize = 64;
/// Longest sleep when nothing is due.
const IDLE: Duration = Duration::from_secs(10);

type Answer = Result<Accepted, Refusal>;
/// Where somebody waits for an answer.
type Waits = oneshot::Sender<Answer>;

/// A committed batch on its way out.
pub(super) struct Published {
    envelopes: Arc<[Envelope]>,
    answers: Vec<(Waits, Answer)>,
    outer: Vec<Outer>,
}

/// Conducts until the floor is told to stop or a write fails. Hands the conductor back.
pub(super) fn conduct<J: Journal>(
    mut conductor: Conductor<J>,
    inbox: &Receiver<Asked>,
    out: &SyncSender<Published>,
    clock: &Clock,
    (life, measures): (&Life, &Measures),
) -> Conductor<J> {
    loop {
        let wait = conductor.floor().next_due().map_or(IDLE, |due| clock.until(due));
        let first = match inbox.recv_timeout(wait) {
            Ok(asked) => Some(asked),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return conductor,
        };
        let mut commands = Vec::new();
        let mut waiting = Vec::new();
        let mut stops = false;
        let more = inbox.try_iter().take(BATCH_MAX - 1);
        for Asked { before, command, answer } in first.into_iter().chain(more) {
            for command in before {
                commands.push(Submitted { ticket: waiting.len() as u64, command });
                waiting.push(None);
            }
            stops |= matches!(command.act, Act::Floor(FloorAct::Stop));
            commands.push(Submitted { ticket: waiting.len() as u64, command });
            waiting.push(answer);
            if stops {
                break;
            }
        }
        let began = Instant::now();
        match conductor.step(commands, clock.now()) {
            Ok(released) => {
                if !released.envelopes.is_empty() {
                    measures.wrote(began.elapsed());
                }
                if out.send(publication(released, waiting)).is_err() || stops {
                    return conductor;
                }
            }
            Err(error) => {
                // Whoever waits hears that the floor is down; only a restart knows what was written.
                let _ = life.down.set(error.to_string());
                tracing::error!(%error, "the floor stops");
                life.shutdown.cancel();
                return conductor;
            }
        }
    }
}

fn publication(released: Released, mut waiting: Vec<Option<oneshot::Sender<Result<Accepted, Refusal>>>>) -> Published {
    let Released { answers, envelopes, outer } = released;
    let to = |(ticket, answer)| {
        let waits = waiting.get_mut(usize::try_from(ticket).ok()?)?.take()?;
        Some((waits, answer))
    };
    Published { envelopes, answers: answers.into_iter().filter_map(to).collect(), outer }
}

/// What the publisher has at hand.
pub(super) struct Publisher {
    pub(super) replica: Arc<Replica>,
    pub(super) consoles: SyncSender<ConsoleCall>,
    pub(super) executor: Executor,
    pub(super) measures: Arc<Measures>,
    /// What makes traces of it, if they go anywhere.
    pub(super) telemetry: Option<Telemetry>,
    pub(super) ledger: Ledger,
    /// Where copies for snapshots go; nothing for a floor in memory.
    pub(super) snapshots: Option<SyncSender<Box<Copy>>>,
    /// Entries since the last copy.
    pub(super) since: u64,
}

impl Publisher {
    /// Publishes until the conductor is gone. Hands the ledger back.
    pub(super) fn run(mut self, batches: &Receiver<Published>) -> Ledger {
        for Published { envelopes, answers, outer } in batches {
            if !envelopes.is_empty() {
                if self.replica.publish(&envelopes) {
                    // A full queue wakes that thread as well.
                    let _ = self.consoles.try_send(ConsoleCall::Committed);
                }
                self.measures.fold(&envelopes);
                if let Some(telemetry) = &mut self.telemetry {
                    telemetry.fold(&envelopes);
                }
                self.executor.cut_stale(&envelopes);
                envelopes.iter().for_each(|envelope| self.ledger.fold(envelope));
                self.since += envelopes.len() as u64;
            }
            for (waits, answer) in answers {
                // Whoever asked may have gone away meanwhile.
                let _ = waits.send(answer);
            }
            for outer in outer {
                self.executor.launch(outer);
            }
            if self.since >= EVERY {
                self.copy();
            }
        }
        self.ledger
    }

    /// Copies the floor for a snapshot, unless the last one is still being written.
    fn copy(&mut self) {
        let Some(snapshots) = &self.snapshots else { return };
        if self.executor.is_forgetting() {
            return;
        }
        self.since = 0;
        let copy = Box::new(Copy { floor: self.replica.read().clone(), ledger: self.ledger.clone() });
        if snapshots.try_send(copy).is_err() {
            tracing::debug!("a snapshot was left out: the one before is still being written");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{RecvTimeoutError, sync_channel};
    use std::time::Duration;

    use super::*;
    use crate::domain::action::{AgentContext, AgentStep, StepInput};
    use crate::domain::command::Command;
    use crate::domain::consult::{Advice, Consultation};
    use crate::domain::handoff::{ContextPack, Receipt};
    use crate::domain::id::{AgentName, Digest, FloorName, Seq};
    use crate::domain::time::Timestamp;
    use crate::orchestrator::Floor;
    use crate::runtime::clock::REAL_TIME;
    use crate::runtime::conductor::Inner;
    use crate::store::journal::memory::MemoryJournal;
    use crate::store::vault::Vault;

    struct Nobody;

    impl Inner for Nobody {
        fn step(&self, _: &AgentContext, _: &StepInput) -> Option<AgentStep> {
            None
        }
        fn advise(&self, _: &Consultation) -> Option<Advice> {
            None
        }
        fn receipt(&self, _: Option<Digest>, _: &AgentName, _: &ContextPack) -> Receipt {
            Receipt::default()
        }
    }

    fn asked() -> (Asked, oneshot::Receiver<Answer>) {
        let (answer, answered) = oneshot::channel();
        (
            Asked { before: Vec::new(), command: Command::of_floor(Act::Floor(FloorAct::Start)), answer: Some(answer) },
            answered,
        )
    }

    #[test]
    fn what_waits_is_one_write_and_after_a_failed_one_nothing_is_acknowledged() {
        let name: FloorName = "shop".parse().unwrap();
        let journal = MemoryJournal::new(name.clone(), Vault::in_memory().unwrap());
        journal.break_after(1).unwrap();
        let conductor = Conductor::new(name, Floor::default(), journal, Box::new(Nobody));
        let (inbox, inbox_end) = sync_channel(16);
        let (out, released) = sync_channel(16);
        let clock = Clock::start(Timestamp::default(), REAL_TIME);
        let (life, measures) = (Life::default(), Measures::default());
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let (asked, answered) = asked();
                inbox.send(asked).unwrap();
                answered
            })
            .collect();
        std::thread::scope(|scope| {
            let (clock, life, measures) = (&clock, &life, &measures);
            let pump = scope.spawn(move || conduct(conductor, &inbox_end, &out, clock, (life, measures)));
            let batch = released.recv().unwrap();
            assert_eq!(batch.envelopes.iter().map(|e| e.seq).collect::<Vec<_>>(), [Seq(1), Seq(2), Seq(3)]);
            assert_eq!(batch.answers.len(), 3, "three commands, one write");
            let (late, mut answered) = asked();
            inbox.send(late).unwrap();
            // Nothing more comes out, and the pump ends by itself; if it did not, it would end with its inbox.
            let later = released.recv_timeout(Duration::from_secs(60));
            drop(inbox);
            pump.join().unwrap();
            assert!(matches!(later, Err(RecvTimeoutError::Disconnected)), "released after a failed write");
            assert!(answered.try_recv().is_err(), "not acknowledged");
        });
        assert!(life.down.get().is_some() && life.shutdown.is_cancelled());
        drop(waiting);
    }
}
