//! `baton evaluate`: how well the models of this deployment, or models trained on files, read what
//! they have not seen.
//!
//! Figures come from labelled lines that no training touched; times are of this machine.

mod intents;
mod metrics;
mod progress;
mod rows;
mod stopwatch;

use super::failure::Failure;
use super::place::Place;
use super::print::Printer;

/// Measures the models of this deployment, or models trained on files
#[derive(Debug, clap::Args)]
pub(super) struct Evaluate {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Intents(intents::Intents),
}

impl Evaluate {
    /// Measures and prints.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        match self.what {
            What::Intents(intents) => intents.run(place, printer),
        }
    }
}
