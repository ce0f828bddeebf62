//! Reads facts out of what customers write: order numbers, amounts, addresses, days, yes and no.
//!
//! Small hand-written readers over the bytes of a text; each takes what it recognises and leaves the
//! rest to the others.

mod days;
mod numbers;
mod plain;
mod yes_no;

use std::ops::Range;

use crate::domain::analysis::{SLOTS_KEPT, SlotPlace, Span};
use crate::domain::playbook::SlotKind;
use crate::domain::time::Timestamp;

pub(crate) use plain::Plain;
pub(crate) use yes_no::{Answer, acknowledges, gives_up, is_question, yes_no};

/// Longest value kept of a free text, in characters: a paragraph.
const TEXT_CHARS_MAX: usize = 400;

/// A text while facts are read out of it.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    text: &'a str,
    /// The text in plain words.
    pub(crate) plain: Plain,
    /// What has been read already.
    taken: Vec<Range<usize>>,
    at: Timestamp,
}

impl<'a> Reading<'a> {
    /// Begins to read `text`; days are relative to `at`.
    pub(crate) fn new(text: &'a str, at: Timestamp) -> Self {
        Self { text, plain: Plain::new(text), taken: Vec::new(), at }
    }

    /// A value of that kind, if one stands in the text. `asked` says that it was just asked for, so
    /// that a bare number will do.
    pub(crate) fn read(&mut self, kind: SlotKind, asked: bool, options: &[(String, Vec<String>)]) -> Option<String> {
        let (range, value) = match kind {
            SlotKind::YesNo => return yes_no(&self.plain).map(|answer| answer.word().to_owned()),
            SlotKind::Choice => return self.choice(options),
            SlotKind::Text => return self.words(),
            // It stands in no words.
            SlotKind::File => return None,
            SlotKind::OrderNumber
            | SlotKind::Email
            | SlotKind::Amount
            | SlotKind::ErrorCode
            | SlotKind::Postcode
            | SlotKind::LastFour
            | SlotKind::Number
            | SlotKind::Date => self.free(found(kind, self.text, self.at, asked)),
        }?;
        self.taken.push(range);
        Some(value)
    }

    fn free(&self, found: Vec<(Range<usize>, String)>) -> Option<(Range<usize>, String)> {
        let taken = |range: &Range<usize>| self.taken.iter().any(|t| t.start < range.end && range.start < t.end);
        found.into_iter().find(|(range, _)| !taken(range))
    }

    /// The option whose longest word stands in the text.
    fn choice(&self, options: &[(String, Vec<String>)]) -> Option<String> {
        let named = |(value, words): &(String, Vec<String>)| {
            let longest = words.iter().chain([value]).filter(|word| self.plain.has(word)).map(String::len).max()?;
            Some((longest, value.clone()))
        };
        options.iter().filter_map(named).max_by_key(|(longest, _)| *longest).map(|(_, value)| value)
    }

    fn words(&self) -> Option<String> {
        let text: String = self.text.trim().chars().take(TEXT_CHARS_MAX).collect();
        text.chars().any(char::is_alphanumeric).then_some(text)
    }
}

/// Kinds that are looked for in every text, in the order in which they take what they recognise.
const EVERYWHERE: [SlotKind; 5] =
    [SlotKind::Email, SlotKind::Amount, SlotKind::Date, SlotKind::OrderNumber, SlotKind::ErrorCode];

/// Where facts stand in a text that nobody has asked for, in the order of the text: of an amount or a code
/// its figures.
pub(super) fn slots(text: &str) -> Vec<SlotPlace> {
    let mut taken: Vec<(SlotKind, Range<usize>)> = Vec::new();
    for kind in EVERYWHERE {
        for (range, _) in found(kind, text, Timestamp::default(), false) {
            if !taken.iter().any(|(_, other)| other.start < range.end && range.start < other.end) {
                taken.push((kind, range));
            }
        }
    }
    taken.sort_by_key(|(_, range)| range.start);
    let place = |(kind, range): (SlotKind, Range<usize>)| {
        let at = Span { start: u32::try_from(range.start).ok()?, end: u32::try_from(range.end).ok()? };
        // A day's place is read off the text in lower case, which may be of another length.
        text.get(range).is_some().then_some(SlotPlace { kind, at })
    };
    taken.into_iter().filter_map(place).take(SLOTS_KEPT).collect()
}

