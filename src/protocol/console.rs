//! The console's end: hello, feed, commands, questions.

use serde::{Deserialize, Serialize};

use crate::domain::candidate::Share;
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::id::{ClientKey, ConversationId, CustomerId, Digest, FloorName, OperatorName, Seq};
use crate::domain::operator::Role;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

use super::incident::{IncidentRow, StatusRow};
use super::query::{Page, Query};
use super::row::{ActRow, AgentRow, ConversationRow, HeaderRow, OperatorRow, QueueRow};
use super::transcript::{Detail, Item};

/// What a console sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ConsoleRequest {
    /// First frame.
    Hello {
        /// `baton.v1`.
        protocol: String,
        /// Who this is.
        token: String,
        /// Where the console stands, if it was connected before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Resume>,
        /// Whether it only looks: it then counts as nobody's presence.
        #[serde(default)]
        read_only: bool,
        /// Whether it only passes by, like a script: it may act, and counts as nobody's presence.
        #[serde(default)]
        passing: bool,
    },
    /// Stream this conversation's transcript, or none.
    Focus {
        /// Which.
        conversation: Option<ConversationId>,
    },
    /// Do something.
    Command {
        /// The console's key: the same key does it once.
        key: ClientKey,
        /// What the screen showed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Seen>,
        /// What.
        command: ConsoleCommand,
    },
    /// Ask something.
    Ask {
        /// The console's key for the answer.
        key: ClientKey,
        /// What.
        query: Query,
        /// Where an earlier page ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// Keep this unsent text for me; an empty one is forgotten.
    Draft {
        /// Of which conversation.
        conversation: ConversationId,
        /// For whom it is meant, as the composer named it.
        audience: Audience,
        /// The text.
        text: Foreign,
    },
    /// Keep my view for the next console: an opaque text of at most 4 KB.
    Remember {
        /// The view.
        view: String,
    },
}

/// For whom a composer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The customer sees it.
    Reply,
    /// The holder sees it; the customer does not.
    Whisper,
    /// Colleagues see it.
    Note,
    /// The customer sees it, beside the holder.
    Barge,
}

/// Where a console stands in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Which life of the feed.
    pub run: String,
    /// Everything up to here was applied.
    pub seq: Seq,
}

/// What a console can have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleCommand {
    /// An act of an operator.
    Act(OperatorAct),
    /// Forget a customer (admin).
    Erase(CustomerId),
    /// Put another edition of the deployment in force, by the name under which its texts are kept (admin).
    Adopt(Digest),
    /// Let a share of new conversations begin on another edition (admin).
    RollOut {
        /// The name under which its texts are kept.
        edition: Digest,
        /// Whose conversations.
        share: Share,
    },
    /// Let no new conversation begin on the edition that is rolled out (admin).
    TakeBack,
    /// Drain and stop the orchestrator (admin).
    Shutdown,
}

/// What a console hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ConsoleReply {
    /// One part of a snapshot; the last one carries `seq`.
    Welcome {
        /// Who the token belongs to.
        you: You,
        /// Which life of the feed.
        run: String,
        /// The floor's time.
        at: Timestamp,
        /// The floor's clock runs so many thousandths as fast as the wall's.
        speed: u32,
        /// The rows, as changes from nothing.
        changes: Vec<Change>,
        /// On the last part: the snapshot is the floor at this entry.
        seq: Option<Seq>,
        /// On the last part: unsent texts kept for this operator.
        drafts: Vec<KeptDraft>,
        /// On the last part: the view kept for this operator.
        view: Option<String>,
    },
    /// The resume is whole: everything that changed since.
    Resumed {
        /// From here.
        from: Seq,
        /// To here.
        to: Seq,
        /// The floor's time.
        at: Timestamp,
        /// What changed.
        changes: Vec<Change>,
    },
    /// The resume is not possible; a `welcome` follows.
    Reset {
        /// Why.
        reason: String,
    },
    /// What changed since the last frame.
    Delta {
        /// From here.
        from: Seq,
        /// To here.
        to: Seq,
        /// The floor's time.
        at: Timestamp,
        /// What changed.
        changes: Vec<Change>,
    },
    /// The command was done and is on disk.
    Accepted {
        /// Its key.
        key: ClientKey,
        /// Its last journal entry.
        seq: Seq,
    },
    /// The command was turned down.
    Refused {
        /// Its key.
        key: ClientKey,
        /// Why.
        refusal: Refusal,
        /// The reason as a sentence.
        message: String,
    },
    /// An answer, or its next page.
    Answer {
        /// The question's key.
        key: ClientKey,
        /// The page.
        page: Page,
        /// Where it goes on.
        next: Option<String>,
    },
    /// The console did not keep up; a new snapshot follows.
    Lagged {
        /// So many frames were dropped.
        skipped: u64,
    },
    /// The frame was no good; the socket closes when that is said by its close code.
    Error {
        /// A word for programs.
        code: String,
        /// A sentence for people, with the way out.
        message: String,
    },
}

/// Who a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct You {
    /// The name on the floor.
    pub operator: OperatorName,
    /// What they may do.
    pub role: Role,
    /// Whether acts are refused because the console only looks.
    pub read_only: bool,
    /// The floor.
    pub floor: FloorName,
}

/// An unsent text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDraft {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// For whom.
    pub audience: Audience,
    /// The text.
    pub text: Foreign,
}

/// One thing that is different now. Applying one twice does no harm: each names the whole new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "now", rename_all = "snake_case")]
pub enum Change {
    /// A conversation's row.
    Row(Box<ConversationRow>),
    /// A conversation left the floor.
    Gone(ConversationId),
    /// An agent's row.
    Agent(AgentRow),
    /// An agent left the roster.
    AgentGone(crate::domain::id::AgentName),
    /// An operator's row.
    Operator(OperatorRow),
    /// A queue's row.
    Queue(QueueRow),
    /// The incidents, and what is proposed as one.
    Incidents(Vec<IncidentRow>),
    /// What the house says of its parts.
    Status(Vec<StatusRow>),
    /// The header.
    Header(Box<HeaderRow>),
    /// The last things that people did, oldest first.
    Acts(Vec<ActRow>),
    /// The focused conversation's side panel.
    Detail(Box<Detail>),
    /// Items of the focused conversation; each replaces the one of the same number.
    Items(ConversationId, Vec<Item>),
}
