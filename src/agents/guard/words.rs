//! Word lists, a file for each class: data over code. A word that ends in `*` stands for all that begin so.

pub(super) mod advice;
pub(super) mod deed;
pub(super) mod order;
pub(super) mod talk;

use std::collections::HashMap;

/// What a word may be part of; a set of marks.
pub(super) type Marks = u32;

/// Words and beginnings of words with their marks.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    whole: HashMap<&'static str, Marks>,
    /// By their first three letters' bytes; the longest beginning is no more than the word.
    begins: HashMap<[u8; 3], Vec<(&'static str, Marks)>>,
}

impl Lexicon {
    /// The lexicon of these lists.
    pub(super) fn of(lists: &[(Marks, &'static str)]) -> Self {
        let mut lexicon = Self::default();
        for (marks, words) in lists {
            for word in words.split_whitespace() {
                match word.strip_suffix('*').map(|stem| (stem, key(stem))) {
                    Some((stem, Some(key))) => lexicon.begins.entry(key).or_default().push((stem, *marks)),
                    Some((_, None)) | None => *lexicon.whole.entry(word).or_default() |= marks,
                }
            }
        }
        lexicon
    }

    /// The marks of a folded word.
    pub(super) fn marks(&self, word: &str) -> Marks {
        let whole = self.whole.get(word).copied().unwrap_or(0);
        let begins = key(word).and_then(|key| self.begins.get(&key));
        begins.map_or(whole, |begins| {
            begins.iter().filter(|(stem, _)| word.starts_with(stem)).fold(whole, |all, (_, marks)| all | marks)
        })
    }
}

/// Sayings of whole words, by their first one, so that a place in a text is compared with few of them.
#[derive(Debug)]
pub(super) struct Sayings(HashMap<&'static str, Vec<&'static str>>);

impl Sayings {
    /// These sayings, folded.
    pub(super) fn of(sayings: &[&'static str]) -> Self {
        let mut by_first: HashMap<&str, Vec<&str>> = HashMap::new();
        for saying in sayings {
            by_first.entry(saying.split(' ').next().unwrap_or_default()).or_default().push(saying);
        }
        Self(by_first)
    }

    /// Whether one of them stands in a folded text.
    pub(super) fn stand_in(&self, folded: &str) -> bool {
        let mut rest = folded;
        loop {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            let whole =
                |saying: &str| rest.strip_prefix(saying).is_some_and(|end| end.is_empty() || end.starts_with(' '));
            if self.0.get(word).is_some_and(|sayings| sayings.iter().any(|saying| whole(saying))) {
                return true;
            }
            if after.is_empty() {
                return false;
            }
            rest = after;
        }
    }
}

fn key(word: &str) -> Option<[u8; 3]> {
    word.as_bytes().first_chunk::<3>().copied()
}
