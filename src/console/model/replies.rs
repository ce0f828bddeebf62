//! Texts to begin an answer with, while `/` and a few letters are being typed.

use crate::domain::id::{ClientKey, ConversationId};
use crate::domain::reply::ReplyChoice;

/// What the floor offered for the conversation being answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replies {
    /// For which conversation.
    pub conversation: Option<ConversationId>,
    /// Under which key they were asked for, until they arrive.
    pub asked: Option<ClientKey>,
    /// All of them, in the floor's order.
    pub choices: Vec<ReplyChoice>,
    /// The marked one among those that fit.
    pub at: usize,
}

impl Replies {
    /// Those that fit a text which begins with `/`: by name, or by what they are for.
    pub fn fitting(&self, text: &str) -> Vec<&ReplyChoice> {
        let Some(wanted) = wanted(text) else { return Vec::new() };
        let wanted = wanted.to_lowercase();
        let fits = |choice: &&ReplyChoice| {
            [&choice.name, &choice.about].iter().any(|words| words.as_str().to_lowercase().contains(&wanted))
        };
        self.choices.iter().filter(fits).collect()
    }
}

/// What is looked for by a text: it begins with `/` and has one line.
pub fn wanted(text: &str) -> Option<&str> {
    text.strip_prefix('/').filter(|wanted| !wanted.contains(['\n', '/']))
}
