//! Taking back one's own last act in a conversation: only by who did it, only for a while, and only
//! while nothing was built on it. The holder is the same, and nobody has answered the customer since; who was
//! told of the pass is told who is back.

use crate::domain::escalation::Settlement;
use crate::domain::event::{DeskEvent, Event};
use crate::domain::id::OperatorName;
use crate::domain::refusal::Refusal;
use crate::domain::undo::Restored;
use crate::orchestrator::conversation::Before;

use super::case::Case;
use super::{claim, end, line, pass};

pub(super) fn decide(case: &Case<'_>, by: &OperatorName) -> Result<Vec<Event>, Refusal> {
    let c = case.conversation;
    let undo = c.undo.as_ref().filter(|undo| undo.by == *by).ok_or(Refusal::NothingToUndo)?;
    if undo.epoch != c.baton.epoch {
        return Err(case.changed());
    }
    let before = undo.before.as_ref().filter(|_| case.at < undo.until).ok_or(Refusal::TooLate)?;
    let restored = match before {
        Before::Holder(held) => {
            pass::room(case, &held.holder)?;
            // A line it was moved to has nothing to wait for any more.
            let mut events = end::settle_escalation(case, Settlement::Ended, None);
            events.extend(claim::withdrawn(case));
            events.push(pass::undo(case, held));
            // Only who was told that another answers has to be told who is back.
            events.extend(pass::introduction(case, &held.holder, case.conversation.last_turn.next()));
            return Ok(events);
        }
        Before::Priority(priority) => Restored::Priority { priority: *priority, rank: line::moved(case, *priority) },
        Before::Labels(labels) => Restored::Labels(labels.clone()),
        Before::Awake => Restored::Awake,
        Before::Gate(gate) => Restored::Gate(gate.as_ref().map(|gate| (gate.by.clone(), gate.fuse))),
    };
    Ok(vec![DeskEvent::Undone { conversation: c.id, by: by.clone(), restored }.into()])
}
