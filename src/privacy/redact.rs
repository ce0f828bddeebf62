//! What is taken out of a text that others are going to read: addresses, links, numbers, and the
//! name somebody gives.
//!
//! It errs on the side of taking out. What it cannot know is a name that stands by itself; whoever
//! shows texts to others asks beside it how many customers said a word.

/// Stands for an address.
const ADDRESS: &str = "name@example.com";
/// Stands for a link.
const LINK: &str = "https://example.com";
/// Words that a name follows.
const INTRODUCES: [&[&str]; 7] =
    [&["my", "name", "is"], &["name", "is"], &["name's"], &["call", "me"], &["i'm"], &["i", "am"], &["this", "is"]];
/// Of these, the first so many introduce whatever follows; the others only a word with a capital.
const SURE: usize = 3;
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
    let (start, end) = *names(text).first()?;
    text.get(start..end).map(|name| name.trim_matches(|c: char| !c.is_alphanumeric())).filter(|name| !name.is_empty())
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

/// Where names stand that are given.
fn names(text: &str) -> Vec<(usize, usize)> {
    let words: Vec<(usize, &str)> = pieces(text).filter(|(_, piece)| !piece.trim().is_empty()).collect();
    let plain = |word: &str| -> String {
        let word = word.replace('’', "'");
        word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
    };
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
            ("", ""),
        ];
        for (text, wanted) in cases {
            assert_eq!(redacted(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_given_name_is_found() {
        assert_eq!(name_given("Hello, my name is Katarina Miller, I need"), Some("Katarina Miller"));
        assert_eq!((name_given("I am lost"), name_given("name is"), name_given("")), (None, None, None));
    }
}
