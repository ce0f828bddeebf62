//! Which self of an agent composes, and where its candidate is asked silently beside it.

use crate::domain::agent::AgentSpec;
use crate::domain::candidate::Side;
use crate::domain::id::{AgentName, ConversationId};

use super::conversation::Conversation;
use super::floor::Floor;

/// Tells one draw of a conversation from another.
enum Draw {
    Answers,
    IsAsked,
}

/// Which self of `agent` answers in this conversation: for all of it the same, as long as nobody moves the share.
pub fn side(floor: &Floor, c: &Conversation, agent: &AgentName) -> Side {
    let Some(share) = floor.standing.candidates.get(agent).filter(|_| spec(floor, agent).is_some()) else {
        return Side::Own;
    };
    let covered = share.segment.as_ref().is_none_or(|segment| segment.covers(c.tier, &c.channel));
    if covered && drawn(c.id, agent, &Draw::Answers) < share.percent { Side::Candidate } else { Side::Own }
}

/// Whether the candidate of `agent` is asked beside it here.
pub fn is_asked_beside(floor: &Floor, c: &Conversation, agent: &AgentName) -> bool {
    let asked = spec(floor, agent).and_then(|spec| spec.candidate.as_ref()).map_or(0, |candidate| candidate.asked);
    drawn(c.id, agent, &Draw::IsAsked) < asked && side(floor, c, agent).is_own()
}

/// The spec of an agent that has a candidate.
fn spec<'a>(floor: &'a Floor, agent: &AgentName) -> Option<&'a AgentSpec> {
    floor.deployment.as_ref()?.agent(agent).filter(|spec| spec.candidate.is_some())
}

/// A number from 0 to 99 that belongs to this conversation and agent.
fn drawn(id: ConversationId, agent: &AgentName, which: &Draw) -> u8 {
    use sha2::{Digest as _, Sha256};
    let salt: &[u8] = match which {
        Draw::Answers => b"candidate answers",
        Draw::IsAsked => b"candidate is asked",
    };
    let hash = Sha256::new().chain_update(salt).chain_update(id.to_bytes()).chain_update(agent.as_str()).finalize();
    let [first, second, ..] = hash.as_slice() else { return 0 };
    (u16::from_be_bytes([*first, *second]) % 100) as u8
}
