//! What past dialogues hold, counted.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::first::{self, Saving};
use super::triage::{self, Reached};
use crate::analysis::likeness;
use crate::cli::past::spread::who;
use crate::cli::past::{Past, customer_turns};
use crate::domain::text::Foreign;
use crate::simulation::dialogue::{Dialogue, TurnRole};

/// Days within which a customer who comes back counts as a repeat.
pub(super) const REPEAT_DAYS: i64 = 7;
/// Turns of one customer nearer than this ask the same again.
const ASKED_AGAIN: f32 = 0.85;
/// Words of a turn that asks: yes and thanks are said again and again.
const ASKED_WORDS: usize = 4;
/// Labels that say the customer was annoyed.
const ANNOYED_LABELS: [&str; 2] = ["customer_annoyed", "annoyed"];
/// Labels that say the matter was settled.
const SETTLED_LABELS: [&str; 3] = ["task_done", "resolved", "settled"];

/// What a file of dialogues holds.
#[derive(Debug, Serialize)]
pub(super) struct Holds {
    pub(super) dialogues: usize,
    pub(super) turns: usize,
    pub(super) customer_turns: usize,
    /// Customers that are named.
    pub(super) customers: usize,
    /// When the first and the last began, if they say so.
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    /// Whether matters and desks are those of labels; else requests were sorted by likeness.
    pub(super) labelled: bool,
    /// Matters by volume.
    pub(super) matters: Vec<Volume>,
    /// Dialogues by the hour of the day (UTC) they began in; none where no dialogue says when.
    pub(super) hours: Option<Vec<usize>>,
    pub(super) passes: Passes,
    pub(super) repeats: Repeats,
    /// Beginning to end of a dialogue.
    pub(super) handling: Option<Spans>,
    /// From a customer's words to the answer.
    pub(super) waiting: Option<Spans>,
    pub(super) annoyed: Option<Said>,
    pub(super) settled: Option<Said>,
    /// What to automate first.
    pub(super) first: Vec<Saving>,
    pub(super) triage: Option<Reached>,
    /// Why there are no figures of a triage.
    pub(super) triage_untold: Option<String>,
}

/// How often a matter is brought.
#[derive(Debug, Serialize)]
pub(super) struct Volume {
    pub(super) matter: Foreign,
    pub(super) desk: Foreign,
    pub(super) requests: usize,
}

/// Dialogues that went from desk to desk.
#[derive(Debug, Default, Serialize)]
pub(super) struct Passes {
    /// Dialogues with a pass, and passes in all.
    pub(super) dialogues: usize,
    pub(super) in_all: usize,
    /// Passes with which the topic changed and the new desk did something.
    pub(super) topic_changes: usize,
}

/// Customers who come back, and who ask again.
#[derive(Debug, Default, Serialize)]
pub(super) struct Repeats {
    /// Dialogues with known customer and time.
    pub(super) known: usize,
    /// Of these, begun within [`REPEAT_DAYS`] of another of the same customer.
    pub(super) same_customer: usize,
    /// And with the same matter.
    pub(super) same_matter: usize,
    /// Dialogues in which the customer asks the same once more.
    pub(super) asked_again: usize,
}

/// A spread of times, in seconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Spans {
    pub(super) measured: usize,
    pub(super) median_s: u64,
    pub(super) p90_s: u64,
}

/// What labels say of dialogues.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Said {
    /// Dialogues of which somebody has said it.
    pub(super) of: usize,
    pub(super) yes: usize,
}

impl Holds {
    /// Counts, and has a triage read what is labelled.
    pub(super) fn of(past: &Past) -> Self {
        let began: Vec<Option<Timestamp>> = past.dialogues.iter().map(began).collect();
        let known: BTreeSet<&String> =
            past.dialogues.iter().filter_map(|dialogue| dialogue.customer.id.as_ref()).collect();
        let moments = || began.iter().copied().flatten();
        let (triage, triage_untold) = match triage::reached(past) {
            Ok(reached) => (Some(reached), None),
            Err(why) => (None, Some(why)),
        };
        let lengths: Vec<Option<u64>> = past.dialogues.iter().map(length).collect();
        Self {
            dialogues: past.dialogues.len(),
            turns: past.dialogues.iter().map(|dialogue| dialogue.turns.len()).sum(),
            customer_turns: past.dialogues.iter().map(|dialogue| customer_turns(dialogue).len()).sum(),
            customers: known.len(),
            from: moments().min().map(|at| at.to_string()),
            to: moments().max().map(|at| at.to_string()),
            labelled: past.labelled,
            matters: volumes(past),
            hours: hours(&began),
            passes: passes(past),
            repeats: repeats(past, &began),
            handling: spans(lengths.iter().copied().flatten().collect()),
            waiting: spans(past.dialogues.iter().flat_map(waits).collect()),
            annoyed: said(&past.dialogues, annoyed),
            settled: said(&past.dialogues, |dialogue| flag(dialogue, &SETTLED_LABELS)),
            first: first::to_automate(past, &lengths),
            triage,
            triage_untold,
        }
    }
}

