//! `baton learn`: what outcomes and people have taught the floor, and going back from it.

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::{on_tokio, words};
use crate::domain::command::OperatorAct;
use crate::domain::id::{Handle, RuleId};
use crate::domain::learning::{CameOf, RoutingRule, RuleWord};
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::protocol::learning::{Alike, ExamplesToAdd, HeldBack, Learned, LikelyRow, Misread, Repeated};

/// What outcomes and people have taught the floor
#[derive(Debug, clap::Args)]
pub(super) struct Learn {
    /// Since when, like 2026-12-01T00:00:00Z [default: since the last mark, set every midnight UTC]
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    since: Option<Timestamp>,
    /// Forget what was learnt since the last mark; rules stay
    #[arg(long, conflicts_with_all = ["since", "end_rule"])]
    rollback: bool,
    /// End a rule before its time, like r-3
    #[arg(long, value_name = "RULE", conflicts_with = "since")]
    end_rule: Option<RuleId>,
    #[command(flatten)]
    how: How,
}

/// A moment as it is typed.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let read = text.parse::<jiff::Timestamp>().map(|moment| Timestamp(moment.as_millisecond()));
    read.map_err(|_| "write it like 2026-12-01T00:00:00Z".to_owned())
}

impl Learn {
    /// Reports, or goes back.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        on_tokio(self.ask(place, printer))
    }

    async fn ask(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let mut desk = Desk::open(place, &self.how.reach).await?;
        let act = match (self.rollback, self.end_rule) {
            (true, _) => OperatorAct::RollBackLearning {},
            (false, Some(rule)) => OperatorAct::EndRule { rule },
            (false, None) => {
                let page = desk.line().learned(self.since).await;
                desk.close().await?;
                return tell(&page?, self.how.json, printer);
            }
        };
        desk.act(act, None, &self.how, printer).await
    }
}

fn tell(page: &Learned, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(page);
    }
    let since = if page.since.0 == 0 { "the beginning".to_owned() } else { words::day(page.since) };
    printer.says(&format!("since {since}: {} lessons since the last mark ({})", page.lessons, page.mark))?;
    for (came, times) in &page.came {
        printer.says(&format!("  {times:>6} {}", came.words()))?;
    }
    let held = &page.held_back;
    let judged = if held.judged == 0 {
        "too few outcomes to keep some back".to_owned()
    } else {
        let (learnt, judged, before, after) = (held.learnt, held.judged, held.before, held.after);
        format!("of {judged} outcomes kept back {before} were right before, {after} with {learnt} learnt")
    };
    printer.says(&judged)?;
    worth(held, printer)?;
    for (signal, shift) in &page.signals {
        printer.says(&format!("  signal {}: weight moved by {shift}", named(signal)))?;
    }
    for (tier, shift) in page.thresholds.iter().filter(|(_, shift)| shift.0 != 0) {
        printer.says(&format!("  threshold for {}: moved by {shift}", named(tier)))?;
    }
    for (agent, good, bad) in &page.rated {
        printer.says(&format!("  answers of {agent}: {good} good, {bad} bad"))?;
    }
    corrections(&page.repeated, printer)?;
    misread(&page.misread, printer)?;
    examples(&page.examples, printer)?;
    rules(&page.rules, printer)
}

/// What other knowledge would have reached, and how sure that is.
fn worth(held: &HeldBack, printer: &mut Printer) -> Result<(), Failure> {
    if held.judged == 0 {
        return Ok(());
    }
    printer.says(&format!("  reached {} on average", held.reached))?;
    for (name, worth) in [("before", &held.before_worth), ("after", &held.after_worth)] {
        let value = worth.value.map_or_else(
            || "too few of its choices were made to tell".to_owned(),
            |(value, low, high)| format!("would have reached {value}, {low} to {high} (95 %)"),
        );
        let untried = match worth.untried {
            0 => String::new(),
            untried => format!("; without {untried} at which it would have done what had no chance"),
        };
        printer.says(&format!("  {name}: {value}{untried}"))?;
    }
    Ok(())
}

