//! The journal in SQLite: write-ahead log, full durability, one sync a batch.

mod rows;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};

use crate::domain::id::{ConversationId, FloorName, Seq};
use crate::store::chain::{Checksum, Damage, Head};
use crate::store::database::{relieve_log, set_up, truncate_log};
use crate::store::error::StoreError;
use crate::store::journal::{Journal, JournalRead, Link, Row, Tail};
use crate::store::record::Entry;
use crate::store::vault::Vault;

/// What the file is, for SQLite's header: "btnJ".
const APPLICATION_ID: i64 = 0x6274_6e4a;
/// Pages in the log before they are moved into the main file (two more syncs): 8 MB, so that at 100
/// envelopes a batch about one batch in a hundred pays for it.
const LOG_PAGES: i64 = 2_000;
/// Conversations whose place in the index is remembered; more than one floor holds live.
const THREADS_CACHED_MAX: usize = 65_536;
/// Pages that a batch writes beside its records: ends of table and index, threads, the first page.
const PAGES_A_BATCH: i64 = 6;
/// Bytes of records on a page, about.
const BYTES_A_PAGE: usize = 3_600;
/// Prepared statements kept: all of ours.
const STATEMENTS_CACHED: usize = 32;

/// A conversation's records share a `thread`: the number of its first one. So the index grows at
/// its end like the table, whatever the (random) ids are, and a batch touches few pages.
const SCHEMA: &str = "
create table if not exists about (id integer primary key check (id = 1), floor text not null) strict;
create table if not exists record (
    seq integer primary key, thread integer, text text not null, sealed blob, checksum blob not null) strict;
create index if not exists record_of_thread on record (thread) where thread is not null;
create table if not exists thread (conversation text primary key, first integer not null) strict, without rowid;
";

/// How sure a write is before it is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Synced to the disk: survives a loss of power.
    #[default]
    Full,
    /// Never synced. Only for the control of the power-loss test, which has to lose data with it.
    Broken,
}

/// How to open a journal. The defaults are for use; the rest is for tests.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How sure a write is.
    pub durability: Durability,
    /// SQLite's name of the file system to use; nothing for the machine's own.
    pub file_system: Option<String>,
    /// Pages in the log before they move into the main file; nothing for the usual number.
    pub log_pages: Option<i64>,
}

/// The journal of one floor in one file. It is the file's only writer.
pub struct SqliteJournal {
    db: Connection,
    path: PathBuf,
    options: Options,
    tail: Tail,
    threads: HashMap<ConversationId, i64>,
    /// About how many pages the log holds.
    log_pages: i64,
}

/// A second connection that only reads.
struct SqliteReader {
    db: Connection,
    floor: FloorName,
    vault: Vault,
}

