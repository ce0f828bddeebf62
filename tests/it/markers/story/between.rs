//! What happens between agents, and what clocks say.

use baton::domain::analysis::Language;
use baton::domain::authority::Authority;
use baton::domain::candidate::{Lead, Made, Move, Side};
use baton::domain::circle::Break;
use baton::domain::clock::ClockKind;
use baton::domain::consult::{Advice, NoAdvice};
use baton::domain::data::DataClass;
use baton::domain::event::{
    CircleEvent, ClockEvent, ConflictEvent, ConsultEvent, Event, GuardEvent, ModelEvent, TranslationEvent,
};
use baton::domain::guard::{Finding, GuardAction, GuardReason, Hop, Taint};
use baton::domain::id::{AgentName, CompositionId, ConsultId, ConversationId, Epoch, Position, TurnNo};
use baton::domain::model::{BudgetOf, Cost, ModelCall, ModelEnd, Usage};
use baton::domain::panel::{Decision, LeftOut, Ruling, Stand};
use baton::domain::time::Millis;
use baton::domain::translation::{Piece, TranslationFailure};

use super::{Pen, now};

pub(super) fn agents(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let mut events = circles(pen, conversation);
    events.extend(consults(pen, conversation));
    events.push(
        ConflictEvent::Settled {
            conversation,
            composition: CompositionId(1),
            agent: "triage".parse().unwrap(),
            won: Authority::Whisper,
            lost: Authority::Playbook,
            proposal: pen.text(),
            under: Vec::new(),
        }
        .into(),
    );
    let call = ModelCall {
        model: "fast".parse().unwrap(),
        end: ModelEnd::Answered,
        usage: Usage { input: 120, cached: 0, output: 40, estimated: false },
        cost: Some(Cost::eur_micros(42)),
        took: Millis(800),
        attempts: 1,
    };
    let (composition, agent, spent) = (CompositionId(1), "triage".parse().unwrap(), Some(BudgetOf::Agent));
    events.extend(translated(pen, conversation, &call));
    events.push(ModelEvent::Called { conversation, composition, agent, call, spent, side: Side::Own }.into());
    let made = Made { did: Move { speaks: true, lead: Lead::Wait }, cost: None, took: Millis(900) };
    let (agent, text) = ("triage".parse().unwrap(), Some(pen.text()));
    events.push(ModelEvent::Moved { conversation, composition, agent, side: Side::Candidate, made, text }.into());
    events.extend(guards(conversation));
    events
}

/// Words in another language are the customer's as much as the first ones.
fn translated(pen: &mut Pen, conversation: ConversationId, call: &ModelCall) -> Vec<Event> {
    let (spanish, until, operator, epoch) = ("spa".parse().unwrap(), now(), "ana".parse().unwrap(), Epoch(2));
    let (from, to, why, call) = (spanish, Language::ENGLISH, TranslationFailure::TimedOut, Some(call.clone()));
    let (piece, text, reply) = (Piece::Turn(TurnNo(2)), pen.text(), Piece::Reply(1));
    let held = pen.text();
    vec![
        TranslationEvent::Asked { conversation, turn: TurnNo(2), from, to, until }.into(),
        TranslationEvent::Done { conversation, piece, text, call: None }.into(),
        TranslationEvent::Held { conversation, reply: 1, operator, epoch, text: held, from: to, to: from, until }
            .into(),
        TranslationEvent::Failed { conversation, piece: reply, why, call }.into(),
        TranslationEvent::Unsent { conversation, reply: 1, why: Some(why) }.into(),
    ]
}

/// What guardrails say holds no word of what they read.
fn guards(conversation: ConversationId) -> [Event; 4] {
    let (from, to): (AgentName, AgentName) = ("triage".parse().unwrap(), "billing".parse().unwrap());
    let (composition, agent) = (CompositionId(1), from.clone());
    let found = |hop, reason| vec![Finding { hop, reason }];
    let (classes, withheld) = (vec![DataClass::Payment], vec!["card".parse().unwrap()]);
    let (read, said) = (found(Hop::Input, GuardReason::Order), found(Hop::Output, GuardReason::Deed));
    let (turn, call) = (Some(TurnNo(1)), None);
    [
        GuardEvent::Read { conversation, turn, call, findings: read, then: GuardAction::Note }.into(),
        GuardEvent::Tainted { conversation, by: Taint::Injection(Hop::Input) }.into(),
        GuardEvent::Crossed { conversation, from, to, classes, withheld }.into(),
        GuardEvent::Caught { conversation, composition, agent, findings: said, then: GuardAction::Again }.into(),
    ]
}

