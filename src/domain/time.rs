//! Time as data: instants and spans in whole milliseconds.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z on the floor's clock.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A span of milliseconds, never negative.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// A span of whole seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs * 1_000)
    }
    /// A span of whole minutes.
    pub const fn from_mins(mins: u64) -> Self {
        Self::from_secs(mins * 60)
    }
    /// A span of whole hours.
    pub const fn from_hours(hours: u64) -> Self {
        Self::from_mins(hours * 60)
    }
    /// Whole seconds, rounded down.
    pub const fn secs(self) -> u64 {
        self.0 / 1_000
    }
}

impl Timestamp {
    /// How long after `earlier` this is; nothing if it is not after.
    pub fn since(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
}

impl Add<Millis> for Timestamp {
    type Output = Self;
    fn add(self, span: Millis) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.0).unwrap_or(i64::MAX)))
    }
}

impl Sub<Millis> for Timestamp {
    type Output = Self;
    fn sub(self, span: Millis) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.0).unwrap_or(i64::MAX)))
    }
}

/// Minutes and seconds, `1:05`; hours from one hour on, `2:01:05`.
/// A text that is no span of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no span of time; write 90s, 30m, 2h or 3d")]
pub struct SpanError(String);

impl std::str::FromStr for Millis {
    type Err = SpanError;

    /// Reads `90s`, `30m`, `2h`, `3d`.
    fn from_str(text: &str) -> Result<Self, SpanError> {
        let no = || SpanError(text.escape_debug().take(40).collect());
        let unit = text.chars().next_back().ok_or_else(no)?;
        let each = match unit {
            's' => Self::from_secs(1),
            'm' => Self::from_mins(1),
            'h' => Self::from_hours(1),
            'd' => Self::from_hours(24),
            _ => return Err(no()),
        };
        let count: u64 = text.strip_suffix(unit).and_then(|count| count.parse().ok()).ok_or_else(no)?;
        count.checked_mul(each.0).map(Self).ok_or_else(no)
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.secs();
        if secs < 3_600 {
            f.pad(&format!("{}:{:02}", secs / 60, secs % 60))
        } else {
            f.pad(&format!("{}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_write_them() {
        assert_eq!(Millis(65_999).to_string(), "1:05");
        assert_eq!(Millis::from_hours(2).to_string(), "2:00:00");
        assert_eq!(Timestamp(5).since(Timestamp(9)), Millis(0));
        assert_eq!(Timestamp(i64::MAX) + Millis(u64::MAX), Timestamp(i64::MAX));
    }
}
