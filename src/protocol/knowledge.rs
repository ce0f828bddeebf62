//! What customers asked and the house's articles do not answer.

use serde::{Deserialize, Serialize};

use crate::domain::id::{ArticleName, ConversationId, Handle, IntentName};
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;

/// Examples shown of one gap: enough to see what an article would have to say.
pub const GAP_EXAMPLES: usize = 3;

/// Questions that were looked up in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gaps {
    /// Since when.
    pub since: Timestamp,
    /// How many.
    pub asked: u32,
    /// By intent, the most frequent first.
    pub rows: Vec<GapRow>,
}

/// Questions of one intent that were looked up in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapRow {
    /// As what they were read; none fits where there is none.
    pub intent: Option<IntentName>,
    /// How many.
    pub times: u32,
    /// When the last one was asked.
    pub last: Timestamp,
    /// The article that came nearest most often.
    pub nearest: Option<ArticleName>,
    /// How near the nearest passage came, 0 to 1.
    pub score: Score,
    /// The last ones, newest first.
    pub examples: Vec<GapExample>,
}

/// Such a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapExample {
    /// Where it was asked.
    pub conversation: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// The words, without names, numbers and addresses.
    pub text: Clean,
}
