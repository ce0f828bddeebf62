//! What customers may send.

use serde::{Deserialize, Serialize};

use crate::domain::file::{
    DISK_BYTES, FILE_BYTES, FILE_BYTES_MAX, FileKind, HandOn, PER_CONVERSATION, PER_CONVERSATION_MAX, PER_DAY_BYTES,
    PER_MESSAGE, PER_MESSAGE_MAX,
};

/// `policy.toml [files]`: images and files of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FilePolicy {
    /// Whether any are taken.
    pub on: bool,
    /// Which kinds, told by their content.
    pub kinds: Vec<FileKind>,
    /// Bytes of one file.
    pub bytes: u32,
    /// Files of one message.
    pub per_message: u32,
    /// Files of one conversation.
    pub per_conversation: u32,
    /// Bytes that one customer may send on a day.
    pub per_day: u64,
    /// Bytes that all files together may take.
    pub disk: u64,
    /// What is handed on to operators and agents: `clean` (only what a scanner found nothing in) or
    /// `unrefused`. Left out, `clean` where a scanner is named, `unrefused` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hand_on: Option<HandOn>,
}

impl Default for FilePolicy {
    fn default() -> Self {
        Self {
            on: true,
            kinds: FileKind::USUAL.to_vec(),
            bytes: FILE_BYTES,
            per_message: PER_MESSAGE,
            per_conversation: PER_CONVERSATION,
            per_day: PER_DAY_BYTES,
            disk: DISK_BYTES,
            hand_on: None,
        }
    }
}

impl FilePolicy {
    /// As nothing is said of it.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What is handed on in a house with, or without, a scanner.
    pub fn hands_on(&self, scans: bool) -> HandOn {
        self.hand_on.unwrap_or(if scans { HandOn::Clean } else { HandOn::Unrefused })
    }

    /// Bytes of one file, within what memory allows.
    pub fn bytes(&self) -> u32 {
        self.bytes.min(FILE_BYTES_MAX)
    }

    /// Files of one message, within what an event can name.
    pub fn per_message(&self) -> u32 {
        self.per_message.min(PER_MESSAGE_MAX)
    }

    /// Files of one conversation, within what the floor keeps.
    pub fn per_conversation(&self) -> u32 {
        self.per_conversation.min(PER_CONVERSATION_MAX)
    }
}
