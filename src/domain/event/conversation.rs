//! The life of a conversation.

use crate::domain::baton::Holder;
use crate::domain::clock::{ActorTimes, ClockSet};
use crate::domain::conversation::{CloseReason, Disposition};
use crate::domain::customer::{Identity, Tier};
use crate::domain::handoff::ContextPack;
use crate::domain::id::{ChannelName, ConversationId, CustomerId, Digest, Handle, OperatorName, Seq};
use crate::domain::personal::Personal;
use crate::domain::snooze::{CallAgain, WakeReason};
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};

super::family! {
    /// The life of a conversation.
    ConversationEvent, "conversation", conversation;
    /// It began.
    Opened = "opened" {
        /// Which.
        conversation: ConversationId,
        /// Its short name.
        handle: Handle,
        /// Whose.
        customer: CustomerId,
        /// Keyed hash of the integrator's reference.
        reference: Option<Digest>,
        /// By which channel.
        channel: ChannelName,
        /// How sure we are of the customer.
        identity: Identity,
        /// What they were promised.
        tier: Tier,
        /// Their name.
        name: Option<Personal<Foreign>>,
        /// How many conversations this customer had before.
        earlier: u32,
        /// When the customer is silent for so long, it ends.
        silence: Millis,
    }
    /// It begins on an edition that is rolled out to a share, and stays on it until it ends.
    BeganOn = "began_on" {
        /// Which.
        conversation: ConversationId,
        /// The entry that rolled that edition out.
        edition: Seq,
    }
    /// The customer proved who they are, or a proof was given up.
    Identified = "identified" {
        /// Which.
        conversation: ConversationId,
        /// The identity now.
        identity: Identity,
    }
    /// The matter is settled, as far as the speaker can tell.
    Resolved = "resolved" {
        /// Which.
        conversation: ConversationId,
        /// How.
        disposition: Disposition,
        /// Who held the baton: credit is fixed now.
        credited: Holder,
        /// End of the re-open window.
        until: Timestamp,
        /// What a re-opening will begin with.
        pack: Box<ContextPack>,
        /// How long each actor had it so far.
        #[serde(default)]
        spent: ActorTimes,
        /// Whether the first contact was enough, as far as can be told now.
        #[serde(default)]
        first_contact: bool,
    }
    /// The customer came back within the time of the policy: the first contact was not enough.
    FirstContactLost = "first_contact_lost" {
        /// Which.
        conversation: ConversationId,
    }
    /// The customer spoke again within the window.
    Reopened = "reopened" {
        /// Which.
        conversation: ConversationId,
        /// What it begins with.
        pack: Box<ContextPack>,
    }
    /// The customer rated it.
    Rated = "rated" {
        /// Which.
        conversation: ConversationId,
        /// One to five.
        score: u8,
        /// A word beside it.
        comment: Option<Personal<Foreign>>,
        /// Whom the rating is about: who held when it was resolved.
        credited: Holder,
    }
    /// Somebody put it to sleep: its clocks stand still, nobody is offered it and no agent works on it.
    Snoozed = "snoozed" {
        /// Which.
        conversation: ConversationId,
        /// By whom.
        by: OperatorName,
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: Option<Personal<Foreign>>,
        /// Until when who did it may take it back.
        undo_until: Timestamp,
    }
    /// It is awake again.
    Woken = "woken" {
        /// Which.
        conversation: ConversationId,
        /// Why.
        why: WakeReason,
        /// The clocks that run again, with the open time that was left.
        clocks: Vec<ClockSet>,
        /// The same of a request for a human.
        call: Option<CallAgain>,
    }
    /// It is over for good.
    Closed = "closed" {
        /// Which.
        conversation: ConversationId,
        /// Why.
        reason: CloseReason,
    }
}
