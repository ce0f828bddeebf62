//! One customer's past in which every event occurs, a marker in every text of each.

mod between;
mod desk;
mod editions;
mod files;
mod incidents;
mod lessons;
mod owed;

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use baton::config::preset;
use baton::domain::action::{Failure, Fill, Next, Reply};
use baton::domain::analysis::{Analysis, IntentScore};
use baton::domain::approval::{Announcement, Verdict, WaitingCall};
use baton::domain::baton::{Holder, PassReason};
use baton::domain::brief::BriefSums;
use baton::domain::candidate::Share;
use baton::domain::clock::ActorTimes;
use baton::domain::conversation::{CloseReason, Disposition, HouseSentence};
use baton::domain::customer::{Identity, Tier};
use baton::domain::envelope::{Actor, Envelope};
use baton::domain::event::{
    ApprovalEvent, BatonEvent, CallEnd, ConversationEvent, CustomerEvent, Event, FloorEvent, HandoffEvent,
    OperatorEvent, RoutingEvent, Spoken, StandingEvent, SupervisionEvent, ToolEvent, TurnEvent, WithheldReason,
};
use baton::domain::handoff::{ContextPack, DeclineReason, Receipt};
use baton::domain::id::{
    ApprovalId, BriefId, CallId, CompositionId, ConversationId, CustomerId, Digest, DraftId, Epoch, FloorName, Handle,
    HandoffId, OperatorName, Seq, TurnNo,
};
use baton::domain::knowledge::Citation;
use baton::domain::money::Money;
use baton::domain::operator::Presence;
use baton::domain::personal::Personal;
use baton::domain::playbook::FlowState;
use baton::domain::promise::Promise;
use baton::domain::routing::{Basis, RoutingDecision};
use baton::domain::score::Score;
use baton::domain::supervision::{Aftermath, DraftEnd, Fuse, FuseEnd, GateTarget, HeldMove, HoldTarget, Life};
use baton::domain::text::Foreign;
use baton::domain::time::{Millis, Timestamp};
use baton::domain::tool::{ToolCall, ToolOutcome, ToolRefusal};
use sha2::Digest as _;

use super::people;

/// Letters of a marker; in lower case, so that an index keeps it as it is.
const LETTERS: usize = 24;
/// The sentence of the house in every story; it is the house's own and stays.
const GREETING: &str = "Welcome!";

/// What happened to one customer.
pub(super) struct Story {
    pub(super) customer: CustomerId,
    /// The conversation that goes on.
    pub(super) live: ConversationId,
    /// The unsent text about them.
    pub(super) draft: String,
    pub(super) events: Vec<Event>,
    /// Every text of theirs.
    pub(super) markers: Vec<String>,
}

/// Makes texts that occur once, and remembers them.
pub(super) struct Pen {
    name: &'static str,
    markers: Vec<String>,
}

impl Pen {
    fn word(&mut self) -> String {
        let seed = format!("{} {}", self.name, self.markers.len());
        let digest = sha2::Sha256::digest(seed.as_bytes());
        let word: String = digest.iter().take(LETTERS).map(|byte| char::from(b'a' + byte % 26)).collect();
        self.markers.push(word.clone());
        word
    }

    pub(super) fn text<T: From<Foreign>>(&mut self) -> T {
        Foreign::from(self.word()).into()
    }

    fn announcement(&mut self) -> Announcement {
        let reply = Reply { text: self.text(), citations: Vec::new(), apology: false };
        Announcement { words: reply.into(), released: false, promises: vec![self.promise()] }
    }

    fn fill(&mut self) -> Fill {
        Fill { slot: "order".parse().unwrap(), value: self.text() }
    }

    fn promise(&mut self) -> Promise {
        Promise { id: None, name: None, text: self.text(), due: Some(now()) }
    }

    fn pack(&mut self) -> Box<ContextPack> {
        let pack = ContextPack {
            slots: vec![self.fill()],
            promises: vec![self.promise()],
            summary: Some(self.text()),
            note: Some(self.text()),
            ..ContextPack::default()
        };
        Box::new(pack)
    }