impl SqliteJournal {
    /// Opens the journal of `floor` in `path`, or makes it. Fails if the file is of another floor or
    /// another program, or if its last record is damaged.
    pub fn open(path: &Path, floor: FloorName, vault: Vault, options: Options) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = connect(path, flags, &options)?;
        let fails = StoreError::database("open the journal");
        let found: i64 = db.query_row("pragma application_id", [], |row| row.get(0)).map_err(&fails)?;
        let tables: i64 = db.query_row("select count(*) from sqlite_schema", [], |row| row.get(0)).map_err(&fails)?;
        if found != APPLICATION_ID && (found != 0 || tables > 0) {
            let (found, wanted) = ("another program".into(), "baton".into());
            return Err(StoreError::Foreign { path: path.to_owned(), found, wanted });
        }
        let synchronous = match options.durability {
            Durability::Full => "full",
            Durability::Broken => "off",
        };
        set_up(&db, synchronous).map_err(&fails)?;
        // We move the log ourselves, since SQLite keeps a failure of its own moves to itself.
        db.execute_batch("pragma wal_autocheckpoint = 0").map_err(&fails)?;
        db.execute_batch(&format!("begin immediate; pragma application_id = {APPLICATION_ID}; {SCHEMA} commit"))
            .map_err(&fails)?;
        db.execute("insert into about (id, floor) values (1, ?1) on conflict do nothing", [floor.as_str()])
            .map_err(&fails)?;
        let owner: String = db.query_row("select floor from about", [], |row| row.get(0)).map_err(&fails)?;
        if owner != floor.as_str() {
            let (found, wanted) = (format!("floor {owner}"), format!("floor {floor}"));
            return Err(StoreError::Foreign { path: path.to_owned(), found, wanted });
        }
        let head = rows::head(&db, &floor)?;
        let tail = Tail { floor, vault, head, stopped: None };
        let mut journal = Self { db, path: path.to_owned(), options, tail, threads: HashMap::new(), log_pages: 0 };
        if let Some(before) = head.seq.0.checked_sub(1) {
            journal.entries(Seq(before), 1)?;
        }
        Ok(journal)
    }

    /// Whose journal lies at `path`; nothing if there is none yet.
    pub fn floor_at(path: &Path) -> Result<Option<FloorName>, StoreError> {
        let fails = StoreError::database("read the journal");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(&fails)?;
        let known = "select count(*) from sqlite_schema where name = 'about'";
        if db.query_row(known, [], |row| row.get::<_, i64>(0)).map_err(&fails)? == 0 {
            return Ok(None);
        }
        let owner: String = db.query_row("select floor from about", [], |row| row.get(0)).map_err(&fails)?;
        Ok(owner.parse().ok())
    }

    /// Opens a journal that somebody else may be writing, to read only.
    pub fn open_to_read(
        path: &Path,
        floor: FloorName,
        vault: Vault,
        options: &Options,
    ) -> Result<Box<dyn JournalRead>, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Box::new(SqliteReader { db: connect(path, flags, options)?, floor, vault }))
    }

    /// Moves the log into the main file if it has grown long. The batch before is safe whatever
    /// happens here; a failure stops the journal like one of its writes.
    fn relieve(&mut self, links: &[Link]) {
        let bytes: usize = links.iter().map(|link| link.record.text.len() + link.record.sealed.len()).sum();
        self.log_pages += PAGES_A_BATCH + (bytes / BYTES_A_PAGE) as i64;
        if self.log_pages < self.options.log_pages.unwrap_or(LOG_PAGES) {
            return;
        }
        match relieve_log(&self.db) {
            Ok(left) => self.log_pages = left,
            Err(error) => self.stop(&StoreError::database("relieve the journal's log")(error)),
        }
    }

    /// Takes nothing more. Whatever is in the log now is judged at the next start, by what the disk
    /// gives back; closing must not try once more to move it.
    fn stop(&mut self, error: &StoreError) {
        self.tail.stopped = Some(error.to_string());
        let _ = self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }

    fn write(&mut self, links: &[Link]) -> Result<(), StoreError> {
        let fails = StoreError::database("write to the journal");
        let run =
            |sql: &str| self.db.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(&fails);
        run("begin immediate")?;
        {
            let mut insert = self
                .db
                .prepare_cached("insert into record (seq, thread, text, sealed, checksum) values (?1, ?2, ?3, ?4, ?5)")
                .map_err(&fails)?;
            for link in links {
                let thread = match link.conversation {
                    Some(conversation) => Some(thread_of(&self.db, &mut self.threads, conversation, link.seq)?),
                    None => None,
                };
                let sealed = (!link.record.sealed.is_empty()).then_some(&link.record.sealed);
                insert
                    .execute(params![link.seq.0 as i64, thread, link.record.text, sealed, link.checksum.0])
                    .map_err(&fails)?;
            }
        }
        run("commit")?;
        Ok(())
    }
}

