//! What speaks for it that a customer would buy something, read off what is known of the conversation.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id::{IdError, IntentName};
use super::learning::{pair_place, word_place};
use super::score::Score;

/// Longest word of a phrase, in bytes: names of products are shorter.
const PHRASE_WORD_BYTES_MAX: usize = 60;

/// A customer who may be glad of an offer, with what that is read off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opportunity {
    /// How much speaks for it, 0 to 1: the sum of its signs.
    pub score: Score,
    /// What it is read off, the strongest first; never empty.
    pub signs: Vec<Sign>,
    /// The matter that a tool sells something in, when they came for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<IntentName>,
}

/// One thing that speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// They came for something that is sold.
    Matter,
    /// They speak of plans, prices, or of having more.
    Words,
    /// They are content after something was solved.
    Content,
}

/// One or two words by which somebody speaks of plans, prices, or of having more: letters and digits, lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phrase(Arc<str>);

impl Phrase {
    /// Whether it was said, told by the words that are kept of a text.
    pub fn was_said(&self, words: &[(u32, Score)]) -> bool {
        let mut places = self.0.split(' ').map(word_place);
        let place = match (places.next(), places.next()) {
            (Some(first), Some(second)) => pair_place(first, second),
            (Some(only), None) => only,
            (None, _) => return false,
        };
        words.iter().any(|(known, _)| *known == place)
    }
}

impl FromStr for Phrase {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let plain = |word: &String| word.chars().all(char::is_alphanumeric) && word.len() <= PHRASE_WORD_BYTES_MAX;
        if matches!(words.len(), 1 | 2) && words.iter().all(plain) {
            return Ok(Self(words.join(" ").into()));
        }
        Err(IdError::unlike(text, "one word or two of letters and digits"))
    }
}

impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phrase {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The phrases of any trade.
pub fn usual_phrases() -> Vec<Phrase> {
    let usual = "plan,plans,price,prices,pricing,upgrade,upgrading,subscription,premium,tariff,quote,how much";
    usual.split(',').filter_map(|phrase| phrase.parse().ok()).collect()
}

/// Less than this is nothing to speak of: one sign alone is enough only when it is what they came for.
pub const WORTH: Score = Score::from_percent(45);

impl Sign {
    /// How much it says.
    pub const fn weight(self) -> Score {
        match self {
            Self::Matter => Score::from_percent(45),
            Self::Words => Score::from_percent(30),
            Self::Content => Score::from_percent(25),
        }
    }

    /// In words, behind `the customer`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Matter => "asks for what is sold",
            Self::Words => "speaks of plans or prices",
            Self::Content => "is content after a solution",
        }
    }
}

impl Opportunity {
    /// What these signs come to, if it is enough.
    pub fn of(mut signs: Vec<Sign>, matter: Option<IntentName>) -> Option<Self> {
        signs.sort_unstable();
        signs.dedup();
        let score = signs.iter().fold(Score::ZERO, |sum, sign| sum.plus(sign.weight()));
        (score >= WORTH).then_some(Self { score, signs, matter })
    }
}

/// One line: `plan-upgrade: asks for what is sold, speaks of plans or prices`.
impl fmt::Display for Opportunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(matter) = &self.matter {
            write!(f, "{matter}: ")?;
        }
        for (index, sign) in self.signs.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { ", " }, sign.words())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_alone_is_no_opportunity() {
        assert_eq!(Opportunity::of(vec![Sign::Words], None), None);
        assert_eq!(Opportunity::of(vec![Sign::Words, Sign::Words], None), None, "said twice is not said by two");
        assert_eq!(Opportunity::of(vec![Sign::Content], None), None);
        let both = Opportunity::of(vec![Sign::Content, Sign::Words], None).unwrap();
        assert_eq!(both.to_string(), "speaks of plans or prices, is content after a solution");
        let all = vec![Sign::Matter, Sign::Words, Sign::Content];
        assert_eq!(Opportunity::of(all, None).map(|all| all.score), Some(Score::ONE));
    }
}
