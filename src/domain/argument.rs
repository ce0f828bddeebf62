//! What an argument of a tool has to be: checked before a call is allowed, whoever asks for it.

use serde::{Deserialize, Serialize};

use super::calendar::Day;
use super::text::Foreign;

/// Longest argument in characters unless its tool says otherwise: what a form would take.
pub const ARGUMENT_CHARS: u32 = 2_000;

/// What a deployment says of one argument.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ArgumentSpec {
    /// What it is, for the agents of language models.
    #[serde(default)]
    pub about: String,
    /// What its text reads as.
    #[serde(default)]
    pub kind: ArgumentKind,
    /// The only values it may have; any if there is none.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// Its most characters, or its largest number; for a text 2000 unless said otherwise.
    #[serde(default)]
    pub max: Option<u32>,
}

/// What the text of an argument reads as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArgumentKind {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// A number with or without decimals, with a point.
    Number,
    /// `yes` or `no`.
    Boolean,
    /// A day, as `2026-11-27`.
    Date,
    /// An address for mail.
    Email,
    /// JSON of any shape, for what no single value holds.
    Json,
}

impl ArgumentSpec {
    /// Whether a value is what it has to be.
    pub fn fits(&self, value: &Foreign) -> bool {
        let text = value.raw();
        let listed = self.one_of.is_empty() || self.one_of.iter().any(|one| one == text);
        listed && self.reads(text)
    }

    fn reads(&self, text: &str) -> bool {
        let most = self.max.unwrap_or(ARGUMENT_CHARS) as usize;
        let short = text.chars().take(most.saturating_add(1)).count() <= most;
        match self.kind {
            ArgumentKind::Text => short,
            ArgumentKind::Integer => {
                text.parse::<i64>().is_ok_and(|number| self.max.is_none_or(|max| number <= i64::from(max)))
            }
            ArgumentKind::Number => is_number(text) && self.max.is_none_or(|max| whole_part(text) <= i128::from(max)),
            ArgumentKind::Boolean => matches!(text, "yes" | "no"),
            ArgumentKind::Date => text.len() == 10 && text.parse::<Day>().is_ok(),
            ArgumentKind::Email => short && is_email(text),
            ArgumentKind::Json => short && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        }
    }

    /// What it has to be, in a few words for who has to say it again.
    pub fn wanted(&self) -> String {
        if !self.one_of.is_empty() {
            return format!("one of {}", self.one_of.join(", "));
        }
        let kind = match self.kind {
            ArgumentKind::Text => "a text",
            ArgumentKind::Integer => "a whole number",
            ArgumentKind::Number => "a number",
            ArgumentKind::Boolean => "yes or no",
            ArgumentKind::Date => "a day as 2026-11-27",
            ArgumentKind::Email => "an address for mail",
            ArgumentKind::Json => "JSON",
        };
        match self.max {
            Some(max) if matches!(self.kind, ArgumentKind::Integer | ArgumentKind::Number) => {
                format!("{kind} up to {max}")
            }
            Some(max) => format!("{kind} of at most {max} characters"),
            None => kind.to_owned(),
        }
    }
}

/// `12`, `-3`, `0.75`: digits on both sides of at most one point.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(part)
}

/// What a number exceeds: the next whole number above it, so that 10.5 is more than 10.
fn whole_part(text: &str) -> i128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let more = part.bytes().any(|byte| byte != b'0') && !text.starts_with('-');
    whole.parse::<i128>().unwrap_or(i128::MAX).saturating_add(i128::from(more))
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
    plain(name) && plain(host) && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(kind: ArgumentKind, max: Option<u32>) -> ArgumentSpec {
        ArgumentSpec { kind, max, ..ArgumentSpec::default() }
    }

    #[test]
    fn a_value_fits_or_does_not() {
        use ArgumentKind::{Boolean, Date, Email, Integer, Json, Number, Text};
        let cases = [
            (Text, Some(3), "abc", true),
            (Text, Some(3), "abcd", false),
            (Text, None, "", true),
            (Integer, None, "12", true),
            (Integer, None, "12.5", false),
            (Integer, None, "twelve", false),
            (Integer, Some(10), "11", false),
            (Integer, Some(10), "-11", true),
            (Number, None, "0.75", true),
            (Number, None, "1e9", false),
            (Number, None, "NaN", false),
            (Number, None, ".5", false),
            (Number, Some(10), "10.01", false),
            (Number, Some(10), "10.00", true),
            (Boolean, None, "yes", true),
            (Boolean, None, "true", false),
            (Date, None, "2026-11-27", true),
            (Date, None, "2026-13-27", false),
            (Date, None, "20261127", false),
            (Email, None, "a@b.example", true),
            (Email, None, "a@b", false),
            (Email, None, "a b@c.example", false),
            (Email, None, "a@b.example@c.example", false),
            (Json, None, "{\"a\":[1]}", true),
            (Json, None, "{a}", false),
        ];
        for (kind, max, text, fits) in cases {
            assert_eq!(spec(kind, max).fits(&Foreign::from(text)), fits, "{kind:?} {max:?} {text}");
        }
    }

    #[test]
    fn only_listed_values_fit_where_a_list_is() {
        let spec = ArgumentSpec { one_of: vec!["home".into(), "work".into()], ..ArgumentSpec::default() };
        assert!(spec.fits(&Foreign::from("work")));
        assert!(!spec.fits(&Foreign::from("Work")));
        assert_eq!(spec.wanted(), "one of home, work");
    }
}
