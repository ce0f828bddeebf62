//! A text as plain words, for looking up phrases.

/// A text in lower case, its words between single spaces, apostrophes straight.
#[derive(Debug, Clone)]
pub(crate) struct Plain(String);

impl Plain {
    /// The plain words of a text.
    pub(crate) fn new(text: &str) -> Self {
        let mut plain = String::with_capacity(text.len() + 2);
        plain.push(' ');
        for c in text.chars() {
            match c {
                '’' | '\'' | '`' | '´' => plain.push('\''),
                c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_lowercase()),
                c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
                _ if plain.ends_with(' ') => {}
                _ => plain.push(' '),
            }
        }
        if !plain.ends_with(' ') {
            plain.push(' ');
        }
        Self(plain)
    }

    /// Whether the phrase stands in it as whole words. The phrase is lower case.
    pub(crate) fn has(&self, phrase: &str) -> bool {
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find(phrase) {
            let before = rest.get(..at).is_some_and(|text| text.ends_with(' '));
            let after = rest.get(at + phrase.len()..).unwrap_or_default();
            if before && after.starts_with(' ') {
                return true;
            }
            // Behind the first character of what was found.
            let Some((next, _)) = rest.char_indices().find(|(index, _)| *index > at) else { return false };
            rest = rest.get(next..).unwrap_or_default();
        }
        false
    }

    /// Whether one of the phrases stands in it.
    pub(crate) fn has_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    /// Its words.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|word| !word.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_as_whole_words() {
        let plain = Plain::new("It still DOESN’T work -- at all!");
        assert!(plain.has("doesn't work") && plain.has("still") && plain.has("it"));
        assert!(!plain.has("till") && !plain.has("wor") && !plain.has("yes"));
        assert_eq!(Plain::new("  ").words().count(), 0);
    }
}
