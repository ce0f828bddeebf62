//! `baton evaluate intents`: how well texts are told apart, and what none of the intents fits is
//! told from what one does.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::metrics::{Confusion, auroc, calibration_error};
use super::rows::Rows;
use super::stopwatch::{Stopwatch, median_us};
use crate::analysis::{Judgement, Model, OUTSIDE_FROM};
use crate::cli::failure::Failure;
use crate::cli::place::Place;
use crate::cli::print::Printer;
use crate::cli::progress::{Progress, busy};
use crate::domain::analysis::Clarity;
use crate::domain::id::IntentName;
use crate::domain::text::{Clean, Foreign};

/// Pairs and texts shown of what went wrong.
const WORST_SHOWN: usize = 10;
/// Parts that a roster without a test file is cut into: each is read by a model of the others.
const FOLDS: usize = 5;
/// Letters of a label that are read: the rest does not fit into a name.
const LABEL_CHARS: usize = 30;

/// How well intents are told: trained on files, or this deployment's roster
#[derive(Debug, clap::Args)]
pub(super) struct Intents {
    /// Examples to train on: {"text", "label"} a line; without it the roster of this deployment
    #[arg(long, value_name = "FILE", num_args = 1..)]
    train: Vec<PathBuf>,
    /// Texts to be told, none of them trained on; without it the roster in five parts, each told by the others
    #[arg(long, value_name = "FILE", num_args = 1..)]
    test: Vec<PathBuf>,
    /// The label of texts that no intent fits; training examples under it teach where scope ends
    #[arg(long, value_name = "LABEL")]
    oos_label: Option<String>,
    /// The name of the text in a line
    #[arg(long, value_name = "NAME", default_value = "text")]
    text_field: String,
    /// The name of the label in a line
    #[arg(long, value_name = "NAME", default_value = "label")]
    label_field: String,
    /// Train on the first so many examples of each label, in the order of the file
    #[arg(long, value_name = "N")]
    per_label: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A text with its label.
#[derive(Clone)]
struct Example {
    text: Foreign,
    label: String,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Measured {
    /// Texts told that an intent fits.
    n: usize,
    /// Texts told that none fits.
    n_oos: usize,
    /// Labels trained on.
    labels: usize,
    /// Examples trained on.
    trained: usize,
    /// Share of texts in scope whose label came first, whatever was thought of their scope.
    accuracy: f64,
    macro_f1: f64,
    /// Chance that a text out of scope looks stranger than one in scope; null without any.
    oos_auroc: Option<f64>,
    /// As `accuracy`, but what was thought out of scope counts as wrong.
    in_scope_accuracy_at_threshold: f64,
    /// Share of texts out of scope that were thought so; null without any.
    oos_recall_at_threshold: Option<f64>,
    /// From what share of one hundred on a text is thought out of scope.
    threshold: f64,
    /// Share of texts in scope that were thought unclear: no guess is made of them.
    unclear_share: f64,
    /// Of texts in scope that were thought clear, the share whose label came first.
    clear_accuracy: f64,
    /// Calibration error over fifteen bins.
    ece: f64,
    train_cpu_s: f64,
    predict_us_p50: f64,
}

/// A text and what was said of it.
struct Told<'a> {
    example: &'a Example,
    judgement: Judgement,
    /// Whether an intent fits it in truth.
    inside: bool,
}

impl Intents {
    /// Trains, tells, prints.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let train = if self.train.is_empty() { roster(place)? } else { self.read(&self.train)? };
        let train = self.first_of_each(train);
        if self.test.is_empty() {
            if !self.train.is_empty() {
                return Err(Failure::usage("there is nothing to be told; name a file with --test"));
            }
            return self.across(&train, printer);
        }
        let test = self.read(&self.test)?;
        if test.iter().all(|example| self.oos_label.as_ref() == Some(&example.label)) {
            let label = self.oos_label.as_deref().map_or_else(String::new, |label| Clean::shown(&label).to_string());
            return Err(Failure::failed(format!(
                "all {} texts of --test are labelled `{label}`, so nothing is left to be told apart; add texts that an \
                 intent fits, or name another --oos-label",
                test.len()
            )));
        }
        let (trained, cpu) = Trained::on(&train, self.oos_label.as_deref())?;
        let mut told = Vec::with_capacity(test.len());
        let mut progress = Progress::over("telling", test.len());
        let us = median_us(test.iter(), |example| {
            told.push(self.told(&trained, example));
            progress.step();
        });
        drop(progress);
        self.print(&trained, &told, (cpu, us), printer)
    }