fn circles(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (composition, then) = (CompositionId(1), Break::Human);
    let [agent, slot, tool] = ["triage", "order", "orders.get"];
    let agent: AgentName = agent.parse().unwrap();
    let path = vec![agent.clone(), "billing".parse().unwrap(), agent.clone()];
    let (question, again) = (agent.clone(), agent);
    vec![
        CircleEvent::Handoffs { conversation, path, then }.into(),
        CircleEvent::Question {
            conversation,
            composition,
            agent: question,
            slot: slot.parse().unwrap(),
            times: 5,
            then,
        }
        .into(),
        CircleEvent::Call {
            conversation,
            composition,
            agent: again,
            tool: tool.parse().unwrap(),
            ask: pen.call(),
            times: 2,
            then,
        }
        .into(),
    ]
}

fn consults(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (composition, epoch) = (CompositionId(1), Epoch(1));
    let [by, whom]: [AgentName; 2] = ["triage", "billing"].map(|name| name.parse().unwrap());
    let asked = |pen: &mut Pen, consult| ConsultEvent::Asked {
        conversation,
        consult,
        by: by.clone(),
        whom: whom.clone(),
        epoch,
        composition,
        question: pen.text(),
        until: now(),
        panel: None,
        judges: false,
        withheld: Vec::new(),
    };
    let advice = Advice { text: pen.text(), title: pen.text(), ..Advice::default() };
    let refused = pen.text();
    let (why, chain) = (NoAdvice::Circle, vec![whom.clone(), by.clone(), whom.clone()]);
    let mut events = vec![
        asked(pen, ConsultId(1)).into(),
        answered(conversation, ConsultId(1), advice, None),
        asked(pen, ConsultId(2)).into(),
        ConsultEvent::Failed { conversation, consult: ConsultId(2), why: NoAdvice::Unknown, stale: false }.into(),
        ConsultEvent::Refused {
            conversation,
            composition,
            by: by.clone(),
            whom: whom.clone(),
            question: refused,
            why,
            chain,
        }
        .into(),
    ];
    events.extend(panel(pen, conversation, &by, &whom));
    events
}

fn answered(conversation: ConversationId, consult: ConsultId, advice: Advice, stand: Option<Stand>) -> Event {
    ConsultEvent::Answered { conversation, consult, advice: advice.into(), stale: false, stand, cost: None }.into()
}

/// Several who are asked at once, a judge's word among them.
fn panel(pen: &mut Pen, conversation: ConversationId, by: &AgentName, whom: &AgentName) -> Vec<Event> {
    let (composition, epoch, panel) = (CompositionId(1), Epoch(1), ConsultId(3));
    let [yes, no]: [Position; 2] = ["yes", "no"].map(|name| name.parse().unwrap());
    let convened = ConsultEvent::Convened {
        conversation,
        panel,
        by: by.clone(),
        epoch,
        composition,
        question: pen.text(),
        positions: vec![yes.clone(), no],
        about: None,
        members: vec![whom.clone()],
        left_out: vec![LeftOut::of(by.clone(), NoAdvice::NotAllowed)],
    };
    let asked = ConsultEvent::Asked {
        conversation,
        consult: ConsultId(4),
        by: by.clone(),
        whom: whom.clone(),
        epoch,
        composition,
        question: pen.text(),
        until: now(),
        panel: Some(panel),
        judges: false,
        withheld: vec!["card".parse().unwrap()],
    };
    let advice = Advice { text: pen.text(), title: pen.text(), position: Some(yes.clone()), ..Advice::default() };
    let stand = Stand { position: Some(yes.clone()), ..Stand::default() };
    let decision = Decision {
        position: Some(yes),
        ruling: Ruling::Judge(by.clone()),
        won: Some(whom.clone()),
        with: Vec::new(),
        lost: Vec::new(),
        open: Vec::new(),
        left_out: Vec::new(),
    };
    let settled = ConsultEvent::Settled { conversation, panel, by: by.clone(), decision, reason: Some(pen.text()) };
    vec![convened.into(), asked.into(), answered(conversation, ConsultId(4), advice, Some(stand)), settled.into()]
}

pub(super) fn clocks(conversation: ConversationId) -> Vec<Event> {
    let (clock, turn, due) = (ClockKind::Resolution, TurnNo(1), now());
    vec![
        ClockEvent::Warned { conversation, clock, turn, due }.into(),
        ClockEvent::Breached { conversation, clock, turn, due }.into(),
    ]
}
