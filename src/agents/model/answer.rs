//! What a model answered, in no provider's words.

use crate::domain::model::Usage;

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The words, as they came.
    pub text: String,
    /// The functions it wants called, in its order.
    pub calls: Vec<FunctionCall>,
    /// Why it stopped.
    pub stop: Stop,
    /// What it read and wrote, as far as the provider said.
    pub usage: Option<Usage>,
}

/// A function that a model wants called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FunctionCall {
    /// The provider's number for it; may be empty.
    pub id: String,
    /// Which.
    pub name: String,
    /// JSON, as it came.
    pub arguments: String,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stop {
    /// It was done.
    #[default]
    Done,
    /// It ran into its limit of tokens.
    Length,
    /// Its provider kept the answer back.
    Filtered,
}
