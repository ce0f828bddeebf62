//! The key vault: one key a customer, in a file of its own, durable before its first use.
//!
//! Keys are minted in pools, so a new customer costs no disk write of its own. Spares of an earlier
//! life are never handed out again: whether they were used cannot be known from here, and it does
//! not have to be.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::id::CustomerId;
use crate::privacy::seal::{DataKey, KEY_BYTES};
use crate::store::database::{owe_scrub, scrub, set_up};
use crate::store::error::{StoreError, draw};

/// Pairs minted in one durable write; at 100 new customers a second one write every five seconds.
pub const POOL: usize = 512;
/// Keys kept in memory; more than the conversations one floor holds, and 4 MB at most.
const CACHED_MAX: usize = 65_536;
/// What the file is, for SQLite's header: "btnV".
const APPLICATION_ID: i32 = 0x6274_6e56;

const SCHEMA: &str = "
create table if not exists key (id integer primary key, customer blob not null unique, secret blob not null) strict;
create table if not exists secret (name text primary key, secret blob not null) strict;
";

/// A handle on the vault; clones share it, and any thread may use it.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    db: Connection,
    spares: VecDeque<(CustomerId, DataKey)>,
    known: HashMap<CustomerId, DataKey>,
}

impl Vault {
    /// Opens the vault in `path`, or makes it. The caller has made sure that the file is private.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let db = Connection::open(path).map_err(StoreError::database("open the key vault"))?;
        Self::on(db)
    }

    /// The same on another file system by SQLite's name for it, for tests.
    pub fn open_on(path: &Path, file_system: &str) -> Result<Self, StoreError> {
        let db = Connection::open_with_flags_and_vfs(path, rusqlite::OpenFlags::default(), file_system);
        Self::on(db.map_err(StoreError::database("open the key vault"))?)
    }

    /// A vault that lives as long as its handles, for tests and simulation.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::on(Connection::open_in_memory().map_err(StoreError::database("open a key vault in memory"))?)
    }

    fn on(db: Connection) -> Result<Self, StoreError> {
        let fails = StoreError::database("set up the key vault");
        set_up(&db, "full").map_err(&fails)?;
        db.execute_batch(&format!("begin immediate; pragma application_id = {APPLICATION_ID}; {SCHEMA} commit"))
            .map_err(&fails)?;
        Ok(Self { inner: Arc::new(Mutex::new(Inner { db, spares: VecDeque::new(), known: HashMap::new() })) })
    }

    fn lock(&self) -> Result<MutexGuard<'_, Inner>, StoreError> {
        self.inner.lock().map_err(|_| StoreError::VaultLeft)
    }

    /// A new customer with a key that is already durable.
    pub fn fresh(&self) -> Result<(CustomerId, DataKey), StoreError> {
        let mut inner = self.lock()?;
        loop {
            if let Some((customer, key)) = inner.spares.pop_front() {
                inner.remember(customer, key.clone());
                return Ok((customer, key));
            }
            let mut pairs = Vec::with_capacity(POOL);
            for _ in 0..POOL {
                let mut id = [0; 16];
                draw(&mut id)?;
                pairs.push((CustomerId::from_random(id), random_key()?));
            }
            inner.insert(&pairs)?;
            inner.spares.extend(pairs);
        }
    }

    /// The key of a customer whose id was minted elsewhere (an import, a seeded simulation): made
    /// durably now if there is none. A customer whose key was destroyed must not be passed here.
    pub fn adopt(&self, customer: CustomerId) -> Result<DataKey, StoreError> {
        let mut inner = self.lock()?;
        if let Some(key) = inner.key(customer)? {
            return Ok(key);
        }
        let key = random_key()?;
        inner.insert(&[(customer, key.clone())])?;
        inner.remember(customer, key.clone());
        Ok(key)
    }

    /// The key of a customer; nothing if it was destroyed or never was.
    pub fn key(&self, customer: CustomerId) -> Result<Option<DataKey>, StoreError> {
        self.lock()?.key(customer)
    }

    /// Destroys the key of a customer: no file and no memory of ours holds it afterwards, and all
    /// that was sealed under it is erased for good. True if there was one.
    pub fn destroy(&self, customer: CustomerId) -> Result<bool, StoreError> {
        let fails = StoreError::database("destroy a key");
        let mut inner = self.lock()?;
        inner.known.remove(&customer);
        inner.spares.retain(|(spare, _)| *spare != customer);
        let change = inner.db.transaction().map_err(&fails)?;
        let gone = change.execute("delete from key where customer = ?1", [customer.to_bytes()]).map_err(&fails)?;
        owe_scrub(&change).and_then(|()| change.commit()).map_err(&fails)?;
        scrub(&inner.db).map_err(&fails)?;
        Ok(gone > 0)
    }

    /// A secret of the floor by name, made durably at its first use; never erased.
    pub fn secret(&self, name: &str) -> Result<DataKey, StoreError> {
        let fails = StoreError::database("read a secret");
        let inner = self.lock()?;
        let minted = random_key()?;
        inner
            .db
            .execute(
                "insert into secret (name, secret) values (?1, ?2) on conflict do nothing",
                params![name, minted.expose()],
            )
            .map_err(&fails)?;
        inner
            .db
            .query_row("select secret from secret where name = ?1", [name], |row| row.get::<_, [u8; KEY_BYTES]>(0))
            .map(DataKey::from_bytes)
            .map_err(&fails)
    }
}

