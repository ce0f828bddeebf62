//! The picture of small floors, made by folding events.

mod incident;
mod translated;
mod whatif;

use std::sync::Arc;

use super::*;
use crate::domain::analysis::{Analysis, IntentScore};
use crate::domain::baton::{Holder, PassReason};
use crate::domain::clock::{ClockKind, ClockSet};
use crate::domain::customer::{Identity, Tier};
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::escalation::{Severity, Trigger};
use crate::domain::event::{
    BatonEvent, CallEnd, ConversationEvent, CustomerEvent, EscalationEvent, Event, OperatorEvent, Spoken, ToolEvent,
    TurnEvent,
};
use crate::domain::id::{
    CallId, ChannelName, CompositionId, CustomerId, Epoch, EscalationId, Handle, OfferId, Seq, TurnNo,
};
use crate::domain::operator::{OperatorSpec, Presence};
use crate::domain::personal::Personal;
use crate::domain::playbook::FlowState;
use crate::domain::policy::Policy;
use crate::domain::said::Stands;
use crate::domain::score::Score;
use crate::domain::time::Millis;
use crate::domain::tool::{ToolCall, ToolOutcome};
use crate::orchestrator::evolve;
use crate::protocol::row::{NeedReason, Section};
use crate::protocol::transcript::{ItemBody, SpanKind, ToolState};

const ID: [u8; 16] = [7; 16];

fn id() -> ConversationId {
    ConversationId::from_random(ID)
}

fn name(text: &str) -> OperatorName {
    text.parse().unwrap()
}

fn deployment() -> Deployment {
    let operator = |text: &str, role| OperatorSpec {
        name: name(text),
        role,
        skills: Vec::new(),
        capacity: 5,
        approval_limit: None,
    };
    Deployment {
        name: "shop".parse().unwrap(),
        agents: Vec::new(),
        operators: vec![operator("ana", Role::Supervisor), operator("ben", Role::Responder)],
        queues: Vec::new(),
        tools: Vec::new(),
        policy: Policy::default(),
        sentences: BTreeMap::new(),
        artifacts: BTreeMap::new(),
        scans: false,
        translation: None,
    }
}

struct Story {
    floor: Floor,
    journal: Vec<Envelope>,
}

impl Story {
    fn new() -> Self {
        Self { floor: Floor { deployment: Some(Arc::new(deployment())), ..Floor::default() }, journal: Vec::new() }
    }

    fn tell(&mut self, at: i64, event: impl Into<Event>) {
        let seq = Seq(self.journal.len() as u64 + 1);
        let floor = "shop".parse().unwrap();
        let (at, actor, event) = (Timestamp(at), Actor::Floor, event.into());
        let envelope = Envelope { floor, seq, at, actor, cause: None, key: None, subject: None, event };
        evolve(&mut self.floor, &envelope);
        self.journal.push(envelope);
    }

    fn begun() -> Self {
        let mut story = Self::new();
        let customer = CustomerId::from_random([1; 16]);
        story.tell(0, CustomerEvent::Met { customer, handle: None });
        story.tell(
            0,
            ConversationEvent::Opened {
                conversation: id(),
                handle: Handle(1042),
                customer,
                reference: None,
                channel: ChannelName::web(),
                identity: Identity::Anonymous,
                tier: Tier::Vip,
                name: Some(Foreign::new("Maya\u{1b}[2J\u{202e} R.").into()),
                earlier: 1,
                silence: Millis::from_mins(30),
            },
        );
        story.tell(0, passed(Holder::Nobody, agent(), 1, PassReason::Opened));
        story.tell(1_000, said(1, "I was charged twice!"));
        story
    }
}

fn agent() -> Holder {
    Holder::Agent("billing".parse().unwrap())
}

fn passed(from: Holder, to: Holder, epoch: u64, reason: PassReason) -> BatonEvent {
    let (conversation, epoch, since) = (id(), Epoch(epoch), Timestamp(0));
    BatonEvent::Passed {
        conversation,
        from,
        to,
        epoch,
        reason,
        since,
        grace_until: None,
        pack: None,
        left: None,
        undo_until: None,
    }
}

