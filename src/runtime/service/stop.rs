//! The end in order: nothing more is taken, what has begun ends, and the next start is short.

use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::domain::command::{Act, Command, FloorAct};
use crate::runtime::fanout::ConsoleCall;
use crate::runtime::handle::Asked;
use crate::runtime::queries::Job;
use crate::runtime::snapshots::Copy;

use super::{Error, Service};

/// How long tools that have begun may take to come back; afterwards the next life asks.
const TOOLS_GRACE: Duration = Duration::from_secs(5);

/// How long the last spans may take to a collector; a floor ends without them.
const SPANS_GRACE: Duration = Duration::from_secs(3);

impl Service {
    /// Ends the floor: takes nothing more, lets tools that have begun come back, records the end,
    /// writes a snapshot and anchors the journal. Customers and consoles are the gateway's to tell.
    pub async fn stop(self) -> Result<(), Error> {
        let shared = &self.handle.shared;
        shared.life.closing.store(true, Ordering::Release);
        shared.life.shutdown.cancel();
        self.executor.stop(TOOLS_GRACE).await;
        let mut this = self;
        let telemetry = this.telemetry.take();
        let ended = tokio::task::spawn_blocking(move || this.end())
            .await
            .map_err(|error| Error::Thread { name: "stop", why: error.to_string() })?;
        if let Some(mut sender) = telemetry
            && tokio::time::timeout(SPANS_GRACE, &mut sender).await.is_err()
        {
            sender.abort();
        }
        ended
    }

    fn end(self) -> Result<(), Error> {
        let Self { handle, executor, conductor, publisher, consoles, queries, keeper, telemetry: _, lock } = self;
        let shared = &handle.shared;
        let stop = Asked { before: Vec::new(), command: Command::of_floor(Act::Floor(FloorAct::Stop)), answer: None };
        // After a failed write nobody takes it any more, and nothing is recorded.
        let _ = shared.inbox.send(stop);
        let settled = join("conductor", conductor)?;
        let ledger = join("publisher", publisher)?;
        let _ = shared.consoles.send(ConsoleCall::Stop);
        join("consoles", consoles)?;
        let _ = shared.queries.send(Job::Stop);
        join("queries", queries)?;
        if let Some(keeper) = keeper {
            let mut keeper = join("snapshots", keeper)?;
            // A snapshot beyond an erasure that is not through would hide it from the next start.
            if shared.life.down.get().is_none() && !executor.is_forgetting() {
                keeper.save(&Copy { floor: shared.replica.read().clone(), ledger })?;
            }
        }
        drop(lock);
        Ok(settled?)
    }
}

fn join<T>(name: &'static str, thread: JoinHandle<T>) -> Result<T, Error> {
    thread.join().map_err(|_| Error::Thread { name, why: "it died; what was acknowledged is on disk".into() })
}