impl Inner {
    fn remember(&mut self, customer: CustomerId, key: DataKey) {
        if self.known.len() >= CACHED_MAX {
            self.known.clear();
        }
        self.known.insert(customer, key);
    }

    fn key(&mut self, customer: CustomerId) -> Result<Option<DataKey>, StoreError> {
        if let Some(key) = self.known.get(&customer) {
            return Ok(Some(key.clone()));
        }
        let found = self
            .db
            .prepare_cached("select secret from key where customer = ?1")
            .and_then(|mut query| {
                query.query_row([customer.to_bytes()], |row| row.get::<_, [u8; KEY_BYTES]>(0)).optional()
            })
            .map_err(StoreError::database("read a key"))?
            .map(DataKey::from_bytes);
        if let Some(key) = &found {
            self.remember(customer, key.clone());
        }
        Ok(found)
    }

    fn insert(&mut self, pairs: &[(CustomerId, DataKey)]) -> Result<(), StoreError> {
        let fails = StoreError::database("mint keys");
        let change = self.db.transaction().map_err(&fails)?;
        {
            let mut insert =
                change.prepare_cached("insert into key (customer, secret) values (?1, ?2)").map_err(&fails)?;
            for (customer, key) in pairs {
                insert.execute(params![customer.to_bytes(), key.expose()]).map_err(&fails)?;
            }
        }
        change.commit().map_err(&fails)
    }
}

fn random_key() -> Result<DataKey, StoreError> {
    let mut secret = [0; KEY_BYTES];
    draw(&mut secret)?;
    Ok(DataKey::from_bytes(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(folder: &Path, bytes: &[u8]) -> bool {
        std::fs::read_dir(folder).unwrap().any(|file| {
            let content = std::fs::read(file.unwrap().path()).unwrap();
            content.windows(bytes.len()).any(|window| window == bytes)
        })
    }

    #[test]
    fn keys_are_durable_before_they_are_handed_out_and_spares_die_with_their_life() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        let vault = Vault::open(&path).unwrap();
        let first: Vec<_> = (0..3).map(|_| vault.fresh().unwrap()).collect();
        // The second life opens while the first has not been closed: as after a crash.
        let again = Vault::open(&path).unwrap();
        for (customer, key) in &first {
            assert_eq!(again.key(*customer).unwrap().unwrap().expose(), key.expose());
        }
        let spares: Vec<_> = (3..POOL).map(|_| vault.fresh().unwrap().0).collect();
        for _ in 0..=POOL {
            let (customer, _) = again.fresh().unwrap();
            assert!(!spares.contains(&customer) && first.iter().all(|(known, _)| *known != customer));
        }
    }

    #[test]
    fn a_destroyed_key_is_in_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder.path().join("vault.db")).unwrap();
        let pairs: Vec<_> = (0..3_000).map(|_| vault.fresh().unwrap()).collect();
        for at in [0, 700, 1_400, 2_999] {
            let (customer, key) = &pairs[at];
            assert!(holds(folder.path(), key.expose()), "the search can find a key");
            assert!(vault.destroy(*customer).unwrap());
            assert!(!holds(folder.path(), key.expose()), "key {at} is still on disk");
            assert!(vault.key(*customer).unwrap().is_none());
            assert!(!vault.destroy(*customer).unwrap());
        }
        assert!(vault.key(pairs[1].0).unwrap().is_some());
    }

    #[test]
    fn secrets_and_adopted_keys_stay_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        let customer = CustomerId::from_random([3; 16]);
        let (secret, key) = {
            let vault = Vault::open(&path).unwrap();
            (vault.secret("handles").unwrap(), vault.adopt(customer).unwrap())
        };
        let vault = Vault::open(&path).unwrap();
        assert_eq!(vault.secret("handles").unwrap().expose(), secret.expose());
        assert_ne!(vault.secret("tokens").unwrap().expose(), secret.expose());
        assert_eq!(vault.adopt(customer).unwrap().expose(), key.expose());
    }
}
