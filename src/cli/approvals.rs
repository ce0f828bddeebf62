//! `baton approvals`: calls that wait for a person.

use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::console::model::picture::Picture;
use crate::domain::command::OperatorAct;
use crate::domain::id::{ApprovalId, Digest};
use crate::domain::money::Money;
use crate::domain::text::{Clean, Foreign};

/// Calls that wait for a person's decision
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Approvals {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Lists them, the one that expires first at the top (default)
    List {
        #[command(flatten)]
        how: How,
    },
    /// Allows a call, once
    Approve {
        #[command(flatten)]
        answer: Answer,
        /// Only so much of what is asked, like "20.00 EUR"
        #[arg(long, value_name = "AMOUNT")]
        amount: Option<Money>,
    },
    /// Forbids a call
    Reject(Answer),
}

#[derive(Debug, Args)]
struct Answer {
    /// Which, like a-12
    approval: ApprovalId,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The subject that was looked at, as the list gives it: for anything else nothing is done
    #[arg(long, value_name = "SUBJECT")]
    seen: Option<Digest>,
    #[command(flatten)]
    how: How,
}

impl Approvals {
    /// Does it.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let act = self.act.unwrap_or(Act::List { how: self.how });
        super::on_tokio(async {
            let (approve, answer, amount) = match act {
                Act::List { how } => {
                    let desk = Desk::open(place, &how.reach).await?;
                    let told = list(desk.picture(), how.json, printer);
                    desk.close().await?;
                    return told;
                }
                Act::Approve { answer, amount } => (true, answer, amount),
                Act::Reject(answer) => (false, answer, None),
            };
            let Answer { approval, reason, seen, how } = answer;
            let desk = Desk::open(place, &how.reach).await?;
            let of =
                |row: &&crate::protocol::row::ConversationRow| row.approvals.iter().any(|a| a.approval == approval);
            let row = desk.picture().rows.values().find(of);
            let seen = row.filter(|_| seen.is_some()).and_then(|row| Desk::seen(row, None, seen));
            let reason = reason.as_deref().map(Foreign::new);
            desk.act(OperatorAct::Decide { approval, approve, reason, amount }, seen, &how, printer).await
        })
    }
}

fn list(floor: &Picture, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let mut open: Vec<_> = floor.rows.values().flat_map(|row| row.approvals.iter().map(move |a| (row, a))).collect();
    open.sort_by_key(|(_, approval)| (approval.expires, approval.approval));
    if json {
        let rows: Vec<_> = open
            .iter()
            .map(|(row, approval)| {
                json!({ "conversation": row.id, "handle": row.handle.to_string(), "name": row.name, "approval": approval })
            })
            .collect();
        return printer.json(&rows);
    }
    if open.is_empty() {
        return printer.says(&"nothing waits for a decision");
    }
    let rows: Vec<Vec<Clean>> = open
        .iter()
        .map(|(row, approval)| {
            vec![
                Clean::shown(&approval.approval),
                Clean::shown(&row.handle),
                row.name.clone(),
                approval.about.clone(),
                Clean::from(&approval.agent),
                Clean::shown(&words::clock(approval.expires)),
                Clean::fixed(if approval.yours { "you may" } else { "not yours" }),
                Clean::shown(&approval.subject),
            ]
        })
        .collect();
    printer.table(&["approval", "handle", "customer", "about", "asked by", "no at", "decide", "subject"], &rows)
}
