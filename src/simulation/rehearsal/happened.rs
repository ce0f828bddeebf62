//! What came of a turn, read off what was recorded.

use serde::Serialize;

use crate::config::files::CallFile;
use crate::domain::analysis::Clarity;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::conversation::Disposition;
use crate::domain::envelope::Envelope;
use crate::domain::escalation::Trigger;
use crate::domain::event::{
    BatonEvent, ConversationEvent, EscalationEvent, Event, GuardEvent, RoutingEvent, ToolEvent, TurnEvent,
};
use crate::domain::guard::{Finding, GuardKind};
use crate::domain::id::{AgentName, ArticleName, IntentName, SlotName, ToolName};
use crate::domain::personal::Personal;
use crate::domain::routing::RoutingDecision;
use crate::domain::text::{Clean, Foreign};
use crate::domain::tool::ToolCall;
use crate::simulation::scratch::Scratch;

/// What came of a turn.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Happened {
    /// The agent that holds it then, or had it when it ended.
    pub agent: Option<AgentName>,
    /// Whoever that is, in words.
    pub holder: String,
    /// As what the customer's words are read, when that is clear.
    pub intent: Option<IntentName>,
    /// The likeliest intents with their confidence, in ten-thousandths.
    pub likely: Vec<(IntentName, i32)>,
    /// How clear the words are.
    pub clarity: Clarity,
    /// Tool calls that were made.
    pub calls: Vec<Called>,
    /// Agents that took it over.
    pub handoffs: Vec<AgentName>,
    /// Why a human was called, if one was.
    pub escalated: Option<Trigger>,
    /// How it was settled, if it was.
    pub resolved: Option<Disposition>,
    /// The tool whose call waits for a person.
    pub waits_for: Option<ToolName>,
    /// What the customer read, by agents and the house.
    pub said: Vec<Clean>,
    /// Articles that answers rest on.
    pub cites: Vec<ArticleName>,
    /// Facts that a handoff kept back.
    pub withheld: Vec<SlotName>,
    /// What guardrails found.
    pub guard: Vec<GuardKind>,
    /// Who was chosen, and why.
    pub decisions: Vec<RoutingDecision>,
}

/// A tool call that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Called {
    /// Its name.
    pub tool: ToolName,
    /// What it was given.
    pub with: Vec<(SlotName, Clean)>,
}

impl Called {
    fn of(tool: &ToolName, ask: &Personal<ToolCall>) -> Self {
        let args = ask.reveal().into_iter().flat_map(|call| &call.args);
        Self { tool: tool.clone(), with: args.map(|(name, value)| (name.clone(), value.clean())).collect() }
    }

    /// As `refunds.create amount=49.90 EUR`.
    pub fn words(&self) -> String {
        let with = self.with.iter().map(|(name, value)| format!("{name}={value}"));
        [self.tool.to_string()].into_iter().chain(with).collect::<Vec<_>>().join(" ")
    }
}

impl Happened {
    /// What was recorded from the `from`-th entry on.
    pub fn read(scratch: &Scratch<'_>, from: usize) -> Self {
        let mut happened = Self::default();
        for envelope in scratch.log().get(from..).unwrap_or_default() {
            happened.fold(envelope);
        }
        if let Some(c) = scratch.conversation() {
            happened.hold(&c.baton.holder);
            happened.waits_for = c.approvals.values().next().map(|approval| approval.tool.clone());
        }
        happened
    }

    fn hold(&mut self, holder: &Holder) {
        self.holder = match holder {
            Holder::Agent(name) => name.to_string(),
            Holder::Operator(name) => format!("{name}, a person"),
            Holder::Queue(name) => format!("the line {name}, where it waits for a person"),
            Holder::Nobody => "nobody".to_owned(),
        };
        self.agent = if let Holder::Agent(agent) = holder { Some(agent.clone()) } else { None };
    }

