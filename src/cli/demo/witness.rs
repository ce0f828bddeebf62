//! Watches everything that is committed: the laws, the counts, the decisions.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::cli::failure::Failure;
use crate::domain::envelope::Envelope;
use crate::domain::id::{FloorName, Seq};
use crate::orchestrator::laws::Laws;
use crate::runtime::handle::Handle;
use crate::simulation::tally::Tally;
use crate::store::folder::DataFolder;
use crate::store::journal::JournalRead;
use crate::store::journal::sqlite::{Options, SqliteJournal};
use crate::store::vault::Vault;

/// What a witness saw.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) laws: Laws,
    pub(super) tally: Tally,
    upto: Seq,
}

impl Seen {
    fn take(&mut self, envelope: &Envelope) {
        if envelope.seq <= self.upto {
            return;
        }
        self.upto = envelope.seq;
        self.laws.check(envelope);
        self.tally.count(envelope);
    }
}

/// The journal of a data folder, to read beside its writer.
pub(super) fn journal(data: &DataFolder, floor: FloorName) -> Result<Box<dyn JournalRead>, Failure> {
    let vault = Vault::open(&data.vault())?;
    Ok(SqliteJournal::open_to_read(&data.journal(), floor, vault, &Options::default())?)
}

/// Watches a floor from its first envelope until `stop`, then reads what is left in the journal.
pub(super) async fn watch(
    floor: Handle,
    name: FloorName,
    folder: PathBuf,
    stop: CancellationToken,
) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    let data = DataFolder::open(&folder)?;
    loop {
        // The feed is opened before the journal is read, so that nothing lies between the two.
        let mut feed = floor.observe();
        seen = catch_up(seen, &data, &name).await?;
        loop {
            tokio::select! {
                batch = feed.recv() => match batch {
                    Some(batch) => take(&mut seen, &batch),
                    // It lagged: the journal has what is missing.
                    None => break,
                },
                () = stop.cancelled() => return catch_up(seen, &data, &name).await,
            }
        }
    }
}

fn take(seen: &mut Seen, batch: &Arc<[Envelope]>) {
    for envelope in &**batch {
        seen.take(envelope);
    }
}

/// Reads on in the journal, away from the tasks that answer sockets.
pub(super) async fn catch_up(mut seen: Seen, data: &DataFolder, floor: &FloorName) -> Result<Seen, Failure> {
    let mut journal = journal(data, floor.clone())?;
    let read = tokio::task::spawn_blocking(move || {
        journal.replay(seen.upto, &mut |envelope| seen.take(&envelope)).map(|()| seen)
    });
    Ok(read.await.map_err(Failure::failed)??)
}
