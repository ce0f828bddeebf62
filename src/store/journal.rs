//! The journal: the append-only log that is the floor's state.
//!
//! A batch is one durable write, all or nothing. Every read checks the chain, so a caller never
//! sees a record that is not the one that was written. After the first failed write nothing more
//! is taken: only a restart, reading from disk, finds out what that write became.

pub mod memory;
pub mod sqlite;

use crate::domain::envelope::Envelope;
use crate::domain::id::{ConversationId, FloorName, Seq};
use crate::privacy::seal::NONCE_BYTES;
use crate::store::chain::{Checksum, Damage, Head, Verdict, anchor_damage};
use crate::store::error::{StoreError, draw};
use crate::store::record::{self, Entry, Record};
use crate::store::vault::Vault;

/// Records taken from disk at once when all are wanted: about half a megabyte.
pub const PAGE: usize = 1_000;

/// A record as it lies on disk, with the checksum of the record before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub seq: Seq,
    /// The line of JSON.
    pub text: Vec<u8>,
    /// The sealed values.
    pub sealed: Vec<u8>,
    /// The checksum that was written with it.
    pub checksum: Checksum,
    /// The checksum that was written with the record before it, or the floor's genesis.
    pub before: Checksum,
}

impl Row {
    fn holds(&self) -> bool {
        self.before.after(&self.text, &self.sealed) == self.checksum
    }
}

