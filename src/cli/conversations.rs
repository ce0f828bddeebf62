//! `baton conversations`, `explain` and `export`: the past in words, JSON and Markdown.

use std::fmt::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::failure::Failure;
use super::file::File;
use super::learn;
use super::line::{Line, items, labels};
use super::place::Place;
use super::print::Printer;
use super::promises::Ledger;
use super::verbs::Verb;
use super::words;
use crate::domain::conversation::Author;
use crate::domain::id::Label;
use crate::domain::text::Clean;
use crate::protocol::query::HistoryRow;
use crate::protocol::transcript::{Item, ItemBody};

/// Conversations, past and present
#[derive(Debug, Args)]
pub(super) struct Conversations {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Lists them, newest first (default)
    List {
        /// Words that occur in the texts
        #[arg(default_value = "")]
        words: String,
        /// How many at most
        #[arg(long, default_value_t = LISTED)]
        limit: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows one with everything that happened in it
    Show {
        /// Which: an id, or a handle like c-1042
        conversation: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists what is likely to need somebody soon, to be late, to come back, or to be glad of an offer, the likeliest first
    Likely {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    File(File),
    #[command(flatten)]
    Ledger(Ledger),
    #[command(flatten)]
    Verb(Verb),
}

/// Who held a conversation when and why, each sentence with its journal entry
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Which: an id, or a handle like c-1042
    conversation: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Writes conversations as JSONL (one dialogue a line) or Markdown
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Which: ids or handles; all of them unless named
    conversations: Vec<String>,
    /// In which form
    #[arg(long, value_enum, default_value_t = Form::Jsonl)]
    format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Jsonl,
    Markdown,
}

/// Conversations that are listed unless asked otherwise: two screens.
const LISTED: usize = 50;
/// Cells of a time of day, with the space behind it.
const MARGIN: usize = 10;
/// Conversations that one export takes.
const EXPORT_MAX: usize = 100_000;

impl Conversations {
    /// Asks the floor and prints.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        super::on_tokio(async {
            if let Some(Act::Verb(verb)) = &self.act {
                return verb.run(place, printer).await;
            }
            if let Some(Act::File(file)) = &self.act {
                return file.run(place, printer).await;
            }
            if let Some(Act::Ledger(ledger)) = &self.act {
                return ledger.run(place, printer).await;
            }
            let mut line = Line::open(place).await?;
            let told = match &self.act {
                None | Some(Act::Verb(_) | Act::Ledger(_) | Act::File(_)) => {
                    list(&mut line, "", LISTED, false, printer).await
                }
                Some(Act::List { words, limit, json }) => list(&mut line, words, *limit, *json, printer).await,
                Some(Act::Likely { json }) => learn::tell_likely(&line.likely().await?, *json, printer),
                Some(Act::Show { conversation, json }) => show(&mut line, conversation, *json, printer).await,
            };
            line.close().await?;
            told
        })
    }
}

async fn list(line: &mut Line, words: &str, limit: usize, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let rows = line.history(words, limit).await?;
    if json {
        return printer.json(&rows);
    }
    if rows.is_empty() {
        let none = if words.is_empty() { "no conversations yet" } else { "no conversation holds these words" };
        return printer.says(&none);
    }
    let cell = |row: &HistoryRow| {
        let ended = match (row.disposition, row.ended) {
            (Some(disposition), _) => format!("{disposition:?}").to_lowercase(),
            (None, Some(_)) => "closed".into(),
            (None, None) => "open".into(),
        };
        let holders: Vec<&str> = row.holders.iter().map(Clean::as_str).collect();
        vec![
            Clean::shown(&row.handle),
            if row.name.as_str() == row.handle.to_string() { Clean::default() } else { row.name.clone() },
            row.intent.as_ref().map(Clean::from).unwrap_or_default(),
            Clean::shown(&holders.join(" > ")),
            Clean::shown(&ended),
            Clean::shown(&row.rating.map(|stars| stars.to_string()).unwrap_or_default()),
            Clean::shown(&row.labels.iter().map(|label| format!("#{label}")).collect::<Vec<_>>().join(" ")),
            row.excerpt.clone().unwrap_or_default(),
        ]
    };
    let cells: Vec<Vec<Clean>> = rows.iter().map(cell).collect();
    printer.table(&["handle", "customer", "about", "held by", "end", "rated", "labels", "found"], &cells)
}

async fn show(line: &mut Line, which: &str, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let items = items(&line.session(which).await?);
    if json {
        return printer.json(&items);
    }
    printer.says(&heading(which, &items))?;
    for item in &items {
        let text = words::hanging(&words::item(item), MARGIN);
        printer.says(&format!("{}  {text}", words::clock(item.at)))?;
    }
    Ok(())
}

