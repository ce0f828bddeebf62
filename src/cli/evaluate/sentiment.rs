//! `baton evaluate sentiment`: how well it is told how customers feel.

use std::path::PathBuf;

use serde::Serialize;

use super::metrics::{Confusion, auroc, figure, mean};
use super::rows::{Row, Rows};
use super::stopwatch::{Stopwatch, median_us};
use crate::analysis::mood::polarity::{Classifier, Leaning, Polarity};
use crate::cli::failure::Failure;
use crate::cli::print::{Printer, aside};
use crate::cli::progress::{Progress, busy};
use crate::domain::text::{Clean, Foreign};

/// Texts shown of what went wrong.
const WORST_SHOWN: usize = 10;
/// A number closer to nothing than this share of the largest is neutral.
const NEUTRAL_WITHIN: f64 = 0.05;
/// What is said of numbers of which none is negative, such as stars.
const ONE_SIDED: &str = "no label is below zero: numbers are read by their sign, so no line counts as negative; \
                         stars of 1 to 5 are read with --below 3 --above 3";
/// What the three are called.
const NAMES: [&str; 3] = ["negative", "neutral", "positive"];

/// How well texts are told negative, neutral or positive: by the shipped mood, or trained on files
#[derive(Debug, clap::Args)]
pub(super) struct Sentiment {
    /// Examples to train on: {"text", "label"} a line; without it the shipped mood reads
    #[arg(long, value_name = "FILE", num_args = 1..)]
    train: Vec<PathBuf>,
    /// Texts to be told; a label is negative, neutral, positive, or a number: by its sign, or by --below and --above
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    test: Vec<PathBuf>,
    /// A number below this is negative; with --above. Stars of 1 to 5: --below 3 --above 3
    #[arg(long, value_name = "NUMBER", requires = "above", allow_negative_numbers = true)]
    below: Option<f64>,
    /// A number above this is positive; what is neither is neutral
    #[arg(long, value_name = "NUMBER", requires = "below", allow_negative_numbers = true)]
    above: Option<f64>,
    /// The name of the text in a line
    #[arg(long, value_name = "NAME", default_value = "text")]
    text_field: String,
    /// The name of the label in a line
    #[arg(long, value_name = "NAME", default_value = "label")]
    label_field: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A labelled text.
struct Example {
    text: Foreign,
    polarity: Polarity,
    /// The label as a number: -1, 0, 1, or what the file says.
    rated: f64,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Measured {
    n: usize,
    /// Examples trained on; 0 for the shipped mood.
    trained: usize,
    accuracy: f64,
    macro_f1: f64,
    macro_recall: f64,
    /// Chance that a negative text is ranked above one that is not; null without both.
    auroc_negative: Option<f64>,
    /// Correlation of what was told with the label as a number; null where one of them never changes.
    pearson: Option<f64>,
    train_cpu_s: f64,
    predict_us_p50: f64,
}

impl Sentiment {
    /// Trains, tells, prints.
    pub(super) fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        if let (Some(below), Some(above)) = (self.below, self.above)
            && below.partial_cmp(&above).is_none_or(std::cmp::Ordering::is_gt)
        {
            return Err(Failure::usage(format!("--below is {below} and --above {above}: a number would be both")));
        }
        let (train, test) = (self.read(&self.train)?, self.read(&self.test)?);
        let pairs: Vec<(&str, Polarity)> = train.iter().map(|e| (e.text.raw(), e.polarity)).collect();
        let watch = Stopwatch::start();
        let classifier =
            if pairs.is_empty() { Classifier::shipped() } else { busy("training", || Classifier::train(&pairs)) };
        let train_cpu_s = watch.read().as_secs_f64();
        let mut told = Vec::with_capacity(test.len());
        let mut progress = Progress::over("telling", test.len());
        let predict_us_p50 = median_us(test.iter(), |example| {
            told.push((example, classifier.read(example.text.raw())));
            progress.step();
        });
        drop(progress);
        let mut confusion = Confusion::default();
        for (example, read) in &told {
            confusion.add(example.polarity as usize, read.polarity as usize);
        }
        let negative: Vec<(f64, bool)> =
            told.iter().map(|(e, read)| (f64::from(read.negative), e.polarity == Polarity::Negative)).collect();
        let pairs: Vec<(f64, f64)> = told.iter().map(|(e, read)| (lean(read), e.rated)).collect();
        let measured = Measured {
            n: told.len(),
            trained: train.len(),
            accuracy: confusion.accuracy(),
            macro_f1: confusion.macro_f1(),
            macro_recall: confusion.macro_recall(),
            auroc_negative: auroc(&negative),
            pearson: pearson(&pairs),
            train_cpu_s,
            predict_us_p50,
        };
        if self.json {
            return printer.json(&measured);
        }
        summary(&measured, printer)?;
        confused(&confusion, printer)?;
        surest_errors(&told, printer)
    }

