//! Incidents: conversations that share a cause, what speaks for it, and the person who leads.

mod message;
mod status;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{ComponentName, ConversationId, IncidentId, IntentName, ToolName};
use super::text::Foreign;
use super::time::Millis;

pub use message::{FACT_BYTES_MAX, Message, MessageError};
pub use status::{ComponentState, STATUS_BYTES_MAX, STATUS_LINES_MAX, StatusLine};

/// Longest title of an incident: what fits a row beside its sums.
pub const INCIDENT_TITLE_BYTES_MAX: usize = 80;
/// Longest words of a cause: a few that customers write, not a text.
pub const CAUSE_WORDS_BYTES_MAX: usize = 80;
/// Incidents at once, those that were cleared lately included: more than anybody can lead.
pub const INCIDENTS_MAX: usize = 50;
/// Proposals at once: who has not looked at these looks at no further one.
pub const PROPOSALS_MAX: usize = 20;
/// Incidents that a conversation was split off from and that are remembered, so that it does not join again.
pub const SPLITS_KEPT: usize = 8;

/// What conversations of an incident share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentCause {
    /// A tool that fails.
    Tool(ToolName),
    /// What customers come for.
    Intent(IntentName),
    /// Words that customers write; each has to stand in one message. The house's own choice of words.
    Words(Foreign),
}

impl fmt::Display for IncidentCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(tool) => write!(f, "{tool} fails"),
            Self::Intent(intent) => write!(f, "many ask for {intent}"),
            Self::Words(words) => write!(f, "many write {}", words.one_line()),
        }
    }
}

/// What speaks for a common cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Different conversations within the window.
    pub conversations: u32,
    /// The window.
    pub window: Millis,
    /// Conversations that are usual in such a window, in thousandths; none where any one is one too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<u32>,
}

/// Why a conversation left an incident while it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftReason {
    /// Somebody split it off: it is about something else, and does not join again by itself.
    Split,
    /// Somebody put it into another incident.
    Moved,
    /// The incident is over.
    Cleared,
}

/// Longest message to the conversations of an incident: what somebody reads who waits.
pub const BROADCAST_BYTES_MAX: usize = 1_000;

/// Conversations that one message goes to at most: an hour and more at the usual pace.
pub const BROADCAST_TO_MAX: usize = 5_000;

/// What a message to the conversations of an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BroadcastKind {
    /// The first word; goes to those who have had none.
    Notice,
    /// Another word; goes to those who have had one.
    Update,
    /// It works again; goes, once it is over, to those who were told that it did not.
    AllClear,
}

/// Why a conversation is not told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// A VIP is answered by a person.
    Vip,
    /// A person has it in hand.
    HumanHeld,
    /// The AI is stopped there, and so is what is said in its place.
    Held,
    /// It has had this word.
    AlreadyTold,
    /// It has not had the word to which this one belongs.
    NotTold,
    /// It is in the incident no longer.
    NotMember,
    /// A fact that the message names is not known there, was erased, or is too long for a sentence.
    Missing(String),
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vip => f.write_str("a VIP"),
            Self::HumanHeld => f.write_str("a person has it in hand"),
            Self::Held => f.write_str("the AI is held there"),
            Self::AlreadyTold => f.write_str("told already"),
            Self::NotTold => f.write_str("was told nothing before"),
            Self::NotMember => f.write_str("in the incident no longer"),
            Self::Missing(fact) => write!(f, "{{{fact}}} is not known"),
        }
    }
}

/// What a person wants to happen to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum IncidentWish {
    /// Declare one and lead it: one that was proposed, or by hand with a cause and a title.
    Declare {
        /// The proposal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposal: Option<IncidentId>,
        /// Its name for colleagues; left out, the cause in words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<Foreign>,
        /// The cause, where nothing was proposed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<IncidentCause>,
    },
    /// Say that what was proposed is none; it is not proposed again for a while.
    Dismiss {
        /// The proposal.
        incident: IncidentId,
    },
    /// Lead it instead of whoever leads.
    Lead {
        /// Which.
        incident: IncidentId,
    },
    /// Put a conversation into it.
    Join {
        /// Into which.
        incident: IncidentId,
        /// Which.
        conversation: ConversationId,
    },
    /// Take a conversation out of its incident.
    Split {
        /// Which.
        conversation: ConversationId,
    },
    /// Say that it is over.
    Clear {
        /// Which.
        incident: IncidentId,
    },
    /// Tell its conversations something.
    Broadcast {
        /// Which.
        incident: IncidentId,
        /// What kind of word it is.
        kind: BroadcastKind,
        /// The words, with gaps for what is known of each conversation: `{name}`, `{order|your order}`.
        text: Foreign,
        /// To how many, as the author saw and typed it.
        count: u32,
    },
    /// Stop telling them, at once.
    Stop {
        /// Which.
        incident: IncidentId,
    },
    /// Say how a part of the house does; agents answer from it at once.
    SetStatus {
        /// Which part.
        component: ComponentName,
        /// How it does.
        state: ComponentState,
        /// What customers are told, in the house's own words.
        text: Foreign,
        /// The incident with which it ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incident: Option<IncidentId>,
    },
    /// Take that back.
    ClearStatus {
        /// Of which part.
        component: ComponentName,
    },
}
