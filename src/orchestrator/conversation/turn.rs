//! One message.

use serde::{Deserialize, Serialize};

use crate::domain::conversation::{Author, HouseSentence};
use crate::domain::id::{Seq, TurnNo};
use crate::domain::knowledge::Citation;
use crate::domain::personal::Personal;
use crate::domain::said::Stands;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

/// One message the customer sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Its number.
    pub no: TurnNo,
    /// The journal entry that holds it.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Author,
    /// Which sentence, when the house spoke.
    pub sentence: Option<HouseSentence>,
    /// The words.
    pub text: Personal<Foreign>,
    /// Whether they are the translation of what a person wrote.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub translated: bool,
    /// How many bytes they have.
    pub bytes: u32,
    /// What they rest on.
    pub citations: Vec<Citation>,
    /// How a customer's stands to those before it.
    #[serde(default, skip_serializing_if = "Stands::is_alone")]
    pub stands: Stands,
    /// Whether the customer put other words in its place before it was answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
}

impl Turn {
    /// A message by itself, of no fixed wording, that rests on nothing.
    pub fn said(
        (no, seq, at): (TurnNo, Seq, Timestamp),
        author: Author,
        (text, bytes): (Personal<Foreign>, u32),
    ) -> Self {
        let (sentence, citations, stands) = (None, Vec::new(), Stands::Alone);
        Self { no, seq, at, author, sentence, text, bytes, translated: false, citations, stands, replaced: false }
    }

    /// Whether it is a message of the customer that somebody has to answer, or answered: neither replaced
    /// before that, nor one that only says again what was said.
    pub fn asks(&self) -> bool {
        self.author == Author::Customer && self.counts()
    }

    /// Whether it is read by whoever answers.
    pub const fn counts(&self) -> bool {
        !self.replaced && self.stands.asks()
    }
}
