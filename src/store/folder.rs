//! The data folder: which file is where, who may read it, and how a file is replaced as a whole.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::store::chain::Checksum;
use crate::store::error::{StoreError, draw};

/// Bytes of an admin token: as many as a key.
const TOKEN_BYTES: usize = 32;
/// Only the owner: the folder.
const PRIVATE_FOLDER: u32 = 0o700;
/// Only the owner: a file.
const PRIVATE_FILE: u32 = 0o600;

/// The folder in which one floor keeps everything. Private to its user.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// Opens the folder, or makes it, and makes sure that files can be written in it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let fails = StoreError::file("use the data folder", path);
        DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(path).map_err(&fails)?;
        let folder = Self { path: path.to_owned() };
        fs::create_dir_all(folder.log()).map_err(&fails)?;
        let probe = path.join("probe");
        private_file(&probe)?.write_all(b"baton").map_err(&fails)?;
        // Another program of this user may try at the same moment and take it away first.
        match fs::remove_file(&probe) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fails(error)),
            Ok(()) | Err(_) => {}
        }
        // SQLite gives the files beside a database (its log) the rights of the database.
        for file in [folder.journal(), folder.vault(), folder.history(), folder.files()] {
            private_file(&file)?;
        }
        Ok(folder)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.db")
    }
    /// The key vault.
    pub fn vault(&self) -> PathBuf {
        self.path.join("vault.db")
    }
    /// The index of the past; may be deleted, is rebuilt.
    pub fn history(&self) -> PathBuf {
        self.path.join("history.db")
    }
    /// Files that customers sent, sealed.
    pub fn files(&self) -> PathBuf {
        self.path.join("files.db")
    }
    /// The journal's head, apart from the journal.
    pub fn anchor(&self) -> PathBuf {
        self.path.join("anchor")
    }
    /// The newest snapshot of the floor; may be deleted.
    pub fn snapshot(&self) -> PathBuf {
        self.path.join("snapshot")
    }
    /// The local admin token.
    pub fn token(&self) -> PathBuf {
        self.path.join("admin.token")
    }
    /// The lock of the running orchestrator.
    pub fn lock(&self) -> PathBuf {
        self.path.join("lock")
    }
    /// The folder of the logs.
    pub fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    /// The token with which programs of this user act as admin, made at its first use. Whoever can
    /// read the file may use it, so only its owner can.
    pub fn admin_token(&self) -> Result<String, StoreError> {
        let path = self.token();
        let fails = StoreError::file("read", &path);
        match fs::read_to_string(&path) {
            Ok(token) if token.trim().len() >= TOKEN_BYTES => return Ok(token.trim().to_owned()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(fails(error)),
        }
        let mut bytes = [0; TOKEN_BYTES];
        draw(&mut bytes)?;
        let token = Checksum(bytes).to_string();
        replace_file(&path, |file| file.write_all(token.as_bytes()))?;
        Ok(token)
    }
}

/// Opens a file for writing, made private if it is new and set so if it is not.
fn private_file(path: &Path) -> Result<File, StoreError> {
    let fails = StoreError::file("write", path);
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).mode(PRIVATE_FILE).open(path).map_err(&fails)?;
    file.set_permissions(Permissions::from_mode(PRIVATE_FILE)).map_err(&fails)?;
    Ok(file)
}

/// Replaces a file as a whole: a private temporary beside it, synced, renamed over it, the folder
/// synced. A reader sees the old content or the new one.
pub(crate) fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), StoreError> {
    let fails = StoreError::file("write", path);
    let fresh = path.with_extension("new");
    let file = private_file(&fresh)?;
    file.set_len(0).map_err(&fails)?;
    let mut file = BufWriter::new(file);
    write(&mut file).map_err(&fails)?;
    let file = file.into_inner().map_err(|error| fails(error.into_error()))?;
    file.sync_all().map_err(&fails)?;
    fs::rename(&fresh, path).map_err(&fails)?;
    sync_folder_of(path)
}

/// Without this the rename or removal of a file may be lost with the power.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::file("sync", folder))
}

/// Removes a file for good; it need not exist.
pub(crate) fn remove_file(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Ok(()) => sync_folder_of(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StoreError::file("remove", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_and_all_in_it_are_private() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&outer.path().join("a/b")).unwrap();
        let token = folder.admin_token().unwrap();
        assert_eq!(token, folder.admin_token().unwrap());
        assert_eq!(token.len(), 64);
        for (path, mode) in [(folder.path().to_owned(), 0o700), (folder.token(), 0o600), (folder.vault(), 0o600)] {
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{path:?}");
        }
        DataFolder::open(folder.path()).unwrap();
        assert_eq!(token, folder.admin_token().unwrap(), "opening again changes nothing");
    }

    #[test]
    fn several_programs_open_it_at_the_same_moment() {
        let outer = tempfile::tempdir().unwrap();
        let open = || (0..100).try_for_each(|_| DataFolder::open(outer.path()).map(drop));
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            for one in all {
                one.join().unwrap().unwrap();
            }
        });
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_named() {
        let outer = tempfile::tempdir().unwrap();
        let file = outer.path().join("file");
        fs::write(&file, "x").unwrap();
        let error = DataFolder::open(&file.join("data")).unwrap_err().to_string();
        assert!(error.starts_with("cannot use the data folder") && error.contains("file/data"), "{error}");
    }
}
