//! `baton knowledge`: what customers asked and no article answers.

use clap::{Args, Subcommand};

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::{learn, on_tokio, words};
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::protocol::knowledge::{GapRow, Gaps};

/// What the house knows, and what it does not
#[derive(Debug, Args)]
pub(super) struct Knowledge {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What customers asked and no article answers, by intent
    Gaps {
        /// Since when, like 2026-12-01T00:00:00Z [default: the beginning]
        #[arg(long, value_name = "MOMENT", value_parser = learn::moment)]
        since: Option<Timestamp>,
        #[command(flatten)]
        how: How,
    },
}

impl Knowledge {
    /// Tells it.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let What::Gaps { since, how } = &self.what;
        on_tokio(async {
            let mut desk = Desk::open(place, &how.reach).await?;
            let page = desk.line().gaps(*since).await;
            desk.close().await?;
            tell(&page?, how.json, printer)
        })
    }
}

fn tell(page: &Gaps, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(page);
    }
    if page.rows.is_empty() {
        return printer.says(&"nothing was asked that no article answers");
    }
    let cells: Vec<Vec<Clean>> = page.rows.iter().map(row).collect();
    printer.table(&["times", "read as", "last asked", "nearest", "fits"], &cells)?;
    for row in &page.rows {
        printer.says(&format!("\n{}", named(row)))?;
        for example in &row.examples {
            printer.says(&format!("  {} {}", example.handle, example.text))?;
        }
    }
    Ok(())
}

fn row(row: &GapRow) -> Vec<Clean> {
    vec![
        Clean::shown(&row.times),
        named(row),
        Clean::shown(&format!("{} {}", words::day(row.last), words::clock(row.last))),
        row.nearest.as_ref().map(Clean::from).unwrap_or_default(),
        Clean::shown(&row.score),
    ]
}

fn named(row: &GapRow) -> Clean {
    row.intent.as_ref().map_or_else(|| Clean::fixed("nothing that is known"), Clean::from)
}
