//! What of a conversation is being translated.

use serde::{Deserialize, Serialize};

use crate::domain::analysis::Language;
use crate::domain::id::{Epoch, OperatorName, TurnNo};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::translation::Piece;

/// What is under way, and what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Translating {
    /// What was asked and has not come, oldest first.
    pub pending: Vec<Pending>,
    /// Replies of people that wait, oldest first: they go out in the order in which they were written.
    pub replies: Vec<HeldReply>,
    /// The number of the newest reply that waited.
    pub last: u32,
}

/// Something that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What.
    pub piece: Piece,
    /// Out of which language.
    pub from: Language,
    /// Into which.
    pub to: Language,
    /// Until when it is waited for.
    pub until: Timestamp,
}

/// A reply that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldReply {
    /// Its number.
    pub no: u32,
    /// Whose.
    pub operator: OperatorName,
    /// Under which epoch it was written.
    pub epoch: Epoch,
    /// The customer's newest message when it was written: what it answers.
    pub upto: TurnNo,
    /// The words as they were written.
    pub text: Personal<Foreign>,
    /// When the translation came, and the translation.
    pub came: Option<(Timestamp, Personal<Foreign>)>,
}

impl Translating {
    /// Whether there is nothing to remember.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a piece was asked for and is waited for still.
    pub fn awaits(&self, piece: Piece) -> bool {
        self.pending.iter().any(|one| one.piece == piece)
    }

    /// When something is not waited for any longer, or a reply behind another may go out.
    pub fn next(&self) -> Option<Timestamp> {
        let ready = self.replies.first().and_then(|reply| reply.came.as_ref()).map(|(at, _)| *at);
        self.pending.iter().map(|one| one.until).chain(ready).min()
    }
}
