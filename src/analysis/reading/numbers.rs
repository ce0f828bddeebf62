//! Order numbers, addresses, amounts, codes and counts.

use std::ops::{Range, RangeInclusive};

/// Something found: where it stands, and its value in the house's spelling.
type Found = (Range<usize>, String);

/// Digits of an order number.
const ORDER_DIGITS: RangeInclusive<usize> = 4..=8;

/// A run of digits with what stands around it.
struct Run<'a> {
    range: Range<usize>,
    digits: &'a str,
    before: &'a str,
    after: &'a str,
}

/// Runs of digits that are not part of a longer number with `.`, `,`, `:` or `/` inside.
fn runs(text: &str) -> Vec<Run<'_>> {
    let bytes = text.as_bytes();
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes.iter().skip(at).position(u8::is_ascii_digit).map(|skip| at + skip) {
        let length = bytes.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count();
        let end = start + length;
        at = end;
        let digit = |index: Option<usize>| index.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
        let joint = |index: Option<usize>| {
            index.and_then(|i| bytes.get(i)).is_some_and(|b| matches!(b, b'.' | b',' | b':' | b'/'))
        };
        let inside =
            joint(start.checked_sub(1)) && digit(start.checked_sub(2)) || joint(Some(end)) && digit(Some(end + 1));
        if inside {
            continue;
        }
        runs.push(Run {
            range: start..end,
            digits: text.get(start..end).unwrap_or_default(),
            before: text.get(..start).unwrap_or_default(),
            after: text.get(end..).unwrap_or_default(),
        });
    }
    runs
}

impl Run<'_> {
    /// The word right before, in lower case.
    fn word_before(&self) -> String {
        let trimmed = self.before.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '€' && c != '$');
        let word = trimmed.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
        word.trim_matches(|c: char| !c.is_alphanumeric() && c != '€' && c != '$').to_lowercase()
    }

    /// The word right after, in lower case.
    fn word_after(&self) -> String {
        let rest = self.after.trim_start_matches([' ', '-', '\u{a0}']);
        rest.chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '€' | '$' | '%'))
            .collect::<String>()
            .to_lowercase()
    }

    /// Whether letters touch it: then it is part of a code.
    fn touched(&self) -> bool {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        letter(self.before.chars().next_back()) || letter(self.after.chars().next()) || self.after.starts_with('@')
    }

    fn is_marked(&self) -> bool {
        let word = self.word_before();
        self.before.ends_with('#')
            || self.before.to_ascii_lowercase().ends_with("nw-")
            || ["order", "number", "nr", "no", "bestellung", "purchase", "ordernumber", "parcel"]
                .contains(&word.as_str())
    }

    fn is_measured(&self) -> bool {
        const UNITS: [&str; 26] = [
            "eur", "euro", "euros", "€", "$", "%", "percent", "mbit", "mbps", "mb", "gb", "kb", "ms", "am", "pm", "h",
            "days", "weeks", "hours", "minutes", "times", "x", "people", "seats", "cents", "usd",
        ];
        UNITS.contains(&self.word_after().as_str()) || ["€", "$", "eur", "usd"].contains(&self.word_before().as_str())
    }

    fn is_year(&self) -> bool {
        self.digits.len() == 4 && (self.digits.starts_with("19") || self.digits.starts_with("20"))
    }
}

/// Order numbers: marked ones first. Unless it was asked for, a bare number must look like nothing else.
pub(super) fn orders(text: &str, asked: bool) -> Vec<Found> {
    let fits = |run: &Run<'_>| ORDER_DIGITS.contains(&run.digits.len());
    let found: Vec<Run<'_>> = runs(text).into_iter().filter(fits).collect();
    let marked = found.iter().filter(|run| run.is_marked());
    let bare = found.iter().filter(|run| !run.is_marked() && !run.touched() && !run.is_measured());
    let bare = bare.filter(|run| asked || !run.is_year());
    marked.chain(bare).map(|run| (run.range.clone(), run.digits.to_owned())).collect()
}

/// Bare runs of so many digits.
pub(super) fn runs_of(text: &str, digits: RangeInclusive<usize>) -> Vec<Found> {
    let fits = |run: &Run<'_>| digits.contains(&run.digits.len()) && !run.touched();
    runs(text).into_iter().filter(fits).map(|run| (run.range.clone(), run.digits.to_owned())).collect()
}