fn corrections(rows: &[Repeated], printer: &mut Printer) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"\ncorrected this week; `baton conversations reroute c-… --to AGENT --rule-for 7d` makes a rule:")?;
    let cells: Vec<Vec<Clean>> = rows
        .iter()
        .map(|row| {
            vec![
                Clean::shown(&row.times),
                row.intent.as_ref().map(Clean::from).unwrap_or_default(),
                row.was.as_ref().map(Clean::from).unwrap_or_default(),
                Clean::from(&row.agent),
                Clean::shown(&listed(&row.handles)),
            ]
        })
        .collect();
    printer.table(&["times", "read as", "was", "should be", "where"], &cells)
}

fn misread(rows: &[Misread], printer: &mut Printer) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"\nread as another thing this week:")?;
    let cells: Vec<Vec<Clean>> = rows
        .iter()
        .map(|row| {
            vec![
                Clean::shown(&row.times),
                row.was.as_ref().map(Clean::from).unwrap_or_default(),
                Clean::from(&row.intent),
                Clean::shown(&listed(&row.handles)),
            ]
        })
        .collect();
    printer.table(&["times", "read as", "was about", "where"], &cells)
}

/// Lines for the files of the agents. A text without control characters is written in TOML as in JSON.
fn examples(rows: &[ExamplesToAdd], printer: &mut Printer) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"\nadd these to the `examples` of the intent, then `baton check`:")?;
    for row in rows {
        let intent = row.intent.as_ref().map_or_else(|| "the intent they fit".to_owned(), |i| format!("`{i}`"));
        printer.says(&format!("# agents/{}.toml, {intent}", row.agent))?;
        for text in &row.texts {
            printer.says(&format!("  {},", serde_json::Value::from(text.as_str())))?;
        }
    }
    Ok(())
}

fn rules(rows: &[(RoutingRule, u32)], printer: &mut Printer) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"")?;
    let cells: Vec<Vec<Clean>> = rows
        .iter()
        .map(|(rule, hits)| {
            let words: Vec<&str> = rule.words.iter().map(RuleWord::as_str).collect();
            vec![
                Clean::shown(&rule.id),
                rule.intent.as_ref().map(Clean::from).unwrap_or_default(),
                Clean::shown(&words.join(" ")),
                Clean::from(&rule.agent),
                Clean::from(&rule.author),
                Clean::shown(&format!("{} {}", words::day(rule.until), words::clock(rule.until))),
                Clean::shown(hits),
            ]
        })
        .collect();
    printer.table(&["rule", "intent", "words", "goes to", "by", "until", "hits"], &cells)
}

/// What is like a choice, and what a correction of it would change.
pub(super) fn tell_alike(page: &Alike, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(page);
    }
    printer.says(&format!("{} was chosen; of the last {} choices elsewhere", page.chosen, page.looked_at))?;
    for target in &page.targets {
        let (agent, taught, ruled) = (&target.agent, target.taught, target.ruled);
        printer.says(&format!("  once taught {taught} more would go to {agent}, by a rule {ruled}"))?;
    }
    for case in &page.closest {
        let came = case.came.map_or("goes on", CameOf::words);
        let intent = case.intent.as_ref().map_or("?", |intent| intent.as_str());
        printer.says(&format!("  like it {}: {} {intent} > {}, {came}", case.likeness, case.handle, case.chosen))?;
    }
    Ok(())
}

/// What is likely to need somebody soon, with what that is read off.
pub(super) fn tell_likely(rows: &[LikelyRow], json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(&rows);
    }
    if rows.is_empty() {
        return printer.says(&"nothing that is live looks as if it needed somebody soon");
    }
    let shown = |chance: Option<Score>| chance.map(|chance| Clean::shown(&chance)).unwrap_or_default();
    let cells: Vec<Vec<Clean>> = rows
        .iter()
        .map(|row| {
            vec![
                Clean::shown(&row.handle),
                row.name.clone(),
                Clean::shown(&row.holder),
                shown(row.escalates),
                row.mostly.map(|signal| Clean::shown(&named(&signal))).unwrap_or_default(),
                row.due.map(|due| Clean::shown(&words::clock(due))).unwrap_or_default(),
                shown(row.returns),
                row.opportunity.as_ref().map(Clean::shown).unwrap_or_default(),
            ]
        })
        .collect();
    printer.table(&["handle", "customer", "holder", "human likely", "by", "due", "comes back", "offer"], &cells)
}

/// A value by its name on the wire, in words.
fn named(value: &impl serde::Serialize) -> String {
    let name = serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned));
    name.unwrap_or_default().replace('_', " ")
}

fn listed(handles: &[Handle]) -> String {
    handles.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
