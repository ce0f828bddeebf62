//! Questions about the past, answered from the journal and the index of history on a thread of
//! their own: a long answer never holds up the floor.

use tokio::sync::oneshot;

use crate::domain::id::{ConversationId, OperatorName};
use crate::domain::operator::Role;
use crate::protocol::query::{Page, Query};

use super::fanout::Missing;

/// Questions that wait; more means that somebody asks faster than a disk answers.
pub(super) const JOBS: usize = 256;

/// What the reader is asked.
pub(super) enum Job {
    /// A console's question.
    Ask {
        operator: OperatorName,
        role: Role,
        query: Query,
        after: Option<String>,
        answer: oneshot::Sender<(Page, Option<String>)>,
    },
    /// A conversation's part of the journal, for those who look at it.
    Transcript { conversation: ConversationId },
    /// Messages a customer's feed has to begin with.
    Backlog(Missing),
}
