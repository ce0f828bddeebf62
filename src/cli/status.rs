//! `baton status`: what the house says of its parts; agents answer from it at once.

use clap::{Args, ValueEnum};

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::console::model::picture::Picture;
use crate::domain::command::OperatorAct;
use crate::domain::id::{ComponentName, IncidentId};
use crate::domain::incident::{ComponentState, IncidentWish};
use crate::domain::text::{Clean, Foreign};

/// What the house says of its parts; agents answer from it at once
#[derive(Debug, Args)]
pub(super) struct Status {
    /// Which part; without one, all that is said
    component: Option<ComponentName>,
    /// How it does
    #[arg(value_enum, requires = "text")]
    state: Option<State>,
    /// What customers are told
    text: Option<String>,
    /// The incident with which it ends
    #[arg(long, value_name = "INCIDENT", requires = "text")]
    incident: Option<IncidentId>,
    /// Take it back
    #[arg(long, requires = "component", conflicts_with = "state")]
    clear: bool,
    #[command(flatten)]
    how: How,
}

/// How a part does, as a person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    Up,
    Degraded,
    Down,
}

impl From<State> for ComponentState {
    fn from(state: State) -> Self {
        match state {
            State::Up => Self::Up,
            State::Degraded => Self::Degraded,
            State::Down => Self::Down,
        }
    }
}

impl Status {
    /// Does it.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        super::on_tokio(async {
            let Self { component, state, text, incident, clear, how } = self;
            let desk = Desk::open(place, &how.reach).await?;
            let wish = match (component, state, text, clear) {
                (Some(component), _, _, true) => IncidentWish::ClearStatus { component },
                (Some(component), Some(state), Some(text), false) => {
                    let text = Foreign::new(&text);
                    IncidentWish::SetStatus { component, state: state.into(), text, incident }
                }
                (component, ..) => {
                    let told = list(desk.picture(), component.as_ref(), how.json, printer);
                    desk.close().await?;
                    return told;
                }
            };
            desk.act(OperatorAct::Incident { wish }, None, &how, printer).await
        })
    }
}

fn list(floor: &Picture, of: Option<&ComponentName>, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let rows = floor.status.iter().filter(|row| of.is_none_or(|component| row.component == *component));
    let rows: Vec<_> = rows.collect();
    if json {
        return printer.json(&rows);
    }
    if rows.is_empty() {
        return printer.says(&"nothing is said of any part; `baton status payments down \"…\"` says it");
    }
    let cells = rows.iter().map(|row| {
        vec![
            Clean::shown(&row.component),
            Clean::fixed(row.state.word()),
            row.text.one_line(),
            Clean::from(&row.by),
            Clean::shown(&words::clock(row.since)),
            row.incident.map(|incident| Clean::shown(&incident)).unwrap_or_default(),
        ]
    });
    let cells: Vec<Vec<Clean>> = cells.collect();
    printer.table(&["part", "state", "customers are told", "by", "since", "incident"], &cells)
}
