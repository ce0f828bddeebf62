//! Has files looked at. Looking changes nothing outside, so a life that died in between looks again.

use crate::domain::command::EffectResult;
use crate::domain::envelope::Actor;
use crate::domain::file::{Scan, ScanFault};
use crate::domain::id::{ConversationId, FileId, Seq};

use super::Executor;

/// Files looked at at once: a scanner takes a core each.
pub(in crate::runtime) const SCANS_AT_ONCE: usize = 4;

impl Executor {
    /// A scanner looks at a file; what comes of it, or that nothing did, is an event.
    pub(super) async fn scan(&self, cause: Seq, conversation: ConversationId, file: FileId) {
        let scan = tokio::select! {
            scan = self.look(conversation, file) => scan,
            // The next life asks again.
            () = self.shared.stops.cancelled() => return,
        };
        self.come_back(Actor::Floor, cause, EffectResult::FileScanned { conversation, file, scan }).await;
    }

    async fn look(&self, conversation: ConversationId, file: FileId) -> Scan {
        let Some(scanner) = self.shared.in_force.now().scanner.clone() else { return Scan::None };
        let Ok(_seat) = self.shared.scans.acquire().await else { return Scan::Unknown(ScanFault::Absent) };
        let files = self.shared.files.clone();
        let read = tokio::task::spawn_blocking(move || files.content(conversation, file)).await;
        let content = match read {
            Ok(Ok(Some((_, content)))) => content,
            Ok(Ok(None)) | Err(_) => return Scan::Unknown(ScanFault::Unread),
            Ok(Err(error)) => {
                tracing::error!(%error, "a file cannot be read for the scan");
                return Scan::Unknown(ScanFault::Unread);
            }
        };
        let scan = scanner.look(content).await;
        if let Scan::Unknown(fault) = scan {
            tracing::warn!(?fault, "a scan gave no answer");
        }
        scan
    }
}