    fn call(&mut self) -> Personal<ToolCall> {
        let args = [("order", self.text()), ("reason", self.text())];
        let args = args.into_iter().map(|(name, value)| (name.parse().unwrap(), value)).collect();
        ToolCall { tool: "orders.get".parse().unwrap(), args }.into()
    }
}

fn analysed() -> Analysis {
    let intents = vec![IntentScore { intent: "refund".parse().unwrap(), confidence: Score::ONE }];
    Analysis { intents, ..Analysis::default() }
}

#[expect(clippy::disallowed_methods, reason = "a past in which nothing is due yet has to be of today")]
pub(super) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

fn triage() -> Holder {
    Holder::Agent("triage".parse().unwrap())
}

pub(super) fn ana() -> OperatorName {
    "ana".parse().unwrap()
}

/// An entry of the journal.
pub(super) fn envelope(floor: &FloorName, seq: u64, customer: Option<CustomerId>, event: Event) -> Envelope {
    let (floor, seq, actor) = (floor.clone(), Seq(seq), customer.map_or(Actor::Floor, Actor::Customer));
    Envelope { floor, seq, at: now(), actor, cause: None, key: None, subject: customer, event }
}

/// Personal values of an entry in which no marker of these stories stands: nobody would look for them.
pub(super) fn unfilled(envelope: &Envelope, stories: &[&Story]) -> Vec<String> {
    let json = serde_json::to_value(&envelope.event).unwrap();
    let mut empty = Vec::new();
    walk(&json, &mut |value| {
        let texts = serde_json::to_string(value).unwrap();
        if !stories.iter().any(|story| story.markers.iter().any(|marker| texts.contains(marker))) {
            empty.push(texts);
        }
    });
    empty
}

/// Hands out every personal value.
fn walk(value: &serde_json::Value, take: &mut impl FnMut(&serde_json::Value)) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if name == "$personal" { take(field) } else { walk(field, take) }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, take)),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

/// What belongs to nobody: the floor's own events and those of the operators.
pub(super) fn house() -> Vec<Event> {
    let deployment = Box::new(preset("support").unwrap().deployment());
    let operator = ana();
    let mut events = incidents::floor(Vec::new());
    events.extend(editions::floor(&deployment));
    events.extend([
        FloorEvent::Adopted { deployment }.into(),
        FloorEvent::Started { life: 1 }.into(),
        OperatorEvent::Arrived { operator: operator.clone() }.into(),
        OperatorEvent::PresenceSet {
            operator: operator.clone(),
            presence: Presence::Available,
            reason: Some("back from a meeting".into()),
            until: Some(now()),
            by: None,
            grace_until: None,
        }
        .into(),
        OperatorEvent::SetBusy { operator: operator.clone(), lapsed: 3, reason: "no answer".into() }.into(),
        OperatorEvent::Departed { operator: operator.clone(), grace_until: now() }.into(),
        OperatorEvent::Gone { operator: operator.clone() }.into(),
        OperatorEvent::BriefWritten {
            operator: operator.clone(),
            brief: BriefId(1),
            since: now(),
            sums: BriefSums::default(),
            lines: Vec::new(),
        }
        .into(),
        OperatorEvent::BriefSigned { operator: operator.clone(), brief: BriefId(1) }.into(),
        StandingEvent::GateSet { target: GateTarget::Agent("triage".parse().unwrap()), by: operator, fuse: None }
            .into(),
        StandingEvent::HoldPlaced {
            target: HoldTarget::AllAi,
            by: ana(),
            then: Aftermath::Queue,
            reason: Some("prices are wrong".into()),
        }
        .into(),
        StandingEvent::HoldReleased { target: HoldTarget::AllAi, by: ana() }.into(),
        StandingEvent::LifeSet { agent: "triage".parse().unwrap(), life: Life::Live, by: ana() }.into(),
        StandingEvent::CandidateSet { agent: "triage".parse().unwrap(), share: Share::default(), by: ana() }.into(),
    ]);
    events.extend(lessons::learning());
    events.push(FloorEvent::Stopped {}.into());
    events
}