    fn told<'a>(&self, trained: &Trained, example: &'a Example) -> Told<'a> {
        let judgement = trained.model.judge(&example.text);
        Told { example, judgement, inside: self.oos_label.as_ref() != Some(&example.label) }
    }

    /// The roster cut in parts: each is told by a model of the others.
    fn across(&self, examples: &[Example], printer: &mut Printer) -> Result<(), Failure> {
        let mut met: BTreeMap<&str, usize> = BTreeMap::new();
        let folds: Vec<usize> = examples
            .iter()
            .map(|example| {
                let count = met.entry(&example.label).or_default();
                *count += 1;
                (*count - 1) % FOLDS
            })
            .collect();
        let (mut told, mut cpu, mut us) = (Vec::new(), 0.0, Vec::new());
        let mut progress = Progress::over("training", FOLDS);
        // All models know the same labels by the same numbers.
        let whole = Trained::on(examples, self.oos_label.as_deref())?.0;
        for part in 0..FOLDS {
            let of = |inside: bool| {
                examples.iter().zip(&folds).filter(move |(_, fold)| (**fold == part) != inside).map(|(e, _)| e)
            };
            let others: Vec<Example> = of(true).cloned().collect();
            if others.is_empty() {
                continue;
            }
            let (trained, seconds) = Trained::on(&others, self.oos_label.as_deref())?;
            cpu += seconds / FOLDS as f64;
            us.push(median_us(of(false), |example| {
                let mut one = self.told(&trained, example);
                one.judgement.top = one.judgement.top.and_then(|top| whole.number(trained.labels.get(top)?));
                told.push(one);
            }));
            progress.step();
        }
        drop(progress);
        us.sort_by(f64::total_cmp);
        let us = us.get(us.len() / 2).copied().unwrap_or(0.0);
        self.print(&whole, &told, (cpu, us), printer)
    }

    fn read(&self, paths: &[PathBuf]) -> Result<Vec<Example>, Failure> {
        let mut examples = Vec::new();
        for rows in Rows::read_all(paths)? {
            for row in rows.iter() {
                let (text, label) = (row.text(&self.text_field)?.into(), row.label(&self.label_field)?);
                examples.push(Example { text, label });
            }
        }
        Ok(examples)
    }

    fn first_of_each(&self, mut examples: Vec<Example>) -> Vec<Example> {
        if let Some(most) = self.per_label {
            let mut met: BTreeMap<String, usize> = BTreeMap::new();
            examples.retain(|example| {
                let count = met.entry(example.label.clone()).or_default();
                *count += 1;
                *count <= most
            });
        }
        examples
    }

    fn print(
        &self,
        trained: &Trained,
        told: &[Told<'_>],
        (train_cpu_s, predict_us_p50): (f64, f64),
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let inside = || told.iter().filter(|told| told.inside);
        let mut confusion = Confusion::default();
        let mut names = trained.labels.clone();
        for told in inside() {
            let truth = trained.number(&told.example.label).unwrap_or_else(|| {
                let known = names.iter().position(|name| *name == told.example.label);
                known.unwrap_or_else(|| {
                    names.push(told.example.label.clone());
                    names.len() - 1
                })
            });
            confusion.add(truth, told.judgement.top.unwrap_or(usize::MAX));
        }
        let right =
            |told: &Told<'_>| told.judgement.top.and_then(|top| trained.labels.get(top)) == Some(&told.example.label);
        let n = inside().count();
        let n_oos = told.len() - n;
        let strange: Vec<(f64, bool)> = told.iter().map(|t| (f64::from(t.judgement.outside), !t.inside)).collect();
        let sure: Vec<(f64, bool)> = inside().map(|t| (f64::from(t.judgement.confidence), right(t))).collect();
        let kept = |told: &&Told<'_>| told.judgement.outside <= OUTSIDE_FROM;
        let clear = || inside().filter(|told| told.judgement.clarity == Clarity::Clear);
        let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
        let caught = told.iter().filter(|told| !told.inside && !kept(told)).count();
        let measured = Measured {
            n,
            n_oos,
            labels: trained.labels.len(),
            trained: trained.examples,
            accuracy: confusion.accuracy(),
            macro_f1: confusion.macro_f1(),
            oos_auroc: auroc(&strange),
            in_scope_accuracy_at_threshold: share(inside().filter(kept).filter(|t| right(t)).count(), n),
            oos_recall_at_threshold: (n_oos > 0).then(|| share(caught, n_oos)),
            threshold: f64::from(OUTSIDE_FROM),
            unclear_share: share(inside().filter(|t| t.judgement.clarity == Clarity::Unclear).count(), n),
            clear_accuracy: share(clear().filter(|t| right(t)).count(), clear().count()),
            ece: calibration_error(&sure),
            train_cpu_s,
            predict_us_p50,
        };
        if self.json {
            return printer.json(&measured);
        }
        summary(&measured, printer)?;
        confused(&confusion, &names, printer)?;
        surest_errors(told.iter().filter(|told| told.inside && !right(told)).collect(), trained, printer)
    }
}

