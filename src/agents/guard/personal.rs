//! Personal data in a text: cards, accounts, addresses, numbers. Told from anything else by their own check
//! digits where they have some.

use crate::domain::guard::GuardReason;

/// Figures of a number that names an order, a contract, a case: shorter ones are amounts and years.
const NUMBER_MIN: usize = 5;
/// Figures of a telephone number.
const PHONE: std::ops::RangeInclusive<usize> = 8..=15;
/// Figures of a card number.
const CARD: std::ops::RangeInclusive<usize> = 13..=19;
/// Letters and figures of an account number.
const IBAN: std::ops::RangeInclusive<usize> = 15..=34;

/// One of them, in letters and figures alone, lower case; an address as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Datum {
    pub(super) reason: GuardReason,
    pub(super) value: String,
}

/// All of them in a text.
pub(super) fn data(text: &str) -> Vec<Datum> {
    let mut found = Vec::new();
    if !text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@') {
        return found;
    }
    emails(text, &mut found);
    let spans = accounts(text, &mut found);
    numbers(text, &spans, &mut found);
    found
}

fn emails(text: &str, found: &mut Vec<Datum>) {
    for (at, _) in text.match_indices('@') {
        let (before, after) = (text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or(""));
        let local = before.rsplit(|c: char| !(c.is_alphanumeric() || "._%+-".contains(c))).next().unwrap_or("");
        let host = after.split(|c: char| !(c.is_alphanumeric() || ".-".contains(c))).next().unwrap_or("");
        let host = host.trim_end_matches('.');
        if !local.is_empty() && host.contains('.') {
            found.push(Datum { reason: GuardReason::Email, value: format!("{local}@{host}").to_lowercase() });
        }
    }
}

/// Account numbers with a right check; where they stand, so that they are not read again as numbers.
fn accounts(text: &str, found: &mut Vec<Datum>) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let bytes = text.as_bytes();
    for at in 0..bytes.len().saturating_sub(*IBAN.start() - 1) {
        let starts =
            bytes[at].is_ascii_uppercase() && bytes[at + 1].is_ascii_uppercase() && bytes[at + 2].is_ascii_digit();
        if !starts || at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
            continue;
        }
        let mut value = String::new();
        let mut end = at;
        for byte in &bytes[at..] {
            if byte.is_ascii_alphanumeric() {
                value.push(char::from(*byte));
            } else if *byte != b' ' {
                break;
            }
            end += 1;
            if value.len() >= *IBAN.start() && value.len() <= *IBAN.end() && is_account(&value) {
                found.push(Datum { reason: GuardReason::Account, value: value.to_lowercase() });
                spans.push((at, end));
                break;
            }
            if value.len() > *IBAN.end() {
                break;
            }
        }
    }
    spans
}

/// ISO 13616: the first four to the end, letters as numbers, modulo 97 is 1.
fn is_account(value: &str) -> bool {
    let mut turned = value.chars().skip(4).chain(value.chars().take(4));
    let rest = turned.try_fold(0_u32, |rest, c| {
        let digit = c.to_digit(36)?;
        Some((rest * if digit > 9 { 100 } else { 10 } + digit) % 97)
    });
    rest == Some(1)
}

fn numbers(text: &str, taken: &[(usize, usize)], found: &mut Vec<Datum>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let begins =
            bytes[at].is_ascii_digit() || bytes[at] == b'+' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !begins || taken.iter().any(|(from, to)| (*from..*to).contains(&at)) {
            at += 1;
            continue;
        }
        let end = end_of_run(bytes, at);
        let run = text.get(at..end).unwrap_or("");
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        // What is written in one piece, with the letters before it: `R-10021`.
        let lead = text
            .get(..at)
            .unwrap_or("")
            .rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .next()
            .unwrap_or("");
        let piece: String = lead.chars().filter(char::is_ascii_alphanumeric).chain(digits.chars()).collect();
        if CARD.contains(&digits.len()) && is_card(&digits) {
            found.push(Datum { reason: GuardReason::Card, value: digits });
        } else if PHONE.contains(&digits.len()) && (run.starts_with('+') || run.starts_with('0')) && !is_date(run) {
            found.push(Datum { reason: GuardReason::Phone, value: digits });
        } else if (digits.len() >= *CARD.start() || has_number(run)) && !is_date(run) {
            found.push(Datum { reason: GuardReason::Number, value: piece.to_lowercase() });
        }
        at = end;
    }
}

fn has_number(run: &str) -> bool {
    run.split(|c: char| !c.is_ascii_digit()).any(|part| part.len() >= NUMBER_MIN)
}

/// Figures with single separators between them.
fn end_of_run(bytes: &[u8], from: usize) -> usize {
    let mut end = from + 1;
    while let Some(byte) = bytes.get(end) {
        let next = bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        let glued = matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')')
            && (next
                || matches!(bytes.get(end + 1), Some(b'(' | b' '))
                    && bytes.get(end + 2).is_some_and(u8::is_ascii_digit));
        if !byte.is_ascii_digit() && !glued {
            break;
        }
        end += 1;
    }
    end
}

fn is_date(run: &str) -> bool {
    let parts: Vec<&str> = run.split(|c: char| !c.is_ascii_digit()).collect();
    let year = |part: &&str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    parts.len() >= 3 && (parts.first().is_some_and(year) || parts.get(2).is_some_and(year))
}

/// The Luhn check.
fn is_card(digits: &str) -> bool {
    let sum = digits.bytes().rev().enumerate().fold(0_u32, |sum, (place, byte)| {
        let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
        sum + if digit > 9 { digit - 9 } else { digit }
    });
    sum % 10 == 0 && digits.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<GuardReason> {
        data(text).into_iter().map(|datum| datum.reason).collect()
    }

    #[test]
    fn each_kind_is_told_by_its_own_check() {
        assert_eq!(told("card 4111 1111 1111 1111 please"), [GuardReason::Card]);
        assert_eq!(told("card 4111-1111-1111-1112"), [GuardReason::Number], "a wrong check digit is no card");
        assert_eq!(told("IBAN DE89 3704 0044 0532 0130 00, thanks"), [GuardReason::Account]);
        assert_eq!(told("write to Ana.B@example.org."), [GuardReason::Email]);
        assert_eq!(told("call +49 30 1234567 or 030/1234567"), [GuardReason::Phone, GuardReason::Phone]);
        assert_eq!(data("order R-10021").first().map(|d| d.value.as_str()), Some("r10021"));
        assert!(told("49.90 EUR on 2026-11-27 at 10:30, within 14 days").is_empty());
        assert!(told("27.11.2026").is_empty());
    }
}
