//! The rules a deployment chooses: weights, triggers, clocks, limits. All have defaults.

mod files;
mod guard;
mod incidents;
mod learning;
mod models;
mod queue;

use serde::{Deserialize, Serialize};

pub use files::FilePolicy;
pub use guard::{AdviceField, GuardPolicy};
pub use incidents::IncidentPolicy;
pub use learning::{EscalationBudget, LearningPolicy};
pub use models::ModelPolicy;
pub use queue::QueuePolicy;

use super::calendar::Hours;
use super::clock::ClockKind;
use super::customer::Tier;
use super::data::DataPolicy;
use super::id::ChannelName;
use super::money::Money;
use super::panel::ConflictPolicy;
use super::score::Score;
use super::supervision::{Aftermath, Fuse, FuseEnd};
use super::time::Millis;

/// What `policy.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// How routing weighs.
    pub routing: RoutingWeights,
    /// When a human is called.
    pub escalation: EscalationPolicy,
    /// By when answers are due.
    pub clocks: Clocks,
    /// When the house is open; due times count open time only.
    pub hours: Hours,
    /// How the lines are ordered.
    pub queue: QueuePolicy,
    /// What people may allow.
    pub approvals: ApprovalPolicy,
    /// How long drafts wait for a person.
    pub gates: GatePolicy,
    /// What an emergency stop does unless it says otherwise.
    pub holds: HoldPolicy,
    /// How long what supervisors tell agents holds.
    pub whispers: WhisperPolicy,
    /// By when what was promised without a time is owed.
    pub promises: PromisePolicy,
    /// How long whoever had a conversation may take to say how it came out.
    pub wrap_up: WrapUpPolicy,
    /// When conversations are taken to share a cause.
    pub incidents: IncidentPolicy,
    /// What language models may cost.
    #[serde(skip_serializing_if = "ModelPolicy::is_default")]
    pub models: ModelPolicy,
    /// What outcomes are worth, and what may be tried out.
    pub learning: LearningPolicy,
    /// What follows on what guardrails find.
    pub guard: GuardPolicy,
    /// What is known of customers, by class.
    pub data: DataPolicy,
    /// How specialists who are asked together are asked, and whose word counts.
    #[serde(skip_serializing_if = "ConflictPolicy::is_default")]
    pub conflict: ConflictPolicy,
    /// What customers may send beside words.
    #[serde(skip_serializing_if = "FilePolicy::is_default")]
    pub files: FilePolicy,
}

/// Weights of the routing score; each multiplies a factor between 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RoutingWeights {
    /// The text's intents are the agent's.
    pub intent: Score,
    /// Proficiency in the skill.
    pub expertise: Score,
    /// Load, counted against.
    pub load: Score,
    /// The customer's tier.
    pub tier: Score,
    /// Calm for a tense customer.
    pub mood: Score,
    /// The agent already talks with this customer.
    pub continuity: Score,
    /// It speaks, or does not speak, what the customer does; counts only for agents that name languages.
    pub language: Score,
    /// How the same matter went between the customer and it.
    pub past: Score,
    /// Confidence below which the generalist keeps the conversation.
    pub confidence: Score,
}

impl Default for RoutingWeights {
    fn default() -> Self {
        Self {
            intent: Score::from_percent(100),
            expertise: Score::from_percent(20),
            load: Score::from_percent(10),
            tier: Score::from_percent(8),
            mood: Score::from_percent(10),
            continuity: Score::from_percent(12),
            language: Score::from_percent(20),
            past: Score::from_percent(15),
            confidence: Score::from_percent(35),
        }
    }
}

