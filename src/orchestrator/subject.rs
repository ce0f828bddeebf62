//! What an act of a person is about, hashed together: tool, arguments and customer of an approval, words
//! and follow-up of a draft.

use crate::domain::id::{CustomerId, Digest};
use crate::domain::tool::ToolCall;

use super::conversation::{Approval, Conversation, HeldDraft};

/// Hash of tool, arguments and customer. It has no key and is therefore never recorded: whoever guesses
/// the arguments of a forgotten customer's call must find nothing that says whether the guess is right.
pub fn subject(call: &ToolCall, customer: CustomerId) -> Digest {
    let customer = customer.to_bytes();
    let args = call.args.iter().flat_map(|(name, value)| [name.as_str().as_bytes(), value.raw().as_bytes()]);
    crate::privacy::digest::digest([call.tool.as_str().as_bytes(), customer.as_slice()].into_iter().chain(args))
}

impl Conversation {
    /// What a verdict on a draft of this conversation is about: the attempt, its words and what is to
    /// follow; nothing once its customer is forgotten. Never recorded either.
    pub fn subject_of_draft(&self, draft: &HeldDraft) -> Option<Digest> {
        let customer = self.customer.to_bytes();
        let attempt = draft.composition.0.to_be_bytes();
        let next = serde_json::to_vec(draft.held.next.reveal()?).ok()?;
        let parts = [customer.as_slice(), &attempt, draft.held.text.reveal()?.raw().as_bytes(), &next];
        Some(crate::privacy::digest::digest(parts))
    }

    /// What an approval of this conversation is for; nothing once its customer is forgotten.
    pub fn subject_of(&self, approval: &Approval) -> Option<Digest> {
        approval.waiting.ask.reveal().map(|ask| subject(ask, self.customer))
    }
}
