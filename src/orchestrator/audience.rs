//! Who would be told of an incident now, in which words, and who would be left out.

use std::borrow::Cow;

use crate::domain::customer::Tier;
use crate::domain::id::{ConversationId, IncidentId};
use crate::domain::incident::{BroadcastKind, Exclusion, Message};

use super::conversation::Conversation;
use super::floor::Floor;
use super::incidents::Incident;

/// Everybody whom a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience {
    /// Who would be told, and what they would read; who came first is told first.
    pub told: Vec<(ConversationId, String)>,
    /// Who would not, and why.
    pub excluded: Vec<(ConversationId, Exclusion)>,
}

impl Audience {
    /// Who would be told of an incident.
    pub fn of(floor: &Floor, id: IncidentId, kind: BroadcastKind, message: &Message) -> Self {
        let mut audience = Self::default();
        let Some(incident) = floor.incidents.open.get(&id) else { return audience };
        let about: Vec<ConversationId> = match kind {
            BroadcastKind::Notice | BroadcastKind::Update => incident.members.iter().copied().collect(),
            BroadcastKind::AllClear => incident.told.keys().copied().collect(),
        };
        let mut about: Vec<&Conversation> = about.into_iter().filter_map(|id| floor.conversation(id)).collect();
        about.sort_by_key(|c| c.handle);
        for c in about {
            match words(floor, c, (id, incident), kind, message) {
                Ok(words) => audience.told.push((c.id, words)),
                Err(why) => audience.excluded.push((c.id, why)),
            }
        }
        audience
    }
}

/// What a conversation would be told.
///
/// # Errors
///
/// Why it is left out.
pub fn words(
    floor: &Floor,
    c: &Conversation,
    (id, incident): (IncidentId, &Incident),
    kind: BroadcastKind,
    message: &Message,
) -> Result<String, Exclusion> {
    let told = incident.told.get(&c.id);
    match kind {
        BroadcastKind::Notice | BroadcastKind::Update if c.incident != Some(id) => return Err(Exclusion::NotMember),
        BroadcastKind::Notice if told.is_some() => return Err(Exclusion::AlreadyTold),
        BroadcastKind::Update | BroadcastKind::AllClear if told.is_none() => return Err(Exclusion::NotTold),
        BroadcastKind::AllClear if told == Some(&BroadcastKind::AllClear) => return Err(Exclusion::AlreadyTold),
        BroadcastKind::Notice | BroadcastKind::Update | BroadcastKind::AllClear => {}
    }
    if c.tier == Tier::Vip {
        return Err(Exclusion::Vip);
    }
    if c.baton.holder.operator().is_some() || c.barge.is_some() {
        return Err(Exclusion::HumanHeld);
    }
    if c.baton.holder.agent().is_some_and(|agent| floor.stopped(c, agent).is_some()) {
        return Err(Exclusion::Held);
    }
    message.fill(|fact| known(c, fact)).map_err(Exclusion::Missing)
}

/// A fact of a conversation, as far as it is readable.
fn known<'a>(c: &'a Conversation, fact: &str) -> Option<Cow<'a, str>> {
    match fact {
        "name" => c.name.as_ref()?.reveal().map(|name| Cow::Borrowed(name.raw())),
        "conversation" => Some(Cow::Owned(c.handle.to_string())),
        _ => {
            let fill = c.slots.iter().rev().find(|fill| fill.slot.as_str() == fact)?;
            fill.value.reveal().map(|value| Cow::Borrowed(value.raw()))
        }
    }
}
