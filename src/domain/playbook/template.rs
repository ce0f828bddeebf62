//! Words with gaps: `Your order {order} is on its way.` Parsed once, filled often.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Longest name of a gap, in bytes: a fact's name, or a step's name, a dot and a key.
pub const GAP_BYTES_MAX: usize = 40;

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words as they are.
    Text(String),
    /// A gap, by name.
    Gap(String),
}

/// Words with gaps. `{{` stands for a brace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template(Vec<Piece>);

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A gap is not closed.
    #[error("a `{{` is never closed; write `{{{{` for a plain brace")]
    Open,
    /// A gap has no proper name.
    #[error("`{{{0}}}` is no gap: a name has a-z, 0-9, `-`, `_` and `.`, at most 40 of them")]
    Name(String),
}

impl Template {
    /// Its parts in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The names of its gaps.
    pub fn gaps(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Gap(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The words with every gap filled; nothing if one cannot be.
    pub fn fill<'a>(&self, find: impl Fn(&str) -> Option<Cow<'a, str>>) -> Option<String> {
        let mut out = String::with_capacity(160);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Gap(name) => out.push_str(&find(name)?),
            }
        }
        Some(out)
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            plain.push_str(before);
            if let Some(after) = after.strip_prefix('{') {
                plain.push('{');
                rest = after;
                continue;
            }
            let (name, after) = after.split_once('}').ok_or(TemplateError::Open)?;
            let slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
            if name.is_empty() || name.len() > GAP_BYTES_MAX || !name.bytes().all(slug) {
                return Err(TemplateError::Name(name.escape_debug().take(GAP_BYTES_MAX).collect()));
            }
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Gap(name.to_owned()));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }
}

/// As it was written.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(&text.replace('{', "{{")),
            Piece::Gap(name) => write!(f, "{{{name}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str) -> Option<String> {
        let find = |name: &str| (name == "order").then_some(Cow::Borrowed("1182"));
        template.parse::<Template>().unwrap().fill(find)
    }

    #[test]
    fn gaps_are_filled_or_the_whole_is_passed_over() {
        assert_eq!(fill("Order {order}, {{ok}").as_deref(), Some("Order 1182, {ok}"));
        assert_eq!(fill("Hello {name}"), None);
    }

    #[test]
    fn a_template_survives_its_text_and_bad_ones_are_named() {
        for text in ["plain", "{a}{b.c} d", "x {{ y"] {
            assert_eq!(text.parse::<Template>().unwrap().to_string(), text);
        }
        assert_eq!("a {b".parse::<Template>(), Err(TemplateError::Open));
        assert_eq!("{A b}".parse::<Template>(), Err(TemplateError::Name("A b".into())));
    }
}
