//! What people arranged around a conversation: one kind of each, a reason in a sleep.

use baton::domain::conversation::Priority;
use baton::domain::event::{ConversationEvent, DeskEvent, Event};
use baton::domain::id::ConversationId;
use baton::domain::snooze::WakeReason;
use baton::domain::undo::Restored;
use baton::domain::watch::WatchFor;

use super::{Pen, ana, now};

pub(super) fn desk(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let labels = ["refund".parse().unwrap()].into();
    let (by, undo_until, reason) = (ana(), now(), Some(pen.text()));
    let snoozed = |by, reason| ConversationEvent::Snoozed { conversation, by, until: now(), reason, undo_until };
    vec![
        snoozed(ana(), reason).into(),
        ConversationEvent::Woken { conversation, why: WakeReason::Time, clocks: Vec::new(), call: None }.into(),
        DeskEvent::PrioritySet { conversation, by: ana(), priority: Some(Priority::High), rank: None, undo_until }
            .into(),
        DeskEvent::LabelsSet { conversation, by: ana(), labels, undo_until }.into(),
        DeskEvent::Undone { conversation, by, restored: Restored::Labels([].into()) }.into(),
        DeskEvent::Watched { conversation, by: ana(), when: Some(WatchFor::CustomerSpeaks) }.into(),
        DeskEvent::Noticed { conversation, operator: ana(), what: WatchFor::CustomerSpeaks }.into(),
        DeskEvent::Unwatched { conversation, by: ana() }.into(),
        // It sleeps on, so that a snapshot holds why.
        snoozed(ana(), Some(pen.text())).into(),
    ]
}
