//! What stood on screen when the last frame was drawn. Acts are aimed at this, never at what arrived since.

use crate::domain::command::Seen;
use crate::domain::id::{ConversationId, Digest};
use crate::protocol::row::ConversationRow;
use crate::protocol::transcript::{ApprovalCard, DraftCard};

use super::Place;
use super::order::SECTIONS;

/// The last drawn frame, as far as acts and clicks need it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Painted {
    /// The row that acts are aimed at, as it was drawn.
    pub target: Option<ConversationRow>,
    /// The first approval of that conversation, as it was drawn.
    pub approval: Option<Box<ApprovalCard>>,
    /// The draft of that conversation that waits for a person, as it was drawn.
    pub draft: Option<DraftCard>,
    /// The act that the footer offered to undo.
    pub undo: Option<Seen>,
    /// Whether a card was on the screen.
    pub card: bool,
    /// Lines of its facts that stood below what was seen.
    pub card_rest: usize,
    /// Rows of the list by the place where they stood.
    pub hits: Vec<(Place, ConversationId)>,
    /// Rows that were scrolled out above each section of the list.
    pub tops: [usize; SECTIONS],
    /// Rows of the list that a page holds.
    pub page: usize,
}

impl Painted {
    /// What the screen showed of the target; with the hash of an approval if the act is about one.
    pub fn seen(&self, subject: Option<Digest>) -> Option<Seen> {
        self.target.as_ref().map(|row| seen(row, subject))
    }
}

/// What a row showed.
pub fn seen(row: &ConversationRow, subject: Option<Digest>) -> Seen {
    Seen { conversation: row.id, epoch: row.epoch, seq: row.seq, subject }
}
