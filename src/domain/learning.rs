//! What a floor learns from: what was known at a choice, what came of it, and what people corrected.

use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::analysis::{Analysis, Language};
use super::customer::Tier;
use super::escalation::Trigger;
use super::id::{AgentName, ChannelName, ConversationId, IdError, IntentName, OperatorName, RuleId, ToolName};
use super::model::Cost;
use super::routing::Factor;
use super::score::Score;
use super::supervision::Segment;
use super::text::Foreign;
use super::time::{Millis, Timestamp};

/// Places of hashed words, as a power of two: two words of a desk's vocabulary seldom meet in one.
pub const WORD_BITS: u32 = 17;
/// Words of a text that are learnt from, with their pairs: what it is about stands at its beginning.
pub const WORDS_LEARNT: usize = 24;
/// Words that a rule may ask for: more is a sentence, and nobody says the same sentence twice.
pub const RULE_WORDS_MAX: usize = 5;
/// Letters of such a word.
const RULE_WORD_CHARS_MAX: usize = 30;
/// Rules in force at once; who needs more should teach.
pub const RULES_MAX: usize = 100;
/// A rule is a patch: longer than this it belongs into the roster.
pub const RULE_SPAN_MAX: Millis = Millis::from_hours(90 * 24);
/// A rule has done its work when routing would have chosen the same so many times in a row.
pub const AGREED_ENOUGH: u32 = 5;

/// What of a customer's turn outcomes are learnt over: no text, whole numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Features {
    /// Hashed words and pairs of words with their shares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<(u32, Score)>,
    /// Hashed intents with their chances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<(u32, Score)>,
    /// Circumstances that are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub circumstances: Vec<(Circumstance, Score)>,
}

/// What is known beside the text, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circumstance {
    /// How much there is in the text.
    Complexity,
    /// What the customer was promised.
    Standing,
    /// How low the mood is.
    Tension,
    /// Another language than English.
    Foreign,
}

impl Circumstance {
    /// As what it counts in a score.
    pub const fn factor(self) -> Factor {
        match self {
            Self::Complexity => Factor::Complexity,
            Self::Standing => Factor::Tier,
            Self::Tension => Factor::Mood,
            Self::Foreign => Factor::Language,
        }
    }
}

impl Features {
    /// The features of a turn as it was read, of a customer with that mood and tier.
    pub fn of(analysis: &Analysis, mood: Score, tier: Tier) -> Self {
        let intents = analysis.intents.iter().map(|intent| (name_place(intent.intent.as_str()), intent.confidence));
        let strange = !matches!(analysis.language, Language::ENGLISH | Language::UNKNOWN);
        let circumstances = [
            (Circumstance::Complexity, analysis.complexity),
            (Circumstance::Standing, tier.standing()),
            (Circumstance::Tension, Score::ZERO.minus(mood).within(Score::ZERO, Score::ONE)),
            (Circumstance::Foreign, if strange { Score::ONE } else { Score::ZERO }),
        ];
        Self {
            words: analysis.words.clone(),
            intents: intents.collect(),
            circumstances: circumstances.into_iter().filter(|(_, value)| *value != Score::ZERO).collect(),
        }
    }

    /// How alike two turns are by their words and intents, 0 to 1: the cosine, in whole numbers.
    pub fn likeness(&self, other: &Self) -> Score {
        let dot = |a: &[(u32, Score)], b: &[(u32, Score)]| -> i64 {
            let same = a.iter().flat_map(|(place, value)| {
                b.iter().filter(move |(other, _)| other == place).map(|(_, other)| (value.0, other.0))
            });
            same.map(|(a, b)| i64::from(a) * i64::from(b)).sum()
        };
        let both = |a: &Self, b: &Self| dot(&a.words, &b.words) + dot(&a.intents, &b.intents);
        let (whole, own, others) = (both(self, other), both(self, self), both(other, other));
        let length = i64::try_from((own.max(0) as u64).isqrt() * (others.max(0) as u64).isqrt()).unwrap_or(i64::MAX);
        let cosine = whole.saturating_mul(i64::from(Score::ONE.0)).checked_div(length).unwrap_or(0);
        Score(i32::try_from(cosine).unwrap_or(Score::ONE.0)).within(Score::ZERO, Score::ONE)
    }
}

