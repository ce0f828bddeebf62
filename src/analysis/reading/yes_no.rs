//! Yes, no, `I don't know`, and questions.

use super::plain::Plain;

/// An answer to a question that can be answered by yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
}

impl Answer {
    /// `yes` or `no`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

/// Words that mean yes when an answer begins with them.
const YES: [&str; 30] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "yea",
    "ya",
    "ja",
    "sure",
    "ok",
    "okay",
    "okey",
    "correct",
    "right",
    "exactly",
    "absolutely",
    "definitely",
    "certainly",
    "fine",
    "confirmed",
    "agreed",
    "perfect",
    "great",
    "please",
    "indeed",
    "affirmative",
    "proceed",
    "gladly",
    "y",
    "yess",
    "alright",
];
/// Words that mean no when an answer begins with them.
const NO: [&str; 14] =
    ["no", "nope", "nah", "nein", "not", "don't", "dont", "never", "neither", "n", "noo", "nothing", "none", "stop"];
/// Phrases that mean yes wherever they stand, unless something is denied.
const YES_PHRASES: [&str; 26] = [
    "go ahead",
    "do it",
    "do that",
    "sounds good",
    "of course",
    "i confirm",
    "that's right",
    "please do",
    "it works",
    "works now",
    "working now",
    "works again",
    "it worked",
    "that worked",
    "that helped",
    "it helped",
    "it's fixed",
    "fixed it",
    "problem solved",
    "solved",
    "all good",
    "is back",
    "back online",
    "that did it",
    "it does",
    "it did",
];
/// Phrases that mean no wherever they stand.
const NO_PHRASES: [&str; 45] = [
    "not help",
    "no help",
    "already did",
    "already tried",
    "have done that",
    "did that already",
    "useless",
    "doesn't work",
    "does not work",
    "doesnt work",
    "didn't work",
    "did not work",
    "didnt work",
    "not working",
    "isn't working",
    "still not",
    "still the same",
    "same problem",
    "same issue",
    "same thing",
    "no change",
    "nothing changed",
    "nothing happens",
    "didn't help",
    "did not help",
    "didnt help",
    "doesn't help",
    "not helpful",
    "no luck",
    "no difference",
    "won't",
    "rather not",
    "don't want",
    "do not want",
    "never mind",
    "nevermind",
    "forget it",
    "not really",
    "not yet",
    "still broken",
    "still slow",
    "still offline",
    "still crashes",
    "leave it",
    "hold on",
];
/// Words that lead into an answer without saying anything.
const FILLERS: [&str; 14] =
    ["hmm", "hm", "mm", "well", "uh", "um", "oh", "ah", "so", "actually", "sorry", "erm", "thanks", "and"];
/// Words that deny.
const DENIALS: [&str; 12] =
    ["not", "don't", "dont", "doesn't", "doesnt", "didn't", "didnt", "isn't", "won't", "no", "never", "still"];

/// What a text says to a question that can be answered by yes or no.
pub(crate) fn yes_no(text: &Plain) -> Option<Answer> {
    if text.has_any(&NO_PHRASES) {
        return Some(Answer::No);
    }
    let first = text.words().find(|word| !FILLERS.contains(word))?;
    let denied = || text.words().skip(1).any(|word| DENIALS.contains(&word));
    if NO.contains(&first) {
        return Some(Answer::No);
    }
    if YES.contains(&first) {
        // `Yes, but it still ...` is neither.
        return (!(text.has("but") && denied())).then_some(Answer::Yes);
    }
    if text.has_any(&YES_PHRASES) && !denied() {
        return Some(Answer::Yes);
    }
    // A decision further back, `well, yes` or `hm no`; a long sentence that has one in passing decides nothing.
    if text.words().count() > 5 {
        return None;
    }
    text.words().skip(1).find_map(|word| {
        if YES.iter().take(6).any(|yes| *yes == word) {
            Some(Answer::Yes)
        } else {
            NO.iter().take(4).any(|no| *no == word).then_some(Answer::No)
        }
    })
}

/// Whether the customer says that they cannot tell.
pub(crate) fn gives_up(text: &Plain) -> bool {
    text.has_any(&[
        "don't know",
        "dont know",
        "do not know",
        "no idea",
        "not sure",
        "can't find",
        "cannot find",
        "cant find",
        "don't have",
        "dont have",
        "do not have",
        "don't remember",
        "can't remember",
        "lost it",
        "no clue",
        "idk",
        "haven't got",
    ])
}

/// Whether the customer only says that it is fine: after `anything else?` that is a no.
pub(crate) fn acknowledges(text: &Plain) -> bool {
    const FINE: [&str; 12] =
        ["ok", "okay", "fine", "great", "perfect", "alright", "good", "cool", "super", "nice", "all", "right"];
    let mut words = text.words().filter(|word| !FILLERS.contains(word)).peekable();
    words.peek().is_some() && words.all(|word| FINE.contains(&word))
}

/// Whether a text asks something.
pub(crate) fn is_question(raw: &str, text: &Plain) -> bool {
    const ASKING: [&str; 18] = [
        "what", "how", "when", "where", "why", "who", "which", "can", "could", "do", "does", "is", "are", "will",
        "would", "should", "may", "did",
    ];
    raw.contains('?') || text.words().next().is_some_and(|word| ASKING.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_as_customers_say_them() {
        let yes = [
            "Yes",
            "yes please!",
            "Sure, go ahead",
            "ok do it",
            "That's right.",
            "it works now, thanks",
            "well yes",
            "please do",
        ];
        let no = [
            "no",
            "Nope.",
            "not yet",
            "no, still the same",
            "It doesn't work",
            "don't",
            "never mind",
            "rather not",
            "hm no",
        ];
        let open = [
            "how long does it take?",
            "yes but it still hangs",
            "1182",
            "",
            "the blue one",
            "I was told that yes is fine by a man",
        ];
        for text in yes {
            assert_eq!(yes_no(&Plain::new(text)), Some(Answer::Yes), "{text}");
        }
        for text in no {
            assert_eq!(yes_no(&Plain::new(text)), Some(Answer::No), "{text}");
        }
        for text in open {
            assert_eq!(yes_no(&Plain::new(text)), None, "{text}");
        }
    }

    #[test]
    fn not_knowing_and_asking() {
        assert!(gives_up(&Plain::new("sorry, I don’t know the number")));
        assert!(!gives_up(&Plain::new("1182")));
        assert!(is_question("how long", &Plain::new("how long")) && !is_question("1182", &Plain::new("1182")));
    }
}
