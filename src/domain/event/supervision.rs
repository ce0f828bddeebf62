//! The supervision ladder in one conversation.

use crate::domain::id::{AgentName, CompositionId, ConversationId, DraftId, Epoch, OperatorName};
use crate::domain::personal::Personal;
use crate::domain::supervision::{Burning, DraftEnd, Fuse, HeldMove};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

super::family! {
    /// The supervision ladder in one conversation.
    SupervisionEvent, "supervision", conversation;
    /// From now on what agents compose here waits for a person, or goes out by itself again.
    GateSet = "gate_set" {
        /// Where.
        conversation: ConversationId,
        /// By whom.
        by: OperatorName,
        /// The fuse of each draft; none means that the gate is taken away.
        fuse: Option<Fuse>,
        /// Until when who did it may take it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo_until: Option<Timestamp>,
    }
    /// A finished draft waits for a person. Nothing of it has happened: no word went out, no fact
    /// was noted, and what was to follow it did not begin.
    DraftHeld = "draft_held" {
        /// Where.
        conversation: ConversationId,
        /// Which.
        draft: DraftId,
        /// Of which attempt.
        composition: CompositionId,
        /// Whose.
        agent: AgentName,
        /// Under which epoch it was composed.
        epoch: Epoch,
        /// What waits.
        held: Box<HeldMove>,
        /// What happens if nobody looks at it.
        fuse: Option<Burning>,
    }
    /// Nobody looked at a draft in time; it goes on waiting.
    FuseEnded = "fuse_ended" {
        /// Where.
        conversation: ConversationId,
        /// Which draft.
        draft: DraftId,
    }
    /// A draft was sent or dropped; if it was sent, the agent's move follows.
    DraftSettled = "draft_settled" {
        /// Where.
        conversation: ConversationId,
        /// Which draft.
        draft: DraftId,
        /// Whose.
        agent: AgentName,
        /// How.
        end: DraftEnd,
        /// By whom; nobody when its fuse sent it.
        by: Option<OperatorName>,
        /// Why, for the record.
        reason: Option<Personal<Foreign>>,
        /// Whether a dropped one is composed again, with the reason as a whisper.
        again: bool,
    }
    /// A supervisor speaks beside the holder, under the holder's epoch; agents keep still meanwhile.
    Barged = "barged" {
        /// Where.
        conversation: ConversationId,
        /// Who.
        operator: OperatorName,
        /// Until when agents keep still, unless something is written.
        quiet_until: Timestamp,
    }
    /// They were seen writing.
    BargeWriting = "barge_writing" {
        /// Where.
        conversation: ConversationId,
        /// Who.
        operator: OperatorName,
        /// Until when agents keep still.
        quiet_until: Timestamp,
    }
    /// They do not speak beside the holder any more. With another holder, or with the end, it is over
    /// without a word of its own.
    BargeEnded = "barge_ended" {
        /// Where.
        conversation: ConversationId,
        /// Who.
        operator: OperatorName,
    }
}
