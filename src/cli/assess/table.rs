//! What past dialogues hold, as tables.

use super::holds::{Holds, REPEAT_DAYS, Said, Spans};
use super::triage::Reached;
use crate::cli::failure::Failure;
use crate::cli::print::Printer;
use crate::domain::text::Clean;

/// Matters shown; the rest is in the JSON and on the page.
const MATTERS_SHOWN: usize = 15;

/// A share as people read it: `3 of 4 (75.0 %)`.
pub(super) fn share(part: usize, of: usize) -> String {
    if of == 0 {
        return "none".to_owned();
    }
    format!("{part} of {of} ({:.1} %)", 100.0 * part as f64 / of as f64)
}

/// A span of seconds as people read it.
pub(super) fn seconds(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        _ => format!("{:.1} h", seconds as f64 / 3_600.0),
    }
}

/// The facts of a file in the order in which they are read, each with its value.
pub(super) fn facts(holds: &Holds) -> Vec<(&'static str, String)> {
    let untold = |why: &str| why.to_owned();
    let spans = |spans: Option<Spans>| {
        let told = |spans: Spans| {
            format!("{} median, {} at the 90th percentile", seconds(spans.median_s), seconds(spans.p90_s))
        };
        spans.map_or_else(|| untold("unknown: turns have no times"), told)
    };
    let said =
        |said: Option<Said>| said.map_or_else(|| untold("unknown: no label says it"), |said| share(said.yes, said.of));
    let repeats = &holds.repeats;
    let again = |count: usize| match repeats.known {
        0 => untold("unknown: no dialogue has customer and time"),
        known => share(count, known),
    };
    let when = match (&holds.from, &holds.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => untold("unknown: no dialogue has a `started_at`"),
    };
    const { assert!(REPEAT_DAYS == 7, "the words below say a week") };
    vec![
        ("dialogues", holds.dialogues.to_string()),
        ("turns, of customers", format!("{}, {}", holds.turns, holds.customer_turns)),
        ("customers named", holds.customers.to_string()),
        ("begun", when),
        ("passed on", share(holds.passes.dialogues, holds.dialogues)),
        ("passes, changes of topic", format!("{}, {}", holds.passes.in_all, holds.passes.topic_changes)),
        ("same customer within a week", again(repeats.same_customer)),
        ("same customer and matter within a week", again(repeats.same_matter)),
        ("asked again in one dialogue", share(repeats.asked_again, holds.dialogues)),
        ("beginning to end", spans(holds.handling)),
        ("customer waits for an answer", spans(holds.waiting)),
        ("customer annoyed", said(holds.annoyed)),
        ("settled", said(holds.settled)),
    ]
}

/// What a triage would have reached, in the same way.
pub(super) fn reached(triage: &Reached) -> Vec<(String, String)> {
    let mut rows = vec![
        ("desk found from the first two turns".to_owned(), share(triage.openings_found, triage.openings)),
        ("the same with dialogues of one turn".to_owned(), share(triage.all_openings_found, triage.all_openings)),
    ];
    for rule in &triage.rules {
        let bar = format!("confidence {}", rule.confidence_percent * 100);
        rows.push((format!("{bar}: has it after two turns"), share(rule.held_after_two, triage.openings)));
        rows.push((
            format!("{bar}: change of topic followed within a turn"),
            share(rule.changes_followed, triage.changes),
        ));
        rows.push((format!("{bar}: followed at once"), share(rule.changes_at_once, triage.changes)));
        let per_hundred = 100.0 * rule.moved_wrongly as f64 / triage.quiet_turns.max(1) as f64;
        rows.push((
            format!("{bar}: moved wrongly"),
            format!("{per_hundred:.1} per 100 turns ({} of {})", rule.moved_wrongly, triage.quiet_turns),
        ));
    }
    rows
}

/// Prints all of it.
pub(super) fn print(holds: &Holds, printer: &mut Printer) -> Result<(), Failure> {
    let shown = |text: &str| Clean::shown(&text);
    let rows: Vec<Vec<Clean>> = facts(holds).iter().map(|(what, value)| vec![shown(what), shown(value)]).collect();
    printer.table(&["", "what the dialogues hold"], &rows)?;
    printer.says(&"")?;
    let by = if holds.labelled { "matter, by labels" } else { "matter, by likeness" };
    let rows: Vec<Vec<Clean>> = holds
        .matters
        .iter()
        .take(MATTERS_SHOWN)
        .map(|one| vec![one.matter.clean(), one.desk.clean(), shown(&one.requests.to_string())])
        .collect();
    printer.table(&[by, "desk", "requests"], &rows)?;
    printer.says(&"")?;
    hours(holds, printer)?;
    let rows: Vec<Vec<Clean>> = holds
        .first
        .iter()
        .take(MATTERS_SHOWN)
        .map(|one| {
            let hours = one.saved_hours.map_or_else(|| "–".to_owned(), |hours| format!("{hours:.1} h"));
            let percent = |share: f32| shown(&format!("{:.0} %", share * 100.0));
            let saved = shown(&format!("{:.0}", one.saved));
            vec![
                one.matter.clean(),
                shown(&one.requests.to_string()),
                percent(one.alike),
                percent(one.smooth),
                saved,
                shown(&hours),
            ]
        })
        .collect();
    printer.table(&["automate first", "requests", "alike", "smooth", "saved", "time"], &rows)?;
    printer.says(&"")?;
    match (&holds.triage, &holds.triage_untold) {
        (Some(triage), _) => {
            let rows: Vec<Vec<Clean>> =
                reached(triage).iter().map(|(what, value)| vec![shown(what), shown(value)]).collect();
            printer.table(&["a triage that learnt from other customers", ""], &rows)
        }
        (None, Some(why)) => printer.says(&format!("what a triage would reach is not known: {why}")),
        (None, None) => Ok(()),
    }
}

fn hours(holds: &Holds, printer: &mut Printer) -> Result<(), Failure> {
    let Some(hours) = &holds.hours else {
        return printer.says(&"by hour: unknown, no dialogue has a `started_at`\n");
    };
    let most = hours.iter().max().copied().unwrap_or(0).max(1);
    let rows: Vec<Vec<Clean>> = hours
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(hour, count)| {
            let bar = "▇".repeat((count * 30).div_ceil(most));
            vec![Clean::shown(&format!("{hour:02}")), Clean::shown(&count.to_string()), Clean::shown(&bar)]
        })
        .collect();
    printer.table(&["hour (UTC)", "begun", ""], &rows)?;
    printer.says(&"")
}
