//! Files that customers send: sealed, in a database of their own beside the journal.
//!
//! A content is durable before anybody hears that it was taken, and is one row or none, so nothing is
//! ever there by half. What the journal says of a file is the truth; here lies only its content, and
//! whether a message has named it, so that what was uploaded for nothing can be swept away.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest as _, Sha256};

use crate::domain::file::{FileKind, FileLabel, SentFile};
use crate::domain::id::{ClientKey, ContentHash, ConversationId, CustomerId, Digest, FileId, FloorName, Seq};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::privacy::handle::handle_digest;
use crate::privacy::seal::{self, DataKey, NONCE_BYTES, Place};
use crate::store::database::{set_up, truncate_log};
use crate::store::error::{StoreError, draw};
use crate::store::vault::Vault;

/// What the file is, for SQLite's header: "btnF".
const APPLICATION_ID: i32 = 0x6274_6e46;
/// A day, in milliseconds: what a customer may send is counted over the last one.
const DAY: i64 = 24 * 60 * 60 * 1_000;
/// Rows looked at in one sweep: the reader of the past has other things to do.
const SWEEP: usize = 100;

const SCHEMA: &str = "
create table if not exists file (
    id blob primary key, conversation blob not null, customer blob not null, at integer not null,
    bytes integer not null, kind text not null, state integer not null, key text, tag blob not null, label blob not null
) strict, without rowid;
create index if not exists file_conversation on file (conversation);
create index if not exists file_customer on file (customer, at);
create index if not exists file_state on file (state, at);
create table if not exists content (id blob primary key, sealed blob not null) strict;
";

/// How far a file has come. A message is on its way from the moment its file is claimed until the journal's
/// word is in; after a crash in between the journal tells.
const UPLOADED: i64 = 0;
const CLAIMED: i64 = 1;
const SAID: i64 = 2;

/// A handle on the files; clones share it, and any thread may use it.
#[derive(Clone)]
pub struct Files {
    db: Arc<Mutex<Connection>>,
    vault: Vault,
    floor: FloorName,
}

/// What comes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// For which conversation.
    pub conversation: ConversationId,
    /// Whose.
    pub customer: CustomerId,
    /// The client's key, if it wants retries recognised.
    pub key: Option<&'a ClientKey>,
    /// Its name, as it came.
    pub name: &'a Foreign,
    /// What it is by its content.
    pub kind: FileKind,
    /// The content.
    pub content: &'a [u8],
    /// When.
    pub at: Timestamp,
}

/// How much may lie here.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Files of one conversation.
    pub per_conversation: u32,
    /// Bytes of one customer within a day.
    pub per_day: u64,
    /// Bytes of all.
    pub disk: u64,
}