/// When a dialogue began, if it says so in a way that can be read.
fn began(dialogue: &Dialogue) -> Option<Timestamp> {
    dialogue.started_at.as_ref()?.parse().ok()
}

fn flag(dialogue: &Dialogue, names: &[&str]) -> Option<bool> {
    names.iter().find_map(|name| dialogue.labels.flag(name))
}

/// Whether the customer was annoyed, if somebody has said.
pub(super) fn annoyed(dialogue: &Dialogue) -> Option<bool> {
    flag(dialogue, &ANNOYED_LABELS)
}

fn said(dialogues: &[Dialogue], what: impl Fn(&Dialogue) -> Option<bool>) -> Option<Said> {
    let said: Vec<bool> = dialogues.iter().filter_map(what).collect();
    (!said.is_empty()).then(|| Said { of: said.len(), yes: said.iter().filter(|yes| **yes).count() })
}

/// First turn to last, in ms, if they have times.
fn length(dialogue: &Dialogue) -> Option<u64> {
    let times = || dialogue.turns.iter().filter_map(|turn| turn.at_ms);
    (times().count() > 1).then(|| times().max().unwrap_or(0) - times().min().unwrap_or(0))
}

/// From the first words that are unanswered to the answer, in ms.
fn waits(dialogue: &Dialogue) -> Vec<u64> {
    let mut since = None;
    let mut waits = Vec::new();
    for turn in &dialogue.turns {
        match turn.role {
            TurnRole::Customer => since = since.or(turn.at_ms),
            TurnRole::Agent => {
                if let (Some(from), Some(to)) = (since.take(), turn.at_ms) {
                    waits.push(to.saturating_sub(from));
                }
            }
            TurnRole::ToolCall | TurnRole::ToolResult | TurnRole::Route => {}
        }
    }
    waits
}

fn spans(mut times: Vec<u64>) -> Option<Spans> {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    Some(Spans { measured: times.len(), median_s: at(50)? / 1_000, p90_s: at(90)? / 1_000 })
}

fn volumes(past: &Past) -> Vec<Volume> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for request in &past.requests {
        *counts.entry(request.matter).or_default() += 1;
    }
    let volume = |(matter, requests): (usize, usize)| {
        let (name, desk) = past.desks.matters.get(matter)?;
        let desk = past.desks.desks.get(*desk)?;
        Some(Volume { matter: name.as_str().into(), desk: desk.as_str().into(), requests })
    };
    let mut volumes: Vec<Volume> = counts.into_iter().filter_map(volume).collect();
    volumes.sort_by_key(|volume| std::cmp::Reverse(volume.requests));
    volumes
}

fn hours(began: &[Option<Timestamp>]) -> Option<Vec<usize>> {
    let mut hours = vec![0; 24];
    for at in began.iter().flatten() {
        let hour = usize::try_from(at.to_zoned(TimeZone::UTC).hour()).unwrap_or(0);
        if let Some(count) = hours.get_mut(hour) {
            *count += 1;
        }
    }
    hours.iter().any(|count| *count > 0).then_some(hours)
}

fn passes(past: &Past) -> Passes {
    Passes {
        dialogues: past.dialogues.iter().filter(|dialogue| dialogue.was_handed_over()).count(),
        in_all: past.courses.iter().map(|course| course.passes).sum(),
        topic_changes: past.courses.iter().map(|course| course.changes.len()).sum(),
    }
}

