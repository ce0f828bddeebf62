//! The index of the past: who, when, about what, how it ended, and the full text of every turn.
//!
//! It is derived from the journal and may be deleted at any time; it catches up from the number it
//! has reached. It holds personal text in the open, so an erasure writes its file anew.

mod fold;
mod query;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::envelope::Envelope;
use crate::domain::id::{ConversationId, CustomerId, FloorName, Seq};
use crate::store::database::{owe_scrub, scrub, set_up, truncate_log};
use crate::store::error::StoreError;
use crate::store::folder::remove_file;
use crate::store::journal::{JournalRead, PAGE};

pub use query::{Filter, Hit, PAGE_ROWS_MAX, Page, Summary};

/// Changes that are told one by one: who is told of more looks at everything anew.
const NEWS_MAX: usize = 20_000;
/// Names the tables and what is written in them; with another name the file is made anew.
const FORMAT: &str = "baton history 5";

const SCHEMA: &str = "
begin immediate;
create table about (id integer primary key check (id = 1), format text not null, floor text not null,
    indexed_to integer not null) strict;
create table conversation (no integer primary key, id text not null unique, handle integer not null unique,
    customer text not null, channel text not null, reference text, name text, opened integer not null, last integer not null,
    resolved integer, closed integer, intent text, disposition text, rating integer,
    turns integer not null default 0, escalated integer not null default 0, reopened integer not null default 0, first_contact integer,
    labels text not null default '',
    bot_ms integer not null default 0, queue_ms integer not null default 0, human_ms integer not null default 0,
    customer_ms integer not null default 0) strict;
create index conversation_by_end on conversation (resolved);
create index conversation_of_customer on conversation (customer);
create index conversation_of_reference on conversation (reference) where reference is not null;
create table held (no integer not null, holder text not null, since integer not null,
    primary key (no, holder)) strict, without rowid;
create table turn (seq integer primary key, no integer not null, at integer not null, author text not null) strict;
create index turn_of_conversation on turn (no);
create virtual table words using fts5 (text, tokenize = \"unicode61 remove_diacritics 2\");
insert into words (words, rank) values ('secure-delete', 1);
commit;
";

/// The index. One thread writes it; queries take `&self`.
pub struct History {
    db: Connection,
    path: Option<PathBuf>,
    floor: FloorName,
    news: Vec<News>,
}

/// What has changed in the index for whoever remembers how conversations ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A conversation ended, goes on, or was rated.
    Ended(ConversationId),
    /// A customer came who had been here before.
    Back(CustomerId),
    /// A customer was erased.
    Erased(CustomerId),
}

impl History {
    /// Opens the index of `floor`. A file that is damaged, of another floor or of another version is
    /// removed and begun anew; [`History::catch_up`] then fills it.
    pub fn open(path: &Path, floor: FloorName) -> Result<Self, StoreError> {
        let fails = StoreError::database("open the history");
        let opened = Connection::open(path).and_then(|db| Ok((fits(&db, &floor)?, db)));
        if let Ok((true, db)) = opened {
            return Ok(Self { db, path: Some(path.to_owned()), floor, news: Vec::new() });
        }
        drop(opened);
        for end in ["", "-wal", "-shm"] {
            let mut file = path.as_os_str().to_owned();
            file.push(end);
            remove_file(Path::new(&file))?;
        }
        let db = Connection::open(path).map_err(&fails)?;
        begin(&db, &floor).map_err(&fails)?;
        Ok(Self { db, path: Some(path.to_owned()), floor, news: Vec::new() })
    }

    /// An index that lives as long as it is held, for tests and throw-away floors.
    pub fn in_memory(floor: FloorName) -> Result<Self, StoreError> {
        let fails = StoreError::database("make a history in memory");
        let db = Connection::open_in_memory().map_err(&fails)?;
        begin(&db, &floor).map_err(&fails)?;
        Ok(Self { db, path: None, floor, news: Vec::new() })
    }

    /// A second connection for queries of another thread.
    pub fn reader(&self) -> Result<Option<Self>, StoreError> {
        let Some(path) = &self.path else { return Ok(None) };
        let fails = StoreError::database("open the history");
        let db = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(&fails)?;
        db.execute_batch("pragma busy_timeout = 5000").map_err(&fails)?;
        Ok(Some(Self { db, path: self.path.clone(), floor: self.floor.clone(), news: Vec::new() }))
    }