    fn fold(&mut self, envelope: &Envelope) {
        match &envelope.event {
            Event::Turn(event) => self.turn(event),
            Event::Tool(ToolEvent::Called { tool, ask, .. }) => self.calls.push(Called::of(tool, ask)),
            Event::Baton(BatonEvent::Passed { to: Holder::Agent(to), reason: PassReason::Handoff(_), .. }) => {
                self.handoffs.push(to.clone());
            }
            Event::Routing(RoutingEvent::Routed { decision, .. }) => self.decisions.push((**decision).clone()),
            Event::Escalation(EscalationEvent::Raised { trigger, .. }) => self.escalated = Some(*trigger),
            Event::Conversation(ConversationEvent::Resolved { disposition, credited, .. }) => {
                self.resolved = Some(*disposition);
                self.hold(credited);
            }
            Event::Conversation(ConversationEvent::Reopened { .. }) => self.resolved = None,
            Event::Guard(GuardEvent::Crossed { withheld, .. }) => self.withheld.extend(withheld.iter().cloned()),
            Event::Guard(GuardEvent::Read { findings, .. } | GuardEvent::Caught { findings, .. }) => {
                self.guard.extend(findings.iter().map(|finding| Finding::kind(*finding)));
            }
            Event::Tool(_)
            | Event::Baton(_)
            | Event::Escalation(_)
            | Event::Conversation(_)
            | Event::Guard(GuardEvent::Tainted { .. })
            | Event::Handoff(_)
            | Event::Approval(_)
            | Event::Supervision(_)
            | Event::Incident(_)
            | Event::Member(_)
            | Event::Standing(_)
            | Event::Circle(_)
            | Event::Consult(_)
            | Event::Lesson(_)
            | Event::Learning(_)
            | Event::Model(_)
            | Event::File(_)
            | Event::Translation(_)
            | Event::Conflict(_)
            | Event::Clock(_)
            | Event::Promise(_)
            | Event::WrapUp(_)
            | Event::Claim(_)
            | Event::Left(_)
            | Event::Operator(_)
            | Event::Customer(_)
            | Event::Desk(_)
            | Event::Floor(_) => {}
        }
    }

    fn turn(&mut self, event: &TurnEvent) {
        match event {
            TurnEvent::CustomerSpoke { analysis, .. } => {
                self.clarity = analysis.clarity;
                self.likely = analysis.intents.iter().map(|one| (one.intent.clone(), one.confidence.0)).collect();
                self.intent = analysis.top().filter(|_| analysis.clarity.is_clear()).map(|top| top.intent.clone());
            }
            TurnEvent::AgentActed { spoken: Some(spoken), .. } => {
                self.said.extend(spoken.text.reveal().map(Foreign::clean));
                self.cites.extend(spoken.citations.iter().map(|citation| citation.article.clone()));
            }
            TurnEvent::HouseSpoke { text, .. } => self.said.push(text.clean()),
            TurnEvent::HouseTold { text, .. } => self.said.extend(text.reveal().map(Foreign::clean)),
            TurnEvent::AgentActed { spoken: None, .. }
            | TurnEvent::CompositionBegan { .. }
            | TurnEvent::CompositionFailed { .. }
            | TurnEvent::NothingFound { .. }
            | TurnEvent::ReplyWithheld { .. }
            | TurnEvent::OperatorSpoke { .. }
            | TurnEvent::Whispered { .. }
            | TurnEvent::Noted { .. } => {}
        }
    }

    /// Whether such a call was made.
    pub(super) fn made(&self, wanted: &CallFile) -> bool {
        let given = |called: &Called, name: &SlotName, value: &str| {
            called.with.iter().any(|(known, given)| known == name && given.as_str() == value)
        };
        let fits = |called: &&Called| wanted.with().all(|(name, value)| given(called, name, value));
        self.calls.iter().filter(|called| called.tool == *wanted.tool()).any(|called| fits(&called))
    }

    /// Whether the customer read these words, whatever the case.
    pub(super) fn says(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        self.said.iter().any(|said| said.as_str().to_lowercase().contains(&words))
    }

    /// What the customer read, in one line.
    pub(super) fn words(&self) -> String {
        let said: Vec<String> = self.said.iter().map(|said| format!("“{}”", said.one_line())).collect();
        if said.is_empty() { "nothing was said".to_owned() } else { said.join(" ") }
    }

    /// How the customer's words were read.
    pub fn reading(&self) -> String {
        let likely = self.likely.iter().take(3).map(|(intent, score)| format!("{intent} {} %", score / 100));
        let likely = likely.collect::<Vec<_>>().join(", ");
        match self.clarity {
            Clarity::Clear if likely.is_empty() => "nothing was said".to_owned(),
            Clarity::Clear => likely,
            Clarity::Unclear => format!("unclear: {likely}"),
            Clarity::Outside => format!("outside of what the roster knows: {likely}"),
        }
    }
}
