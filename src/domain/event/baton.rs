//! Who may answer.

use crate::domain::baton::{Holder, PassReason};
use crate::domain::clock::LeftAlone;
use crate::domain::handoff::ContextPack;
use crate::domain::id::{ConversationId, Epoch};
use crate::domain::time::Timestamp;

super::family! {
    /// Who may answer.
    BatonEvent, "baton", conversation;
    /// The baton moved; the epoch rose by one.
    Passed = "passed" {
        /// Where.
        conversation: ConversationId,
        /// Who had it.
        from: Holder,
        /// Who has it.
        to: Holder,
        /// The epoch that begins.
        epoch: Epoch,
        /// Why.
        reason: PassReason,
        /// Since when the new holder counts as holding: an undo restores the old clock.
        since: Timestamp,
        /// When the customer is told although the new holder has not written, if they have to be.
        grace_until: Option<Timestamp>,
        /// What the new holder is given.
        pack: Option<Box<ContextPack>>,
        /// When a person who is given a customer who waits is reminded of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<LeftAlone>,
        /// Until when the person who did it may take it back, if they may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo_until: Option<Timestamp>,
    }
    /// The customer has heard of the new holder: from now on the pass cannot be undone.
    Announced = "announced" {
        /// Where.
        conversation: ConversationId,
        /// Of which epoch.
        epoch: Epoch,
    }
}
