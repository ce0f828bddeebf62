//! `baton import`: recorded dialogues become past conversations of this floor.
//!
//! They go the way of every conversation: a person of the roster holds them, the customer's and the
//! agent's turns are said in order, then they are resolved and closed. The times are those of the
//! import, since a journal's time never goes back.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::Disposition;
use crate::domain::customer::{Identity, Tier};
use crate::domain::id::{ChannelName, ClientKey, OperatorName};
use crate::domain::operator::{OperatorSpec, Role};
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
        let dialogues = super::demo::read_dialogues(&self.file)?;
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
            };
            // Whoever holds conversations has to be there.
            let _here = floor.console_feed(viewer.clone(), None);
            let desk = Desk { floor, viewer, channel: self.channel.clone() };
            let told = desk.all(dialogues, usize::from(operator.capacity)).await;
            service.stop().await.map_err(Failure::failed)?;
            let (conversations, turns) = told?;
            if self.json {
                return printer.json(&serde_json::json!({ "conversations": conversations, "turns": turns }));
            }
            printer.says(&format!(
                "{conversations} conversations with {turns} turns are in the history now; `baton conversations list` shows them"
            ))
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
    async fn all(&self, dialogues: Vec<Dialogue>, seats: usize) -> Result<(usize, usize), Failure> {
        let seats = Arc::new(Semaphore::new(seats.max(1)));
        let mut under_way = JoinSet::new();
        for dialogue in dialogues {
            let (desk, seats) = (self.clone(), Arc::clone(&seats));
            under_way.spawn(async move {
                let _seat = seats.acquire().await.map_err(Failure::failed)?;
                desk.one(&dialogue).await
            });
        }
        let (mut conversations, mut turns) = (0, 0);
        while let Some(done) = under_way.join_next().await {
            turns += done.map_err(Failure::failed)??;
            conversations += 1;
        }
        Ok((conversations, turns))
    }

    async fn one(&self, dialogue: &Dialogue) -> Result<usize, Failure> {
        let fails = |what: &dyn std::fmt::Display| Failure::failed(format!("dialogue {}: {what}", dialogue.id));
        let known = |id: &String| self.floor.keyed(&format!("handle:{}", self.channel), id);
        let new = NewConversation {
            channel: self.channel.clone(),
            handle: dialogue.customer.id.as_ref().map(known),
            reference: None,
            identity: Identity::Claimed,
            tier: Tier::default(),
            name: None,
        };
        let conversation = self.floor.open(new).await.map_err(|e| fails(&e))?;
        self.act(OperatorAct::TakeOver { conversation }, &conversation, 0).await.map_err(|e| fails(&e))?;
        let mut turns = 0;
        for turn in &dialogue.turns {
            let Some(text) = turn.text.clone().filter(|text| !text.is_empty()) else { continue };
            match turn.role {
                TurnRole::Customer => {
                    self.floor.say(conversation, None, text, false).await.map_err(|e| fails(&e))?;
                }
                TurnRole::Agent => {
                    let reply = OperatorAct::Reply { conversation, text };
                    self.act(reply, &conversation, turns + 1).await.map_err(|e| fails(&e))?;
                }
                TurnRole::ToolCall | TurnRole::ToolResult | TurnRole::Route => continue,
            }
            turns += 1;
        }
        let disposition = Disposition::Answered;
        self.act(OperatorAct::Resolve { conversation, disposition }, &conversation, turns + 1)
            .await
            .map_err(|e| fails(&e))?;
        self.act(OperatorAct::Close { conversation }, &conversation, turns + 2).await.map_err(|e| fails(&e))?;
        Ok(turns)
    }

    async fn act(&self, act: OperatorAct, of: &impl std::fmt::Display, number: usize) -> Result<(), Failure> {
        let key: ClientKey = format!("import-{of}-{number}").parse().map_err(Failure::failed)?;
        let done = self.floor.command(&self.viewer, key, None, ConsoleCommand::Act(act)).await;
        done.map(|_| ()).map_err(Failure::failed)
    }
}
