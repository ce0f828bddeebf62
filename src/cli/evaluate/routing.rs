//! `baton evaluate routing`: how well routing learns from outcomes, on a stream whose every reward is
//! known but of which the router sees only the one of its choice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::progress::Progress;
use super::rows::{Row, Rows};
use super::stopwatch::median_us;
use crate::analysis::Model;
use crate::cli::failure::Failure;
use crate::cli::print::Printer;
use crate::domain::agent::{AgentRole, AgentSpec};
use crate::domain::customer::Tier;
use crate::domain::id::{AgentName, IntentName};
use crate::domain::learning::{Features, name_place};
use crate::domain::policy::RoutingWeights;
use crate::domain::routing::RoutingDecision;
use crate::domain::score::Score;
use crate::domain::supervision::Life;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Millis;
use crate::routing::bandit::{self, Exploration, Learner};
use crate::routing::{RoutingInput, Seat};

/// Steps at the end that are told apart: what was learnt by then.
const LAST: usize = 2_000;
/// Most arms: as many agents as a large desk has.
const ARMS_MAX: usize = 200;
/// Texts shown of what went wrong at the end.
const WORST_SHOWN: usize = 10;

/// How well routing learns from outcomes: a stream of texts with the reward of each agent
#[derive(Debug, clap::Args)]
pub(super) struct Routing {
    /// The stream: {"text", "features": {…}, "rewards": […]} a line, a reward of 0 to 1 for each arm
    #[arg(long, value_name = "FILE")]
    stream: PathBuf,
    /// How many agents there are
    #[arg(long, value_name = "N")]
    arms: usize,
    /// Examples to begin with: {"text", "label", "arm"} a line; `label` the intent, `arm` whose it is
    #[arg(long, value_name = "FILE")]
    seed_examples: Vec<PathBuf>,
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

/// One example to begin with.
struct Seed {
    text: Foreign,
    label: Option<String>,
    arm: Option<usize>,
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
        let mut stream = self.stream()?;
        if self.drift && self.arms > 1 {
            let half = stream.len() / 2;
            stream.iter_mut().skip(half).for_each(|step| step.rewards.swap(0, 1));
        }
        let seeds = self.seeds()?;
        let desk = Desk::of(self.arms, &seeds)?;
        let run = desk.run(&stream, &seeds)?;
        let rewards: Vec<f64> = stream.iter().zip(&run.chosen).map(|(s, at)| reward(s, *at)).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let of = |arm: usize| mean(&stream.iter().map(|step| reward(step, arm)).collect::<Vec<_>>());
        let best = |step: &Step| step.rewards.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let measured = Measured {
            n: stream.len(),
            arms: self.arms,
            seeded: seeds.len(),
            mean_reward: mean(&rewards),
            last_2000: mean(rewards.get(rewards.len().saturating_sub(LAST)..).unwrap_or_default()),
            best_fixed: (0..self.arms).map(of).fold(f64::NEG_INFINITY, f64::max),
            oracle: mean(&stream.iter().map(best).collect::<Vec<_>>()),
            decide_us_p50: run.decide_us,
        };
        if self.json {
            return printer.json(&measured);
        }
        summary(&measured, printer)?;
        by_arm(&stream, &run, self.arms, printer)?;
        worst(&stream, &run, printer)
    }

    fn stream(&self) -> Result<Vec<Step>, Failure> {
        let rows = Rows::read(&self.stream)?;
        rows.iter().map(|row| self.step(row)).collect()
    }

    fn step(&self, row: Row<'_>) -> Result<Step, Failure> {
        let given = match row.find("features") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Object(fields)) => fields.iter().filter_map(|(name, value)| given(name, value)).collect(),
            Some(_) => return Err(row.wrong("`features` is no object")),
        };
        let rewards = rewards(row)?;
        if rewards.len() != self.arms {
            return Err(row.wrong(format!("there are {} rewards for {} arms", rewards.len(), self.arms)));
        }
        Ok(Step { text: row.text("text")?.into(), given, rewards })
    }

    fn seeds(&self) -> Result<Vec<Seed>, Failure> {
        let files = Rows::read_all(&self.seed_examples)?;
        let rows: Vec<Row<'_>> = files.iter().flat_map(Rows::iter).collect();
        let names = |field: &str| -> BTreeSet<String> {
            rows.iter().filter_map(|row| row.find(field)).filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        // Where arms are named and not numbered, the names in order are the arms.
        let (agents, labels) = (names("agent"), names("label"));
        let place = |names: &BTreeSet<String>, value: Option<&Value>| {
            let name = value.and_then(Value::as_str).filter(|_| names.len() <= self.arms)?;
            names.iter().position(|known| known == name)
        };
        let mut seeds = Vec::with_capacity(rows.len());
        for row in &rows {
            let label = row.find("label").or_else(|| row.find("intent"));
            let arm = match row.find("arm") {
                Some(value) => Some(arm(*row, value, self.arms)?),
                None if row.find("rewards").is_some() => largest(&rewards(*row)?).filter(|arm| *arm < self.arms),
                None => place(&agents, row.find("agent")).or_else(|| {
                    let numbered = label.and_then(Value::as_u64).map(|arm| arm as usize);
                    numbered.filter(|arm| *arm < self.arms).or_else(|| place(&labels, label))
                }),
            };
            let label = label.map(|label| label.as_str().map_or(label.to_string(), str::to_owned));
            seeds.push(Seed { text: row.text("text")?.into(), label, arm });
        }
        Ok(seeds)
    }
}

