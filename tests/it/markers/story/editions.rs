//! An edition for a share of new conversations, and one that begins on it.

use baton::domain::candidate::Share;
use baton::domain::deployment::Deployment;
use baton::domain::event::{ConversationEvent, Event, FloorEvent};
use baton::domain::id::{ConversationId, Digest, Seq};

pub(super) fn floor(deployment: &Deployment) -> [Event; 2] {
    let edition = Digest(*b"0123456789abcdef");
    let share = Share { percent: 10, segment: None };
    let deployment = Box::new(deployment.clone());
    [FloorEvent::RolledOut { edition, deployment, share }.into(), FloorEvent::TakenBack { edition }.into()]
}

pub(super) fn began(conversation: ConversationId) -> Event {
    ConversationEvent::BeganOn { conversation, edition: Seq(1) }.into()
}
