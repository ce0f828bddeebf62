//! `baton import`: recorded dialogues become past conversations of this floor.
//!
//! They go the way of every conversation: a person of the roster holds them, the customer's and the
//! agent's turns are said in order, then they are resolved. The times are those of the
//! import, since a journal's time never goes back. What was imported before is left out.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::Disposition;
use crate::domain::customer::{Identity, Tier};
use crate::domain::id::{ChannelName, ClientKey, Digest, OperatorName};
use crate::domain::operator::{OperatorSpec, Role};
use crate::privacy::digest::digest;
use crate::protocol::console::ConsoleCommand;
use crate::runtime::clock::REAL_TIME;
use crate::runtime::handle::{Handle, NewConversation, Viewer};
use crate::runtime::service::{Options, Service};
use crate::simulation::dialogue::{Dialogue, TurnRole};

/// Reads recorded dialogues (JSONL, plain or .gz) into this floor's history
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// One dialogue of JSON a line: {"id", "turns": [{"role": "customer" | "agent", "text"}]}
    file: PathBuf,
    /// The person of the roster under whose name the agent's turns are kept [default: the first admin]
    #[arg(long = "as", value_name = "NAME")]
    who: Option<OperatorName>,
    /// The channel they came by
    #[arg(long, default_value = "import")]
    channel: ChannelName,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One import at work.
#[derive(Clone)]
struct Desk {
    floor: Handle,
    viewer: Viewer,
    channel: ChannelName,
}

impl Import {
    /// Imports on a floor opened for the purpose; it must not run.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let dialogues = super::past::read(&self.file)?;
        let bundle = place.bundle()?;
        let operator = self.operator(&bundle.operators)?;
        let data = place.data()?.path().to_owned();
        super::on_tokio(async {
            let options = Options { data: Some(data), bundle, speed: REAL_TIME, pace: None, seed: None };
            let (floor, service) = Service::start(options).map_err(Failure::failed)?;
            let viewer = Viewer {
                console: floor.console_id(),
                operator: operator.name.clone(),
                role: operator.role,
                read_only: false,
                present: true,
            };
            // Whoever holds conversations has to be there.
            let _here = floor.console_feed(viewer.clone(), None);
            let desk = Desk { floor, viewer, channel: self.channel.clone() };
            let told = desk.all(dialogues, usize::from(operator.capacity)).await;
            service.stop().await.map_err(Failure::failed)?;
            told?.tell(self.json, printer)
        })
    }

    fn operator(&self, roster: &[OperatorSpec]) -> Result<OperatorSpec, Failure> {
        let wanted = |one: &&OperatorSpec| match &self.who {
            Some(who) => one.name == *who,
            None => one.role == Role::Admin,
        };
        roster.iter().find(wanted).cloned().ok_or_else(|| {
            let names: Vec<&str> = roster.iter().map(|one| one.name.as_str()).collect();
            Failure::failed(format!("nobody of the roster can hold them; name one with --as: {}", names.join(", ")))
        })
    }
}

impl Desk {
    /// Imports all, as many at a time as the person may hold.
    async fn all(&self, dialogues: Vec<Dialogue>, seats: usize) -> Result<Came, Failure> {
        let seats = Arc::new(Semaphore::new(seats.max(1)));
        let mut under_way = JoinSet::new();
        let mut came = Came::default();
        let mut seen = BTreeSet::new();
        let references: Vec<Digest> = dialogues.iter().map(reference).collect();
        let stem = digest(references.iter().map(|reference| reference.0.as_slice()));
        let mut first = 0;
        for (dialogue, reference) in dialogues.into_iter().zip(references) {
            let keys = Keys { stem, first };
            first += dialogue.turns.len() + 2;
            if !seen.insert(reference) {
                came.known += 1;
                continue;
            }
            let (desk, seats) = (self.clone(), Arc::clone(&seats));
            under_way.spawn(async move {
                let _seat = seats.acquire().await.map_err(Failure::failed)?;
                let done = desk.one(&dialogue, reference, keys).await;
                done.map_err(|e| Failure::failed(format!("dialogue {}: {e}", dialogue.id)))
            });
        }
        while let Some(done) = under_way.join_next().await {
            match done.map_err(Failure::failed)?? {
                Some(turns) => {
                    came.conversations += 1;
                    came.turns += turns;
                }
                None => came.known += 1,
            }
        }
        Ok(came)
    }

