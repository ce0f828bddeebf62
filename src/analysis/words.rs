//! A text as words with their places: what features, mood and phrases are read from.

use std::collections::HashMap;

use crate::domain::analysis::Span;

/// Words read of one text; a support message has some twenty, a pasted log says little after this.
pub(super) const WORDS_MAX: usize = 600;
/// Characters kept of one word; longer ones are links and keys, of which the beginning tells.
const WORD_CHARS_MAX: usize = 40;

/// One word.
struct Word {
    /// Its place in the lower-cased text.
    start: usize,
    end: usize,
    /// Its place in the text as it came.
    span: Span,
    /// Written in capitals.
    capitals: bool,
    /// A clause ends behind it.
    ends_clause: bool,
}

/// A text as words.
#[derive(Default)]
pub(super) struct Words {
    lower: String,
    places: Vec<Word>,
    /// Exclamation marks.
    pub(super) exclamations: usize,
    /// Sentences that ask.
    pub(super) questions: usize,
    /// Words with a digit: order numbers, amounts, error codes.
    pub(super) numbers: usize,
    /// Letters, and how many of them are capitals.
    letters: usize,
    capitals: usize,
}

impl Words {
    /// Reads the first [`WORDS_MAX`] words of a text.
    pub(super) fn read(text: &str) -> Self {
        let mut words = Self { lower: String::with_capacity(text.len().min(8_192)), ..Self::default() };
        let mut rest = text.char_indices().peekable();
        let mut asked = false;
        while let Some((at, c)) = rest.next() {
            if words.places.len() >= WORDS_MAX {
                break;
            }
            if c.is_alphanumeric() {
                asked = false;
                words.word(text, at, &mut rest);
            } else if is_face(c) {
                words.symbol(c, at..at + c.len_utf8());
            } else if matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\n' | '(' | ')') {
                words.exclamations += usize::from(c == '!');
                words.questions += usize::from(c == '?' && !asked);
                asked |= c == '?';
                if let Some(last) = words.places.last_mut() {
                    last.ends_clause = true;
                }
                if let Some(face) = (c == ':').then(|| smiley(text, at)).flatten() {
                    words.symbol(face, at..at + 2);
                }
            }
        }
        words
    }

    fn word(&mut self, text: &str, at: usize, rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>) {
        let start = self.lower.len();
        let (mut end, mut letters, mut small, mut digits) = (at, 0, 0, 0);
        let mut next = text.get(at..).and_then(|tail| tail.chars().next()).map(|c| (at, c));
        while let Some((here, c)) = next {
            end = here + c.len_utf8();
            if letters + digits < WORD_CHARS_MAX {
                match c {
                    // A number tells by its length, not by its digits.
                    '0'..='9' => self.lower.push('0'),
                    '’' => self.lower.push('\''),
                    _ if c.is_ascii() => self.lower.push(c.to_ascii_lowercase()),
                    _ => self.lower.extend(c.to_lowercase()),
                }
            }
            digits += usize::from(c.is_ascii_digit());
            letters += usize::from(c.is_alphabetic());
            small += usize::from(c.is_alphabetic() && !c.is_uppercase());
            // An apostrophe belongs to the word if a letter follows: `don't`.
            let inside = |c: char, then: Option<char>| {
                c.is_alphanumeric() || (matches!(c, '\'' | '’') && then.is_some_and(char::is_alphabetic))
            };
            next = rest.next_if(|(here, c)| {
                let then = text.get(here + c.len_utf8()..).and_then(|tail| tail.chars().next());
                inside(*c, then)
            });
        }
        self.numbers += usize::from(digits > 0);
        self.letters += letters;
        self.capitals += letters - small;
        self.push(start, at..end, letters >= 2 && small == 0);
    }

    fn symbol(&mut self, c: char, span: std::ops::Range<usize>) {
        let start = self.lower.len();
        self.lower.push(c);
        self.push(start, span, false);
    }

    fn push(&mut self, start: usize, span: std::ops::Range<usize>, capitals: bool) {
        self.places.push(Word {
            start,
            end: self.lower.len(),
            span: Span { start: span.start as u32, end: span.end as u32 },
            capitals,
            ends_clause: false,
        });
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The words in order, lower case, digits as `0`.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.places.iter().map(|word| self.lower.get(word.start..word.end).unwrap_or_default())
    }

    /// Word number `at`, empty beyond the end.
    pub(super) fn at(&self, at: usize) -> &str {
        self.places.get(at).and_then(|word| self.lower.get(word.start..word.end)).unwrap_or_default()
    }

    /// Whether a clause ends behind word number `at`.
    pub(super) fn ends_clause(&self, at: usize) -> bool {
        self.places.get(at).is_none_or(|word| word.ends_clause)
    }

    /// Whether word number `at` is written in capitals.
    pub(super) fn capitals(&self, at: usize) -> bool {
        self.places.get(at).is_some_and(|word| word.capitals)
    }

    /// Where words `from..to` stand in the text as it came.
    pub(super) fn span(&self, from: usize, to: usize) -> Option<Span> {
        let first = self.places.get(from)?;
        let last = self.places.get(to.checked_sub(1)?)?;
        Some(Span { start: first.span.start, end: last.span.end })
    }

    /// Whether the text as a whole is written in capitals: then a single such word means nothing.
    pub(super) fn shouts(&self) -> bool {
        self.letters >= 8 && self.capitals * 10 >= self.letters * 7
    }

    /// Whether the words of `phrase`, divided by spaces, stand at `at`; how many they are.
    pub(super) fn phrase_at(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut count = 0;
        for part in phrase.split(' ') {
            if self.at(at + count) != part {
                return None;
            }
            count += 1;
        }
        Some(count)
    }

    /// Whether one of the phrases stands anywhere.
    pub(super) fn has(&self, phrases: &Phrases) -> bool {
        (0..self.len()).any(|at| phrases.at(self, at).next().is_some())
    }
}

