//! A day of the calendar: `2026-12-25`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::id::IdError;
use crate::domain::time::Timestamp;

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

impl Day {
    pub(super) const fn of(days: i64) -> Self {
        Self(days)
    }

    /// The day of a moment, UTC.
    pub const fn at(at: Timestamp) -> Self {
        Self(at.0.div_euclid(super::DAY))
    }

    /// Its place in the week, Monday being 0.
    pub(super) fn weekday(self) -> usize {
        // The first day was a Thursday.
        usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or_default()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = jiff::Timestamp::from_second(self.0 * 86_400).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
        match date {
            Ok(date) => f.pad(&date.to_string()),
            Err(_) => f.pad("no day of the calendar"),
        }
    }
}

impl FromStr for Day {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::unlike(text, "a day (write it as `2026-12-25`)");
        let date: jiff::civil::Date = text.parse().map_err(|_| wrong())?;
        let start = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?;
        Ok(Self(start.timestamp().as_second().div_euclid(86_400)))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}
