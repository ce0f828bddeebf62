//! Opens what lasts, or its likeness in memory, and folds the journal.

use crate::domain::event::{CustomerEvent, Event};
use crate::domain::id::CustomerId;
use crate::domain::time::Timestamp;
use crate::orchestrator::evolve;
use crate::runtime::clock::{Clock, REAL_TIME};
use crate::runtime::snapshots::{self, Copy};
use crate::store::StoreError;
use crate::store::chain::Head;
use crate::store::files::Files;
use crate::store::folder::DataFolder;
use crate::store::history::History;
use crate::store::journal::memory::MemoryJournal;
use crate::store::journal::sqlite::{self, SqliteJournal};
use crate::store::journal::{Journal, JournalRead};
use crate::store::lock::{Lock, Owner};
use crate::store::vault::Vault;

use super::{Error, Options};

/// Everything that was opened.
pub(super) struct Parts<J> {
    pub(super) options: Options,
    pub(super) folder: Option<DataFolder>,
    pub(super) lock: Option<(Lock, Owner)>,
    pub(super) vault: Vault,
    pub(super) files: Files,
    pub(super) journal: J,
    pub(super) history: History,
    pub(super) copy: Copy,
    /// Customers whose erasure is recorded and whose key still lives: the last life ended in between.
    pub(super) erased: Vec<CustomerId>,
}

/// By where it lies.
pub(super) enum Opened {
    OnDisk(Box<Parts<SqliteJournal>>),
    InMemory(Box<Parts<MemoryJournal>>),
}

/// Opens a floor's data.
pub(super) fn open(options: Options) -> Result<Opened, Error> {
    let floor = options.bundle.house.name.clone();
    let Some(path) = &options.data else {
        let vault = Vault::in_memory()?;
        let journal = MemoryJournal::new(floor.clone(), vault.clone());
        let files = Files::in_memory(floor.clone(), vault.clone())?;
        let (history, copy) = (History::in_memory(floor)?, Copy::blank());
        let (folder, lock, erased) = (None, None, Vec::new());
        let parts = Parts { options, folder, lock, vault, files, journal, history, copy, erased };
        return Ok(Opened::InMemory(Box::new(parts)));
    };
    let folder = DataFolder::open(path)?;
    let started = Clock::start(Timestamp::default(), REAL_TIME).now();
    let owner = Owner { pid: std::process::id(), url: None, started };
    let lock = Some((Lock::take(&folder.lock(), &owner)?, owner));
    let vault = Vault::open(&folder.vault())?;
    let mut journal = SqliteJournal::open(&folder.journal(), floor.clone(), vault.clone(), sqlite::Options::default())?;
    journal.check_anchor(Head::anchored(&folder.anchor())?)?;
    let files = Files::open(&folder.files(), floor.clone(), vault.clone())?;
    let history = History::open(&folder.history(), floor)?;
    let mut copy = snapshots::load(&folder.snapshot(), &mut journal)?;
    let erased = fold(&mut copy, &mut journal, &vault)?;
    let folder = Some(folder);
    Ok(Opened::OnDisk(Box::new(Parts { options, folder, lock, vault, files, journal, history, copy, erased })))
}

/// Folds what came after the snapshot; the customers who are still to be forgotten.
fn fold(copy: &mut Copy, journal: &mut impl Journal, vault: &Vault) -> Result<Vec<CustomerId>, StoreError> {
    let mut erased = Vec::new();
    journal.replay(copy.floor.seq, &mut |envelope| {
        evolve(&mut copy.floor, &envelope);
        copy.ledger.fold(&envelope);
        if let Event::Customer(CustomerEvent::Erased { customer }) = &envelope.event {
            erased.push(*customer);
        }
    })?;
    let mut alive = Vec::new();
    for customer in erased {
        if vault.key(customer)?.is_some() {
            alive.push(customer);
        }
    }
    Ok(alive)
}
