//! One file as it was read, and where in it something stands.

use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::id::Digest;

/// The first 16 bytes of the SHA-256 of a text.
pub fn digest(text: &str) -> Digest {
    let hash = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = from;
    }
    Digest(bytes)
}

/// A file of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path below the deployment's folder, with `/`.
    pub path: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
    /// Digest of its text.
    pub digest: Digest,
}

/// One step on the way to a value: a key of a table or a place in an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// A key.
    Key(&'a str),
    /// An index.
    At(usize),
}

impl Source {
    /// A file of that path and text.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into(), digest: digest(text) }
    }

    /// Line and column of a byte, both from 1.
    pub(super) fn place(&self, byte: usize) -> (u32, u32) {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// Where the value at the end of `way` stands; the nearest table around it if it is missing.
    pub(super) fn locate(&self, way: &[Part<'_>]) -> (u32, u32) {
        let span = DeTable::parse(&self.text).ok().map_or(0..0, |root| walk(root, way));
        self.place(span.start)
    }
}

fn walk(root: Spanned<DeTable<'_>>, way: &[Part<'_>]) -> Range<usize> {
    let mut span = root.span();
    let mut value = DeValue::Table(root.into_inner());
    for part in way {
        let next = match (part, value) {
            (Part::Key(key), DeValue::Table(mut table)) => table.remove(*key),
            (Part::At(index), DeValue::Array(array)) => array.into_iter().nth(*index),
            // One value where a list may stand.
            (Part::At(0), _) => return span,
            _ => None,
        };
        let Some(next) = next else { return span };
        span = next.span();
        value = next.into_inner();
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_way() {
        let source = Source::new("a.toml", "x = 1\n[[steps]]\nid = \"a\"\n[[steps]]\nsay = [\"é\", \"b\"]\n");
        let at = |way: &[Part<'_>]| source.locate(way);
        assert_eq!(at(&[Part::Key("x")]), (1, 5));
        assert_eq!(at(&[Part::Key("steps"), Part::At(1), Part::Key("say"), Part::At(1)]), (5, 13));
        assert_eq!(at(&[Part::Key("steps"), Part::At(1), Part::Key("then")]).0, 4, "the table around what is missing");
    }
}