/// A list of phrases by their first word, so that a place in a text is compared with the few that begin so.
pub(super) struct Phrases(HashMap<&'static str, Vec<(usize, &'static str)>>);

impl Phrases {
    /// The phrases in their order.
    pub(super) fn of(phrases: impl IntoIterator<Item = &'static str>) -> Self {
        let mut by_first: HashMap<&str, Vec<(usize, &str)>> = HashMap::new();
        for (index, phrase) in phrases.into_iter().enumerate() {
            let first = phrase.split(' ').next().unwrap_or_default();
            by_first.entry(first).or_default().push((index, phrase));
        }
        Self(by_first)
    }

    /// The phrases that stand at word number `at`, in their order: which one, and how many words it has.
    pub(super) fn at<'a>(&'a self, words: &'a Words, at: usize) -> impl Iterator<Item = (usize, usize)> + 'a {
        let near = self.0.get(words.at(at)).into_iter().flatten();
        near.filter_map(move |(index, phrase)| Some((*index, words.phrase_at(at, phrase)?)))
    }
}

/// Pictures of faces, hands and hearts: words of their own.
fn is_face(c: char) -> bool {
    matches!(c, '\u{1f600}'..='\u{1f64f}' | '\u{1f910}'..='\u{1f92f}' | '\u{1f970}'..='\u{1f97a}' | '👍' | '👎' | '💔' | '❤' | '💩')
}

/// The picture that a typed smiley stands for.
fn smiley(text: &str, at: usize) -> Option<char> {
    let tail = text.get(at + 1..)?;
    match tail.strip_prefix('-').unwrap_or(tail).chars().next()? {
        ')' => Some('🙂'),
        '(' => Some('🙁'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_their_places() {
        let text = "I DON’T know… order 1182, okay?! :(";
        let words = Words::read(text);
        let read: Vec<&str> = words.iter().collect();
        assert_eq!(read, ["i", "don't", "know", "order", "0000", "okay", "🙁"]);
        let span = words.span(1, 3).unwrap();
        assert_eq!(&text[span.start as usize..span.end as usize], "DON’T know");
        assert_eq!((words.exclamations, words.questions, words.numbers), (1, 1, 1));
        assert!(words.ends_clause(4) && !words.ends_clause(1));
        assert_eq!((0..6).filter(|at| words.capitals(*at)).count(), 1);
    }

    #[test]
    fn long_texts_are_read_in_part() {
        assert_eq!(Words::read(&"word ".repeat(5_000)).len(), WORDS_MAX);
        assert_eq!(Words::read(&"x".repeat(60_000)).at(0).len(), WORD_CHARS_MAX);
        assert!(Words::read("WHERE IS MY ORDER").shouts() && !Words::read("Where is my ORDER").shouts());
        assert_eq!(Words::read("").len(), 0);
    }
}
