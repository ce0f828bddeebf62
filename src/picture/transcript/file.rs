//! Files in a transcript.

use crate::domain::file::{FileLabel, Scan, Scanning, SentFile};
use crate::domain::id::FileId;
use crate::domain::personal::Personal;
use crate::domain::text::Clean;
use crate::picture::ERASED;
use crate::protocol::file::FileRow;
use crate::protocol::transcript::ItemBody;

/// Files of a message as it is recorded.
pub(super) fn rows(files: &[SentFile], scanning: Option<Scanning>) -> Vec<FileRow> {
    let Scanning { scan, open } = scanning.unwrap_or(Scanning { scan: Scan::None, open: false });
    let row = |sent: &SentFile| {
        let (file, kind, bytes) = (sent.file, sent.kind, sent.bytes);
        FileRow { file, name: called(&sent.label), kind, bytes, scan, open }
    };
    files.iter().map(row).collect()
}

fn called(label: &Personal<FileLabel>) -> Clean {
    label.reveal().map_or_else(|| Clean::fixed(ERASED), |label| label.name.one_line())
}

/// Notes how a file of this line stands now; whether it is one of it.
pub(super) fn stands(body: &mut ItemBody, file: FileId, scan: Scan, open: bool) -> bool {
    let ItemBody::Message { files, .. } = body else { return false };
    let Some(row) = files.iter_mut().find(|row| row.file == file) else { return false };
    (row.scan, row.open) = (scan, open);
    true
}

/// As the customer calls a file of this line.
pub(super) fn name(body: &ItemBody, file: FileId) -> Option<Clean> {
    let ItemBody::Message { files, .. } = body else { return None };
    files.iter().find(|row| row.file == file).map(|row| row.name.truncated(60))
}
