//! What an approval is for: tool, arguments and customer, hashed together.

use crate::domain::id::{CustomerId, Digest};
use crate::domain::tool::ToolCall;

use super::conversation::{Approval, Conversation};

/// Hash of tool, arguments and customer. It has no key and is therefore never recorded: whoever guesses
/// the arguments of a forgotten customer's call must find nothing that says whether the guess is right.
pub fn subject(call: &ToolCall, customer: CustomerId) -> Digest {
    let customer = customer.to_bytes();
    let args = call.args.iter().flat_map(|(name, value)| [name.as_str().as_bytes(), value.raw().as_bytes()]);
    crate::privacy::digest::digest([call.tool.as_str().as_bytes(), customer.as_slice()].into_iter().chain(args))
}

impl Conversation {
    /// What an approval of this conversation is for; nothing once its customer is forgotten.
    pub fn subject_of(&self, approval: &Approval) -> Option<Digest> {
        approval.waiting.ask.reveal().map(|ask| subject(ask, self.customer))
    }
}
