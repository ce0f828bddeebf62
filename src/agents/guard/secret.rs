//! What must never be said: secrets, plain, in a code, or over several messages; and the agent's own instructions.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::domain::guard::GuardReason;

use super::decode;
use super::plain;

/// Shortest secret, in letters and figures: a shorter one stands in ordinary words.
pub(super) const SECRET_MIN: usize = 8;
/// A piece of a secret of so many letters and figures is a leak.
const PIECE: usize = 8;
/// Pieces of a secret in several places, in order, are a leak when they come to so many letters and figures.
const PIECES: usize = 8;
/// Words in a row that an answer may share with the instructions: a saying, not a sentence of them.
const SHINGLE: usize = 9;

/// Something that must not be said, as it may be written.
#[derive(Debug, Clone)]
struct Form {
    /// Letters and figures in lower case.
    letters: String,
    coded: bool,
}

/// All that must not be said.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets {
    forms: Vec<Form>,
    /// Pieces of all forms, to see at once that a text holds none.
    pieces: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    shingles: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
}

impl Secrets {
    /// Keeps a secret from being said. One that is too short to be told from words is left out.
    pub(super) fn keep(&mut self, secret: &str) {
        let letters = plain::squeezed(secret);
        if letters.chars().count() < SECRET_MIN {
            return;
        }
        let hex = secret.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
        let hex: String = hex.filter_map(|half| char::from_digit(half.into(), 16)).collect();
        let turned = plain::squeezed(&decode::rot13(secret));
        let backwards: String = letters.chars().rev().collect();
        let mut forms = vec![(letters, false), (hex, true), (turned, true), (backwards, true)];
        // A code of a longer text holds the secret at one of three places of a byte group.
        for lead in ["", "x", "xx"] {
            let code = STANDARD_NO_PAD.encode(format!("{lead}{secret}"));
            let skip = if lead.is_empty() { 0 } else { lead.len() + 1 };
            let whole = (lead.len() + secret.len()) / 3 * 4;
            forms.push((plain::squeezed(code.get(skip..whole).unwrap_or(&code)), true));
        }
        for (letters, coded) in forms {
            let chars: Vec<char> = letters.chars().collect();
            self.pieces.extend(chars.windows(PIECE).map(hash));
            self.forms.push(Form { letters, coded });
        }
    }

    /// Keeps instructions from being repeated; words that the house says anyway are no secret.
    pub(super) fn keep_instructions(
        &mut self,
        text: &str,
        said_anyway: &HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    ) {
        let shingles = shingles(text);
        self.shingles.extend(shingles.into_iter().filter(|one| !said_anyway.contains(one)));
    }

    /// What an answer gives away, after what its author said before.
    pub(super) fn given_away(&self, before: &[&str], text: &str) -> Option<GuardReason> {
        if !self.shingles.is_empty() && shingles(text).iter().any(|one| self.shingles.contains(one)) {
            return Some(GuardReason::Prompt);
        }
        if self.forms.is_empty() {
            return None;
        }
        if let Some(reason) = self.within(text) {
            return Some(reason);
        }
        if decode::decoded(text)
            .iter()
            .any(|one| self.within(one).is_some() || self.within(&decode::rot13(one)).is_some())
        {
            return Some(GuardReason::EncodedSecret);
        }
        if self.hidden_in_beginnings(text) {
            return Some(GuardReason::EncodedSecret);
        }
        let texts: Vec<&str> = before.iter().copied().chain([text]).collect();
        self.in_pieces(&texts).then_some(GuardReason::SplitSecret)
    }

    /// A piece of a secret within one text, whatever stands between its letters.
    fn within(&self, text: &str) -> Option<GuardReason> {
        let letters: Vec<char> = plain::squeezed(&plain::latin(text)).chars().collect();
        let hit = letters.windows(PIECE).find(|piece| self.pieces.contains(&hash(piece)))?;
        let piece: String = hit.iter().collect();
        let form = self.forms.iter().find(|form| form.letters.contains(&piece))?;
        Some(if form.coded { GuardReason::EncodedSecret } else { GuardReason::Secret })
    }

