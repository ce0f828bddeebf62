//! Money in minor units of one currency; no floats.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A three-letter currency code of ISO 4217, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// An amount in hundredths of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    /// Hundredths; negative means owed by the customer.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// A text that is no amount: the value, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an amount (write it as `49.90 EUR`)")]
pub struct MoneyError(pub String);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

impl Money {
    /// An amount in hundredths of euros.
    pub const fn eur(minor: i64) -> Self {
        Self { minor, currency: Currency::EUR }
    }

    /// The sum, or nothing when the currencies differ or the sum overflows.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { minor: self.minor.checked_add(other.minor)?, ..self })
    }

    /// Whether this is more than `limit`; amounts of another currency always are.
    pub fn exceeds(self, limit: Self) -> bool {
        self.currency != limit.currency || self.minor > limit.minor
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02} {}", minor / 100, minor % 100, self.currency))
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let wrong = || MoneyError(text.escape_debug().take(40).collect());
        let (number, code) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let code: [u8; 3] = code.trim().as_bytes().try_into().map_err(|_| wrong())?;
        if !code.iter().all(u8::is_ascii_uppercase) {
            return Err(wrong());
        }
        let (sign, digits) = number.strip_prefix('-').map_or((1, number), |rest| (-1, rest));
        let (whole, cents) = digits.split_once('.').unwrap_or((digits, "00"));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || cents.len() != 2 || !plain(whole) || !plain(cents) {
            return Err(wrong());
        }
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        let cents: i64 = cents.parse().map_err(|_| wrong())?;
        let minor = whole.checked_mul(100).and_then(|m| m.checked_add(cents)).ok_or_else(wrong)?;
        Ok(Self { minor: sign * minor, currency: Currency(code) })
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]{2})? [A-Z]{3}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_survive_their_text() {
        for text in ["49.90 EUR", "0.05 USD", "-12.00 EUR"] {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), text);
        }
        for wrong in ["49.9 EUR", "49.90", "x EUR", "1.00 eur", ".50 EUR", "+1.00 EUR"] {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
        assert!(Money::eur(100).exceeds(Money::eur(99)));
        assert!("1.00 USD".parse::<Money>().unwrap().exceeds(Money::eur(500)));
    }
}
