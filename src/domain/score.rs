//! Recorded numbers: fixed-point, so that a replay on any machine gives the same bits.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A score in ten-thousandths: 10,000 is 1.0. Signed, saturating.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Score(pub i32);

/// A probability in millionths: 1,000,000 is certain.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Propensity(pub u32);

impl Score {
    /// 0.0.
    pub const ZERO: Self = Self(0);
    /// 1.0.
    pub const ONE: Self = Self(10_000);

    /// Hundredths as a score: `from_percent(82)` is 0.82.
    pub const fn from_percent(percent: i32) -> Self {
        Self(percent.saturating_mul(100))
    }

    /// The product, rounded towards zero.
    #[must_use]
    pub const fn times(self, other: Self) -> Self {
        let product = self.0 as i64 * other.0 as i64 / 10_000;
        Self(if product > i32::MAX as i64 {
            i32::MAX
        } else if product < i32::MIN as i64 {
            i32::MIN
        } else {
            product as i32
        })
    }

    /// The sum, saturating.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, saturating.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Between `low` and `high`.
    #[must_use]
    pub fn within(self, low: Self, high: Self) -> Self {
        Self(self.0.clamp(low.0, high.0))
    }
}

/// Two decimals without a leading zero: `.82`, `-.60`, `1.00`.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let hundredths = (self.0.unsigned_abs() + 50) / 100;
        let text = match hundredths / 100 {
            0 => format!("{sign}.{:02}", hundredths % 100),
            whole => format!("{sign}{whole}.{:02}", hundredths % 100),
        };
        f.pad(&text)
    }
}

impl fmt::Display for Propensity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Score((self.0 / 100) as i32), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_exact_and_saturate() {
        assert_eq!(Score::from_percent(50).times(Score::from_percent(50)), Score::from_percent(25));
        assert_eq!(Score(i32::MAX).times(Score(i32::MAX)), Score(i32::MAX));
        assert_eq!(Score(-6_049).to_string(), "-.60");
        assert_eq!(Score(12_300).to_string(), "1.23");
        assert_eq!(Propensity(820_000).to_string(), ".82");
    }
}
