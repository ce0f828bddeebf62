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
