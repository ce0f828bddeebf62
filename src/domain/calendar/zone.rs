//! Time zones, from the database that is built in: the same on every machine.

use std::fmt;
use std::str::FromStr;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::id::IdError;
use crate::domain::time::Timestamp;

/// A time zone by its IANA name.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// How many milliseconds its wall clock is ahead of UTC at `at`, and when that changes next, if it
    /// does. None for moments beyond the year 9999.
    pub(super) fn offset(&self, at: Timestamp) -> Option<(i64, Option<Timestamp>)> {
        let at = jiff::Timestamp::from_millisecond(at.0).ok()?;
        let offset = i64::from(self.0.to_offset(at).seconds()) * 1_000;
        let change = self.0.following(at).next().map(|change| Timestamp(change.timestamp().as_millisecond()));
        Some((offset, change))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl FromStr for Zone {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let found = TimeZoneDatabase::bundled().get(text).ok().filter(|zone| zone.iana_name().is_some());
        found.map(Self).ok_or_else(|| IdError::unlike(text, "a time zone (write it as `Europe/Berlin`)"))
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Zone {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Zone".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["Europe/Berlin"] })
    }
}
