//! `baton try`: a conversation with the files as they are now, on a scratch floor, each decision shown.

use std::io::{BufRead, IsTerminal};

use serde::Serialize;

use super::aloud::Aloud;
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::rehearse::is_customer;
use super::words;
use crate::config::Bundle;
use crate::domain::conversation::Author;
use crate::domain::customer::{IdentityNeed, Tier};
use crate::domain::text::Clean;
use crate::domain::time::Millis;
use crate::protocol::transcript::{Item, ItemBody};
use crate::simulation::rehearsal::Happened;
use crate::simulation::scratch::{Composer, Scratch, ScratchError, Stage, Visitor};

/// What can be typed besides what is said.
const COMMANDS: &str = "/as NAME, vip, gold, standard, verified or anonymous begins anew as that; /yes and /no decide \
                        what waits for a person; /wait MINUTES lets time pass; /reload reads the files again; /quit ends";

/// What a customer may be besides somebody of the practice shop.
const STANDINGS: [&str; 5] = ["vip", "gold", "standard", "verified", "anonymous"];
/// Customers of the practice shop that are named to choose from: the others stand in its file.
const SHOWN: usize = 8;

/// Converses with the agents of the edited files; nothing outside is touched, and every decision is shown
#[derive(Debug, clap::Args)]
pub(super) struct Try {
    /// The customer of the practice shop that you are, or vip, gold, verified
    #[arg(long = "as", value_name = "WHO")]
    who: Vec<String>,
    /// Ask the language models of agents that are backed by one; else they follow their playbooks
    #[arg(long)]
    models: bool,
    /// Print a line of JSON a turn
    #[arg(long)]
    json: bool,
}

/// How a conversation ended.
enum End {
    Quit,
    Reload,
}

/// What a line asks for.
enum Typed {
    Said(String),
    As(String),
    Decide(bool),
    Wait(u32),
    Reload,
    Quit,
    Nothing,
    Unknown,
}

#[derive(Serialize)]
struct Line<'a> {
    said: &'a str,
    happened: &'a Happened,
}

/// The one who types, and where it is shown.
struct Talk<'a> {
    lines: &'a mut dyn Iterator<Item = std::io::Result<String>>,
    printer: &'a mut Printer,
    typed: bool,
    json: bool,
}

impl Try {
    /// Converses until the input ends.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let mut bundle = place.read().map_err(Failure::usage)?;
        let mut aloud = self.models.then(Aloud::new).transpose()?;
        let stdin = std::io::stdin();
        let typed = stdin.is_terminal();
        let mut lines = stdin.lock().lines();
        let mut talk = Talk { lines: &mut lines, printer, typed, json: self.json };
        let mut visitor = Visitor::default();
        let mut stage = Stage::of(&bundle, self.models).map_err(Failure::failed)?;
        for who in &self.who {
            become_(&mut visitor, who, &stage).map_err(Failure::usage)?;
        }
        talk.begins(&bundle)?;
        loop {
            match talk.converse(&stage, &mut visitor, aloud.as_mut())? {
                End::Quit => return Ok(()),
                End::Reload => match place.read() {
                    Ok(read) => {
                        bundle = read;
                        stage = Stage::of(&bundle, self.models).map_err(Failure::failed)?;
                        talk.notes(&"the files were read again; this is a new conversation")?;
                    }
                    Err(problems) => talk.notes(&format!("nothing was changed:\n{problems}"))?,
                },
            }
        }
    }
}

