//! `baton conversations promises` and what is done about one: what customers are owed.

use std::time::Duration;

use clap::Subcommand;
use serde_json::json;

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::id::{OperatorName, PromiseId};
use crate::domain::text::{Clean, Foreign};
use crate::protocol::row::PromiseRow;

#[derive(Debug, Subcommand)]
pub(super) enum Ledger {
    /// Lists what customers are owed, what is due first before the rest
    Promises {
        /// Only what is late
        #[arg(long)]
        late: bool,
        #[command(flatten)]
        how: How,
    },
    /// Says that a promise is kept
    Kept {
        /// Which, like p-12
        promise: PromiseId,
        #[command(flatten)]
        how: How,
    },
    /// Names somebody who keeps a promise, also after the conversation is resolved
    CarryOn {
        /// Which, like p-12
        promise: PromiseId,
        /// Who [default: you]
        #[arg(long, value_name = "OPERATOR")]
        to: Option<OperatorName>,
        /// By when from now, like 2h [default: as it was said]
        #[arg(long, value_name = "DURATION", value_parser = super::span::parse)]
        within: Option<Duration>,
        #[command(flatten)]
        how: How,
    },
    /// Says that a promise is owed no longer although it was not kept
    Waive {
        /// Which, like p-12
        promise: PromiseId,
        /// Why, for the record
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        how: How,
    },
}

impl Ledger {
    /// Does it.
    pub(super) async fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let (Self::Promises { how, .. } | Self::Kept { how, .. } | Self::CarryOn { how, .. } | Self::Waive { how, .. }) =
            self;
        let mut desk = Desk::open(place, &how.reach).await?;
        let act = match self {
            Self::Promises { late, .. } => {
                let rows = desk.line().promises().await;
                desk.close().await?;
                let mut rows = rows?;
                rows.retain(|row| row.owed.breached || !late);
                return list(&rows, how.json, printer);
            }
            Self::Kept { promise, .. } => OperatorAct::ClearPromise { promise: *promise },
            Self::CarryOn { promise, to, within, .. } => {
                let due = within.map(|within| desk.after(within));
                OperatorAct::CarryPromise { promise: *promise, to: to.clone(), due }
            }
            Self::Waive { promise, reason, .. } => {
                OperatorAct::WaivePromise { promise: *promise, reason: Foreign::new(reason) }
            }
        };
        desk.act(act, None, how, printer).await
    }
}

fn list(rows: &[PromiseRow], json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(&json!({ "promises": rows }));
    }
    if rows.is_empty() {
        return printer.says(&"nothing is owed to anybody");
    }
    let cells: Vec<Vec<Clean>> = rows.iter().map(cells).collect();
    printer.table(&["promise", "handle", "customer", "owed by", "due", "what"], &cells)
}

fn cells(row: &PromiseRow) -> Vec<Clean> {
    let owed = &row.owed;
    let due = owed.due.map(|due| {
        let late = if owed.breached { " LATE" } else { "" };
        format!("{} {}{late}", words::day(due), words::clock(due))
    });
    let owner = if owed.owner == Holder::Nobody { "nobody".to_owned() } else { owed.owner.to_string() };
    vec![
        owed.promise.map(|promise| Clean::shown(&promise)).unwrap_or_default(),
        Clean::shown(&row.handle),
        row.name.clone(),
        Clean::shown(&owner),
        Clean::shown(&due.unwrap_or_default()),
        owed.text.clone(),
    ]
}
