//! The journal in memory, for tests and simulation: the same sealed and chained records, so that
//! what is read back is what a disk would give.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::domain::id::{ConversationId, FloorName, Seq};
use crate::store::chain::{Checksum, Damage, Head};
use crate::store::error::StoreError;
use crate::store::journal::{Journal, JournalRead, Link, Row, Tail};
use crate::store::record::Entry;
use crate::store::vault::Vault;

/// A journal in memory. Clones of it read and write the same records.
#[derive(Clone)]
pub struct MemoryJournal {
    floor: FloorName,
    vault: Vault,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    tail: Tail,
    rows: Vec<Row>,
    threads: HashMap<ConversationId, Vec<usize>>,
    /// Appends left before the "disk" fails for good; nothing means that it never does.
    appends_left: Option<u64>,
}

impl MemoryJournal {
    /// An empty journal of `floor`, sealed under the keys of `vault`.
    pub fn new(floor: FloorName, vault: Vault) -> Self {
        let head = Head::genesis(floor.as_str());
        let tail = Tail { floor: floor.clone(), vault: vault.clone(), head, stopped: None };
        let inner = Inner { tail, rows: Vec::new(), threads: HashMap::new(), appends_left: None };
        Self { floor, vault, inner: Arc::new(Mutex::new(inner)) }
    }

    /// Lets `appends` more batches through and then fails as a broken disk would, to show what the
    /// layers above do.
    pub fn break_after(&self, appends: u64) -> Result<(), StoreError> {
        self.lock()?.appends_left = Some(appends);
        Ok(())
    }

    /// The same records as a restart would find them: a broken disk is whole again.
    pub fn reopened(&self) -> Result<Self, StoreError> {
        let fresh = Self::new(self.floor.clone(), self.vault.clone());
        {
            let (from, mut to) = (self.lock()?, fresh.lock()?);
            to.rows.clone_from(&from.rows);
            to.threads.clone_from(&from.threads);
            to.tail.head = from.tail.head;
        }
        Ok(fresh)
    }

    fn lock(&self) -> Result<MutexGuard<'_, Inner>, StoreError> {
        self.inner.lock().map_err(|_| StoreError::Stopped { cause: "a thread died while it wrote".into() })
    }
}

impl Inner {
    fn write(&mut self, links: &[Link]) -> Result<(), StoreError> {
        if let Some(left) = &mut self.appends_left {
            *left =
                left.checked_sub(1).ok_or_else(|| StoreError::Stopped { cause: "the disk failed as told".into() })?;
        }
        let mut before = self.tail.head.checksum;
        for link in links {
            if let Some(conversation) = link.conversation {
                self.threads.entry(conversation).or_default().push(self.rows.len());
            }
            let text = link.record.text.clone().into_bytes();
            let sealed = link.record.sealed.clone();
            self.rows.push(Row { seq: link.seq, text, sealed, checksum: link.checksum, before });
            before = link.checksum;
        }
        Ok(())
    }
}

impl JournalRead for MemoryJournal {
    fn floor(&self) -> &FloorName {
        &self.floor
    }

    fn vault(&self) -> &Vault {
        &self.vault
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        Ok(self.lock()?.tail.head)
    }

    fn checksum_at(&mut self, seq: Seq) -> Result<Option<Checksum>, StoreError> {
        let Some(index) = seq.0.checked_sub(1) else { return Ok(Some(Checksum::genesis(self.floor.as_str()))) };
        Ok(self.lock()?.rows.get(index as usize).map(|row| row.checksum))
    }

    fn rows(&mut self, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError> {
        Ok(self.lock()?.rows.iter().skip(after.0 as usize).take(limit).cloned().collect())
    }

    fn rows_of(&mut self, conversation: ConversationId, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError> {
        let inner = self.lock()?;
        let thread = inner.threads.get(&conversation).map_or(&[][..], Vec::as_slice);
        let rows = thread.iter().filter_map(|index| inner.rows.get(*index));
        Ok(rows.filter(|row| row.seq > after).take(limit).cloned().collect())
    }

    fn examine(&mut self) -> Result<Option<Damage>, StoreError> {
        Ok(None)
    }
}

impl Journal for MemoryJournal {
    fn append_entries(&mut self, batch: &[Entry]) -> Result<Head, StoreError> {
        let mut inner = self.lock()?;
        let links = inner.tail.links(batch)?;
        if let Err(error) = inner.write(&links) {
            inner.tail.stopped = Some(error.to_string());
            return Err(error);
        }
        inner.tail.advance(&links);
        Ok(inner.tail.head)
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn reader(&self) -> Result<Box<dyn JournalRead>, StoreError> {
        Ok(Box::new(self.clone()))
    }
}