impl Talk<'_> {
    fn begins(&mut self, bundle: &Bundle) -> Result<(), Failure> {
        if !self.typed {
            return Ok(());
        }
        let people =
            bundle.shop.iter().flat_map(|shop| &shop.customers).map(|person| person.handle.as_str()).take(SHOWN);
        let people = people.collect::<Vec<_>>().join(", ");
        let people =
            if people.is_empty() { people } else { format!("\nNAME is a customer of shop.toml: {people}, …") };
        self.printer.says(&format!("Type a message and Enter. {COMMANDS}.{people}"))
    }

    /// What is no part of the conversation.
    fn notes(&mut self, text: &impl std::fmt::Display) -> Result<(), Failure> {
        if self.json { Ok(()) } else { self.printer.says(&words::hanging(&format!("· {text}"), 2)) }
    }

    /// One conversation after the other, until the input ends or the files are to be read again.
    fn converse(
        &mut self,
        stage: &Stage,
        visitor: &mut Visitor,
        mut aloud: Option<&mut Aloud>,
    ) -> Result<End, Failure> {
        loop {
            let composer = aloud.as_mut().map(|aloud| &mut **aloud as &mut dyn Composer);
            let mut scratch = stage.open(visitor, composer).map_err(Failure::failed)?;
            self.show(&scratch, stage, 0, "")?;
            loop {
                if self.typed {
                    self.printer.document("> ")?;
                }
                let Some(line) = self.lines.next() else { return Ok(End::Quit) };
                let line = line.map_err(|error| Failure::failed(format!("cannot read what is typed: {error}")))?;
                match typed(&line) {
                    Typed::Quit => return Ok(End::Quit),
                    Typed::Reload => return Ok(End::Reload),
                    Typed::Nothing => {}
                    Typed::Unknown => self.notes(&COMMANDS)?,
                    Typed::As(who) => match become_(visitor, &who, stage) {
                        Ok(()) => {
                            self.notes(&format!("a new conversation, as {who}"))?;
                            break;
                        }
                        Err(why) => self.notes(&why)?,
                    },
                    Typed::Said(text) => self.turn(&mut scratch, stage, &text, |scratch| scratch.say(&text))?,
                    Typed::Decide(approve) => {
                        let said = if approve { "(approved)" } else { "(rejected)" };
                        self.turn(&mut scratch, stage, said, |scratch| scratch.decide(approve))?;
                    }
                    Typed::Wait(minutes) => {
                        let said = format!("({minutes} minutes later)");
                        let span = Millis::from_mins(minutes.into());
                        self.turn(&mut scratch, stage, &said, |scratch| scratch.wait(span))?;
                    }
                }
            }
        }
    }

    fn turn(
        &mut self,
        scratch: &mut Scratch<'_>,
        stage: &Stage,
        said: &str,
        act: impl FnOnce(&mut Scratch<'_>) -> Result<(), ScratchError>,
    ) -> Result<(), Failure> {
        let before = scratch.log().len();
        if let Err(error) = act(scratch) {
            return match error {
                ScratchError::Refused(_) | ScratchError::NothingWaits | ScratchError::NobodyDecides => {
                    self.notes(&error)
                }
                ScratchError::Store(_) | ScratchError::Models(_) => Err(Failure::failed(error)),
            };
        }
        self.show(scratch, stage, before, said)
    }

    fn show(&mut self, scratch: &Scratch<'_>, stage: &Stage, before: usize, said: &str) -> Result<(), Failure> {
        let happened = Happened::read(scratch, before);
        if self.json {
            return if said.is_empty() { Ok(()) } else { self.printer.json_line(&Line { said, happened: &happened }) };
        }
        if !self.typed && !said.is_empty() {
            self.printer.says(&format!("you: {}", words::hanging(said, 2)))?;
        }
        if !happened.likely.is_empty() {
            self.printer.says(&format!("  ~ read as {}", happened.reading()))?;
        }
        for item in scratch.items(before, &stage.titles).iter().filter(|item| !is_customer(&item.body)) {
            self.printer.line(&shown(item))?;
        }
        if let Some(tool) = &happened.waits_for {
            self.printer.says(&format!("  ~ {tool} waits for a person: /yes or /no"))?;
        }
        Ok(())
    }
}

/// Words stand at the margin, what led to them below and further in.
fn shown(item: &Item) -> Clean {
    let words = words::item(item);
    match &item.body {
        ItemBody::Message { author: Author::Agent(_) | Author::Operator(_), sources, .. } => {
            let sources: Vec<String> =
                sources.iter().map(|source| format!("\n  ~ rests on “{}”", source.one_line())).collect();
            Clean::shown(&format!("{}{}", words::hanging(&words, 2), sources.concat()))
        }
        ItemBody::House { .. } => Clean::shown(&words::hanging(&words, 2)),
        ItemBody::Message { .. }
        | ItemBody::Routed(_)
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
        | ItemBody::Whisper { .. }
        | ItemBody::Note { .. }
        | ItemBody::Held { .. }
        | ItemBody::Failed { .. }
        | ItemBody::Milestone { .. } => Clean::shown(&format!("  ~ {}", words::hanging(&words, 4))),
    }
}

fn typed(line: &str) -> Typed {
    let line = line.trim();
    match line.split_once(' ').map_or((line, ""), |(verb, rest)| (verb, rest.trim())) {
        ("", _) => Typed::Nothing,
        ("/quit", _) => Typed::Quit,
        ("/reload", _) => Typed::Reload,
        ("/yes", _) => Typed::Decide(true),
        ("/no", _) => Typed::Decide(false),
        ("/as", who) if !who.is_empty() => Typed::As(who.to_owned()),
        ("/wait", minutes) => minutes.parse().map_or(Typed::Unknown, Typed::Wait),
        _ if line.starts_with('/') => Typed::Unknown,
        _ => Typed::Said(line.to_owned()),
    }
}

/// Makes the customer somebody else, or something else of them.
fn become_(visitor: &mut Visitor, who: &str, stage: &Stage) -> Result<(), String> {
    match who {
        "vip" => visitor.tier = Some(Tier::Vip),
        "gold" => visitor.tier = Some(Tier::Gold),
        "standard" => visitor.tier = Some(Tier::Standard),
        "verified" => visitor.identity = Some(IdentityNeed::Verified),
        "anonymous" => *visitor = Visitor::default(),
        handle if stage.people().any(|known| known == handle) => {
            *visitor = Visitor { person: Some(handle.to_owned()), tier: None, identity: None, ..visitor.clone() };
        }
        other => {
            let known: Vec<&str> = STANDINGS.into_iter().chain(stage.people().take(SHOWN)).collect();
            return Err(format!("nobody is `{other}`; there are {}", known.join(", ")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_said_unless_they_begin_with_a_stroke() {
        assert!(matches!(typed(" where is my order? "), Typed::Said(text) if text == "where is my order?"));
        assert!(matches!(typed("/as vip"), Typed::As(who) if who == "vip"));
        assert!(matches!(typed("/wait 30"), Typed::Wait(30)));
        assert!(matches!(typed("/wait soon"), Typed::Unknown) && matches!(typed("/as"), Typed::Unknown));
        assert!(matches!(typed("/yes"), Typed::Decide(true)) && matches!(typed("/no"), Typed::Decide(false)));
        assert!(matches!(typed("  "), Typed::Nothing) && matches!(typed("/reload"), Typed::Reload));
    }
}
