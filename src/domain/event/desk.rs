//! What people arrange around a conversation, unseen by its customer.

use std::collections::BTreeSet;

use crate::domain::conversation::Priority;
use crate::domain::id::{ConversationId, Label, OperatorName};
use crate::domain::time::Timestamp;
use crate::domain::undo::Restored;
use crate::domain::watch::WatchFor;

super::family! {
    /// What people arrange around a conversation, unseen by its customer.
    DeskEvent, "desk", conversation;
    /// Somebody said how much it presses.
    PrioritySet = "priority_set" {
        /// Which.
        conversation: ConversationId,
        /// Who.
        by: OperatorName,
        /// How much; none means as the rules say.
        priority: Option<Priority>,
        /// Where it stands in its line now, if it waits in one.
        rank: Option<Timestamp>,
        /// Until when who did it may take it back.
        undo_until: Timestamp,
    }
    /// Somebody put labels on it or took some away.
    LabelsSet = "labels_set" {
        /// Which.
        conversation: ConversationId,
        /// Who.
        by: OperatorName,
        /// All its labels from now on.
        labels: BTreeSet<Label>,
        /// Until when who did it may take it back.
        undo_until: Timestamp,
    }
    /// Somebody took back what they had just done.
    Undone = "undone" {
        /// Where.
        conversation: ConversationId,
        /// Who.
        by: OperatorName,
        /// What stands again.
        restored: Restored,
    }
    /// Somebody keeps an eye on it.
    Watched = "watched" {
        /// Which.
        conversation: ConversationId,
        /// Who.
        by: OperatorName,
        /// When they are called, if they are.
        when: Option<WatchFor>,
    }
    /// Somebody keeps an eye on it no more.
    Unwatched = "unwatched" {
        /// Which.
        conversation: ConversationId,
        /// Who.
        by: OperatorName,
    }
    /// What somebody waits for has happened; they are called once.
    Noticed = "noticed" {
        /// Where.
        conversation: ConversationId,
        /// Who is called.
        operator: OperatorName,
        /// What has happened.
        what: WatchFor,
    }
}
