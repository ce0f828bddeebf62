//! Folds what becomes of files.

use crate::domain::event::FileEvent;
use crate::domain::file::Scan;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &FileEvent) {
    match event {
        FileEvent::Scanned { conversation, file, scan, open } => with(floor, *conversation, |c| {
            for known in c.files.iter_mut().filter(|known| known.file == *file) {
                (known.scan, known.open) = (*scan, *open);
            }
            // The last of them: nothing is waited for any more.
            if !c.files.iter().any(|known| known.scan == Scan::Waits) {
                c.quiet_until = None;
            }
        }),
        // A record of who read it; nothing that is decided rests on it.
        FileEvent::Opened { .. } => {}
    }
}
