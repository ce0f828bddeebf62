//! `baton rehearse`: plays the conversations of `rehearsals/` and holds them against what they should come to.

use serde::Serialize;

use super::aloud::Aloud;
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::config::files::Rehearsal;
use crate::domain::text::Clean;
use crate::protocol::transcript::ItemBody;
use crate::simulation::rehearsal::{Played, PlayedTurn, play};
use crate::simulation::scratch::{Composer, Stage};

/// Plays the conversations in rehearsals/ on a scratch floor and says where they do not go as written
#[derive(Debug, clap::Args)]
pub(super) struct Rehearse {
    /// Which ones, by the names of their files [default: all]
    names: Vec<String>,
    /// Ask the language models of agents that are backed by one; else they follow their playbooks
    #[arg(long)]
    models: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    passed: usize,
    missed: usize,
    rehearsals: &'a [Played],
}

impl Rehearse {
    /// Plays them; a miss is a failure, and files that do not fit together are wrong usage.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let bundle = place.read().map_err(Failure::usage)?;
        let chosen = self.chosen(&bundle.rehearsals)?;
        let stage = Stage::of(&bundle, self.models).map_err(Failure::failed)?;
        let mut aloud = self.models.then(Aloud::new).transpose()?;
        let mut all = Vec::with_capacity(chosen.len());
        for rehearsal in chosen {
            let composer = aloud.as_mut().map(|aloud| aloud as &mut dyn Composer);
            let played = play(&stage, rehearsal, composer).map_err(Failure::failed)?;
            if !self.json {
                tell(&played, printer)?;
            }
            all.push(played);
        }
        let passed = all.iter().filter(|played| played.passed()).count();
        let missed = all.len() - passed;
        if self.json {
            printer.json(&Report { passed, missed, rehearsals: &all })?;
        } else {
            let came = if missed == 0 { "all as written".to_owned() } else { format!("{missed} not as written") };
            printer.says(&format!("{} rehearsals, {came}", all.len()))?;
        }
        if missed == 0 { Ok(()) } else { Err(Failure::told()) }
    }

    fn chosen<'a>(&self, rehearsals: &'a [Rehearsal]) -> Result<Vec<&'a Rehearsal>, Failure> {
        if rehearsals.is_empty() {
            let way_out = "write one as rehearsals/NAME.toml: `baton init` shows some";
            return Err(Failure::usage(format!("this deployment has no rehearsals; {way_out}")));
        }
        for name in &self.names {
            if !rehearsals.iter().any(|rehearsal| rehearsal.name == *name) {
                let known: Vec<&str> = rehearsals.iter().map(|rehearsal| rehearsal.name.as_str()).collect();
                return Err(Failure::usage(format!("there is no rehearsal `{name}`, only {}", known.join(", "))));
            }
        }
        let wanted = |rehearsal: &&Rehearsal| self.names.is_empty() || self.names.contains(&rehearsal.name);
        Ok(rehearsals.iter().filter(wanted).collect())
    }
}

/// A rehearsal, turn by turn: what was expected and, where it differs, what happened and why.
fn tell(played: &Played, printer: &mut Printer) -> Result<(), Failure> {
    let mark = if played.passed() { "ok  " } else { "MISS" };
    printer.says(&format!("{mark} {}: {}", played.name, played.about))?;
    for (index, turn) in played.turns.iter().enumerate() {
        let expected: Vec<String> =
            turn.expected.iter().map(|checked| format!("{} {}", checked.key, checked.expected)).collect();
        let expected = if expected.is_empty() { "nothing in particular".to_owned() } else { expected.join(" · ") };
        printer.says(&format!("  {} “{}”\n    expected {expected}", index + 1, turn.said.one_line()))?;
        if !turn.passed() {
            missed(turn, printer)?;
        }
    }
    Ok(())
}

fn missed(turn: &PlayedTurn, printer: &mut Printer) -> Result<(), Failure> {
    for checked in &turn.expected {
        if let Some(instead) = &checked.instead {
            let lines = format!("    MISSED {}: expected {}, but {instead}", checked.key, checked.expected);
            printer.says(&words::hanging(&lines, 6))?;
        }
    }
    if turn.happened.intent.is_some() || !turn.happened.likely.is_empty() {
        printer.says(&format!("    ~ read as {}", turn.happened.reading()))?;
    }
    for item in turn.items.iter().filter(|item| !is_customer(&item.body)) {
        printer.line(&Clean::shown(&format!("    ~ {}", words::hanging(&words::item(item), 6))))?;
    }
    Ok(())
}

/// Whether the words are the customer's own, which stand above.
pub(super) const fn is_customer(body: &ItemBody) -> bool {
    matches!(body, ItemBody::Message { author: crate::domain::conversation::Author::Customer, .. })
}
