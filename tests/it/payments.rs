//! Exactly once under fire: approvals that are tampered with, and refunds raced against the day's money
//! with a payment tool that pays and then times out. The bank here keeps books of its own.

use std::collections::{BTreeMap, BTreeSet};

use baton::domain::approval::Verdict;
use baton::domain::command::{CustomerAct, EffectResult, OperatorAct, Seen};
use baton::domain::customer::Tier;
use baton::domain::event::{ApprovalEvent, CallEnd, Event, ToolEvent};
use baton::domain::id::{ApprovalId, CallId, ConversationId, CustomerId, Digest, Epoch, Seq};
use baton::domain::money::Money;
use baton::domain::policy::DailyCaps;
use baton::domain::refusal::Refusal;
use baton::domain::time::Millis;
use baton::domain::tool::{ToolCall, ToolOutcome};
use baton::orchestrator::subject::subject;
use baton::runtime::conductor::Task;

use crate::floor::{Said, TestFloor, analysis, deployment};
use crate::laws::Dice;

/// Conversations at once.
const LANES: usize = 64;
/// Who decides; all of them may allow what these tests ask for.
const PEOPLE: [&str; 3] = ["ana", "sam", "root"];

/// Soak sizes with `BATON_SOAK=1`, a tenth otherwise.
fn size(soak: usize) -> usize {
    if std::env::var_os("BATON_SOAK").is_some() { soak } else { soak / 10 }
}

/// A payment service: pays once a key, may not say so, and can be asked.
#[derive(Default)]
struct Bank {
    paid: BTreeMap<CallId, (CustomerId, Money)>,
    /// Payments asked for a second time under one key.
    repeated: usize,
}

fn amount_of(call: &ToolCall) -> Money {
    call.args.iter().find(|(name, _)| name.as_str() == "amount").unwrap().1.raw().parse().unwrap()
}

fn done() -> ToolOutcome {
    ToolOutcome::Done([("refund".parse().unwrap(), "yes".to_owned().into())].into())
}

impl Bank {
    fn pay(&mut self, dice: &mut Dice, call: CallId, customer: CustomerId, ask: &ToolCall) -> ToolOutcome {
        match dice.roll(10) {
            0 => return ToolOutcome::Failed,
            1 => return ToolOutcome::Declined("the card is closed".into()),
            // The line breaks before it arrives.
            2 => return ToolOutcome::Unknown,
            _ => {}
        }
        self.repeated += usize::from(self.paid.insert(call, (customer, amount_of(ask))).is_some());
        // Paid; and in half of the cases nobody hears of it.
        if dice.roll(2) == 0 { done() } else { ToolOutcome::Unknown }
    }

    fn happened(&self, dice: &mut Dice, call: CallId) -> ToolOutcome {
        match self.paid.contains_key(&call) {
            _ if dice.roll(4) == 0 => ToolOutcome::Unknown,
            true => done(),
            false => ToolOutcome::Failed,
        }
    }
}

struct Race {
    floor: TestFloor,
    bank: Bank,
    dice: Dice,
    lanes: Vec<(ConversationId, CustomerId)>,
}

impl Race {
    fn new(seed: u64, lanes: usize, caps: DailyCaps) -> Self {
        let mut deployment = deployment();
        deployment.policy.approvals.daily = caps;
        deployment.policy.clocks.silence_ms = Millis::from_hours(1_000);
        deployment.agents.iter_mut().for_each(|agent| agent.capacity = 1_000);
        let mut floor = TestFloor::of(deployment);
        let opened = (1..=lanes).map(|number| floor.open(u8::try_from(number).unwrap(), Tier::Standard, true));
        let lanes = opened.collect();
        Self { floor, bank: Bank::default(), dice: Dice::new(seed), lanes }
    }

