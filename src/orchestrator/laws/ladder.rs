//! The supervision ladder checked: what waits for a person is settled once, is never lost, and does
//! not go past a gate by itself.

use crate::domain::envelope::Envelope;
use crate::domain::event::{StandingEvent, SupervisionEvent};
use crate::domain::id::{AgentName, CompositionId, ConversationId, DraftId, Seq};
use crate::domain::supervision::{DraftEnd, GateTarget};

use super::{Holder, Laws};

impl Laws {
    pub(super) fn standing(&mut self, event: &StandingEvent) {
        match event {
            StandingEvent::GateSet { target, fuse, .. } => {
                self.gates.remove(target);
                if fuse.is_some() {
                    self.gates.insert(target.clone());
                }
            }
        }
    }

    pub(super) fn supervision(&mut self, envelope: &Envelope, event: &SupervisionEvent) {
        let seq = envelope.seq;
        match event {
            SupervisionEvent::GateSet { conversation, fuse, .. } => {
                self.account(*conversation).gated = fuse.is_some();
            }
            SupervisionEvent::DraftHeld { conversation, draft, composition, agent, epoch, .. } => {
                self.speaks(seq, *conversation, &Holder::Agent(agent.clone()), *epoch);
                let before = self.account(*conversation).draft.replace((*draft, *composition));
                self.hold(2, seq, before.is_none(), || format!("{draft} waits beside {before:?}"));
            }
            SupervisionEvent::FuseEnded { .. } => {}
            SupervisionEvent::DraftSettled { conversation, draft, end, by, .. } => {
                let attempt = self.settled(seq, *conversation, *draft);
                self.account(*conversation).released = attempt.filter(|_| *end != DraftEnd::Dropped);
                let somebody = by.is_some() || *end == DraftEnd::Fused;
                self.hold(16, seq, somebody, || format!("{draft} was settled by nobody"));
            }
        }
    }

    /// Law 2: a draft is settled or withheld once; of which attempt it was.
    pub(super) fn settled(&mut self, seq: Seq, id: ConversationId, draft: DraftId) -> Option<CompositionId> {
        let waiting = self.account(id).draft.take_if(|(waiting, _)| *waiting == draft);
        self.hold(2, seq, waiting.is_some(), || format!("{draft} settled twice, or never held"));
        waiting.map(|(_, attempt)| attempt)
    }

    /// Law 2: whatever goes on from here, no draft may be left behind.
    pub(super) fn no_draft_left(&mut self, seq: Seq, id: ConversationId) {
        let left = self.account(id).draft;
        self.hold(2, seq, left.is_none(), || format!("a draft was lost: {left:?}"));
    }

    /// Laws 1 and 3: words of an agent under a gate go out with somebody's word, or their fuse's, alone.
    pub(super) fn past_gate(&mut self, seq: Seq, id: ConversationId, agent: &AgentName, attempt: CompositionId) {
        let account = self.account(id);
        let (tier, channel) = (account.tier, account.channel.clone());
        let released = account.released.take() == Some(attempt);
        let own = account.gated;
        let gated = own
            || self.gates.iter().any(|target| match target {
                GateTarget::Agent(name) => name == agent,
                GateTarget::Segment(segment) => tier.zip(channel.as_ref()).is_some_and(|(t, c)| segment.covers(t, c)),
                GateTarget::Conversation(_) => false,
            });
        self.hold(1, seq, released || !gated, || format!("{agent} spoke past a gate in {attempt}"));
    }
}
