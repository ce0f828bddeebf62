//! The supervision ladder between looking and taking over: drafts that wait for a person, holds, and how
//! far an agent is trusted.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::action::{Fill, Next};
use super::customer::Tier;
use super::id::{AgentName, ChannelName, ConversationId, Seq, ToolName};
use super::knowledge::Citation;
use super::personal::Personal;
use super::playbook::FlowState;
use super::promise::Promise;
use super::text::Foreign;
use super::time::{Millis, Timestamp};

/// A part of the floor's conversations: those of a tier, by a channel, or both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Customers of this tier; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Conversations by this channel; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelName>,
}

impl Segment {
    /// Whether a conversation of that tier and channel belongs to it.
    pub fn covers(&self, tier: Tier, channel: &ChannelName) -> bool {
        self.tier.is_none_or(|own| own == tier) && self.channel.as_ref().is_none_or(|own| own == channel)
    }

    /// In words: `gold by web`.
    pub fn words(&self) -> String {
        let tier = self.tier.map(Tier::word);
        match (tier, &self.channel) {
            (Some(tier), Some(channel)) => format!("{tier} by {channel}"),
            (Some(tier), None) => tier.to_owned(),
            (None, Some(channel)) => channel.to_string(),
            (None, None) => "everybody".to_owned(),
        }
    }

    /// Whether it names nothing at all: then it is no segment.
    pub const fn is_empty(&self) -> bool {
        self.tier.is_none() && self.channel.is_none()
    }
}

/// Whose drafts a gate stops.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateTarget {
    /// Everything that agents compose in one conversation.
    Conversation(ConversationId),
    /// Everything that one agent composes.
    Agent(AgentName),
    /// Everything that agents compose in a part of the floor.
    Segment(Segment),
}

/// What becomes of a draft that nobody looked at in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FuseEnd {
    /// It goes out by itself.
    Send,
    /// It goes on waiting.
    #[default]
    Hold,
}

/// How long drafts wait for a person, and what happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fuse {
    /// Counted from when the draft was finished, in ms.
    pub after: Millis,
    /// What happens then.
    pub then: FuseEnd,
}

/// The fuse of one draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burning {
    /// When it is through.
    pub until: Timestamp,
    /// What happens then.
    pub then: FuseEnd,
}

/// An agent's finished move of which nothing has happened yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMove {
    /// The words.
    pub text: Personal<Foreign>,
    /// What they rest on.
    pub citations: Vec<Citation>,
    /// Whether they apologise.
    pub apology: bool,
    /// Where the flow will stand.
    pub flow: FlowState,
    /// Facts it understood.
    pub fills: Vec<Fill>,
    /// What it promises.
    pub promises: Vec<Promise>,
    /// What is to follow.
    pub next: Personal<Next>,
    /// The entries of the whispers that were in force when it was composed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub under: Vec<Seq>,
}

/// What a person wants to happen to a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftVerdict {
    /// It goes out as it is.
    Send,
    /// It goes out in other words; what was to follow it follows.
    Edit {
        /// The words.
        text: Foreign,
    },
    /// It does not go out, and nothing follows it.
    Drop,
}

/// How a held draft was settled. One that became stale is withheld instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftEnd {
    /// A person sent it as it was.
    Sent,
    /// A person sent it in other words.
    Edited,
    /// A person dropped it.
    Dropped,
    /// Its fuse sent it.
    Fused,
}

impl DraftEnd {
    /// How it ended, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Sent => "it was sent",
            Self::Edited => "it was sent in other words",
            Self::Dropped => "it was dropped",
            Self::Fused => "its fuse sent it",
        }
    }
}

/// How an agent's drafts were judged; the share that was sent unchanged tells when a gate may open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DraftTally {
    /// Sent by people as they were.
    pub sent: u32,
    /// Sent by people in other words.
    pub edited: u32,
    /// Dropped.
    pub dropped: u32,
    /// Sent by their fuse.
    pub fused: u32,
}

impl DraftTally {
    /// Counts one more.
    pub const fn count(&mut self, end: DraftEnd) {
        let slot = match end {
            DraftEnd::Sent => &mut self.sent,
            DraftEnd::Edited => &mut self.edited,
            DraftEnd::Dropped => &mut self.dropped,
            DraftEnd::Fused => &mut self.fused,
        };
        *slot = slot.saturating_add(1);
    }
}

/// How long agents keep still after a person who speaks beside them wrote, or was seen writing: time to
/// read what was written and to write on.
pub const BARGE_PAUSE: Millis = Millis::from_secs(20);
/// Signs of writing that come closer than this to the last one change nothing: a journal entry a keystroke
/// would say no more.
pub const BARGE_SIGN: Millis = Millis::from_secs(10);

/// Longest reason beside a hold: a line of the screen.
pub const HOLD_REASON_BYTES_MAX: usize = 200;

/// What a hold stops at once: no text and no tool call of it is committed until it is released.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldTarget {
    /// One agent.
    Agent(AgentName),
    /// One tool, whoever calls it.
    Tool(ToolName),
    /// All agents in a part of the floor.
    Segment(Segment),
    /// All agents.
    AllAi,
}

impl fmt::Display for HoldTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(name) => name.fmt(f),
            Self::Tool(name) => name.fmt(f),
            Self::Segment(Segment { tier: Some(tier), channel: Some(channel) }) => write!(f, "{tier:?} by {channel}"),
            Self::Segment(Segment { tier: Some(tier), channel: None }) => write!(f, "{tier:?}"),
            Self::Segment(Segment { tier: None, channel: Some(channel) }) => channel.fmt(f),
            Self::Segment(Segment { tier: None, channel: None }) => f.pad("nothing"),
            Self::AllAi => f.pad("all AI"),
        }
    }
}

/// What becomes of conversations whose agent is held. The later ones stop more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aftermath {
    /// They stay; the agent goes on composing, and what it composes waits until the hold is released.
    Gate,
    /// Another agent takes them, or a person where none may.
    Reroute,
    /// They wait for a person.
    #[default]
    Queue,
}

/// How far an agent is trusted, or on its way in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// It answers nobody.
    Shadow,
    /// All its drafts wait for a person.
    Gated,
    /// It answers by itself.
    #[default]
    Live,
    /// It finishes its conversations and gets no new ones.
    Draining,
    /// It is stopped.
    Held,
}

impl Life {
    /// Whether it gets conversations it does not have.
    pub const fn takes_new(self) -> bool {
        match self {
            Self::Gated | Self::Live => true,
            Self::Shadow | Self::Draining | Self::Held => false,
        }
    }
}
