//! What becomes of files after their message.

use crate::domain::file::Scan;
use crate::domain::id::{ConversationId, FileId, OperatorName};

super::family! {
    /// What becomes of files after their message.
    FileEvent, "file", conversation;
    /// A scanner looked at a file, or could not.
    Scanned = "scanned" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        file: FileId,
        /// What came of it.
        scan: Scan,
        /// Whether it is handed on to operators and agents from now on.
        open: bool,
    }
    /// An operator read a file.
    Opened = "opened" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        file: FileId,
        /// Who.
        operator: OperatorName,
    }
}