/// Reading a journal. The engines hand out rows; what the rows mean is said once, here.
pub trait JournalRead: Send {
    /// The floor whose journal it is.
    fn floor(&self) -> &FloorName;
    /// The keys its records are sealed under.
    fn vault(&self) -> &Vault;
    /// The last record and its checksum.
    fn head(&mut self) -> Result<Head, StoreError>;
    /// The checksum written with one record; of number 0, the genesis.
    fn checksum_at(&mut self, seq: Seq) -> Result<Option<Checksum>, StoreError>;
    /// Up to `limit` rows after a number, ascending, unchecked.
    fn rows(&mut self, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError>;
    /// Up to `limit` rows of one conversation after a number, ascending, unchecked.
    fn rows_of(&mut self, conversation: ConversationId, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError>;
    /// What the engine itself says about its file, once the chain is known to hold.
    fn examine(&mut self) -> Result<Option<Damage>, StoreError>;

    /// Up to `limit` entries after a number, ascending and without a gap.
    fn entries(&mut self, after: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let rows = self.rows(after, limit)?;
        let mut next = after.next();
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            if row.seq != next {
                return Err(StoreError::Damaged { seq: next, what: format!("missing; {} follows", row.seq) });
            }
            entries.push(self.decode(&row)?);
            next = next.next();
        }
        Ok(entries)
    }

    /// Up to `limit` entries of one conversation after a number, ascending.
    fn entries_of(&mut self, conversation: ConversationId, after: Seq, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let rows = self.rows_of(conversation, after, limit)?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let entry = self.decode(&row)?;
            if entry.conversation != Some(conversation) {
                let what = format!("found under conversation {conversation}, to which it does not belong");
                return Err(StoreError::Damaged { seq: row.seq, what });
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Up to `limit` envelopes after a number, ascending and without a gap.
    fn read(&mut self, after: Seq, limit: usize) -> Result<Vec<Envelope>, StoreError> {
        self.entries(after, limit)?.iter().map(Entry::envelope).collect()
    }

    /// Up to `limit` envelopes of one conversation after a number, ascending.
    fn read_conversation(
        &mut self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Envelope>, StoreError> {
        self.entries_of(conversation, after, limit)?.iter().map(Entry::envelope).collect()
    }

    /// Hands every envelope after a number to `take`, in order, a page at a time.
    fn replay(&mut self, after: Seq, take: &mut dyn FnMut(Envelope)) -> Result<(), StoreError> {
        let mut at = after;
        loop {
            let page = self.read(at, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            at = last.seq;
            page.into_iter().for_each(&mut *take);
        }
    }

    /// Checks one row against its predecessor and opens it.
    fn decode(&self, row: &Row) -> Result<Entry, StoreError> {
        if !row.holds() {
            return Err(StoreError::Damaged { seq: row.seq, what: "its checksum does not match".into() });
        }
        record::decode(&row.text, &row.sealed, self.floor(), row.seq, |customer| self.vault().key(customer))
    }

    /// Fails unless the journal reaches its anchor and is the one that was anchored. Cheap; called
    /// at start.
    fn check_anchor(&mut self, anchor: Option<Head>) -> Result<(), StoreError> {
        let Some(anchor) = anchor else { return Ok(()) };
        let head = self.head()?;
        let at_anchor = self.checksum_at(anchor.seq)?;
        match anchor_damage(head, anchor, at_anchor) {
            None => Ok(()),
            Some(Damage { seq, what }) => Err(StoreError::Damaged { seq, what }),
        }
    }

    /// Walks the whole journal: every checksum, every number, the engine's own check, the anchor.
    /// Damage is a finding, not an error.
    fn verify(&mut self, anchor: Option<Head>) -> Verdict {
        let mut head = Head::genesis(self.floor().as_str());
        let mut sound = 0;
        let damage = loop {
            let rows = match self.rows(head.seq, PAGE) {
                Ok(rows) => rows,
                Err(error) => break Some(Damage { seq: head.seq.next(), what: error.to_string() }),
            };
            if rows.is_empty() {
                break None;
            }
            if let Some(damage) = walk(&rows, &mut head, &mut sound) {
                break Some(damage);
            }
        };
        let damage = damage
            .or_else(|| self.examine().unwrap_or_else(|error| Some(Damage { seq: Seq(0), what: error.to_string() })));
        let at_anchor = anchor.and_then(|anchor| self.checksum_at(anchor.seq).ok().flatten());
        Verdict { head, sound, damage }.against(anchor, at_anchor)
    }
}

fn walk(rows: &[Row], head: &mut Head, sound: &mut u64) -> Option<Damage> {
    for row in rows {
        let next = head.seq.next();
        if row.seq != next {
            return Some(Damage { seq: next, what: format!("missing; {} follows", row.seq) });
        }
        if row.before != head.checksum || !row.holds() {
            return Some(Damage { seq: row.seq, what: "its checksum does not match".into() });
        }
        *head = Head { seq: row.seq, checksum: row.checksum };
        *sound += 1;
    }
    None
}

/// Writing a journal.
pub trait Journal: JournalRead {
    /// Appends a batch in one durable write, all or nothing: when this returns, the power may fail.
    /// The batch continues the journal without a gap. A batch that cannot be written as it is is
    /// refused and changes nothing; after an error of the disk every later call fails.
    fn append_entries(&mut self, batch: &[Entry]) -> Result<Head, StoreError>;

    /// The same for envelopes.
    fn append(&mut self, batch: &[Envelope]) -> Result<Head, StoreError> {
        let entries: Vec<Entry> = batch.iter().map(Entry::of).collect::<Result<_, _>>()?;
        self.append_entries(&entries)
    }

    /// Moves all that is written into the main file and empties the log beside it: at shutdown, and
    /// after an erasure. Fails, and changes nothing, while a reader is in the middle of a read.
    fn settle(&mut self) -> Result<(), StoreError>;
    /// A second reader for another thread; it sees what has been appended, nothing less.
    fn reader(&self) -> Result<Box<dyn JournalRead>, StoreError>;
}

/// What both engines keep about the end of their journal.
struct Tail {
    floor: FloorName,
    vault: Vault,
    head: Head,
    stopped: Option<String>,
}

/// A record ready to be written.
struct Link {
    seq: Seq,
    conversation: Option<ConversationId>,
    record: Record,
    checksum: Checksum,
}

impl Tail {
    /// Seals and chains a batch; writes nothing.
    fn links(&self, batch: &[Entry]) -> Result<Vec<Link>, StoreError> {
        if let Some(cause) = &self.stopped {
            return Err(StoreError::Stopped { cause: cause.clone() });
        }
        let mut nonces = vec![0; NONCE_BYTES * batch.len()];
        draw(&mut nonces)?;
        let mut head = self.head;
        let mut links = Vec::with_capacity(batch.len());
        for (entry, nonce) in batch.iter().zip(nonces.as_chunks::<NONCE_BYTES>().0) {
            if entry.seq != head.seq.next() {
                return Err(StoreError::OutOfOrder { expected: head.seq.next(), got: entry.seq });
            }
            let key = entry.customer.map_or(Ok(None), |customer| self.vault.key(customer))?;
            let record = record::encode(entry, &self.floor, key.as_ref(), *nonce)?;
            let checksum = head.checksum.after(record.text.as_bytes(), &record.sealed);
            head = Head { seq: entry.seq, checksum };
            links.push(Link { seq: entry.seq, conversation: entry.conversation, record, checksum });
        }
        Ok(links)
    }

    /// Notes that links were written.
    fn advance(&mut self, links: &[Link]) {
        if let Some(last) = links.last() {
            self.head = Head { seq: last.seq, checksum: last.checksum };
        }
    }
}

#[cfg(test)]
mod tests;