    /// Imports one; nothing if it was imported before. One that an earlier import did not finish is
    /// taken up again: what it has said already is known by its key.
    async fn one(&self, dialogue: &Dialogue, reference: Digest, keys: Keys) -> Result<Option<usize>, Failure> {
        let past = self.floor.find_past(reference).await.map_err(Failure::failed)?;
        if past.is_some_and(|id| self.floor.state(id).is_none_or(|state| state.resolved)) {
            return Ok(None);
        }
        let known = |id: &String| self.floor.keyed(&format!("handle:{}", self.channel), id);
        let new = NewConversation {
            channel: self.channel.clone(),
            handle: dialogue.customer.id.as_ref().map(known),
            reference: Some(reference),
            identity: Identity::Claimed,
            tier: Tier::default(),
            name: None,
        };
        let conversation = self.floor.open(new).await.map_err(Failure::failed)?;
        self.act(OperatorAct::TakeOver { conversation, reason: None }, keys.of(0)?).await?;
        let mut turns = 0;
        for turn in &dialogue.turns {
            let Some(text) = turn.text.clone().filter(|text| !text.is_empty()) else { continue };
            match turn.role {
                TurnRole::Customer => {
                    let key = format!("import-{turns}").parse().map_err(Failure::failed)?;
                    self.floor.say(conversation, Some(key), text, false).await.map_err(Failure::failed)?;
                }
                TurnRole::Agent => {
                    self.act(OperatorAct::Reply { conversation, text, untranslated: true }, keys.of(turns + 1)?)
                        .await?;
                }
                TurnRole::ToolCall | TurnRole::ToolResult | TurnRole::Route => continue,
            }
            turns += 1;
        }
        let disposition = Disposition::Answered;
        self.act(OperatorAct::Resolve { conversation, disposition }, keys.of(turns + 1)?).await?;
        Ok(Some(turns))
    }

    async fn act(&self, act: OperatorAct, key: ClientKey) -> Result<(), Failure> {
        let done = self.floor.command(&self.viewer, key, None, ConsoleCommand::Act(act)).await;
        done.map(|_| ()).map_err(Failure::failed)
    }
}

/// The keys of one dialogue's acts: the same in every import of the same file, and all of a file
/// under one stem, since the floor remembers only so many.
#[derive(Clone, Copy)]
struct Keys {
    stem: Digest,
    first: usize,
}

impl Keys {
    fn of(self, act: usize) -> Result<ClientKey, Failure> {
        format!("import-{}-{}", self.stem, self.first + act).parse().map_err(Failure::failed)
    }
}

/// By what a dialogue is known again: its name and every word of it.
fn reference(dialogue: &Dialogue) -> Digest {
    let words = dialogue.turns.iter().filter_map(|turn| Some((turn.role, turn.text.as_ref()?)));
    let words = words.flat_map(|(role, text)| {
        let role: &[u8] = match role {
            TurnRole::Customer => b"customer",
            TurnRole::Agent => b"agent",
            TurnRole::ToolCall | TurnRole::ToolResult | TurnRole::Route => b"other",
        };
        [role, text.raw().as_bytes()]
    });
    digest([b"import".as_slice(), dialogue.id.as_bytes()].into_iter().chain(words))
}

/// What came of an import.
#[derive(Debug, Default, Serialize)]
struct Came {
    conversations: usize,
    turns: usize,
    /// Dialogues that were in the history already.
    known: usize,
}

impl Came {
    fn tell(&self, json: bool, printer: &mut Printer) -> Result<(), Failure> {
        if json {
            return printer.json(self);
        }
        let known = match self.known {
            0 => String::new(),
            known => format!("; {known} were there already"),
        };
        printer.says(&format!(
            "{} conversations with {} turns are in the history now{known}; `baton conversations` shows them",
            self.conversations, self.turns
        ))
    }
}