/// Why a content was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// The key stands for another content.
    #[error("this key was used before for something else")]
    KeyReused,
    /// The conversation has so many already.
    #[error("a conversation takes {limit} files")]
    Conversation {
        /// How many it takes.
        limit: u32,
    },
    /// The customer has sent enough today.
    #[error("{limit} bytes a day are the limit; try again tomorrow")]
    Day {
        /// How many bytes.
        limit: u64,
    },
    /// There is no room.
    #[error("there is no room for files right now")]
    Full,
    /// The customer was forgotten.
    #[error("there is no such customer any more")]
    NoKey,
    /// The disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Files {
    /// Opens the files in `path`, or makes it. The caller has made sure that the file is private.
    pub fn open(path: &Path, floor: FloorName, vault: Vault) -> Result<Self, StoreError> {
        let db = Connection::open(path).map_err(StoreError::database("open the files"))?;
        Self::on(db, floor, vault, "full")
    }

    /// The same on another file system by SQLite's name for it, written with this care, for tests.
    pub fn open_on(
        path: &Path,
        file_system: &str,
        (floor, vault): (FloorName, Vault),
        synchronous: &str,
    ) -> Result<Self, StoreError> {
        let db = Connection::open_with_flags_and_vfs(path, rusqlite::OpenFlags::default(), file_system);
        Self::on(db.map_err(StoreError::database("open the files"))?, floor, vault, synchronous)
    }

    /// Files that live as long as their handles.
    pub fn in_memory(floor: FloorName, vault: Vault) -> Result<Self, StoreError> {
        let db = Connection::open_in_memory().map_err(StoreError::database("open files in memory"))?;
        Self::on(db, floor, vault, "full")
    }

    fn on(db: Connection, floor: FloorName, vault: Vault, synchronous: &str) -> Result<Self, StoreError> {
        let fails = StoreError::database("set up the files");
        // What is deleted goes back to the disk without the whole file being written anew.
        db.execute_batch("pragma auto_vacuum = incremental").map_err(&fails)?;
        set_up(&db, synchronous).map_err(&fails)?;
        db.execute_batch(&format!("begin immediate; pragma application_id = {APPLICATION_ID}; {SCHEMA} commit"))
            .map_err(&fails)?;
        Ok(Self { db: Arc::new(Mutex::new(db)), vault, floor })
    }

    fn lock(&self) -> Result<MutexGuard<'_, Connection>, StoreError> {
        self.db.lock().map_err(|_| StoreError::VaultLeft)
    }

    /// Takes a content in, sealed under its customer's key; it is on disk when this returns. The same content
    /// for the same conversation is the same file as long as no message has named it, and under the same key
    /// always: so an upload may be tried again.
    pub fn keep(&self, upload: Upload<'_>, room: Room) -> Result<SentFile, NotKept> {
        let fails = StoreError::database("keep a file");
        let Upload { conversation, customer, key, kind, content, at, .. } = upload;
        let secret = self.vault.key(customer)?.ok_or(NotKept::NoKey)?;
        let label = FileLabel { name: upload.name.clone(), hash: hash(content) };
        let tag = tag(&secret, conversation, label.hash);
        let mut db = self.lock()?;
        // Looked for and written in one go, so that two attempts at the same time are one file.
        let change = db.transaction().map_err(&fails)?;
        let id = match known(&change, conversation, key, &tag)? {
            Some((_, known)) if known != tag => return Err(NotKept::KeyReused),
            Some((id, _)) => {
                let sealed = self.seal(&secret, customer, id, LABEL, &spelled(&label))?;
                // What a message has named keeps the name it had then.
                let sql = "update file set label = ?2, at = max(at, ?3) where id = ?1 and state = ?4";
                change.execute(sql, params![id.to_bytes(), sealed, at.0, UPLOADED]).map_err(&fails)?;
                id
            }
            None => {
                let mut random = [0; 16];
                draw(&mut random)?;
                let id = FileId::from_random(random);
                let named = self.seal(&secret, customer, id, LABEL, &spelled(&label))?;
                let sealed = self.seal(&secret, customer, id, CONTENT, content)?;
                has_room(&change, &upload, room)?;
                let row = params![
                    id.to_bytes(),
                    conversation.to_bytes(),
                    customer.to_bytes(),
                    at.0,
                    content.len() as i64,
                    kind.word(),
                    UPLOADED,
                    key.map(ClientKey::as_str),
                    tag.0,
                    named
                ];
                change
                    .execute("insert into file values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", row)
                    .map_err(&fails)?;
                let sql = "insert into content (id, sealed) values (?1, ?2)";
                change.execute(sql, params![id.to_bytes(), sealed]).map_err(&fails)?;
                id
            }
        };
        change.commit().map_err(&fails)?;
        drop(db);
        Ok(SentFile { file: id, kind, bytes: content.len() as u32, label: Personal::Open(label) })
    }

    /// Files that a message names, in its order; nothing if one of them is not of this conversation. From now
    /// on no sweep takes them before the journal was asked.
    pub fn claim(
        &self,
        conversation: ConversationId,
        files: &[FileId],
        at: Timestamp,
    ) -> Result<Option<Vec<SentFile>>, StoreError> {
        let fails = StoreError::database("claim a file");
        let mut found = Vec::with_capacity(files.len());
        for file in files {
            let Some(known) = self.about(conversation, *file)? else { return Ok(None) };
            found.push(known);
        }
        let mut db = self.lock()?;
        let change = db.transaction().map_err(&fails)?;
        for file in files {
            let sql = "update file set state = max(state, ?2), at = max(at, ?3) where id = ?1";
            if change.execute(sql, params![file.to_bytes(), CLAIMED, at.0]).map_err(&fails)? == 0 {
                return Ok(None);
            }
        }
        change.commit().map_err(&fails)?;
        Ok(Some(found))
    }

    /// A message on disk names them.
    pub fn said(&self, files: &[FileId]) -> Result<(), StoreError> {
        let fails = StoreError::database("note that a file was sent");
        let db = self.lock()?;
        for file in files {
            db.execute("update file set state = ?2 where id = ?1", params![file.to_bytes(), SAID]).map_err(&fails)?;
        }
        Ok(())
    }

    /// What is known of a file of that conversation, if it is there and its customer's key lives.
    pub fn about(&self, conversation: ConversationId, file: FileId) -> Result<Option<SentFile>, StoreError> {
        let found = self
            .lock()?
            .query_row(
                "select customer, bytes, kind, label from file where id = ?1 and conversation = ?2",
                params![file.to_bytes(), conversation.to_bytes()],
                |row| Ok((CustomerId::from_random(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .optional()
            .map_err(StoreError::database("look for a file"))?;
        let Some((customer, bytes, kind, label)): Option<(CustomerId, u32, String, Vec<u8>)> = found else {
            return Ok(None);
        };
        let Some(label) = self.unseal(customer, file, LABEL, &label)? else { return Ok(None) };
        let damaged = |what: &str| StoreError::FileDamaged { file, what: what.to_owned() };
        let label: FileLabel = serde_json::from_slice(&label).map_err(|error| damaged(&error.to_string()))?;
        let kind = kind.parse().map_err(|what: String| damaged(&what))?;
        Ok(Some(SentFile { file, kind, bytes, label: Personal::Open(label) }))
    }

    /// The content of a file, checked against its hash; nothing if it is gone.
    pub fn content(
        &self,
        conversation: ConversationId,
        file: FileId,
    ) -> Result<Option<(SentFile, Vec<u8>)>, StoreError> {
        let Some(about) = self.about(conversation, file)? else { return Ok(None) };
        let found: Option<([u8; 16], Vec<u8>)> = self
            .lock()?
            .query_row(
                "select file.customer, content.sealed from file join content using (id) where id = ?1",
                [file.to_bytes()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(StoreError::database("read a file"))?;
        let Some((customer, sealed)) = found else { return Ok(None) };
        let Some(content) = self.unseal(CustomerId::from_random(customer), file, CONTENT, &sealed)? else {
            return Ok(None);
        };
        let same = about.label.reveal().is_some_and(|label| label.hash == hash(&content));
        if !same {
            return Err(StoreError::FileDamaged { file, what: "its content is not the one that was sent".into() });
        }
        Ok(Some((about, content)))
    }

    /// Takes away all that a customer sent: rows, contents, and what the log still holds of them.
    pub fn forget(&self, customer: CustomerId) -> Result<(), StoreError> {
        let fails = StoreError::database("forget files");
        let mut db = self.lock()?;
        let change = db.transaction().map_err(&fails)?;
        let whose = [customer.to_bytes()];
        change
            .execute("delete from content where id in (select id from file where customer = ?1)", whose)
            .and_then(|_| change.execute("delete from file where customer = ?1", whose))
            .and_then(|_| change.commit())
            .and_then(|()| give_back(&db))
            .map_err(fails)
    }

    /// Takes away what was uploaded before `before` and that no message names. `is_said` asks the journal about
    /// those whose message was on its way when the process died. How many went.
    pub fn sweep(
        &self,
        before: Timestamp,
        mut is_said: impl FnMut(ConversationId, FileId) -> Result<bool, StoreError>,
    ) -> Result<usize, StoreError> {
        let fails = StoreError::database("sweep files");
        let old = self.lapsed(before)?;
        let mut gone = 0;
        for (file, conversation, state) in old {
            if state == CLAIMED && is_said(conversation, file)? {
                self.said(&[file])?;
                continue;
            }
            let mut db = self.lock()?;
            let change = db.transaction().map_err(&fails)?;
            // Whoever claims it at this moment was first, or finds nothing.
            let sql = "delete from file where id = ?1 and state = ?2 and at < ?3";
            let went = change.execute(sql, params![file.to_bytes(), state, before.0]).map_err(&fails)?;
            if went > 0 {
                change.execute("delete from content where id = ?1", [file.to_bytes()]).map_err(&fails)?;
            }
            change.commit().map_err(&fails)?;
            gone += went;
        }
        if gone > 0 {
            give_back(&*self.lock()?).map_err(fails)?;
        }
        Ok(gone)
    }

    fn lapsed(&self, before: Timestamp) -> Result<Vec<(FileId, ConversationId, i64)>, StoreError> {
        let db = self.lock()?;
        let read = |row: &Row<'_>| {
            Ok((FileId::from_random(row.get(0)?), ConversationId::from_random(row.get(1)?), row.get(2)?))
        };
        let sql = "select id, conversation, state from file where state < 2 and at < ?1 order by at limit ?2";
        let found = db.prepare_cached(sql).and_then(|mut query| {
            query.query_map(params![before.0, SWEEP as i64], read)?.collect::<Result<Vec<_>, _>>()
        });
        found.map_err(StoreError::database("look for files that nobody sent"))
    }

    fn seal(
        &self,
        key: &DataKey,
        customer: CustomerId,
        file: FileId,
        part: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        draw(&mut nonce)?;
        let kind = format!("{part} {file}");
        seal::seal(key, nonce, self.place(customer, &kind), plain)
            .map_err(|error| StoreError::FileDamaged { file, what: error.to_string() })
    }

    /// Nothing if the customer's key is dead.
    fn unseal(
        &self,
        customer: CustomerId,
        file: FileId,
        part: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(key) = self.vault.key(customer)? else { return Ok(None) };
        let kind = format!("{part} {file}");
        seal::open(&key, self.place(customer, &kind), sealed)
            .map(Some)
            .map_err(|error| StoreError::FileDamaged { file, what: error.to_string() })
    }

    fn place<'a>(&'a self, customer: CustomerId, kind: &'a str) -> Place<'a> {
        Place { floor: self.floor.as_str(), seq: Seq(0), kind, customer }
    }
}

/// Parts of a file that are sealed apart.
const LABEL: &str = "label of file";
const CONTENT: &str = "content of file";

/// The file of that key, or of that content that no message has named yet.
fn known(
    db: &Connection,
    conversation: ConversationId,
    key: Option<&ClientKey>,
    tag: &Digest,
) -> Result<Option<(FileId, Digest)>, StoreError> {
    let sql = if key.is_some() {
        "select id, tag from file where conversation = ?1 and key = ?2"
    } else {
        "select id, tag from file where conversation = ?1 and tag = ?2 and state = 0 and key is null"
    };
    let read = |row: &Row<'_>| Ok((FileId::from_random(row.get(0)?), Digest(row.get(1)?)));
    let found = match key {
        Some(key) => db.query_row(sql, params![conversation.to_bytes(), key.as_str()], read).optional(),
        None => db.query_row(sql, params![conversation.to_bytes(), tag.0], read).optional(),
    };
    found.map_err(StoreError::database("look for a file"))
}

fn has_room(db: &Connection, upload: &Upload<'_>, room: Room) -> Result<(), NotKept> {
    let fails = StoreError::database("count files");
    let one = |sql: &str, with: &[&dyn rusqlite::ToSql]| {
        db.query_row(sql, with, |row| row.get::<_, i64>(0)).map_err(&fails).map(|sum| u64::try_from(sum).unwrap_or(0))
    };
    let (conversation, customer) = (upload.conversation.to_bytes(), upload.customer.to_bytes());
    let bytes = upload.content.len() as u64;
    let count = one("select count(*) from file where conversation = ?1", &[&conversation])?;
    if count >= u64::from(room.per_conversation) {
        return Err(NotKept::Conversation { limit: room.per_conversation });
    }
    let since = upload.at.0 - DAY;
    let today = one("select coalesce(sum(bytes), 0) from file where customer = ?1 and at > ?2", &[&customer, &since])?;
    if today + bytes > room.per_day {
        return Err(NotKept::Day { limit: room.per_day });
    }
    let all = one("select coalesce(sum(bytes), 0) from file", &[])?;
    if all + bytes > room.disk { Err(NotKept::Full) } else { Ok(()) }
}

/// Gives freed pages to the disk and empties the log, which would still hold them.
fn give_back(db: &Connection) -> Result<(), rusqlite::Error> {
    {
        // A page is freed at each step.
        let mut free = db.prepare("pragma incremental_vacuum")?;
        let mut freed = free.query([])?;
        while freed.next()?.is_some() {}
    }
    truncate_log(db)
}

fn hash(content: &[u8]) -> ContentHash {
    ContentHash(Sha256::digest(content).into())
}

/// What tells a content again without telling anything of it to who has no key.
fn tag(key: &DataKey, conversation: ConversationId, hash: ContentHash) -> Digest {
    handle_digest(key, &format!("file:{conversation}"), &hash.to_string())
}

fn spelled(label: &FileLabel) -> Vec<u8> {
    serde_json::to_vec(label).unwrap_or_default()
}

#[cfg(test)]
mod tests;
