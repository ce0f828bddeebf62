//! Text that did not come from us, and text that is safe to show: two types, one way between them.
//!
//! Does: limits what arrives, removes or marks what could steer a terminal or hide from a reader,
//! and encodes for HTML, CSV and JSON.
//! Never: lets foreign text reach a screen, a title or a log without cleaning.

mod clean;
mod encode;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::id;

/// Longest text taken from outside, in bytes: the same as the largest frame of the wire.
pub const FOREIGN_BYTES_MAX: usize = 64 * 1024;
/// Longest clean text, in bytes: cleaning puts at most two bytes in the place of one.
pub const CLEAN_BYTES_MAX: usize = 2 * FOREIGN_BYTES_MAX;
/// What stands where [`Foreign::clean`] took something out.
pub const MARK: char = '·';

/// A text that is longer than [`FOREIGN_BYTES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has {bytes} bytes, {FOREIGN_BYTES_MAX} are the limit; send it in parts")]
pub struct TooLong {
    /// Its length.
    pub bytes: usize,
}

/// Text from outside, as received: data, never an instruction to the system.
///
/// It has no `Display`, `Deref` or `AsRef`, so that it cannot slip into a span, a title or a log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Foreign(Arc<str>);

/// Text that can be shown: no character in it moves a cursor, re-orders a line or hides.
///
/// It is made by [`Foreign::clean`], or from something that is cleaned on the way in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Clean(Arc<str>);

/// The longest beginning of `text` that has at most `bytes` bytes and ends with a whole character.
fn beginning(text: &str, bytes: usize) -> &str {
    // A character has at most four bytes, so one of these is a boundary.
    let mut ends = (bytes.saturating_sub(3)..=bytes).rev();
    ends.find_map(|end| text.get(..end)).unwrap_or(text)
}

/// A JSON document as it may be printed: the same values, with every character that hides, steers
/// or piles up spelled `\uXXXX`.
pub fn shown_json(json: &str) -> String {
    encode::shown_json(json)
}

impl Foreign {
    /// Takes a text in; what exceeds [`FOREIGN_BYTES_MAX`] is cut off at a character's end.
    pub fn new(text: &str) -> Self {
        Self(beginning(text, FOREIGN_BYTES_MAX).into())
    }

    /// Takes a text in whole, or says how long it is.
    pub fn try_new(text: &str) -> Result<Self, TooLong> {
        if text.len() > FOREIGN_BYTES_MAX {
            return Err(TooLong { bytes: text.len() });
        }
        Ok(Self(text.into()))
    }

    /// The text as it came.
    ///
    /// For those that read meaning or encode: analysis, knowledge search, agents and their
    /// backends, redaction, encoders of a wire. Never for a screen, a log, a title, an error
    /// message or a file name: these take [`Foreign::clean`].
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// How many characters it has.
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text as it may be shown: newlines stay, tabs become spaces, and a [`MARK`] stands where
    /// control sequences, direction overrides, invisible characters or piles of marks were.
    pub fn clean(&self) -> Clean {
        if clean::is_plain(&self.0) {
            return Clean(Arc::clone(&self.0));
        }
        Clean(clean::clean(&self.0).into())
    }

    /// The text as it may be shown on one line.
    pub fn one_line(&self) -> Clean {
        self.clean().one_line()
    }

    /// The text for the body or a quoted attribute of an HTML page; cleaned, since a character
    /// reference to a direction override would still override.
    pub fn to_html(&self) -> String {
        encode::html(self.clean().as_str())
    }

    /// The text as a field of a CSV file: always quoted, hidden characters spelled `\u{..}`, and
    /// what a spreadsheet would take for a formula disarmed with an apostrophe.
    pub fn to_csv(&self) -> String {
        encode::csv(&self.0)
    }

    /// The text as a JSON string with its quotes, hidden characters spelled `\uXXXX`.
    pub fn to_json(&self) -> String {
        encode::json(&self.0)
    }
}

/// Shows the length alone: a debug print must neither leak nor steer.
impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Foreign({} bytes)", self.0.len())
    }
}

impl From<&str> for Foreign {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Foreign {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl Serialize for Foreign {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Foreign {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Visitor).map(
            |text: Arc<str>| {
                if text.len() > FOREIGN_BYTES_MAX { Self::new(&text) } else { Self(text) }
            },
        )
    }
}

impl Clean {
    /// A text of our own.
    pub fn fixed(text: &'static str) -> Self {
        Self::shown(&text)
    }

    /// What a value of our own writes of itself: numbers, ids, times, other clean texts.
    ///
    /// It is cleaned like everything else, so nothing is trusted here.
    pub fn shown(value: &impl fmt::Display) -> Self {
        Self::of(&value.to_string())
    }

    fn of(text: &str) -> Self {
        let text = beginning(text, CLEAN_BYTES_MAX);
        if clean::is_plain(text) { Self(text.into()) } else { Self(clean::clean(text).into()) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many terminal cells it takes.
    pub fn cells(&self) -> usize {
        self.0.graphemes(true).map(UnicodeWidthStr::width).sum()
    }

    /// The text on one line: each run of newlines becomes a space.
    #[must_use]
    pub fn one_line(&self) -> Self {
        if !self.0.contains('\n') {
            return self.clone();
        }
        let mut line = String::with_capacity(self.0.len());
        for part in self.0.split('\n').filter(|part| !part.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(part);
        }
        Self(line.into())
    }

    /// At most `cells` terminal cells of it; an ellipsis is the last of them if something is
    /// missing, and no character that a reader sees as one is cut in two.
    #[must_use]
    pub fn truncated(&self, cells: usize) -> Self {
        let mut taken = 0;
        // Where the text must end if an ellipsis is to follow it.
        let mut cut = 0;
        for (at, cluster) in self.0.grapheme_indices(true) {
            let width = cluster.width();
            if taken + width > cells {
                let kept = self.0.get(..cut).unwrap_or_default();
                return Self(if cells == 0 { "".into() } else { format!("{kept}…").into() });
            }
            taken += width;
            if taken < cells {
                cut = at + cluster.len();
            }
        }
        self.clone()
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Clean {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Clean {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Clean {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl From<&'static str> for Clean {
    fn from(text: &'static str) -> Self {
        Self::fixed(text)
    }
}

impl From<&Foreign> for Clean {
    fn from(text: &Foreign) -> Self {
        text.clean()
    }
}

macro_rules! from_names {
    ($($name:ident)*) => {$(
        impl From<&id::$name> for Clean {
            fn from(name: &id::$name) -> Self {
                Self(name.as_str().into())
            }
        }
    )*};
}

from_names! {
    AgentName OperatorName QueueName SkillName IntentName ToolName PlaybookName SlotName ChannelName
    ArticleName Label FloorName
}

impl Serialize for Clean {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

/// Cleans again, so that a peer cannot send as clean what is not.
impl<'de> Deserialize<'de> for Clean {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Visitor).map(|text: Arc<str>| {
            if text.len() <= CLEAN_BYTES_MAX && clean::is_plain(&text) { Self(text) } else { Self::of(&text) }
        })
    }
}

/// Takes a string into one allocation, borrowed or owned.
struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Arc<str>, E> {
        Ok(text.into())
    }
}

macro_rules! string_schema {
    ($($name:ident)*) => {$(
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    )*};
}

string_schema! { Foreign Clean }

#[cfg(test)]
mod tests;