/// The examples of this deployment's agents.
fn roster(place: &Place) -> Result<Vec<Example>, Failure> {
    let bundle = place.bundle()?;
    let examples: Vec<Example> = bundle
        .examples()
        .iter()
        .flat_map(|(intent, texts)| {
            texts.iter().map(|text| Example { text: text.as_str().into(), label: intent.to_string() })
        })
        .collect();
    if examples.is_empty() {
        return Err(Failure::failed("no agent of this deployment has an example; name a file with --train"));
    }
    Ok(examples)
}

/// A model and what its intents are called in the files: labels there are any text.
struct Trained {
    model: Model,
    labels: Vec<String>,
    examples: usize,
}

impl Trained {
    fn on(examples: &[Example], oos_label: Option<&str>) -> Result<(Self, f64), Failure> {
        let is_inside = |example: &&Example| oos_label != Some(example.label.as_str());
        let mut labels: Vec<String> = examples.iter().filter(is_inside).map(|e| e.label.clone()).collect();
        labels.sort();
        labels.dedup();
        if labels.is_empty() {
            let label = Clean::shown(&oos_label.unwrap_or_default());
            return Err(Failure::failed(format!(
                "all {} examples are labelled `{label}`, so there is no intent to learn; add examples of what is in scope, \
                 or name another --oos-label",
                examples.len()
            )));
        }
        let names = names(&labels)?;
        let pair = |example: &Example| {
            let at = labels.binary_search(&example.label).ok()?;
            Some((names.get(at)?.clone(), example.text.raw().to_owned()))
        };
        let pairs: Vec<(IntentName, String)> = examples.iter().filter_map(pair).collect();
        let pairs: Vec<(IntentName, &str)> = pairs.iter().map(|(name, text)| (name.clone(), text.as_str())).collect();
        let strangers: Vec<&str> = examples.iter().filter(|e| !is_inside(e)).map(|e| e.text.raw()).collect();
        let watch = Stopwatch::start();
        let model = busy("training", || Model::train_beside(&pairs, &strangers));
        let seconds = watch.read().as_secs_f64();
        Ok((Self { model, labels, examples: examples.len() }, seconds))
    }

    fn number(&self, label: &str) -> Option<usize> {
        self.labels.binary_search_by(|known| known.as_str().cmp(label)).ok()
    }
}

