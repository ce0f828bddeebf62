//! `baton policy`: the editions of the deployment that were in force, and the way back to one.

use serde::Serialize;

use super::apply::adopt;
use super::editions::{Edition, Past};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::config::{Difference, replace_files};
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;

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
    /// Lists them: when, by whom, what each changed
    Log {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Puts an earlier edition in force again, as a new one
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
    let last = past.editions.len();
    let row = |edition: &Edition| Row {
        edition: edition.number,
        at: edition.at,
        by: edition.by.clone(),
        in_force: edition.number == last,
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
        let edition = format!("{}{}", row.edition, if row.in_force { " in force" } else { "" });
        let when = format!("{} {}", words::day(row.at), words::clock(row.at));
        let by = row.by.as_deref().unwrap_or("the floor's start");
        [edition.as_str(), &when, by, &changed].iter().map(Clean::shown).collect::<Vec<Clean>>()
    };
    let lines: Vec<_> = rows.iter().rev().map(cells).collect();
    printer.table(&["edition", "since", "by", "changed"], &lines)
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
    if past.editions.last().is_some_and(|now| now.name == edition.name) {
        return Err(Failure::failed(format!("edition {number} is what is in force")));
    }
    let seq = super::on_tokio(adopt(place, edition.name))?;
    printer.says(&format!("edition {number} is in force again as {}, entry {seq}", last + 1))?;
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