    /// A customer asks for a refund, unless their last one is not settled.
    fn ask(&mut self, lane: usize, amount: i64, order: usize) {
        let (conversation, customer) = self.lanes[lane];
        let Some(live) = self.floor.floor().conversation(conversation) else { return };
        if live.composing.is_some() || live.escalation.is_some() {
            return;
        }
        let text = format!("call:refunds.create amount:{}.{:02} order:{order}", amount / 100, amount % 100);
        let said = Said { text, intent: Some("refund".to_owned()), ..Said::default() };
        let (text, analysis) = (said.text.as_str().into(), Box::new(analysis(&said)));
        let _refused = self.floor.customer(
            customer,
            None,
            CustomerAct::Say { conversation, text, analysis, typing: false, files: Vec::new() },
        );
    }

    fn waiting(&self, lane: usize) -> Option<(ApprovalId, ToolCall, Money)> {
        let live = self.floor.floor().conversation(self.lanes[lane].0)?;
        let (id, asked) = live.approvals.iter().next()?;
        Some((*id, asked.waiting.ask.reveal()?.clone(), asked.waiting.amount?))
    }

    fn decide(
        &mut self,
        who: usize,
        lane: usize,
        approval: ApprovalId,
        subject: Digest,
        amount: Option<Money>,
    ) -> Result<(), Refusal> {
        let conversation = self.lanes[lane].0;
        let epoch = self.floor.floor().conversation(conversation).map_or(Epoch(0), |c| c.baton.epoch);
        let seen = Some(Seen { conversation, epoch, seq: Seq(0), subject: Some(subject) });
        let act = OperatorAct::Decide { approval, approve: true, reason: None, amount };
        self.floor.operator(PEOPLE[who % PEOPLE.len()], None, seen, act).map(|_| ())
    }

    /// A refund is asked for, and somebody tampers with its approval in one of the ways; which.
    fn tamper(&mut self, round: usize) -> Option<usize> {
        let lane = self.dice.roll(LANES);
        let amount = 3_001 + i64::try_from(self.dice.roll(16_000)).unwrap();
        self.ask(lane, amount, round);
        let (approval, ask, asked) = self.waiting(lane)?;
        let customer = self.lanes[lane].1;
        let sound = subject(&ask, customer);
        let before = self.floor.floor().last.call;
        let who = self.dice.roll(PEOPLE.len());
        let way = self.dice.roll(TAMPERINGS);
        let changed = |name: &str, value: &str| {
            let mut other = ask.clone();
            other.args.insert(name.parse().unwrap(), value.to_owned().into());
            subject(&other, customer)
        };
        let refused = match way {
            0 => self.decide(who, lane, approval, changed("amount", "1.00 EUR"), None),
            1 => self.decide(who, lane, approval, changed("order", "4711"), None),
            2 => self.decide(who, lane, approval, subject(&ask, CustomerId::from_random([9; 16])), None),
            3 => self.decide(who, lane, approval, sound, Some(Money::eur(asked.minor + 1))),
            4 => self.decide(who, (lane + 1) % LANES, approval, sound, None),
            5 => {
                self.floor.wait(Millis::from_mins(5));
                self.decide(who, lane, approval, sound, None)
            }
            6 => {
                self.decide(who, lane, approval, sound, Some(Money::eur(asked.minor / 2))).unwrap();
                self.decide(who + 1, lane, approval, sound, None)
            }
            _ => {
                self.decide(who, lane, approval, sound, None).unwrap();
                self.decide(who, lane, approval, sound, None)
            }
        };
        assert!(refused.is_err(), "way {way}: taken");
        let calls = self.floor.log.iter().filter(|envelope| {
            matches!(&envelope.event, Event::Tool(ToolEvent::Called { call, .. }) if *call > before || way < 6 && *call == before)
        });
        assert!(way >= 6 || calls.count() == 0, "way {way}: a call");
        // What was tampered with and still waits is let through, so that the next may ask.
        if let Some((approval, ask, _)) = self.waiting(lane) {
            let sound = subject(&ask, customer);
            self.decide(who, lane, approval, sound, None).unwrap();
        }
        Some(way)
    }

