//! `baton operators brief`, `hand-over` and `sign`: what one shift leaves to the next.

use super::failure::Failure;
use super::line::Line;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::domain::command::OperatorAct;
use crate::domain::id::BriefId;
use crate::domain::text::Clean;
use crate::protocol::console::ConsoleCommand;
use crate::protocol::query::{BriefLineRow, BriefRow};

/// What is done with briefs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wish {
    /// Show those that the floor remembers.
    Show,
    /// Write one, and show it.
    Write,
    /// Sign for one that somebody else wrote.
    Sign(BriefId),
}

/// Does it on the floor of the data folder.
pub(super) fn run(wish: Wish, json: bool, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
    super::on_tokio(async {
        let mut line = Line::open(place).await?;
        let told = tell(wish, json, &mut line, printer).await;
        line.close().await?;
        told
    })
}

async fn tell(wish: Wish, json: bool, line: &mut Line, printer: &mut Printer) -> Result<(), Failure> {
    let act = match wish {
        Wish::Show => None,
        Wish::Write => Some(OperatorAct::HandOver {}),
        Wish::Sign(brief) => Some(OperatorAct::SignBrief { brief }),
    };
    if let Some(act) = act {
        line.act(ConsoleCommand::Act(act)).await?;
    }
    let mut briefs = line.briefs().await?;
    match wish {
        Wish::Show => {}
        Wish::Write => briefs.truncate(1),
        Wish::Sign(brief) => briefs.retain(|row| row.id == brief),
    }
    if json {
        return printer.json(&briefs);
    }
    if briefs.is_empty() {
        return printer.says(&"no shift has left anything; `baton operators hand-over` writes what is left");
    }
    briefs.iter().try_for_each(|brief| shown(brief, printer))
}

fn shown(brief: &BriefRow, printer: &mut Printer) -> Result<(), Failure> {
    let sums = &brief.sums;
    let signed = brief.signed.as_ref().map_or("not signed yet".to_owned(), |(who, _)| format!("signed by {who}"));
    printer.says(&format!(
        "{} by {}, {signed}: since the brief before {} conversations, {} resolved, {} handoffs, {} escalations, {} drafts \
         withheld",
        brief.id, brief.by, sums.conversations, sums.resolved, sums.handoffs, sums.escalations, sums.withheld
    ))?;
    let cells: Vec<Vec<Clean>> = brief.lines.iter().map(cells).collect();
    printer.table(&["handle", "customer", "held by", "why", "owed"], &cells)
}

fn cells(line: &BriefLineRow) -> Vec<Clean> {
    let reasons: Vec<&str> = line.reasons.iter().map(|reason| reason.word()).collect();
    let owed = line.owed.iter().map(|(promise, due, what)| {
        let by = due.map(|due| format!(" by {} {}", words::day(due), words::clock(due))).unwrap_or_default();
        let what = what.as_ref().map_or_else(|| "owed no longer".to_owned(), Clean::to_string);
        format!("{promise}{by}: {what}")
    });
    vec![
        Clean::shown(&line.handle),
        line.name.clone().unwrap_or_default(),
        line.holder.as_ref().map_or_else(|| Clean::fixed("over"), Clean::shown),
        Clean::shown(&reasons.join(", ")),
        Clean::shown(&owed.collect::<Vec<_>>().join("; ")),
    ]
}
