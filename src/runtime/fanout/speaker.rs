//! Who speaks, as a customer is told.

use crate::domain::baton::Holder;
use crate::domain::conversation::Author;
use crate::domain::id::{AgentName, ConversationId};
use crate::orchestrator::Floor;
use crate::orchestrator::conversation::Conversation;
use crate::protocol::customer::{Speaker, SpeakerKind};

/// An agent by its title.
pub(super) fn agent(floor: &Floor, name: &AgentName) -> Speaker {
    let title = floor.agent(name).map_or_else(|| name.to_string(), |(spec, _)| spec.title.clone());
    Speaker { kind: SpeakerKind::Ai, name: title }
}

/// The house.
pub(super) fn house(floor: &Floor) -> Speaker {
    let name = floor.deployment.as_ref().map(|deployment| deployment.name.to_string());
    Speaker { kind: SpeakerKind::House, name: name.unwrap_or_default() }
}

/// The author of a message.
pub(super) fn author(floor: &Floor, author: &Author) -> Speaker {
    match author {
        Author::Customer => Speaker { kind: SpeakerKind::You, name: String::new() },
        Author::Agent(name) => agent(floor, name),
        Author::Operator(name) => Speaker { kind: SpeakerKind::Human, name: name.to_string() },
        Author::House => house(floor),
    }
}

/// Who answers now, as far as the customer was told: a human who has neither written nor been
/// announced is not told of, since the takeover can still be undone.
pub(super) fn told(floor: &Floor, conversation: &Conversation) -> Speaker {
    match conversation.passing.told.as_ref().unwrap_or(&conversation.baton.holder) {
        Holder::Nobody => house(floor),
        Holder::Agent(name) => agent(floor, name),
        Holder::Operator(name) => Speaker { kind: SpeakerKind::Human, name: name.to_string() },
        Holder::Queue(name) => Speaker { kind: SpeakerKind::Waiting, name: name.to_string() },
    }
}

/// The same of a conversation by its id, live or resolved.
pub(super) fn told_of(floor: &Floor, id: ConversationId) -> Option<Speaker> {
    if let Some(conversation) = floor.conversation(id) {
        return Some(told(floor, conversation));
    }
    floor.stubs.contains_key(&id).then(|| house(floor))
}