impl Story {
    /// The past of a customer with three conversations: one goes on, one is resolved, one is closed.
    pub(super) fn of(customer: CustomerId, name: &'static str, number: u8) -> Self {
        let mut pen = Pen { name, markers: Vec::new() };
        let [live, resolved, closed] = [1, 2, 3].map(|nth| ConversationId::from_random([10 * number + nth; 16]));
        let handle = Some(Digest([number; 16]));
        let mut events: Vec<Event> = vec![
            CustomerEvent::Met { customer, handle }.into(),
            CustomerEvent::Recognised { customer, handle: Digest([number; 16]) }.into(),
            CustomerEvent::Blocked {
                customer,
                by: "ana".parse().unwrap(),
                reason: pen.text(),
                until: Timestamp(600_000),
                told_in: None,
                undo_until: Timestamp(1),
            }
            .into(),
            CustomerEvent::Unblocked { customer, by: None }.into(),
        ];
        for (nth, conversation) in (1..).zip([live, resolved, closed]) {
            events.push(opened(&mut pen, conversation, customer, u64::from(number) * 10 + nth));
            events.push(files::spoke(&mut pen, conversation));
        }
        events.extend(files::events(live));
        events.push(editions::began(live));
        events.extend(compositions(&mut pen, live));
        events.push(looked_up(live));
        events.extend(people(&mut pen, live));
        events.extend(passes(&mut pen, live));
        events.extend(people::escalation(live));
        events.extend(drafts(&mut pen, live));
        events.extend(desk::desk(&mut pen, live));
        events.extend(tools(&mut pen, live));
        events.extend(approvals(&mut pen, live));
        events.extend(between::clocks(live));
        events.extend(owed::promises(&mut pen, live));
        events.extend(between::agents(&mut pen, live));
        events.extend(people::colleagues(&mut pen, live));
        events.extend(incidents::member(&mut pen, live, TurnNo(90)));
        events.extend(lessons::lessons(live));
        events.extend(ends(&mut pen, resolved, closed));
        events.extend(owed::wrap_ups(&mut pen, resolved));
        let draft = pen.word();
        // An unsent text is outside the journal.
        let markers = pen.markers.iter().filter(|marker| **marker != draft).cloned().collect();
        Self { customer, live, draft, events, markers }
    }
}

fn opened(pen: &mut Pen, conversation: ConversationId, customer: CustomerId, handle: u64) -> Event {
    ConversationEvent::Opened {
        conversation,
        handle: Handle(handle),
        customer,
        reference: None,
        channel: "web".parse().unwrap(),
        identity: Identity::Anonymous,
        tier: Tier::Standard,
        name: Some(pen.text()),
        earlier: 0,
        silence: Millis::from_hours(1),
    }
    .into()
}

fn spoken(pen: &mut Pen) -> Spoken {
    Spoken {
        turn: TurnNo(2),
        text: pen.text(),
        bytes: LETTERS as u32,
        citations: Vec::new(),
        apology: true,
        under: Vec::new(),
        repeats: false,
    }
}

fn compositions(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (composition, epoch) = (CompositionId(1), Epoch(1));
    let spoken = spoken(pen);
    let (fills, promises) = (vec![pen.fill()], vec![pen.promise()]);
    let chosen = RoutingDecision {
        candidates: Vec::new(),
        chosen: "triage".parse().unwrap(),
        margin: Score::ONE,
        basis: Basis::Best,
        rule: None,
    };
    vec![
        ConversationEvent::Identified { conversation, identity: Identity::Claimed }.into(),
        RoutingEvent::Routed {
            conversation,
            turn: TurnNo(1),
            decision: Box::new(chosen),
            features: Box::default(),
            plain: Vec::new(),
        }
        .into(),
        TurnEvent::CompositionBegan {
            conversation,
            composition,
            agent: "triage".parse().unwrap(),
            epoch,
            upto: TurnNo(1),
            supersedes: None,
        }
        .into(),
        TurnEvent::AgentActed {
            conversation,
            composition,
            agent: "triage".parse().unwrap(),
            epoch,
            spoken: Some(spoken),
            flow: FlowState::default(),
            fills,
            promises,
            again: Box::default(),
            done: true,
        }
        .into(),
        TurnEvent::CompositionFailed {
            conversation,
            composition,
            agent: "triage".parse().unwrap(),
            failure: Failure::Broke,
            retry_at: None,
        }
        .into(),
        TurnEvent::ReplyWithheld {
            conversation,
            composition,
            agent: "triage".parse().unwrap(),
            epoch,
            reason: WithheldReason::BatonPassed,
            text: pen.text(),
            draft: None,
        }
        .into(),
    ]
}

