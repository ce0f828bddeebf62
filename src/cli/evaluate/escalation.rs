//! `baton evaluate escalation`: how well it is told which conversations strain the customer.

mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::metrics::{auroc, average_precision};
use super::rows::{Row, Rows};
use super::stopwatch::{Stopwatch, median_us};
use crate::analysis::strain::{Author, Line, Strain};
use crate::cli::failure::Failure;
use crate::cli::place::Place;
use crate::cli::print::Printer;
use crate::cli::progress::{Progress, busy};
use crate::domain::text::{Clean, Foreign};
use rules::{Rules, Watch};

/// Conversations shown of what went wrong.
const WORST_SHOWN: usize = 10;
/// Parts that a file is cut into when it is read by models of its own other parts.
const FOLDS: usize = 8;
/// Share of conversations that may raise an alarm.
const ALARMS: f64 = 0.05;

/// How well strained conversations are told: trained on files, or on other parts of the same file
///
/// What is measured is a model of whole chats that is learnt here and that no floor runs; a floor calls for a human
/// by named signals and the weights of policy.toml. --signals measures these instead.
#[derive(Debug, clap::Args)]
pub(super) struct Escalation {
    /// Conversations to train on, one a line; with neither this nor --group-by nothing is trained
    #[arg(long, value_name = "FILE", num_args = 1..)]
    train: Vec<PathBuf>,
    /// Conversations to be told
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    test: Vec<PathBuf>,
    /// A yes or no of the conversation that is to be told, such as labels.customer_annoyed
    #[arg(long, value_name = "NAME", conflicts_with = "turn_label")]
    label: Option<String>,
    /// A number on the customer's turns instead, such as satisfaction
    #[arg(long, value_name = "NAME", requires = "below")]
    turn_label: Option<String>,
    /// The number below which a turn counts
    #[arg(long, value_name = "NUMBER", requires = "turn_label")]
    below: Option<f64>,
    /// Never train on conversations of the group that is told, such as customer.id; without --train the
    /// file is cut in parts by it
    #[arg(long, value_name = "NAME")]
    group_by: Option<String>,
    /// Measure what a floor of this deployment would do: its named signals and weights, nothing learnt yet. Flows that
    /// missed, tiers and value at risk are in no record and count as nothing
    #[arg(long, conflicts_with_all = ["train", "group_by"])]
    signals: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A conversation.
struct Dialogue {
    name: String,
    group: Option<String>,
    lines: Vec<Line>,
    /// The last words of the customer, for the table.
    last: Foreign,
    /// What the floor's rules made of each of the customer's lines: its number, the score, whether they called.
    ruled: Vec<(usize, f32, bool)>,
    /// Points at which it is judged: after so many lines, and whether it is strained there.
    points: Vec<(usize, bool)>,
}

/// One judgement: which dialogue, after how many lines, how strained, and the truth.
struct Judged {
    dialogue: usize,
    lines: usize,
    chance: f32,
    strained: bool,
    /// The model that judged.
    model: usize,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Measured {
    n: usize,
    strained: usize,
    conversations: usize,
    /// Judgements trained on, for the largest model; 0 for none.
    trained: usize,
    auroc: Option<f64>,
    average_precision: Option<f64>,
    /// Share of the strained found when one in twenty may raise an alarm.
    recall_at_5pct_alarms: f64,
    /// Customer turns between the first alarm at that threshold and the end (or the strained turn), over those found.
    mean_turns_of_warning: Option<f64>,
    train_cpu_s: f64,
    predict_us_p50: f64,
    /// Judgements before which the floor would have called for a human; only with --signals.
    #[serde(skip_serializing_if = "Option::is_none")]
    called: Option<usize>,
    /// Of these, the strained.
    #[serde(skip_serializing_if = "Option::is_none")]
    called_strained: Option<usize>,
}

/// Who judges.
enum Teller {
    Learnt(Box<Strain>),
    /// The floor's rules, as they were read with the file: the strongest line so far, or the last.
    Rules {
        strongest: bool,
    },
}

impl Escalation {
    /// Trains, tells, prints.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        if self.label.is_none() && self.turn_label.is_none() {
            return Err(Failure::usage("what is to be told? name it with --label, or with --turn-label and --below"));
        }
        let rules = if self.signals { Some(Rules::of(place)?) } else { None };
        let test = self.read(&self.test, rules.as_ref())?;
        let train = self.read(&self.train, None)?;
        let watch = Stopwatch::start();
        let (models, of, trained) = self.models(&train, &test)?;
        let train_cpu_s = watch.read().as_secs_f64();
        let points: Vec<(usize, usize, bool)> = test
            .iter()
            .enumerate()
            .flat_map(|(at, dialogue)| dialogue.points.iter().map(move |(lines, strained)| (at, *lines, *strained)))
            .collect();
        let mut judged = Vec::with_capacity(points.len());
        let mut progress = Progress::over("telling", points.len());
        let predict_us_p50 = median_us(points.into_iter(), |(at, lines, strained)| {
            let model = of.get(at).copied().unwrap_or(0);
            let chance = read(&models, model, test.get(at), lines);
            judged.push(Judged { dialogue: at, lines, chance, strained, model });
            progress.step();
        });
        drop(progress);
        judged.sort_by(|a, b| b.chance.total_cmp(&a.chance));
        let scored: Vec<(f64, bool)> = judged.iter().map(|j| (f64::from(j.chance), j.strained)).collect();
        let strained = judged.iter().filter(|j| j.strained).count();
        let alarms = ((judged.len() as f64 * ALARMS).round() as usize).max(1).min(judged.len());
        let found = judged.iter().take(alarms).filter(|j| j.strained).count();
        let threshold = judged.get(alarms.saturating_sub(1)).map_or(f32::INFINITY, |j| j.chance);
        let warnings = warnings(&judged, &test, &models, threshold);
        let measured = Measured {
            n: judged.len(),
            strained,
            conversations: test.len(),
            trained,
            auroc: auroc(&scored),
            average_precision: average_precision(&scored),
            recall_at_5pct_alarms: found as f64 / strained.max(1) as f64,
            mean_turns_of_warning: (!warnings.is_empty())
                .then(|| warnings.iter().sum::<usize>() as f64 / warnings.len() as f64),
            train_cpu_s,
            predict_us_p50,
            called: self.signals.then(|| calls(&judged, &test, |_| true)),
            called_strained: self.signals.then(|| calls(&judged, &test, |j| j.strained)),
        };
        if self.json {
            return printer.json(&measured);
        }
        summary(&measured, printer)?;
        worst(&judged, &test, printer)
    }

