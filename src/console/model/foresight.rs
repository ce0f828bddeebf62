//! What would follow in the marked conversation, as the floor last judged it.

use crate::domain::id::{ClientKey, ConversationId, Seq};
use crate::domain::time::Millis;
use crate::protocol::query::WhatIf;
use crate::protocol::row::ConversationRow;

/// The newest answer, and the question on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Foresight {
    /// The answer.
    page: Option<WhatIf>,
    /// The question: its key, and what it is about.
    asked: Option<(ClientKey, ConversationId, Seq)>,
    /// When it was asked.
    pub asked_at: Millis,
}

impl Foresight {
    /// The answer about a conversation.
    pub fn page_of(&self, id: ConversationId) -> Option<&WhatIf> {
        self.page.as_ref().filter(|page| page.conversation == id)
    }

    /// Whether the answer still holds for a row, or is on its way.
    pub fn knows(&self, row: &ConversationRow) -> bool {
        self.asked.is_some() || self.page_of(row.id).is_some_and(|page| page.seq >= row.seq)
    }

    /// A question about a row goes out.
    pub fn ask(&mut self, key: ClientKey, row: (ConversationId, Seq), wall: Millis) {
        self.asked = Some((key, row.0, row.1));
        self.asked_at = wall;
    }

    /// An answer arrived; whether it was ours. Without one there is nothing that could be done there.
    pub fn answer(&mut self, key: &ClientKey, page: Option<WhatIf>) -> bool {
        let Some((_, conversation, seq)) = self.asked.take_if(|(asked, ..)| asked == key) else { return false };
        self.page = Some(page.unwrap_or(WhatIf { conversation, seq, acts: Vec::new() }));
        true
    }
}
