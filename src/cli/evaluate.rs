//! `baton evaluate`: how well the models of this deployment, or models trained on files, read what
//! they have not seen.
//!
//! Figures come from labelled lines that no training touched; times are of this machine.

mod escalation;
mod intents;
mod knowledge;
mod metrics;
mod routing;
pub(super) mod rows;
mod sentiment;
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
    Sentiment(sentiment::Sentiment),
    Escalation(escalation::Escalation),
    Routing(routing::Routing),
    Knowledge(knowledge::Knowledge),
}

impl Evaluate {
    /// Measures and prints.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        match self.what {
            What::Intents(intents) => intents.run(place, printer),
            What::Sentiment(sentiment) => sentiment.run(printer),
            What::Escalation(escalation) => escalation.run(place, printer),
            What::Routing(routing) => routing.run(printer),
            What::Knowledge(knowledge) => knowledge.run(printer),
        }
    }
}
