//! A burst of escalations, counted: how many were looked at, in which order they were offered.

use std::sync::Arc;

use super::*;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::command::OperatorAct;
use crate::domain::customer::Identity;
use crate::domain::deployment::Deployment;
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::escalation::{Severity, Trigger};
use crate::domain::event::{BatonEvent, ConversationEvent, OperatorEvent};
use crate::domain::id::{ChannelName, ConversationId, CustomerId, Epoch, EscalationId, Handle, QueueName};
use crate::domain::policy::Policy;
use crate::domain::time::Millis;
use crate::orchestrator::decide::operate;
use crate::orchestrator::evolve;

const BURST: u64 = 1_000;
const PEOPLE: [&str; 4] = ["ana", "ben", "cleo", "dara"];
const SEATS: u16 = 3;
const NOW: Timestamp = Timestamp(1_000_000);

fn deployment() -> Deployment {
    let person = |name: &&str| OperatorSpec {
        name: name.parse().unwrap(),
        role: Role::Responder,
        skills: Vec::new(),
        capacity: SEATS,
        approval_limit: None,
    };
    Deployment {
        name: "shop".parse().unwrap(),
        agents: Vec::new(),
        operators: PEOPLE.iter().map(person).collect(),
        queues: Vec::new(),
        tools: Vec::new(),
        policy: Policy::default(),
        sentences: std::collections::BTreeMap::new(),
        artifacts: std::collections::BTreeMap::new(),
        scans: false,
        translation: None,
    }
}

/// A floor, and what the matching cost it.
struct Burst {
    floor: Floor,
    looked: usize,
    offered: Vec<ConversationId>,
}

impl Burst {
    fn new() -> Self {
        let floor = Floor { deployment: Some(Arc::new(deployment())), ..Floor::default() };
        let mut burst = Self { floor, looked: 0, offered: Vec::new() };
        for name in PEOPLE {
            burst.tell(OperatorEvent::Arrived { operator: name.parse().unwrap() });
        }
        burst
    }

    fn tell(&mut self, event: impl Into<Event>) {
        let (floor, seq, event) = ("shop".parse().unwrap(), self.floor.seq.next(), event.into());
        let envelope =
            Envelope { floor, seq, at: NOW, actor: Actor::Floor, cause: None, key: None, subject: None, event };
        evolve(&mut self.floor, &envelope);
    }

    fn asks_for_a_human(&mut self, number: u64) {
        let conversation = id(number);
        self.tell(ConversationEvent::Opened {
            conversation,
            handle: Handle(number),
            customer: CustomerId::from_random([9; 16]),
            reference: None,
            channel: ChannelName::web(),
            identity: Identity::Anonymous,
            tier: Tier::Standard,
            name: None,
            earlier: 0,
            silence: Millis::from_hours(1),
        });
        let queue: QueueName = "support".parse().unwrap();
        let due = NOW + Millis::from_mins(2);
        // Every seventh presses more than those before it.
        let rank = Some(if number.is_multiple_of(7) { due - Millis::from_mins(10) } else { due });
        self.tell(EscalationEvent::Raised {
            conversation,
            escalation: EscalationId(number),
            queue: queue.clone(),
            trigger: Trigger::AskedForHuman,
            severity: Severity::Normal,
            terms: Vec::new(),
            due,
            rank,
            skills: Vec::new(),
            declined: Vec::new(),
            expires: None,
        });
        self.pass(conversation, Holder::Queue(queue), PassReason::Escalated(EscalationId(number)));
    }

    fn pass(&mut self, conversation: ConversationId, to: Holder, reason: PassReason) {
        let baton = self.floor.conversation(conversation).unwrap().baton.clone();
        let (from, epoch, since) = (baton.holder, Epoch(baton.epoch.0 + 1), NOW);
        let (grace_until, pack, left, undo_until) = (None, None, None, None);
        self.tell(BatonEvent::Passed {
            conversation,
            from,
            to,
            epoch,
            reason,
            since,
            grace_until,
            pack,
            left,
            undo_until,
        });
    }

    /// Offers what can be offered, as the floor does after every entry that may free somebody.
    fn matched(&mut self) {
        loop {
            let (event, looked) = search(&self.floor, NOW);
            self.looked += looked;
            let Some(event) = event else { return };
            let Event::Escalation(EscalationEvent::Offered { conversation, .. }) = &event else { panic!("{event:?}") };
            self.offered.push(*conversation);
            self.tell(event);
        }
    }

    /// Everybody who was offered something takes it, and is offered the next; how many did.
    fn taken(&mut self) -> usize {
        let mut taken = 0;
        for name in PEOPLE {
            let name: OperatorName = name.parse().unwrap();
            let Some(made) = self.floor.operators[&name].running_offer() else { continue };
            let act = OperatorAct::TakeOffer { offer: made.id };
            for event in operate::decide(&self.floor, &name, None, &act, NOW).unwrap() {
                self.tell(event);
            }
            taken += 1;
            self.matched();
            assert!(self.floor.operators[&name].load <= SEATS);
        }
        taken
    }
}

fn id(number: u64) -> ConversationId {
    // Not in the order in which they ask.
    ConversationId::from_random((u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15)).to_be_bytes())
}

#[test]
fn a_burst_of_a_thousand_keeps_order_and_seats_and_looks_at_nobody_in_vain() {
    let mut burst = Burst::new();
    for number in 1..=BURST {
        burst.asks_for_a_human(number);
        burst.matched();
    }
    assert_eq!(burst.offered.len(), PEOPLE.len(), "one offer to each, whatever waits");
    assert!(burst.looked <= PEOPLE.len(), "{} looks while nobody was free", burst.looked);
    while burst.taken() > 0 {}
    assert_eq!(burst.offered.len(), PEOPLE.len() * usize::from(SEATS), "so many seats, so many offers");
    // One chat after the other ends; each seat goes to whoever stands first in line.
    let mut done = 0;
    while let Some(conversation) = burst.offered.get(done).copied() {
        done += 1;
        burst.pass(conversation, Holder::Nobody, PassReason::Ended);
        burst.matched();
        burst.taken();
    }
    // The first of them were offered before anybody else stood in line.
    let (before, rest): (Vec<u64>, Vec<u64>) = (1..=BURST).partition(|number| *number <= PEOPLE.len() as u64);
    let (pressing, others): (Vec<u64>, Vec<u64>) = rest.into_iter().partition(|number| number.is_multiple_of(7));
    let expected: Vec<ConversationId> = before.into_iter().chain(pressing).chain(others).map(id).collect();
    assert_eq!(burst.offered, expected);
    assert!(burst.looked as u64 <= BURST, "{} looks for {BURST} offers", burst.looked);
}
