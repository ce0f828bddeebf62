//! Whether a text touches law or safety: then a human looks, whatever else it says.

use std::sync::LazyLock;

use super::words::{Phrases, Words};

/// Words and phrases of which one is enough.
const PHRASES: &[&str] = &[
    "lawyer",
    "attorney",
    "solicitor",
    "lawsuit",
    "sue you",
    "suing",
    "legal action",
    "small claims",
    "ombudsman",
    "consumer protection",
    "data protection authority",
    "the police",
    "on fire",
    "caught fire",
    "smoke",
    "electric shock",
    "electrocuted",
    "gas leak",
    "carbon monoxide",
    "injured",
    "burned",
    "burnt",
    "ambulance",
    "hospital",
    "kill myself",
    "hurt myself",
    "suicide",
];

static BY_FIRST: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(PHRASES.iter().copied()));

/// Says whether law or safety is touched.
pub(super) fn touched(words: &Words) -> bool {
    words.has(&BY_FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn law_and_safety_are_told_from_daily_trouble() {
        for text in ["I will talk to my lawyer", "the plug caught fire!", "My child got an electric shock"] {
            assert!(touched(&Words::read(text)), "{text}");
        }
        for text in ["the app crashed", "where is my order", "please issue a refund"] {
            assert!(!touched(&Words::read(text)), "{text}");
        }
    }
}
