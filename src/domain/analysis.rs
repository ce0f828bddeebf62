//! What one text of a customer means. Recorded per message with the digest of the model that said so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id::{Digest, IdError, IntentName};
use super::playbook::SlotKind;
use super::score::Score;

/// Intents kept of a distribution: the rest is noise on a screen and in a record.
pub const INTENTS_KEPT: usize = 5;

/// Mood from which down a customer is tense: other words are used, and nothing is offered.
pub const TENSE: Score = Score::from_percent(-25);

/// The mood of a conversation after a text: three parts of what was, two of what is, so that one sharp word moves
/// it and two in a row carry it.
pub const fn mood_after(before: Score, text: Score) -> Score {
    Score((before.0 * 3 + text.0 * 2) / 5)
}

/// The meaning of one text.
#[expect(clippy::struct_excessive_bools, reason = "what a text is: one mark each")]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Analysis {
    /// Digest of the model: code version and examples.
    pub model: Digest,
    /// Whether it says what is wanted.
    #[serde(default, skip_serializing_if = "Clarity::is_clear")]
    pub clarity: Clarity,
    /// Most likely first, calibrated, at most [`INTENTS_KEPT`].
    pub intents: Vec<IntentScore>,
    /// How likely it is that no intent of the roster fits, 0 to 1.
    pub out_of_scope: Score,
    /// How much there is in it, 0 to 1.
    pub complexity: Score,
    /// Mood of this text alone, -1 to 1.
    pub sentiment: Score,
    /// How likely it is that the writer is displeased, 0 to 1.
    #[serde(default)]
    pub displeasure: Score,
    /// Strongest feeling.
    pub emotion: Emotion,
    /// How pressing, 0 to 1.
    pub urgency: Score,
    /// Language, `und` when unknown.
    pub language: Language,
    /// Whether nearly all of it is in capitals.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shouts: bool,
    /// Hashed words and pairs of words with their shares: what routing learns over, no text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<(u32, Score)>,
    /// Whether a human is asked for.
    pub wants_human: bool,
    /// Whether a human is asked to write or ring later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wants_call_back: bool,
    /// Whether it touches law or safety: a lawyer, a regulator, fire, injury.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub safety: bool,
    /// Where the words stand that moved the mood: byte ranges of the text, no text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Span>,
    /// Where order numbers, amounts, days, addresses and codes stand: places in the text, no text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<SlotPlace>,
}

/// Slots kept of one text: a message with more is a list.
pub const SLOTS_KEPT: usize = 8;

/// Where in a text something of a kind stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotPlace {
    /// What it is.
    pub kind: SlotKind,
    /// Where.
    pub at: Span,
}

impl Analysis {
    /// The most likely intent and its confidence.
    pub fn top(&self) -> Option<&IntentScore> {
        self.intents.first()
    }
}

/// One intent with its calibrated confidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentScore {
    /// What the customer may want.
    pub intent: IntentName,
    /// How sure, 0 to 1.
    pub confidence: Score,
}

/// Whether a text says what is wanted, by bars that were learnt with the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clarity {
    /// Its first intent is more likely right than wrong.
    #[default]
    Clear,
    /// It is about something the roster knows, but what is a guess.
    Unclear,
    /// No intent of the roster fits.
    Outside,
}

impl Clarity {
    /// Whether there is nothing to be said about it.
    pub const fn is_clear(&self) -> bool {
        matches!(self, Self::Clear)
    }
}

/// A byte range of a text, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The strongest feeling of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emotion {
    /// None to speak of.
    #[default]
    Neutral,
    /// Anger.
    Anger,
    /// Something does not work, again.
    Frustration,
    /// Fear of what may come.
    Worry,
    /// Not understanding.
    Confusion,
    /// Thanks.
    Gratitude,
}

impl Emotion {
    /// Whether there is nothing to be said about it.
    pub const fn is_neutral(&self) -> bool {
        matches!(self, Self::Neutral)
    }

    /// In a word, as a screen says it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Anger => "anger",
            Self::Frustration => "frustration",
            Self::Worry => "worry",
            Self::Confusion => "confusion",
            Self::Gratitude => "gratitude",
        }
    }
}

/// A language code of ISO 639-3, three lower-case letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 3]);

impl Language {
    /// Not known.
    pub const UNKNOWN: Self = Self(*b"und");
    /// English.
    pub const ENGLISH: Self = Self(*b"eng");

    /// Whether it is one of those that are told apart.
    pub fn is_told(&self) -> bool {
        TWO_LETTERS.iter().any(|(three, _)| three.as_bytes() == self.0)
    }

    /// Whether it is not known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::UNKNOWN
    }

    /// The code as people write it: two letters of ISO 639-1 where there are any; empty when unknown.
    pub fn short(&self) -> &str {
        let known = TWO_LETTERS.iter().find(|(three, _)| three.as_bytes() == self.0);
        match known {
            Some((_, two)) => two,
            None if *self == Self::UNKNOWN => "",
            None => std::str::from_utf8(&self.0).unwrap_or_default(),
        }
    }
}

/// Languages that are told apart, with their codes of two letters.
const TWO_LETTERS: [(&str, &str); 69] = [
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("zul", "zu"),
];

impl Default for Language {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Language {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let long = TWO_LETTERS.iter().find(|(_, two)| *two == text).map_or(text, |(three, _)| three);
        let bytes: Option<[u8; 3]> = long.as_bytes().try_into().ok();
        bytes
            .filter(|b| b.iter().all(u8::is_ascii_lowercase))
            .map(Self)
            .ok_or_else(|| IdError::unlike(text, "a language code (`en`, or three letters of ISO 639-3, like `eng`)"))
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
