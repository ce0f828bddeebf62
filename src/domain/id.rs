//! Identities. Conversation and customer ids are random and minted at the edge; names are slugs
//! chosen by the deployment; every other id is a counter minted in `decide`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Crockford's base 32 alphabet, lower case: no `i`, `l`, `o`, `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits at five bits a character.
const RANDOM_ID_CHARS: usize = 26;
/// Longest name of an agent, operator, queue and so on; it must fit a column.
pub const NAME_BYTES_MAX: usize = 40;
/// Longest client key; a UUID with a prefix and a counter fits.
pub const KEY_BYTES_MAX: usize = 80;

/// A text that is not an id: the value, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not {expected}")]
pub struct IdError {
    /// What was given, shortened and with controls escaped.
    pub value: String,
    /// What would have been accepted.
    pub expected: &'static str,
}

impl IdError {
    /// Says that `value` is not `expected`.
    pub fn unlike(value: &str, expected: &'static str) -> Self {
        Self { value: value.escape_debug().take(60).collect(), expected }
    }
}

/// An id in its alphabet; a journal writes several a record, so nothing is allocated.
struct Spelled([u8; RANDOM_ID_CHARS]);

fn encode(bits: u128) -> Spelled {
    let mut text = [b'0'; RANDOM_ID_CHARS];
    let mut left = bits;
    for place in text.iter_mut().rev() {
        *place = ALPHABET.get((left & 31) as usize).copied().unwrap_or(b'0');
        left >>= 5;
    }
    Spelled(text)
}

impl Spelled {
    fn as_str(&self) -> &str {
        // The alphabet is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn decode(text: &str) -> Option<u128> {
    if text.len() != RANDOM_ID_CHARS {
        return None;
    }
    text.bytes().try_fold(0u128, |bits, byte| {
        let digit = ALPHABET.iter().position(|a| *a == byte)?;
        if bits >> 123 != 0 {
            return None;
        }
        Some(bits << 5 | digit as u128)
    })
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal) => {
        $(#[$doc])*
        /// The default is nobody's: a state that is about to be filled in.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(u128);

        impl $name {
            /// Makes an id of 16 random bytes, drawn by the caller: the domain draws nothing.
            pub const fn from_random(bytes: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(bytes))
            }
            /// The 16 bytes it was made of.
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.to_be_bytes()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(encode(self.0).as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), encode(self.0).as_str())
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                decode(text).map(Self).ok_or_else(|| IdError::unlike(text, $expected))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(encode(self.0).as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

random_id!(
    /// One conversation, unique across floors, never used again.
    ConversationId,
    "a conversation id (26 characters of base 32)"
);
random_id!(
    /// One customer, unique across floors, never used again.
    CustomerId,
    "a customer id (26 characters of base 32)"
);
random_id!(
    /// One file of a customer, unique across floors, never used again.
    FileId,
    "a file id (26 characters of base 32)"
);

macro_rules! counter_id {
    ($($(#[$doc:meta])* $name:ident($prefix:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The id after this one.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.strip_prefix($prefix).unwrap_or(text);
                digits.parse().map(Self).map_err(|_| IdError::unlike(text, concat!("a number like ", $prefix, "12")))
            }
        }
    )*};
}

counter_id! {
    /// Position of an envelope in the journal; the first is 1.
    Seq("#");
    /// Generation of the baton; rises by one at every pass.
    Epoch("epoch ");
    /// Short name of a conversation on this floor, for people: `c-1042`.
    Handle("c-");
    /// A customer-visible message's number within its conversation; the first is 1.
    TurnNo("turn ");
    /// One attempt of a holder to answer.
    CompositionId("w-");
    /// One pass of the baton that was offered.
    HandoffId("h-");
    /// One request for a human.
    EscalationId("e-");
    /// One offer of an escalation to one operator.
    OfferId("o-");
    /// One question that waits for a human's decision.
    ApprovalId("a-");
    /// One tool call.
    CallId("t-");
    /// One finished text of an agent that waits for a person.
    DraftId("d-");
    /// One brief from a shift to the next.
    BriefId("b-");
    /// One promise to a customer.
    PromiseId("p-");
    /// Conversations that share a cause.
    IncidentId("i-");
    /// One question of a colleague for a conversation that somebody holds.
    ClaimId("q-");
    /// One question of an agent to another.
    ConsultId("k-");
    /// One word of a person on who takes what.
    RuleId("r-");
}

macro_rules! name {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text: safe to show, since only slug characters are let in.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                check_name(text).map(|()| Self(text.into()))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9_.-]{0,39}$" })
            }
        }
    )*};
}

