//! What happened on a floor, counted from its committed envelopes, and a digest of what was decided.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::scenario::{Library, Supervision};
use crate::domain::envelope::Envelope;
use crate::domain::event::{ConversationEvent, EscalationEvent, Event, HandoffEvent, RoutingEvent, TurnEvent};
use crate::domain::id::{AgentName, ConversationId, HandoffId};

/// Counts over a floor.
#[derive(Debug, Default)]
pub struct Tally {
    /// Conversations begun.
    pub conversations: u64,
    /// Messages of customers.
    pub turns: u64,
    /// Messages of agents and people to customers.
    pub answers: u64,
    /// Passes between specialists that came about.
    pub handoffs: u64,
    /// Requests for a human.
    pub escalations: u64,
    /// Finished drafts that did not go out.
    pub replies_withheld: u64,
    /// Attempts to answer that failed.
    pub failures: u64,
    paths: BTreeMap<ConversationId, Path>,
}

/// What was decided in one conversation, in order.
#[derive(Debug, Default)]
struct Path {
    /// The customer's first words, by which their scenario is known.
    first: Option<String>,
    steps: Vec<String>,
    offered: Option<(HandoffId, AgentName)>,
}

impl Tally {
    /// Counts one envelope.
    pub fn count(&mut self, envelope: &Envelope) {
        match &envelope.event {
            Event::Conversation(ConversationEvent::Opened { .. }) => self.conversations += 1,
            Event::Turn(event) => self.turn(event),
            Event::Routing(RoutingEvent::Routed { conversation, decision, .. }) => {
                self.step(*conversation, format!("route {}", decision.chosen));
            }
            Event::Handoff(event) => self.handoff(event),
            Event::Escalation(EscalationEvent::Raised { conversation, trigger, queue, .. }) => {
                self.escalations += 1;
                self.step(*conversation, format!("escalate {trigger:?} to {queue}"));
            }
            Event::Conversation(_)
            | Event::Escalation(_)
            | Event::Baton(_)
            | Event::Tool(_)
            | Event::Approval(_)
            | Event::Supervision(_)
            | Event::Incident(_)
            | Event::Member(_)
            | Event::Standing(_)
            | Event::Circle(_)
            | Event::Guard(_)
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

    fn step(&mut self, conversation: ConversationId, step: String) {
        self.paths.entry(conversation).or_default().steps.push(step);
    }

    fn turn(&mut self, event: &TurnEvent) {
        match event {
            TurnEvent::CustomerSpoke { conversation, text, .. } => {
                self.turns += 1;
                let path = self.paths.entry(*conversation).or_default();
                if path.first.is_none() {
                    path.first = text.reveal().map(|text| text.raw().to_owned());
                }
            }
            TurnEvent::AgentActed { spoken: Some(_), .. } | TurnEvent::OperatorSpoke { .. } => self.answers += 1,
            TurnEvent::ReplyWithheld { .. } => self.replies_withheld += 1,
            TurnEvent::CompositionFailed { .. } => self.failures += 1,
            TurnEvent::AgentActed { spoken: None, .. }
            | TurnEvent::CompositionBegan { .. }
            | TurnEvent::NothingFound { .. }
            | TurnEvent::HouseSpoke { .. }
            | TurnEvent::HouseTold { .. }
            | TurnEvent::Whispered { .. }
            | TurnEvent::Noted { .. } => {}
        }
    }

    fn handoff(&mut self, event: &HandoffEvent) {
        match event {
            HandoffEvent::Offered { conversation, handoff, to, .. } => {
                self.paths.entry(*conversation).or_default().offered = Some((*handoff, to.clone()));
            }
            HandoffEvent::Accepted { conversation, handoff, .. } => {
                self.handoffs += 1;
                let offered = self.paths.get(conversation).and_then(|path| path.offered.clone());
                if let Some((_, to)) = offered.filter(|(id, _)| id == handoff) {
                    self.step(*conversation, format!("hand to {to}"));
                }
            }
            HandoffEvent::Declined { conversation, to, reason, .. } => {
                self.step(*conversation, format!("{to} declines {reason:?}"));
            }
            HandoffEvent::Lapsed { conversation, .. } => self.step(*conversation, "lapse".into()),
        }
    }

    /// A digest over who was chosen, handed to and escalated in every conversation of the library's
    /// scenarios, whatever the order in which the conversations came to it. Scenarios in which a
    /// supervisor races the agents are left out: what comes of a race is not decided by the seed.
    pub fn decisions(&self, library: &Library) -> String {
        let racing = |first: &str| {
            let is_this = |line: Option<String>| line.as_deref() == Some(first);
            let races = library.scenarios.iter().filter(|scenario| scenario.supervisor == Supervision::Races);
            races.into_iter().any(|scenario| is_this(scenario.first_words()))
        };
        let kept = self.paths.values().filter(|path| !path.first.as_deref().is_some_and(racing));
        let mut lines: Vec<String> = kept.map(|path| path.steps.join("; ")).collect();
        lines.sort();
        let mut hash = Sha256::new();
        for line in lines {
            hash.update(line.as_bytes());
            hash.update(b"\n");
        }
        let short = hash.finalize().iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        format!("{short:016x}")
    }

    /// The same in words, a line a conversation: what to compare when two digests differ.
    pub fn steps(&self) -> Vec<String> {
        let line = |path: &Path| format!("{}: {}", path.first.as_deref().unwrap_or("-"), path.steps.join("; "));
        let mut lines: Vec<String> = self.paths.values().map(line).collect();
        lines.sort();
        lines
    }
}