/// Where a word stands among the hashed words: the same on every machine (FNV-1a, folded). Case does not
/// count, and a number is known by its length alone.
pub fn word_place(word: &str) -> u32 {
    let plain = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
    let letters = word.chars().flat_map(char::to_lowercase).map(plain);
    let hash = letters.fold(FNV, |hash, letter| mixed(hash, u64::from(letter)));
    folded(hash) & WORD_MASK
}

/// Where a pair of words in that order stands.
pub fn pair_place(first: u32, second: u32) -> u32 {
    folded(mixed(mixed(FNV, u64::from(first) | 1 << 32), u64::from(second))) & WORD_MASK
}

/// A name as a number, the same on every machine.
pub fn name_place(name: &str) -> u32 {
    folded(name.bytes().fold(FNV, |hash, byte| mixed(hash, u64::from(byte))))
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;
const WORD_MASK: u32 = (1 << WORD_BITS) - 1;

const fn mixed(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

const fn folded(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

/// Outcomes kept of one customer: who comes more often than that is known by the last ones.
pub const PRECEDENTS_KEPT: usize = 8;

/// How an earlier matter of the same customer went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precedent {
    /// In which conversation: the last word on it holds.
    pub conversation: ConversationId,
    /// Who was chosen.
    pub agent: AgentName,
    /// For what.
    pub intent: IntentName,
    /// What it was worth, 0 to 1.
    pub reward: Score,
}

impl Precedent {
    /// What the past of a customer says for an agent in a matter, -1 to 1: nothing without a past, and the
    /// more the oftener it went one way (one more than there are shares the sum, so that one case is half a proof).
    pub fn speaks(past: &[Self], agent: &AgentName, intent: &IntentName) -> Score {
        let same = past.iter().filter(|one| one.agent == *agent && one.intent == *intent);
        let swing = |one: &Self| 2 * i64::from(one.reward.within(Score::ZERO, Score::ONE).0) - i64::from(Score::ONE.0);
        let (sum, cases) = same.fold((0, 1), |(sum, cases), one| (sum + swing(one), cases + 1));
        Score(i32::try_from(sum / cases).unwrap_or_default())
    }
}

/// What came of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameOf {
    /// Who was chosen settled it alone.
    Resolved,
    /// Who was chosen passed on the very message it was chosen for.
    Transferred,
    /// A human had to be called, because it went badly.
    Called,
    /// A person took it from who was chosen.
    TakenOver,
    /// The customer said how it was, one to five.
    Rated(u8),
    /// The customer came back about it.
    Reopened,
}

impl CameOf {
    /// What is learnt of a call for a human: nothing, when it says nothing about who was chosen.
    pub const fn of_call(trigger: Trigger) -> Option<Self> {
        match trigger {
            Trigger::MoodFalling | Trigger::RepeatedFailure => Some(Self::Called),
            Trigger::AskedForHuman
            | Trigger::Playbook
            | Trigger::ByAgent
            | Trigger::Safety
            | Trigger::NoAgent
            | Trigger::ByOperator
            | Trigger::Held
            | Trigger::LeftAlone
            | Trigger::Guarded
            | Trigger::Policy => None,
        }
    }

    /// In words, as a row says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Transferred => "passed on",
            Self::Called => "human called",
            Self::TakenOver => "taken over",
            Self::Rated(4..) => "rated well",
            Self::Rated(3) => "rated fair",
            Self::Rated(_) => "rated badly",
            Self::Reopened => "came back",
        }
    }
}

/// What a reward is made of, beside what came of the choice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counted {
    /// The share of the time for the matter that was left at its end.
    #[serde(default)]
    pub left: Score,
    /// What language models cost in the conversation until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// The tool that sold what the customer came for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold: Option<ToolName>,
}

impl Counted {
    /// Whether nothing was counted.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a human was needed, or was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A person answered the call.
    Answered,
    /// A person took over although nobody had called.
    TakenOver,
    /// The customer rated an ending without a human badly.
    RatedLow,
    /// A person said that the call was not needed.
    Dismissed,
}

impl Need {
    /// Whether a human was needed.
    pub const fn needed(self) -> bool {
        matches!(self, Self::Answered | Self::TakenOver | Self::RatedLow)
    }

    /// Whether nobody had called although somebody should have.
    pub const fn missed(self) -> bool {
        matches!(self, Self::TakenOver | Self::RatedLow)
    }
}