/// Postal codes: four to six digits.
pub(super) fn postcodes(text: &str) -> Vec<Found> {
    runs_of(text, 4..=6)
}

/// E-mail addresses, in lower case.
pub(super) fn emails(text: &str) -> Vec<Found> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        let local = before.len() - before.trim_end_matches(part).len();
        let host: &str = after.get(..after.find(|c| !part(c)).unwrap_or(after.len())).unwrap_or_default();
        let host = host.trim_end_matches(['.', '-']);
        let whole = host.contains('.') && !host.starts_with('.') && local > 0;
        if whole && let Some(address) = text.get(at - local..at + 1 + host.len()) {
            found.push((at - local..at + 1 + host.len(), address.trim_start_matches('.').to_ascii_lowercase()));
        }
    }
    found
}

/// Amounts of money with their currency; a bare number only when it was asked for.
pub(super) fn amounts(text: &str, asked: bool) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes.iter().skip(at).position(u8::is_ascii_digit).map(|skip| at + skip) {
        let whole = bytes.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = start + whole;
        let mut cents = "00";
        let separated = bytes.get(end).is_some_and(|byte| matches!(byte, b'.' | b','));
        let digits_after = bytes.iter().skip(end + 1).take_while(|byte| byte.is_ascii_digit()).count();
        if separated && digits_after == 2 {
            cents = text.get(end + 1..end + 3).unwrap_or("00");
            end += 3;
        }
        at = end.max(start + 1);
        let run = Run {
            range: start..end,
            digits: text.get(start..start + whole).unwrap_or_default(),
            before: text.get(..start).unwrap_or_default(),
            after: text.get(end..).unwrap_or_default(),
        };
        let euros = ["€", "eur", "euro", "euros"];
        let marked = euros.contains(&run.word_after().as_str())
            || run.before.trim_end().ends_with('€')
            || run.word_before() == "eur";
        let plausible = whole <= 6 && !run.before.ends_with(['.', ',', '#', '-']);
        if plausible && (marked || asked) {
            found.push((run.range.clone(), format!("{}.{cents} EUR", run.digits.trim_start_matches('0').max("0"))));
        }
    }
    found
}

/// Error codes, as `E204`.
pub(super) fn codes(text: &str, asked: bool) -> Vec<Found> {
    let fits = |run: &Run<'_>| {
        let before = run.before.to_ascii_lowercase();
        let stem = before.trim_end_matches(['-', ' ']);
        let after_e = stem.strip_suffix('e').is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
        let after_err = stem.strip_suffix("err").is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
        let named = ["error", "code", "fehler", "err"].contains(&run.word_before().as_str());
        run.digits.len() == 3 && (after_e || after_err || named || asked && !run.touched())
    };
    runs(text).into_iter().filter(fits).map(|run| (run.range.clone(), format!("E{}", run.digits))).collect()
}

/// Small numbers in digits or words; unless one was asked for, something must be counted by it.
pub(super) fn counts(text: &str, asked: bool) -> Vec<Found> {
    const COUNTED: [&str; 16] = [
        "users",
        "seats",
        "people",
        "employees",
        "offices",
        "flats",
        "rooms",
        "units",
        "homes",
        "apartments",
        "locations",
        "licences",
        "licenses",
        "devices",
        "thermostats",
        "sensors",
    ];
    const WORDS: [(&str, &str); 15] = [
        ("one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
        ("ten", "10"),
        ("eleven", "11"),
        ("twelve", "12"),
        ("dozen", "12"),
        ("twenty", "20"),
        ("fifty", "50"),
    ];
    if !asked {
        let fits = |run: &Run<'_>| (1..=4).contains(&run.digits.len()) && COUNTED.contains(&run.word_after().as_str());
        return runs(text).into_iter().filter(fits).map(|run| (run.range.clone(), run.digits.to_owned())).collect();
    }
    let mut found = runs_of(text, 1..=4);
    let mut at = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let start = at;
        at += word.len() + text.get(at + word.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let lower = word.to_lowercase();
        if let Some((_, value)) = WORDS.iter().find(|(name, _)| *name == lower) {
            found.push((start..start + word.len(), (*value).to_owned()));
        }
    }
    found
}