/// When a human is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EscalationPolicy {
    /// Sum of the terms from which a human is called.
    pub threshold: Score,
    /// Weight of a low mood.
    pub displeasure: Score,
    /// Weight of a falling mood.
    pub falling: Score,
    /// Weight of repetition.
    pub repetition: Score,
    /// Weight of answers that did not help.
    pub misses: Score,
    /// Weight of failed tools.
    pub failed_tools: Score,
    /// Weight of an unclear matter.
    pub unclear: Score,
    /// Weight of the customer's tier.
    pub tier: Score,
    /// When a VIP gets a person, whatever the sum says.
    #[serde(skip_serializing_if = "VipRule::is_as_others")]
    pub vip: VipRule,
    /// How often a human may be called, by tier; without one the threshold stays where it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budget: Vec<EscalationBudget>,
}

/// When a VIP gets a person, until one has had the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VipRule {
    /// By the sum, like everybody.
    #[default]
    AsOthers,
    /// As soon as they are tense.
    WhenTense,
    /// With their first words.
    Always,
}

impl VipRule {
    /// Whether there is nothing to be said about it.
    pub const fn is_as_others(&self) -> bool {
        matches!(self, Self::AsOthers)
    }
}

impl EscalationPolicy {
    /// The budget of conversations of that tier and channel, if there is one.
    pub fn budget_for(&self, tier: Tier, channel: &ChannelName) -> Option<&EscalationBudget> {
        self.budget.iter().find(|budget| budget.segment().covers(tier, channel))
    }
}

impl Default for EscalationPolicy {
    fn default() -> Self {
        Self {
            threshold: Score::from_percent(100),
            displeasure: Score::from_percent(110),
            falling: Score::from_percent(40),
            repetition: Score::from_percent(35),
            misses: Score::from_percent(60),
            failed_tools: Score::from_percent(60),
            unclear: Score::from_percent(25),
            tier: Score::from_percent(10),
            vip: VipRule::AsOthers,
            budget: Vec::new(),
        }
    }
}

/// By when answers are due, on the floor's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Clocks {
    /// A human, counted from the escalation, in ms.
    pub human_ms: Millis,
    /// A human for a VIP, in ms.
    pub human_vip_ms: Millis,
    /// The first answer to the customer, in ms; 0 sets no such clock.
    pub first_answer_ms: Millis,
    /// The next answer of whoever holds, in ms; 0 sets no such clock.
    pub next_answer_ms: Millis,
    /// The end of the matter, in ms, without the time that we wait for the customer; 0 sets no such clock.
    pub resolution_ms: Millis,
    /// Other times for gold customers.
    pub gold: TierClocks,
    /// Other times for VIPs.
    pub vip: TierClocks,
    /// A clock warns when so many hundredths of its time have gone by, 1 to 99.
    pub warn_percent: u8,
    /// A conversation in which the customer is silent for so long ends, in ms.
    pub silence_ms: Millis,
    /// So long after it was settled a word of the customer re-opens a conversation, and takes back that the
    /// first contact was enough; in ms.
    pub reopen_ms: Millis,
}

/// Times of one tier; what is left out is as for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TierClocks {
    /// The first answer, in ms.
    pub first_answer_ms: Option<Millis>,
    /// Each later answer, in ms.
    pub next_answer_ms: Option<Millis>,
    /// The end of the matter, in ms.
    pub resolution_ms: Option<Millis>,
}

impl Clocks {
    /// The time of a clock for a customer of that tier; none when the policy sets no such clock.
    pub fn span(&self, clock: ClockKind, tier: Tier) -> Option<Millis> {
        let own = match tier {
            Tier::Standard => TierClocks::default(),
            Tier::Gold => self.gold,
            Tier::Vip => self.vip,
        };
        let span = match clock {
            ClockKind::Human if tier == Tier::Vip => self.human_vip_ms,
            ClockKind::Human => self.human_ms,
            ClockKind::FirstAnswer => own.first_answer_ms.unwrap_or(self.first_answer_ms),
            ClockKind::NextAnswer => own.next_answer_ms.unwrap_or(self.next_answer_ms),
            ClockKind::Resolution => own.resolution_ms.unwrap_or(self.resolution_ms),
        };
        Some(span).filter(|span| span.0 > 0)
    }

