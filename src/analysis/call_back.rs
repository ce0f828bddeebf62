//! Whether a text asks that a human writes or rings later: somebody who says so does not wait here.

use std::sync::LazyLock;

use super::words::{Phrases, Words};

/// Phrases of which one is enough, in the languages that arrive most.
const PHRASES: &[&str] = &[
    "call me back",
    "call me later",
    "ring me back",
    "ring me later",
    "phone me back",
    "phone me later",
    "write me later",
    "write to me later",
    "message me later",
    "contact me later",
    "get back to me later",
    "give me a call back",
    "give me a callback",
    "request a callback",
    "want a callback",
    "like a callback",
    "rufen sie mich zurück",
    "ruf mich zurück",
    "melden sie sich später",
    "llámame más tarde",
    "rappelez moi",
    "richiamatemi",
];
/// Turns the wish into its opposite when it stands shortly before.
const NOT: &[&str] = &["didn't", "don't", "dont", "never", "no", "not", "nobody", "won't"];

static BY_FIRST: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(PHRASES.iter().copied()));

/// Says whether somebody is asked to write or ring later.
pub(super) fn wanted(words: &Words) -> bool {
    let denied = |at: usize| (at.saturating_sub(2)..at).any(|before| NOT.contains(&words.at(before)));
    let asks = |at: usize| BY_FIRST.at(words, at).next().is_some();
    (0..words.len()).any(|at| asks(at) && !denied(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_word_is_asked_for() {
        for text in ["Call me back please", "can you ring me back at six?", "I'd like a callback", "write to me later"]
        {
            assert!(wanted(&Words::read(text)), "{text}");
        }
        for text in ["don't call me back", "nobody called me back", "put it back", "I call back later", "later", ""] {
            assert!(!wanted(&Words::read(text)), "{text}");
        }
    }
}
