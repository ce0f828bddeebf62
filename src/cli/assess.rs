//! `baton assess`: what past dialogues hold, and what could be made of them.

mod first;
mod holds;
mod page;
mod table;
mod triage;

use std::path::PathBuf;

use super::failure::Failure;
use super::past::Past;
use super::print::Printer;
use holds::Holds;

/// Shows what past dialogues hold: volumes, passes, repeats, what to automate first, what a triage would reach
#[derive(Debug, clap::Args)]
pub(super) struct Assess {
    /// Dialogues, one of JSON a line, plain or .gz: {"id", "turns": [{"role": "customer" | "agent", "text"}]}
    file: PathBuf,
    /// Print one self-contained HTML page
    #[arg(long, conflicts_with = "json")]
    html: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What a triage would have reached, in rows to be read; or why nobody knows.
pub(super) fn reached(past: &Past) -> Result<Vec<(String, String)>, String> {
    triage::reached(past).map(|reached| table::reached(&reached))
}

impl Assess {
    /// Reads, counts, prints.
    pub(super) fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        let holds = Holds::of(&Past::read(&self.file)?);
        if self.json {
            return printer.json(&holds);
        }
        if self.html {
            let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            return printer.document(&page::page(&holds, &name.into()));
        }
        table::print(&holds, printer)
    }
}
