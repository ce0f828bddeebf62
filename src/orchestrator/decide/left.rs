//! A person holds and leaves the customer without an answer: they are reminded, a supervisor is called,
//! and after a policy time somebody else is asked. It never goes back to an AI by itself.

use crate::domain::clock::{ClockKind, LeftAlone};
use crate::domain::deployment::Deployment;
use crate::domain::event::{Event, LeftEvent};
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::conversation::{Conversation, LeftStage};

use super::case::Case;
use super::escalate;

/// When what follows, if a person begins to owe an answer at `at`; nothing when no answer has a target.
pub(super) fn times(c: &Conversation, deployment: &Deployment, at: Timestamp) -> Option<LeftAlone> {
    let policy = &deployment.policy;
    let kind = if c.answered.0 == 0 { ClockKind::FirstAnswer } else { ClockKind::NextAnswer };
    let target = policy.clocks.span(kind, c.tier)?;
    let due = |span: u64| policy.hours.due_after(at, Millis(span));
    let onward = target.0.saturating_mul(u64::from(policy.queue.onward_times));
    Some(LeftAlone { nudge: due(target.0 / 2), call: due(target.0), onward: (onward > 0).then(|| due(onward)) })
}

/// The same for a message, if it is the first that waits for the person who holds.
pub(super) fn spoken(c: &Conversation, deployment: &Deployment, at: Timestamp) -> Option<LeftAlone> {
    let waits = c.baton.holder.operator().is_some() && c.left.is_none();
    if waits { times(c, deployment, at) } else { None }
}

/// The next thing is due.
pub(super) fn due(case: &Case<'_>) -> Vec<Event> {
    let (Some(left), Some(operator)) = (case.conversation.left, case.holder().operator()) else { return Vec::new() };
    let (conversation, operator, turn) = (case.id(), operator.clone(), left.turn);
    match left.stage {
        LeftStage::Waits => vec![LeftEvent::Nudged { conversation, operator, turn }.into()],
        LeftStage::Nudged => vec![LeftEvent::Called { conversation, operator, turn }.into()],
        LeftStage::Called => escalate::left_alone(case, &operator),
    }
}
