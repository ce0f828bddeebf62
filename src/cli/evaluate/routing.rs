//! `baton evaluate routing`: how well routing learns from outcomes, on a stream whose every reward is
//! known but of which the router sees only the one of its choice.

mod desk;
mod owners;
mod seeds;

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::metrics::mean;
use super::rows::{Row, Rows};
use crate::cli::failure::Failure;
use crate::cli::print::Printer;
use crate::domain::learning::name_place;
use crate::domain::score::Score;
use crate::domain::text::{Clean, Foreign};
use desk::{Desk, Run};
use seeds::Seeds;

/// Steps at the end that are told apart: what was learnt by then.
const LAST: usize = 2_000;
/// Most arms: as many agents as a large desk has.
const ARMS_MAX: usize = 200;
/// Texts shown of what went wrong at the end.
const WORST_SHOWN: usize = 10;

/// How well routing learns from outcomes: a stream of texts with the reward of each agent
#[derive(Debug, clap::Args)]
pub(super) struct Routing {
    /// The stream: {"text", "features": {…}, "rewards": […]} a line, a reward of 0 to 1 for each arm; an object of
    /// rewards by agent names the arms
    #[arg(long, value_name = "FILE")]
    stream: PathBuf,
    /// How many agents there are
    #[arg(long, value_name = "N")]
    arms: usize,
    /// Examples to begin with, one a line: {"text", "label", "arm"} says most, with `label` the intent and `arm` the
    /// number of whose it is; "rewards" may stand for `arm`. Without `label` likeness sorts an arm's texts into kinds.
    /// With `label` alone whose it is is learnt from the rewards of the stream, unless the labels are the agents
    /// (as many as arms, in the order of their names) or --agents says it
    #[arg(long, value_name = "FILE", num_args = 1..)]
    seed_examples: Vec<PathBuf>,
    /// Whose the labels of the examples are: one JSON object {"label": "agent", …}; the arms are the agents by name
    #[arg(long, value_name = "FILE", requires = "seed_examples")]
    agents: Option<PathBuf>,
    /// From the half of the stream on the first two arms exchange what they are right for
    #[arg(long)]
    drift: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One step of the stream.
struct Step {
    text: Foreign,
    given: Vec<(u32, Score)>,
    rewards: Vec<f64>,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Measured {
    n: usize,
    arms: usize,
    seeded: usize,
    mean_reward: f64,
    last_2000: f64,
    /// The mean reward of the one arm that would have been best throughout.
    best_fixed: f64,
    /// The mean of the best reward of each step.
    oracle: f64,
    /// One decision without reading the text.
    decide_us_p50: f64,
}

impl Routing {
    /// Runs the stream and prints.
    pub(super) fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        if !(1..=ARMS_MAX).contains(&self.arms) {
            return Err(Failure::usage(format!("--arms is {}, 1 to {ARMS_MAX} are possible", self.arms)));
        }
        let (mut stream, names) = self.stream()?;
        if self.drift && self.arms > 1 {
            let half = stream.len() / 2;
            stream.iter_mut().skip(half).for_each(|step| step.rewards.swap(0, 1));
        }
        let seeds = Seeds::read(&self.seed_examples, self.agents.as_deref(), (self.arms, &names))?;
        seeds.tell();
        let run = Desk::of(self.arms, &seeds)?.run(&stream, &seeds)?;
        let rewards: Vec<f64> = stream.iter().zip(&run.chosen).map(|(s, at)| reward(s, *at)).collect();
        let of = |arm: usize| mean(stream.iter().map(|step| reward(step, arm)));
        let best = |step: &Step| step.rewards.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let measured = Measured {
            n: stream.len(),
            arms: self.arms,
            seeded: seeds.examples.len(),
            mean_reward: mean(rewards.iter().copied()),
            last_2000: mean(rewards.iter().skip(rewards.len().saturating_sub(LAST)).copied()),
            best_fixed: (0..self.arms).map(of).fold(f64::NEG_INFINITY, f64::max),
            oracle: mean(stream.iter().map(best)),
            decide_us_p50: run.decide_us,
        };
        if self.json {
            return printer.json(&measured);
        }
        summary(&measured, printer)?;
        by_arm(&stream, &run, self.arms, printer)?;
        worst(&stream, &run, printer)
    }

    /// The steps, and what the arms are called where the rewards stand by name.
    fn stream(&self) -> Result<(Vec<Step>, Vec<String>), Failure> {
        let rows = Rows::read(&self.stream)?;
        let names = rows.iter().next().map_or(Ok(Vec::new()), |row| rewards(row).map(|(_, names)| names))?;
        let steps: Vec<Step> = rows.iter().map(|row| self.step(row, &names)).collect::<Result<_, _>>()?;
        Ok((steps, names))
    }