    fn read(&self, paths: &[PathBuf]) -> Result<Vec<Example>, Failure> {
        let mut examples = Vec::new();
        for rows in Rows::read_all(paths)? {
            let largest =
                rows.iter().filter_map(|row| number(row, &self.label_field)).map(f64::abs).fold(0.0, f64::max);
            let marks = match (self.below, self.above) {
                (Some(below), Some(above)) => (below, above),
                _ => (-NEUTRAL_WITHIN * largest, NEUTRAL_WITHIN * largest),
            };
            let numbers: Vec<f64> = rows.iter().filter_map(|row| number(row, &self.label_field)).collect();
            if self.below.is_none() && !numbers.is_empty() && numbers.iter().all(|rated| *rated >= 0.0) {
                aside(&ONE_SIDED);
            }
            for row in rows.iter() {
                let (polarity, rated) = polarity(row, &self.label_field, marks)?;
                examples.push(Example { text: row.text(&self.text_field)?.into(), polarity, rated });
            }
        }
        Ok(examples)
    }
}

fn number(row: Row<'_>, field: &str) -> Option<f64> {
    row.find(field)?.as_f64().filter(|number| number.is_finite())
}

fn polarity(row: Row<'_>, field: &str, (below, above): (f64, f64)) -> Result<(Polarity, f64), Failure> {
    if let Some(rated) = number(row, field) {
        let polarity = match rated {
            _ if rated < below => Polarity::Negative,
            _ if rated > above => Polarity::Positive,
            _ => Polarity::Neutral,
        };
        return Ok((polarity, rated));
    }
    let label = row.label(field)?;
    let known = NAMES.iter().zip(Polarity::ALL).find(|(name, _)| label.trim().eq_ignore_ascii_case(name));
    let polarity = known.map(|(_, polarity)| polarity).ok_or_else(|| {
        row.wrong(format!(
            "`{field}` is `{}`, one of negative, neutral, positive or a number is wanted",
            Clean::shown(&label)
        ))
    })?;
    Ok((polarity, polarity as usize as f64 - 1.0))
}

/// From -1 to 1 which way a text was read.
fn lean(read: &Leaning) -> f64 {
    let [negative, _, positive] = read.chances;
    f64::from(positive) - f64::from(negative)
}

fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    // Of numbers near the largest there are the squares would be infinite; a scale changes no correlation.
    let scale = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).map(f64::abs).fold(f64::MIN_POSITIVE, f64::max);
    let (wide, high) = (scale(|pair| pair.0), scale(|pair| pair.1));
    let pairs: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (a / wide, b / high)).collect();
    let (x, y) = (mean(pairs.iter().map(|pair| pair.0)), mean(pairs.iter().map(|pair| pair.1)));
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (a, b) in &pairs {
        both += (a - x) * (b - y);
        one += (a - x) * (a - x);
        other += (b - y) * (b - y);
    }
    (one > 0.0 && other > 0.0).then(|| both / (one.sqrt() * other.sqrt()) + 0.0)
}