    /// How much of `span` goes by before its clock warns.
    pub fn before_warning(&self, span: Millis) -> Millis {
        Millis(span.0.saturating_mul(u64::from(self.warn_percent.min(100))) / 100)
    }
}

impl Default for Clocks {
    fn default() -> Self {
        Self {
            human_ms: Millis::from_mins(2),
            human_vip_ms: Millis::from_mins(1),
            first_answer_ms: Millis::from_mins(1),
            next_answer_ms: Millis::from_mins(1),
            resolution_ms: Millis::from_hours(8),
            gold: TierClocks::default(),
            vip: TierClocks::default(),
            warn_percent: 75,
            silence_ms: Millis::from_mins(30),
            reopen_ms: Millis::from_hours(7 * 24),
        }
    }
}

/// What people may allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApprovalPolicy {
    /// A supervisor without a limit of their own may allow up to this.
    pub supervisor_limit: Money,
    /// An admin without a limit of their own may allow up to this; above it nobody may.
    pub admin_limit: Money,
    /// Above this two different people have to say yes; each within their limit.
    pub two_people_above: Option<Money>,
    /// Above this a console has the amount typed before it says yes.
    pub typed_above: Money,
    /// What may be paid in one day, UTC. Nobody may allow more: the next day may.
    pub daily: DailyCaps,
}

/// What may be paid in one day, counted when a call is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DailyCaps {
    /// By one AI agent, to all customers.
    pub agent: Option<Money>,
    /// To one customer, by all agents.
    pub customer: Option<Money>,
    /// By one tool that has no cap of its own.
    pub tool: Option<Money>,
}

impl Default for ApprovalPolicy {
    fn default() -> Self {
        Self {
            supervisor_limit: Money::eur(50_000),
            admin_limit: Money::eur(500_000),
            two_people_above: None,
            typed_above: Money::eur(10_000),
            daily: DailyCaps::default(),
        }
    }
}

/// How long drafts wait for a person, unless the gate says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GatePolicy {
    /// Counted from when the draft was finished, in ms; the time of the next answer unless said otherwise.
    pub fuse_ms: Millis,
    /// What happens then.
    pub fuse_then: FuseEnd,
}

impl Default for GatePolicy {
    fn default() -> Self {
        Self { fuse_ms: Millis::from_mins(1), fuse_then: FuseEnd::Hold }
    }
}

impl GatePolicy {
    /// The fuse of a gate that was given none.
    pub const fn fuse(&self) -> Fuse {
        Fuse { after: self.fuse_ms, then: self.fuse_then }
    }
}

/// What an emergency stop does unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HoldPolicy {
    /// What becomes of conversations whose agent is held.
    pub then: Aftermath,
}

/// How long what supervisors tell agents holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WhisperPolicy {
    /// A lasting whisper is over after so many answers; left out, with the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<u8>,
}

/// By when what was promised without a time is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PromisePolicy {
    /// So much open time after it was made, in ms; 0 sets no time. A time that was said counts as it was said.
    pub due_ms: Millis,
}

impl Default for PromisePolicy {
    fn default() -> Self {
        Self { due_ms: Millis::from_hours(24) }
    }
}

/// How long whoever had a conversation may take to say how it came out, where its line asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WrapUpPolicy {
    /// In ms; then it ends as it was resolved. 0 means that nobody has to say anything.
    pub time_ms: Millis,
    /// So much longer when they ask for it, once; in ms.
    pub extension_ms: Millis,
    /// Whether it takes a seat like a conversation; without, the next one is offered at once.
    pub takes_seat: bool,
}

impl Default for WrapUpPolicy {
    fn default() -> Self {
        Self { time_ms: Millis::from_mins(2), extension_ms: Millis::from_mins(2), takes_seat: true }
    }
}