fn looked_up(conversation: ConversationId) -> Event {
    TurnEvent::NothingFound {
        conversation,
        turn: TurnNo(1),
        agent: "triage".parse().unwrap(),
        intent: Some("refund".parse().unwrap()),
        nearest: Some(Citation { article: "refunds".parse().unwrap(), paragraph: 2 }),
        score: Score::from_percent(21),
    }
    .into()
}

fn people(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (turn, operator, epoch, bytes) = (TurnNo(3), ana(), Epoch(2), LETTERS as u32);
    let (text, original, held, beside_until) = (pen.text(), Some(pen.text()), Some(1), None);
    vec![
        TurnEvent::OperatorSpoke { conversation, turn, operator, epoch, text, bytes, beside_until, original, held }
            .into(),
        TurnEvent::HouseSpoke {
            conversation,
            turn: TurnNo(4),
            sentence: HouseSentence::Greeting,
            text: GREETING.into(),
        }
        .into(),
        TurnEvent::Whispered {
            conversation,
            operator: ana(),
            text: pen.text(),
            lasting: true,
            answers: None,
            to: None,
        }
        .into(),
        TurnEvent::Noted { conversation, operator: ana(), text: pen.text() }.into(),
    ]
}

fn passes(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (first, second) = (HandoffId(1), HandoffId(2));
    let offered = |pen: &mut Pen, handoff| {
        Event::from(HandoffEvent::Offered {
            conversation,
            handoff,
            from: "triage".parse().unwrap(),
            to: "billing".parse().unwrap(),
            pack: pen.pack(),
            until: now(),
        })
    };
    let to = "billing".parse().unwrap();
    vec![
        BatonEvent::Passed {
            conversation,
            from: Holder::Nobody,
            to: triage(),
            epoch: Epoch(1),
            reason: PassReason::Opened,
            since: now(),
            grace_until: None,
            pack: Some(pen.pack()),
            left: None,
            undo_until: None,
        }
        .into(),
        BatonEvent::Announced { conversation, epoch: Epoch(1) }.into(),
        offered(pen, first),
        HandoffEvent::Accepted { conversation, handoff: first, receipt: Receipt::default(), omissions: Vec::new() }
            .into(),
        HandoffEvent::Declined { conversation, handoff: None, from: None, to, reason: DeclineReason::Full }.into(),
        offered(pen, second),
        HandoffEvent::Lapsed { conversation, handoff: second }.into(),
    ]
}

/// One draft is settled; one waits on, so that a snapshot holds its words.
fn drafts(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let fuse = Some(Fuse { after: Millis::from_hours(1), then: FuseEnd::Hold });
    let held = |pen: &mut Pen, number: u64| {
        let call = pen.call().reveal().unwrap().clone();
        Event::from(SupervisionEvent::DraftHeld {
            conversation,
            draft: DraftId(number),
            composition: CompositionId(1),
            agent: "triage".parse().unwrap(),
            epoch: Epoch(1),
            held: Box::new(HeldMove {
                text: pen.text(),
                citations: Vec::new(),
                apology: false,
                flow: FlowState::default(),
                fills: vec![pen.fill()],
                promises: vec![pen.promise()],
                next: Next::Call(call).into(),
                under: Vec::new(),
            }),
            fuse: None,
        })
    };
    let settled = SupervisionEvent::DraftSettled {
        conversation,
        draft: DraftId(1),
        agent: "triage".parse().unwrap(),
        end: DraftEnd::Dropped,
        by: Some(ana()),
        reason: Some(pen.text()),
        again: false,
    };
    vec![
        SupervisionEvent::GateSet { conversation, by: ana(), fuse, undo_until: None }.into(),
        SupervisionEvent::Barged { conversation, operator: ana(), quiet_until: now() }.into(),
        SupervisionEvent::BargeWriting { conversation, operator: ana(), quiet_until: now() }.into(),
        SupervisionEvent::BargeEnded { conversation, operator: ana() }.into(),
        held(pen, 1),
        SupervisionEvent::FuseEnded { conversation, draft: DraftId(1) }.into(),
        settled.into(),
        held(pen, 2),
    ]
}

