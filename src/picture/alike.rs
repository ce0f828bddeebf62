//! What is like a choice, what a correction of it would change, and which corrections come again and again.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::id::{AgentName, ConversationId, Handle, IntentName, TurnNo};
use crate::domain::routing::RoutingDecision;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::Floor;
use crate::orchestrator::learning::{Choice, Relabelled};
use crate::protocol::learning::{Alike, AlikeCase, AlikeTarget, CLOSEST, Misread, Repeated};
use crate::routing::bandit::{self, Learner};

/// Choices that are looked at: what a person remembers of a day.
const LOOKED_AT: usize = 256;
/// Corrections are listed that were made within it.
const WEEK: Millis = Millis::from_hours(7 * 24);
/// Conversations named beside a correction.
const NAMED: usize = 5;

/// What is like the last choice of a live conversation; nothing when nobody was chosen there.
pub fn alike(floor: &Floor, id: ConversationId, at: Timestamp) -> Option<Alike> {
    let choice = floor.conversation(id)?.choice.as_deref()?;
    let others: Vec<(Handle, &Choice)> = recent(floor, id);
    let mut closest: Vec<AlikeCase> = others.iter().map(|(handle, other)| case(*handle, choice, other)).collect();
    closest.sort_by_key(|case| (Reverse(case.likeness), Reverse(case.handle)));
    closest.truncate(CLOSEST);
    let roster = floor.deployment.iter().flat_map(|deployment| &deployment.agents).map(|spec| &spec.name);
    let rest = roster.filter(|name| **name != choice.decision.chosen);
    let mut targets: Vec<AlikeTarget> = rest.map(|name| target(floor, choice, name, &others)).collect();
    targets.sort_by_key(|target| (Reverse(target.score), target.agent.clone()));
    Some(Alike {
        conversation: id,
        chosen: choice.decision.chosen.clone(),
        intent: choice.intent.clone(),
        looked_at: others.len() as u32,
        targets,
        closest,
        repeated: repeated(floor, at),
    })
}

/// The last choices in other conversations, live ones and ended ones.
fn recent(floor: &Floor, id: ConversationId) -> Vec<(Handle, &Choice)> {
    let live = floor.conversations.values().filter(|c| c.id != id);
    let live = live.filter_map(|c| Some((c.handle, c.choice.as_deref()?)));
    let ended = floor.learning.ended.iter().rev().map(|ended| (ended.handle, &ended.choice));
    let mut all: Vec<(Handle, &Choice)> = live.chain(ended).collect();
    all.sort_by_key(|(_, choice)| Reverse(choice.at));
    all.truncate(LOOKED_AT);
    all
}

fn case(handle: Handle, choice: &Choice, other: &Choice) -> AlikeCase {
    AlikeCase {
        handle,
        likeness: choice.features.likeness(&other.features),
        intent: other.intent.clone(),
        chosen: other.decision.chosen.clone(),
        came: other.came,
    }
}

fn target(floor: &Floor, choice: &Choice, name: &AgentName, others: &[(Handle, &Choice)]) -> AlikeTarget {
    let before = &floor.learning.router;
    let mut after = (**before).clone();
    bandit::teach(&mut after, &choice.features, &choice.unlearnt(), name);
    let elsewhere = |decision: &RoutingDecision| decision.chosen != *name;
    let goes = |learner: &Learner, other: &Choice| {
        bandit::again(learner, &other.features, &other.unlearnt()).is_some_and(|first| first == *name)
    };
    let taught = others.iter().filter(|(_, other)| !goes(before, other) && goes(&after, other)).count();
    let same = |other: &Choice| other.intent.is_some() && other.intent == choice.intent;
    let ruled = others.iter().filter(|(_, other)| elsewhere(&other.decision) && same(other)).count();
    let considered = choice.decision.candidates.iter().find(|candidate| candidate.agent == *name);
    let score = considered.map(|candidate| candidate.score);
    AlikeTarget { agent: name.clone(), score, taught: taught as u32, ruled: ruled as u32 }
}

