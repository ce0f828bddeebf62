//! What is like a choice, what a correction of it would change, and which corrections come again and again.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::id::{AgentName, ConversationId, Handle, IntentName};
use crate::domain::routing::RoutingDecision;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::Floor;
use crate::orchestrator::learning::Choice;
use crate::protocol::learning::{Alike, AlikeCase, AlikeTarget, CLOSEST, Repeated};
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
        let live = floor.conversation(made.conversation).map(|c| c.handle);
        let handle = live.or_else(|| floor.stubs.get(&made.conversation).map(|stub| stub.handle));
        let key = (made.intent.clone(), made.was.clone(), made.agent.clone());
        sums.entry(key).or_default().push(handle.unwrap_or_default());
    }
    let row = |((intent, was, agent), handles): (Same, Vec<Handle>)| {
        let times = handles.len() as u32;
        let known = handles.into_iter().rev().filter(|handle| handle.0 > 0).take(NAMED);
        Repeated { intent, was, agent, times, handles: known.collect() }
    };
    let mut rows: Vec<Repeated> = sums.into_iter().map(row).collect();
    rows.sort_by_key(|row| Reverse(row.times));
    rows
}
