//! What conversations that are over came to, beside the open one: the customer's own, and what settled others.

use crate::domain::id::{ClientKey, ConversationId};
use crate::domain::reply::ReplyChoice;

/// The newest answer, and the question on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    page: Option<(ConversationId, Vec<ReplyChoice>)>,
    asked: Option<ClientKey>,
}

impl Beside {
    /// What is known beside a conversation.
    pub fn page_of(&self, id: ConversationId) -> &[ReplyChoice] {
        self.page.as_ref().filter(|(of, _)| *of == id).map_or(&[], |(_, page)| page)
    }

    /// A question goes out.
    pub fn ask(&mut self, key: ClientKey) {
        self.asked = Some(key);
    }

    /// An answer arrived; whether it was ours. Without one nothing is known there.
    pub fn answer(&mut self, key: &ClientKey, page: Option<(ConversationId, Vec<ReplyChoice>)>) -> bool {
        let ours = self.asked.take_if(|asked| asked == key).is_some();
        if ours {
            self.page = page;
        }
        ours
    }
}
