//! One specialist asks another without passing the baton.
//!
//! The one who is asked composes nothing for the customer, calls no tool and can ask nobody in turn: all it
//! gives back is [`Advice`], so a consultation is never more than one deep. Several may be asked at once
//! about one question with stated positions: a panel, see [`super::panel`].

use serde::{Deserialize, Serialize};

use super::action::Fill;
use super::id::{AgentName, CompositionId, Digest, IntentName, Position, SlotName};
use super::knowledge::Citation;
use super::score::Score;
use super::text::Foreign;
use super::time::{Millis, Timestamp};

/// Questions to others for one message of the customer: who needs more should pass the baton. Asking several
/// at once about one thing is one question.
pub const CONSULTS_MAX: u8 = 2;
/// How long the customer's answer waits for another's advice; then it is given without.
pub const CONSULT_PATIENCE: Millis = Millis::from_secs(10);

/// What another specialist is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// By whom.
    pub by: AgentName,
    /// Who is asked.
    pub whom: AgentName,
    /// What; without what who is asked may not read.
    pub question: Foreign,
    /// When: what articles said at that time.
    pub at: Timestamp,
    /// On which edition of the deployment; none is the one in force.
    pub edition: Option<Digest>,
    /// For which attempt to answer.
    pub composition: CompositionId,
    /// The positions one of which may be taken; none where the question is open.
    pub positions: Vec<Position>,
    /// The matter, if there is one.
    pub about: Option<IntentName>,
    /// Facts that who is asked may read; none where the question is open.
    pub facts: Vec<Fill>,
    /// What others said, when who is asked judges between them.
    pub heard: Vec<Heard>,
    /// Whether language models may be asked: there is money left for them.
    pub models: bool,
    /// Longest answer of a model, in tokens.
    pub tokens: u32,
    /// How long the answer is waited for.
    pub patience: Millis,
}

/// What somebody on a panel said, as others are told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Who.
    pub agent: AgentName,
    /// For what they are, if for anything.
    pub position: Option<Position>,
    /// Why.
    pub text: Foreign,
}

/// What another specialist knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Advice {
    /// In words, for whoever asked.
    pub text: Foreign,
    /// Where it stands, as people call the place.
    pub title: Foreign,
    /// What it rests on.
    #[serde(default)]
    pub citations: Vec<Citation>,
    /// For which of the stated positions it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// How sure of it the author is, 0 to 1.
    #[serde(default)]
    pub confidence: Score,
    /// Facts that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<SlotName>,
}

/// Why there is no advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAdvice {
    /// The deployment does not let this agent ask that one.
    NotAllowed,
    /// It asked often enough for this message.
    TooOften,
    /// Who is asked is stopped.
    Stopped,
    /// Who is asked does not know.
    Unknown,
    /// Nothing came in time.
    Lapsed,
    /// Who is asked has asked, for the same message, whoever asks now.
    Circle,
    /// More were asked at once than may be.
    TooMany,
    /// The money for it is spent.
    Unpaid,
    /// Nobody waited for it any more.
    Overtaken,
    /// Who judges was for nothing that anybody is for.
    Undecided,
}

impl NoAdvice {
    /// Why, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotAllowed => "it may not ask that one",
            Self::TooOften => "it asked often enough for this message",
            Self::Stopped => "that one is stopped",
            Self::Unknown => "that one does not know",
            Self::Lapsed => "no answer in time",
            Self::Circle => "it would go in a circle",
            Self::TooMany => "more than may be asked at once",
            Self::Unpaid => "the money for it is spent",
            Self::Overtaken => "nobody waited for it any more",
            Self::Undecided => "it took no side",
        }
    }
}

/// Who asked whom for one message, the first first: nobody is asked by whom they had asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(Vec<(AgentName, AgentName)>);

impl Chain {
    /// Somebody was asked.
    pub fn add(&mut self, by: &AgentName, whom: &AgentName) {
        let link = (by.clone(), whom.clone());
        if !self.0.contains(&link) {
            self.0.push(link);
        }
    }

    /// The message is another one.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The circle that asking `whom` would close, from `whom` over `by` back to `whom`; nothing when it
    /// closes none.
    pub fn circle(&self, by: &AgentName, whom: &AgentName) -> Option<Vec<AgentName>> {
        if by == whom {
            return Some(vec![by.clone(), whom.clone()]);
        }
        let mut ways: Vec<Vec<AgentName>> = vec![vec![whom.clone()]];
        // Each agent is passed once, so this ends.
        let mut seen = vec![whom.clone()];
        while let Some(way) = ways.pop() {
            let Some(last) = way.last() else { continue };
            for (_, asked) in self.0.iter().filter(|(asker, _)| asker == last) {
                let mut longer = way.clone();
                longer.push(asked.clone());
                if asked == by {
                    longer.push(whom.clone());
                    return Some(longer);
                }
                if !seen.contains(asked) {
                    seen.push(asked.clone());
                    ways.push(longer);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> AgentName {
        name.parse().unwrap()
    }

    #[test]
    fn who_was_asked_does_not_ask_back_whatever_the_way() {
        let mut chain = Chain::default();
        let told = |chain: &Chain, by: &str, whom: &str| {
            let circle = chain.circle(&name(by), &name(whom))?;
            Some(circle.iter().map(AgentName::as_str).collect::<Vec<_>>().join(" > "))
        };
        assert_eq!(told(&chain, "a", "a").as_deref(), Some("a > a"));
        assert_eq!(told(&chain, "b", "a"), None);
        chain.add(&name("a"), &name("b"));
        chain.add(&name("b"), &name("c"));
        assert_eq!(told(&chain, "b", "a").as_deref(), Some("a > b > a"));
        assert_eq!(told(&chain, "c", "a").as_deref(), Some("a > b > c > a"));
        assert_eq!(told(&chain, "a", "c"), None, "asking further along the same way is no circle");
        chain.clear();
        assert_eq!(told(&chain, "c", "a"), None);
    }
}
