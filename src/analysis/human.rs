//! Whether a text asks for a human: a right of every customer, so it is read by rules that anybody
//! can check, not by a model.

use std::sync::LazyLock;

use super::words::{Phrases, Words};

/// Who can be asked for by name of the trade.
const PEOPLE: &[&str] = &[
    "adviser",
    "advisor",
    "agent",
    "associate",
    "attendant",
    "colleague",
    "employee",
    "human",
    "humans",
    "manager",
    "operator",
    "people",
    "person",
    "rep",
    "representative",
    "specialist",
    "staff",
    "superior",
    "supervisor",
];
/// Who is meant only behind a verb of talking: `get someone to fix it` asks for no talk.
const ANYBODY: &[&str] = &["anybody", "anyone", "somebody", "someone"];
/// Verbs of talking and of passing on.
const TALK: &[&str] = &[
    "chat", "chatting", "connect", "escalate", "forward", "pass", "patch", "put", "redirect", "speak", "speaking",
    "switch", "talk", "talking", "transfer",
];
/// Verbs of wanting.
const WANT: &[&str] =
    &["demand", "find", "get", "give", "have", "need", "prefer", "request", "require", "send", "want"];
/// What may stand between verb and person.
const BETWEEN: &[&str] = &[
    "a",
    "actual",
    "an",
    "another",
    "any",
    "different",
    "directly",
    "from",
    "help",
    "human",
    "in",
    "live",
    "me",
    "my",
    "of",
    "on",
    "one",
    "over",
    "phone",
    "please",
    "proper",
    "real",
    "some",
    "support",
    "the",
    "this",
    "through",
    "to",
    "us",
    "with",
    "your",
    "actually",
    "just",
    "customer",
    "service",
    "now",
    "kind",
    "conversation",
    "it",
    "line",
    "onto",
    "for",
    "chat",
    "touch",
    "hold",
];
/// What makes a person out of the next word wherever it stands.
const REAL: &[&str] = &["actual", "human", "live", "real"];
/// What the person is only a part of: `human error`, `agent fee`.
const NOT_PEOPLE: &[&str] = &[
    "error",
    "errors",
    "fee",
    "fees",
    "hair",
    "manual",
    "name",
    "number",
    "readable",
    "resources",
    "rights",
    "code",
    "id",
];
/// Turns a wish into its opposite.
const NOT: &[&str] = &["avoid", "didn't", "don't", "dont", "never", "no", "not", "without"];
/// What a customer may be tired of talking with.
const MACHINES: &[&str] = &["ai", "assistant", "bot", "bots", "chatbot", "computer", "machine", "robot", "robots"];
/// Requests in other words and in the languages that arrive most.
const SENTENCES: &[&str] = &[
    "is anyone there",
    "is there anyone",
    "is there a human",
    "is there a person",
    "are there any humans",
    "mit einem menschen",
    "mit einem mitarbeiter",
    "echten menschen",
    "echte person",
    "hablar con una persona",
    "hablar con un agente",
    "hablar con un humano",
    "hablar con alguien",
    "parler à un humain",
    "parler à une personne",
    "parler à un conseiller",
    "parler à quelqu'un",
    "parlare con un operatore",
    "parlare con una persona",
    "falar com um humano",
    "falar com uma pessoa",
    "falar com um atendente",
];
/// Longest text in which a person's name of trade alone is a request.
const BARE_WORDS_MAX: usize = 4;
/// Words between verb and person at most.
const REACH: usize = 8;

static BY_FIRST: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(SENTENCES.iter().copied()));

/// Whether the customer asks to be passed to a human.
pub(super) fn wanted(words: &Words) -> bool {
    bare(words)
        || words.has(&BY_FIRST)
        || (0..words.len()).any(|at| {
            asks_at(words, at, TALK, true) || asks_at(words, at, WANT, false) || refuses_machine_at(words, at)
        })
        || (0..words.len()).any(|at| real_person_at(words, at))
}

/// `agent`, `human please`, `operator now`.
fn bare(words: &Words) -> bool {
    let filler = [
        "please", "now", "pls", "hello", "hi", "a", "an", "the", "real", "live", "help", "ok", "no", "human", "yes",
        "just",
    ];
    (1..=BARE_WORDS_MAX).contains(&words.len())
        && words.iter().any(|word| PEOPLE.contains(&word))
        && words.iter().all(|word| PEOPLE.contains(&word) || filler.contains(&word))
}

