//! The supervision ladder checked: what waits for a person is settled once, is never lost, and does
//! not go past a gate by itself.

use crate::domain::envelope::Envelope;
use crate::domain::event::{StandingEvent, SupervisionEvent};
use crate::domain::id::{AgentName, CallId, CompositionId, ConversationId, DraftId, Epoch, OperatorName, Seq};
use crate::domain::operator::Role;
use crate::domain::supervision::{DraftEnd, GateTarget, HoldTarget, Life};

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
            StandingEvent::HoldPlaced { target, .. } => {
                self.holds.insert(target.clone());
            }
            StandingEvent::HoldReleased { target, .. } => {
                self.holds.remove(target);
            }
            StandingEvent::LifeSet { agent, life, .. } => {
                self.lives.insert(agent.clone(), *life);
            }
            // What a candidate says under its share is the agent's word, and judged like that.
            StandingEvent::CandidateSet { .. } => {}
        }
    }

    pub(super) fn supervision(&mut self, envelope: &Envelope, event: &SupervisionEvent) {
        let seq = envelope.seq;
        match event {
            SupervisionEvent::GateSet { conversation, by, fuse, .. } => self.gated(*conversation, by, *fuse),
            SupervisionEvent::DraftHeld { conversation, draft, composition, agent, epoch, .. } => {
                self.speaks(seq, *conversation, &Holder::Agent(agent.clone()), *epoch);
                let before = self.account(*conversation).draft.replace((*draft, *composition));
                self.hold(2, seq, before.is_none(), || format!("{draft} waits beside {before:?}"));
            }
            SupervisionEvent::FuseEnded { .. } | SupervisionEvent::BargeWriting { .. } => {}
            SupervisionEvent::Barged { conversation, operator, .. } => {
                let supervises = self.deployment.as_ref().and_then(|d| d.operator(operator));
                let may = supervises.is_some_and(|spec| spec.role >= Role::Supervisor);
                self.hold(16, seq, may, || format!("{operator} may not speak beside a holder"));
                self.account(*conversation).barge = Some(operator.clone());
            }
            SupervisionEvent::BargeEnded { conversation, .. } => self.account(*conversation).barge = None,
            SupervisionEvent::DraftSettled { conversation, draft, end, by, .. } => {
                let attempt = self.settled(seq, *conversation, *draft);
                self.account(*conversation).sent = *end != DraftEnd::Dropped;
                self.account(*conversation).released = attempt.filter(|_| *end != DraftEnd::Dropped);
                let somebody = by.is_some() || *end == DraftEnd::Fused;
                self.hold(16, seq, somebody, || format!("{draft} was settled by nobody"));
            }
        }
    }

    /// Law 1: operators speak under the holder or an open barge, and under its epoch.
    pub(super) fn speaks_or_barges(&mut self, seq: Seq, id: ConversationId, operator: &OperatorName, epoch: Epoch) {
        if self.account(id).barge.as_ref() != Some(operator) {
            return self.speaks(seq, id, &Holder::Operator(operator.clone()), epoch);
        }
        let now = self.account(id).epoch;
        self.hold(1, seq, now == epoch, || format!("{operator} spoke beside epoch {}, it is {}", epoch.0, now.0));
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
            || self.trust(agent) == Life::Gated
            || self.gates.iter().any(|target| match target {
                GateTarget::Agent(name) => name == agent,
                GateTarget::Segment(segment) => tier.zip(channel.as_ref()).is_some_and(|(t, c)| segment.covers(t, c)),
                GateTarget::Conversation(_) => false,
            });
        self.hold(1, seq, released || !gated, || format!("{agent} spoke past a gate in {attempt}"));
    }

    fn trust(&self, agent: &AgentName) -> Life {
        let spec = self.deployment.as_ref().and_then(|d| d.agent(agent)).map(|spec| spec.life);
        self.lives.get(agent).copied().or(spec).unwrap_or_default()
    }

    fn held(&mut self, id: ConversationId, agent: &AgentName) -> Option<HoldTarget> {
        let account = self.account(id);
        let (tier, channel) = (account.tier, account.channel.clone());
        let holds = |target: &&HoldTarget| match target {
            HoldTarget::Agent(name) => name == agent,
            HoldTarget::Segment(segment) => tier.zip(channel.as_ref()).is_some_and(|(t, c)| segment.covers(t, c)),
            HoldTarget::AllAi => true,
            HoldTarget::Tool(_) => false,
        };
        self.holds.iter().find(holds).cloned()
    }

    /// Laws 1 and 9: what is held says nothing and gets nothing above the entry of its hold.
    pub(super) fn not_held(&mut self, seq: Seq, id: ConversationId, agent: &AgentName, what: &str) {
        let held = self.held(id, agent);
        let shadow = self.trust(agent) == Life::Shadow;
        self.hold(1, seq, held.is_none() && !shadow, || format!("{agent} {what} under a hold: {held:?}"));
    }

    /// Law 16: no call begins under a hold of its tool or of who makes it.
    pub(super) fn may_begin(&mut self, seq: Seq, id: ConversationId, call: CallId) {
        let Some((agent, tool)) = self.call(id, call).map(|book| (book.agent.clone(), book.tool.clone())) else {
            return;
        };
        let held = self.held(id, &agent).or_else(|| self.holds.get(&HoldTarget::Tool(tool)).cloned());
        self.hold(16, seq, held.is_none(), || format!("{call} of {agent} begins under a hold: {held:?}"));
    }
}
