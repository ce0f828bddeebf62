//! The work that is interrupted: a seeded run of batches on a journal and its vault, and what must
//! be true of whatever is found afterwards.

use std::path::PathBuf;

use baton::domain::id::{ConversationId, CustomerId, FloorName, Seq};
use baton::store::chain::Head;
use baton::store::error::StoreError;
use baton::store::journal::sqlite::{Durability, Options, SqliteJournal};
use baton::store::journal::{Journal, JournalRead};
use baton::store::record::Entry;
use baton::store::vault::Vault;

use crate::disk::Rng;
use crate::file_system;

/// Batches of one run; with few pages in the log they pass several moves into the main file.
const BATCHES: u64 = 24;
/// Conversations of one run.
const CONVERSATIONS: u64 = 6;
/// Longest text, beyond a page so that records overflow.
const TEXT_MAX: u64 = 6_000;

/// How many seeds to run: a tenth by default, all with `BATON_SOAK=1`.
pub fn soak(all: u64) -> u64 {
    if std::env::var_os("BATON_SOAK").is_some() { all } else { all / 10 }
}

fn floor() -> FloorName {
    "shop".parse().unwrap()
}

/// Opens journal and vault on a disk.
pub fn open(disk: &str, durability: Durability) -> Result<(SqliteJournal, Vault), StoreError> {
    let path = |file: &str| PathBuf::from(format!("/{disk}/{file}"));
    let vault = Vault::open_on(&path("vault.db"), file_system::NAME)?;
    let options = Options { durability, file_system: Some(file_system::NAME.into()), log_pages: Some(40) };
    let journal = SqliteJournal::open(&path("journal.db"), floor(), vault.clone(), options)?;
    Ok((journal, vault))
}

/// What a run has handed over and what it was told.
#[derive(Default, Clone)]
pub struct Ledger {
    /// Everything given to the journal, in order; the last batch may not have been acknowledged.
    pub given: Vec<Entry>,
    /// The acknowledged head.
    pub acknowledged: Option<Head>,
    /// Whether emptying the log failed.
    pub settled_badly: bool,
    /// Customers of the run.
    customers: Vec<CustomerId>,
}

impl Ledger {
    /// How many envelopes were acknowledged.
    pub fn count(&self) -> usize {
        self.acknowledged.map_or(0, |head| head.seq.0 as usize)
    }

    fn entry(&mut self, seq: u64, vault: &Vault, rng: &mut Rng) -> Result<Entry, StoreError> {
        if self.customers.len() < CONVERSATIONS as usize {
            self.customers.push(vault.fresh()?.0);
        }
        let of = rng.below(self.customers.len() as u64) as usize;
        let text = "x".repeat(rng.below(TEXT_MAX) as usize / (1 + rng.below(8) as usize));
        let of_floor = rng.below(5) == 0;
        Ok(Entry {
            seq: Seq(seq),
            kind: "turn.noted".into(),
            conversation: (!of_floor).then(|| ConversationId::from_random([of as u8; 16])),
            customer: self.customers.get(of).copied(),
            json: format!(
                r#"{{"seq":{seq},"public":"{}","text":{{"$personal":"{seq} {text}"}}}}"#,
                &text[text.len() / 2..]
            ),
        })
    }

    /// Appends batches until all are done or the first error.
    pub fn run(&mut self, journal: &mut SqliteJournal, vault: &Vault, rng: &mut Rng) -> Result<(), StoreError> {
        for _ in 0..BATCHES {
            let mut batch = Vec::new();
            for _ in 0..=rng.below(12) {
                let seq = (self.given.len() + batch.len()) as u64 + 1;
                batch.push(self.entry(seq, vault, rng)?);
            }
            self.given.extend(batch.iter().cloned());
            self.acknowledged = Some(journal.append_entries(&batch)?);
            if rng.below(12) == 0 {
                journal.settle().inspect_err(|_| self.settled_badly = true)?;
            }
        }
        Ok(())
    }

    /// Checks what a start finds: everything acknowledged once and readable, the batch in flight
    /// whole or not at all, the chain unbroken. Says what is wrong.
    pub fn judge(&mut self, journal: &mut SqliteJournal) -> Result<(), String> {
        let found = journal.entries(Seq(0), usize::MAX >> 1).map_err(|error| error.to_string())?;
        let (lost, whole) =
            (found.len() < self.count(), found.len() == self.count() || found.len() == self.given.len());
        if lost || !whole {
            return Err(format!("{} acknowledged, {} given, {} found", self.count(), self.given.len(), found.len()));
        }
        if found != self.given[..found.len()] {
            return Err("found other than given".into());
        }
        let verdict = journal.verify(self.acknowledged);
        if let Some(damage) = verdict.damage {
            return Err(format!("{}: {}", damage.seq, damage.what));
        }
        for of in 0..CONVERSATIONS {
            let conversation = ConversationId::from_random([of as u8; 16]);
            let thread =
                journal.entries_of(conversation, Seq(0), usize::MAX >> 1).map_err(|error| error.to_string())?;
            if !thread.iter().eq(found.iter().filter(|entry| entry.conversation == Some(conversation))) {
                return Err(format!("conversation {of} is not whole"));
            }
        }
        self.given = found;
        self.acknowledged = (!self.given.is_empty()).then_some(verdict.head);
        Ok(())
    }
}
