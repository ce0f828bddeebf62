//! What can go wrong with what lasts; each error names the value and the way out.

use std::path::{Path, PathBuf};

use crate::domain::id::{FileId, Seq};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// An earlier write failed; nothing more is acknowledged until a restart.
    #[error(
        "the journal has stopped because a write failed ({cause}); what was acknowledged is safe: free or repair the disk and start baton again"
    )]
    Stopped {
        /// The failure that stopped it.
        cause: String,
    },
    /// A batch does not continue the journal.
    #[error("envelope {got} cannot follow: {expected} is next")]
    OutOfOrder {
        /// The number the journal would take.
        expected: Seq,
        /// The number that was given.
        got: Seq,
    },
    /// An envelope has no JSON: a fault of ours.
    #[error("envelope {seq} cannot be written as JSON: {what}")]
    Unwritable {
        /// Its number.
        seq: Seq,
        /// Why not.
        what: String,
    },
    /// An event holds personal text, and nobody is named under whose key to seal it.
    #[error("event {kind} at {seq} holds personal text of no customer")]
    Unowned {
        /// Where it would have stood.
        seq: Seq,
        /// The kind of the event.
        kind: String,
    },
    /// A record is longer than the store takes.
    #[error("event {kind} at {seq} has {bytes} bytes, more than {max}", max = crate::store::record::RECORD_BYTES_MAX)]
    TooLong {
        /// Where it would have stood.
        seq: Seq,
        /// The kind of the event.
        kind: String,
        /// Its length.
        bytes: usize,
    },
    /// A record is not what was written.
    #[error("the journal is damaged at {seq}: {what}; restore it from a backup, baton repairs nothing in silence")]
    Damaged {
        /// The first envelope that cannot be trusted.
        seq: Seq,
        /// What was found.
        what: String,
    },
    /// A record of a newer baton.
    #[error("{seq} was written by a newer baton (record version {version}); use that version")]
    TooNew {
        /// The envelope.
        seq: Seq,
        /// Its version of the record.
        version: u32,
    },
    /// A file of another deployment or another program.
    #[error("{} belongs to {found}, not to {wanted}; choose another data folder", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        wanted: String,
    },
    /// Another orchestrator owns the data folder.
    #[error(
        "a floor runs on {} already ({owner}): `baton` opens a console on it, --home or BATON_HOME names another folder", path.display()
    )]
    Taken {
        /// The data folder.
        path: PathBuf,
        /// Its process and address, as the lock file says.
        owner: String,
    },
    /// A file cannot be read or written.
    #[error("cannot {act} {}: {source}", path.display())]
    File {
        /// What was tried: read, write, create, lock.
        act: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("cannot {act}: {source}")]
    Database {
        /// What was tried.
        act: &'static str,
        /// Why not.
        source: rusqlite::Error,
    },
    /// A file of a customer is not what was sent.
    #[error("the file {file} is damaged: {what}; restore it from a backup")]
    FileDamaged {
        /// Which.
        file: FileId,
        /// What was found.
        what: String,
    },
    /// The operating system gave no random bytes, so no key or nonce can be made.
    #[error("no random bytes from the operating system: {0}")]
    NoRandomness(getrandom::Error),
    /// A thread died while it held the keys; what it was doing is unknown.
    #[error("the key vault was left in the middle of a change; start baton again")]
    VaultLeft,
}

impl StoreError {
    /// For `map_err` on database calls: says what was tried.
    pub(crate) fn database(act: &'static str) -> impl Fn(rusqlite::Error) -> Self {
        move |source| Self::Database { act, source }
    }

    /// For `map_err` on file calls: says what was tried on which file.
    pub(crate) fn file(act: &'static str, path: &Path) -> impl Fn(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { act, path: path.clone(), source }
    }
}

/// Fills `bytes` from the operating system's generator.
pub(crate) fn draw(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(StoreError::NoRandomness)
}
