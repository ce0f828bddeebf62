//! Words as an index sees them: without their endings, and without those that every text has.

use rust_stemmers::{Algorithm, Stemmer};

/// Characters of a word that count; longer ones are links and keys.
const WORD_BYTES_MAX: usize = 40;
/// Words of this many bytes or fewer have no ending to lose: codes, units, names.
const BARE_BYTES_MAX: usize = 3;
/// Words that tell nothing about a matter, in order.
const EMPTY: &[&str] = &[
    "a",
    "about",
    "again",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "anyone",
    "are",
    "as",
    "ask",
    "at",
    "be",
    "because",
    "been",
    "before",
    "being",
    "but",
    "by",
    "can",
    "can't",
    "cannot",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "don't",
    "for",
    "from",
    "get",
    "gets",
    "getting",
    "give",
    "go",
    "going",
    "got",
    "had",
    "has",
    "have",
    "hello",
    "help",
    "her",
    "here",
    "hey",
    "hi",
    "him",
    "his",
    "how",
    "i",
    "i'd",
    "i'm",
    "i've",
    "if",
    "in",
    "into",
    "is",
    "it",
    "it's",
    "its",
    "just",
    "know",
    "let",
    "like",
    "make",
    "may",
    "me",
    "might",
    "mine",
    "must",
    "my",
    "need",
    "now",
    "of",
    "off",
    "ok",
    "on",
    "one",
    "or",
    "our",
    "out",
    "please",
    "question",
    "really",
    "same",
    "she",
    "should",
    "so",
    "some",
    "something",
    "still",
    "such",
    "tell",
    "than",
    "thank",
    "thanks",
    "that",
    "that's",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "to",
    "too",
    "try",
    "up",
    "us",
    "use",
    "very",
    "want",
    "wants",
    "was",
    "we",
    "were",
    "what",
    "what's",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "would",
    "yes",
    "you",
    "your",
    "yours",
];

/// Cuts texts into terms.
pub(super) struct Terms {
    stemmer: Stemmer,
}

impl Terms {
    /// Terms of English text; words of other languages keep most of their endings and still match
    /// themselves.
    pub(super) fn new() -> Self {
        Self { stemmer: Stemmer::create(Algorithm::English) }
    }

    /// Calls `found` for each word that tells something: its term, and its byte range in the text.
    pub(super) fn each(&self, text: &str, mut found: impl FnMut(&str, std::ops::Range<usize>)) {
        let mut lower = String::new();
        for range in words(text) {
            let word = text.get(range.clone()).unwrap_or_default();
            if word.len() > WORD_BYTES_MAX {
                continue;
            }
            lower.clear();
            lower.extend(word.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }));
            if EMPTY.binary_search(&lower.as_str()).is_ok() {
                continue;
            }
            if lower.len() <= BARE_BYTES_MAX || lower.bytes().any(|byte| byte.is_ascii_digit()) {
                found(&lower, range);
            } else {
                found(&self.stemmer.stem(&lower), range);
            }
        }
    }
}

/// The byte ranges of words: letters and digits, with apostrophes inside.
fn words(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(char::is_alphanumeric)?;
        let tail = text.get(start..)?;
        let mut end = start;
        let mut letters = tail.chars().peekable();
        while let Some(c) = letters.next() {
            let apostrophe = matches!(c, '\'' | '’') && letters.peek().is_some_and(|next| next.is_alphabetic());
            if !c.is_alphanumeric() && !apostrophe {
                break;
            }
            end += c.len_utf8();
        }
        at = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_go_and_codes_stay() {
        assert!(EMPTY.is_sorted());
        let mut found = Vec::new();
        let text = "How do I reset the cameras’ passwords? Error E204, don't panic: résumé";
        Terms::new().each(text, |term, range| found.push((term.to_owned(), text[range].to_owned())));
        let terms: Vec<&str> = found.iter().map(|(term, _)| term.as_str()).collect();
        assert_eq!(terms, ["reset", "camera", "password", "error", "e204", "panic", "résumé"]);
        assert_eq!(found[1].1, "cameras");
    }
}
