//! `baton incidents`: conversations that share a cause, and who leads them.

use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::{Desk, How};
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::console::model::picture::Picture;
use crate::domain::command::OperatorAct;
use crate::domain::id::{IncidentId, IntentName, ToolName};
use crate::domain::incident::{BroadcastKind, IncidentCause, IncidentWish};
use crate::domain::text::{Clean, Foreign};
use crate::protocol::incident::{IncidentRow, IncidentStage, Preview};
use crate::protocol::row::ConversationRow;

/// Conversations that share a cause
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Incidents {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Lists what goes on, what is proposed and what is over (default)
    List {
        #[command(flatten)]
        how: How,
    },
    /// Shows one with its conversations
    Show {
        /// Which, like i-3
        incident: IncidentId,
        #[command(flatten)]
        how: How,
    },
    /// Declares one and leads it: a proposal, or by hand with a cause
    Declare {
        #[command(flatten)]
        cause: Cause,
        /// Its name for colleagues [default: the cause in words]
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        #[command(flatten)]
        how: How,
    },
    /// Says that what is proposed is none; it is not proposed again for a while
    Dismiss {
        /// Which, like i-3
        incident: IncidentId,
        #[command(flatten)]
        how: How,
    },
    /// Leads it instead of whoever leads
    Lead {
        /// Which, like i-3
        incident: IncidentId,
        #[command(flatten)]
        how: How,
    },
    /// Puts a conversation into it
    Join {
        /// Into which, like i-3
        incident: IncidentId,
        /// Which: an id, or a handle like c-1042
        conversation: String,
        #[command(flatten)]
        how: How,
    },
    /// Takes a conversation out of its incident
    Split {
        /// Which: an id, or a handle like c-1042
        conversation: String,
        #[command(flatten)]
        how: How,
    },
    /// Tells its conversations something: shows first to how many, and wants that number typed
    Broadcast {
        /// Which, like i-3
        incident: IncidentId,
        /// The words; {name} or {order|your order} is filled with what is known of each conversation
        text: String,
        /// What kind of word it is
        #[arg(long = "as", value_enum, default_value_t = Kind::Notice)]
        kind: Kind,
        /// Only show what it would come to (default without --count)
        #[arg(long, conflicts_with = "count")]
        preview: bool,
        /// To how many, as the preview said: sends it
        #[arg(long, value_name = "NUMBER")]
        count: Option<u32>,
        #[command(flatten)]
        how: How,
    },
    /// Stops telling them, at once
    Stop {
        /// Which, like i-3
        incident: IncidentId,
        #[command(flatten)]
        how: How,
    },
    /// Says that it is over
    Clear {
        /// Which, like i-3
        incident: IncidentId,
        #[command(flatten)]
        how: How,
    },
}

/// What kind of word a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// The first word, to those who have had none
    Notice,
    /// Another word, to those who have had one
    Update,
    /// It works again, to those who were told; after the incident was cleared
    AllClear,
}

impl From<Kind> for BroadcastKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Notice => Self::Notice,
            Kind::Update => Self::Update,
            Kind::AllClear => Self::AllClear,
        }
    }
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Cause {
    /// The proposal, like i-3
    proposal: Option<IncidentId>,
    /// A tool that fails
    #[arg(long, value_name = "TOOL")]
    tool: Option<ToolName>,
    /// What customers come for
    #[arg(long, value_name = "INTENT")]
    intent: Option<IntentName>,
    /// Words that customers write, each of them in one message
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
}

impl Cause {
    fn by_hand(&self) -> Option<IncidentCause> {
        let words = self.words.as_deref().map(|words| IncidentCause::Words(Foreign::new(words)));
        let tool = self.tool.clone().map(IncidentCause::Tool);
        tool.or_else(|| self.intent.clone().map(IncidentCause::Intent)).or(words)
    }
}