fn summary(measured: &Measured, printer: &mut Printer) -> Result<(), Failure> {
    let percent = |share: f64| Clean::shown(&format!("{:.1} %", share * 100.0));
    let number = |value: String| Clean::shown(&value);
    let by = match measured.trained {
        0 => "the shipped mood".to_owned(),
        trained => format!("{trained} examples"),
    };
    let mut rows = vec![
        vec![Clean::fixed("texts told"), number(measured.n.to_string())],
        vec![Clean::fixed("told by"), number(by)],
        vec![Clean::fixed("right"), percent(measured.accuracy)],
        vec![Clean::fixed("mean F1 of the three"), number(format!("{:.3}", measured.macro_f1))],
        vec![Clean::fixed("mean recall of the three"), number(format!("{:.3}", measured.macro_recall))],
    ];
    if let Some(auroc) = measured.auroc_negative {
        rows.push(vec![Clean::fixed("negative told from the rest (AUROC)"), number(format!("{auroc:.3}"))]);
    }
    if let Some(pearson) = measured.pearson {
        rows.push(vec![Clean::fixed("correlation with the label"), number(figure(pearson, 3))]);
    }
    rows.push(vec![Clean::fixed("training, processor time"), number(format!("{:.2} s", measured.train_cpu_s))]);
    rows.push(vec![Clean::fixed("one text, median"), number(format!("{:.1} µs", measured.predict_us_p50))]);
    printer.table(&["measure", "value"], &rows)
}

fn confused(confusion: &Confusion, printer: &mut Printer) -> Result<(), Failure> {
    let name = |at: usize| Clean::fixed(NAMES.get(at).copied().unwrap_or("(nothing)"));
    let worst = confusion.worst(WORST_SHOWN).into_iter();
    let rows: Vec<Vec<Clean>> =
        worst.map(|(truth, said, times)| vec![Clean::shown(&times), name(truth), name(said)]).collect();
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"")?;
    printer.table(&["times", "was", "taken for"], &rows)
}

fn surest_errors(told: &[(&Example, Leaning)], printer: &mut Printer) -> Result<(), Failure> {
    let sure = |read: &Leaning| read.chances.get(read.polarity as usize).copied().unwrap_or(0.0);
    let mut wrong: Vec<&(&Example, Leaning)> = told.iter().filter(|(e, read)| e.polarity != read.polarity).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    wrong.sort_by(|a, b| sure(&b.1).total_cmp(&sure(&a.1)));
    let name = |polarity: Polarity| Clean::fixed(NAMES.get(polarity as usize).copied().unwrap_or_default());
    let rows: Vec<Vec<Clean>> = wrong
        .into_iter()
        .take(WORST_SHOWN)
        .map(|(example, read)| {
            let sure = Clean::shown(&format!("{:.2}", sure(read)));
            vec![sure, name(example.polarity), name(read.polarity), example.text.clean()]
        })
        .collect();
    printer.says(&"")?;
    printer.table(&["sure", "was", "taken for", "text"], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_is_told_where_there_is_one() {
        assert!((pearson(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]).unwrap() - 1.0).abs() < 1e-12);
        assert!((pearson(&[(0.0, 1.0), (1.0, 0.0)]).unwrap() + 1.0).abs() < 1e-12);
        assert_eq!((pearson(&[(1.0, 0.0), (1.0, 1.0)]), pearson(&[])), (None, None));
        let far = pearson(&[(-1.0, -1e308), (0.0, 0.0), (1.0, 1e308)]).unwrap();
        assert!((far - 1.0).abs() < 1e-12, "{far}");
        assert!((pearson(&[(-1.0, -1e-308), (1.0, 1e-308)]).unwrap() - 1.0).abs() < 1e-9);
    }
}