    /// The models, which of them judges each dialogue, and how much the largest was trained on.
    fn models(&self, train: &[Dialogue], test: &[Dialogue]) -> Result<(Vec<Teller>, Vec<usize>, usize), Failure> {
        let one = vec![0; test.len()];
        if self.signals {
            // Who is called once has been called: a conversation as a whole is as strained as its worst line.
            return Ok((vec![Teller::Rules { strongest: self.label.is_some() }], one, 0));
        }
        if !train.is_empty() {
            // Who is told was never trained on, where the groups are known.
            let told: BTreeSet<&str> = match &self.group_by {
                Some(_) => test.iter().filter_map(|dialogue| dialogue.group.as_deref()).collect(),
                None => BTreeSet::new(),
            };
            let known = |dialogue: &&Dialogue| dialogue.group.as_deref().is_none_or(|group| !told.contains(group));
            let kept: Vec<&Dialogue> = train.iter().filter(known).collect();
            if kept.is_empty() {
                return Err(Failure::failed(
                    "every conversation of --train is of a group that is told; nothing is left",
                ));
            }
            let strain = busy("training", || Strain::train(points(&kept)));
            return Ok((vec![Teller::Learnt(Box::new(strain))], one, points(&kept).count()));
        }
        let Some(_) = &self.group_by else { return Ok((vec![Teller::Learnt(Box::new(Strain::untrained()))], one, 0)) };
        let groups: BTreeSet<&str> = test.iter().filter_map(|dialogue| dialogue.group.as_deref()).collect();
        let folds: BTreeMap<&str, usize> = groups.iter().enumerate().map(|(at, group)| (*group, at % FOLDS)).collect();
        let of: Vec<usize> =
            test.iter().map(|d| d.group.as_deref().and_then(|group| folds.get(group)).copied().unwrap_or(0)).collect();
        if groups.len() < 2 {
            return Err(Failure::failed("all conversations are of one group; there are no others to train on"));
        }
        let mut progress = Progress::over("training", FOLDS.min(groups.len()));
        let mut models = Vec::new();
        let mut trained = 0;
        for fold in 0..FOLDS.min(groups.len()) {
            let others: Vec<&Dialogue> =
                test.iter().zip(&of).filter(|(_, own)| **own != fold).map(|(d, _)| d).collect();
            trained = trained.max(points(&others).count());
            models.push(Teller::Learnt(Box::new(Strain::train(points(&others)))));
            progress.step();
        }
        Ok((models, of, trained))
    }

