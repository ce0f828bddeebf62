//! An edition for a share of the conversations that begin: which, and in what words it is told.

use crate::cli::editions::{Edition, Past};
use crate::cli::failure::Failure;
use crate::cli::print::Printer;
use crate::cli::{part, words};
use crate::domain::candidate::Share;
use crate::domain::id::{ChannelName, Seq};
use crate::domain::supervision::Segment;

/// `tier=vip`, `channel=web`, `tier=gold,channel=mail`.
pub(super) fn segment(text: &str) -> Result<Segment, String> {
    let mut segment = Segment { tier: None, channel: None };
    for part in text.split(',') {
        match part.trim().split_once('=') {
            Some(("tier", tier)) => segment.tier = Some(part::tier(tier)?),
            Some(("channel", name)) => {
                let name: ChannelName = name.parse().map_err(|error| format!("{error}"))?;
                segment.channel = Some(name);
            }
            Some(_) | None => {
                return Err(format!("`{part}` is no segment; write tier=vip, channel=web, or both with a comma"));
            }
        }
    }
    Ok(segment)
}

/// What keeps an edition from being rolled out to a share.
pub(super) fn refused(shared: &[String]) -> String {
    format!(
        "cannot be rolled out to a share, since it holds for the whole floor: {}; apply that to everybody first, or leave it out",
        shared.join(", ")
    )
}

/// What was done, and the way back.
pub(super) fn applied(past: &Past, now: &Edition, share: Option<&Share>, seq: Seq) -> String {
    let before = now.number;
    let rolled_out = past.rolled_out().map(|(edition, _)| edition.number);
    let number = past.editions.len() + 1;
    match (share, rolled_out) {
        (Some(share), known) => format!(
            "{} begin on edition {} from now on, entry {seq}, the others on edition {before}; `baton policy log` \
             compares them, `baton apply` widens it to all, `baton policy rollback {before}` takes it back",
            words::share(share),
            known.unwrap_or(number)
        ),
        (None, None) => format!(
            "edition {number} is in force, entry {seq}; conversations under way stay on the flows they are on; \
             `baton policy rollback {before}` goes back"
        ),
        (None, Some(known)) => format!(
            "the files are in force for everybody, entry {seq}; edition {known} is rolled out to a share no more; \
             conversations under way stay on the flows they are on; `baton policy rollback {before}` goes back"
        ),
    }
}

/// Reminds of an edition that a share of new conversations begins on.
pub(super) fn still_rolled_out(past: &Past, printer: &mut Printer) -> Result<(), Failure> {
    let (Some((edition, share)), Some(now)) = (past.rolled_out(), past.in_force()) else { return Ok(()) };
    printer.says(&format!(
        "{} begin on edition {} still; `baton policy rollback {}` takes that back",
        words::share(share),
        edition.number,
        now.number
    ))
}
