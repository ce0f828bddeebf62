//! Questions about what is not on the floor: history and sessions for replay.

use serde::{Deserialize, Serialize};

use crate::domain::baton::Holder;
use crate::domain::brief::{BriefReason, BriefSums};
use crate::domain::conversation::Disposition;
use crate::domain::id::{
    BriefId, ChannelName, ConversationId, CustomerId, Handle, IncidentId, IntentName, Label, OperatorName, PromiseId,
    Seq,
};
use crate::domain::incident::BroadcastKind;
use crate::domain::reply::ReplyChoice;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;

use super::console::Change;
use super::incident::Preview;
use super::knowledge::Gaps;
use super::learning::{Alike, Learned, LikelyRow};
use super::row::PromiseRow;
use super::transcript::Item;

/// Rows in one page of history.
pub const HISTORY_PAGE: usize = 100;
/// Frames of a session in one page: a long conversation comes in a few.
pub const SESSION_PAGE: usize = 200;

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Past and present conversations, newest first.
    History {
        /// Words that must occur in the texts; empty for all.
        words: Foreign,
    },
    /// Items of a conversation before an entry: what the floor no longer holds.
    Before {
        /// Which.
        conversation: ConversationId,
        /// Before which entry.
        seq: Seq,
    },
    /// What an answer in a live conversation may begin with: the house's replies, passages of articles, and of conversations that are over.
    Replies {
        /// Which.
        conversation: ConversationId,
    },
    /// What a customer's own earlier conversations came to, and what settled others like this one.
    Past {
        /// Of whom: a live conversation of theirs.
        conversation: ConversationId,
    },
    /// What shifts left to the next, newest first.
    Briefs {},
    /// What customers are owed on this floor, what is due first before the rest.
    Promises {},
    /// Customers whom nobody answers for a while, whose time is over first before the rest.
    Blocked {},
    /// What a message to the conversations of an incident would come to.
    Preview {
        /// Of which.
        incident: IncidentId,
        /// What kind of word it would be.
        kind: BroadcastKind,
        /// The words, with their gaps.
        text: Foreign,
    },
    /// A whole conversation as frames, for a player.
    Session {
        /// Which: an id or a handle like `c-1042`.
        conversation: String,
    },
    /// What would follow if the asker did this or that in a conversation now.
    WhatIf {
        /// Which: an id or a handle like `c-1042`.
        conversation: String,
    },
    /// What is like the last choice in a conversation, and what a correction of it would change.
    Alike {
        /// Which: an id or a handle like `c-1042`.
        conversation: String,
    },
    /// Conversations that are likely to need somebody soon, to be late or to come back; the likeliest first.
    Likely {},
    /// What learning has changed.
    Learned {
        /// Since when; left out, since the last mark.
        #[serde(default)]
        since: Option<Timestamp>,
    },
    /// What customers asked and no article answers.
    Gaps {
        /// Since when; left out, since the beginning.
        #[serde(default)]
        since: Option<Timestamp>,
    },
}

/// A page of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Rows of history.
    History(Vec<HistoryRow>),
    /// Older items.
    Before(ConversationId, Vec<Item>),
    /// Texts to begin an answer with, for this conversation.
    Replies(ConversationId, Vec<ReplyChoice>),
    /// What conversations that are over came to, the customer's own first.
    Past(ConversationId, Vec<ReplyChoice>),
    /// Briefs, newest first.
    Briefs(Vec<BriefRow>),
    /// What is owed.
    Promises(Vec<PromiseRow>),
    /// Customers whom nobody answers for a while.
    Blocked(Vec<BlockRow>),
    /// What a message would come to.
    Preview(Box<Preview>),
    /// Frames of a session.
    Session(Vec<Frame>),
    /// What would follow, an act each.
    WhatIf(WhatIf),
    /// What is like a choice, and what a correction would change.
    Alike(Box<Alike>),
    /// Conversations that are likely to need somebody soon.
    Likely(Vec<LikelyRow>),
    /// What learning has changed.
    Learned(Box<Learned>),
    /// What no article answers.
    Gaps(Box<Gaps>),
    /// The question cannot be answered; why, and the way out.
    Nothing(String),
}

/// A customer whom nobody answers for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockRow {
    /// Who.
    pub customer: CustomerId,
    /// Who said so.
    pub by: OperatorName,
    /// Since when.
    pub since: Timestamp,
    /// When it is over by itself.
    pub until: Timestamp,
    /// Why.
    pub reason: Clean,
    /// The conversation in which they were told, as long as the floor knows it.
    pub handle: Option<Handle>,
}

/// What would follow in one conversation: every act judged as if it were done, and nothing done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// Which.
    pub conversation: ConversationId,
    /// Its newest journal entry when this was judged.
    pub seq: Seq,
    /// The acts.
    pub acts: Vec<Foreseen>,
}

/// One act that could be done, and what would come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreseen {
    /// The act as the wire names it, `take_over`.
    pub act: String,
    /// What it is about, where that is not plain: to whom, which approval.
    pub about: Clean,
    /// Whether the rules would turn it down.
    pub refused: bool,
    /// What would follow, or why it is refused.
    pub words: Clean,
}

/// What a shift left to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefRow {
    /// Which.
    pub id: BriefId,
    /// Who wrote it.
    pub by: OperatorName,
    /// When.
    pub at: Timestamp,
    /// Since when its sums count.
    pub since: Timestamp,
    /// What changed since then.
    pub sums: BriefSums,
    /// What whoever comes should know of, the most pressing first.
    pub lines: Vec<BriefLineRow>,
    /// Who signed it, and when.
    pub signed: Option<(OperatorName, Timestamp)>,
}

/// One conversation of a brief, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefLineRow {
    /// Which.
    pub conversation: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// The customer's name; none once the conversation has left the floor.
    pub name: Option<Clean>,
    /// Who holds it now; none once it is over.
    pub holder: Option<Holder>,
    /// Why it stands here.
    pub reasons: Vec<BriefReason>,
    /// What the customer was owed when it was written, by when, and what it is; without words, it is owed no longer.
    #[serde(default)]
    pub owed: Vec<(PromiseId, Option<Timestamp>, Option<Clean>)>,
}

/// A past or present conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// Which.
    pub id: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// Whose.
    pub customer: CustomerId,
    /// The customer's name.
    pub name: Clean,
    /// By which channel.
    pub channel: ChannelName,
    /// When it began.
    pub opened: Timestamp,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
    /// What it was about.
    pub intent: Option<IntentName>,
    /// How it ended.
    pub disposition: Option<Disposition>,
    /// One to five.
    pub rating: Option<u8>,
    /// Who held the baton, in order.
    pub holders: Vec<Clean>,
    /// Marks that people put on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// The place in the texts that was found, if words were asked for.
    pub excerpt: Option<Clean>,
}

/// One step of a session: the same changes a live console hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The journal entry.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// What a jump may look for here.
    pub mark: Option<Mark>,
    /// What changed.
    pub changes: Vec<Change>,
}

/// What a player can jump to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A message.
    Message,
    /// A routing decision.
    Decision,
    /// A pass of the baton.
    Handoff,
    /// A request for a human.
    Escalation,
    /// A tool or an approval.
    Tool,
}
