//! A file of a customer as operators see it.

use serde::{Deserialize, Serialize};

use crate::domain::file::{FileKind, Scan, size};
use crate::domain::id::FileId;
use crate::domain::text::Clean;

/// A file as it stands in a transcript. Its content comes on request alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Which.
    pub file: FileId,
    /// As the customer calls it.
    pub name: Clean,
    /// What it is by its content.
    pub kind: FileKind,
    /// How many bytes it has.
    pub bytes: u32,
    /// How it stands with the scanner.
    pub scan: Scan,
    /// Whether it is handed on.
    pub open: bool,
}

impl FileRow {
    /// `invoice.pdf · 84 KB · pdf · scanned clean`
    pub fn line(&self) -> Clean {
        let (name, size) = (self.name.one_line().truncated(NAME_CELLS), size(self.bytes));
        let held = if self.open || self.scan == Scan::Refused { "" } else { ", not handed on" };
        Clean::shown(&format_args!("{name} · {size} · {} · {}{held}", self.kind.word(), self.scan.words()))
    }
}

/// Cells of a file's name in a line.
const NAME_CELLS: usize = 60;
