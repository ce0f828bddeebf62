//! Another language: what is translated, for whom, and why it was not.

use serde::{Deserialize, Serialize};

use super::analysis::Language;
use super::conversation::MESSAGE_BYTES_MAX;
use super::data::DataClass;
use super::id::TurnNo;
use super::model::ModelFailure;
use super::playbook::SlotKind;
use super::time::Millis;

/// How long a translation is waited for: as long as somebody is seen to write a line. Then it is said that
/// there is none.
pub const TRANSLATION_PATIENCE: Millis = Millis::from_secs(8);
/// Longest translation: no language needs four times the bytes of another.
pub const TRANSLATION_BYTES_MAX: usize = 4 * MESSAGE_BYTES_MAX;
/// Replies of people that wait for their translation in one conversation.
pub const HELD_REPLIES_MAX: usize = 5;

/// That a house translates, as the rules have to know it; who does stands in the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranslationSpec {
    /// What people of the house read and write.
    pub language: Language,
    /// Classes of data that the translator may read; none named means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_read: Vec<DataClass>,
}

impl TranslationSpec {
    /// Whether the house reads this language only by translation.
    pub fn is_foreign(&self, language: Language) -> bool {
        language != Language::UNKNOWN && language != self.language
    }

    /// Whether the translator may read data of this class.
    pub fn reads(&self, class: DataClass) -> bool {
        class == DataClass::General || self.may_read.is_empty() || self.may_read.contains(&class)
    }
}

/// What is translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// A message of the customer, for the house.
    Turn(TurnNo),
    /// A reply of a person that waits for it, for the customer; counted from 1 in each conversation.
    Reply(u32),
}

/// Why something was not translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TranslationFailure {
    /// It holds data of a class that the translator may not read.
    NotAllowed,
    /// The house's money for models is spent for today.
    OverBudget,
    /// Nothing came in time.
    TimedOut,
    /// The conversation ended, or the floor stopped, before it came.
    Stopped,
    /// The translator cannot be reached, or has trouble.
    Unreachable,
    /// What it gave is no translation: nothing, or far too much.
    NotAsAgreed,
    /// The language model gave no answer that could be used.
    Model(ModelFailure),
}

impl TranslationFailure {
    /// What happened, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotAllowed => "it holds what the translator may not read",
            Self::OverBudget => "the day's money for models is spent",
            Self::TimedOut => "the translator did not answer in time",
            Self::Stopped => "it was over before the translator answered",
            Self::Unreachable => "the translator cannot be reached",
            Self::NotAsAgreed => "what the translator gave is no translation",
            Self::Model(failure) => match failure {
                ModelFailure::Unreachable => "the translating model cannot be reached",
                ModelFailure::TimedOut => "the translating model did not answer in time",
                ModelFailure::Busy => "the translating model is busy or in trouble",
                ModelFailure::KeyRefused => "the translator does not take the key",
                ModelFailure::Rejected => "the translating model does not take the question; is its name right?",
                ModelFailure::BrokeOff => "the translating model broke off in the middle",
                ModelFailure::NotAsAgreed => "the translating model answered in no agreed form",
                ModelFailure::Empty => "the translating model answered nothing",
                ModelFailure::Filtered => "the translating model's provider kept the answer back",
                ModelFailure::Resting => "the translating model failed too often and rests",
                ModelFailure::Full => "the translator has as many calls as it may",
                ModelFailure::OverBudget => "the translating model has spent the day's money",
                ModelFailure::NoKey => "the translator has no key",
            },
        }
    }
}

/// The class of what stands in a text, by its kind.
pub const fn class_of(kind: SlotKind) -> DataClass {
    match kind {
        SlotKind::Email | SlotKind::Postcode => DataClass::Contact,
        SlotKind::LastFour => DataClass::Payment,
        SlotKind::Text
        | SlotKind::File
        | SlotKind::OrderNumber
        | SlotKind::Amount
        | SlotKind::Date
        | SlotKind::YesNo
        | SlotKind::Choice
        | SlotKind::Number
        | SlotKind::ErrorCode => DataClass::General,
    }
}
