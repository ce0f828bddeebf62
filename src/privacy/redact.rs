//! What is taken out of a text that others are going to read: addresses, links, numbers, and names where
//! the words before them say that it is one: given, of a relation, behind a title or a greeting.
//!
//! It errs on the side of taking out. What it cannot know is a name that stands by itself, or in small
//! letters behind anything but "my name is"; whoever shows texts to others asks beside it how many customers
//! said a word, and takes out what was given as a name anywhere.

/// Stands for an address.
const ADDRESS: &str = "name@example.com";
/// Stands for a link.
const LINK: &str = "https://example.com";
/// Words that a name follows.
const INTRODUCES: [&[&str]; 7] =
    [&["my", "name", "is"], &["name", "is"], &["name's"], &["call", "me"], &["i'm"], &["i", "am"], &["this", "is"]];
/// Of these, the first so many introduce whatever follows; the others only a word with a capital.
const SURE: usize = 3;
/// Words behind which a capital begins a name: who is with somebody, titles, greetings.
const NAMES_FOLLOW: [&str; 31] = [
    "friend",
    "friends",
    "son",
    "daughter",
    "kid",
    "child",
    "wife",
    "husband",
    "partner",
    "boyfriend",
    "girlfriend",
    "fiance",
    "mother",
    "father",
    "brother",
    "sister",
    "boss",
    "manager",
    "colleague",
    "roommate",
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "dear",
    "hi",
    "hello",
    "hey",
    "thanks",
    "you",
];
/// Of these the titles: a stop behind them ends no sentence.
const TITLES: [&str; 5] = ["mr", "mrs", "ms", "miss", "dr"];
/// Behind "you" only where it is thanked.
const THANKED: &str = "you";
/// Words with a capital that begin a sentence or address nobody by name.
const NO_NAMES: [&str; 109] = [
    "a",
    "again",
    "all",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "but",
    "bye",
    "can",
    "could",
    "customer",
    "did",
    "do",
    "does",
    "everybody",
    "everyone",
    "folks",
    "for",
    "from",
    "good",
    "goodbye",
    "guys",
    "had",
    "has",
    "have",
    "hello",
    "help",
    "hey",
    "hi",
    "how",
    "i",
    "i'd",
    "i'll",
    "i'm",
    "i've",
    "if",
    "im",
    "in",
    "is",
    "it",
    "it's",
    "just",
    "let",
    "looking",
    "lot",
    "lots",
    "madam",
    "may",
    "me",
    "miss",
    "morning",
    "mr",
    "mrs",
    "ms",
    "much",
    "my",
    "need",
    "no",
    "not",
    "of",
    "ok",
    "okay",
    "on",
    "or",
    "our",
    "please",
    "pls",
    "service",
    "should",
    "sir",
    "so",
    "support",
    "team",
    "thank",
    "thanks",
    "that",
    "that's",
    "the",
    "there",
    "these",
    "they",
    "this",
    "to",
    "too",
    "very",
    "want",
    "was",
    "we",
    "we're",
    "welcome",
    "what",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "would",
    "yeah",
    "yes",
    "you",
    "your",
    "dr",
    "doctor",
];
/// Words of a name.
const NAME_WORDS_MAX: usize = 3;

/// The text with `…` for a name that is given, zeros for digits, and fixed words for addresses and links.
pub fn redacted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let names = names(text);
    for (at, piece) in pieces(text) {
        if names.iter().any(|(start, end)| (*start..*end).contains(&at)) {
            if !out.ends_with('…') {
                out.push('…');
            }
            // What ends a sentence is no part of the name.
            out.extend(piece.chars().rev().take_while(|c| matches!(c, '.' | ',' | '!' | '?')));
        } else if piece.contains('@') {
            out.push_str(ADDRESS);
        } else if piece.contains("://") || piece.starts_with("www.") {
            out.push_str(LINK);
        } else {
            out.extend(piece.chars().map(|c| if c.is_numeric() { '0' } else { c }));
        }
    }
    out
}

/// The name that somebody gives in a text, as it stands there.
pub fn name_given(text: &str) -> Option<&str> {
    let (start, end) = *given(&words_of(text)).first()?;
    bare(text.get(start..end)?)
}

/// All names in a text that the words around them tell, each word of them by itself, as it stands there.
pub fn name_words(text: &str) -> impl Iterator<Item = &str> {
    let spans = names(text).into_iter().filter_map(move |(start, end)| text.get(start..end));
    spans.flat_map(str::split_whitespace).filter_map(bare)
}

/// A word without what stands around it.
fn bare(word: &str) -> Option<&str> {
    Some(word.trim_matches(|c: char| !c.is_alphanumeric())).filter(|word| !word.is_empty())
}

