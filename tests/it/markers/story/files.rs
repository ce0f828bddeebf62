//! A customer's message with a file, and what becomes of it.

use baton::domain::event::{Event, FileEvent, TurnEvent};
use baton::domain::file::{FileKind, FileLabel, Scan, Scanning, SentFile};
use baton::domain::id::{ContentHash, ConversationId, FileId, TurnNo};
use baton::domain::personal::Personal;

use super::{LETTERS, Pen, analysed};

fn file() -> FileId {
    FileId::from_random([5; 16])
}

pub(super) fn spoke(pen: &mut Pen, conversation: ConversationId) -> Event {
    let label = FileLabel { name: pen.text(), hash: ContentHash([3; 32]) };
    let sent = SentFile { file: file(), kind: FileKind::Pdf, bytes: 9, label: Personal::Open(label) };
    TurnEvent::CustomerSpoke {
        conversation,
        turn: TurnNo(1),
        text: pen.text(),
        bytes: LETTERS as u32,
        analysis: Box::new(analysed()),
        repeats: false,
        quiet_until: None,
        clocks: Vec::new(),
        left: None,
        stands: baton::domain::said::Stands::Alone,
        files: vec![sent],
        scan: Some(Scanning { scan: Scan::Waits, open: false }),
    }
    .into()
}

/// A scanner looked at it, and somebody read it.
pub(super) fn events(conversation: ConversationId) -> Vec<Event> {
    let (file, operator) = (file(), "ana".parse().unwrap());
    vec![
        FileEvent::Scanned { conversation, file, scan: Scan::Clean, open: true }.into(),
        FileEvent::Opened { conversation, file, operator }.into(),
    ]
}
