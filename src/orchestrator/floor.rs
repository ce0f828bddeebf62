//! Everything live under one orchestrator, as the fold of its journal.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::agent::AgentSpec;
use crate::domain::baton::Holder;
use crate::domain::block::Block;
use crate::domain::brief::Brief;
use crate::domain::candidate::Compared;
use crate::domain::customer::{Identity, Tier};
use crate::domain::deployment::Deployment;
use crate::domain::guard::GuardCounts;
use crate::domain::handoff::{ContextPack, Edge};
use crate::domain::id::{
    AgentName, ApprovalId, BriefId, CallId, ChannelName, ClaimId, CompositionId, ConsultId, ConversationId, CustomerId,
    Digest, DraftId, Epoch, EscalationId, Handle, HandoffId, IncidentId, Label, OfferId, OperatorName, PromiseId,
    QueueName, RuleId, Seq, SlotName, ToolName, TurnNo,
};
use crate::domain::learning::Precedent;
use crate::domain::money::Money;
use crate::domain::operator::{OPERATOR_CAPACITY, OperatorSpec, Presence};
use crate::domain::outcome::Outcome;
use crate::domain::personal::Personal;
use crate::domain::supervision::DraftTally;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};

use super::bills::Bills;
use super::conversation::Conversation;
use super::due::Due;
use super::editions::Editions;
use super::incidents::Incidents;
use super::keys::Keys;
use super::learning::Learning;
use super::lines::{Handled, Lines};
use super::owed::{self, Open};
use super::spending::Spending;
use super::standing::Standing;

/// Resolved conversations that the floor remembers; more closes the oldest, as an event.
pub const STUBS_MAX: usize = 100_000;

/// The state of a floor. Only [`evolve`](super::evolve) changes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Floor {
    /// The newest journal entry folded in.
    pub seq: Seq,
    /// Its time.
    pub at: Timestamp,
    /// Which life of the orchestrator this is.
    pub life: u64,
    /// The roster and the rules.
    pub deployment: Option<Arc<Deployment>>,
    /// What holds beside it, for a share of the conversations.
    #[serde(default)]
    pub editions: Editions,
    /// Conversations in which somebody owes somebody an answer.
    pub conversations: BTreeMap<ConversationId, Box<Conversation>>,
    /// Of these, the ones that wait in a line.
    pub queued: BTreeSet<ConversationId>,
    /// Of these, the ones that can be offered, as they stand in line; derived, kept sorted.
    pub waiting: BTreeSet<Place>,
    /// Numbers of the lines.
    #[serde(default)]
    pub lines: Lines,
    /// How long people had what they gave away or ended.
    #[serde(default)]
    pub handled: Handled,
    /// Resolved conversations within their re-open window.
    pub stubs: BTreeMap<ConversationId, Box<Stub>>,
    /// Of these, the ones in which something is left to do: owed, or to be wrapped up; derived.
    #[serde(default)]
    pub owing: BTreeSet<ConversationId>,
    /// Customers who can come back or are here.
    pub customers: BTreeMap<CustomerId, CustomerState>,
    /// Customers by their keyed handle.
    pub handles: BTreeMap<Digest, CustomerId>,
    /// Conversations by the integrator's keyed reference.
    pub references: BTreeMap<Digest, ConversationId>,
    /// What the agents hold.
    pub agents: BTreeMap<AgentName, AgentState>,
    /// What the humans do and hold.
    pub operators: BTreeMap<OperatorName, OperatorState>,
    /// What supervisors have laid over the floor.
    #[serde(default)]
    pub standing: Standing,
    /// Conversations that share a cause.
    #[serde(default)]
    pub incidents: Incidents,
    /// What outcomes and people have taught.
    #[serde(default)]
    pub learning: Learning,
    /// When what is due; derived from the above, kept sorted.
    pub due: BTreeSet<(Timestamp, Due)>,
    /// What was paid today.
    pub spending: Spending,
    /// What language models cost.
    #[serde(default)]
    pub bills: Bills,
    /// The last number given of each kind.
    pub last: Counters,
    /// Sums since the floor began.
    pub tally: Tally,
    /// The last briefs from a shift to the next.
    #[serde(default)]
    pub briefs: BTreeMap<BriefId, Brief>,
    /// When the last one was written, and the sums then.
    #[serde(default)]
    pub briefed: (Timestamp, Tally),
}

/// Where a conversation stands in line: the earliest rank first, then who asked first.
pub type Place = (Timestamp, EscalationId, ConversationId);