/// The words of a text and what stands between them, each with its place.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let parts = text.split_inclusive(char::is_whitespace).flat_map(|part| {
        let word = part.trim_end();
        [word, part.get(word.len()..).unwrap_or_default()]
    });
    parts.filter(|part| !part.is_empty()).map(move |part| {
        let start = at;
        at += part.len();
        (start, part)
    })
}

fn words_of(text: &str) -> Vec<(usize, &str)> {
    pieces(text).filter(|(_, piece)| !piece.trim().is_empty()).collect()
}

fn plain(word: &str) -> String {
    let word = word.replace('’', "'");
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Where names stand: those that are given, and those that the word before them tells.
fn names(text: &str) -> Vec<(usize, usize)> {
    let words = words_of(text);
    let mut names = given(&words);
    names.extend(told(&words));
    names
}

/// Where names stand behind a relation, a title or a greeting.
fn told(words: &[(usize, &str)]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, (_, before)) in words.iter().enumerate() {
        let marker = plain(before);
        let title = TITLES.contains(&marker.as_str());
        let thanked = at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|(_, word)| plain(word) == "thank");
        let ends = before.ends_with(['!', '?']) || (before.ends_with('.') && !title);
        if ends || !NAMES_FOLLOW.contains(&marker.as_str()) || (marker == THANKED && !thanked) {
            continue;
        }
        let behind = words.iter().skip(at + 1).take(NAME_WORDS_MAX);
        let mut name: Vec<(usize, &str)> = Vec::new();
        for (start, word) in behind {
            let begins = word.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_uppercase);
            if !begins || NO_NAMES.contains(&plain(word).as_str()) {
                break;
            }
            name.push((*start, *word));
            if word.ends_with(['.', ',', '!', '?', ';', ':']) {
                break;
            }
        }
        if let (Some((start, _)), Some((last, word))) = (name.first(), name.last()) {
            found.push((*start, last + word.len()));
        }
    }
    found
}

/// Where names stand that are given.
fn given(words: &[(usize, &str)]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let introduced = INTRODUCES.iter().enumerate().find(|(_, phrase)| {
            phrase
                .iter()
                .enumerate()
                .all(|(at, part)| words.get(from + at).is_some_and(|(_, word)| plain(word) == *part))
        });
        let Some((which, phrase)) = introduced else {
            from += 1;
            continue;
        };
        let first = from + phrase.len();
        let mut end = first;
        while let Some((_, word)) = words.get(end).filter(|_| end - first < NAME_WORDS_MAX) {
            let capital = word.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_uppercase);
            if !(capital || (which < SURE && end == first)) {
                break;
            }
            end += 1;
            if word.ends_with(['.', ',', '!', '?', ';', ':']) {
                break;
            }
        }
        if let (Some((start, _)), Some((last, word))) = (words.get(first), words.get(end.wrapping_sub(1)))
            && end > first
        {
            found.push((*start, last + word.len()));
        }
        from = end.max(from + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_somebody_is_taken_out() {
        let cases = [
            ("Hi, my name is Angela Merkel. My order is 1182", "Hi, my name is …. My order is 0000"),
            ("my name is jane and i am lost", "my name is … and i am lost"),
            ("I'm John, call 0151 2345678", "I'm …, call 0000 0000000"),
            ("I’m very angry. This is broken", "I’m very angry. This is broken"),
            ("write to jo.doe@mail.org now", "write to name@example.com now"),
            ("please call me back, or call me Jo", "please call me back, or call me …"),
            ("see https://shop.example/o/77?x=1!", "see https://example.com"),
            ("меня зовут 42", "меня зовут 00"),
            ("a table for my friend Angela and me", "a table for my friend … and me"),
            ("My son Mark Lee, he is six", "My son …, he is six"),
            ("your friend Ben will be there", "your friend … will be there"),
            ("Dear Mr. Miller, thank you Jo.", "Dear Mr. …, thank you …."),
            ("Hi Angela! Hello I need help", "Hi …! Hello I need help"),
            ("Thanks Ben, my boss Ann Lee called Dr. Okafor", "Thanks …, my boss … called Dr. …"),
            ("Hi There, can you Thank You. The son. Mark it", "Hi There, can you Thank You. The son. Mark it"),
            ("", ""),
        ];
        for (text, wanted) in cases {
            assert_eq!(redacted(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_given_name_is_found() {
        assert_eq!(name_given("Hello, my name is Katarina Miller, I need"), Some("Katarina Miller"));
        assert_eq!(name_given("Hi Ben, my friend Ann"), None, "of others, not their own");
        let all: Vec<&str> = name_words("Hi Ben, my name is Jo Lee and my friend Ann").collect();
        assert_eq!(all, ["Jo", "Lee", "Ben", "Ann"]);
        assert_eq!((name_given("I am lost"), name_given("name is"), name_given("")), (None, None, None));
    }
}
