//! `baton agents`: the AI specialists and what they hold.

mod new;

use clap::{Args, Subcommand};

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::console::model::picture::Picture;
use crate::domain::candidate::Sums;
use crate::domain::command::OperatorAct;
use crate::domain::customer::Tier;
use crate::domain::id::{AgentName, ChannelName};
use crate::domain::supervision::{HoldTarget, Segment};
use crate::domain::text::{Clean, Foreign};
use crate::protocol::row::{AgentRow, EdgeRow};

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
    /// Stops one, or all: nothing they say or do goes out until they are released
    Hold {
        #[command(flatten)]
        whom: Whom,
        /// Why, for colleagues
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        how: How,
    },
    /// Lets an agent's candidate answer so many in a hundred of its conversations
    Promote {
        /// Whose
        agent: AgentName,
        /// How many in a hundred, by a hash of the conversation's id
        #[arg(long, value_name = "N")]
        percent: u8,
        /// Only of customers of this tier
        #[arg(long, value_parser = super::part::tier)]
        tier: Option<Tier>,
        /// Only of this channel
        #[arg(long, value_name = "NAME")]
        channel: Option<ChannelName>,
        #[command(flatten)]
        how: How,
    },
    /// Lets an agent answer everything itself again
    RollBack {
        /// Whose
        agent: AgentName,
        #[command(flatten)]
        how: How,
    },
    /// Lets what is held go on
    Release {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        how: How,
    },
    New(new::New),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Whom {
    /// Which
    agent: Option<AgentName>,
    /// All AI
    #[arg(long)]
    all: bool,
}

impl From<Whom> for HoldTarget {
    fn from(whom: Whom) -> Self {
        whom.agent.map_or(Self::AllAi, Self::Agent)
    }
}

impl Agents {
    /// Does it.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let act = self.act.unwrap_or(Act::List { how: self.how });
        if let Act::New(new) = act {
            return new.run(place, printer);
        }
        super::on_tokio(async {
            let (act, how) = match act {
                Act::List { how } => return listed(place, &how, printer).await,
                Act::Hold { whom, reason, how } => {
                    let reason = reason.as_deref().map(Foreign::new);
                    (OperatorAct::Hold { target: whom.into(), then: None, reason }, how)
                }
                Act::New(_) => return Ok(()),
                Act::Promote { agent, percent, tier, channel, how } => {
                    let segment = Some(Segment { tier, channel }).filter(|segment| !segment.is_empty());
                    (OperatorAct::Promote { agent, percent, segment }, how)
                }
                Act::RollBack { agent, how } => (OperatorAct::Promote { agent, percent: 0, segment: None }, how),
                Act::Release { whom, how } => (OperatorAct::Release { target: whom.into() }, how),
            };
            Desk::open(place, &how.reach).await?.act(act, None, &how, printer).await
        })
    }
}

async fn listed(place: &Place, how: &How, printer: &mut Printer) -> Result<(), Failure> {
    let desk = Desk::open(place, &how.reach).await?;
    let told = list(desk.picture(), how.json, printer);
    desk.close().await?;
    told
}

fn list(floor: &Picture, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let agents: Vec<_> = floor.agents.values().collect();
    if json {
        return printer.json(&agents);
    }
    let row = |agent: &&AgentRow| {
        vec![
            Clean::from(&agent.name),
            agent.title.clone(),
            Clean::shown(&format!("{:?}", agent.role).to_lowercase()),
            Clean::shown(&format!("{} of {}", agent.load, agent.capacity)),
            Clean::shown(&agent.failures),
            caught(agent),
        ]
    };
    let rows: Vec<Vec<Clean>> = agents.iter().map(row).collect();
    printer.table(&["name", "title", "role", "conversations", "failures", "guardrails"], &rows)?;
    candidates(&agents, printer)?;
    let edges: Vec<Vec<Clean>> =
        agents.iter().flat_map(|agent| agent.edges.iter().map(|edge| passes(&agent.name, edge))).collect();
    if edges.is_empty() {
        return Ok(());
    }
    printer.says(&"")?;
    printer.table(
        &["from", "to", "offered", "accepted", "declined", "lapsed", "refused", "settled", "asked again"],
        &edges,
    )
}

/// What is tried beside agents, and how its moves compare.
fn candidates(agents: &[&AgentRow], printer: &mut Printer) -> Result<(), Failure> {
    let row = |agent: &&AgentRow| {
        let candidate = agent.candidate.as_ref()?;
        let compared = &candidate.compared;
        let each = |sums: &Sums| {
            let took = sums.took.0.checked_div(compared.messages).unwrap_or(0);
            let cost = sums.cost.map_or_else(|| "-".to_owned(), |cost| cost.to_string());
            format!("{cost}, {took} ms each")
        };
        let agrees = compared.percent().map_or_else(|| "-".to_owned(), |agrees| format!("{agrees} %"));
        let cells = [
            agent.name.to_string(),
            format!("{} %", candidate.share.percent),
            format!("{agrees} of {}", compared.messages),
            compared.failed.to_string(),
            each(&compared.candidate),
            each(&compared.own),
        ];
        Some(cells.iter().map(Clean::shown).collect::<Vec<Clean>>())
    };
    let rows: Vec<Vec<Clean>> = agents.iter().filter_map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    printer.says(&"")?;
    printer.table(&["candidate of", "answers", "agrees", "no answer", "it took", "the agent took"], &rows)
}

/// What guardrails found: `2 leak, 1 tone`.
fn caught(agent: &AgentRow) -> Clean {
    let counts: Vec<String> = agent.caught.iter().map(|(kind, times)| format!("{times} {}", kind.word())).collect();
    Clean::shown(&counts.join(", "))
}

/// How the passes from one agent to another came out.
fn passes(from: &AgentName, edge: &EdgeRow) -> Vec<Clean> {
    let sums = &edge.sums;
    let sums = [sums.offered, sums.accepted, sums.declined, sums.lapsed, sums.refused, sums.succeeded, sums.repeated];
    [Clean::from(from), Clean::from(&edge.to)].into_iter().chain(sums.iter().map(Clean::shown)).collect()
}
