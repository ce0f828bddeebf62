//! What became of what was asked.

use serde::{Deserialize, Serialize};

use crate::domain::consult::NoAdvice;

/// What came of a question to another specialist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsultFate {
    /// The answer is awaited.
    Waits,
    /// It was answered.
    Answered,
    /// It was answered when nobody waited for it any more.
    Stale,
    /// There was no answer.
    None(NoAdvice),
}

impl ConsultFate {
    /// In words, when there is something to say besides the answer.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Waits => "the answer is awaited",
            Self::Answered => "",
            Self::Stale => "too late",
            Self::None(why) => why.words(),
        }
    }
}