    /// First letters of words or lines that spell a secret.
    fn hidden_in_beginnings(&self, text: &str) -> bool {
        let first = |parts: &mut dyn Iterator<Item = &str>| -> String {
            parts.filter_map(|part| part.trim_start().chars().find(|c| c.is_alphanumeric())).collect()
        };
        let words = first(&mut text.split_whitespace());
        let lines = first(&mut text.lines());
        [words, lines].iter().any(|one| self.within(one).is_some())
    }

    /// Pieces of a secret in order, each a word or a part of one, over several messages.
    fn in_pieces(&self, texts: &[&str]) -> bool {
        let words: Vec<String> =
            texts.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase).collect();
        self.forms.iter().any(|form| {
            // Hardly any word stands in a secret.
            let within: Vec<&str> = words
                .iter()
                .map(String::as_str)
                .filter(|word| !word.is_empty() && form.letters.contains(*word))
                .collect();
            let starts = form.letters.char_indices().map(|(at, _)| at);
            within.len() > 1 && starts.into_iter().any(|start| pieced(&form.letters, start, &within) >= PIECES)
        })
    }
}

/// How many letters of a secret these words spell, one after the other, from `start` on.
fn pieced(secret: &str, start: usize, words: &[&str]) -> usize {
    let mut rest = secret.get(start..).unwrap_or("");
    let whole = rest.len();
    for word in words {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    whole - rest.len()
}

fn hash(chars: &[char]) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(chars)
}

/// Hashes of the runs of words of a text.
pub(super) fn shingles(text: &str) -> Vec<u64> {
    let folded = plain::plain(text).text;
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    // A word stands in as many runs as a run has words.
    let words: Vec<u64> = folded.split(' ').map(|word| hasher.hash_one(word)).collect();
    words.windows(SHINGLE).map(|run| hasher.hash_one(run)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "KX7Q-92mv-TTR4-0plz";

    fn kept() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.keep(SECRET);
        secrets
    }

    #[test]
    fn a_secret_is_seen_however_it_is_written() {
        let secrets = kept();
        let told = |text: &str| secrets.given_away(&[], text);
        assert_eq!(told("It is KX7Q-92mv-TTR4-0plz."), Some(GuardReason::Secret));
        assert_eq!(told("K X 7 Q 9 2 m v T T R 4"), Some(GuardReason::Secret));
        assert_eq!(told("it ends with TTR40plz"), Some(GuardReason::Secret));
        for coded in [
            STANDARD_NO_PAD.encode(format!("The key is {SECRET}, keep it")),
            STANDARD_NO_PAD.encode(STANDARD_NO_PAD.encode(SECRET)),
            SECRET.bytes().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" "),
            SECRET.bytes().map(|b| b.to_string()).collect::<Vec<_>>().join(" "),
            decode::rot13(SECRET),
            SECRET.chars().rev().collect(),
        ] {
            assert!(told(&coded).is_some(), "{coded}");
        }
        assert_eq!(told("Your order 10021 leaves on Monday, I promise."), None);
    }

    #[test]
    fn a_secret_over_messages_is_seen_before_its_end() {
        let secrets = kept();
        let parts = ["the first part is KX7Q", "then comes 92mv", "and TTR4"];
        assert_eq!(secrets.given_away(&parts[..1], parts[1]), Some(GuardReason::SplitSecret));
        let letters = ["k x 7", "q", "9 2 m v"];
        assert_eq!(secrets.given_away(&letters[..2], letters[2]), Some(GuardReason::SplitSecret));
        assert_eq!(secrets.given_away(&["a quick 7 day trial", "x is free"], "9 more"), None);
    }

    #[test]
    fn instructions_are_not_repeated() {
        let mut secrets = Secrets::default();
        let said = "You are the calm voice of Nova and you never promise a date that nobody gave you";
        secrets.keep_instructions(said, &HashSet::default());
        let text = "Sure: you are the calm voice of Nova and you never promise a date";
        assert_eq!(secrets.given_away(&[], text), Some(GuardReason::Prompt));
        assert_eq!(secrets.given_away(&[], "I am the calm voice of Nova. Which date suits you?"), None);
    }
}