impl Explain {
    /// Prints the page.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        super::on_tokio(async {
            let mut line = Line::open(place).await?;
            let session = line.session(&self.conversation).await;
            line.close().await?;
            let items = items(&session?);
            let told: Vec<&Item> = items.iter().filter(|item| explains(&item.body)).collect();
            if self.json {
                return printer.json(&told);
            }
            printer.says(&heading(&self.conversation, &items))?;
            for item in told {
                let text = words::hanging(&words::item(item), MARGIN);
                printer.says(&format!("{}  {text}  [{}]", words::clock(item.at), item.seq))?;
            }
            Ok(())
        })
    }
}

/// Which conversation, and the day it began on: the lines below say only the time of day.
fn heading(which: &str, items: &[Item]) -> String {
    let day = items.first().map(|item| words::day(item.at)).unwrap_or_default();
    format!("{which} on {day}, times in UTC")
}

/// Whether a line tells who held it and why, rather than what was said.
const fn explains(body: &ItemBody) -> bool {
    match body {
        ItemBody::Routed(_)
        | ItemBody::Passed { .. }
        | ItemBody::HandedOff { .. }
        | ItemBody::HandoffDeclined { .. }
        | ItemBody::Circled { .. }
        | ItemBody::Consulted { .. }
        | ItemBody::Panel { .. }
        | ItemBody::Overruled { .. }
        | ItemBody::Tool { .. }
        | ItemBody::Escalated { .. }
        | ItemBody::Approval { .. }
        | ItemBody::Withheld { .. }
        | ItemBody::Draft { .. }
        | ItemBody::Held { .. }
        | ItemBody::Failed { .. }
        | ItemBody::Milestone { .. } => true,
        ItemBody::Message { .. } | ItemBody::House { .. } | ItemBody::Whisper { .. } | ItemBody::Note { .. } => false,
    }
}

/// A dialogue as it is imported again.
#[derive(Serialize)]
struct Dialogue<'a> {
    id: &'a str,
    source: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Label>,
    turns: Vec<Turn<'a>>,
}

#[derive(Serialize)]
struct Turn<'a> {
    role: &'static str,
    at_ms: u64,
    text: &'a Clean,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

impl Export {
    /// Prints them one after the other.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        super::on_tokio(async {
            let mut line = Line::open(place).await?;
            let told = self.all(&mut line, printer).await;
            line.close().await?;
            told
        })
    }

    async fn all(&self, line: &mut Line, printer: &mut Printer) -> Result<(), Failure> {
        let mut which = self.conversations.clone();
        if which.is_empty() {
            which = line.history("", EXPORT_MAX).await?.iter().map(|row| row.handle.to_string()).collect();
        }
        for id in &which {
            let frames = line.session(id).await?;
            let (items, labels) = (items(&frames), labels(&frames));
            match self.format {
                Form::Jsonl => printer.json_line(&dialogue(id, labels, &items))?,
                Form::Markdown => printer.says(&markdown(id, &items))?,
            }
        }
        Ok(())
    }
}

fn dialogue<'a>(id: &'a str, labels: Vec<Label>, items: &'a [Item]) -> Dialogue<'a> {
    let first = items.first().map(|item| item.at).unwrap_or_default();
    let turn = |item: &'a Item| {
        let at_ms = item.at.since(first).0;
        if let ItemBody::House { text, .. } = &item.body {
            return Some(Turn { role: "agent", at_ms, text, by: Some("house".into()) });
        }
        let ItemBody::Message { author, text, .. } = &item.body else { return None };
        let by_customer = *author == Author::Customer;
        let by = (!by_customer).then(|| words::author(author));
        Some(Turn { role: if by_customer { "customer" } else { "agent" }, at_ms, text, by })
    };
    Dialogue { id, source: "baton", labels, turns: items.iter().filter_map(turn).collect() }
}

fn markdown(id: &str, items: &[Item]) -> String {
    let mut page = format!("# {}\n", heading(id, items));
    for item in items {
        let text = words::item(item);
        let spoken = matches!(item.body, ItemBody::Message { .. } | ItemBody::House { .. });
        let (open, close) = if spoken { ("", "") } else { ("*", "*") };
        // Writing to a string cannot fail.
        let _ = write!(page, "\n- `{}` {open}{}{close}", words::clock(item.at), escaped(&text));
    }
    page.push('\n');
    page
}

/// Text between marks of Markdown, on one line of a list.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '\n' => out.push_str("  \n  "),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' => out.extend(['\\', c]),
            _ => out.push(c),
        }
        out
    })
}
