//! `baton apply`: puts the edited files in force on the floor that runs, after saying what they change; for
//! everybody, or for a share of the conversations that begin.

mod moved;
mod share;

use serde::Serialize;

use super::attach;
use super::editions::Past;
use super::failure::Failure;
use super::line::Line;
use super::place::Place;
use super::print::Printer;
use crate::config::{Difference, differences};
use crate::domain::candidate::Share;
use crate::domain::edition::shared_differences;
use crate::domain::id::Seq;
use crate::domain::supervision::Segment;
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
    /// Only for so many in a hundred of the conversations that begin, by a hash of their id
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    percent: Option<u8>,
    /// Only for new conversations of this tier or channel: `tier=vip`, `channel=web`, or both with a comma
    #[arg(long, value_name = "S", value_parser = share::segment)]
    segment: Option<Segment>,
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
    /// Which new conversations are to begin on it; none when all do.
    share: Option<Share>,
    /// What holds for the whole floor, so that it cannot be applied to a share.
    shared: Vec<String>,
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
        let Some(now) = past.in_force() else {
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
            printer.says(&format!("nothing differs from edition {}, which is in force", now.number))?;
            return share::still_rolled_out(&past, printer);
        }
        // What neither the rules nor the agents read: rehearsals, customers of a demo, the shop's data, comments.
        let (old, new) = (before.deployment(), bundle.deployment());
        let takes_up = name(&new) != name(&old);
        let share = self.share();
        let for_all = if share.is_some() { shared_differences(&old, &new) } else { Vec::new() };
        let (looked_at, moved) = moved::moved(&before, &bundle, &past.openings)?;
        let mut report =
            Report { before: now.number, changes, looked_at, moved, share, shared: for_all, applied: None };
        if !self.json {
            tell(&report, self.dry_run, printer)?;
        }
        if !report.shared.is_empty() && !self.dry_run {
            if self.json {
                printer.json(&report)?;
                return Err(Failure::told());
            }
            return Err(Failure::failed(share::refused(&report.shared)));
        }
        if !self.dry_run && takes_up {
            let kept = past.library.keep(&new, &bundle).map_err(Failure::failed)?;
            let command = match report.share.clone() {
                Some(share) => ConsoleCommand::RollOut { edition: kept, share },
                None => ConsoleCommand::Adopt(kept),
            };
            report.applied = Some(super::on_tokio(have(place, command))?);
        }
        if self.json {
            return printer.json(&report);
        }
        match report.applied {
            Some(seq) => printer.says(&share::applied(&past, now, report.share.as_ref(), seq)),
            None if self.dry_run => printer.says(&"nothing was applied"),
            None => printer.says(&"nothing was applied: a running floor takes up none of this"),
        }
    }

    /// Which new conversations are meant; none when all are.
    fn share(&self) -> Option<Share> {
        let share = Share { percent: self.percent.unwrap_or(100), segment: self.segment.clone() };
        Some(share).filter(|share| share.percent < 100 || share.segment.is_some())
    }
}

/// Has the running floor do something about its editions.
pub(super) async fn have(place: &Place, command: ConsoleCommand) -> Result<Seq, Failure> {
    if attach::running(place).await?.is_none() {
        return Err(Failure::failed(
            "no floor runs on this data folder: the next `baton` begins with the files as they are",
        ));
    }
    let mut line = Line::open(place).await?;
    let done = line.act(command).await;
    line.close().await?;
    done
}

/// Files of which a running floor takes up a part only: the rest waits for its next start.
fn waits(file: &str) -> Option<&'static str> {
    match file {
        "shop.toml" => Some("the practice shop keeps what it has until the floor starts again"),
        "baton.toml" => Some("address, storage, channels, signing and traces hold from the floor's next start"),
        _ => None,
    }
}

fn tell(report: &Report, dry_run: bool, printer: &mut Printer) -> Result<(), Failure> {
    printer.says(&format!("against edition {}:", report.before))?;
    let mut noted: Option<&'static str> = None;
    for change in &report.changes {
        printer.says(&format!("  {}  {}", change.file, change.what))?;
        noted = noted.or_else(|| waits(&change.file));
    }
    if let Some(note) = noted {
        printer.says(&format!("  ({note})"))?;
    }
    if dry_run && !report.shared.is_empty() {
        printer.says(&format!("  {}", share::refused(&report.shared)))?;
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
