//! `baton operators`: who may open a console, and with which tokens.

use clap::{Args, Subcommand};

use super::briefs;
use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::console::model::picture::Picture;
use crate::domain::command::OperatorAct;
use crate::domain::id::{BriefId, OperatorName};
use crate::domain::operator::{OperatorSpec, Presence};
use crate::domain::text::{Clean, Foreign};
use crate::protocol::row::WaitWithout;
use crate::runtime::access::{Access, Bearer};

/// The people of the roster and their tokens
#[derive(Debug, Args)]
pub(super) struct Operators {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Makes a token for somebody of the roster; it is shown once
    Add {
        /// Who
        name: OperatorName,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists the roster (default)
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows what shifts left to the next
    Brief {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Writes down what is left for whoever comes: held, owed, waiting, fragile
    HandOver {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Signs for what somebody else left
    Sign {
        /// Which brief, as in b-3
        brief: BriefId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Says what somebody is doing: who is available is offered conversations
    State {
        /// Who; a supervisor's token may say so of others
        name: OperatorName,
        /// What
        #[arg(value_enum)]
        state: State,
        /// Why, for colleagues
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Say what it would mean for those who wait if they left, and do nothing
        #[arg(long)]
        what_if: bool,
        #[command(flatten)]
        how: How,
    },
    /// Takes back all tokens of somebody
    Revoke {
        /// Who
        name: OperatorName,
    },
}

/// What a person is doing, as they say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum State {
    Available,
    Busy,
    Break,
    Lunch,
    WrapUp,
    Draining,
    Offline,
}

impl From<State> for Presence {
    fn from(state: State) -> Self {
        match state {
            State::Available => Self::Available,
            State::Busy => Self::Busy,
            State::Break => Self::Break,
            State::Lunch => Self::Lunch,
            State::WrapUp => Self::WrapUp,
            State::Draining => Self::Draining,
            State::Offline => Self::Offline,
        }
    }
}

impl Operators {
    /// Tokens are made and taken back in the data folder; what people do is asked of the floor.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        match self.act {
            Some(Act::Brief { json }) => briefs::run(briefs::Wish::Show, json, place, printer),
            Some(Act::HandOver { json }) => briefs::run(briefs::Wish::Write, json, place, printer),
            Some(Act::Sign { brief, json }) => briefs::run(briefs::Wish::Sign(brief), json, place, printer),
            Some(Act::State { name, what_if: true, how, .. }) => super::on_tokio(async {
                let desk = Desk::open(place, &how.reach).await?;
                let told = without(desk.picture(), &name, how.json, printer);
                desk.close().await?;
                told
            }),
            Some(Act::State { name, state, reason, how, .. }) => {
                let reason = reason.as_deref().map(Foreign::new);
                let act =
                    OperatorAct::SetPresence { operator: Some(name), presence: state.into(), reason, until: None };
                super::on_tokio(async { Desk::open(place, &how.reach).await?.act(act, None, &how, printer).await })
            }
            Some(Act::Add { name, json }) => add(&name, json, place, printer),
            Some(Act::Revoke { name }) => revoke(&name, place, printer),
            Some(Act::List { json }) => list(json, place, printer),
            None => list(false, place, printer),
        }
    }
}

/// How long people would wait if this person left now.
fn without(floor: &Picture, name: &OperatorName, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let unknown = || Failure::failed(format!("{name} is not on this floor; `baton operators list` names everybody"));
    let row = floor.operators.get(name).ok_or_else(unknown)?;
    if json {
        return printer.json(&serde_json::json!({ "operator": name, "without": row.without }));
    }
    match row.without {
        None => printer.says(&format!("{name} takes no offers now: nobody would wait longer")),
        Some(WaitWithout::Nobody) => {
            printer.says(&format!("without {name} nobody would be there to take who comes now"))
        }
        Some(WaitWithout::About(wait)) => {
            printer.says(&format!("without {name} somebody who comes now would wait about {wait}"))
        }
    }
}

/// The tokens of the data folder; a running floor notices a change within a second.
fn access(place: &Place) -> Result<Access, Failure> {
    let data = place.data()?;
    let local = data.admin_token()?;
    Access::open(Some((data.path(), local))).map_err(Failure::failed)
}

fn add(name: &OperatorName, json: bool, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
    known(&place.bundle()?.operators, name)?;
    let token = access(place)?.grant(Bearer::Operator(name.clone())).map_err(Failure::failed)?;
    if json {
        return printer.json(&serde_json::json!({ "operator": name, "token": token }));
    }
    printer.says(&format!(
        "{token}\n\nThis is the only time it is shown. {name} puts it into a file and opens the console \
         with\n  baton console --connect URL --token-file FILE"
    ))
}

fn revoke(name: &OperatorName, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
    let count = access(place)?.revoke(&Bearer::Operator(name.clone())).map_err(Failure::failed)?;
    printer.says(&taken_back(count, name))
}

/// What was taken back, in words.
pub(super) fn taken_back(count: usize, whose: &impl std::fmt::Display) -> String {
    match count {
        0 => format!("{whose} has no token; nothing was changed"),
        1 => format!("one token of {whose} is worth nothing any more"),
        _ => format!("{count} tokens of {whose} are worth nothing any more"),
    }
}

fn known(roster: &[OperatorSpec], name: &OperatorName) -> Result<(), Failure> {
    if roster.iter().any(|operator| operator.name == *name) {
        return Ok(());
    }
    let names: Vec<&str> = roster.iter().map(|operator| operator.name.as_str()).collect();
    Err(Failure::failed(format!(
        "{name} is not on the roster ({}); add them to baton.toml of the deployment (`baton init` writes one)",
        names.join(", ")
    )))
}

fn list(json: bool, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
    let (roster, access) = (place.bundle()?.operators, access(place)?);
    let count = |name: &OperatorName| access.count(&Bearer::Operator(name.clone()));
    if json {
        let rows: Vec<_> = roster
            .iter()
            .map(|one| serde_json::json!({ "name": one.name, "role": one.role, "capacity": one.capacity, "skills": one.skills, "tokens": count(&one.name) }))
            .collect();
        return printer.json(&rows);
    }
    let row = |one: &OperatorSpec| {
        let skills: Vec<&str> = one.skills.iter().map(crate::domain::id::SkillName::as_str).collect();
        vec![
            Clean::from(&one.name),
            Clean::shown(&format!("{:?}", one.role).to_lowercase()),
            Clean::shown(&one.capacity),
            Clean::shown(&skills.join(", ")),
            Clean::shown(&count(&one.name)),
        ]
    };
    let rows: Vec<Vec<Clean>> = roster.iter().map(row).collect();
    printer.table(&["name", "role", "chats", "skills", "tokens"], &rows)
}
