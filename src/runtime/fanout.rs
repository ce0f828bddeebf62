//! From the conductor to everybody else: answers, customers' feeds, consoles' feeds, observers.
//!
//! Does: keeps a second floor of its own by folding what was committed, tells each listener what
//! changed for it, through bounded queues. Never: decides, writes the journal, or waits for a
//! listener.

mod console;
mod consoles;
mod customers;
mod focus;
mod kept;
mod lately;
mod replica;
mod ring;
mod speaker;

use tokio::sync::{mpsc, oneshot};

use crate::domain::envelope::Envelope;
use crate::domain::id::{ConversationId, OperatorName};
use crate::picture::Growing;
use crate::protocol::console::{ConsoleReply, KeptDraft, Resume};

use super::handle::{ConsoleId, Viewer};

pub(super) use consoles::{Consoles, Wiring};
pub(super) use customers::{Missing, from_journal};
pub(super) use kept::Kept;
pub(super) use replica::Replica;

/// Calls that wait for the thread that feeds consoles; more means that it hangs, and what is asked
/// of it is dropped.
pub(super) const CONSOLE_CALLS: usize = 4_096;

/// What the thread that feeds consoles is told.
pub(super) enum ConsoleCall {
    /// A console attached.
    Attach { viewer: Viewer, resume: Option<Resume>, to: mpsc::Sender<ConsoleReply> },
    /// A console looks at a conversation, or at none.
    Focus { console: ConsoleId, conversation: Option<ConversationId> },
    /// A conversation's part of the journal, read for those who look at it; nothing if it cannot be read.
    Loaded { conversation: ConversationId, slice: Option<Vec<Envelope>> },
    /// A customer is typing, or has stopped.
    Typing { conversation: ConversationId, on: bool },
    /// A language model goes on writing.
    Growing { conversation: ConversationId, growing: Growing },
    /// Keep this unsent text.
    Draft { operator: OperatorName, draft: KeptDraft, kept: oneshot::Sender<()> },
    /// Keep this view.
    Remember { operator: OperatorName, view: String, kept: oneshot::Sender<()> },
    /// Something was committed after a quiet time.
    Committed,
    /// Write what is kept and stop.
    Stop,
}
