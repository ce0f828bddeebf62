//! Digests of what a keyed command asks: the same key with another body is told from a retry.

use crate::domain::command::CustomerAct;
use crate::domain::customer::Identity;
use crate::domain::id::Digest;
use crate::privacy::digest::digest;
use crate::protocol::console::ConsoleCommand;

/// The body of what a customer asks. What the server adds itself (analysis, typing) is no part of it.
pub(super) fn of_customer(act: &CustomerAct) -> Digest {
    match act {
        CustomerAct::Open(opening) => parts(&[b"open", &opening.conversation.to_bytes()]),
        CustomerAct::Say { conversation, text, .. } => {
            parts(&[b"say", &conversation.to_bytes(), text.raw().as_bytes()])
        }
        CustomerAct::AskHuman { conversation } => parts(&[b"human", &conversation.to_bytes()]),
        CustomerAct::Rate { conversation, score, comment } => {
            let comment = comment.as_ref().map_or("", |comment| comment.raw());
            parts(&[b"rate", &conversation.to_bytes(), &[*score], comment.as_bytes()])
        }
        CustomerAct::Identify { conversation, identity } => {
            let proven = match identity {
                Identity::Anonymous => 0,
                Identity::Claimed => 1,
                Identity::Verified { .. } => 2,
            };
            parts(&[b"identify", &conversation.to_bytes(), &[proven]])
        }
    }
}

/// The body of what an operator asks: the command as it stands on the wire.
pub(super) fn of_operator(command: &ConsoleCommand) -> Digest {
    let text = serde_json::to_vec(command).unwrap_or_default();
    parts(&[b"operator", &text])
}

fn parts(parts: &[&[u8]]) -> Digest {
    digest(parts.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::analysis::Analysis;
    use crate::domain::id::ConversationId;

    fn say(text: &str, typing: bool) -> CustomerAct {
        let conversation = ConversationId::from_random([1; 16]);
        CustomerAct::Say { conversation, text: text.into(), analysis: Box::new(Analysis::default()), typing }
    }

    #[test]
    fn a_retry_is_the_same_body_and_other_words_are_not() {
        assert_eq!(of_customer(&say("hello", true)), of_customer(&say("hello", false)));
        assert_ne!(of_customer(&say("hello", true)), of_customer(&say("hello!", true)));
    }
}
