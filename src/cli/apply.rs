//! `baton apply`: puts the edited files in force on the floor that runs, after saying what they change.

mod moved;

use serde::Serialize;

use super::attach;
use super::editions::Past;
use super::failure::Failure;
use super::line::Line;
use super::place::Place;
use super::print::Printer;
use crate::config::{Difference, differences};
use crate::domain::id::Seq;
use crate::protocol::console::ConsoleCommand;
use crate::runtime::library::name;
use moved::Moved;

/// Past conversations that are routed once more unless said otherwise: a day of a busy desk, in seconds.
const TALKS: usize = 500;
/// Moved conversations that are named.
const MOVED_SHOWN: usize = 5;

/// Puts the edited files in force on the running floor; says first what they change
#[derive(Debug, clap::Args)]
pub(super) struct Apply {
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
    /// Of how many past conversations to say who would get them now
    #[arg(long, value_name = "N", default_value_t = TALKS)]
    past: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What applying the files means.
#[derive(Serialize)]
struct Report {
    /// The edition in force before.
    before: usize,
    changes: Vec<Difference>,
    /// Past conversations that were routed once more.
    looked_at: usize,
    moved: Vec<Moved>,
    /// The entry of the new edition; none when nothing was applied.
    applied: Option<Seq>,
}

impl Apply {
    /// Checks, tells, applies.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let bundle = place.bundle()?;
        if !place.has_journal()? {
            return printer.says(&"no floor has run here yet: the first `baton` begins with these files");
        }
        let past = Past::read(place, self.past)?;
        let Some(now) = past.editions.last() else {
            return Err(Failure::failed("the journal names no deployment; start the floor with `baton`"));
        };
        let Some(before) = past.bundle(now) else {
            let what = format!(
                "the texts of edition {} are not kept in {}; restart the floor to take up the files",
                now.number,
                place.data_path()?.display()
            );
            return Err(Failure::failed(what));
        };
        let changes = differences(&before.sources, &bundle.sources);
        if changes.is_empty() && !self.json {
            return printer.says(&format!("nothing differs from edition {}, which is in force", now.number));
        }
        // What neither the rules nor the agents read: rehearsals, customers of a demo, the shop's data, comments.
        let takes_up = name(&bundle.deployment()) != name(&before.deployment());
        let (looked_at, moved) = moved::moved(&before, &bundle, &past.openings)?;
        let mut report = Report { before: now.number, changes, looked_at, moved, applied: None };
        if !self.json {
            tell(&report, printer)?;
        }
        if !self.dry_run && takes_up {
            let kept = past.library.keep(&bundle.deployment(), &bundle).map_err(Failure::failed)?;
            report.applied = Some(super::on_tokio(adopt(place, kept))?);
        }
        if self.json {
            return printer.json(&report);
        }
        match report.applied {
            Some(seq) => printer.says(&format!(
                "edition {} is in force, entry {seq}; conversations under way stay on the flows they are on; `baton policy rollback {}` goes back",
                now.number + 1,
                now.number
            )),
            None if self.dry_run => printer.says(&"nothing was applied"),
            None => printer.says(&"nothing was applied: a running floor takes up none of this"),
        }
    }
}

/// Has the running floor put an edition in force.
pub(super) async fn adopt(place: &Place, name: crate::domain::id::Digest) -> Result<Seq, Failure> {
    if attach::running(place).await?.is_none() {
        return Err(Failure::failed(
            "no floor runs on this data folder: the next `baton` begins with the files as they are",
        ));
    }
    let mut line = Line::open(place).await?;
    let done = line.act(ConsoleCommand::Adopt(name)).await;
    line.close().await?;
    done
}

/// Files of which a running floor takes up a part only: the rest waits for its next start.
fn waits(file: &str) -> Option<&'static str> {
    match file {
        "shop.toml" => Some("the practice shop keeps what it has until the floor starts again"),
        "baton.toml" => Some("address, storage, channels and signing hold from the floor's next start"),
        _ => None,
    }
}

fn tell(report: &Report, printer: &mut Printer) -> Result<(), Failure> {
    printer.says(&format!("against edition {}:", report.before))?;
    let mut noted: Option<&'static str> = None;
    for change in &report.changes {
        printer.says(&format!("  {}  {}", change.file, change.what))?;
        noted = noted.or_else(|| waits(&change.file));
    }
    if let Some(note) = noted {
        printer.says(&format!("  ({note})"))?;
    }
    if report.looked_at == 0 {
        return printer.says(&"no past conversation can be read to compare with");
    }
    printer.says(&format!(
        "of the last {} conversations {} would go elsewhere with their first words",
        report.looked_at,
        report.moved.len()
    ))?;
    for one in report.moved.iter().take(MOVED_SHOWN) {
        printer.says(&format!("  {}  {} -> {}  \"{}\"", one.conversation, one.before, one.after, one.words))?;
    }
    Ok(())
}
