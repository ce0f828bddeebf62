//! An operator's desk without a screen: the floor as it is, and acts on it, over the console's wire.

use std::time::Duration;

use serde_json::json;

use super::failure::Failure;
use super::line::{Answer, Line};
use super::place::Place;
use super::print::Printer;
use super::reach::Reach;
use crate::client::socket;
use crate::console::model::picture::{Picture, Scene};
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::id::{ConversationId, Digest, Epoch, Handle};
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::{Audience, Change, ConsoleCommand, ConsoleReply, ConsoleRequest, KeptDraft};
use crate::protocol::row::ConversationRow;

/// How an act is asked for and told of.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct How {
    #[command(flatten)]
    pub(super) reach: Reach,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// The conversation of an act, and what was seen of it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct On {
    /// Which: an id, or a handle like c-1042
    pub(super) conversation: String,
    /// The epoch that was looked at: if it is another by now, nothing is done
    #[arg(long, value_name = "EPOCH")]
    pub(super) seen: Option<u64>,
    #[command(flatten)]
    pub(super) how: How,
}

/// An open desk.
pub(super) struct Desk {
    line: Line,
    picture: Picture,
    at: Timestamp,
    drafts: Vec<KeptDraft>,
    /// The conversation whose unsent reply goes with the next act.
    gives: Option<ConversationId>,
}

impl Desk {
    /// Passes by the floor: a script is nobody's presence, so nothing is offered to it, and what it
    /// took over stays with its operator after it has gone.
    pub(super) async fn open(place: &Place, reach: &Reach) -> Result<Self, Failure> {
        let (address, token) = reach.target(place).await?;
        let mut line = Line::to(socket::Options { address, token, read_only: false, passing: true })?;
        let mut scene = Scene::default();
        let (at, changes, drafts) = line.snapshot().await?;
        for change in changes {
            scene.apply(change);
        }
        Ok(Self { line, picture: scene.picture, at, drafts, gives: None })
    }

    /// The floor as it was when the desk was opened.
    pub(super) const fn picture(&self) -> &Picture {
        &self.picture
    }

    /// So much later on the floor's clock than when the desk was opened.
    pub(super) fn after(&self, span: Duration) -> Timestamp {
        self.at + Millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }

    /// The reply in a conversation that this operator has begun and not sent.
    pub(super) fn unsent_reply(&self, conversation: ConversationId) -> Option<&Foreign> {
        let mut replies = self.drafts.iter().filter(|draft| draft.audience == Audience::Reply);
        replies.find(|draft| draft.conversation == conversation).map(|draft| &draft.text)
    }

    /// Forgets it once the next act is done: until then nothing of it is lost.
    pub(super) const fn gives_reply(&mut self, conversation: ConversationId) {
        self.gives = Some(conversation);
    }

    /// The floor's time when the desk was opened.
    pub(super) const fn at(&self) -> Timestamp {
        self.at
    }

    /// The line to the floor, for questions.
    pub(super) const fn line(&mut self) -> &mut Line {
        &mut self.line
    }

    /// The open conversation of an id or a handle.
    pub(super) fn row(&self, which: &str) -> Result<&ConversationRow, Failure> {
        let id = which.parse::<ConversationId>().ok();
        let handle = which.parse::<Handle>().ok();
        let found = self.picture.rows.values().find(|row| Some(row.id) == id || Some(row.handle) == handle);
        found.ok_or_else(|| {
            Failure::failed(format!(
                "no open conversation {which:?} on this floor; `baton conversations list` names all"
            ))
        })
    }

    /// What the author of an act saw, if they said so.
    pub(super) fn seen(row: &ConversationRow, epoch: Option<u64>, subject: Option<Digest>) -> Option<Seen> {
        let epoch = epoch.map(Epoch);
        (epoch.is_some() || subject.is_some()).then(|| Seen {
            conversation: row.id,
            epoch: epoch.unwrap_or(row.epoch),
            seq: row.seq,
            subject,
        })
    }

    /// Has an act done, tells of it, and hangs up.
    pub(super) async fn act(
        mut self,
        act: OperatorAct,
        seen: Option<Seen>,
        how: &How,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let name = serde_json::to_value(&act).ok().and_then(|act| act.get("act").cloned()).unwrap_or_default();
        let answer = self.line.command(ConsoleCommand::Act(act), seen).await?;
        if let (Some(conversation), Answer::Done(_)) = (self.gives, &answer) {
            let (audience, text) = (Audience::Reply, Foreign::default());
            self.line.send(ConsoleRequest::Draft { conversation, audience, text }).await?;
            // What is asked after it is answered after it: then it is forgotten.
            self.line.briefs().await?;
        }
        self.close().await?;
        match answer {
            Answer::Done(seq) if how.json => printer.json(&json!({ "done": true, "act": name, "seq": seq })),
            Answer::Done(seq) => printer.says(&format!("done; recorded as {seq}")),
            Answer::Refused(refusal, message) if how.json => {
                printer.json(&json!({ "done": false, "act": name, "refusal": refusal, "message": message }))?;
                Err(Failure::told())
            }
            Answer::Refused(_, message) => Err(Failure::failed(message)),
        }
    }

    /// Hangs up.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.line.close().await
    }
}

impl Line {
    /// The floor as a newcomer is shown it, its time, and what is kept for this operator.
    async fn snapshot(&mut self) -> Result<(Timestamp, Vec<Change>, Vec<KeptDraft>), Failure> {
        let mut all = Vec::new();
        loop {
            if let ConsoleReply::Welcome { changes, seq, at, drafts, .. } = self.hear().await? {
                all.extend(changes);
                if seq.is_some() {
                    return Ok((at, all, drafts));
                }
            }
        }
    }
}