impl Incidents {
    /// Does it.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let act = self.act.unwrap_or(Act::List { how: self.how });
        super::on_tokio(async {
            let how = act.how().clone();
            let mut desk = Desk::open(place, &how.reach).await?;
            let wish = match act {
                Act::List { .. } => {
                    let told = list(desk.picture(), how.json, printer);
                    desk.close().await?;
                    return told;
                }
                Act::Show { incident, .. } => {
                    let told = show(desk.picture(), incident, how.json, printer);
                    desk.close().await?;
                    return told;
                }
                Act::Declare { cause, title, .. } => IncidentWish::Declare {
                    proposal: cause.proposal,
                    title: title.as_deref().map(Foreign::new),
                    cause: cause.by_hand(),
                },
                Act::Dismiss { incident, .. } => IncidentWish::Dismiss { incident },
                Act::Lead { incident, .. } => IncidentWish::Lead { incident },
                Act::Join { incident, conversation, .. } => {
                    IncidentWish::Join { incident, conversation: desk.row(&conversation)?.id }
                }
                Act::Split { conversation, .. } => IncidentWish::Split { conversation: desk.row(&conversation)?.id },
                Act::Broadcast { incident, text, kind, count, preview, .. } if preview || count.is_none() => {
                    let page = desk.line().preview(incident, kind.into(), Foreign::new(&text)).await;
                    desk.close().await?;
                    return previewed(&page?, how.json, printer);
                }
                Act::Broadcast { incident, text, kind, count, .. } => {
                    let (text, count) = (Foreign::new(&text), count.unwrap_or_default());
                    IncidentWish::Broadcast { incident, kind: kind.into(), text, count }
                }
                Act::Stop { incident, .. } => IncidentWish::Stop { incident },
                Act::Clear { incident, .. } => IncidentWish::Clear { incident },
            };
            desk.act(OperatorAct::Incident { wish }, None, &how, printer).await
        })
    }
}

impl Act {
    const fn how(&self) -> &How {
        match self {
            Self::List { how }
            | Self::Show { how, .. }
            | Self::Declare { how, .. }
            | Self::Dismiss { how, .. }
            | Self::Lead { how, .. }
            | Self::Join { how, .. }
            | Self::Split { how, .. }
            | Self::Broadcast { how, .. }
            | Self::Stop { how, .. }
            | Self::Clear { how, .. } => how,
        }
    }
}

/// What a message would come to.
fn previewed(page: &Preview, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(page);
    }
    printer.says(&format!("{} conversations would be told; --count {} sends it", page.count, page.count))?;
    let excluded = page.excluded.iter().map(|row| {
        let handles: Vec<String> = row.handles.iter().map(ToString::to_string).collect();
        vec![Clean::shown(&row.count), row.why.clone(), Clean::shown(&handles.join(" "))]
    });
    printer.table(&["not told", "why", "which"], &excluded.collect::<Vec<_>>())?;
    let fills = page.fills.iter().map(|row| {
        vec![row.what.clone(), Clean::shown(&row.handle), row.name.clone(), row.text.one_line(), row.last.clone()]
    });
    printer.table(&["look at", "handle", "customer", "would read", "said last"], &fills.collect::<Vec<_>>())
}

/// Where it stands, and who leads.
fn stage(row: &IncidentRow) -> String {
    match &row.stage {
        IncidentStage::Proposed(evidence) => {
            let usual = evidence.usual.map(|usual| format!(", {} usual", f64::from(usual) / 1_000.0));
            let (conversations, window) = (evidence.conversations, evidence.window);
            format!("proposed: {conversations} in {window}{}", usual.unwrap_or_default())
        }
        IncidentStage::Open { lead } => format!("{lead} leads"),
        IncidentStage::Cleared { lead, .. } => format!("cleared, {lead} led"),
    }
}

fn list(floor: &Picture, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(&floor.incidents);
    }
    if floor.incidents.is_empty() {
        return printer.says(&"no incident; conversations that share a cause would be proposed here");
    }
    let rows: Vec<Vec<Clean>> = floor.incidents.iter().map(cells).collect();
    printer.table(&["incident", "title", "state", "since", "chats", "need somebody"], &rows)
}

fn cells(row: &IncidentRow) -> Vec<Clean> {
    vec![
        Clean::shown(&row.incident),
        row.title.clone(),
        Clean::shown(&stage(row)),
        Clean::shown(&words::clock(row.since)),
        Clean::shown(&row.members),
        Clean::shown(&row.needs),
    ]
}

fn show(floor: &Picture, incident: IncidentId, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let unknown = || Failure::failed(format!("no incident {incident}; `baton incidents list` names all"));
    let row = floor.incidents.iter().find(|row| row.incident == incident).ok_or_else(unknown)?;
    let mut members: Vec<&ConversationRow> =
        floor.rows.values().filter(|member| member.in_incident() == Some(incident)).collect();
    members.sort_by_key(|member| member.handle);
    if json {
        return printer.json(&json!({ "incident": row, "conversations": members }));
    }
    printer.table(&["incident", "title", "state", "since", "chats", "need somebody"], &[cells(row)])?;
    let line = |member: &&ConversationRow| {
        let alone = if member.is_folded() { "" } else { "on its own" };
        vec![Clean::shown(&member.handle), member.name.clone(), Clean::shown(&member.holder), Clean::fixed(alone)]
    };
    let lines: Vec<Vec<Clean>> = members.iter().map(line).collect();
    printer.table(&["handle", "customer", "held by", ""], &lines)
}
