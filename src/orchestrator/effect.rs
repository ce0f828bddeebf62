//! To-dos for the shell. Effects happen outside and come back as commands.

use crate::domain::id::{CallId, CompositionId, ConsultId, ConversationId, CustomerId, Epoch, FileId, HandoffId, Seq};
use crate::domain::translation::Piece;
use crate::domain::watch::Occasion;

/// One to-do, with the journal entry that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The entry it follows from.
    pub cause: Seq,
    /// What to do.
    pub todo: Todo,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Todo {
    /// Look after a conversation: ask the core what comes next. Always inside the batch.
    Attend {
        /// Which.
        conversation: ConversationId,
    },
    /// A hold lies over a conversation: ask the core what becomes of it. Always inside the batch.
    Stop {
        /// Which.
        conversation: ConversationId,
    },
    /// Look whether what happened is what somebody who watches waits for. Always inside the batch.
    Notice {
        /// Where.
        conversation: ConversationId,
        /// What happened.
        occasion: Occasion,
    },
    /// Look whether a waiting conversation can be offered to somebody. Always inside the batch.
    Match,
    /// Look whether a conversation belongs to an incident, or speaks for one. Always inside the batch.
    Gather {
        /// Which.
        conversation: ConversationId,
    },
    /// Ask an agent for its next move. Inside the batch when the agent has no pace, outside otherwise.
    Compose {
        /// Where.
        conversation: ConversationId,
        /// Which attempt.
        composition: CompositionId,
        /// Under which epoch.
        epoch: Epoch,
        /// What it goes on from.
        input: ComposeInput,
    },
    /// Ask a receiver what it understood. Always inside the batch.
    AskReceipt {
        /// Where.
        conversation: ConversationId,
        /// Which handoff.
        handoff: HandoffId,
    },
    /// Ask another specialist for advice. Inside the batch when that one has no pace, outside otherwise.
    Consult {
        /// Where.
        conversation: ConversationId,
        /// Which question.
        consult: ConsultId,
    },
    /// Look whether a panel is to be settled, or is over. Always inside the batch.
    Weigh {
        /// Where.
        conversation: ConversationId,
        /// Which panel.
        panel: ConsultId,
    },
    /// Call a tool, outside; with side effects its start is recorded first.
    CallTool {
        /// Where.
        conversation: ConversationId,
        /// Which call; also the key towards the receiver.
        call: CallId,
    },
    /// Ask the receiver of a call by our key whether it happened, outside.
    Reconcile {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
    },
    /// Have a scanner look at a file, outside.
    Scan {
        /// Where.
        conversation: ConversationId,
        /// Which.
        file: FileId,
    },
    /// Translate something, outside.
    Translate {
        /// Where.
        conversation: ConversationId,
        /// What.
        piece: Piece,
    },
    /// Destroy a customer's key and every trace outside the journal.
    Forget {
        /// Whose.
        customer: CustomerId,
    },
}

/// What an agent goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComposeInput {
    /// The customer said something.
    Turn,
    /// It was handed the conversation.
    HandedOver,
    /// A tool came back, or was refused; its result is in the state.
    Tool(CallId),
    /// Another specialist answered, or did not; what it said is in the state.
    Advised,
}

impl Todo {
    /// The conversation it is about, if it is about one.
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::Attend { conversation }
            | Self::Stop { conversation }
            | Self::Gather { conversation }
            | Self::Notice { conversation, .. }
            | Self::Compose { conversation, .. }
            | Self::AskReceipt { conversation, .. }
            | Self::Consult { conversation, .. }
            | Self::Weigh { conversation, .. }
            | Self::Translate { conversation, .. }
            | Self::CallTool { conversation, .. }
            | Self::Scan { conversation, .. }
            | Self::Reconcile { conversation, .. } => Some(*conversation),
            Self::Match | Self::Forget { .. } => None,
        }
    }
}