/// The thread of a conversation; a new one begins at `seq`.
fn thread_of(
    db: &Connection,
    cached: &mut HashMap<ConversationId, i64>,
    conversation: ConversationId,
    seq: Seq,
) -> Result<i64, StoreError> {
    if let Some(thread) = cached.get(&conversation) {
        return Ok(*thread);
    }
    let fails = StoreError::database("write to the journal");
    let id = conversation.to_string();
    let thread = rows::thread(db, &id)?.map_or_else(
        || {
            let first = seq.0 as i64;
            let mut insert =
                db.prepare_cached("insert into thread (conversation, first) values (?1, ?2)").map_err(&fails)?;
            insert.execute(params![id, first]).map_err(&fails)?;
            Ok(first)
        },
        Ok,
    )?;
    if cached.len() >= THREADS_CACHED_MAX {
        cached.clear();
    }
    cached.insert(conversation, thread);
    Ok(thread)
}

fn connect(path: &Path, flags: OpenFlags, options: &Options) -> Result<Connection, StoreError> {
    let db = match &options.file_system {
        None => Connection::open_with_flags(path, flags),
        Some(name) => Connection::open_with_flags_and_vfs(path, flags, name.as_str()),
    };
    let db = db.map_err(StoreError::database("open the journal"))?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    db.execute_batch("pragma busy_timeout = 5000").map_err(StoreError::database("open the journal"))?;
    Ok(db)
}

impl Journal for SqliteJournal {
    fn append_entries(&mut self, batch: &[Entry]) -> Result<Head, StoreError> {
        let links = self.tail.links(batch)?;
        if links.is_empty() {
            return Ok(self.tail.head);
        }
        self.write(&links).inspect_err(|error| self.stop(error))?;
        self.tail.advance(&links);
        self.relieve(&links);
        Ok(self.tail.head)
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        if let Some(cause) = &self.tail.stopped {
            return Err(StoreError::Stopped { cause: cause.clone() });
        }
        self.log_pages = 0;
        let Err(error) = truncate_log(&self.db) else { return Ok(()) };
        let only_busy = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy);
        let error = StoreError::database("empty the journal's log")(error);
        if !only_busy {
            self.stop(&error);
        }
        Err(error)
    }

    fn reader(&self) -> Result<Box<dyn JournalRead>, StoreError> {
        Self::open_to_read(&self.path, self.tail.floor.clone(), self.tail.vault.clone(), &self.options)
    }
}

impl JournalRead for SqliteJournal {
    fn floor(&self) -> &FloorName {
        &self.tail.floor
    }

    fn vault(&self) -> &Vault {
        &self.tail.vault
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        Ok(self.tail.head)
    }

    fn checksum_at(&mut self, seq: Seq) -> Result<Option<Checksum>, StoreError> {
        rows::checksum_at(&self.db, &self.tail.floor, seq)
    }

    fn rows(&mut self, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::after(&self.db, &self.tail.floor, after, limit)
    }

    fn rows_of(&mut self, conversation: ConversationId, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::of(&self.db, &self.tail.floor, conversation, after, limit)
    }

    fn examine(&mut self) -> Result<Option<Damage>, StoreError> {
        rows::examine(&self.db)
    }
}

impl JournalRead for SqliteReader {
    fn floor(&self) -> &FloorName {
        &self.floor
    }

    fn vault(&self) -> &Vault {
        &self.vault
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        rows::head(&self.db, &self.floor)
    }

    fn checksum_at(&mut self, seq: Seq) -> Result<Option<Checksum>, StoreError> {
        rows::checksum_at(&self.db, &self.floor, seq)
    }

    fn rows(&mut self, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::after(&self.db, &self.floor, after, limit)
    }

    fn rows_of(&mut self, conversation: ConversationId, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError> {
        rows::of(&self.db, &self.floor, conversation, after, limit)
    }

    fn examine(&mut self) -> Result<Option<Damage>, StoreError> {
        rows::examine(&self.db)
    }
}
