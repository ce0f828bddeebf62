//! What stands where in a customer's text, as a person reads it: the record has places alone.

use crate::domain::analysis::{Analysis, SlotPlace, Span};
use crate::domain::personal::Personal;
use crate::domain::playbook::SlotKind;
use crate::domain::text::{Clean, Foreign};

/// What stands in a customer's text, by kind.
pub(super) fn slots(text: &Personal<Foreign>, analysis: &Analysis) -> Vec<(SlotKind, Clean)> {
    let Some(text) = text.reveal() else { return Vec::new() };
    let read = |slot: &SlotPlace| {
        let value = text.raw().get(slot.at.start as usize..slot.at.end as usize)?;
        Some((slot.kind, Foreign::from(value).one_line()))
    };
    analysis.slots.iter().filter_map(read).collect()
}

/// Where the words that moved the mood stand in the text as it is shown; those that cleaning changed are left out.
pub(super) fn moved(text: &Personal<Foreign>, analysis: &Analysis) -> Vec<Span> {
    let Some(text) = text.reveal() else { return Vec::new() };
    let (raw, shown) = (text.raw(), text.clean());
    let stands = |span: &Span| {
        let before = Foreign::from(raw.get(..span.start as usize)?).clean();
        let words = Foreign::from(raw.get(span.start as usize..span.end as usize)?).clean();
        let start = before.as_str().len();
        let there = shown.as_str().get(start..)?.starts_with(words.as_str()) && !words.is_empty();
        let place = |at: usize| u32::try_from(at).ok();
        Some(Span { start: place(start)?, end: place(start + words.as_str().len())? }).filter(|_| there)
    };
    let mut found: Vec<Span> = analysis.evidence.iter().filter_map(stands).collect();
    found.sort_by_key(|span| (span.start, span.end));
    found
}