/// Values of a kind that can be told by how they are written.
fn found(kind: SlotKind, text: &str, at: Timestamp, asked: bool) -> Vec<(Range<usize>, String)> {
    match kind {
        SlotKind::OrderNumber => numbers::orders(text, asked),
        SlotKind::Email => numbers::emails(text),
        SlotKind::Amount => numbers::amounts(text, asked),
        SlotKind::ErrorCode => numbers::codes(text, asked),
        SlotKind::Postcode => numbers::postcodes(text),
        SlotKind::LastFour => numbers::runs_of(text, 4..=4),
        SlotKind::Number => numbers::counts(text, asked),
        SlotKind::Date => days::days(text, at),
        SlotKind::YesNo | SlotKind::Choice | SlotKind::Text | SlotKind::File => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T12:00Z, a Sunday.
    const NOON: Timestamp = Timestamp(1_795_348_800_000);

    fn read(kind: SlotKind, asked: bool, text: &str) -> Option<String> {
        Reading::new(text, NOON).read(kind, asked, &[])
    }

    #[test]
    fn values_are_read_out_of_sentences() {
        let cases = [
            (SlotKind::OrderNumber, false, "I was charged twice for order 1182.", Some("1182")),
            (SlotKind::OrderNumber, false, "order number: #1204, thanks", Some("1204")),
            (SlotKind::OrderNumber, false, "it is NW-1182", Some("1182")),
            (SlotKind::OrderNumber, false, "In 2025 I paid 1200 EUR", None),
            (SlotKind::OrderNumber, false, "I get 1182 mbit", None),
            (SlotKind::OrderNumber, true, "1182", Some("1182")),
            (SlotKind::OrderNumber, true, "I have no idea", None),
            (SlotKind::Email, false, "write to Maya.Rossi@mail.example, please", Some("maya.rossi@mail.example")),
            (SlotKind::Email, false, "@me", None),
            (SlotKind::Amount, false, "you took 49,90 € from me", Some("49.90 EUR")),
            (SlotKind::Amount, false, "EUR 120 is too much", Some("120.00 EUR")),
            (SlotKind::Amount, false, "a 10 euro voucher", Some("10.00 EUR")),
            (SlotKind::Amount, false, "order 1182", None),
            (SlotKind::Amount, true, "49.90", Some("49.90 EUR")),
            (SlotKind::ErrorCode, false, "the hub shows e-204", Some("E204")),
            (SlotKind::ErrorCode, false, "getting error 310 again", Some("E310")),
            (SlotKind::ErrorCode, false, "order 1182", None),
            (SlotKind::Postcode, true, "10115 Berlin", Some("10115")),
            (SlotKind::LastFour, true, "it ends in 4421", Some("4421")),
            (SlotKind::Number, true, "about twelve people", Some("12")),
            (SlotKind::Number, true, "we need 25 seats", Some("25")),
            (SlotKind::Date, true, "yesterday", Some("2026-11-21")),
            (SlotKind::Date, true, "on 3 Nov", Some("2026-11-03")),
            (SlotKind::Date, true, "Nov 3rd", Some("2026-11-03")),
            (SlotKind::Date, true, "03.11.2026", Some("2026-11-03")),
            (SlotKind::Date, true, "2026-11-03", Some("2026-11-03")),
            (SlotKind::Date, true, "maybe", None),
        ];
        for (kind, asked, text, expected) in cases {
            assert_eq!(read(kind, asked, text).as_deref(), expected, "{kind:?} in `{text}`");
        }
    }

    #[test]
    fn what_nobody_asked_for_is_placed_in_the_text() {
        let text = "Order 1182, paid 49,90 € on 3 Nov by maya@mail.example; it shows E204.";
        let read: Vec<(SlotKind, &str)> =
            slots(text).iter().map(|slot| (slot.kind, &text[slot.at.start as usize..slot.at.end as usize])).collect();
        assert_eq!(
            read,
            [
                (SlotKind::OrderNumber, "1182"),
                (SlotKind::Amount, "49,90"),
                (SlotKind::Date, "3 Nov"),
                (SlotKind::Email, "maya@mail.example"),
                (SlotKind::ErrorCode, "204"),
            ]
        );
        for text in ["", "a", "İİİİ tomorrow İ", "\u{1f600}", &"1182 ".repeat(5_000)] {
            assert!(
                slots(text).len() <= SLOTS_KEPT
                    && slots(text)
                        .iter()
                        .all(|slot| { text.get(slot.at.start as usize..slot.at.end as usize).is_some() }),
                "{text:.20}"
            );
        }
    }

    #[test]
    fn several_facts_stand_in_one_sentence_and_none_is_read_twice() {
        let mut reading = Reading::new("maya@mail.example and 10115, card 4421", NOON);
        assert_eq!(reading.read(SlotKind::Email, true, &[]).as_deref(), Some("maya@mail.example"));
        assert_eq!(reading.read(SlotKind::Postcode, false, &[]).as_deref(), Some("10115"));
        assert_eq!(reading.read(SlotKind::LastFour, false, &[]).as_deref(), Some("4421"));
        assert_eq!(reading.read(SlotKind::LastFour, false, &[]), None);
    }

    #[test]
    fn a_choice_is_the_option_with_the_longest_word() {
        let options = [
            ("plus".to_owned(), vec!["home plus".to_owned(), "bigger".to_owned()]),
            ("basic".to_owned(), vec!["home".to_owned()]),
        ];
        let choice = |text: &str| Reading::new(text, NOON).read(SlotKind::Choice, true, &options);
        assert_eq!(choice("Home Plus please!").as_deref(), Some("plus"));
        assert_eq!(choice("the basic one").as_deref(), Some("basic"));
        assert_eq!(choice("no idea"), None);
    }
}
