//! The lines: nobody is lost in one, nobody is overtaken, nobody is offered what they cannot take.

use crate::domain::baton::{Holder, PassReason};
use crate::domain::envelope::Envelope;
use crate::domain::escalation::Settlement;
use crate::domain::event::EscalationEvent;
use crate::domain::id::{ConversationId, EscalationId, OperatorName, Seq};

use super::Laws;
use super::books::{Account, Asks};

impl Laws {
    pub(super) fn escalation(&mut self, envelope: &Envelope, event: &EscalationEvent) {
        let seq = envelope.seq;
        match event {
            EscalationEvent::Raised {
                conversation, escalation, queue, due, rank, skills, declined, expires, ..
            } => {
                let asks = Asks {
                    id: *escalation,
                    queue: queue.clone(),
                    skills: skills.clone(),
                    rank: rank.unwrap_or(*due),
                    breached: false,
                    call_back: false,
                    expires: *expires,
                    declined: declined.iter().cloned().collect(),
                };
                let account = self.account(*conversation);
                account.replaced = account.settled.take();
                let before = account.asks.replace(asks).map(|asks| asks.id);
                self.hold(2, seq, before.is_none(), || format!("{escalation:?} raised while {before:?} is open"));
            }
            EscalationEvent::Offered { conversation, operator, .. } => self.offered(seq, *conversation, operator),
            EscalationEvent::Taken { conversation, .. } | EscalationEvent::Withdrawn { conversation, .. } => {
                self.account(*conversation).offered = None;
            }
            EscalationEvent::Passed { conversation, operator, .. }
            | EscalationEvent::Lapsed { conversation, operator, .. } => {
                self.account(*conversation).offered = None;
                self.asks(*conversation, |asks| {
                    asks.declined.insert(operator.clone());
                });
            }
            EscalationEvent::Breached { conversation, rank, .. } => {
                self.awake(7, seq, *conversation, "a breach");
                self.asks(*conversation, |asks| {
                    asks.breached = true;
                    asks.rank = rank.unwrap_or(asks.rank);
                    asks.declined.clear();
                });
            }
            EscalationEvent::RoundEnded { conversation, rank, .. } => {
                self.asks(*conversation, |asks| asks.rank = *rank);
            }
            EscalationEvent::RoundBegan { conversation, .. } => {
                self.asks(*conversation, |asks| asks.declined.clear());
            }
            EscalationEvent::CallBackArranged { conversation, expires, .. } => {
                let open = self.account(*conversation).asks.as_ref().is_some_and(|asks| !asks.call_back);
                self.hold(2, seq, open, || format!("{conversation} is called back twice, or waits for nobody"));
                self.asks(*conversation, |asks| {
                    (asks.call_back, asks.expires) = (true, *expires);
                    asks.breached = false;
                });
            }
            EscalationEvent::Settled { conversation, escalation, settlement } => {
                self.ended_truly(envelope, *conversation, *settlement);
                self.call_settled(seq, *conversation, *escalation);
            }
        }
    }

    fn asks(&mut self, id: ConversationId, change: impl FnOnce(&mut Asks)) {
        if let Some(asks) = &mut self.account(id).asks {
            change(asks);
        }
    }

    /// Law 2: each request for a human ends once, and in one way.
    fn call_settled(&mut self, seq: Seq, id: ConversationId, escalation: EscalationId) {
        let account = self.account(id);
        account.settled = account.asks.take();
        account.offered = None;
        let open = account.settled.as_ref().map(|asks| asks.id);
        self.hold(2, seq, open == Some(escalation), || format!("{escalation:?} settled where {open:?} is open"));
    }

    /// Law 2: what is written down of an end is what happened.
    fn ended_truly(&mut self, envelope: &Envelope, id: ConversationId, settlement: Settlement) {
        let (seq, at) = (envelope.seq, envelope.at);
        *self.endings.entry(settlement).or_default() += 1;
        let Some(asks) = self.account(id).asks.clone() else { return };
        let told = match settlement {
            Settlement::Taken => !asks.call_back,
            Settlement::CalledBack => asks.call_back,
            Settlement::Expired => asks.expires.is_some_and(|expires| expires <= at),
            Settlement::NotNeeded | Settlement::Ended | Settlement::Withdrawn => true,
        };
        self.hold(2, seq, told, || format!("{:?} of {id} is settled as {settlement:?} at {at:?}", asks.id));
    }

    /// Law 2: who waits in a line has asked for a human; an undone takeover has settled nothing.
    pub(super) fn lined_up(&mut self, seq: Seq, id: ConversationId, pass: (&Holder, &Holder), reason: PassReason) {
        let (from, to) = pass;
        let account = self.account(id);
        let replaced = account.replaced.take();
        if reason == PassReason::Undone {
            account.asks = if account.escalated { account.back.take() } else { account.settled.take() };
        } else {
            account.escalated = matches!(reason, PassReason::Escalated(_));
            account.back = replaced.filter(|_| matches!(from, Holder::Queue(_)));
        }
        // What was settled before this pass was not settled by it.
        account.settled = None;
        let asks = account.asks.is_some();
        if matches!(to, Holder::Queue(_)) {
            self.hold(2, seq, asks, || format!("{id} waits in {to} and asks for nothing"));
        }
    }

    /// Law 7: a conversation is offered to one operator at a time, an operator one conversation at a
    /// time, and only with a seat for it. Nobody is overtaken who could have been offered instead.
    fn offered(&mut self, seq: Seq, id: ConversationId, operator: &OperatorName) {
        self.awake(7, seq, id, "an offer");
        let before = self.account(id).offered.replace(operator.clone());
        self.hold(7, seq, before.is_none(), || format!("offered to {operator} beside {before:?}"));
        let offered = self.accounts.values().filter(|account| account.offered.as_ref() == Some(operator)).count();
        self.hold(7, seq, offered == 1, || format!("{operator} is offered {offered} at once"));
        let taken = usize::from(self.loads.get(operator).copied().unwrap_or_default()) + offered;
        let spec = self.deployment.as_ref().and_then(|d| d.operator(operator));
        let seats = spec.map_or(0, |spec| usize::from(spec.capacity));
        self.hold(7, seq, taken <= seats, || format!("{operator} offered {taken} of {seats}"));
        let overtaken = self.overtaken(id, operator);
        self.hold(7, seq, overtaken.is_none(), || format!("{operator} is offered {id} before {overtaken:?}"));
    }

    /// Somebody before `id` in the same line, asking for the same, whom this operator has not turned down.
    fn overtaken(&self, id: ConversationId, operator: &OperatorName) -> Option<ConversationId> {
        let mine = self.accounts.get(&id)?.asks.as_ref()?;
        let before = |(other, account): (&ConversationId, &Account)| {
            let asks = account.asks.as_ref()?;
            let queued = matches!(account.holder, Holder::Queue(_)) && !account.asleep;
            let waits = *other != id && account.offered.is_none() && queued;
            let alike = asks.queue == mine.queue && asks.skills == mine.skills && asks.breached == mine.breached;
            let first = (asks.rank, asks.id) < (mine.rank, mine.id);
            (waits && alike && first && !asks.declined.contains(operator)).then_some(*other)
        };
        self.accounts.iter().find_map(before)
    }
}
