//! What is due when. Derived from the state, so that no timer can be forgotten or left over.

use serde::{Deserialize, Serialize};

use crate::domain::clock::ClockKind;
use crate::domain::id::{
    ApprovalId, CallId, ConsultId, ConversationId, CustomerId, IncidentId, OperatorName, PromiseId, RuleId,
};
use crate::domain::time::{Millis, Timestamp};

use super::conversation::{Conversation, WaitsFor};
use super::floor::Stub;
use super::owed;

/// How long an agent may take for one move; then the attempt counts as failed.
pub const COMPOSITION_PATIENCE: Millis = Millis::from_secs(60);

/// Whose clock it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Due {
    /// Something of a live conversation.
    Conversation(ConversationId),
    /// Something of a resolved conversation: the end of its window, or what is owed still.
    Stub(ConversationId),
    /// The grace time of an operator who went away.
    Operator(OperatorName),
    /// Something of an incident.
    Incident(IncidentId),
    /// The end of a rule on who takes what.
    Rule(RuleId),
    /// The end of a block of a customer.
    Block(CustomerId),
    /// What was learnt is set down.
    Mark,
}

/// What is due in a live conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// The customer has stopped typing; the answer begins.
    Quiet,
    /// The customer is told of the new human holder.
    Grace,
    /// Who spoke beside the holder has been still for long enough; the agent answers what is left.
    Barge,
    /// A failed attempt is made again.
    Retry,
    /// An agent took too long.
    Composition,
    /// A receiver did not answer.
    Handoff,
    /// An operator did not answer an offer.
    Offer,
    /// A holder did not answer a colleague who asks.
    Claim,
    /// A person has left the customer without an answer for some time.
    LeftAlone,
    /// A human should have been there.
    Escalation,
    /// Everybody is asked again.
    Round,
    /// Nobody came for too long.
    Expiry,
    /// An approval becomes a no.
    Approval(ApprovalId),
    /// Nobody looked at a draft in time.
    Fuse,
    /// A tool is tried again.
    CallRetry(CallId),
    /// Most of the time of a clock has gone by.
    ClockWarns(ClockKind),
    /// What a clock runs for is late.
    ClockBreached(ClockKind),
    /// Another specialist did not answer.
    Consult(ConsultId),
    /// The receiver of a call is asked whether it happened.
    CallAsk(CallId),
    /// What was promised is late.
    Promise(PromiseId),
    /// A translation did not come in time, or a reply that waited for one may go out.
    Translation,
    /// The customer has been silent for too long.
    Silence,
    /// It has slept long enough.
    Wake,
}

/// What is due in a resolved conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StubAlarm {
    /// Whoever had it did not say how it came out.
    WrapUp,
    /// What was promised is late.
    Promise(PromiseId),
    /// It is over for good. Not while something is owed: what is owed would be forgotten with it.
    Window,
}

impl Stub {
    /// The next alarm.
    pub fn next_alarm(&self) -> Option<(Timestamp, StubAlarm)> {
        let late = owed::next_late(&self.owed).map(|(at, id)| (at, StubAlarm::Promise(id)));
        let wrap = self.wrap.as_ref().map(|wrap| (wrap.until, StubAlarm::WrapUp));
        let window = (self.owed.is_empty() && wrap.is_none()).then_some((self.until, StubAlarm::Window));
        late.into_iter().chain(wrap).chain(window).min()
    }
}

impl Conversation {
    /// Everything that is to come, in no order.
    fn alarms(&self) -> impl Iterator<Item = (Timestamp, Alarm)> {
        let free = self.composing.is_none() && self.handoff.is_none() && self.baton.holder.agent().is_some();
        // Nothing of an agent begins while somebody writes beside it.
        let still = self.kept_still();
        let later = |at: Timestamp| still.map_or(at, |still| still.max(at));
        let waits = free && self.unanswered() && self.dropped < self.last_said;
        let composing = self.composing.as_ref().filter(|c| matches!(c.waits_for, WaitsFor::Agent));
        let escalation = self.escalation.as_ref();
        let offer = escalation.and_then(|e| e.offer.as_ref());
        [
            self.quiet_until.filter(|_| free).map(|at| (later(at), Alarm::Quiet)),
            still
                .filter(|_| waits && self.quiet_until.is_none() && self.retry_at.is_none())
                .map(|at| (at, Alarm::Barge)),
            self.grace_until.map(|at| (at, Alarm::Grace)),
            self.retry_at.filter(|_| free).map(|at| (later(at), Alarm::Retry)),
            composing.map(|c| (c.at + COMPOSITION_PATIENCE, Alarm::Composition)),
            self.handoff.as_ref().map(|h| (h.until, Alarm::Handoff)),
            offer.map(|o| (o.until, Alarm::Offer)),
            self.left.and_then(|left| left.next()).map(|at| (at, Alarm::LeftAlone)),
            self.claim.as_ref().map(|claim| (claim.until, Alarm::Claim)),
            escalation.filter(|e| !e.breached).map(|e| (e.due, Alarm::Escalation)),
            self.draft.as_ref().and_then(|d| d.fuse).map(|fuse| (fuse.until, Alarm::Fuse)),
            escalation.and_then(|e| e.again_at).map(|at| (at, Alarm::Round)),
            escalation.and_then(|e| e.expires).map(|at| (at, Alarm::Expiry)),
            self.translating.next().map(|at| (at, Alarm::Translation)),
            self.silent_since().map(|since| (since + self.silence, Alarm::Silence)),
        ]
        .into_iter()
        .flatten()
        .chain(self.clocks.alarms())
        .chain(owed::next_late(&self.owed).map(|(at, id)| (at, Alarm::Promise(id))))
        .chain(self.consults.iter().map(|(id, asked)| (asked.until, Alarm::Consult(*id))))
        .chain(self.approvals.iter().map(|(id, a)| (a.expires, Alarm::Approval(*id))))
        .chain(self.calls.iter().filter_map(|(id, c)| c.retry_at.map(|at| (at, Alarm::CallRetry(*id)))))
        .chain(self.calls.iter().filter_map(|(id, c)| c.ask_at.map(|at| (at, Alarm::CallAsk(*id)))))
    }

    /// The next alarm. Of who sleeps there is the one that wakes them, and a colleague who asks for them is
    /// answered in time as ever.
    pub fn next_alarm(&self) -> Option<(Timestamp, Alarm)> {
        let Some(snooze) = &self.snoozed else { return self.alarms().min() };
        let claim = self.claim.as_ref().map(|claim| (claim.until, Alarm::Claim));
        claim.into_iter().chain([(snooze.until, Alarm::Wake)]).min()
    }

    /// Since when we wait for the customer and nothing else is under way.
    fn silent_since(&self) -> Option<Timestamp> {
        let idle = !self.unanswered()
            && self.composing.is_none()
            && self.handoff.is_none()
            && self.escalation.is_none()
            && self.baton.holder.operator().is_none();
        idle.then_some(self.last_answer_at)
    }
}
