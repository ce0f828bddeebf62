//! Files by the journal: how one stands, and which of those that were uploaded no message names.

use crate::domain::event::{Event, FileEvent, TurnEvent};
use crate::domain::file::{ORPHAN_AFTER, Scanning};
use crate::domain::id::{ConversationId, FileId};
use crate::store::StoreError;

use super::Queries;

impl Queries {
    /// How a file stands; nothing if no message names it.
    pub(super) fn file(&mut self, conversation: ConversationId, file: FileId) -> Result<Option<Scanning>, StoreError> {
        let slice = self.slice(conversation)?;
        let mut stands = None;
        for envelope in &slice {
            if let Event::Turn(TurnEvent::CustomerSpoke { files, scan, .. }) = &envelope.event
                && files.iter().any(|sent| sent.file == file)
            {
                stands = *scan;
            } else if let Event::File(FileEvent::Scanned { file: which, scan, open, .. }) = &envelope.event
                && *which == file
            {
                stands = Some(Scanning { scan: *scan, open: *open });
            }
        }
        Ok(stands)
    }

    /// Takes away what was uploaded and never said. A fault there is reported and does no harm: it is tried
    /// again.
    pub(super) fn sweep(&mut self) {
        let before = self.clock.now() - ORPHAN_AFTER;
        let files = self.files.clone();
        let swept = files.sweep(before, |conversation, file| Ok(self.file(conversation, file)?.is_some()));
        match swept {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "files that were uploaded and never sent are gone"),
            Err(error) => tracing::error!(%error, "files that nobody sent could not be swept"),
        }
    }
}
