//! The lock of a data folder: one orchestrator at a time, and where to reach it.
//!
//! The lock is the operating system's, so it ends with the process however that ends; the file's
//! content is only for those who want to attach.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;
use crate::store::error::StoreError;

/// How often a lock that somebody merely looks at, or a content that is just being written, is
/// tried again.
const ATTEMPTS: u32 = 40;
/// How long between two attempts: one second in all, less than a person waits.
const PAUSE: Duration = Duration::from_millis(25);

/// Who holds the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Its process.
    pub pid: u32,
    /// Where it listens; nothing while it starts.
    #[serde(default)]
    pub url: Option<String>,
    /// When it started, by the machine's clock.
    pub started: Timestamp,
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock, or says who has it.
    pub fn take(path: &Path, owner: &Owner) -> Result<Self, StoreError> {
        let fails = StoreError::file("lock", path);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(&fails)?;
        for attempt in 1.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(fails(error)),
                // Somebody who merely looks holds it for an instant.
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(taken(path, &file));
                }
            }
        }
        let mut lock = Self { file, path: path.to_owned() };
        lock.tell(owner)?;
        Ok(lock)
    }

    /// Changes what others read: once the address is known.
    pub fn tell(&mut self, owner: &Owner) -> Result<(), StoreError> {
        let fails = StoreError::file("write", &self.path);
        let text = serde_json::to_vec(owner).unwrap_or_default();
        self.file.set_len(0).map_err(&fails)?;
        self.file.seek(SeekFrom::Start(0)).map_err(&fails)?;
        self.file.write_all(&text).map_err(&fails)
    }

    /// Who holds the folder now; nothing if nobody does.
    pub fn owner(path: &Path) -> Result<Option<Owner>, StoreError> {
        let fails = StoreError::file("read", path);
        for attempt in 1.. {
            let mut file = match File::open(path) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(fails(error)),
            };
            match file.try_lock_shared() {
                Ok(()) => return Ok(None),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(fails(error)),
            }
            let mut text = String::new();
            file.read_to_string(&mut text).map_err(&fails)?;
            match serde_json::from_str(&text) {
                Ok(owner) => return Ok(Some(owner)),
                Err(error) if attempt >= ATTEMPTS => return Err(fails(error.into())),
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
        Ok(None)
    }
}

/// Who has the folder, as far as the lock file says.
fn taken(path: &Path, mut file: &File) -> StoreError {
    let mut text = String::new();
    let _ = file.read_to_string(&mut text);
    let owner = match serde_json::from_str(&text) {
        Ok(Owner { pid, url: Some(url), .. }) => format!("process {pid} at {url}"),
        Ok(Owner { pid, url: None, .. }) => format!("process {pid}, which is starting"),
        Err(_) => "by another process".into(),
    };
    StoreError::Taken { path: path.parent().unwrap_or(path).to_owned(), owner }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_the_folder_and_says_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert_eq!(Lock::owner(&path).unwrap(), None);
        let starting = Owner { pid: 7, url: None, started: Timestamp(1) };
        let mut lock = Lock::take(&path, &starting).unwrap();
        assert_eq!(Lock::owner(&path).unwrap(), Some(starting.clone()));
        let running = Owner { url: Some("http://127.0.0.1:4711".into()), ..starting };
        lock.tell(&running).unwrap();
        assert_eq!(Lock::owner(&path).unwrap(), Some(running.clone()));
        let error = Lock::take(&path, &running).unwrap_err().to_string();
        assert!(error.contains("4711"), "{error}");
        drop(lock);
        assert_eq!(Lock::owner(&path).unwrap(), None);
        Lock::take(&path, &running).unwrap();
    }
}