    /// One thing outside comes back, in any order.
    fn come_back(&mut self) -> bool {
        if self.floor.outer.is_empty() {
            return false;
        }
        let at = self.dice.roll(self.floor.outer.len());
        let outer = self.floor.outer.remove(at).unwrap();
        match outer.task {
            Task::CallTool { conversation, call, customer, ask, .. } => {
                // What may not begin does not act.
                if self.floor.effect(EffectResult::ToolStarted { conversation, call }).is_ok() {
                    let outcome = self.bank.pay(&mut self.dice, call, customer, &ask);
                    // Now and then the process dies before it hears of it.
                    if self.dice.roll(40) == 0 {
                        self.floor.crash();
                    } else {
                        let _refused = self.floor.effect(EffectResult::ToolReturned { conversation, call, outcome });
                    }
                }
            }
            Task::Reconcile { conversation, call, asked, .. } => {
                let outcome = self.bank.happened(&mut self.dice, call);
                let _refused = self.floor.effect(EffectResult::ToolReconciled { conversation, call, asked, outcome });
            }
            Task::Compose { .. }
            | Task::AskBeside { .. }
            | Task::Consult { .. }
            | Task::Scan { .. }
            | Task::Translate { .. }
            | Task::Forget(_) => {}
        }
        true
    }

    /// Lets everything that is under way come to its end.
    fn settle(&mut self) {
        for _ in 0..100_000 {
            let calls = self.floor.floor().conversations.values().any(|c| !c.calls.is_empty());
            if !self.come_back() {
                if !calls {
                    return;
                }
                self.floor.wait(Millis::from_secs(1));
            }
        }
        panic!("calls that never end");
    }

    /// Calls that people allowed, with what they allowed; and how calls ended.
    fn books(&self) -> (BTreeMap<CallId, (CustomerId, Money)>, BTreeMap<CallId, CallEnd>) {
        let mut approved = BTreeSet::new();
        let (mut allowed, mut ends) = (BTreeMap::new(), BTreeMap::new());
        for envelope in &self.floor.log {
            match &envelope.event {
                Event::Approval(ApprovalEvent::Settled { approval, verdict: Verdict::Approved, .. }) => {
                    assert!(approved.insert(*approval), "{approval} settled twice");
                }
                Event::Tool(ToolEvent::Called { call, amount: Some(amount), approval, .. }) => {
                    assert!(approval.is_none_or(|approval| approved.remove(&approval)), "{call} without a yes");
                    allowed.insert(*call, (envelope.subject.unwrap(), *amount));
                }
                Event::Tool(ToolEvent::Returned { call, end, .. }) => {
                    assert!(ends.insert(*call, *end).is_none(), "{call} came back twice");
                }
                Event::Conversation(_)
                | Event::Turn(_)
                | Event::Baton(_)
                | Event::Handoff(_)
                | Event::Routing(_)
                | Event::Escalation(_)
                | Event::Tool(_)
                | Event::Approval(_)
                | Event::Supervision(_)
                | Event::Incident(_)
                | Event::Member(_)
                | Event::Standing(_)
                | Event::Circle(_)
                | Event::Guard(_)
                | Event::Consult(_)
                | Event::Lesson(_)
                | Event::Learning(_)
                | Event::Model(_)
                | Event::File(_)
                | Event::Translation(_)
                | Event::Conflict(_)
                | Event::Clock(_)
                | Event::Promise(_)
                | Event::WrapUp(_)
                | Event::Claim(_)
                | Event::Left(_)
                | Event::Desk(_)
                | Event::Operator(_)
                | Event::Customer(_)
                | Event::Floor(_) => {}
            }
        }
        assert!(approved.is_empty(), "a yes that led to nothing: {approved:?}");
        (allowed, ends)
    }