    /// The last envelope in the index.
    pub fn indexed_to(&self) -> Result<Seq, StoreError> {
        let found = self.db.query_row("select indexed_to from about", [], |row| row.get::<_, i64>(0));
        found.map(|seq| Seq(seq as u64)).map_err(StoreError::database("read the history"))
    }

    /// Takes up committed envelopes in one transaction. What is already in is skipped; after a gap
    /// nothing is taken, and the answer is false: then [`History::catch_up`] is due.
    ///
    /// If a customer was erased among them, the file is written anew before this returns.
    pub fn apply(&mut self, envelopes: &[Envelope]) -> Result<bool, StoreError> {
        let Some(erased) = self.take(envelopes)? else { return Ok(false) };
        if erased {
            self.scrub()?;
        }
        Ok(true)
    }

    /// Takes up envelopes; says whether a customer was erased among them, or nothing after a gap.
    fn take(&mut self, envelopes: &[Envelope]) -> Result<Option<bool>, StoreError> {
        let fails = StoreError::database("write to the history");
        let reached = self.indexed_to()?;
        let fresh = envelopes.iter().skip_while(|envelope| envelope.seq <= reached);
        let Some(first) = fresh.clone().next() else { return Ok(Some(false)) };
        if first.seq != reached.next() {
            return Ok(None);
        }
        let change = self.db.transaction().map_err(&fails)?;
        let mut news = Vec::new();
        let mut last = reached;
        for envelope in fresh {
            news.extend(fold::fold(&change, envelope).map_err(&fails)?);
            last = envelope.seq;
        }
        let erased = news.iter().any(|news| matches!(news, News::Erased(_)));
        change.execute("update about set indexed_to = ?1", params![last.0 as i64]).map_err(&fails)?;
        if erased {
            owe_scrub(&change).map_err(&fails)?;
        }
        change.commit().map_err(&fails)?;
        // One more tells that there were more.
        self.news.extend(news.into_iter().take((NEWS_MAX + 1).saturating_sub(self.news.len())));
        Ok(Some(erased))
    }

    /// What has changed since the last call, oldest first; nothing if it is more than is worth telling.
    pub fn news(&mut self) -> Option<Vec<News>> {
        let news = std::mem::take(&mut self.news);
        (news.len() <= NEWS_MAX).then_some(news)
    }

    /// Takes up everything of the journal that is not yet in the index; an index that is ahead of
    /// its journal is begun anew. Returns how many envelopes it took.
    pub fn catch_up(&mut self, journal: &mut dyn JournalRead) -> Result<u64, StoreError> {
        if self.indexed_to()? > journal.head()?.seq {
            self.clear()?;
        }
        let mut taken = 0;
        let mut erased = false;
        loop {
            let page = journal.read(self.indexed_to()?, PAGE)?;
            if page.is_empty() {
                break;
            }
            taken += page.len() as u64;
            erased |= self.take(&page)?.unwrap_or_default();
        }
        if erased {
            self.scrub()?;
        }
        Ok(taken)
    }

    /// Empties the index.
    fn clear(&mut self) -> Result<(), StoreError> {
        let sql = "begin immediate; delete from conversation; delete from held; delete from turn; delete from words;
                   update about set indexed_to = 0; commit";
        self.db.execute_batch(sql).map_err(StoreError::database("empty the history"))?;
        self.scrub()
    }

    fn scrub(&self) -> Result<(), StoreError> {
        scrub(&self.db).map_err(StoreError::database("scrub the history"))
    }

    /// Moves the log into the file: at shutdown.
    pub fn settle(&self) -> Result<(), StoreError> {
        truncate_log(&self.db).map_err(StoreError::database("empty the history's log"))
    }
}

/// Whether a file is an index of this floor in this format. Losing its last writes with the power
/// is no harm, since it catches up; hence `normal`.
fn fits(db: &Connection, floor: &FloorName) -> Result<bool, rusqlite::Error> {
    set_up(db, "normal")?;
    let mine = "select 1 from about where format = ?1 and floor = ?2";
    let known: Option<i64> = db.query_row(mine, params![FORMAT, floor.as_str()], |row| row.get(0)).optional()?;
    let sound: String = db.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    Ok(known.is_some() && sound == "ok")
}

fn begin(db: &Connection, floor: &FloorName) -> Result<(), rusqlite::Error> {
    set_up(db, "normal")?;
    db.execute_batch(SCHEMA)?;
    let about = "insert into about (id, format, floor, indexed_to) values (1, ?1, ?2, 0)";
    db.execute(about, params![FORMAT, floor.as_str()]).map(|_| ())
}

#[cfg(test)]
mod tests;
