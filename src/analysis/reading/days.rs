//! Days, said or written.

use std::ops::Range;

use crate::analysis::days::{Day, MONTHS};
use crate::domain::time::Timestamp;

/// Days in a text, as `2026-11-21`; a day without a year is the latest one not after `at`.
pub(super) fn days(text: &str, at: Timestamp) -> Vec<(Range<usize>, String)> {
    let lower = text.to_lowercase();
    let mut found = Vec::new();
    for (word, after) in [("yesterday", -1), ("today", 0), ("tomorrow", 1)] {
        if let Some(start) = lower.find(word) {
            found.push((start..start + word.len(), Day::of(at, after).iso()));
        }
    }
    let tokens = tokens(&lower);
    for (index, (range, token)) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1);
        if let Some(day) = written(token, at) {
            found.push((range.clone(), day.iso()));
        } else if let Some((after, following)) = next {
            let pair = day_number(token).zip(month(following)).or_else(|| day_number(following).zip(month(token)));
            if let Some((day, month)) = pair {
                found.push((range.start..after.end, past(day, month, at).iso()));
            }
        }
    }
    found
}

fn tokens(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    for token in text.split([' ', ',', '\n', '(', ')']) {
        if !token.is_empty() {
            tokens.push((at..at + token.len(), token.trim_end_matches(['.', '!', '?', ';'])));
        }
        at += token.len() + 1;
    }
    tokens
}

/// `2026-11-21`, `21.11.2026`, `21/11`.
fn written(token: &str, at: Timestamp) -> Option<Day> {
    let mut parts = token.split(['-', '.', '/']).filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || !token.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'/')) {
        return None;
    }
    let (day, month, year) = if first.len() == 4 { (third?, second, Some(first)) } else { (first, second, third) };
    let (day, month): (u8, u8) = (day.parse().ok()?, month.parse().ok()?);
    if !(1..=31).contains(&day)
        || !(1..=12).contains(&month)
        || (token.contains('.') && third.is_none() && first.len() != 2)
    {
        return None;
    }
    match year {
        Some(year) if year.len() == 4 => Some(Day { year: year.parse().ok()?, month, of_month: day }),
        Some(year) if year.len() == 2 => Some(Day { year: 2000 + year.parse::<i64>().ok()?, month, of_month: day }),
        Some(_) => None,
        None => Some(past(day, month, at)),
    }
}

fn day_number(token: &str) -> Option<u8> {
    let digits = token.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = token.get(digits.len()..)?;
    let day = digits.parse().ok()?;
    (["", "st", "nd", "rd", "th"].contains(&ending) && (1..=31).contains(&day)).then_some(day)
}

fn month(token: &str) -> Option<u8> {
    let token = token.trim_end_matches('.');
    let begins = |month: &str| month.get(..token.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(token));
    let fits = |month: &str| token.len() >= 3 && begins(month);
    (1u8..).zip(MONTHS).find(|(_, month)| fits(month)).map(|(number, _)| number)
}

fn past(day: u8, month: u8, at: Timestamp) -> Day {
    let today = Day::of(at, 0);
    let this_year = Day { year: today.year, month, of_month: day };
    if this_year > today { Day { year: today.year - 1, ..this_year } } else { this_year }
}
