//! The queries of the journal, the same for the writer and for readers beside it.

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use crate::domain::id::{ConversationId, FloorName, Seq};
use crate::store::chain::{Checksum, Damage, Head};
use crate::store::error::StoreError;
use crate::store::journal::Row;

const ACT: &str = "read the journal";

fn prepare<'a>(db: &'a Connection, sql: &str) -> Result<CachedStatement<'a>, StoreError> {
    db.prepare_cached(sql).map_err(StoreError::database(ACT))
}

/// The last record.
pub(super) fn head(db: &Connection, floor: &FloorName) -> Result<Head, StoreError> {
    let mut query = prepare(db, "select seq, checksum from record order by seq desc limit 1")?;
    let found = query
        .query_row([], |row| Ok(Head { seq: Seq(row.get::<_, i64>(0)? as u64), checksum: Checksum(row.get(1)?) }))
        .optional()
        .map_err(StoreError::database(ACT))?;
    Ok(found.unwrap_or_else(|| Head::genesis(floor.as_str())))
}

/// The checksum written with a record; of number 0, the genesis.
pub(super) fn checksum_at(db: &Connection, floor: &FloorName, seq: Seq) -> Result<Option<Checksum>, StoreError> {
    if seq.0 == 0 {
        return Ok(Some(Checksum::genesis(floor.as_str())));
    }
    let mut query = prepare(db, "select checksum from record where seq = ?1")?;
    query.query_row([seq.0 as i64], |row| Ok(Checksum(row.get(0)?))).optional().map_err(StoreError::database(ACT))
}

/// The thread of a conversation, if it has one.
pub(super) fn thread(db: &Connection, conversation: &str) -> Result<Option<i64>, StoreError> {
    let mut query = prepare(db, "select first from thread where conversation = ?1")?;
    query.query_row([conversation], |row| row.get(0)).optional().map_err(StoreError::database(ACT))
}

/// Rows after a number. The checksum before each is the one read just before it.
pub(super) fn after(db: &Connection, floor: &FloorName, after: Seq, limit: usize) -> Result<Vec<Row>, StoreError> {
    let fails = StoreError::database(ACT);
    let mut query = prepare(db, "select seq, text, sealed, checksum from record where seq > ?1 order by seq limit ?2")?;
    let mut found = query.query(params![after.0 as i64, limit as i64]).map_err(&fails)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(row) = found.next().map_err(&fails)? {
        let before = match rows.last() {
            Some(last) => last.checksum,
            None => checksum_at(db, floor, after)?
                .ok_or_else(|| StoreError::Damaged { seq: after, what: "missing".into() })?,
        };
        rows.push(read_row(row, before).map_err(&fails)?);
    }
    Ok(rows)
}

/// Rows of one conversation after a number, each with its predecessor's checksum.
pub(super) fn of(
    db: &Connection,
    floor: &FloorName,
    conversation: ConversationId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let fails = StoreError::database(ACT);
    let Some(thread) = thread(db, &conversation.to_string())? else { return Ok(Vec::new()) };
    let mut query = prepare(
        db,
        "select r.seq, r.text, r.sealed, r.checksum, p.checksum from record r left join record p on p.seq = r.seq - 1
         where r.thread = ?1 and r.seq > ?2 order by r.seq limit ?3",
    )?;
    let mut found = query.query(params![thread, after.0 as i64, limit as i64]).map_err(&fails)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(&fails)? {
        let before = row.get::<_, Option<[u8; 32]>>(4).map_err(&fails)?;
        // Without a predecessor it is the first of all, or its checksum will not match.
        rows.push(read_row(row, before.map_or_else(|| Checksum::genesis(floor.as_str()), Checksum)).map_err(&fails)?);
    }
    Ok(rows)
}

fn read_row(row: &rusqlite::Row<'_>, before: Checksum) -> Result<Row, rusqlite::Error> {
    let sealed = row.get_ref(2)?.as_bytes_or_null()?.unwrap_or_default();
    Ok(Row {
        seq: Seq(row.get::<_, i64>(0)? as u64),
        text: row.get_ref(1)?.as_bytes()?.to_vec(),
        sealed: sealed.to_vec(),
        checksum: Checksum(row.get(3)?),
        before,
    })
}

/// SQLite's own check of the file, and whether the index of conversations is the one that the
/// records say.
pub(super) fn examine(db: &Connection) -> Result<Option<Damage>, StoreError> {
    let fails = StoreError::database("check the journal");
    let said: String = db.query_row("pragma integrity_check(1)", [], |row| row.get(0)).map_err(&fails)?;
    if said != "ok" {
        return Ok(Some(Damage { seq: Seq(0), what: format!("the file is damaged: {said}") }));
    }
    let astray: Option<i64> = db
        .query_row(
            "select min(r.seq) from record r left join thread t on t.first = r.thread
             where json_extract(r.text, '$.conversation') is not t.conversation",
            [],
            |row| row.get(0),
        )
        .map_err(&fails)?;
    Ok(astray.map(|seq| Damage { seq: Seq(seq as u64), what: "the index of conversations misses it".into() }))
}