fn rewards(row: Row<'_>) -> Result<Vec<f64>, Failure> {
    let list = row.value("rewards")?.as_array().ok_or_else(|| row.wrong("`rewards` is no list"))?;
    let number = |value: &Value| value.as_f64().filter(|reward| (0.0..=1.0).contains(reward));
    let rewards: Option<Vec<f64>> = list.iter().map(number).collect();
    rewards.ok_or_else(|| row.wrong("`rewards` holds something else than numbers from 0 to 1"))
}

fn arm(row: Row<'_>, value: &Value, arms: usize) -> Result<usize, Failure> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok()).map(|arm| arm as usize);
    number.filter(|arm| *arm < arms).ok_or_else(|| row.wrong(format!("`arm` is none of 0 to {}", arms - 1)))
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

/// The arms as a roster, and a model of the examples' intents.
struct Desk {
    model: Model,
    specs: Vec<AgentSpec>,
}

/// What was chosen.
struct Run {
    chosen: Vec<usize>,
    margins: Vec<Score>,
    decide_us: f64,
}

impl Desk {
    fn of(arms: usize, seeds: &[Seed]) -> Result<Self, Failure> {
        let labels: BTreeSet<&str> = seeds.iter().filter_map(|seed| seed.label.as_deref()).collect();
        let spelled = |at: usize| format!("l-{at:06}").parse::<IntentName>().map_err(Failure::failed);
        let names: BTreeMap<&str, IntentName> =
            labels.iter().enumerate().map(|(at, label)| Ok((*label, spelled(at)?))).collect::<Result<_, Failure>>()?;
        let name = |seed: &Seed| names.get(seed.label.as_deref()?).cloned();
        let examples: Vec<(IntentName, &str)> =
            seeds.iter().filter_map(|seed| Some((name(seed)?, seed.text.raw()))).collect();
        let mut specs = Vec::with_capacity(arms);
        for arm in 0..arms {
            let own = seeds.iter().filter(|seed| seed.arm == Some(arm)).filter_map(name);
            specs.push(spec(arm, own.collect::<BTreeSet<_>>().into_iter().collect())?);
        }
        Ok(Self { model: Model::train(&examples), specs })
    }

    fn features(&self, text: &Foreign, given: &[(u32, Score)]) -> (crate::domain::analysis::Analysis, Features) {
        let analysis = self.model.analyse(text);
        let mut features = Features::of(&analysis, analysis.sentiment, Tier::Standard);
        features.intents.extend(given);
        (analysis, features)
    }

    fn run(&self, stream: &[Step], seeds: &[Seed]) -> Result<Run, Failure> {
        let mut learner = Learner::new(self.specs.iter().map(|spec| spec.name.clone()));
        let known = |seed: &Seed| {
            let spec = self.specs.get(seed.arm?)?;
            Some((self.features(&seed.text, &[]).1, spec.name.clone()))
        };
        let examples: Vec<(Features, AgentName)> = seeds.iter().filter_map(known).collect();
        learner.seed(&examples);
        let seats: Vec<Seat<'_>> = self.specs.iter().map(|spec| Seat { spec, load: 0, available: true }).collect();
        let weights = RoutingWeights::default();
        let (mut chosen, mut margins) = (Vec::with_capacity(stream.len()), Vec::with_capacity(stream.len()));
        let mut times = Vec::with_capacity(stream.len());
        let mut progress = Progress::over("routing", stream.len());
        for (at, step) in stream.iter().enumerate() {
            let (analysis, features) = self.features(&step.text, &step.given);
            let input = RoutingInput {
                analysis: &analysis,
                mood: analysis.sentiment,
                tier: Tier::Standard,
                holder: None,
                seats: &seats,
                weights: &weights,
                lot: (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
                rule: None,
            };
            let mut decision: Option<RoutingDecision> = None;
            times.push(median_us(std::iter::once(()), |()| {
                decision = bandit::choose(&learner, &features, &input, Exploration::Cautious);
            }));
            let decision = decision.ok_or_else(|| Failure::failed("no arm could be chosen"))?;
            let arm = self.specs.iter().position(|spec| spec.name == decision.chosen).unwrap_or(0);
            let earned = Score((reward(step, arm) * 10_000.0).round() as i32);
            bandit::learn(&mut learner, &features, &decision, earned);
            chosen.push(arm);
            margins.push(decision.margin);
            progress.step();
        }
        times.sort_by(f64::total_cmp);
        Ok(Run { chosen, margins, decide_us: times.get(times.len() / 2).copied().unwrap_or(0.0) })
    }
}

fn spec(arm: usize, intents: Vec<IntentName>) -> Result<AgentSpec, Failure> {
    Ok(AgentSpec {
        name: format!("arm-{arm}").parse().map_err(Failure::failed)?,
        title: format!("arm {arm}"),
        role: AgentRole::Specialist,
        skills: Vec::new(),
        intents,
        capacity: 1,
        handoffs: Vec::new(),
        consults: Vec::new(),
        tools: Vec::new(),
        queue: "arms".parse().map_err(Failure::failed)?,
        calm: Score::ZERO,
        pace: Millis(0),
        life: Life::Live,
        models: Vec::new(),
        model_budget: None,
        candidate: None,
        playbooks: Vec::new(),
        may_read: Vec::new(),
    })
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
            let earned = own().map(|(step, _)| reward(step, arm)).sum::<f64>() / count.max(1) as f64;
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
