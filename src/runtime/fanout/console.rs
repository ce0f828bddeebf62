//! One attached console: its queue, where it stands, and what it is told when it does not read.

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::domain::id::{ConversationId, Seq};
use crate::domain::time::Timestamp;
use crate::protocol::console::{Change, ConsoleReply};
use crate::runtime::handle::Viewer;

/// One console.
pub(super) struct Console {
    pub(super) viewer: Viewer,
    to: mpsc::Sender<ConsoleReply>,
    /// Everything up to here was sent.
    pub(super) upto: Seq,
    /// What it looks at.
    pub(super) focus: Option<ConversationId>,
    /// Frames that were dropped since it stopped reading.
    skipped: Option<u64>,
    gone: bool,
}

impl Console {
    pub(super) fn new(viewer: Viewer, to: mpsc::Sender<ConsoleReply>, upto: Seq) -> Self {
        Self { viewer, to, upto, focus: None, skipped: None, gone: false }
    }

    /// Sends a frame, or counts it as dropped.
    pub(super) fn send(&mut self, reply: ConsoleReply) {
        if let Some(skipped) = &mut self.skipped {
            *skipped += 1;
            return;
        }
        match self.to.try_send(reply) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => self.skipped = Some(1),
            Err(TrySendError::Closed(_)) => self.gone = true,
        }
    }

    /// Sends changes up to an entry.
    pub(super) fn delta(&mut self, to: Seq, at: Timestamp, changes: Vec<Change>) {
        let from = self.upto;
        self.upto = to.max(from);
        if !changes.is_empty() {
            self.send(ConsoleReply::Delta { from, to: self.upto, at, changes });
        }
    }

    /// Whether the console went away.
    pub(super) fn is_gone(&self) -> bool {
        self.gone || self.to.is_closed()
    }

    /// Whether frames are being dropped.
    pub(super) fn is_lagging(&self) -> bool {
        self.skipped.is_some()
    }

    /// Marks it as having missed something that was never put into a frame for it.
    pub(super) fn miss(&mut self) {
        *self.skipped.get_or_insert(0) += 1;
    }

    /// How much it missed, once it has read all that was sent to it; from then on it hears again.
    pub(super) fn caught_up(&mut self) -> Option<u64> {
        if self.to.capacity() < self.to.max_capacity() {
            return None;
        }
        self.skipped.take()
    }
}
