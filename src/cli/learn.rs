//! `baton learn`: what outcomes and people have taught the floor, and going back from it.

use super::desk::{Desk, How};
use super::failure::Failure;
use super::part::Part;
use super::place::Place;
use super::print::Printer;
use super::{on_tokio, words};
use crate::domain::command::OperatorAct;
use crate::domain::id::{AgentName, Handle, IntentName, RuleId};
use crate::domain::learning::{AGREED_ENOUGH, CameOf, RoutingRule, RuleWord};
use crate::domain::score::Score;
use crate::domain::supervision::Segment;
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
    /// Make a rule: what has this intent, or these words, goes to this agent
    #[arg(long, value_name = "AGENT", requires = "rule_for", conflicts_with_all = ["since", "rollback", "end_rule"])]
    to: Option<AgentName>,
    /// What the rule is about; left out, its words say it
    #[arg(long, value_name = "INTENT", requires = "to")]
    intent: Option<IntentName>,
    /// For how long it holds, like 24h
    #[arg(long, value_name = "DURATION", requires = "to", value_parser = super::span::parse)]
    rule_for: Option<std::time::Duration>,
    /// Words that it asks for as well, all of them
    #[arg(long, value_name = "WORD", requires = "to")]
    words: Vec<RuleWord>,
    #[command(flatten)]
    part: Part,
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
        let rule = self.to.clone().zip(self.rule_for).map(|(agent, span)| OperatorAct::MakeRule {
            agent,
            intent: self.intent.clone(),
            until: desk.after(span),
            words: self.words.clone(),
            segment: self.part.segment(),
        });
        let act = match (self.rollback, self.end_rule, rule) {
            (true, ..) => OperatorAct::RollBackLearning {},
            (false, Some(rule), _) => OperatorAct::EndRule { rule },
            (false, None, Some(rule)) => rule,
            (false, None, None) => {
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
    printer.says(&held.words())?;
    worth(held, printer)?;
    for (signal, shift) in &page.signals {
        printer.says(&format!("  signal {}: weight moved by {shift}", named(signal)))?;
    }
    for (of, shift) in page.thresholds.iter().filter(|(_, shift)| shift.0 != 0) {
        printer.says(&format!("  threshold for {}: moved by {shift}", of.words()))?;
    }
    for moved in &page.moves {
        printer.says(&format!("  {} {} {}", words::day(moved.at), words::clock(moved.at), moved.words()))?;
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
    printer.says(&"\ncorrected this week; `baton learn --to AGENT --intent INTENT --rule-for 7d` makes a rule:")?;
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
                taken(&row.takers),
                Clean::shown(&listed(&row.handles)),
            ]
        })
        .collect();
    printer.table(&["times", "read as", "was about", "taken by", "where"], &cells)
}

/// Who takes a matter: with nobody, or with several, no one file is the right one for an example.
fn taken(takers: &[AgentName]) -> Clean {
    let names: Vec<&str> = takers.iter().map(AgentName::as_str).collect();
    if names.is_empty() { Clean::fixed("nobody") } else { Clean::shown(&names.join(" and ")) }
}

/// Lines for the files of the agents.
fn examples(rows: &[ExamplesToAdd], printer: &mut Printer) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"\nadd these to the `examples` of the intent, then `baton check`:")?;
    for row in rows {
        for line in row.lines() {
            printer.says(&line)?;
        }
    }
    Ok(())
}

fn rules(rows: &[(RoutingRule, u32, u32)], printer: &mut Printer) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"")?;
    let cells: Vec<Vec<Clean>> = rows
        .iter()
        .map(|(rule, hits, agreed)| {
            let words: Vec<&str> = rule.words.iter().map(RuleWord::as_str).collect();
            vec![
                Clean::shown(&rule.id),
                rule.intent.as_ref().map(Clean::from).unwrap_or_default(),
                Clean::shown(&words.join(" ")),
                rule.segment.as_ref().map(whose).unwrap_or_default(),
                Clean::from(&rule.agent),
                Clean::from(&rule.author),
                Clean::shown(&format!("{} {}", words::day(rule.until), words::clock(rule.until))),
                Clean::shown(hits),
                Clean::shown(&format!("{agreed} of {AGREED_ENOUGH}")),
            ]
        })
        .collect();
    printer.table(&["rule", "intent", "words", "whose", "goes to", "by", "until", "hits", "agrees"], &cells)
}

/// `gold web`.
fn whose(segment: &Segment) -> Clean {
    let tier = segment.tier.map(|tier| named(&tier));
    let channel = segment.channel.as_ref().map(ToString::to_string);
    Clean::shown(&[tier, channel].into_iter().flatten().collect::<Vec<_>>().join(" "))
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
        return printer.says(&"nothing looks as if it needed somebody soon, or came back");
    }
    let shown = |chance: Option<Score>| chance.map(|chance| Clean::shown(&chance)).unwrap_or_default();
    let cells: Vec<Vec<Clean>> = rows
        .iter()
        .map(|row| {
            vec![
                Clean::shown(&row.handle),
                row.name.clone(),
                if row.reopens_until.is_some() { Clean::fixed("resolved") } else { Clean::shown(&row.holder) },
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