/// How far a correction reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Reach {
    /// This conversation alone.
    Once,
    /// What is like it goes there too, as far as that is learnt.
    Teach,
    /// What is of the same kind goes there for sure, until then.
    Rule {
        /// Its end, on the floor's clock.
        until: Timestamp,
        /// Words that a turn has to have, all of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        words: Vec<RuleWord>,
        /// Whose conversations; all, when it names nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        segment: Option<Segment>,
    },
}

/// A word that a rule asks for: letters and digits, lower case; safe to draw.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleWord(Arc<str>);

impl RuleWord {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands in a text, as a word of its own and in any case.
    pub fn stands_in(&self, text: &Foreign) -> bool {
        let words = text.raw().split(|letter: char| !letter.is_alphanumeric());
        words.filter(|word| !word.is_empty()).any(|word| word.chars().flat_map(char::to_lowercase).eq(self.0.chars()))
    }
}

impl FromStr for RuleWord {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let lower = text.trim().to_lowercase();
        let fits = (1..=RULE_WORD_CHARS_MAX).contains(&lower.chars().count());
        if fits && lower.chars().all(char::is_alphanumeric) {
            return Ok(Self(lower.into()));
        }
        Err(IdError::unlike(text, "one word of letters and digits, 30 at most"))
    }
}

impl Serialize for RuleWord {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RuleWord {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A person's word on who takes what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingRule {
    /// Which.
    pub id: RuleId,
    /// The intent that a turn has to have first; any when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<IntentName>,
    /// Words that it has to have, as the author wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<RuleWord>,
    /// Whose conversations; all when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
    /// Who takes it.
    pub agent: AgentName,
    /// Who made it.
    pub author: OperatorName,
    /// When.
    pub made: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

impl RoutingRule {
    /// Whether it is about what was said and read so, in a conversation of that tier and channel. Its words are
    /// looked for in the texts themselves: the names and codes that rules are about are in no vocabulary.
    pub fn covers(&self, analysis: &Analysis, said: &[&Foreign], tier: Tier, channel: &ChannelName) -> bool {
        let has = |word: &RuleWord| said.iter().any(|text| word.stands_in(text));
        self.intent.as_ref().is_none_or(|intent| analysis.top().is_some_and(|top| top.intent == *intent))
            && self.words.iter().all(has)
            && self.segment.as_ref().is_none_or(|segment| segment.covers(tier, channel))
    }
}

/// Why a rule ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleEnd {
    /// Its time is over.
    Expired,
    /// Routing chooses the same by itself.
    Agreed,
    /// A person ended it.
    ByOperator,
    /// Its agent left the roster.
    AgentLeft,
}

/// How an agent's answer was judged by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnRating {
    /// It was good.
    Good,
    /// It was not.
    Bad,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_everywhere() {
        assert_eq!(word_place("Refund"), word_place("refund"));
        assert_eq!(word_place("1182"), word_place("9907"));
        assert_ne!(word_place("refund"), word_place("refunds"));
        assert_ne!(pair_place(1, 2), pair_place(2, 1));
        assert!(word_place("ärger") < 1 << WORD_BITS && pair_place(u32::MAX, 7) < 1 << WORD_BITS);
    }

    #[test]
    fn a_word_of_a_rule_is_a_whole_word_in_any_case() {
        let stands = |word: &str, text: &str| word.parse::<RuleWord>().unwrap().stands_in(&Foreign::from(text));
        assert!(stands("Kallax", "my KALLAX, still not here") && stands("ax7qq93", "code: AX7QQ93!"));
        assert!(stands("где", "А где заказ?"));
        assert!(!stands("lamp", "two lamps") && !stands("kallax", ""));
    }

    #[test]
    fn likeness_is_a_share() {
        let of = |words: &[u32]| Features {
            words: words.iter().map(|word| (*word, Score(3_000))).collect(),
            ..Features::default()
        };
        assert!(of(&[1, 2, 3]).likeness(&of(&[1, 2, 3])) > Score(9_990));
        assert!((4_990..5_010).contains(&of(&[1, 2]).likeness(&of(&[1, 3])).0));
        assert_eq!(of(&[1]).likeness(&of(&[2])), Score::ZERO);
        assert_eq!(of(&[]).likeness(&of(&[])), Score::ZERO, "nothing is like nothing");
    }
}