/// A resolved conversation: enough to rate it, to re-open it, and to know its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stub {
    /// Its short name.
    pub handle: Handle,
    /// Whose.
    pub customer: CustomerId,
    /// The integrator's keyed reference.
    pub reference: Option<Digest>,
    /// By which channel.
    pub channel: ChannelName,
    /// How sure we were of the customer.
    pub identity: Identity,
    /// What they were promised.
    pub tier: Tier,
    /// Their name.
    pub name: Option<Personal<Foreign>>,
    /// How many conversations this customer had before.
    pub earlier: u32,
    /// When it began.
    pub opened: Timestamp,
    /// When the customer is silent for so long, it ends.
    pub silence: Millis,
    /// End of the re-open window.
    pub until: Timestamp,
    /// The newest journal entry of it.
    pub seq: Seq,
    /// The last epoch: a re-opened conversation goes on from here.
    pub epoch: Epoch,
    /// The last message.
    pub turn: TurnNo,
    /// How it came out.
    pub outcome: Outcome,
    /// Who answered, as the customer was last told.
    #[serde(default)]
    pub introduced: Holder,
    /// When a human answered, if one did.
    #[serde(default)]
    pub human_stretch: Option<(Timestamp, Option<Timestamp>)>,
    /// What a re-opening begins with.
    pub pack: ContextPack,
    /// What the customer is owed still; what travels is read off this, since it may end meanwhile.
    #[serde(default)]
    pub owed: Open,
    /// What whoever had it has still to say.
    #[serde(default)]
    pub wrap: Option<WrapUp>,
    /// Marks that people put on it.
    #[serde(default)]
    pub labels: BTreeSet<Label>,
    /// Keys of its customer.
    pub keys: Keys,
}

/// What whoever had a conversation has still to say about its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUp {
    /// Who.
    pub operator: OperatorName,
    /// Whose line asks for it.
    pub queue: QueueName,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Whether it was given more time.
    pub extended: bool,
}

impl Stub {
    /// Whether a fact is known from the conversation.
    pub fn knows(&self, slot: &SlotName) -> bool {
        self.pack.slots.iter().any(|fill| fill.slot == *slot)
    }

    /// What a re-opening begins with now.
    pub fn pack_now(&self) -> ContextPack {
        let old = self.pack.promises.iter().filter(|promise| promise.id.is_none()).cloned();
        ContextPack { promises: old.chain(owed::travelling(&self.owed)).collect(), ..self.pack.clone() }
    }
}

/// A customer as the floor knows them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerState {
    /// Conversations so far.
    pub conversations: u32,
    /// Of these, on the floor or as stubs.
    pub present: u32,
    /// What was paid to them here, latest last.
    pub paid: VecDeque<Paid>,
    /// Keyed handle by which they are found again; without one they are forgotten with their last stub.
    pub handle: Option<Digest>,
    /// The human who last wrote to them.
    pub last_operator: Option<OperatorName>,
    /// Facts that were to prove who they are and did not fit, one after the other, and the last time.
    #[serde(default)]
    pub proofs_failed: (u8, Timestamp),
    /// That nobody answers them for a while.
    #[serde(default)]
    pub blocked: Option<Block>,
    /// How their last matters went, latest last.
    #[serde(default)]
    pub past: Vec<Precedent>,
}

/// Payments to one customer that are kept: what somebody looks through before they allow another.
pub const PAID_KEPT: usize = 10;

/// Money that went to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// When.
    pub at: Timestamp,
    /// By which tool.
    pub tool: ToolName,
    /// By which call.
    pub call: CallId,
    /// How much.
    pub amount: Money,
}

/// What an agent holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AgentState {
    /// Conversations.
    pub load: u32,
    /// Attempts that failed since the last one that did not.
    pub failures: u32,
    /// How its drafts were judged.
    #[serde(default)]
    pub drafts: DraftTally,
    /// How its passes came out, by receiver.
    #[serde(default)]
    pub edges: BTreeMap<AgentName, Edge>,
    /// What guardrails found in what it said and was given.
    #[serde(default)]
    pub caught: GuardCounts,
    /// How its candidate's moves compare with its own.
    #[serde(default)]
    pub compared: Compared,
}

/// What a human does and holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OperatorState {
    /// What they are doing.
    pub presence: Presence,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: Option<Foreign>,
    /// When it is planned to end.
    pub until: Option<Timestamp>,
    /// Who set it, if not they themselves.
    pub set_by: Option<OperatorName>,
    /// Conversations held.
    pub load: u16,
    /// Ended conversations of which they have still to say how they came out.
    #[serde(default)]
    pub wrapping: u16,
    /// The last offer made to them; while it runs it keeps a seat free, and no other is made.
    pub offer: Option<OfferMade>,
    /// Offers in a row that they let lapse.
    #[serde(default)]
    pub lapsed: u8,
    /// When their conversations go back to the line, after the last console went away.
    pub away_until: Option<Timestamp>,
    /// Keys of their commands.
    pub keys: Keys,
}

