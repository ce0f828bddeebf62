//! `baton audit verify`: walks the whole chain and compares it with the anchor.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::store::chain::{Head, Verdict};

/// The chain of the journal
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Checks every record against the chain, and the chain against its anchor
    Verify {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct Found {
    floor: String,
    anchored: Option<Head>,
    #[serde(flatten)]
    verdict: Verdict,
}

impl Audit {
    /// Prints the verdict; a damage is a failure.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let Act::Verify { json } = self.act;
        let (data, mut journal) = super::journal::open(place)?;
        let anchored = Head::anchored(&data.anchor())?;
        let verdict = journal.verify(anchored);
        let floor = journal.floor().to_string();
        let found = Found { floor, anchored, verdict };
        if json {
            printer.json(&found)?;
        } else {
            printer.says(&found.in_words())?;
        }
        if found.verdict.damage.is_some() { Err(Failure::told()) } else { Ok(()) }
    }
}

impl Found {
    fn in_words(&self) -> String {
        let Verdict { head, sound, damage } = &self.verdict;
        let anchor = match self.anchored {
            Some(anchor) => format!("anchored at {}", anchor.seq),
            None => "not anchored yet".into(),
        };
        match damage {
            None => format!("floor {}: {sound} records hold, up to {}; {anchor}", self.floor, head.seq),
            Some(damage) => format!(
                "floor {}: DAMAGED at {}: {}\n{sound} records before it hold; {anchor}. Restore the journal from a \
                 backup; nothing is repaired in silence.",
                self.floor, damage.seq, damage.what
            ),
        }
    }
}
