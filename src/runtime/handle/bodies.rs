//! Digests of what a keyed command asks: the same key with another body is told from a retry. They
//! stand in the open in the journal, so they are made with a secret of the floor: nobody can try words
//! until one fits, not even of a customer who was forgotten.

use crate::domain::command::CustomerAct;
use crate::domain::customer::Identity;
use crate::domain::id::Digest;
use crate::privacy::digest::digest;
use crate::privacy::seal::DataKey;
use crate::protocol::console::ConsoleCommand;

/// The body of what a customer asks. What the server adds itself (analysis, typing) is no part of it.
pub(super) fn of_customer(secret: &DataKey, act: &CustomerAct) -> Digest {
    let parts = |parts: &[&[u8]]| parts_of(secret, parts);
    match act {
        CustomerAct::Open(opening) => parts(&[b"open", &opening.conversation.to_bytes()]),
        CustomerAct::Say { conversation, text, files, .. } => {
            let (conversation, ids) = (conversation.to_bytes(), files.iter().map(|sent| sent.file.to_bytes()));
            let ids: Vec<[u8; 16]> = ids.collect();
            // Without files the body is what it was before there were any: keys of older days still fit.
            let said: [&[u8]; 3] = [b"say", &conversation, text.raw().as_bytes()];
            parts(&said.into_iter().chain(ids.iter().map(<[u8; 16]>::as_slice)).collect::<Vec<_>>())
        }
        CustomerAct::Edit { conversation, turn, text, .. } => {
            parts(&[b"edit", &conversation.to_bytes(), &turn.0.to_be_bytes(), text.raw().as_bytes()])
        }
        CustomerAct::AskHuman { conversation } => parts(&[b"human", &conversation.to_bytes()]),
        CustomerAct::CallBack { conversation } => parts(&[b"call_back", &conversation.to_bytes()]),
        CustomerAct::LeaveLine { conversation } => parts(&[b"leave_line", &conversation.to_bytes()]),
        CustomerAct::Rate { conversation, score, comment } => {
            let comment = comment.as_ref().map_or("", |comment| comment.raw());
            parts(&[b"rate", &conversation.to_bytes(), &[*score], comment.as_bytes()])
        }
        CustomerAct::Identify { conversation, identity, handle } => {
            let proven = match identity {
                Identity::Anonymous => 0,
                Identity::Claimed => 1,
                Identity::Verified { .. } => 2,
            };
            let handle = handle.map_or([0; 16], |handle| handle.0);
            parts(&[b"identify", &conversation.to_bytes(), &[proven], &handle])
        }
    }
}

/// The body of what an operator asks: the command as it stands on the wire.
pub(super) fn of_operator(secret: &DataKey, command: &ConsoleCommand) -> Digest {
    let text = serde_json::to_vec(command).unwrap_or_default();
    parts_of(secret, &[b"operator", &text])
}

fn parts_of(secret: &DataKey, parts: &[&[u8]]) -> Digest {
    digest(std::iter::once(secret.expose().as_slice()).chain(parts.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::analysis::Analysis;
    use crate::domain::id::ConversationId;

    fn say(text: &str, typing: bool) -> CustomerAct {
        let conversation = ConversationId::from_random([1; 16]);
        CustomerAct::Say {
            conversation,
            text: text.into(),
            analysis: Box::new(Analysis::default()),
            typing,
            files: Vec::new(),
        }
    }

    #[test]
    fn a_retry_is_the_same_body_and_other_words_are_not() {
        let (ours, theirs) = (DataKey::from_bytes([1; 32]), DataKey::from_bytes([2; 32]));
        let hello = of_customer(&ours, &say("hello", true));
        assert_eq!(hello, of_customer(&ours, &say("hello", false)));
        assert_ne!(hello, of_customer(&ours, &say("hello!", true)));
        assert_ne!(hello, of_customer(&theirs, &say("hello", true)), "a guess cannot be tried without the secret");
    }
}
