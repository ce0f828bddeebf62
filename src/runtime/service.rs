//! Starts and stops a floor: folder, keys, journal, the fold, and the threads.

mod open;
mod prepare;
mod stop;
mod wire;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::config::Bundle;
use crate::domain::refusal::Refusal;
use crate::domain::time::Millis;
use crate::store::StoreError;
use crate::store::journal::Journal;
use crate::store::lock::{Lock, Owner};

use super::clock::REAL_TIME;
use super::executor::Executor;
use super::fanout::Consoles;
use super::handle::Handle;
use super::ledger::Ledger;
use super::pump::{self, Publisher};
use super::snapshots::Keeper;
use super::telemetry::Target;
use open::Opened;

/// How a floor is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder; without one everything is in memory and gone at the end.
    pub data: Option<PathBuf>,
    /// The deployment.
    pub bundle: Bundle,
    /// Pace of the floor's clock in thousandths of the wall's.
    pub speed: u32,
    /// What every agent's pace is instead of its own, for tests and load.
    pub pace: Option<Millis>,
    /// For practice and tests alone: digests and ids follow from this number and the integrator's
    /// references, so that two floors with the same customers draw the same lots.
    pub seed: Option<u64>,
}

impl Options {
    /// A floor in memory, at the wall's pace.
    pub const fn in_memory(bundle: Bundle) -> Self {
        Self { data: None, bundle, speed: REAL_TIME, pace: None, seed: None }
    }
}

/// Why a floor did not start, or did not end in order.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Folder, keys or journal.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file beside them.
    #[error("cannot use {what} in the data folder: {source}")]
    File {
        /// Which.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// The rules did not take the deployment.
    #[error("the deployment was not adopted: {0}")]
    NotAdopted(Refusal),
    /// A thread could not be started or died.
    #[error("the thread `{name}` is not there: {why}")]
    Thread {
        /// Which.
        name: &'static str,
        /// What happened.
        why: String,
    },
    /// There can be no client for the language models or the servers of tools.
    #[error("no client for language models and servers of tools: {0}")]
    Clients(String),
    /// Traces cannot be sent where they are to go.
    #[error("traces cannot be sent: {0}; mend [telemetry] otlp in baton.toml, or the OTEL_ variables")]
    Telemetry(String),
    /// Called from outside a tokio runtime, which effects need.
    #[error("a floor is started from within a tokio runtime")]
    NoRuntime,
}

/// A running floor's threads. Dropping it without [`Service::stop`] leaves them running until the
/// process ends, as a crash would.
pub struct Service {
    handle: Handle,
    executor: Executor,
    conductor: JoinHandle<Result<(), StoreError>>,
    publisher: JoinHandle<Ledger>,
    consoles: JoinHandle<()>,
    queries: JoinHandle<()>,
    keeper: Option<JoinHandle<Keeper>>,
    telemetry: Option<tokio::task::JoinHandle<()>>,
    lock: Option<(Lock, Owner)>,
}

impl Service {
    /// Starts a floor: opens its data, folds the journal, adopts the deployment if it differs, takes
    /// up what was under way, and answers from then on. To be called within a tokio runtime.
    pub fn start(options: Options) -> Result<(Handle, Self), Error> {
        match open::open(options)? {
            Opened::OnDisk(opened) => start(*opened),
            Opened::InMemory(opened) => start(*opened),
        }
    }

    /// Writes into the lock file where this floor can be reached.
    pub fn announce(&mut self, url: &str) -> Result<(), Error> {
        if let Some((lock, owner)) = &mut self.lock {
            owner.url = Some(url.to_owned());
            lock.tell(owner)?;
        }
        Ok(())
    }

    /// A handle on the floor.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

fn start<J: Journal + 'static>(parts: open::Parts<J>) -> Result<(Handle, Service), Error> {
    let tokio = tokio::runtime::Handle::try_current().map_err(|_| Error::NoRuntime)?;
    let prepared = prepare::prepare(parts)?;
    let target = Target::of(&prepared.bundle, |name| std::env::var(name).ok()).map_err(Error::Telemetry)?;
    let wired = wire::wire(&prepared, tokio.clone(), target.is_some())?;
    let (telemetry, sender) = wire::telemetry(target, &prepared, &wired.handle, &tokio)?.unzip();
    let prepare::Prepared { conductor, ledger, outer, clock, questions, keeper, lock, .. } = prepared;
    let wire::Wired { handle, executor, wiring, life, ends } = wired;
    let wire::Ends { inbox, consoles, queries, released, copies } = ends;
    let queries = wire::questions(questions, &handle, queries, Arc::clone(&clock));
    let publisher = Publisher {
        replica: Arc::clone(&handle.shared.replica),
        consoles: handle.shared.consoles.clone(),
        executor: executor.clone(),
        measures: Arc::clone(&handle.shared.measures),
        telemetry,
        ledger,
        snapshots: keeper.is_some().then_some(copies.0),
        since: 0,
    };
    for outer in outer {
        executor.launch(outer);
    }
    let (out, batches) = released;
    let measures = Arc::clone(&handle.shared.measures);
    let service = Service {
        handle: handle.clone(),
        executor,
        conductor: thread("conductor", move || {
            let mut conductor = pump::conduct(conductor, &inbox, &out, &clock, (&life, &measures));
            if life.down.get().is_some() { Ok(()) } else { conductor.journal().settle() }
        })?,
        publisher: thread("publisher", move || publisher.run(&batches))?,
        consoles: thread("consoles", move || Consoles::new(wiring).run(&consoles))?,
        queries: thread("queries", move || queries.0.run(&queries.1))?,
        keeper: keeper.map(|keeper| thread("snapshots", move || keeper.run(&copies.1))).transpose()?,
        telemetry: sender,
        lock,
    };
    Ok((handle, service))
}

fn thread<T: Send + 'static>(
    name: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Error> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map_err(|error| Error::Thread { name, why: error.to_string() })
}

#[cfg(test)]
mod tests;