fn said(turn: u64, text: &str) -> TurnEvent {
    let intents = vec![IntentScore { intent: "refund".parse().unwrap(), confidence: Score::from_percent(82) }];
    TurnEvent::CustomerSpoke {
        conversation: id(),
        turn: TurnNo(turn),
        text: Foreign::new(text).into(),
        bytes: text.len() as u32,
        analysis: Box::new(Analysis { intents, sentiment: Score::from_percent(-60), ..Analysis::default() }),
        repeats: false,
        quiet_until: None,
        clocks: vec![ClockSet { clock: ClockKind::NextAnswer, warn: Timestamp(46_000), due: Timestamp(61_000) }],
        left: None,
        stands: Stands::Alone,
        files: Vec::new(),
        scan: None,
    }
}

fn look<'a>(operator: &'a OperatorName, at: i64, room: &'a Room) -> Lens<'a> {
    let role = if operator.as_str() == "ana" { Role::Supervisor } else { Role::Responder };
    Lens { operator, role, at: Timestamp(at), room }
}

fn watched_by(who: &str) -> Room {
    Room { watchers: [(id(), vec![name(who)])].into(), ..Room::default() }
}

#[test]
fn a_row_is_clean_and_says_who_waits() {
    let story = Story::begun();
    let (ana, nobody) = (name("ana"), Room::default());
    let row = row(&story.floor, id(), &look(&ana, 2_000, &nobody)).unwrap();
    assert!(!row.name.as_str().contains(['\u{1b}', '\u{202e}']), "{:?}", row.name);
    assert_eq!(row.section, Section::Live);
    assert_eq!(row.waiting, crate::protocol::row::Waiting::Customer(Timestamp(1_000)));
    assert_eq!(row.due, Some(Timestamp(61_000)));
    assert_eq!(row.intent.unwrap().as_str(), "refund");
}

#[test]
fn what_is_overdue_needs_somebody_and_more_so_with_time() {
    let story = Story::begun();
    let (ana, nobody) = (name("ana"), Room::default());
    let harm = |at| row(&story.floor, id(), &look(&ana, at, &nobody)).unwrap().need.map(|need| need.harm);
    assert_eq!(harm(61_000), None);
    assert!(harm(62_000) < harm(100_000));
    let ben = watched_by("ben");
    let watched = row(&story.floor, id(), &look(&ana, 62_000, &ben)).unwrap().need.unwrap();
    assert_eq!(watched.colleague, Some(name("ben")));
    assert!(Some(watched.harm) < harm(62_000), "a colleague is on it");
    let sum = watched.terms.iter().fold(Score::ZERO, |sum, (_, score)| sum.plus(*score));
    assert_eq!(sum, watched.harm, "the terms explain the rank");
}

#[test]
fn an_offer_is_one_persons_and_an_escalation_everybodys() {
    let mut story = Story::begun();
    let (conversation, escalation) = (id(), EscalationId(1));
    let queue: crate::domain::id::QueueName = "people".parse().unwrap();
    let raised = EscalationEvent::Raised {
        conversation,
        escalation,
        queue: queue.clone(),
        trigger: Trigger::AskedForHuman,
        rank: None,
        skills: Vec::new(),
        declined: Vec::new(),
        expires: None,
        severity: Severity::High,
        terms: Vec::new(),
        due: Timestamp(100_000),
    };
    story.tell(2_000, raised);
    story.tell(2_000, passed(agent(), Holder::Queue(queue), 2, PassReason::Escalated(escalation)));
    let (offer, operator, until) = (OfferId(1), name("ben"), Timestamp(20_000));
    story.tell(3_000, EscalationEvent::Offered { conversation, escalation, offer, operator, until });
    let (ana, ben, nobody) = (name("ana"), name("ben"), Room::default());
    let why = |who: &OperatorName| {
        let row = row(&story.floor, id(), &look(who, 4_000, &nobody)).unwrap();
        assert_eq!(row.section, Section::NeedsYou);
        let need = row.need.unwrap();
        (need.why, need.colleague)
    };
    assert!(matches!(why(&ben), (NeedReason::OfferedToYou { .. }, None)));
    assert!(matches!(why(&ana), (NeedReason::Escalated { .. }, Some(colleague)) if colleague == ben));
    let header = header(&story.floor, Timestamp(4_000), 1);
    assert_eq!((header.live, header.queued, header.oldest), (1, 1, Some(Timestamp(2_000))));
}

