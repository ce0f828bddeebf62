//! `baton agents`: the AI specialists and what they hold.

use clap::{Args, Subcommand};

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::console::model::picture::Picture;
use crate::domain::text::Clean;

/// The AI specialists of the floor
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Agents {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Lists them with their load (default)
    List {
        #[command(flatten)]
        how: How,
    },
}

impl Agents {
    /// Does it.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let Act::List { how } = self.act.unwrap_or(Act::List { how: self.how });
        super::on_tokio(async {
            let desk = Desk::open(place, &how.reach).await?;
            let told = list(desk.picture(), how.json, printer);
            desk.close().await?;
            told
        })
    }
}

fn list(floor: &Picture, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let agents: Vec<_> = floor.agents.values().collect();
    if json {
        return printer.json(&agents);
    }
    let row = |agent: &&crate::protocol::row::AgentRow| {
        vec![
            Clean::from(&agent.name),
            agent.title.clone(),
            Clean::shown(&format!("{:?}", agent.role).to_lowercase()),
            Clean::shown(&format!("{} of {}", agent.load, agent.capacity)),
            Clean::shown(&agent.failures),
        ]
    };
    let rows: Vec<Vec<Clean>> = agents.iter().map(row).collect();
    printer.table(&["name", "title", "role", "conversations", "failures"], &rows)
}
