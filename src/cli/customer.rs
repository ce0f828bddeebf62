//! `baton customer erase`: a customer is forgotten for good.

use std::io::{BufRead, IsTerminal};

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::line::Line;
use super::place::Place;
use super::print::Printer;
use crate::domain::id::CustomerId;
use crate::protocol::console::{Change, ConsoleCommand};

/// The data of one customer
#[derive(Debug, Args)]
pub(super) struct Customer {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
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
        let Act::Erase { who, yes } = &self.act;
        super::on_tokio(async {
            let mut line = Line::open(place).await?;
            let done = erase(&mut line, who, *yes, printer).await;
            line.close().await?;
            done
        })
    }
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