name! {
    /// An AI specialist of the roster.
    AgentName;
    /// A human who works on the floor.
    OperatorName;
    /// A line in which escalations wait.
    QueueName;
    /// What an agent or operator can do.
    SkillName;
    /// What a customer may want.
    IntentName;
    /// A tool an agent may call.
    ToolName;
    /// A flow an agent follows.
    PlaybookName;
    /// A fact a flow collects.
    SlotName;
    /// What a flow calls something it promises.
    PromiseName;
    /// What a deployment calls a way in which conversations end.
    DispositionName;
    /// A channel of the deployment.
    ChannelName;
    /// A part of the house that may be down.
    ComponentName;
    /// A knowledge article.
    ArticleName;
    /// A mark that operators put on a conversation.
    Label;
    /// Words that operators use again and again.
    ReplyName;
    /// A language model, by its name in the deployment.
    ModelName;
    /// A service or process that serves tools.
    ServerName;
    /// One orchestrator's deployment; one floor, one journal.
    FloorName;
    /// One answer that may be given to a question put to several specialists.
    Position;
}

impl Default for ChannelName {
    fn default() -> Self {
        Self::web()
    }
}

impl ChannelName {
    /// The channel every deployment has: the web chat page.
    pub fn web() -> Self {
        Self("web".into())
    }
}

impl OperatorName {
    /// The name as customers read it: `ana` becomes `Ana`.
    pub fn for_customers(&self) -> String {
        let mut letters = self.as_str().chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    }
}

impl QueueName {
    /// The line of a deployment that names none.
    pub fn support() -> Self {
        Self("support".into())
    }
}

fn check_name(text: &str) -> Result<(), IdError> {
    let slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    let starts_well = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if starts_well && text.len() <= NAME_BYTES_MAX && text.bytes().all(slug) {
        return Ok(());
    }
    Err(IdError::unlike(text, "a name (1 to 40 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit)"))
}

/// A client's own name for one command, so that a retry is recognised.
///
/// A key that ends in `-<number>` counts up within its stem: after a key has left the store, lower
/// numbers of its stem are known to be old and are refused instead of executed again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ClientKey(Arc<str>);

impl ClientKey {
    /// The key as text: printable ASCII without spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stem and the counter behind it; a key without a counter is a stem of its own at 0.
    pub fn stem_and_number(&self) -> (&str, u64) {
        self.0.rsplit_once('-').and_then(|(stem, number)| Some((stem, number.parse().ok()?))).unwrap_or((&self.0, 0))
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl FromStr for ClientKey {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        if (1..=KEY_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            return Ok(Self(text.into()));
        }
        Err(IdError::unlike(text, "a key (1 to 80 printable ASCII characters without spaces)"))
    }
}

impl<'de> Deserialize<'de> for ClientKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The first 16 bytes of a SHA-256, in hexadecimal when written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub [u8; 16]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::unlike(text, "a digest (32 hexadecimal characters)");
        if text.len() != 32 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A whole SHA-256 of a content, in hexadecimal when written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ContentHash {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::unlike(text, "a content's hash (64 hexadecimal characters)");
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_survive_their_text() {
        for bytes in [[0; 16], [255; 16], *b"0123456789abcdef"] {
            let id = ConversationId::from_random(bytes);
            assert_eq!(id.to_string().parse::<ConversationId>().unwrap(), id);
            assert_eq!(id.to_bytes(), bytes);
        }
        assert!("8".repeat(26).parse::<ConversationId>().is_err(), "more than 128 bits");
        assert!("short".parse::<CustomerId>().is_err());
    }

    #[test]
    fn names_are_slugs() {
        assert!("billing-2".parse::<AgentName>().is_ok());
        for wrong in ["", "Billing", "a b", "-x", "é", &"x".repeat(41), "a\u{1b}[31m"] {
            assert!(wrong.parse::<AgentName>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn keys_count_within_their_stem() {
        let key = |text: &str| text.parse::<ClientKey>().unwrap();
        assert_eq!(key("web-7f-12").stem_and_number(), ("web-7f", 12));
        assert_eq!(key("order").stem_and_number(), ("order", 0));
        assert!("two words".parse::<ClientKey>().is_err());
    }

    #[test]
    fn digests_survive_their_text() {
        let digest = Digest(*b"0123456789abcdef");
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        assert!("zz".repeat(16).parse::<Digest>().is_err());
    }
}