/// A verb at `at`, then only small words, then a person.
fn asks_at(words: &Words, at: usize, verbs: &[&str], anybody: bool) -> bool {
    if !verbs.contains(&words.at(at)) || negated(words, at) || asks_what_we_are(words, at) {
        return false;
    }
    for next in at + 1..=at + REACH {
        if words.ends_clause(next - 1) {
            return false;
        }
        let word = words.at(next);
        if is_person(words, next) || (anybody && ANYBODY.contains(&word)) {
            // `the person` and `my agent` name somebody who is already known.
            return !(words.at(next - 1) == "the" && word == "person");
        }
        if !BETWEEN.contains(&word) {
            return false;
        }
    }
    false
}

fn is_person(words: &Words, at: usize) -> bool {
    let followed = if words.ends_clause(at) { "" } else { words.at(at + 1) };
    PEOPLE.contains(&words.at(at)) && !NOT_PEOPLE.contains(&followed) && !PEOPLE.contains(&followed)
}

/// `real person` anywhere, but for the question whether we are one.
fn real_person_at(words: &Words, at: usize) -> bool {
    let person = PEOPLE.contains(&words.at(at + 1)) || ANYBODY.contains(&words.at(at + 1));
    REAL.contains(&words.at(at))
        && !words.ends_clause(at)
        && person
        && !NOT_PEOPLE.contains(&words.at(at + 2))
        && !negated(words, at)
        && !asks_what_we_are(words, at)
}

/// `are you a human`, `am i talking to a real person`: a question about us, not a request.
fn asks_what_we_are(words: &Words, at: usize) -> bool {
    (at.saturating_sub(6)..at).any(|i| {
        matches!((words.at(i), words.at(i + 1)), ("are", "you") | ("am" | "was", "i") | ("is", "this") | ("you", "are"))
    })
}

/// Whether a negation stands shortly before in the same clause. `Can't I talk to someone` and `not
/// able to reach a person` are requests all the same.
fn negated(words: &Words, at: usize) -> bool {
    let mut back = at;
    for _ in 0..4 {
        let Some(previous) = back.checked_sub(1) else { return false };
        if words.ends_clause(previous) || words.at(previous) == "able" {
            return false;
        }
        if NOT.contains(&words.at(previous)) {
            // `why not let me`, `why don't you get me`: asks for it.
            return previous.checked_sub(1).is_none_or(|i| words.at(i) != "why");
        }
        back = previous;
    }
    false
}

/// `i don't want to talk to a bot`, `stop this robot`, `no more bots`.
fn refuses_machine_at(words: &Words, at: usize) -> bool {
    if !MACHINES.contains(&words.at(at)) {
        return false;
    }
    let before = at.saturating_sub(REACH)..at;
    let talks = before.clone().any(|i| TALK.contains(&words.at(i)));
    let refuses =
        before.clone().any(|i| NOT.contains(&words.at(i)) || matches!(words.at(i), "hate" | "stop" | "tired" | "sick"));
    let instead = before.clone().any(|i| words.phrase_at(i, "instead of").is_some());
    let no_more = before.into_iter().any(|i| words.phrase_at(i, "no more").is_some());
    (talks && refuses && !asks_what_we_are(words, at)) || instead || no_more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_heard() {
        for text in [
            "I want to speak to a human",
            "can I talk to a real person please?",
            "agent",
            "Agent please",
            "OPERATOR!!",
            "human",
            "representative",
            "Connect me with a representative",
            "transfer me to an agent",
            "please put me through to someone",
            "let me speak with your manager",
            "i need a human",
            "Get me a supervisor now",
            "I don't want to talk to a bot",
            "stop. give me a real human being",
            "Can't I just talk to someone?",
            "why can't i speak to a person",
            "I have not been able to talk to a person",
            "I'd prefer a human agent",
            "this is useless, I want a person not a machine",
            "no more bots please",
            "could you escalate me to a live agent",
            "Is there anyone there I can talk to?",
            "i want to get in touch with a customer service representative",
            "talk to human",
            "Ich möchte mit einem Menschen sprechen",
            "quiero hablar con una persona",
            "why don't you get me a human",
        ] {
            assert!(wanted(&Words::read(text)), "{text}");
        }
    }

    #[test]
    fn other_uses_of_the_words_are_not() {
        for text in [
            "this was a human error",
            "are you a human?",
            "am I talking to a real person or a bot?",
            "I spoke to an agent yesterday and he was rude",
            "I don't want to speak to a human, just fix it",
            "no need to transfer me to an agent",
            "the delivery person left the parcel outside",
            "How many people can share an account?",
            "I need someone's address changed",
            "can you get someone to repair it",
            "I need the person who delivered it",
            "does the bot work on weekends",
            "my agent fee is wrong, I want the agent fee refunded",
            "where is my order",
            "I want a refund from the person I sent it to",
            "put the money back on my card",
            "",
        ] {
            assert!(!wanted(&Words::read(text)), "{text}");
        }
    }
}
