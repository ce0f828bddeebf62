//! How a customer's message stands to those before it: by itself, instead of one, or once more.

use serde::{Deserialize, Serialize};

use super::id::TurnNo;
use super::text::Foreign;
use super::time::Millis;

/// How long after it was sent a message can be edited: whoever reads back finds a slip within minutes; what
/// is older was acted on.
pub const EDIT_WITHIN: Millis = Millis::from_mins(15);
/// Edits of one message: enough for somebody who is never content, too few to have an answer begun for ever.
pub const EDITS_MAX: usize = 10;
/// The same text within this time is a click too much, or a client that sent it again after a broken line:
/// nobody has read an answer and asks once more that soon.
pub const REPEATED_WITHIN: Millis = Millis::from_secs(5);
/// Up to so many bytes a text may well be said twice without any displeasure: a "yes", an order number.
pub const SHORT_BYTES: usize = 12;
/// What may stand around a word without a part in what it says. Signs of money and of sums are no such marks.
const AROUND_WORDS: &[char] = &['.', ',', ';', ':', '!', '?', '"', '\'', '(', ')', '…', '¿', '¡'];

/// How a customer's message stands to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// By itself.
    #[default]
    Alone,
    /// Instead of the words of an earlier one.
    Edits {
        /// Of which: always the message that was sent first.
        of: TurnNo,
        /// Whether it says something else than the words before it, so that it is answered.
        asks: bool,
    },
    /// It was written while nobody answers this customer: kept, and nothing more.
    Unheard,
    /// It came twice, a moment apart: recorded, and answered with the first.
    Repeats {
        /// What it repeats.
        of: TurnNo,
    },
}

impl Stands {
    /// Whether it is by itself.
    pub const fn is_alone(&self) -> bool {
        matches!(self, Self::Alone)
    }

    /// Whether it asks for an answer of its own.
    pub const fn asks(self) -> bool {
        match self {
            Self::Alone => true,
            Self::Edits { asks, .. } => asks,
            Self::Repeats { .. } | Self::Unheard => false,
        }
    }

    /// The message that was sent first, for one that has this number.
    pub const fn first(self, turn: TurnNo) -> TurnNo {
        match self {
            Self::Alone | Self::Unheard => turn,
            Self::Edits { of, .. } | Self::Repeats { of } => of,
        }
    }

    /// The message whose words it replaces.
    pub const fn edits(self) -> Option<TurnNo> {
        match self {
            Self::Edits { of, .. } => Some(of),
            Self::Alone | Self::Unheard | Self::Repeats { .. } => None,
        }
    }

    /// The message that it repeats.
    pub const fn repeats(self) -> Option<TurnNo> {
        match self {
            Self::Repeats { of } => Some(of),
            Self::Alone | Self::Unheard | Self::Edits { .. } => None,
        }
    }
}

/// Whether two texts are the same words: case, space and the marks around a word aside. A comma within a
/// number is no such mark.
pub fn same_words(a: &Foreign, b: &Foreign) -> bool {
    fn words(text: &Foreign) -> impl Iterator<Item = String> + '_ {
        let bare = |word: &str| word.trim_matches(AROUND_WORDS).to_lowercase();
        text.raw().split_whitespace().map(bare).filter(|word| !word.is_empty())
    }
    words(a).eq(words(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_say_nothing_and_figures_do() {
        let same = |a: &str, b: &str| same_words(&a.into(), &b.into());
        assert!(same("Refund order 1182 please", "refund order 1182,  please!"));
        for (a, b) in [
            ("refund 10.50", "refund 1050"),
            ("pay me 10,5", "pay me 105"),
            ("€5", "$5"),
            ("do cancel it", "do not cancel it"),
            ("order 1182", "order 1183"),
        ] {
            assert!(!same(a, b), "{a} / {b}");
        }
    }
}
