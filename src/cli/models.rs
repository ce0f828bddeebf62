//! `baton models`: the language models of a deployment, and the models that come with the program.

pub(super) mod lines;

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::evaluate::rows::{Row, Rows};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::analysis::mood::learned::{self, Feeling};
use crate::analysis::pieces;

/// Every so many-th request is taken: more drown the feelings in politeness.
const REQUESTS_EVERY: usize = 4;
/// Requests under these names say nothing about what they are.
const REQUESTS_UNSURE: [&str; 2] = ["contentonly", "outofdomain"];

/// Language models that agents are backed by, and the models that come with the program
#[derive(Debug, clap::Args)]
pub(super) struct Models {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    List(lines::List),
    Test(lines::Test),
    Add(lines::Add),
    #[command(hide = true)]
    TrainMood(TrainMood),
    #[command(hide = true)]
    PackPieces(PackPieces),
}

/// Packs vectors of word pieces into the form that is shipped; the same files give the same bytes
#[derive(Debug, clap::Args)]
struct PackPieces {
    /// The vectors: BSE1, rows, numbers a row, a scale a row, a byte a number; plain
    #[arg(long, value_name = "FILE")]
    vectors: PathBuf,
    /// The pieces, one a line, in the order of the vectors; plain
    #[arg(long, value_name = "FILE")]
    pieces: PathBuf,
    /// Where the packed vectors go
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Makes the weights of the shipped mood anew; the same files give the same bytes
#[derive(Debug, clap::Args)]
struct TrainMood {
    /// GoEmotions: {"text", "emotions": […]} a line
    #[arg(long, value_name = "FILE", required = true)]
    goemotions: Vec<PathBuf>,
    /// What people write to support desks: {"text", "intent": […]} a line, as MultiDoGO has it
    #[arg(long, value_name = "FILE", num_args = 1..)]
    requests: Vec<PathBuf>,
    /// Where the weights go
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Models {
    /// Does what is asked.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        match &self.what {
            What::List(list) => list.run(place, printer),
            What::Test(test) => test.run(place, printer),
            What::Add(add) => add.run(place, printer),
            What::TrainMood(train) => train.run(printer),
            What::PackPieces(pack) => pack.run(printer),
        }
    }
}

impl PackPieces {
    fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        let failed =
            |path: &Path, error: &dyn std::fmt::Display| Failure::failed(format!("{}: {error}", path.display()));
        let vectors = std::fs::read(&self.vectors).map_err(|error| failed(&self.vectors, &error))?;
        let names = std::fs::read_to_string(&self.pieces).map_err(|error| failed(&self.pieces, &error))?;
        let bytes = pieces::pack(&vectors, &names).map_err(|error| failed(&self.vectors, &error))?;
        std::fs::write(&self.out, &bytes).map_err(|error| failed(&self.out, &error))?;
        printer.says(&format!("{} bytes: {}", bytes.len(), self.out.display()))
    }
}

type Example = (String, [f32; Feeling::ALL.len()]);

impl TrainMood {
    fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        let mut examples: Vec<Example> = Vec::new();
        for rows in Rows::read_all(&self.goemotions)? {
            for row in rows.iter() {
                let feelings: Vec<Feeling> = names(row, "emotions")?.iter().map(|name| feeling(name)).collect();
                examples.push((row.text("text")?.to_owned(), shares(&feelings)));
            }
        }
        let mut met = 0;
        for rows in Rows::read_all(&self.requests)? {
            for row in rows.iter() {
                let intent = names(row, "intent")?.first().copied().unwrap_or_default();
                if REQUESTS_UNSURE.contains(&intent) {
                    continue;
                }
                met += 1;
                if met % REQUESTS_EVERY == 0 {
                    examples.push((row.text("text")?.to_owned(), shares(asked(intent))));
                }
            }
        }
        let bytes = learned::train(&examples);
        std::fs::write(&self.out, &bytes)
            .map_err(|error| Failure::failed(format!("{}: {error}", self.out.display())))?;
        printer.says(&format!("{} examples, {} bytes: {}", examples.len(), bytes.len(), self.out.display()))
    }
}

fn names<'a>(row: Row<'a>, field: &str) -> Result<Vec<&'a str>, Failure> {
    let list = row.value(field)?.as_array().ok_or_else(|| row.wrong(format!("`{field}` is no list")))?;
    Ok(list.iter().filter_map(Value::as_str).collect())
}

fn shares(feelings: &[Feeling]) -> [f32; Feeling::ALL.len()] {
    let mut shares = [0.0; Feeling::ALL.len()];
    for feeling in feelings {
        if let Some(share) = shares.get_mut(*feeling as usize) {
            *share += 1.0 / feelings.len() as f32;
        }
    }
    shares
}

/// The names of the set, by what a support desk makes of them.
fn feeling(name: &str) -> Feeling {
    match name {
        "anger" => Feeling::Anger,
        "annoyance" | "disappointment" | "disapproval" | "disgust" => Feeling::Annoyance,
        "fear" | "nervousness" => Feeling::Fear,
        "confusion" => Feeling::Confusion,
        "gratitude" => Feeling::Gratitude,
        "admiration" | "amusement" | "approval" | "caring" | "desire" | "excitement" | "joy" | "love" | "optimism"
        | "pride" | "relief" => Feeling::Pleasure,
        "sadness" | "grief" | "embarrassment" | "remorse" => Feeling::Sadness,
        _ => Feeling::Neutral,
    }
}

/// What people feel who ask a desk for something: nothing, unless they thank or something is broken.
fn asked(intent: &str) -> &'static [Feeling] {
    match intent {
        "thankyou" => &[Feeling::Gratitude],
        "reportbrokensoftware" | "reportbrokenphone" | "disputecharge" => &[Feeling::Annoyance, Feeling::Neutral],
        _ => &[Feeling::Neutral],
    }
}