/// An offer as the operator knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferMade {
    /// Which.
    pub id: OfferId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Whether it waits for an answer.
    pub runs: bool,
}

impl OperatorState {
    /// The offer that waits for their answer.
    pub fn running_offer(&self) -> Option<OfferMade> {
        self.offer.filter(|offer| offer.runs)
    }

    /// Whether they are at their desk and take offers.
    pub const fn takes_offers(&self) -> bool {
        self.presence.takes_offers() && self.away_until.is_none()
    }
}

/// The last number given of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counters {
    /// Short names.
    pub handle: Handle,
    /// Attempts to answer.
    pub composition: CompositionId,
    /// Handoffs.
    pub handoff: HandoffId,
    /// Escalations.
    pub escalation: EscalationId,
    /// Offers.
    pub offer: OfferId,
    /// Approvals.
    pub approval: ApprovalId,
    /// Tool calls.
    pub call: CallId,
    /// Drafts that waited for a person.
    #[serde(default)]
    pub draft: DraftId,
    /// Briefs.
    #[serde(default)]
    pub brief: BriefId,
    /// Promises.
    #[serde(default)]
    pub promise: PromiseId,
    /// Incidents and proposals.
    #[serde(default)]
    pub incident: IncidentId,
    /// Claims.
    #[serde(default)]
    pub claim: ClaimId,
    /// Questions to other specialists.
    #[serde(default)]
    pub consult: ConsultId,
    /// Rules of people on who takes what.
    #[serde(default)]
    pub rule: RuleId,
}

/// Sums since the floor began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Conversations opened.
    pub conversations: u64,
    /// Messages that customers see or sent.
    pub turns: u64,
    /// Drafts withheld.
    pub withheld: u64,
    /// Conversations resolved.
    pub resolved: u64,
    /// Handoffs accepted.
    pub handoffs: u64,
    /// Escalations raised.
    pub escalations: u64,
}

impl Floor {
    /// The conversation, if it is live here.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id).map(Box::as_ref)
    }

    /// When the shell should send the next `Tick`, if anything is due at all.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The agent of the roster with what it holds now.
    pub fn agent(&self, name: &AgentName) -> Option<(&AgentSpec, u32)> {
        let spec = self.deployment.as_ref()?.agent(name)?;
        Some((spec, self.agents.get(name).map_or(0, |state| state.load)))
    }

    /// The operator as the roster knows them.
    pub fn operator_spec(&self, name: &OperatorName) -> Option<&OperatorSpec> {
        self.deployment.as_ref()?.operator(name)
    }

    /// Seats that an operator fills: conversations held, and by policy those they have still to wrap up.
    pub fn seats_filled(&self, name: &OperatorName) -> u16 {
        let counts = self.deployment.as_ref().is_some_and(|deployment| deployment.policy.wrap_up.takes_seat);
        let wrapping = |state: &OperatorState| if counts { state.wrapping } else { 0 };
        self.operators.get(name).map_or(0, |state| state.load.saturating_add(wrapping(state)))
    }

    /// Seats an operator has left, an offer that waits counted as taken.
    pub fn free_seats(&self, name: &OperatorName) -> u16 {
        let capacity = self.operator_spec(name).map_or(OPERATOR_CAPACITY, |spec| spec.capacity);
        let asked = self.operators.get(name).is_some_and(|state| state.running_offer().is_some());
        capacity.saturating_sub(self.seats_filled(name).saturating_add(u16::from(asked)))
    }

    /// Whether `holder` may take one conversation more, with the limit that says so.
    pub fn room_for(&self, holder: &Holder) -> Result<(), u32> {
        match holder {
            Holder::Nobody | Holder::Queue(_) => Ok(()),
            Holder::Agent(name) => match self.agent(name) {
                Some(_) if !self.life(name).takes_new() => Err(0),
                Some((spec, load)) if load < spec.capacity => Ok(()),
                Some((spec, _)) => Err(spec.capacity),
                None => Err(0),
            },
            Holder::Operator(name) => {
                let capacity = self.operator_spec(name).map_or(0, |spec| spec.capacity);
                let load = self.seats_filled(name);
                if load < capacity { Ok(()) } else { Err(u32::from(capacity)) }
            }
        }
    }
}
