//! What our SQLite files have in common: the write-ahead log, and how to leave nothing behind.

use rusqlite::Connection;

/// Sets a connection that writes: the log instead of a rollback journal, deleted bytes overwritten,
/// nothing temporary on disk. `synchronous` is SQLite's word: `full`, `normal` or `off`.
///
/// What a log of an earlier life holds is moved into the database here: after a failed sync the
/// machine may show us a log that its disk does not have, and moving writes and syncs it anew.
///
/// If beginning the log fails, SQLite may go on with a rollback journal all the same (and say `wal`),
/// and a loss of power can bring that journal back after a commit. So the log itself is asked for.
pub(crate) fn set_up(db: &Connection, synchronous: &str) -> Result<(), rusqlite::Error> {
    db.execute_batch(&format!("pragma busy_timeout = 5000; pragma synchronous = {synchronous}"))?;
    let mode: String = db.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    let pages: i64 = db.query_row("pragma wal_checkpoint(passive)", [], |row| row.get(1))?;
    if mode != "memory" && (mode != "wal" || pages < 0) {
        return Err(failure(rusqlite::ffi::SQLITE_IOERR, "the write-ahead log cannot be begun"));
    }
    db.execute_batch("pragma secure_delete = on; pragma temp_store = memory; pragma trusted_schema = off")?;
    let owed: i64 = db.query_row("pragma user_version", [], |row| row.get(0))?;
    if owed == 0 { Ok(()) } else { scrub(db) }
}

/// Notes, within the transaction that deletes something to be forgotten, that a [`scrub`] is owed:
/// if the process ends before it, the next start does it.
pub(crate) fn owe_scrub(db: &Connection) -> Result<(), rusqlite::Error> {
    db.execute_batch("pragma user_version = 1")
}

/// Writes a database anew and empties its log, so that no deleted byte stays in either file.
/// Overwriting what is deleted is not enough: when a page is split, bytes stay behind on it.
pub(crate) fn scrub(db: &Connection) -> Result<(), rusqlite::Error> {
    db.execute_batch("vacuum; pragma user_version = 0")?;
    truncate_log(db)
}

/// Moves the log into the database and empties it. Fails with `SQLITE_BUSY` while another
/// connection reads.
pub(crate) fn truncate_log(db: &Connection) -> Result<(), rusqlite::Error> {
    let busy: i64 = db.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
    if busy == 0 {
        return Ok(());
    }
    Err(failure(rusqlite::ffi::SQLITE_BUSY, "a reader holds the log; try again"))
}

/// Moves what it can of the log into the database without waiting for anybody. Returns how many
/// pages have to stay in the log for now.
pub(crate) fn relieve_log(db: &Connection) -> Result<i64, rusqlite::Error> {
    db.query_row("pragma wal_checkpoint(passive)", [], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))
}

fn failure(code: i32, what: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(what.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// A text that occurs once, in no order.
    fn word(n: u32) -> String {
        let digest = Sha256::digest(n.to_be_bytes());
        format!("{:016x}", u64::from_be_bytes(*digest.first_chunk().unwrap()))
    }

    #[test]
    fn what_was_deleted_is_in_no_page_after_a_scrub_nor_after_a_start_that_owed_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.db");
        let db = Connection::open(&path).unwrap();
        set_up(&db, "off").unwrap();
        db.execute_batch("create table word (id integer primary key, word text not null unique) strict").unwrap();
        for some in (0..6_000).collect::<Vec<u32>>().chunks(500) {
            db.execute_batch("begin").unwrap();
            for n in some {
                db.execute("insert into word (word) values (?1)", [word(*n)]).unwrap();
            }
            db.execute_batch("commit").unwrap();
        }
        let left = |from: u32, to: u32| {
            let files =
                ["some.db", "some.db-wal"].map(|name| std::fs::read(folder.path().join(name)).unwrap_or_default());
            let bytes = files.concat();
            let found: std::collections::HashSet<&[u8]> = bytes.windows(16).collect();
            (from..to).filter(|n| found.contains(word(*n).as_bytes())).count()
        };
        let delete = |from: u32, to: u32| {
            db.execute_batch("begin").unwrap();
            owe_scrub(&db).unwrap();
            for n in from..to {
                db.execute("delete from word where word = ?1", [word(n)]).unwrap();
            }
            db.execute_batch("commit").unwrap();
        };
        delete(0, 4_000);
        truncate_log(&db).unwrap();
        assert!(left(0, 4_000) > 0, "secure deletion alone leaves something, else no scrub were needed");
        scrub(&db).unwrap();
        assert_eq!((left(0, 4_000), left(4_000, 6_000)), (0, 2_000));
        delete(4_000, 5_000);
        let again = Connection::open(&path).unwrap();
        drop(db);
        set_up(&again, "off").unwrap();
        assert_eq!((left(4_000, 5_000), left(5_000, 6_000)), (0, 1_000));
    }
}
