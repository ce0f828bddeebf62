//! One message for many: words with gaps that each conversation fills with what is known of it.

use std::borrow::Cow;
use std::str::FromStr;

use crate::domain::playbook::GAP_BYTES_MAX;

/// Longest value of a gap: a name or a number, not a paragraph that a customer wrote.
pub const FACT_BYTES_MAX: usize = 80;

/// A message with gaps: `{name}`, or with words for whom the fact is not known, `{order|your order}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Gap { fact: String, otherwise: Option<String> },
}

/// Why a text is no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no gap; write {{name}}, or {{order|your order}} for whom it is not known")]
pub struct MessageError(String);

impl Message {
    /// The facts it asks for.
    pub fn facts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Gap { fact, .. } => Some(fact.as_str()),
            Part::Words(_) => None,
        })
    }

    /// The words with every gap filled.
    ///
    /// # Errors
    ///
    /// The fact that is not known, or that no sentence can hold, and for which the message has no other words.
    pub fn fill<'a>(&self, find: impl Fn(&str) -> Option<Cow<'a, str>>) -> Result<String, String> {
        let mut out = String::with_capacity(160);
        for part in &self.0 {
            match part {
                Part::Words(words) => out.push_str(words),
                Part::Gap { fact, otherwise } => match (find(fact).filter(|value| fits(value)), otherwise) {
                    (Some(value), _) => out.push_str(value.trim()),
                    (None, Some(otherwise)) => out.push_str(otherwise),
                    (None, None) => return Err(fact.clone()),
                },
            }
        }
        Ok(out)
    }
}

fn fits(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && value.len() <= FACT_BYTES_MAX && !value.chars().any(char::is_control)
}

impl FromStr for Message {
    type Err = MessageError;

    fn from_str(text: &str) -> Result<Self, MessageError> {
        let wrong = |gap: &str| MessageError(gap.chars().take(GAP_BYTES_MAX).collect());
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (gap, after) = after.split_once('}').ok_or_else(|| wrong(after))?;
            let (fact, otherwise) = gap.split_once('|').map_or((gap, None), |(fact, other)| (fact, Some(other)));
            let slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
            if fact.is_empty() || fact.len() > GAP_BYTES_MAX || !fact.bytes().all(slug) || gap.contains('{') {
                return Err(wrong(gap));
            }
            if !before.is_empty() {
                parts.push(Part::Words(before.to_owned()));
            }
            parts.push(Part::Gap { fact: fact.to_owned(), otherwise: otherwise.map(str::to_owned) });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Words(rest.to_owned()));
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str) -> Result<String, String> {
        let find = |fact: &str| match fact {
            "name" => Some(Cow::Borrowed(" Maya ")),
            "long" => Some(Cow::Owned("x".repeat(FACT_BYTES_MAX + 1))),
            "lines" => Some(Cow::Borrowed("a\nb")),
            _ => None,
        };
        text.parse::<Message>().unwrap().fill(find)
    }

    #[test]
    fn gaps_are_filled_or_say_what_is_missing() {
        assert_eq!(fill("Hello {name}, sorry.").as_deref(), Ok("Hello Maya, sorry."));
        assert_eq!(fill("About {order|your order}").as_deref(), Ok("About your order"));
        assert_eq!(fill("About {order}"), Err("order".to_owned()));
        assert_eq!(fill("{long}"), Err("long".to_owned()));
        assert_eq!(fill("{lines|it}").as_deref(), Ok("it"));
    }

    #[test]
    fn what_is_no_gap_is_named() {
        for wrong in ["{", "{}", "{Na me}", "a {b"] {
            assert!(wrong.parse::<Message>().is_err(), "{wrong}");
        }
        assert_eq!("plain".parse::<Message>().unwrap().facts().count(), 0);
    }
}
