//! `baton customer`: one is blocked for a while, or forgotten for good.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::{Desk, How};
use super::failure::Failure;
use super::line::Line;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::domain::command::OperatorAct;
use crate::domain::id::CustomerId;
use crate::domain::text::{Clean, Foreign};
use crate::protocol::console::{Change, ConsoleCommand};
use crate::protocol::query::BlockRow;

/// The data of one customer
#[derive(Debug, Args)]
pub(super) struct Customer {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Has nobody answer them for a while; what is open of theirs ends
    Block {
        /// Who: a customer's id, or a conversation of theirs like c-1042
        who: String,
        /// Why, for colleagues and for the record
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// For how long, like 2h [default: 24h; at most 2160h]
        #[arg(long = "for", value_name = "DURATION", value_parser = super::span::parse)]
        span: Option<Duration>,
        #[command(flatten)]
        how: How,
    },
    /// Answers them again
    Unblock {
        /// Who: a customer's id, or a conversation of theirs like c-1042
        who: String,
        #[command(flatten)]
        how: How,
    },
    /// Lists whom nobody answers for a while
    Blocked {
        #[command(flatten)]
        how: How,
    },
    /// Destroys their key: nothing they ever wrote can be read again
    Erase {
        /// Who: a customer's id, or a conversation of theirs like c-1042
        who: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

impl Customer {
    /// Finds out whom, asks, and has it done.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        super::on_tokio(async {
            match &self.act {
                Act::Erase { who, yes } => {
                    let mut line = Line::open(place).await?;
                    let done = erase(&mut line, who, *yes, printer).await;
                    line.close().await?;
                    done
                }
                Act::Block { who, reason, span, how } => {
                    let mut desk = Desk::open(place, &how.reach).await?;
                    let customer = find(desk.line(), who).await?;
                    let until = span.map(|span| desk.after(span));
                    desk.act(OperatorAct::Block { customer, reason: Foreign::new(reason), until }, None, how, printer)
                        .await
                }
                Act::Unblock { who, how } => {
                    let mut desk = Desk::open(place, &how.reach).await?;
                    let customer = find(desk.line(), who).await?;
                    desk.act(OperatorAct::Unblock { customer }, None, how, printer).await
                }
                Act::Blocked { how } => {
                    let mut desk = Desk::open(place, &how.reach).await?;
                    let rows = desk.line().blocked().await;
                    desk.close().await?;
                    list(&rows?, how.json, printer)
                }
            }
        })
    }
}

fn list(rows: &[BlockRow], json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(&json!({ "blocked": rows }));
    }
    if rows.is_empty() {
        return printer.says(&"nobody is blocked");
    }
    let time = |at| Clean::shown(&format_args!("{} {}", words::day(at), words::clock(at)));
    let cells = |row: &BlockRow| {
        let told = row.handle.map(|handle| Clean::shown(&handle)).unwrap_or_default();
        vec![Clean::shown(&row.customer), told, Clean::from(&row.by), time(row.until), row.reason.clone()]
    };
    let cells: Vec<Vec<Clean>> = rows.iter().map(cells).collect();
    printer.table(&["customer", "told in", "by", "until", "why"], &cells)
}

async fn erase(line: &mut Line, who: &str, yes: bool, printer: &mut Printer) -> Result<(), Failure> {
    let customer = find(line, who).await?;
    if !yes {
        ask(who, customer, printer)?;
    }
    let seq = line.act(ConsoleCommand::Erase(customer)).await?;
    printer.says(&format!("customer {customer} is forgotten; recorded as {seq}"))
}

async fn find(line: &mut Line, who: &str) -> Result<CustomerId, Failure> {
    if let Ok(id) = who.parse() {
        return Ok(id);
    }
    let frames = line.session(who).await?;
    let of_row = |change: &Change| if let Change::Row(row) = change { Some(row.customer) } else { None };
    let found = frames.iter().flat_map(|frame| &frame.changes).find_map(of_row);
    found.ok_or_else(|| {
        Failure::failed(format!("no customer is known by {who:?}; `baton conversations list` shows all"))
    })
}

fn ask(who: &str, customer: CustomerId, printer: &mut Printer) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("nobody is here to ask; say --yes"));
    }
    printer.says(&format!(
        "Everything that customer {customer} ever wrote becomes unreadable, everywhere and for good.\nType {who} to go on:"
    ))?;
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed).map_err(Failure::failed)?;
    if typed.trim() == who { Ok(()) } else { Err(Failure::failed("not erased: something else was typed")) }
}
