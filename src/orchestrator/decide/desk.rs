//! What people arrange around a conversation: how much it presses, and labels.

use crate::domain::command::{OperatorAct, Seen};
use crate::domain::conversation::{LABELS_MAX, Priority};
use crate::domain::event::{DeskEvent, Event};
use crate::domain::id::Label;
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::undo::UNDO_WINDOW;

use super::case::Case;
use super::{line, operate};

/// The acts of this page; nothing for the others.
pub(super) fn decide(
    case: &Case<'_>,
    by: &OperatorSpec,
    seen: Option<&Seen>,
    act: &OperatorAct,
) -> Option<Result<Vec<Event>, Refusal>> {
    if let OperatorAct::SetPriority { priority, .. } = act {
        return Some(set_priority(case, by, seen, *priority));
    }
    let OperatorAct::Label { add, remove, .. } = act else { return None };
    Some(label(case, by, add, remove))
}

/// It moves others back in their line, so it is the holder's or a supervisor's to say.
fn set_priority(
    case: &Case<'_>,
    by: &OperatorSpec,
    seen: Option<&Seen>,
    priority: Option<Priority>,
) -> Result<Vec<Event>, Refusal> {
    if case.holder().operator() != Some(&by.name) {
        operate::need(by, Role::Supervisor)?;
    }
    case.check_seen(seen)?;
    if case.conversation.arranged.priority == priority {
        return Ok(Vec::new());
    }
    let (conversation, by, undo_until) = (case.id(), by.name.clone(), case.at + UNDO_WINDOW);
    let rank = line::moved(case, priority);
    Ok(vec![DeskEvent::PrioritySet { conversation, by, priority, rank, undo_until }.into()])
}

/// Anybody who answers customers may mark what they see. A label that is put on and taken away is away.
fn label(case: &Case<'_>, by: &OperatorSpec, add: &[Label], remove: &[Label]) -> Result<Vec<Event>, Refusal> {
    if add.is_empty() && remove.is_empty() {
        return Err(Refusal::Empty);
    }
    let mut labels = case.conversation.arranged.labels.clone();
    labels.extend(add.iter().cloned());
    labels.retain(|label| !remove.contains(label));
    if labels.len() > LABELS_MAX {
        let (given, limit) = (labels.len() as u64, LABELS_MAX as u64);
        return Err(Refusal::TooMuch { what: "labels".to_owned(), given, limit });
    }
    if labels == case.conversation.arranged.labels {
        return Ok(Vec::new());
    }
    let (conversation, by, undo_until) = (case.id(), by.name.clone(), case.at + UNDO_WINDOW);
    Ok(vec![DeskEvent::LabelsSet { conversation, by, labels, undo_until }.into()])
}