#[test]
fn whoever_holds_it_has_it_as_theirs_and_a_resolved_one_leaves() {
    let mut story = Story::begun();
    story.tell(2_000, passed(agent(), Holder::Operator(name("ana")), 2, PassReason::TakenOver));
    let (ana, ben, nobody) = (name("ana"), name("ben"), Room::default());
    let section = |who: &OperatorName| row(&story.floor, id(), &look(who, 3_000, &nobody)).unwrap().section;
    assert_eq!((section(&ana), section(&ben)), (Section::Yours, Section::Live));
    let resolved = ConversationEvent::Resolved {
        conversation: id(),
        disposition: crate::domain::conversation::Disposition::Solved,
        credited: Holder::Operator(ana.clone()),
        until: Timestamp(90_000),
        pack: Box::default(),
        spent: crate::domain::clock::ActorTimes::default(),
        first_contact: true,
    };
    story.tell(4_000, resolved);
    let last = touched(story.journal.last().unwrap());
    assert!(last.roster && last.conversations.contains(&id()));
    let gone = changes(&story.floor, &last, &look(&ben, 5_000, &nobody));
    assert!(gone.contains(&Change::Gone(id())));
    let watching = watched_by("ana");
    assert!(row(&story.floor, id(), &look(&ana, 5_000, &watching)).is_some(), "who looks at it keeps it");
}

#[test]
fn a_call_is_one_line_that_changes_and_a_session_ends_as_the_floor() {
    let mut story = Story::begun();
    let (conversation, call, tool) = (id(), CallId(1), "charges.list".parse::<ToolName>().unwrap());
    let args: BTreeMap<_, _> = [("order".parse().unwrap(), Foreign::new("1182"))].into();
    let ask = ToolCall { tool: tool.clone(), args: args.clone() };
    story.tell(
        2_000,
        ToolEvent::Called {
            conversation,
            call,
            agent: "billing".parse().unwrap(),
            epoch: Epoch(1),
            composition: CompositionId(1),
            tool,
            ask: ask.into(),
            side_effect: false,
            amount: None,
            approval: None,
            draft: None,
        },
    );
    let outcome = Personal::Open(ToolOutcome::Done(args));
    story.tell(2_500, ToolEvent::Returned { conversation, call, end: CallEnd::Done, outcome, paid: None });
    story.tell(
        3_000,
        TurnEvent::AgentActed {
            conversation,
            composition: CompositionId(1),
            agent: "billing".parse().unwrap(),
            epoch: Epoch(1),
            spoken: Some(Spoken {
                turn: TurnNo(2),
                text: Personal::Erased,
                bytes: 3,
                citations: Vec::new(),
                apology: true,
                under: Vec::new(),
                repeats: false,
            }),
            flow: FlowState::default(),
            fills: Vec::new(),
            promises: Vec::new(),
            again: Box::default(),
            done: true,
        },
    );
    let mut transcript = Transcript::default();
    for envelope in &story.journal {
        transcript.fold(envelope, &Titles::new());
    }
    let calls: Vec<_> = transcript.items().filter(|item| matches!(item.body, ItemBody::Tool { .. })).collect();
    let [one] = calls.as_slice() else { panic!("{calls:?}") };
    assert!(
        matches!(&one.body, ItemBody::Tool { state: ToolState::Done, outcome, .. } if outcome.as_str() == "order=1182")
    );
    assert!(transcript.items().any(|item| matches!(&item.body, ItemBody::Message { text, .. } if *text == *ERASED)));

    let (ana, nobody) = (name("ana"), Room::default());
    let lens = look(&ana, 9_000, &nobody);
    let frames = frames(&story.journal, story.floor.deployment.clone(), &Titles::new(), &lens);
    let watching = watched_by("ana");
    let live = row(&story.floor, id(), &Lens { at: Timestamp(3_000), room: &watching, ..lens }).unwrap();
    assert_eq!(frames.last().unwrap().changes[0], Change::Row(Box::new(live)), "replay is the fold alone");
    assert!(frames.iter().any(|frame| frame.mark == Some(crate::protocol::query::Mark::Tool)));
}

#[test]
fn a_planned_end_that_passes_is_an_overrun_and_no_other_state() {
    let mut story = Story::begun();
    story.tell(0, OperatorEvent::Arrived { operator: name("ben") });
    story.tell(
        1_000,
        OperatorEvent::PresenceSet {
            operator: name("ben"),
            presence: Presence::Lunch,
            reason: Some("so\u{1b}[2Jup".into()),
            until: Some(Timestamp(60_000)),
            by: Some(name("ana")),
            grace_until: None,
        },
    );
    let ben = |at| operators(&story.floor, Timestamp(at)).into_iter().find(|row| row.name == name("ben")).unwrap();
    let row = ben(59_999);
    assert_eq!((row.presence, row.overrun, row.since), (Presence::Lunch, false, Timestamp(1_000)));
    let reason = row.reason.unwrap();
    assert!(reason.as_str().starts_with("so") && !reason.as_str().contains('\u{1b}'), "{reason:?}");
    assert_eq!(row.set_by, Some(name("ana")));
    let row = ben(60_000);
    assert_eq!((row.presence, row.overrun, row.since), (Presence::Lunch, true, Timestamp(1_000)));
}

