//! Snapshots: the floor in parts, and back. Written on a thread of their own, from a copy.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use serde::{Deserialize, Serialize};

use crate::domain::id::{ConversationId, CustomerId};
use crate::orchestrator::Floor;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Stub;
use crate::store::StoreError;
use crate::store::chain::Head;
use crate::store::journal::JournalRead;
use crate::store::snapshot::{self, Found, Part};

use super::ledger::{Done, Ledger};

/// Names the shape of the parts; another shape gets another name, and older snapshots are dropped.
const FORMAT: &str = "floor 8";
/// Entries between two snapshots: a start then folds at most so many, within a tenth of a second.
pub(super) const EVERY: u64 = 50_000;

/// A copy of what is to be kept.
pub(super) struct Copy {
    pub(super) floor: Floor,
    pub(super) ledger: Ledger,
}

/// Where snapshots go.
pub(super) struct Keeper {
    pub(super) journal: Box<dyn JournalRead>,
    pub(super) snapshot: PathBuf,
    pub(super) anchor: PathBuf,
}

impl Keeper {
    /// Writes what it is handed until nobody hands it anything; hands itself back.
    pub(super) fn run(mut self, copies: &Receiver<Box<Copy>>) -> Self {
        for copy in copies {
            if let Err(error) = self.save(&copy) {
                tracing::error!(%error, "no snapshot was written; the next start takes longer");
            }
        }
        self
    }

    /// Writes a snapshot and anchors the journal's head.
    pub(super) fn save(&mut self, copy: &Copy) -> Result<(), StoreError> {
        let seq = copy.floor.seq;
        let Some(checksum) = self.journal.checksum_at(seq)? else { return Ok(()) };
        let parts = parts(copy).map_err(|error| StoreError::Unwritable { seq, what: error.to_string() })?;
        let paths = (self.snapshot.as_path(), self.anchor.as_path());
        snapshot::save(paths, FORMAT, &mut *self.journal, Head { seq, checksum }, &parts)
    }
}

/// One part; written from borrowed values, read into owned ones.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Piece<F, C, S, D> {
    Floor(F),
    Live(C),
    Stub(ConversationId, S),
    Done(D),
}
type Read = Piece<Box<Floor>, Box<Conversation>, Box<Stub>, Done>;
type Written<'a> = Piece<&'a Floor, &'a Conversation, &'a Stub, &'a Done>;

/// The floor in parts, each under the key of the customer it belongs to.
fn parts(copy: &Copy) -> Result<Vec<Part>, serde_json::Error> {
    let Copy { floor, ledger } = copy;
    let part = |name: String, customer: Option<CustomerId>, piece: Written<'_>| {
        Ok::<_, serde_json::Error>(Part { name, customer, json: serde_json::to_string(&piece)? })
    };
    let mut parts = Vec::with_capacity(floor.conversations.len() + floor.stubs.len() + 1);
    parts.push(part("floor".into(), None, Piece::Floor(&bare(floor)))?);
    for live in floor.conversations.values() {
        parts.push(part(format!("live {}", live.id), Some(live.customer), Piece::Live(live))?);
    }
    for (id, stub) in &floor.stubs {
        parts.push(part(format!("stub {id}"), Some(stub.customer), Piece::Stub(*id, stub))?);
    }
    for done in ledger.entries() {
        parts.push(part(format!("call {}", done.call), Some(done.customer), Piece::Done(done))?);
    }
    Ok(parts)
}

/// The floor without what is kept in parts of its own.
fn bare(floor: &Floor) -> Floor {
    Floor {
        seq: floor.seq,
        at: floor.at,
        life: floor.life,
        deployment: floor.deployment.clone(),
        editions: floor.editions.clone(),
        conversations: std::collections::BTreeMap::new(),
        queued: floor.queued.clone(),
        waiting: floor.waiting.clone(),
        lines: floor.lines.clone(),
        handled: floor.handled,
        stubs: std::collections::BTreeMap::new(),
        owing: floor.owing.clone(),
        customers: floor.customers.clone(),
        handles: floor.handles.clone(),
        references: floor.references.clone(),
        agents: floor.agents.clone(),
        operators: floor.operators.clone(),
        standing: floor.standing.clone(),
        incidents: floor.incidents.clone(),
        learning: floor.learning.clone(),
        due: floor.due.clone(),
        spending: floor.spending.clone(),
        bills: floor.bills.clone(),
        last: floor.last,
        tally: floor.tally,
        briefs: floor.briefs.clone(),
        briefed: floor.briefed,
    }
}

/// The floor and the ledger of the newest snapshot; a blank floor if there is none that may be used.
pub(super) fn load(path: &std::path::Path, journal: &mut dyn JournalRead) -> Result<Copy, StoreError> {
    let found = match snapshot::load(path, FORMAT, journal)? {
        Found::Sound(found) => found,
        Found::Nothing => return Ok(Copy::blank()),
        Found::Dropped(why) => {
            tracing::warn!(why, "the snapshot is not used; the whole journal is folded");
            return Ok(Copy::blank());
        }
    };
    match restore(&found.parts) {
        Some(copy) if copy.floor.seq == found.head.seq => Ok(copy),
        Some(_) | None => {
            tracing::warn!("the snapshot does not fit this version; the whole journal is folded");
            Ok(Copy::blank())
        }
    }
}

fn restore(parts: &[Part]) -> Option<Copy> {
    let mut pieces = parts.iter().map(|part| serde_json::from_str::<Read>(&part.json).ok());
    let Some(Piece::Floor(floor)) = pieces.next()? else { return None };
    let mut copy = Copy { floor: *floor, ledger: Ledger::default() };
    for piece in pieces {
        match piece? {
            Piece::Floor(_) => return None,
            Piece::Live(live) => {
                for (call, waiting) in &live.calls {
                    copy.ledger.expect(*call, waiting.ask.clone());
                }
                copy.floor.conversations.insert(live.id, live);
            }
            Piece::Stub(id, stub) => {
                copy.floor.stubs.insert(id, stub);
            }
            Piece::Done(done) => copy.ledger.add(done),
        }
    }
    Some(copy)
}

impl Copy {
    /// Nothing yet.
    pub(super) fn blank() -> Self {
        Self { floor: Floor::default(), ledger: Ledger::default() }
    }
}
