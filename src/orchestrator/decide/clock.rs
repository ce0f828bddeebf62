//! Clocks: the one place where due times of answers and of the matter are computed.

use crate::domain::clock::{ClockKind, ClockSet};
use crate::domain::customer::Tier;
use crate::domain::deployment::Deployment;
use crate::domain::event::{ClockEvent, Event};
use crate::domain::time::Timestamp;
use crate::orchestrator::clock::Clock;
use crate::orchestrator::conversation::Conversation;

use super::case::Case;

/// The clocks that a message of the customer sets running: an answer is owed from the first message
/// that has none; the matter goes on where it stood still.
pub(super) fn spoken(c: &Conversation, deployment: &Deployment, at: Timestamp) -> Vec<ClockSet> {
    let kind = if c.answered.0 == 0 { ClockKind::FirstAnswer } else { ClockKind::NextAnswer };
    let answer = if c.clocks.answer.is_none() { begun(deployment, c.tier, kind, at) } else { None };
    let resolution = match &c.clocks.resolution {
        None => begun(deployment, c.tier, ClockKind::Resolution, at),
        Some(clock) => resumed(deployment, clock, at),
    };
    answer.into_iter().chain(resolution).collect()
}

/// The clocks of somebody who is back after the matter was settled.
pub(super) fn reopened(deployment: &Deployment, tier: Tier, at: Timestamp) -> Vec<ClockSet> {
    let kinds = [ClockKind::NextAnswer, ClockKind::Resolution];
    kinds.into_iter().filter_map(|kind| begun(deployment, tier, kind, at)).collect()
}

fn begun(deployment: &Deployment, tier: Tier, clock: ClockKind, at: Timestamp) -> Option<ClockSet> {
    let policy = &deployment.policy;
    let span = policy.clocks.span(clock, tier)?;
    let warn = policy.hours.due_after(at, policy.clocks.before_warning(span));
    Some(ClockSet { clock, warn, due: policy.hours.due_after(at, span) })
}

/// The times of a clock that stood still: the open time that was left is left.
pub(super) fn resumed(deployment: &Deployment, clock: &Clock, at: Timestamp) -> Option<ClockSet> {
    let paused = clock.paused.filter(|_| !clock.breached)?;
    let hours = &deployment.policy.hours;
    let again = |moment: Timestamp| hours.due_after(at, hours.open_between(paused, moment));
    let ClockSet { clock, warn, due } = clock.set;
    Some(ClockSet { clock, warn: again(warn), due: again(due) })
}

/// Most of the time has gone by.
pub(super) fn warns(case: &Case<'_>, kind: ClockKind) -> Vec<Event> {
    let Some(Clock { set, turn, .. }) = case.conversation.clocks.get(kind) else { return Vec::new() };
    let (conversation, turn, due) = (case.id(), *turn, set.due);
    vec![ClockEvent::Warned { conversation, clock: kind, turn, due }.into()]
}

/// What was owed did not come.
pub(super) fn breached(case: &Case<'_>, kind: ClockKind) -> Vec<Event> {
    let Some(Clock { set, turn, .. }) = case.conversation.clocks.get(kind) else { return Vec::new() };
    let (conversation, turn, due) = (case.id(), *turn, set.due);
    vec![ClockEvent::Breached { conversation, clock: kind, turn, due }.into()]
}
