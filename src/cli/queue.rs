//! `baton queue`: lines, and what waits in them for a person.

use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::console::model::picture::Picture;
use crate::domain::command::OperatorAct;
use crate::domain::id::{EscalationId, OfferId};
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::protocol::row::{ConversationRow, EscalationRow};

/// Lines, and what waits in them for a person
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Queue {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Lists lines and requests for a human, the most pressing first (default)
    List {
        #[command(flatten)]
        how: How,
    },
    /// Takes an offered conversation
    Take {
        /// Which offer, like o-12
        offer: OfferId,
        #[command(flatten)]
        how: How,
    },
    /// Leaves an offered conversation to others
    Pass {
        /// Which offer, like o-12
        offer: OfferId,
        #[command(flatten)]
        how: How,
    },
    /// Says that no human is needed
    Dismiss {
        /// Which request, like e-12
        escalation: EscalationId,
        #[command(flatten)]
        how: How,
    },
}

impl Queue {
    /// Does it.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let act = self.act.unwrap_or(Act::List { how: self.how });
        super::on_tokio(async {
            let (act, how) = match act {
                Act::List { how } => {
                    let desk = Desk::open(place, &how.reach).await?;
                    let told = list(desk.picture(), how.json, printer);
                    desk.close().await?;
                    return told;
                }
                Act::Take { offer, how } => (OperatorAct::TakeOffer { offer }, how),
                Act::Pass { offer, how } => (OperatorAct::PassOffer { offer }, how),
                Act::Dismiss { escalation, how } => (OperatorAct::Dismiss { escalation }, how),
            };
            Desk::open(place, &how.reach).await?.act(act, None, &how, printer).await
        })
    }
}

/// `21 of 24`: of those that people took within the last hour.
fn share(in_time: u32, taken: u32) -> Clean {
    if taken == 0 { Clean::fixed("-") } else { Clean::shown(&format_args!("{in_time} of {taken}")) }
}

/// Requests that are open, gravest first, then by due time.
fn waiting(floor: &Picture) -> Vec<(&ConversationRow, &EscalationRow)> {
    let open = floor.rows.values().filter_map(|row| Some((row, row.escalation.as_ref()?)));
    let mut open: Vec<_> = open.collect();
    open.sort_by_key(|(row, e)| (std::cmp::Reverse(e.severity), e.due, row.handle));
    open
}

fn list(floor: &Picture, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let open = waiting(floor);
    if json {
        let waiting: Vec<_> = open
            .iter()
            .map(|(row, e)| {
                json!({ "conversation": row.id, "handle": row.handle.to_string(), "name": row.name, "epoch": row.epoch,
                    "holder": row.holder, "mood": row.mood, "tier": row.tier, "escalation": e })
            })
            .collect();
        let queues: Vec<_> = floor.queues.values().collect();
        return printer.json(&json!({ "queues": queues, "waiting": waiting }));
    }
    let time = |at: Timestamp| Clean::shown(&words::clock(at));
    let lines: Vec<Vec<Clean>> = floor
        .queues
        .values()
        .map(|queue| {
            vec![
                Clean::from(&queue.name),
                Clean::shown(&queue.waiting),
                queue.oldest.map(time).unwrap_or_default(),
                Clean::shown(&queue.target),
                Clean::shown(&queue.breached),
                share(queue.in_time, queue.taken),
                Clean::shown(&queue.arrived),
                Clean::shown(&queue.free),
                queue.forecast.map_or_else(|| Clean::fixed("nobody is there"), |wait| Clean::shown(&wait)),
            ]
        })
        .collect();
    printer.table(
        &["line", "waiting", "oldest since", "promised", "breached", "in time", "an hour", "free", "forecast"],
        &lines,
    )?;
    if open.is_empty() {
        return printer.says(&"nobody waits for a person");
    }
    let row = |(row, e): &(&ConversationRow, &EscalationRow)| {
        let offer = e.offer.as_ref().map(|o| format!("{} to {}", o.offer, o.operator)).unwrap_or_default();
        vec![
            Clean::shown(&e.escalation),
            Clean::shown(&row.handle),
            row.name.clone(),
            Clean::fixed(words::why(e.trigger)),
            Clean::fixed(words::severity(e.severity)),
            time(e.since),
            time(e.due),
            Clean::shown(&offer),
        ]
    };
    let rows: Vec<Vec<Clean>> = open.iter().map(row).collect();
    printer.table(&["request", "handle", "customer", "why", "how soon", "asked", "due", "offer"], &rows)
}
