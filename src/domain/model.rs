//! Language models that agents may be backed by: what a call cost, and how it ended.
//!
//! Does: names what is recorded of a call and what it may cost.
//! Never: knows an address, a key or a provider; these are the runtime's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id::ModelName;
use super::money::{Currency, Money};
use super::score::Score;
use super::time::Millis;

/// Millionths in one hundredth of a currency's unit.
const MICROS_PER_MINOR: i64 = 10_000;
/// Digits after the point: a token costs less than a cent, a call rarely more.
const DECIMALS: usize = 6;

/// An amount in millionths of its currency: what a call cost, or what a million tokens do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost {
    /// Millionths of the currency's unit; never negative.
    pub micros: u64,
    /// The currency.
    pub currency: Currency,
}

/// A text that is no cost: the value, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no cost (write it as `0.15 EUR`, with six digits after the point at most)")]
pub struct CostError(pub String);

impl Cost {
    /// So many millionths of a euro.
    pub const fn eur_micros(micros: u64) -> Self {
        Self { micros, currency: Currency::EUR }
    }

    /// What `tokens` cost when a million of them cost this: rounded up, so that nothing is free that has a price.
    #[must_use]
    pub fn of_tokens(self, tokens: u32) -> Self {
        let exact = u128::from(self.micros) * u128::from(tokens);
        Self { micros: u64::try_from(exact.div_ceil(1_000_000)).unwrap_or(u64::MAX), ..self }
    }

    /// The sum with another cost of the same currency; of another one, what was there.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        if self.currency != other.currency {
            return self;
        }
        Self { micros: self.micros.saturating_add(other.micros), ..self }
    }

    /// What share of `whole` this is, 1 at most: of another currency, and of nothing, it is all of it.
    pub fn share_of(self, whole: Money) -> Score {
        let most = u64::try_from(whole.minor.saturating_mul(MICROS_PER_MINOR)).unwrap_or(0);
        if most == 0 || self.reaches(whole) {
            return Score::ONE;
        }
        let share = u128::from(self.micros) * u128::from(Score::ONE.0.unsigned_abs()) / u128::from(most);
        Score(i32::try_from(share).unwrap_or(Score::ONE.0))
    }

    /// Whether this is as much as `budget`, or more; of another currency it always is.
    pub fn reaches(self, budget: Money) -> bool {
        let most = u64::try_from(budget.minor.saturating_mul(MICROS_PER_MINOR)).unwrap_or(0);
        self.currency != budget.currency || self.micros >= most
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A cent has two digits; what is below is shown as far as there is something.
        let digits = format!("{:06}", self.micros % 1_000_000);
        let short = digits.trim_end_matches('0');
        let shown = if short.len() < 2 { digits.get(..2).unwrap_or_default() } else { short };
        write!(f, "{}.{shown} {}", self.micros / 1_000_000, self.currency)
    }
}

impl FromStr for Cost {
    type Err = CostError;
    fn from_str(text: &str) -> Result<Self, CostError> {
        let wrong = || CostError(text.escape_debug().take(60).collect());
        let (amount, currency) = text.split_once(' ').ok_or_else(wrong)?;
        // The currency's spelling is that of an amount of money.
        let Money { currency, .. } = format!("0.00 {currency}").parse().map_err(|_| wrong())?;
        let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > DECIMALS || !digits(whole) || !digits(part) {
            return Err(wrong());
        }
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let part: u64 = format!("{part:0<DECIMALS$}").parse().map_err(|_| wrong())?;
        let micros = whole.checked_mul(1_000_000).and_then(|micros| micros.checked_add(part)).ok_or_else(wrong)?;
        Ok(Self { micros, currency })
    }
}

impl Serialize for Cost {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Cost {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cost".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,6})? [A-Z]{3}$" })
    }
}

/// Tokens of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Read.
    pub input: u32,
    /// Of these, read from the provider's cache.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cached: u32,
    /// Written.
    pub output: u32,
    /// Whether they were counted here, at four bytes a token, because the provider had not said so when
    /// the call ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Why a model gave no answer that could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelFailure {
    /// No connection to its address.
    Unreachable,
    /// Nothing, or nothing more, came in time.
    TimedOut,
    /// It is busy or has trouble, also after the attempts there are: 429, 5xx, an error within the stream.
    Busy,
    /// It does not take the key.
    KeyRefused,
    /// It does not know the model, or does not take the question.
    Rejected,
    /// The stream ended before the answer did.
    BrokeOff,
    /// Its answer is not what was agreed, also after it was told so.
    NotAsAgreed,
    /// It wrote nothing, or ran into its limit of tokens before it said anything whole.
    Empty,
    /// Its provider kept the answer back.
    Filtered,
    /// It failed so often of late that it is left alone for a while.
    Resting,
    /// As many calls as it may have at once are under way.
    Full,
    /// The day's money for it is spent.
    OverBudget,
    /// There is no key for it.
    NoKey,
}

impl ModelFailure {
    /// What happened, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unreachable => "cannot be reached",
            Self::TimedOut => "did not answer in time",
            Self::Busy => "is busy or in trouble",
            Self::KeyRefused => "does not take the key",
            Self::Rejected => "does not take the question; is its name right?",
            Self::BrokeOff => "broke off in the middle",
            Self::NotAsAgreed => "answered in no agreed form",
            Self::Empty => "answered nothing",
            Self::Filtered => "kept its answer back",
            Self::Resting => "failed too often and rests",
            Self::Full => "has as many calls as it may",
            Self::OverBudget => "has spent the day's money",
            Self::NoKey => "has no key",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelEnd {
    /// With an answer.
    Answered,
    /// Without one.
    Failed(ModelFailure),
    /// It was cut: nobody waited for it any more.
    Cut,
}

/// One call of a model, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelCall {
    /// Which model, by its name in the deployment.
    pub model: ModelName,
    /// How it ended.
    pub end: ModelEnd,
    /// What it read and wrote.
    pub usage: Usage,
    /// What that costs by the deployment's prices; none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// How long it took, real time.
    pub took: Millis,
    /// Attempts made, the first included; none for a call that was never begun.
    pub attempts: u8,
}

/// Whose money for models is spent for today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetOf {
    /// The agent's.
    Agent,
    /// The whole house's.
    House,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_reads_as_it_is_written() {
        for (text, micros) in
            [("0.15 EUR", 150_000), ("3.00 EUR", 3_000_000), ("0.004 EUR", 4_000), ("0.000001 EUR", 1)]
        {
            let cost: Cost = text.parse().unwrap();
            assert_eq!((cost, cost.to_string()), (Cost::eur_micros(micros), text.to_owned()));
        }
        assert_eq!("2 EUR".parse::<Cost>().unwrap().to_string(), "2.00 EUR");
        for text in ["", "EUR", "1.2", "-1 EUR", "0.0000001 EUR", ". EUR", "1,5 EUR", "99999999999999999 EUR"] {
            assert_eq!(text.parse::<Cost>(), Err(CostError(text.to_owned())));
        }
    }

    #[test]
    fn tokens_with_a_price_are_never_free_and_budgets_are_exact() {
        let price = Cost::eur_micros(150_000);
        assert_eq!(price.of_tokens(0), Cost::eur_micros(0));
        assert_eq!(price.of_tokens(1), Cost::eur_micros(1), "rounded up");
        assert_eq!(price.of_tokens(1_000_000), price);
        assert!(Cost::eur_micros(10_000).reaches(Money::eur(1)));
        assert!(!Cost::eur_micros(9_999).reaches(Money::eur(1)));
    }
}