/// Labels as names of intents, in their order: what a name says, the model may read. The number before
/// it keeps names apart and in order; it is no word of any text.
fn names(labels: &[String]) -> Result<Vec<IntentName>, Failure> {
    let name = |(at, label): (usize, &String)| {
        let mut said = String::new();
        let mut small = false;
        for c in label.chars() {
            if small && c.is_ascii_uppercase() {
                said.push('-');
            }
            small = c.is_ascii_lowercase();
            said.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        }
        said.truncate(LABEL_CHARS);
        format!("l{at:06}-{said}").trim_end_matches('-').parse().map_err(Failure::failed)
    };
    labels.iter().enumerate().map(name).collect()
}

fn summary(measured: &Measured, printer: &mut Printer) -> Result<(), Failure> {
    let percent = |share: f64| Clean::shown(&format!("{:.1} %", share * 100.0));
    let number = |value: String| Clean::shown(&value);
    let mut rows = vec![
        vec![Clean::fixed("texts told, in scope"), number(measured.n.to_string())],
        vec![
            Clean::fixed("trained on"),
            number(format!("{} examples of {} labels", measured.trained, measured.labels)),
        ],
        vec![Clean::fixed("right"), percent(measured.accuracy)],
        vec![Clean::fixed("mean F1 of the labels"), percent(measured.macro_f1)],
        vec![Clean::fixed("right and thought in scope"), percent(measured.in_scope_accuracy_at_threshold)],
        vec![Clean::fixed("thought unclear"), percent(measured.unclear_share)],
        vec![Clean::fixed("right of what was thought clear"), percent(measured.clear_accuracy)],
        vec![Clean::fixed("calibration error"), percent(measured.ece)],
    ];
    if let (Some(auroc), Some(recall)) = (measured.oos_auroc, measured.oos_recall_at_threshold) {
        rows.push(vec![Clean::fixed("texts told, out of scope"), number(measured.n_oos.to_string())]);
        rows.push(vec![Clean::fixed("told from those in scope (AUROC)"), number(format!("{auroc:.3}"))]);
        rows.push(vec![Clean::fixed("thought out of scope"), percent(recall)]);
    }
    rows.push(vec![Clean::fixed("training, processor time"), number(format!("{:.2} s", measured.train_cpu_s))]);
    rows.push(vec![Clean::fixed("one text, median"), number(format!("{:.1} µs", measured.predict_us_p50))]);
    printer.table(&["measure", "value"], &rows)
}

fn confused(confusion: &Confusion, names: &[String], printer: &mut Printer) -> Result<(), Failure> {
    let worst = confusion.worst(WORST_SHOWN);
    if worst.is_empty() {
        return Ok(());
    }
    let name = |at: usize| names.get(at).map_or(Clean::fixed("(nothing)"), Clean::shown);
    let rows: Vec<Vec<Clean>> =
        worst.into_iter().map(|(truth, said, times)| vec![Clean::shown(&times), name(truth), name(said)]).collect();
    printer.says(&"")?;
    printer.table(&["times", "was", "taken for"], &rows)
}

fn surest_errors(mut wrong: Vec<&Told<'_>>, trained: &Trained, printer: &mut Printer) -> Result<(), Failure> {
    if wrong.is_empty() {
        return Ok(());
    }
    wrong.sort_by(|a, b| b.judgement.confidence.total_cmp(&a.judgement.confidence));
    let rows: Vec<Vec<Clean>> = wrong
        .into_iter()
        .take(WORST_SHOWN)
        .map(|told| {
            let said = told.judgement.top.and_then(|top| trained.labels.get(top));
            vec![
                Clean::shown(&format!("{:.2}", told.judgement.confidence)),
                Clean::shown(&told.example.label),
                said.map_or(Clean::fixed("(nothing)"), Clean::shown),
                told.example.text.one_line(),
            ]
        })
        .collect();
    printer.says(&"")?;
    printer.table(&["sure", "was", "taken for", "text"], &rows)
}