    fn step(&self, row: Row<'_>, names: &[String]) -> Result<Step, Failure> {
        let given = match row.find("features") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Object(fields)) => fields.iter().filter_map(|(name, value)| given(name, value)).collect(),
            Some(_) => return Err(row.wrong("`features` is no object")),
        };
        let (rewards, arms) = rewards(row)?;
        if arms != names {
            return Err(row.wrong("`rewards` names other arms than the first line"));
        }
        if rewards.len() != self.arms {
            return Err(row.wrong(format!("there are {} rewards for {} arms", rewards.len(), self.arms)));
        }
        Ok(Step { text: row.text("text")?.into(), given, rewards })
    }
}

/// The rewards of a line: a list, or an object by the names of the arms, whose order is that of the names.
fn rewards(row: Row<'_>) -> Result<(Vec<f64>, Vec<String>), Failure> {
    let (values, names): (Vec<&Value>, Vec<String>) = match row.value("rewards")? {
        Value::Array(list) => (list.iter().collect(), Vec::new()),
        Value::Object(named) => {
            let mut named: Vec<(&String, &Value)> = named.iter().collect();
            named.sort_by_key(|(name, _)| *name);
            named.into_iter().map(|(name, value)| (value, name.clone())).unzip()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(row.wrong("`rewards` is no list"));
        }
    };
    let number = |value: &&Value| value.as_f64().filter(|reward| (0.0..=1.0).contains(reward));
    let rewards: Option<Vec<f64>> = values.iter().map(number).collect();
    let rewards = rewards.ok_or_else(|| row.wrong("`rewards` holds something else than numbers from 0 to 1"))?;
    Ok((rewards, names))
}

/// A feature of the file: a number by its name, anything else by name and value.
fn given(name: &str, value: &Value) -> Option<(u32, Score)> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some((name_place(name), Score::ONE)),
        Value::Number(number) => {
            let number = number.as_f64()?.clamp(-1.0, 1.0);
            Some((name_place(name), Score((number * 10_000.0).round() as i32)))
        }
        Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Some((name_place(&format!("{name}={value}")), Score::ONE))
        }
    }
}

fn largest(values: &[f64]) -> Option<usize> {
    let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    values.iter().position(|value| *value >= best)
}

fn reward(step: &Step, arm: usize) -> f64 {
    step.rewards.get(arm).copied().unwrap_or(0.0)
}

fn summary(measured: &Measured, printer: &mut Printer) -> Result<(), Failure> {
    let mean = |value: f64| Clean::shown(&format!("{value:.3}"));
    let rows = vec![
        vec![Clean::fixed("steps"), Clean::shown(&measured.n)],
        vec![Clean::fixed("arms"), Clean::shown(&measured.arms)],
        vec![Clean::fixed("examples to begin with"), Clean::shown(&measured.seeded)],
        vec![Clean::fixed("mean reward"), mean(measured.mean_reward)],
        vec![Clean::fixed("the same, last 2,000"), mean(measured.last_2000)],
        vec![Clean::fixed("best single arm"), mean(measured.best_fixed)],
        vec![Clean::fixed("who knows everything"), mean(measured.oracle)],
        vec![Clean::fixed("one decision, median"), Clean::shown(&format!("{:.1} µs", measured.decide_us_p50))],
    ];
    printer.table(&["measure", "value"], &rows)
}

fn by_arm(stream: &[Step], run: &Run, arms: usize, printer: &mut Printer) -> Result<(), Failure> {
    let rows: Vec<Vec<Clean>> = (0..arms)
        .map(|arm| {
            let own = || stream.iter().zip(&run.chosen).filter(move |(_, chosen)| **chosen == arm);
            let count = own().count();
            let earned = mean(own().map(|(step, _)| reward(step, arm)));
            let best = stream.iter().filter(|step| largest(&step.rewards) == Some(arm)).count();
            vec![Clean::shown(&arm), Clean::shown(&count), Clean::shown(&format!("{earned:.3}")), Clean::shown(&best)]
        })
        .collect();
    printer.says(&"")?;
    printer.table(&["arm", "chosen", "mean reward", "was best"], &rows)
}

/// What was lost at the end although the choice looked clear.
fn worst(stream: &[Step], run: &Run, printer: &mut Printer) -> Result<(), Failure> {
    let lost =
        |step: &Step, arm: usize| largest(&step.rewards).map_or(0.0, |best| reward(step, best) - reward(step, arm));
    let steps = stream.iter().zip(&run.chosen).zip(&run.margins).skip(stream.len().saturating_sub(LAST));
    let mut wrong: Vec<((&Step, &usize), &Score)> = steps.filter(|((step, arm), _)| lost(step, **arm) > 0.0).collect();
    wrong.sort_by_key(|(_, margin)| std::cmp::Reverse(**margin));
    let rows: Vec<Vec<Clean>> = wrong
        .into_iter()
        .take(WORST_SHOWN)
        .map(|((step, arm), margin)| {
            let best = largest(&step.rewards).map_or(Clean::fixed("–"), |best| Clean::shown(&best));
            vec![Clean::shown(margin), Clean::shown(arm), best, step.text.clean()]
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"")?;
    printer.table(&["margin", "chosen", "was best", "text"], &rows)
}