#[test]
fn an_edit_stands_at_its_moment_with_the_words_that_went() {
    let mut story = Story::begun();
    let edits = |turn: u64, text: &str, stands: Stands| {
        let TurnEvent::CustomerSpoke {
            conversation, text, bytes, analysis, repeats, quiet_until, clocks, left, ..
        } = said(turn, text)
        else {
            unreachable!()
        };
        TurnEvent::CustomerSpoke {
            conversation,
            turn: TurnNo(turn),
            text,
            bytes,
            analysis,
            repeats,
            quiet_until,
            clocks,
            left,
            files: Vec::new(),
            scan: None,
            stands,
        }
    };
    let of = TurnNo(2);
    story.tell(1_000, said(2, "refund order 1182"));
    story.tell(2_000, edits(3, "refund order 1183", Stands::Edits { of, asks: true }));
    story.tell(3_000, edits(4, "refund order 1184", Stands::Edits { of, asks: true }));
    story.tell(4_000, edits(5, "refund order 1184", Stands::Repeats { of }));
    let mut transcript = Transcript::default();
    let mut then = Vec::new();
    for envelope in &story.journal {
        transcript.fold(envelope, &Titles::new());
        then.push(transcript.items().count());
    }
    let told: Vec<_> = transcript
        .items()
        .filter_map(|item| {
            let ItemBody::Message { turn, text, changed, stands, .. } = &item.body else { return None };
            let gone = changed.iter().filter(|span| span.kind == SpanKind::Gone).map(|span| span.words.as_str());
            (turn.0 > 1).then(|| (turn.0, text.as_str().to_owned(), gone.collect::<Vec<_>>().join(" "), *stands))
        })
        .collect();
    let at = |no, text: &str, gone: &str, stands| (no, text.to_owned(), gone.to_owned(), stands);
    let edit = Stands::Edits { of, asks: true };
    assert_eq!(
        told,
        [
            at(2, "refund order 1182", "", Stands::Alone),
            at(3, "refund order 1183", "1182", edit),
            at(4, "refund order 1184", "1183", edit),
            at(5, "refund order 1184", "", Stands::Repeats { of }),
        ]
    );
    let last: Vec<_> = then.iter().rev().take(3).collect();
    assert!(last[0] > last[1] && last[1] > last[2], "each appears when it was said: {then:?}");
}

#[test]
fn words_that_moved_the_mood_are_found_in_the_text_as_it_is_shown() {
    use crate::domain::analysis::{Emotion, Span};
    let raw = "No\u{202e}\u{202c}! \u{1b}[1mThe second time, 二回目, and\u{200b} awful";
    let place = |words: &str| {
        let start = raw.find(words).unwrap() as u32;
        Span { start, end: start + words.len() as u32 }
    };
    let mut story = Story::begun();
    let mut event = said(2, raw);
    if let TurnEvent::CustomerSpoke { analysis, .. } = &mut event {
        analysis.emotion = Emotion::Anger;
        analysis.evidence = vec![place("awful"), place("second time"), place("二回目"), Span { start: 3, end: 900 }];
    }
    story.tell(2_000, event);
    let read = |story: &Story| {
        let mut transcript = Transcript::default();
        for envelope in &story.journal {
            transcript.fold(envelope, &Titles::new());
        }
        let read = transcript.items().rev().find_map(|item| {
            let ItemBody::Message { text, moved, emotion, .. } = &item.body else { return None };
            let words = moved.iter().map(|span| text.as_str()[span.start as usize..span.end as usize].to_owned());
            Some((words.collect::<Vec<_>>(), *emotion))
        });
        read.unwrap()
    };
    assert_eq!(read(&story), (["second time", "二回目", "awful"].map(str::to_owned).to_vec(), Emotion::Anger));
    // Who was forgotten said nothing, and felt nothing that is shown.
    for envelope in &mut story.journal {
        if let Event::Turn(TurnEvent::CustomerSpoke { text, .. }) = &mut envelope.event {
            *text = Personal::Erased;
        }
    }
    assert_eq!(read(&story), (Vec::new(), Emotion::Neutral));
}