fn repeats(past: &Past, began: &[Option<Timestamp>]) -> Repeats {
    let mut by_customer: BTreeMap<String, Vec<(Timestamp, Option<usize>)>> = BTreeMap::new();
    let mut repeats = Repeats::default();
    for ((dialogue, course), at) in past.dialogues.iter().zip(&past.courses).zip(began) {
        if let (Some(_), Some(at)) = (&dialogue.customer.id, at) {
            let matter = course.opening.and_then(|spot| past.desks.matter(spot));
            by_customer.entry(who(dialogue)).or_default().push((*at, matter));
            repeats.known += 1;
        }
        repeats.asked_again += usize::from(asks_again(dialogue));
    }
    let near = |from: Timestamp, to: Timestamp| to.as_second() - from.as_second() <= REPEAT_DAYS * 24 * 3_600;
    for visits in by_customer.values_mut() {
        visits.sort_unstable_by_key(|(at, _)| *at);
        let mut last_of: BTreeMap<usize, Timestamp> = BTreeMap::new();
        let mut last: Option<Timestamp> = None;
        for (at, matter) in visits.iter() {
            repeats.same_customer += usize::from(last.replace(*at).is_some_and(|before| near(before, *at)));
            let before = matter.and_then(|matter| last_of.insert(matter, *at));
            repeats.same_matter += usize::from(before.is_some_and(|before| near(before, *at)));
        }
    }
    repeats
}

/// Whether the customer asks something again that was asked before.
fn asks_again(dialogue: &Dialogue) -> bool {
    let asked: Vec<&str> = customer_turns(dialogue);
    let asked: Vec<&str> = asked.into_iter().filter(|turn| turn.split_whitespace().count() >= ASKED_WORDS).collect();
    let places = likeness::places(&asked);
    let again = |(at, place): (usize, &likeness::Place)| {
        places.iter().take(at).any(|before| before.nearness(place) > ASKED_AGAIN)
    };
    places.iter().enumerate().any(again)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::dialogue;

    fn past(text: &str) -> Past {
        Past::of(dialogue::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn times_passes_and_repeats_are_counted() {
        let text = concat!(
            r#"{"id":"a","started_at":"2026-03-01T09:30:00Z","customer":{"id":"k"},"turns":["#,
            r#"{"role":"customer","at_ms":0,"text":"where is my parcel please"},"#,
            r#"{"role":"customer","at_ms":4000,"text":"hello?"},{"role":"agent","at_ms":10000,"text":"moment"},"#,
            r#"{"role":"route","at_ms":11000,"to":"bank"},{"role":"customer","at_ms":20000,"text":"where is my parcel please?"},"#,
            r#"{"role":"agent","at_ms":22000,"text":"here"}],"labels":{"domain":"parcel","annoyed":true}}"#,
            "\n",
            r#"{"id":"b","started_at":"2026-03-07T23:59:59+01:00","customer":{"id":"k"},"turns":["#,
            r#"{"role":"customer","text":"parcel again"}],"labels":{"domain":"parcel","annoyed":false}}"#,
            "\n",
            r#"{"id":"c","started_at":"yesterday","turns":[{"role":"customer","text":"balance"}],"labels":{"domain":"bank"}}"#,
            "\n",
            r#"{"id":"d","started_at":"2026-04-07T22:00:00Z","customer":{"id":"k"},"turns":[],"labels":{"domain":"parcel"}}"#,
        );
        let holds = Holds::of(&past(text));
        assert_eq!((holds.dialogues, holds.turns, holds.customer_turns, holds.customers), (4, 8, 5, 1));
        let hours = holds.hours.unwrap();
        assert_eq!((hours[9], hours[22], hours.iter().sum::<usize>()), (1, 2, 3));
        let repeats = &holds.repeats;
        assert_eq!((repeats.known, repeats.same_customer, repeats.same_matter), (3, 1, 1), "{repeats:?}");
        assert_eq!(repeats.asked_again, 1);
        let waiting = holds.waiting.unwrap();
        assert_eq!((waiting.measured, waiting.median_s, waiting.p90_s), (2, 10, 10));
        assert_eq!(holds.handling.map(|spans| (spans.measured, spans.median_s)), Some((1, 22)));
        assert_eq!((holds.passes.dialogues, holds.passes.in_all, holds.passes.topic_changes), (1, 1, 0));
        assert_eq!(holds.annoyed.map(|said| (said.of, said.yes)), Some((2, 1)));
        assert!(holds.settled.is_none() && holds.triage_untold.unwrap().contains("openings"));
        let volumes: Vec<(&str, usize)> = holds.matters.iter().map(|one| (one.matter.raw(), one.requests)).collect();
        assert_eq!(volumes, [("parcel", 2), ("bank", 1)]);
    }

    #[test]
    fn without_times_nothing_is_made_up() {
        let holds = Holds::of(&past(r#"{"id":"a","turns":[{"role":"customer","text":"где моя посылка, скажите"}]}"#));
        assert!(holds.hours.is_none() && holds.handling.is_none() && holds.waiting.is_none() && holds.from.is_none());
        assert!(!holds.labelled && holds.repeats.known == 0 && holds.annoyed.is_none());
        assert_eq!(holds.matters.len(), 1);
    }
}
