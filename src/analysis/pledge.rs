//! Whether a text of ours reads like a promise: somebody will do something by a time. Only ever a
//! proposal: a person decides whether it is one.

use crate::domain::time::Millis;

/// Ways in which somebody says that they, or the house, will do something.
const WILL: [&str; 8] =
    ["i will", "i'll", "we will", "we'll", "i am going to", "we are going to", "you will hear", "you'll hear"];

/// A sentence that reads like a promise, and when it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// The sentence.
    pub sentence: String,
    /// By when.
    pub by: By,
}

/// By when something is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// So long from now.
    Within(Millis),
    /// The next time the clock on the wall shows this: hour and minute.
    Clock(u8, u8),
}

/// The first sentence of a text that says both what somebody will do and by when; without a time it is
/// an intention, and nobody is reminded of it.
pub fn pledge(text: &str) -> Option<Pledge> {
    let sentences = text.split_inclusive(['.', '!', '?', '\n']).map(str::trim);
    sentences.filter(|sentence| !sentence.is_empty() && !sentence.ends_with('?')).find_map(|sentence| {
        let plain = sentence.to_lowercase().replace('’', "'");
        let words: Vec<&str> = plain.split(|c: char| !(c.is_alphanumeric() || ":'".contains(c))).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let padded = format!(" {} ", words.join(" "));
        let will = WILL.iter().any(|will| padded.contains(&format!(" {will} ")));
        let by = words.iter().enumerate().find_map(|(at, word)| due(word, words.get(at + 1..)?))?;
        will.then(|| Pledge { sentence: sentence.trim_end_matches(['.', '!', '\n']).to_owned(), by })
    })
}

/// `within 2 hours`, `in an hour`, `by 17:00`, `by 5 pm`.
fn due(word: &str, rest: &[&str]) -> Option<By> {
    match (word, rest) {
        ("within" | "in", [many, unit, ..]) => Some(By::Within(span(many, unit)?)),
        ("by" | "before" | "until", [time, rest @ ..]) => clock(time, rest.first().copied()),
        _ => None,
    }
}

fn span(many: &str, unit: &str) -> Option<Millis> {
    let many: u64 = match many {
        "a" | "an" | "one" | "the" => 1,
        "two" => 2,
        "three" => 3,
        digits => digits.parse().ok().filter(|many| (1..=365).contains(many))?,
    };
    let minutes = match unit {
        "minute" | "minutes" | "min" => 1,
        "hour" | "hours" | "h" => 60,
        "day" | "days" => 24 * 60,
        "week" | "weeks" => 7 * 24 * 60,
        _ => return None,
    };
    Some(Millis::from_mins(many * minutes))
}

fn clock(time: &str, half: Option<&str>) -> Option<By> {
    let half = half.filter(|word| matches!(*word, "am" | "pm"));
    let (time, half) = match (time.strip_suffix("am"), time.strip_suffix("pm")) {
        (Some(time), _) => (time, Some("am")),
        (None, Some(time)) => (time, Some("pm")),
        (None, None) => (time, half),
    };
    if time == "noon" {
        return Some(By::Clock(12, 0));
    }
    let (hour, minute) = match time.split_once(':') {
        Some((hour, minute)) => (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?),
        // A bare number is a time only with half a day named: `by 2` may be anything.
        None => (time.parse::<u8>().ok().filter(|_| half.is_some())?, 0),
    };
    let hour = match half {
        Some("pm") if hour < 12 => hour + 12,
        Some("am") if hour == 12 => 0,
        Some(_) | None => hour,
    };
    (hour < 24 && minute < 60).then_some(By::Clock(hour, minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(text: &str) -> Option<By> {
        pledge(text).map(|pledge| pledge.by)
    }

    #[test]
    fn what_somebody_will_do_by_a_time_reads_like_a_promise() {
        assert_eq!(by("I will call you within 2 hours."), Some(By::Within(Millis::from_hours(2))));
        assert_eq!(by("Thanks! We'll write to you by 17:30"), Some(By::Clock(17, 30)));
        assert_eq!(by("You’ll hear from us in an hour"), Some(By::Within(Millis::from_hours(1))));
        assert_eq!(by("we will refund it within three days"), Some(By::Within(Millis::from_hours(72))));
        assert_eq!(by("I'll be back by 5 pm"), Some(By::Clock(17, 0)));
        assert_eq!(by("I'll look at it by 12am"), Some(By::Clock(0, 0)));
        assert_eq!(by("I am going to check it by noon"), Some(By::Clock(12, 0)));
        let read = pledge("Sorry about that. I will send the label by 9:00. Bye!").unwrap();
        assert_eq!(read.sentence, "I will send the label by 9:00");
    }

    #[test]
    fn what_has_no_time_or_no_doer_is_none() {
        for text in [
            "I will look into it.",
            "It arrives within 2 days.",
            "Shall I say that we will call you by 17:00?",
            "I will refund order 1182 by 2",
            "We will see each other in Rome",
            "I'll do it by 25:00",
            "I will do it within 0 hours",
            "",
        ] {
            assert_eq!(pledge(text), None, "{text}");
        }
    }
}
