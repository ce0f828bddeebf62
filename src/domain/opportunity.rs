//! What speaks for it that a customer would buy something, read off what is known of the conversation.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::IntentName;
use super::score::Score;

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
