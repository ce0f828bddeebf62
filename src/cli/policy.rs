//! `baton policy`: the editions of the deployment that were in force, and the way back to one.

use serde::Serialize;

use super::apply::have;
use super::editions::{Arms, Edition, Past, Sums};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::config::{Difference, replace_files};
use crate::domain::candidate::Share;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::protocol::console::ConsoleCommand;

/// Changes of one edition that the table names.
const CHANGES_SHOWN: usize = 2;

/// Editions of the deployment that were in force on this floor
#[derive(Debug, clap::Args)]
pub(super) struct Policy {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Lists them: when, by whom, what each changed, for whom it holds; compares one that was rolled out
    Log {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Puts an earlier edition in force again, as a new one; the one in force takes back what is rolled out
    Rollback {
        /// Which, as the log numbers it
        edition: usize,
        /// Write its files over those of the deployment's folder too, so that the next start keeps it
        #[arg(long)]
        files: bool,
    },
}

/// An edition as it is listed.
#[derive(Serialize)]
struct Row {
    edition: usize,
    at: Timestamp,
    by: Option<String>,
    in_force: bool,
    /// Which new conversations begin on it, while it is rolled out.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<Share>,
    /// Live conversations that it holds in.
    live: usize,
    /// What came of both sides of its roll-out, if it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Arms>,
    /// What it changed of the one before; none where that is not known.
    changes: Option<Vec<Difference>>,
}

impl Policy {
    /// Does it.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let past = Past::read(place, 0)?;
        match self.act {
            Act::Log { json } => log(&past, json, printer),
            Act::Rollback { edition, files } => rollback(place, &past, edition, files, printer),
        }
    }
}

fn log(past: &Past, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let in_force = past.in_force().map(|edition| edition.number);
    let row = |edition: &Edition| Row {
        edition: edition.number,
        at: edition.at,
        by: edition.by.clone(),
        in_force: Some(edition.number) == in_force,
        share: edition.share.clone(),
        live: edition.live,
        compared: edition.arms.clone(),
        changes: past.changed(edition),
    };
    let rows: Vec<Row> = past.editions.iter().map(row).collect();
    if json {
        return printer.json(&rows);
    }
    let cells = |row: &Row| {
        let changed = row.changes.as_ref().map_or_else(
            || if row.edition == 1 { "the first".to_owned() } else { "its texts are not kept".to_owned() },
            |changes| changed(changes),
        );
        let holds = match (&row.share, row.in_force) {
            (Some(share), _) => words::share(share),
            (None, true) => "in force".to_owned(),
            (None, false) => String::new(),
        };
        let when = format!("{} {}", words::day(row.at), words::clock(row.at));
        let by = row.by.as_deref().unwrap_or("the floor's start");
        let live = if row.live == 0 { String::new() } else { row.live.to_string() };
        let cells = [row.edition.to_string(), holds, live, when, by.to_owned(), changed];
        cells.iter().map(Clean::shown).collect::<Vec<Clean>>()
    };
    let lines: Vec<_> = rows.iter().rev().map(cells).collect();
    printer.table(&["edition", "holds for", "live", "since", "by", "changed"], &lines)?;
    rows.iter().rev().try_for_each(|row| compared(row, printer))
}

/// Both sides of a roll-out, side by side.
fn compared(row: &Row, printer: &mut Printer) -> Result<(), Failure> {
    let Some(arms) = &row.compared else { return Ok(()) };
    printer
        .says(&format!("\nwhile edition {} was rolled out, of conversations that could begin on it:", row.edition))?;
    let cells = |name: &str, sums: &Sums| {
        let Sums { began, resolved, helped, reopened, to_a_human, rated, stars, cost } = sums;
        let stars = if *rated == 0 {
            String::new()
        } else {
            format!("{}.{} of {rated}", stars / rated, stars * 10 / rated % 10)
        };
        let cost = cost.map(|cost| cost.to_string()).unwrap_or_default();
        let numbers = [began, resolved, helped, reopened, to_a_human].map(ToString::to_string);
        let cells = std::iter::once(name.to_owned()).chain(numbers).chain([stars, cost]);
        cells.map(|cell| Clean::shown(&cell)).collect::<Vec<Clean>>()
    };
    let lines = [cells("began on it", &arms.share), cells("began on the other", &arms.rest)];
    printer.table(&["", "began", "resolved", "helped", "re-opened", "to a human", "rated", "models cost"], &lines)
}

fn changed(changes: &[Difference]) -> String {
    let shown = changes.iter().take(CHANGES_SHOWN).map(|one| format!("{} {}", one.file, one.what));
    let shown: Vec<String> = shown.collect();
    match changes.len().saturating_sub(CHANGES_SHOWN) {
        0 => shown.join("; "),
        more => format!("{}; {more} more", shown.join("; ")),
    }
}

fn rollback(place: &Place, past: &Past, number: usize, files: bool, printer: &mut Printer) -> Result<(), Failure> {
    let last = past.editions.len();
    let found = number.checked_sub(1).and_then(|index| past.editions.get(index));
    let edition =
        found.ok_or_else(|| Failure::failed(format!("there is no edition {number}; the log names 1 to {last}")))?;
    let gone = || Failure::failed(format!("the texts of edition {number} are not kept any more"));
    let bundle = past.bundle(edition).ok_or_else(gone)?;
    let in_force = past.in_force().is_some_and(|now| now.name == edition.name);
    match past.rolled_out() {
        None if in_force => return Err(Failure::failed(format!("edition {number} is what is in force"))),
        Some((taken, _)) if in_force => {
            let seq = super::on_tokio(have(place, ConsoleCommand::TakeBack))?;
            printer.says(&format!(
                "all new conversations begin on edition {number} again, entry {seq}; the {} that began on edition {} stay on it",
                taken.live, taken.number
            ))?;
        }
        Some((known, _)) if known.number == number => {
            let what = format!("edition {number} is rolled out to a share; `baton apply` widens it to everybody");
            return Err(Failure::failed(what));
        }
        None | Some(_) => {
            let seq = super::on_tokio(have(place, ConsoleCommand::Adopt(edition.name)))?;
            printer.says(&format!("edition {number} is in force again as {}, entry {seq}", last + 1))?;
        }
    }
    let Some(folder) = place.deployment_folder() else { return Ok(()) };
    if !files {
        return printer.says(&format!(
            "the files in {} are as they were: the next start takes them up; `--files` writes edition {number} over them",
            folder.display()
        ));
    }
    let texts = bundle.sources.iter().map(|source| (&*source.path, &*source.text));
    replace_files(texts, &folder).map_err(Failure::failed)?;
    printer.says(&format!("its files are in {}; files that it does not have were left", folder.display()))
}
