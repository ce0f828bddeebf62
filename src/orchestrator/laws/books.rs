//! What the checks remember of one conversation.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::ClaimBook;
use super::clocks::ClockBook;
use crate::domain::baton::Holder;
use crate::domain::conversation::Priority;
use crate::domain::customer::{Identity, Tier};
use crate::domain::id::{
    AgentName, ApprovalId, CallId, ChannelName, CompositionId, DraftId, Epoch, EscalationId, IncidentId, Label,
    OperatorName, QueueName, Seq, SkillName, ToolName, TurnNo,
};
use crate::domain::personal::Personal;
use crate::domain::supervision::Fuse;
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolCall;
use crate::domain::watch::WatchFor;

use super::consult::ConsultBook;
use super::desk::Was;
use super::guard::GuardBook;
use super::left::Told;
use super::money::{Counted, LastWords, Question};
use super::promises::PromiseBooks;
use super::wrap_up::WrapBook;

/// One conversation.
#[expect(clippy::struct_excessive_bools, reason = "a ledger: one mark a column")]
#[derive(Debug, Default)]
pub(super) struct Account {
    /// The last choice of an agent, and for which message.
    pub(super) chosen: Option<(TurnNo, AgentName)>,
    pub(super) holder: Holder,
    pub(super) epoch: Epoch,
    pub(super) turn: TurnNo,
    pub(super) identity: Identity,
    /// The entry that rolled out its edition, if it is on one beside that in force.
    pub(super) edition: Option<Seq>,
    /// Whether it has begun and nobody has been given it yet.
    pub(super) begins: bool,
    /// What is owed.
    pub(super) promises: PromiseBooks,
    /// Replies that wait for their translation: whose, and under which epoch.
    pub(super) held: BTreeMap<u32, (OperatorName, Epoch)>,
    /// Whether a person let the agent's last move go on: what follows it is the agent's.
    pub(super) sent: bool,
    /// What is left to do after the end.
    pub(super) wrap: Option<WrapBook>,
    /// Who was credited for the last ending.
    pub(super) credited: Holder,
    /// Promises of the pack that was offered last.
    pub(super) promised: usize,
    /// Between whom that was.
    pub(super) passing: Option<(AgentName, AgentName)>,
    /// Questions to other specialists.
    pub(super) consults: ConsultBook,
    /// Who answers, as the customer was last told.
    pub(super) introduced: Holder,
    /// Who made the last move, if nothing but a pass came after it.
    pub(super) acted: Option<AgentName>,
    /// Who gave it away since the customer, or a person, last had it.
    pub(super) round: BTreeSet<AgentName>,
    pub(super) offered: Option<OperatorName>,
    /// The request for a human that is open.
    pub(super) asks: Option<Asks>,
    /// The one that was settled last: an undone takeover opens it again.
    pub(super) settled: Option<Asks>,
    /// What had been settled when another was raised; a move between lines that is undone opens it again.
    pub(super) replaced: Option<Asks>,
    pub(super) back: Option<Asks>,
    /// Whether the last pass was to a line.
    pub(super) escalated: bool,
    /// Since when the holder holds.
    pub(super) since: Timestamp,
    /// What the last act that can be taken back has changed.
    pub(super) was: Option<Was>,
    pub(super) asleep: bool,
    /// What each who watches waits for.
    pub(super) watches: BTreeMap<OperatorName, Option<WatchFor>>,
    pub(super) priority: Option<Priority>,
    pub(super) labels: BTreeSet<Label>,
    pub(super) gate: Option<(OperatorName, Fuse)>,
    pub(super) clock: ClockBook,
    /// The attempt that goes on, and how often it has.
    pub(super) moves: (CompositionId, u8),
    /// What an agent said last.
    pub(super) words: Option<LastWords>,
    pub(super) calls: BTreeMap<CallId, CallBook>,
    pub(super) asked: BTreeMap<ApprovalId, Question>,
    pub(super) granted: BTreeMap<ApprovalId, Personal<ToolCall>>,
    pub(super) tier: Option<Tier>,
    pub(super) channel: Option<ChannelName>,
    /// In which incident it is.
    pub(super) incident: Option<IncidentId>,
    /// Who may speak beside the holder.
    pub(super) barge: Option<OperatorName>,
    /// Who was told that the customer waits.
    pub(super) left: Option<Told>,
    /// Who asks the holder for it.
    pub(super) claim: Option<ClaimBook>,
    /// Whether drafts wait here by the conversation's own gate.
    pub(super) gated: bool,
    /// The draft that waits, and of which attempt it is.
    pub(super) draft: Option<(DraftId, CompositionId)>,
    /// What guardrails stopped.
    pub(super) guard: GuardBook,
    /// The attempt whose words may go past a gate.
    pub(super) released: Option<CompositionId>,
}

/// One request for a human.
#[derive(Debug, Clone)]
pub(super) struct Asks {
    pub(super) id: EscalationId,
    pub(super) queue: QueueName,
    pub(super) skills: Vec<SkillName>,
    pub(super) rank: Timestamp,
    pub(super) breached: bool,
    /// Whether its customer is written to later.
    pub(super) call_back: bool,
    /// When it is over although nobody came.
    pub(super) expires: Option<Timestamp>,
    /// Who turned it down in this round.
    pub(super) declined: BTreeSet<OperatorName>,
}

/// One tool call that has not come back.
#[derive(Debug)]
pub(super) struct CallBook {
    pub(super) side_effect: bool,
    pub(super) started: bool,
    pub(super) agent: AgentName,
    pub(super) tool: ToolName,
    /// Money that counts towards the day.
    pub(super) counted: Option<Counted>,
}
