//! One interval of a day: `09:00-12:30`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::id::IdError;

/// Minutes of a day on a wall clock; the last opening of a day may end with it, at `24:00`.
const MINUTES: u16 = 24 * 60;

/// From one minute of a day up to, and without, a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    from: u16,
    until: u16,
}

impl Opening {
    /// The first open minute of the day.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// The minute at which it is closed again; always later than the first.
    pub const fn until(self) -> u16 {
        self.until
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, until) = (self.from, self.until);
        f.pad(&format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60))
    }
}

impl FromStr for Opening {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::unlike(text, "an opening (write it as `09:00-12:30`; it ends after it begins)");
        let (from, until) = text.split_once('-').ok_or_else(wrong)?;
        let (from, until) = (minute(from).ok_or_else(wrong)?, minute(until).ok_or_else(wrong)?);
        if from < until { Ok(Self { from, until }) } else { Err(wrong()) }
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two(hours) || !two(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= MINUTES).then_some(minute)
}

impl Serialize for Opening {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Opening {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Opening {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Opening".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$" })
    }
}
