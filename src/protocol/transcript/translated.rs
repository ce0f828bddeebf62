//! What a transcript says of words in another language.

use serde::{Deserialize, Serialize};

use crate::domain::conversation::Author;
use crate::domain::text::Clean;
use crate::domain::translation::TranslationFailure;

/// The words of a message in the other language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InOther {
    /// They are being translated.
    Waits,
    /// These.
    Said(Clean),
    /// There are none.
    Missing(TranslationFailure),
}

impl InOther {
    /// What stands beside the words of `author`.
    pub fn words(&self, author: &Author) -> Clean {
        match (self, author) {
            (Self::Waits, _) => Clean::fixed("is being translated"),
            (Self::Said(words), Author::Customer) => Clean::shown(&format_args!("= {words}")),
            (Self::Said(words), Author::Agent(_) | Author::Operator(_) | Author::House) => {
                Clean::shown(&format_args!("written as: {words}"))
            }
            (Self::Missing(why), _) => Clean::shown(&format_args!("not translated: {}", why.words())),
        }
    }
}

/// What became of a reply that waited for its translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldFate {
    /// It waits.
    Waits,
    /// The translation is there; it goes out behind those before it.
    Translated,
    /// It went to nobody: there is no translation, or nothing said means that its author does not answer any more.
    Unsent(Option<TranslationFailure>),
}

impl HeldFate {
    /// What became of it, in words.
    pub fn words(self) -> Clean {
        match self {
            Self::Waits => Clean::fixed("waits for its translation"),
            Self::Translated => Clean::fixed("translated"),
            Self::Unsent(None) => Clean::fixed("not sent: its author does not answer here any more"),
            Self::Unsent(Some(why)) => Clean::shown(&format_args!("not sent: {}", why.words())),
        }
    }
}