    fn read(&self, paths: &[PathBuf], rules: Option<&Rules>) -> Result<Vec<Dialogue>, Failure> {
        let mut dialogues = Vec::new();
        for rows in Rows::read_all(paths)? {
            for row in rows.iter() {
                if let Some(dialogue) = self.dialogue(row, rules)? {
                    dialogues.push(dialogue);
                }
            }
        }
        if dialogues.is_empty() && !paths.is_empty() {
            let label = self.label.as_deref().or(self.turn_label.as_deref()).unwrap_or_default();
            return Err(Failure::failed(format!("no conversation has `{label}`; look at the names in a line")));
        }
        Ok(dialogues)
    }

    /// One line; none when nobody has said whether it is strained.
    fn dialogue(&self, row: Row<'_>, rules: Option<&Rules>) -> Result<Option<Dialogue>, Failure> {
        let turns = row.value("turns")?.as_array().ok_or_else(|| row.wrong("`turns` is no list"))?;
        let mut lines = Vec::with_capacity(turns.len());
        let mut points = Vec::new();
        let mut last = "";
        let (mut watch, mut judged) = (rules.map(Rules::watch), Vec::new());
        for (number, turn) in turns.iter().enumerate() {
            let text = turn.get("text").and_then(Value::as_str).unwrap_or_default();
            let at_ms = turn.get("at_ms").and_then(Value::as_u64).unwrap_or(0);
            let role = turn.get("role").and_then(Value::as_str);
            let author = match role.ok_or_else(|| row.wrong(format!("turn {} has no `role`", number + 1)))? {
                "customer" => Author::Customer,
                "agent" => Author::Agent,
                "tool_result" => Author::Tool,
                _ => continue,
            };
            let fails = author == Author::Tool && failed(turn.get("result"));
            lines.push(Line::read(author, at_ms, text, fails));
            judged.extend(watch.as_mut().and_then(|watch| by_rule(watch, (lines.len(), at_ms), author, text, fails)));
            if author == Author::Customer {
                last = text;
                if let (Some(field), Some(below)) = (&self.turn_label, self.below)
                    && let Some(rated) = turn.get(field).and_then(Value::as_f64)
                {
                    points.push((lines.len(), rated < below));
                }
            }
        }
        if let Some(field) = &self.label {
            match row.find(field) {
                Some(Value::Bool(strained)) => points.push((lines.len(), *strained)),
                None | Some(Value::Null) => {}
                Some(_) => return Err(row.wrong(format!("`{field}` is no yes or no"))),
            }
        }
        let named = |field: &str| row.find(field).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
        let group = match &self.group_by {
            Some(field) => Some(named(field).ok_or_else(|| row.wrong(format!("there is no `{field}`")))?),
            None => None,
        };
        let name = named("id").unwrap_or_default();
        Ok((!points.is_empty()).then(|| Dialogue { name, group, lines, last: last.into(), ruled: judged, points }))
    }
}

/// What the floor's rules make of a line, if it is the customer's.
fn by_rule(
    watch: &mut Watch<'_>,
    (number, at_ms): (usize, u64),
    author: Author,
    text: &str,
    fails: bool,
) -> Option<(usize, f32, bool)> {
    match author {
        Author::Customer => {
            let judged = watch.customer(text, at_ms);
            return Some((number, judged.score.0 as f32 / 10_000.0, judged.call.is_some()));
        }
        Author::Agent => watch.answered(),
        Author::Tool if fails => watch.failed(),
        Author::Tool => {}
    }
    None
}

/// Before how many judgements of a kind the floor's rules would have called for a human.
fn calls(judged: &[Judged], test: &[Dialogue], of: impl Fn(&Judged) -> bool) -> usize {
    let called = |j: &&Judged| {
        let ruled = test.get(j.dialogue).map_or(&[][..], |dialogue| &dialogue.ruled);
        ruled.iter().any(|(lines, _, called)| *called && *lines <= j.lines)
    };
    judged.iter().filter(|j| of(j)).filter(called).count()
}

/// A result that holds nothing, or says that it failed.
fn failed(result: Option<&Value>) -> bool {
    match result {
        None | Some(Value::Null) => true,
        Some(Value::Object(fields)) => fields.is_empty() || fields.contains_key("error"),
        Some(Value::String(text)) => text.to_lowercase().contains("error"),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_)) => false,
    }
}

