//! `baton check`: reads a deployment and says what is wrong with it.

use serde::Serialize;

use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::analysis::overlap::{Overlap, overlaps};
use crate::config::{self, Bundle, Level, Problem, Problems};
use crate::simulation::scenario::{Library, ScenarioError};

/// Checks the files of a deployment
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The deployment's folder
    #[arg(value_name = "DIR")]
    folder: Option<std::path::PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    problems: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    level: &'static str,
    what: &'a str,
    way_out: &'a str,
}

impl Check {
    /// Prints all problems; an error among them is a failure.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let read = match &self.folder {
            Some(folder) => config::load(folder),
            None => match place.deployment_folder() {
                Some(folder) => config::load(&folder),
                None => config::preset(super::place::PRESET),
            },
        };
        let (ok, problems, summary) = match read {
            Ok(bundle) => {
                let counts = format!(
                    "{}: {} agents, {} playbooks, {} articles, {} tools, {} people: ready",
                    bundle.house.name,
                    bundle.agents.len(),
                    bundle.playbooks.len(),
                    bundle.articles.len(),
                    bundle.tools.len(),
                    bundle.operators.len()
                );
                let mut advice = bundle.advice.clone();
                advice.0.extend(between_intents(&bundle));
                match Library::of(&bundle) {
                    Ok(_) => (true, advice, Some(counts)),
                    Err(ScenarioError(problem)) => (false, Problems(vec![problem]), None),
                }
            }
            Err(problems) => (false, problems, None),
        };
        if self.json {
            printer.json(&Report { ok, problems: problems.0.iter().map(told).collect() })?;
        } else {
            print(&problems, summary, printer)?;
        }
        if ok { Ok(()) } else { Err(Failure::told()) }
    }
}

/// What the examples get wrong between intents: a model of them has to say.
fn between_intents(bundle: &Bundle) -> Vec<Problem> {
    let advice = |overlap: &Overlap| match overlap {
        Overlap::Taken { of, for_, times, examples } => bundle.advice_on(
            of,
            format!("{times} of {examples} examples of `{of}` are taken for `{for_}`"),
            "say in the examples what sets them apart, or make the two one intent",
        ),
        Overlap::Same { of, example, other, like } => bundle.advice_on(
            of,
            format!(
                "`{}` under `{of}` says the same as `{}` under `{other}`",
                example.escape_debug(),
                like.escape_debug()
            ),
            "keep it where customers mean it",
        ),
    };
    overlaps(&bundle.pairs()).iter().map(advice).collect()
}

fn print(problems: &Problems, summary: Option<String>, printer: &mut Printer) -> Result<(), Failure> {
    for problem in &problems.0 {
        printer.says(problem)?;
    }
    if let Some(summary) = summary {
        printer.says(&summary)?;
    }
    Ok(())
}

fn told(problem: &Problem) -> Told<'_> {
    let level = match problem.level {
        Level::Error => "error",
        Level::Advice => "advice",
    };
    let Problem { file, line, column, what, way_out, .. } = problem;
    Told { file, line: *line, column: *column, level, what, way_out }
}
