//! What a message to the conversations of an incident would come to, before anybody is told.

use std::collections::BTreeMap;

use crate::domain::id::{ConversationId, IncidentId};
use crate::domain::incident::{BroadcastKind, Exclusion, Message};
use crate::domain::text::{Clean, Foreign};
use crate::orchestrator::Floor;
use crate::orchestrator::audience::Audience;
use crate::protocol::incident::{ExcludedRow, FillRow, Preview};

use super::name_of;

/// Handles beside a reason: who wants all of them asks for the incident.
const HANDLES: usize = 8;

/// How many would be told, who would not, and the fills that look most unlike the others.
pub fn preview(floor: &Floor, incident: IncidentId, kind: BroadcastKind, text: &Foreign) -> Result<Preview, Clean> {
    let message = text.raw().parse::<Message>().map_err(|error| Clean::shown(&error))?;
    let audience = Audience::of(floor, incident, kind, &message);
    let mut reasons: BTreeMap<Exclusion, Vec<ConversationId>> = BTreeMap::new();
    for (id, why) in audience.excluded {
        reasons.entry(why).or_default().push(id);
    }
    let handle = |id: &ConversationId| floor.conversation(*id).map(|c| c.handle);
    let excluded = reasons.into_iter().map(|(why, ids)| ExcludedRow {
        why: Clean::shown(&why),
        count: ids.len() as u32,
        handles: ids.iter().filter_map(handle).take(HANDLES).collect(),
    });
    let told = &audience.told;
    let longest = told.iter().max_by_key(|(_, words)| words.chars().count());
    let shortest = told.iter().min_by_key(|(_, words)| words.chars().count());
    let odd = [("longest", longest), ("shortest", shortest), ("first", told.first())];
    let fill = |(what, found): (&'static str, Option<&(ConversationId, String)>)| {
        let (id, words) = found?;
        let c = floor.conversation(*id)?;
        let waits = c.turns.iter().rev().find(|turn| turn.asks());
        let last = waits.and_then(|turn| turn.text.reveal()).map(Foreign::one_line).unwrap_or_default();
        let (name, text) = (name_of(c.name.as_ref(), &c.handle), Foreign::new(words).clean());
        Some(FillRow { what: Clean::fixed(what), handle: c.handle, name, text, last })
    };
    let fills = odd.into_iter().filter_map(fill).collect();
    Ok(Preview { incident, kind, count: told.len() as u32, excluded: excluded.collect(), fills, text: text.clone() })
}