fn points<'a>(dialogues: &'a [&Dialogue]) -> impl Iterator<Item = (&'a [Line], bool)> + Clone {
    dialogues.iter().flat_map(|dialogue| {
        let dialogue: &'a Dialogue = dialogue;
        let upto = |lines: usize| dialogue.lines.get(..lines).unwrap_or_default();
        dialogue.points.iter().map(move |(lines, strained)| (upto(*lines), *strained))
    })
}

fn read(models: &[Teller], model: usize, dialogue: Option<&Dialogue>, lines: usize) -> f32 {
    let (Some(model), Some(dialogue)) = (models.get(model), dialogue) else { return 0.0 };
    let ruled = dialogue.ruled.iter().take_while(|(at, ..)| *at <= lines).map(|(_, score, _)| *score);
    match model {
        Teller::Learnt(strain) => strain.read(dialogue.lines.get(..lines).unwrap_or_default()),
        Teller::Rules { strongest: true } => ruled.fold(0.0, f32::max),
        Teller::Rules { strongest: false } => ruled.last().unwrap_or(0.0),
    }
}

/// For every strained judgement that raised an alarm: how many customer turns earlier the first one came.
fn warnings(judged: &[Judged], test: &[Dialogue], models: &[Teller], threshold: f32) -> Vec<usize> {
    let alarmed = judged.iter().filter(|j| j.strained && j.chance >= threshold);
    alarmed
        .filter_map(|j| {
            let dialogue = test.get(j.dialogue)?;
            let customer = |at: &usize| dialogue.lines.get(at - 1).is_some_and(|line| line.author == Author::Customer);
            let turns: Vec<usize> = (1..=j.lines).filter(customer).collect();
            let first = turns.iter().position(|lines| read(models, j.model, Some(dialogue), *lines) >= threshold);
            Some(turns.len().saturating_sub(1).saturating_sub(first.unwrap_or(turns.len())))
        })
        .collect()
}

fn summary(measured: &Measured, printer: &mut Printer) -> Result<(), Failure> {
    let number = |value: String| Clean::shown(&value);
    let ranked = |value: Option<f64>| number(value.map_or("–".to_owned(), |value| format!("{value:.3}")));
    let by = match measured.trained {
        _ if measured.called.is_some() => "the floor's signals".to_owned(),
        0 => "nothing trained".to_owned(),
        trained => format!("{trained} judgements of others"),
    };
    let mut rows = vec![
        vec![Clean::fixed("judged, in conversations"), number(format!("{} in {}", measured.n, measured.conversations))],
        vec![Clean::fixed("strained in truth"), number(measured.strained.to_string())],
        vec![Clean::fixed("told by"), number(by)],
        vec![Clean::fixed("told from the rest (AUROC)"), ranked(measured.auroc)],
        vec![Clean::fixed("average precision"), ranked(measured.average_precision)],
        vec![
            Clean::fixed("found when one in twenty alarms"),
            number(format!("{:.1} %", measured.recall_at_5pct_alarms * 100.0)),
        ],
        vec![Clean::fixed("turns of warning"), ranked(measured.mean_turns_of_warning)],
        vec![Clean::fixed("training, processor time"), number(format!("{:.2} s", measured.train_cpu_s))],
        vec![Clean::fixed("one conversation, median"), number(format!("{:.0} µs", measured.predict_us_p50))],
    ];
    if let (Some(called), Some(strained)) = (measured.called, measured.called_strained) {
        let (called, strained) =
            (format!("{called} of {}", measured.n), format!("{strained} of {}", measured.strained));
        rows.push(vec![Clean::fixed("the floor would have called"), number(called)]);
        rows.push(vec![Clean::fixed("… of the strained"), number(strained)]);
    }
    printer.table(&["measure", "value"], &rows)
}

/// The strained that were ranked lowest.
fn worst(judged: &[Judged], test: &[Dialogue], printer: &mut Printer) -> Result<(), Failure> {
    let missed = judged.iter().rev().filter(|j| j.strained).take(WORST_SHOWN);
    let rows: Vec<Vec<Clean>> = missed
        .filter_map(|j| {
            let dialogue = test.get(j.dialogue)?;
            let chance = Clean::shown(&format!("{:.3}", j.chance));
            Some(vec![chance, Clean::shown(&dialogue.name), dialogue.last.clean()])
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"")?;
    printer.table(&["chance", "strained, missed", "last words"], &rows)
}
