//! Folds what people arrange around a conversation, and what of it can be taken back.

use crate::domain::event::DeskEvent;
use crate::domain::id::OperatorName;
use crate::domain::time::Timestamp;
use crate::domain::undo::{Restored, Undoable};
use crate::orchestrator::conversation::{Before, Conversation, Gate, Undo, Watch};
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &DeskEvent, at: Timestamp) {
    match event {
        DeskEvent::PrioritySet { conversation, by, priority, rank, undo_until } => with(floor, *conversation, |c| {
            let before = Before::Priority(c.arranged.priority);
            remember(c, by, Undoable::Priority, *undo_until, before);
            c.arranged.priority = *priority;
            stand(c, *rank);
        }),
        DeskEvent::LabelsSet { conversation, by, labels, undo_until } => with(floor, *conversation, |c| {
            let before = Before::Labels(std::mem::replace(&mut c.arranged.labels, labels.clone()));
            remember(c, by, Undoable::Labels, *undo_until, before);
        }),
        DeskEvent::Undone { conversation, restored, .. } => with(floor, *conversation, |c| {
            c.undo = None;
            restore(c, restored);
        }),
        DeskEvent::Watched { conversation, by, when } => with(floor, *conversation, |c| {
            c.arranged.watches.insert(by.clone(), Watch { when: *when, noticed: None });
        }),
        DeskEvent::Unwatched { conversation, by } => with(floor, *conversation, |c| {
            c.arranged.watches.remove(by);
        }),
        DeskEvent::Noticed { conversation, operator, .. } => with(floor, *conversation, |c| {
            if let Some(watch) = c.arranged.watches.get_mut(operator) {
                watch.noticed = Some(at);
            }
        }),
    }
}

fn restore(c: &mut Conversation, restored: &Restored) {
    match restored {
        Restored::Priority { priority, rank } => {
            c.arranged.priority = *priority;
            stand(c, *rank);
        }
        Restored::Labels(labels) => c.arranged.labels.clone_from(labels),
        Restored::Awake => {
            if let Some(snooze) = c.snoozed.take() {
                c.clocks = snooze.clocks;
            }
        }
        Restored::Gate(gate) => c.gate = gate.clone().map(|(by, fuse)| Gate { by, fuse }),
    }
}

fn stand(c: &mut Conversation, rank: Option<Timestamp>) {
    if let (Some(escalation), Some(rank)) = (&mut c.escalation, rank) {
        escalation.rank = rank;
    }
}

/// From now on this is what can be taken back here.
pub(super) fn remember(c: &mut Conversation, by: &OperatorName, what: Undoable, until: Timestamp, before: Before) {
    c.undo = Some(Undo { by: by.clone(), what, until, epoch: c.baton.epoch, before: Some(before) });
}

/// The customer has seen something, or somebody else holds: what was done can no longer be taken back.
pub(super) fn over(c: &mut Conversation) {
    if let Some(undo) = &mut c.undo {
        undo.before = None;
    }
}