/// Corrections of the last week, the most frequent first.
pub fn repeated(floor: &Floor, at: Timestamp) -> Vec<Repeated> {
    type Same = (Option<IntentName>, Option<AgentName>, AgentName);
    let mut sums: BTreeMap<Same, Vec<Handle>> = BTreeMap::new();
    for made in floor.learning.corrections.iter().filter(|made| made.at + WEEK > at) {
        let key = (made.intent.clone(), made.was.clone(), made.agent.clone());
        sums.entry(key).or_default().push(handle(floor, made.conversation));
    }
    let row = |((intent, was, agent), handles): (Same, Vec<Handle>)| {
        let times = handles.len() as u32;
        Repeated { intent, was, agent, times, handles: named(handles) }
    };
    let mut rows: Vec<Repeated> = sums.into_iter().map(row).collect();
    rows.sort_by_key(|row| Reverse(row.times));
    rows
}

/// What people said within the last week of messages that were read as another thing, the most frequent first.
pub fn misread(floor: &Floor, at: Timestamp) -> Vec<Misread> {
    let mut sums: BTreeMap<(Option<IntentName>, IntentName), Vec<Handle>> = BTreeMap::new();
    for said in this_week(floor, at).filter(|said| said.was.as_ref() != Some(&said.intent)) {
        let key = (said.was.clone(), said.intent.clone());
        sums.entry(key).or_default().push(handle(floor, said.conversation));
    }
    let row = |((was, intent), handles): ((Option<IntentName>, IntentName), Vec<Handle>)| {
        let times = handles.len() as u32;
        let takers = floor.deployment.iter().flat_map(|deployment| &deployment.agents);
        let takers = takers.filter(|spec| spec.intents.contains(&intent)).map(|spec| spec.name.clone()).collect();
        Misread { was, intent, takers, times, handles: named(handles) }
    };
    let mut rows: Vec<Misread> = sums.into_iter().map(row).collect();
    rows.sort_by_key(|row| Reverse(row.times));
    rows
}

/// A message that was corrected, and the file it would be an example in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// Whose file.
    pub agent: AgentName,
    /// Under which intent, if that was said.
    pub intent: Option<IntentName>,
    /// Where it was said.
    pub conversation: ConversationId,
    /// Which message.
    pub turn: TurnNo,
}

/// Messages of which somebody said within the last week who should have had them, or what they were about: the
/// newest first, each with the file it would be an example in.
pub fn corrected(floor: &Floor, at: Timestamp) -> Vec<Corrected> {
    let specs = || floor.deployment.iter().flat_map(|deployment| &deployment.agents);
    let relabelled = this_week(floor, at).flat_map(|said| {
        let takers = specs().filter(|spec| spec.intents.contains(&said.intent));
        takers.take(1).map(|spec| {
            let (agent, intent) = (spec.name.clone(), Some(said.intent.clone()));
            Corrected { agent, intent, conversation: said.conversation, turn: said.turn }
        })
    });
    let mut all: Vec<_> = relabelled.collect();
    let known = |conversation, turn| {
        floor.learning.relabelled.iter().any(|said| (said.conversation, said.turn) == (conversation, turn))
    };
    // Who was told what a message was about knows better than who was told whose it was.
    let taught = floor.learning.corrections.iter().filter(|made| made.at + WEEK > at);
    for made in taught.filter(|made| !known(made.conversation, made.turn)) {
        let mut own = specs().filter(|spec| spec.name == made.agent).flat_map(|spec| &spec.intents);
        let intent = own.find(|intent| Some(*intent) == made.intent.as_ref()).cloned();
        let (agent, conversation, turn) = (made.agent.clone(), made.conversation, made.turn);
        all.push(Corrected { agent, intent, conversation, turn });
    }
    all.reverse();
    all
}

fn this_week(floor: &Floor, at: Timestamp) -> impl Iterator<Item = &Relabelled> {
    floor.learning.relabelled.iter().filter(move |said| said.at + WEEK > at)
}

fn handle(floor: &Floor, id: ConversationId) -> Handle {
    let live = floor.conversation(id).map(|c| c.handle);
    live.or_else(|| floor.stubs.get(&id).map(|stub| stub.handle)).unwrap_or_default()
}

/// The newest of them that are still at hand.
fn named(handles: Vec<Handle>) -> Vec<Handle> {
    handles.into_iter().rev().filter(|handle| handle.0 > 0).take(NAMED).collect()
}
