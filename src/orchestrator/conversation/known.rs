//! Files of one conversation, as far as a rule reads them.

use serde::{Deserialize, Serialize};

use crate::domain::file::{FileKind, FileLabel, Scan, SentFile};
use crate::domain::id::{FileId, TurnNo};
use crate::domain::personal::Personal;

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFile {
    /// Which.
    pub file: FileId,
    /// With which message.
    pub turn: TurnNo,
    /// What it is.
    pub kind: FileKind,
    /// How many bytes it has.
    pub bytes: u32,
    /// Its name and content.
    pub label: Personal<FileLabel>,
    /// How it stands with the scanner.
    pub scan: Scan,
    /// Whether it is handed on to operators and agents.
    pub open: bool,
}

impl KnownFile {
    /// A file as its message is recorded.
    pub fn new(sent: SentFile, turn: TurnNo, scan: Scan, open: bool) -> Self {
        let SentFile { file, kind, bytes, label } = sent;
        Self { file, turn, kind, bytes, label, scan, open }
    }
}