fn tools(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let given: BTreeMap<_, Foreign> = [("answer".parse().unwrap(), pen.text())].into();
    let outcomes = [ToolOutcome::Done(given), ToolOutcome::Declined(pen.text())];
    let (agent, composition, tool) = ("triage", CompositionId(1), "orders.get");
    let mut events: Vec<Event> = Vec::new();
    for (call, outcome) in [CallId(1), CallId(2)].into_iter().zip(outcomes) {
        events.extend([
            ToolEvent::Called {
                conversation,
                call,
                agent: agent.parse().unwrap(),
                epoch: Epoch(1),
                composition,
                tool: tool.parse().unwrap(),
                ask: pen.call(),
                side_effect: true,
                amount: Some(Money::eur(100)),
                approval: None,
                draft: Some(pen.announcement()),
            }
            .into(),
            ToolEvent::Unsettled { conversation, call, asked: 0, ask_at: now() }.into(),
            ToolEvent::Reconciling { conversation, call }.into(),
            ToolEvent::Started { conversation, call }.into(),
            ToolEvent::AttemptFailed { conversation, call, attempt: 1, retry_at: now() }.into(),
            ToolEvent::Retried { conversation, call }.into(),
            ToolEvent::Returned { conversation, call, end: CallEnd::Done, outcome: outcome.into(), paid: None }.into(),
        ]);
    }
    let refused = ToolEvent::Refused {
        conversation,
        call: CallId(3),
        agent: agent.parse().unwrap(),
        composition,
        tool: tool.parse().unwrap(),
        ask: pen.call(),
        refusal: ToolRefusal::NotAllowed,
    };
    events.push(refused.into());
    events
}

/// One is settled; one waits on, so that a snapshot holds its arguments.
fn approvals(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let asked = |pen: &mut Pen, number: u64| {
        let waiting = WaitingCall {
            call: CallId(10 + number),
            ask: pen.call(),
            amount: Some(Money::eur(100)),
            agent_limit: None,
            draft: Some(pen.announcement()),
            whispered: vec![ana()],
            taint: None,
        };
        Event::from(ApprovalEvent::Asked {
            conversation,
            approval: ApprovalId(number),
            agent: "triage".parse().unwrap(),
            epoch: Epoch(1),
            composition: CompositionId(1),
            tool: "refunds.create".parse().unwrap(),
            waiting: Box::new(waiting),
            expires: now() + Millis::from_hours(1),
        })
    };
    let first = asked(pen, 1);
    let settled = ApprovalEvent::Settled {
        conversation,
        approval: ApprovalId(1),
        verdict: Verdict::Rejected,
        by: Some(ana()),
        reason: Some(pen.text()),
        ask: Some(pen.call()),
        overtaken: None,
    };
    let endorsed = ApprovalEvent::Endorsed {
        conversation,
        approval: ApprovalId(1),
        by: ana(),
        ask: pen.call(),
        amount: Some(Money::eur(100)),
    };
    vec![first, endorsed.into(), settled.into(), asked(pen, 2)]
}

fn ends(pen: &mut Pen, resolved: ConversationId, closed: ConversationId) -> Vec<Event> {
    let until = now() + Millis::from_hours(24);
    let end = |pen: &mut Pen, conversation| {
        let (disposition, credited) = (Disposition::Solved, triage());
        let (pack, spent, first_contact) = (pen.pack(), ActorTimes::default(), true);
        Event::from(ConversationEvent::Resolved {
            conversation,
            disposition,
            credited,
            until,
            pack,
            spent,
            first_contact,
        })
    };
    let rated = |pen: &mut Pen, conversation| {
        Event::from(ConversationEvent::Rated { conversation, score: 5, comment: Some(pen.text()), credited: triage() })
    };
    vec![
        end(pen, resolved),
        rated(pen, resolved),
        end(pen, closed),
        ConversationEvent::FirstContactLost { conversation: closed }.into(),
        ConversationEvent::Reopened { conversation: closed, pack: pen.pack() }.into(),
        ConversationEvent::Closed { conversation: closed, reason: CloseReason::ByOperator }.into(),
    ]
}