    /// What was paid is what was allowed, once, to whom and how much; what certainly failed was not paid.
    fn check(&self) -> usize {
        let (allowed, ends) = self.books();
        assert_eq!(self.bank.repeated, 0, "paid again under one key");
        for (call, payment) in &self.bank.paid {
            assert_eq!(allowed.get(call), Some(payment), "{call} was paid as nobody allowed");
        }
        for (call, end) in &ends {
            let paid = self.bank.paid.contains_key(call);
            match end {
                CallEnd::Done => assert!(paid, "{call} is called done and was not paid"),
                CallEnd::Failed | CallEnd::Declined | CallEnd::Refused => {
                    assert!(!paid, "{call} was paid and is called failed");
                }
                CallEnd::Unknown => {}
            }
        }
        assert_eq!(ends.len(), allowed.len(), "a call without an end");
        assert_eq!(self.floor.laws.broken, []);
        allowed.len()
    }
}

/// What somebody tries with an approval that waits.
const TAMPERINGS: usize = 8;

/// Rounds of one world: after some failed payments its customers wait for a human, who does not come.
const ROUNDS: usize = 400;

#[test]
fn a_tampered_approval_pays_nothing_and_a_sound_one_pays_once() {
    let mut tampered = [0; TAMPERINGS];
    let (mut seed, mut allowed, mut paid) = (7, 0, 0);
    while tampered.iter().sum::<usize>() < size(10_000) {
        let mut race = Race::new(seed, LANES, DailyCaps::default());
        for round in 0..ROUNDS {
            if let Some(way) = race.tamper(round) {
                tampered[way] += 1;
            }
            race.settle();
        }
        allowed += race.check();
        paid += race.bank.paid.len();
        seed += 1;
    }
    assert!(tampered.iter().all(|times| *times > size(10_000) / 20), "{tampered:?}");
    println!("{tampered:?} tampered, {allowed} allowed, {paid} paid, each once");
}

#[test]
fn sixty_four_refunds_at_once_never_pass_the_days_money() {
    let caps = DailyCaps {
        agent: Some(Money::eur(500_017)),
        customer: Some(Money::eur(40_003)),
        tool: Some(Money::eur(450_011)),
    };
    let (mut met, mut paid_in_all) = (0, 0);
    for seed in 0..size(100) as u64 {
        let mut race = Race::new(seed, LANES, caps.clone());
        for round in 0..600 {
            let lane = race.dice.roll(LANES);
            match race.dice.roll(4) {
                0 => {
                    let amount = 1 + i64::try_from(race.dice.roll(28_000)).unwrap();
                    race.ask(lane, amount, round);
                }
                1 => {
                    if let Some((approval, ask, _)) = race.waiting(lane) {
                        let (who, sound) = (race.dice.roll(PEOPLE.len()), subject(&ask, race.lanes[lane].1));
                        let answer = race.decide(who, lane, approval, sound, None);
                        met += usize::from(matches!(answer, Err(Refusal::OverDailyCap { .. })));
                    }
                }
                2 => race.floor.wait(Millis(500)),
                _ => {
                    race.come_back();
                }
            }
        }
        race.settle();
        race.check();
        let sum = |of: &dyn Fn(&CustomerId) -> bool| -> i64 {
            race.bank.paid.values().filter(|(customer, _)| of(customer)).map(|(_, amount)| amount.minor).sum()
        };
        assert!(sum(&|_| true) <= 450_011, "seed {seed}: {} cents", sum(&|_| true));
        for (_, customer) in &race.lanes {
            assert!(sum(&|one| one == customer) <= 40_003, "seed {seed}: {customer}");
        }
        paid_in_all += sum(&|_| true);
    }
    assert!(met > 0, "no cap was met, so this proves nothing");
    println!("{} worlds: {paid_in_all} cents paid, {met} decisions met a cap", size(100));
}
