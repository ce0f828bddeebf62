//! What happened, in families. A shipped kind never changes its meaning.

mod approval;
mod baton;
mod circle;
mod claim;
mod clock;
mod conflict;
mod consult;
mod conversation;
mod customer;
mod desk;
mod escalation;
mod file;
mod floor;
mod guard;
mod handoff;
mod incident;
mod learning;
mod left;
mod lesson;
mod member;
mod model;
mod operator;
mod promise;
mod routing;
mod standing;
mod supervision;
mod tool;
mod translation;
mod turn;
mod wrap_up;

use serde::{Deserialize, Serialize};

pub use approval::ApprovalEvent;
pub use baton::BatonEvent;
pub use circle::CircleEvent;
pub use claim::ClaimEvent;
pub use clock::ClockEvent;
pub use conflict::ConflictEvent;
pub use consult::ConsultEvent;
pub use conversation::ConversationEvent;
pub use customer::CustomerEvent;
pub use desk::DeskEvent;
pub use escalation::EscalationEvent;
pub use file::FileEvent;
pub use floor::FloorEvent;
pub use guard::GuardEvent;
pub use handoff::HandoffEvent;
pub use incident::IncidentEvent;
pub use learning::LearningEvent;
pub use left::LeftEvent;
pub use lesson::LessonEvent;
pub use member::MemberEvent;
pub use model::ModelEvent;
pub use operator::OperatorEvent;
pub use promise::PromiseEvent;
pub use routing::RoutingEvent;
pub use standing::StandingEvent;
pub use supervision::SupervisionEvent;
pub use tool::{CallEnd, ToolEvent};
pub use translation::TranslationEvent;
pub use turn::{Spoken, TurnEvent, WithheldReason};
pub use wrap_up::WrapUpEvent;

use super::id::{ConversationId, OperatorName};

/// Which part of the floor an event changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The floor as a whole.
    Floor,
    /// One operator.
    Operator(OperatorName),
    /// One conversation.
    Conversation(ConversationId),
}

/// Defines a family: its variants, the kind each has in a record, and its scope.
macro_rules! family {
    (
        $(#[$doc:meta])* $family:ident, $prefix:literal, $by:ident;
        $( $(#[$vdoc:meta])* $variant:ident = $name:literal { $( $(#[$fdoc:meta])* $field:ident: $type:ty, )* } )*
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $family {
            $( $(#[$vdoc])* #[serde(rename = $name)] $variant { $( $(#[$fdoc])* $field: $type, )* }, )*
        }

        impl $family {
            /// Kinds of this family, as records name them.
            pub const KINDS: &[&str] = &[ $( concat!($prefix, ".", $name), )* ];

            /// The kind of this event, as records name it.
            pub const fn kind(&self) -> &'static str {
                match self { $( Self::$variant { .. } => concat!($prefix, ".", $name), )* }
            }

            /// The part of the floor it changes.
            pub fn scope(&self) -> crate::domain::event::Scope {
                crate::domain::event::family!(@scope $by, self, $($variant)*)
            }
        }
    };
    (@scope conversation, $self:ident, $($variant:ident)*) => {
        match $self { $( Self::$variant { conversation, .. } => crate::domain::event::Scope::Conversation(*conversation), )* }
    };
    (@scope operator, $self:ident, $($variant:ident)*) => {
        match $self { $( Self::$variant { operator, .. } => crate::domain::event::Scope::Operator(operator.clone()), )* }
    };
    (@scope floor, $self:ident, $($variant:ident)*) => {
        match $self { $( Self::$variant { .. } => crate::domain::event::Scope::Floor, )* }
    };
}
use family;

macro_rules! families {
    ($($(#[$doc:meta])* $variant:ident($family:ident) = $name:literal;)*) => {
        /// Something that happened.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Event {
            $( $(#[$doc])* #[serde(rename = $name)] $variant($family), )*
        }

        impl Event {
            /// All kinds that records can name.
            pub const KINDS: &[&[&str]] = &[ $( $family::KINDS, )* ];

            /// The kind of this event, as records name it: `turn.customer_spoke`.
            pub const fn kind(&self) -> &'static str {
                match self { $( Self::$variant(event) => event.kind(), )* }
            }

            /// The part of the floor it changes.
            pub fn scope(&self) -> Scope {
                match self { $( Self::$variant(event) => event.scope(), )* }
            }
        }

        $( impl From<$family> for Event {
            fn from(event: $family) -> Self {
                Self::$variant(event)
            }
        } )*
    };
}

families! {
    /// The life of a conversation.
    Conversation(ConversationEvent) = "conversation";
    /// Who said or composed what.
    Turn(TurnEvent) = "turn";
    /// Who may answer.
    Baton(BatonEvent) = "baton";
    /// Passes between specialists.
    Handoff(HandoffEvent) = "handoff";
    /// Who was chosen, and why.
    Routing(RoutingEvent) = "routing";
    /// Requests for a human.
    Escalation(EscalationEvent) = "escalation";
    /// Tool calls.
    Tool(ToolEvent) = "tool";
    /// Questions that wait for a person.
    Approval(ApprovalEvent) = "approval";
    /// The supervision ladder in one conversation.
    Supervision(SupervisionEvent) = "supervision";
    /// What supervisors lay over the floor.
    Standing(StandingEvent) = "standing";
    /// Clocks that warn and that are breached.
    Clock(ClockEvent) = "clock";
    /// The humans.
    Operator(OperatorEvent) = "operator";
    /// The customers.
    Customer(CustomerEvent) = "customer";
    /// The floor itself.
    Floor(FloorEvent) = "floor";
    /// What customers are promised.
    Promise(PromiseEvent) = "promise";
    /// What is left to do after a conversation that a person had.
    WrapUp(WrapUpEvent) = "wrap_up";
    /// Circles that were seen and broken.
    Circle(CircleEvent) = "circle";
    /// Incidents as the floor sees them.
    Incident(IncidentEvent) = "incident";
    /// Conversations in incidents.
    Member(MemberEvent) = "member";
    /// Claims on what a colleague holds.
    Claim(ClaimEvent) = "claim";
    /// Customers whom a person leaves without an answer.
    Left(LeftEvent) = "left";
    /// What people arrange around a conversation, unseen by its customer.
    Desk(DeskEvent) = "desk";
    /// Questions of one specialist to another.
    Consult(ConsultEvent) = "consult";
    /// Two that said different things.
    Conflict(ConflictEvent) = "conflict";
    /// What becomes of files after their message.
    File(FileEvent) = "file";
    /// Another language.
    Translation(TranslationEvent) = "translation";
    /// What was learnt from one conversation.
    Lesson(LessonEvent) = "lesson";
    /// What the floor as a whole learns, and forgets again.
    Learning(LearningEvent) = "learning";
    /// What guardrails found.
    Guard(GuardEvent) = "guard";
    /// Calls of language models.
    Model(ModelEvent) = "model";
}

impl Event {
    /// The conversation it belongs to, if it belongs to one.
    pub fn conversation(&self) -> Option<ConversationId> {
        match self.scope() {
            Scope::Conversation(id) => Some(id),
            Scope::Floor | Scope::Operator(_) => None,
        }
    }
}
