//! Which rows an entry may have changed.

use std::collections::BTreeSet;

use crate::domain::envelope::Envelope;
use crate::domain::event::{BatonEvent, ConversationEvent, CustomerEvent, Event, FloorEvent, TurnEvent};
use crate::domain::id::ConversationId;

/// Rows that may be different.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// Conversations.
    pub conversations: BTreeSet<ConversationId>,
    /// Agents, operators, queues and incidents.
    pub roster: bool,
    /// The header.
    pub header: bool,
    /// All of them: another deployment, or something laid over the floor.
    pub everything: bool,
}

impl Touched {
    /// Adds what another entry touched.
    pub fn add(&mut self, other: &Self) {
        self.conversations.extend(&other.conversations);
        self.roster |= other.roster;
        self.header |= other.header;
        self.everything |= other.everything;
    }

    /// Whether nothing was touched.
    pub fn is_empty(&self) -> bool {
        self.conversations.is_empty() && !self.roster && !self.header && !self.everything
    }
}

/// Which rows an entry may have changed: rather one too many than one too few.
pub fn touched(envelope: &Envelope) -> Touched {
    let conversations: BTreeSet<ConversationId> = envelope.event.conversation().into_iter().collect();
    let header = Touched { header: true, ..Touched { conversations, ..Touched::default() } };
    let roster = |touched: Touched| Touched { roster: true, ..touched };
    match &envelope.event {
        Event::Conversation(event) => match event {
            ConversationEvent::Resolved { .. }
            | ConversationEvent::Closed { .. }
            | ConversationEvent::Snoozed { .. }
            | ConversationEvent::Woken { .. } => roster(header),
            ConversationEvent::Opened { .. }
            | ConversationEvent::BeganOn { .. }
            | ConversationEvent::Identified { .. }
            | ConversationEvent::FirstContactLost { .. }
            | ConversationEvent::Reopened { .. }
            | ConversationEvent::Rated { .. } => header,
        },
        Event::Turn(event) => match event {
            TurnEvent::CompositionFailed { .. } | TurnEvent::AgentActed { .. } => roster(header),
            TurnEvent::CustomerSpoke { .. }
            | TurnEvent::CompositionBegan { .. }
            | TurnEvent::NothingFound { .. }
            | TurnEvent::ReplyWithheld { .. }
            | TurnEvent::OperatorSpoke { .. }
            | TurnEvent::HouseSpoke { .. }
            | TurnEvent::HouseTold { .. }
            | TurnEvent::Whispered { .. }
            | TurnEvent::Noted { .. } => header,
        },
        Event::Baton(BatonEvent::Passed { .. })
        | Event::Escalation(_)
        | Event::WrapUp(_)
        | Event::Handoff(_)
        | Event::Supervision(_)
        | Event::Incident(_)
        | Event::Member(_)
        | Event::Guard(_)
        | Event::Model(_)
        | Event::Operator(_)
        // A sleep that is taken back puts it into its line again.
        | Event::Desk(_) => roster(header),
        Event::Baton(BatonEvent::Announced { .. })
        | Event::Routing(_)
        | Event::Tool(_)
        | Event::Circle(_)
        | Event::Consult(_)
        | Event::Lesson(_)
        | Event::Learning(_)
        | Event::File(_)
        | Event::Translation(_)
        | Event::Conflict(_)
        | Event::Approval(_)
        | Event::Clock(_)
        | Event::Promise(_)
        | Event::Claim(_)
        | Event::Left(_)
        | Event::Customer(CustomerEvent::Erased { .. })
        | Event::Floor(FloorEvent::Started { .. }) => header,
        Event::Customer(CustomerEvent::Met { .. } | CustomerEvent::Recognised { .. })
        | Event::Floor(FloorEvent::Stopped {} | FloorEvent::RolledOut { .. } | FloorEvent::TakenBack { .. }) => {
            Touched::default()
        }
        Event::Customer(CustomerEvent::Blocked { .. } | CustomerEvent::Unblocked { .. })
        | Event::Standing(_)
        | Event::Floor(FloorEvent::Adopted { .. }) => {
            Touched { everything: true, ..Touched::default() }
        }
    }
}
