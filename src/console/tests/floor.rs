//! A floor for tests, built from few words.

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::keymap::Keymap;
use crate::console::model::{Link, Model, Size};
use crate::console::pane::Screen;
use crate::console::theme::{Depth, Theme};
use crate::console::update::{Effect, Message, update};
use crate::domain::agent::AgentRole;
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::{Author, Phase, Priority};
use crate::domain::customer::Tier;
use crate::domain::escalation::{Severity, Signal, Term, Trigger};
use crate::domain::handoff::Edge;
use crate::domain::id::{
    ApprovalId, CallId, ConversationId, CustomerId, Digest, Epoch, EscalationId, Handle, OfferId, PromiseId, Seq,
};
use crate::domain::money::Money;
use crate::domain::operator::{Presence, Role};
use crate::domain::routing::{Basis, Candidate, Contribution, Factor, RoutingDecision};
use crate::domain::score::{Propensity, Score};
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest, You};
use crate::protocol::row::{
    AgentRow, ApprovalRow, ConversationRow, EdgeRow, HarmTerm, HeaderRow, Need, NeedReason, OperatorRow, OwedRow,
    QueueRow, Section, WaitWithout, Waiting,
};
use crate::protocol::transcript::{ApprovalCard, Detail, Evidence, HeldTimes, OutlookCard, ToolState};

pub(super) use super::story::items;

/// 09:04:00 of a day in November, in UTC.
pub(super) const NOW: Timestamp = Timestamp(1_763_888_640_000);

pub(super) fn secs_ago(secs: u64) -> Timestamp {
    NOW - Millis::from_secs(secs)
}

pub(super) fn text(text: &str) -> Clean {
    Foreign::new(text).clean()
}

pub(super) fn id(n: u64) -> ConversationId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    ConversationId::from_random(bytes)
}

/// A live conversation that an agent holds and whose customer has waited for 5 seconds.
pub(super) fn row(n: u64, name: &str) -> ConversationRow {
    ConversationRow {
        id: id(n),
        handle: Handle(1_000 + n),
        customer: CustomerId::from_random([1; 16]),
        name: text(name),
        tier: Tier::Standard,
        verified: false,
        blocked: None,
        channel: "web".parse().unwrap(),
        language: "en".into(),
        phase: Phase::Live,
        holder: Holder::Agent("billing".parse().unwrap()),
        held_since: secs_ago(130),
        epoch: Epoch(3),
        seq: Seq(100 + n),
        passes: 1,
        waiting: Waiting::Customer(secs_ago(5)),
        due: None,
        clock: None,
        intent: Some("refund".parse().unwrap()),
        mood: Score(1_000),
        mood_path: vec![Score(2_000), Score(1_500), Score(1_000)],
        priority: Priority::Normal,
        set_priority: None,
        labels: Vec::new(),
        watch: None,
        undo: None,
        section: Section::Live,
        need: None,
        turns: 4,
        withheld: 0,
        barge: None,
        gated: false,
        incident: None,
        watchers: Vec::new(),
        writers: Vec::new(),
        typing: false,
        claim: None,
        escalation: None,
        approvals: Vec::new(),
    }
}

pub(super) fn need(why: NeedReason, harm: i32, since: u64, due: i64) -> Need {
    Need {
        why,
        harm: Score(harm),
        terms: vec![(HarmTerm::Severity, Score(harm / 2)), (HarmTerm::Mood, Score(harm / 4))],
        due: Some(Timestamp(NOW.0 + due * 1_000)),
        since: secs_ago(since),
        colleague: None,
    }
}

pub(super) fn escalated(n: u64, trigger: Trigger) -> NeedReason {
    NeedReason::Escalated { escalation: EscalationId(n), trigger, severity: Severity::High, call_back: false }
}

pub(super) fn approval() -> ApprovalCard {
    ApprovalCard {
        approval: ApprovalId(7),
        agent: "billing".parse().unwrap(),
        tool: "refund.create".parse().unwrap(),
        title: text("sends a charge back"),
        args: vec![(text("order"), text("1182")), (text("card"), text("..4421"))],
        amount: Some(Money::eur(4_990)),
        agent_limit: Some(Money::eur(3_000)),
        your_limit: Some(Money::eur(50_000)),
        typed: false,
        reversible: false,
        evidence: vec![Evidence {
            call: CallId(3),
            tool: "charges.list".parse().unwrap(),
            title: text("charges of the last 90 days"),
            at: Timestamp(NOW.0 - 20_000),
            state: ToolState::Done,
            facts: vec![(text("charges"), text("2"))],
            line: text("2 charges, 1 order, 0 refunds in 90 days"),
        }],
        past: Vec::new(),
        policy: vec![text("billing may do this by itself up to 30.00 EUR")],
        obstacle: None,
        endorsed: None,
        draft: None,
        unanswered: text("it is not done, and the agent tells the customer so"),
        expires: Timestamp(NOW.0 + 252_000),
        subject: Digest([7; 16]),
    }
}

pub(super) fn decision() -> RoutingDecision {
    let candidate = |agent: &str, score: i32, contributions: &[(Factor, i32)]| Candidate {
        agent: agent.parse().unwrap(),
        score: Score(score),
        propensity: Propensity(score.unsigned_abs() * 90),
        contributions: contributions
            .iter()
            .map(|(factor, s)| Contribution { factor: *factor, score: Score(*s) })
            .collect(),
    };
    RoutingDecision {
        candidates: vec![
            candidate(
                "billing",
                8_200,
                &[(Factor::Intent, 6_100), (Factor::Load, -1_000), (Factor::Tier, 800), (Factor::Mood, 600)],
            ),
            candidate("returns", 1_100, &[(Factor::Intent, 1_400), (Factor::Load, -300)]),
        ],
        chosen: "billing".parse().unwrap(),
        margin: Score(7_100),
        basis: Basis::Best,
        rule: None,
    }
}

pub(super) fn detail(n: u64) -> Detail {
    Detail {
        id: id(n),
        earlier: 14,
        opened: secs_ago(180),
        objective: Some("refund".parse().unwrap()),
        slots: vec![("order".parse().unwrap(), text("1182")), ("amount".parse().unwrap(), text("49.90 EUR"))],
        promises: vec![OwedRow {
            promise: Some(PromiseId(3)),
            by: Some(Author::Agent("billing".parse().unwrap())),
            owner: Holder::Agent("billing".parse().unwrap()),
            text: text("an answer today"),
            due: Some(Timestamp(NOW.0 + 3_600_000)),
            since: Some(Timestamp(NOW.0 - 1_200_000)),
            breached: false,
            carried: false,
        }],
        tried: vec![("charges.list".parse().unwrap(), true)],
        note: None,
        open_questions: vec!["card".parse().unwrap()],
        apologies: 2,
        compensation: Some(Money::eur(0)),
        omissions: Some(Vec::new()),
        decision: Some(Box::new(decision())),
        approvals: vec![approval()],
        held_ms: HeldTimes { agents: 178_000, queues: 0, people: 0, customer: 0 },
        clocks: Vec::new(),
        snoozed: None,
        composing: None,
        translates: None,
        growing: None,
        cost: None,
        still_until: None,
        draft: None,
        left: None,
        whispers: Vec::new(),
        wrap_up: None,
        outlook: OutlookCard {
            escalates: Some(Score(7_400)),
            terms: vec![
                Term { signal: Signal::Displeasure, value: Score(6_000), weight: Score(1_900) },
                Term { signal: Signal::Repetition, value: Score(5_000), weight: Score(700) },
            ],
            handling: Some((Millis::from_mins(6), 31)),
            returns: Some((Score(1_200), 31)),
            settles: Some((Score(8_100), 40)),
            alone: vec![("billing".parse().unwrap(), Score(8_100), 40), ("returns".parse().unwrap(), Score(5_500), 12)],
            opportunity: None,
        },
        rating: None,
    }
}

fn agent(name: &str, load: u32, capacity: u32) -> Change {
    Change::Agent(AgentRow {
        name: name.parse().unwrap(),
        title: text(&format!("{name} specialist")),
        role: if name == "triage" { AgentRole::Triage } else { AgentRole::Specialist },
        load,
        capacity,
        failures: 0,
        gated: false,
        life: crate::domain::supervision::Life::Live,
        drafts: crate::domain::supervision::DraftTally::default(),
        edges: if name == "triage" { vec![edge("billing")] } else { Vec::new() },
        caught: crate::domain::guard::GuardCounts::new(),
        candidate: None,
    })
}

fn edge(to: &str) -> EdgeRow {
    let sums = Edge { offered: 12, accepted: 11, declined: 1, succeeded: 8, repeated: 2, ..Edge::default() };
    EdgeRow { to: to.parse().unwrap(), sums }
}

fn person(name: &str, presence: Presence, load: u16) -> Change {
    Change::Operator(OperatorRow {
        name: name.parse().unwrap(),
        role: Role::Supervisor,
        presence,
        since: secs_ago(600),
        reason: None,
        until: None,
        overrun: false,
        set_by: None,
        away_until: None,
        load,
        capacity: 5,
        skills: vec!["billing".parse().unwrap()],
        without: (presence == Presence::Available).then_some(WaitWithout::About(Millis::from_secs(150))),
    })
}

/// Somebody whose break was set by a colleague and has lasted longer than planned.
fn away(name: &str) -> Change {
    let Change::Operator(row) = person(name, Presence::Break, 0) else { unreachable!("a person is a person") };
    Change::Operator(OperatorRow {
        reason: Some(text("fire drill")),
        until: Some(secs_ago(190)),
        overrun: true,
        set_by: Some("ben".parse().unwrap()),
        ..row
    })
}

/// Agents, people, a line and the header.
pub(super) fn around() -> Vec<Change> {
    vec![
        agent("triage", 6, 40),
        agent("billing", 15, 20),
        agent("technical", 18, 40),
        agent("sales", 4, 20),
        agent("escalation", 1, 1_000),
        person("ana", Presence::Available, 2),
        person("ben", Presence::Available, 4),
        away("cleo"),
        person("dan", Presence::Offline, 0),
        Change::Queue(QueueRow {
            name: "general".parse().unwrap(),
            waiting: 5,
            oldest: Some(secs_ago(72)),
            target: Millis::from_secs(120),
            breached: 1,
            arrived: 31,
            taken: 24,
            in_time: 21,
            free: 3,
            forecast: Some(Millis::from_secs(90)),
        }),
        Change::Header(Box::new(HeaderRow {
            needs: 5,
            live: 60,
            queued: 5,
            oldest: Some(secs_ago(72)),
            breached: 1,
            people: 3,
            people_all: 4,
            free_seats: 3,
            turns: 812,
            withheld: 3,
            resolved: 44,
            handoffs: 60,
            escalations: 7,
            held: Vec::new(),
        })),
    ]
}

/// The rows of a busy morning.
pub(super) fn rows(live: u64) -> Vec<Change> {
    let needing =
        |n, name: &str, need: Need| ConversationRow { section: Section::NeedsYou, need: Some(need), ..row(n, name) };
    let mut maya = needing(
        1,
        "Maya Rodriguez",
        need(
            NeedReason::Approval { approval: ApprovalId(7), about: text("refund 49.90 EUR"), subject: Digest([7; 16]) },
            9_000,
            42,
            18,
        ),
    );
    maya.tier = Tier::Vip;
    maya.verified = true;
    maya.passes = 3;
    maya.mood = Score(-6_000);
    maya.mood_path = vec![Score(-1_000), Score(-2_000), Score(-6_000)];
    maya.withheld = 1;
    maya.watchers = vec!["ben".parse().unwrap()];
    maya.approvals = vec![ApprovalRow {
        approval: ApprovalId(7),
        agent: "billing".parse().unwrap(),
        about: text("refund 49.90 EUR"),
        expires: Timestamp(NOW.0 + 252_000),
        yours: true,
        subject: Digest([7; 16]),
    }];
    let mut nora = needing(5, "Nora B.", need(escalated(3, Trigger::Playbook), 2_000, 8, 112));
    nora.need.as_mut().unwrap().colleague = Some("ben".parse().unwrap());
    let mut lena = row(6, "Lena W.");
    lena.section = Section::Yours;
    lena.typing = true;
    lena.holder = Holder::Operator("ana".parse().unwrap());
    lena.waiting = Waiting::Customer(secs_ago(31));
    let mut karl = ConversationRow { id: id(7), handle: Handle(1_007), name: text("Karl M."), ..lena.clone() };
    karl.waiting = Waiting::Us(secs_ago(64));
    let offered = NeedReason::OfferedToYou { offer: OfferId(4), until: Timestamp(NOW.0 + 8_000) };
    let mut rows = vec![
        needing(2, "Li Wei 李伟", need(NeedReason::Failing, 9_500, 151, -31)),
        maya,
        needing(3, "Tom K.", need(escalated(1, Trigger::AskedForHuman), 6_000, 70, 50)),
        needing(4, "J. Osei", need(offered, 5_000, 12, 8)),
        nora,
        lena,
        karl,
    ];
    let names = ["Sam O.", "Bo N.", "Hugo L.", "Ève Ångström", "김민준", "Priya Raghunathan-Iyer", "Zoë", "Ali"];
    for n in 0..live {
        let mut other = row(100 + n, names[(n % 8) as usize]);
        other.holder = match n % 5 {
            0 => Holder::Agent("sales".parse().unwrap()),
            1 => Holder::Agent("billing".parse().unwrap()),
            2 => Holder::Queue("general".parse().unwrap()),
            3 => Holder::Operator("ben".parse().unwrap()),
            _ => Holder::Agent("technical".parse().unwrap()),
        };
        other.waiting = if n % 3 == 0 { Waiting::Us(secs_ago(200)) } else { Waiting::Customer(secs_ago(n * 7 % 300)) };
        other.mood = Score(i32::try_from(n * 1_709 % 16_000).unwrap() - 8_000);
        other.mood_path = vec![Score(4_000), Score(0), other.mood];
        rows.push(other);
    }
    rows.into_iter().map(|row| Change::Row(Box::new(row))).collect()
}

/// A console of ana's that has said hello and heard nothing yet.
pub(super) fn console(columns: u16, lines: u16) -> Model {
    let mut model = Model::new(Keymap::read(None).unwrap(), TimeZone::UTC, "midnight", "test");
    model.size = Size { columns, lines };
    model
}

pub(super) fn you(role: Role) -> You {
    You { operator: "ana".parse().unwrap(), role, read_only: false, floor: "shop".parse().unwrap() }
}

/// A console that sees these changes, live.
pub(super) fn live(columns: u16, lines: u16, changes: Vec<Change>) -> Model {
    let mut model = console(columns, lines);
    let welcome = ConsoleReply::Welcome {
        you: you(Role::Admin),
        run: "r".into(),
        at: NOW,
        speed: 1_000,
        changes,
        seq: Some(Seq(500)),
        drafts: Vec::new(),
        view: None,
    };
    send(&mut model, 0, Message::Reply(Box::new(welcome)));
    assert_eq!(model.link, Link::Live);
    model
}

/// A busy floor with Maya open, drawn once.
pub(super) fn busy(columns: u16, lines: u16) -> Model {
    let mut changes = around();
    changes.extend(rows(48));
    let mut model = live(columns, lines, changes);
    model.selected = Some(id(1));
    send(&mut model, 100, Message::Tick);
    let open = vec![Change::Items(id(1), items()), Change::Detail(Box::new(detail(1)))];
    send(&mut model, 100, delta(open));
    draw(&mut model);
    model
}

pub(super) fn delta(changes: Vec<Change>) -> Message {
    Message::Reply(Box::new(ConsoleReply::Delta { from: Seq(500), to: Seq(501), at: NOW, changes }))
}

/// A message at so many milliseconds of the console's clock.
pub(super) fn send(model: &mut Model, wall: u64, message: Message) -> Vec<Effect> {
    update(model, Millis(wall), message)
}

/// Draws a frame: what acts are aimed at is now what stands on the screen.
pub(super) fn draw(model: &mut Model) -> Screen {
    let screen = Screen::of(model);
    let wall = model.wall.0;
    send(model, wall, Message::Painted(Box::new(screen.painted.clone())));
    screen
}

/// Presses keys, each on a freshly drawn frame, 10 ms after each other.
pub(super) fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in keys.split(' ') {
        draw(model);
        let key = key.parse().unwrap();
        let wall = model.wall.0 + 10;
        effects.extend(send(model, wall, Message::Key { key, fresh: true }));
    }
    draw(model);
    effects
}

/// What is asked of the floor by these effects.
pub(super) fn acts(effects: &[Effect]) -> Vec<OperatorAct> {
    let acts = effects.iter().filter_map(|effect| {
        let Effect::Send(request) = effect else { return None };
        let ConsoleRequest::Command { command: ConsoleCommand::Act(act), .. } = &**request else { return None };
        Some(act.clone())
    });
    acts.collect()
}

/// The card was drawn a while ago: Enter is meant for it.
pub(super) fn enter(model: &mut Model) -> Vec<OperatorAct> {
    model.card.as_mut().unwrap().drawn = Some(Millis(0));
    model.wall = Millis(model.wall.0 + 1_000);
    acts(&press(model, "Enter"))
}

/// Types a text into whatever takes it.
pub(super) fn type_text(model: &mut Model, text: &str) {
    for c in text.chars() {
        let key = crate::console::keymap::Key::plain(crate::console::keymap::Code::Char(c));
        let wall = model.wall.0 + 10;
        send(model, wall, Message::Key { key, fresh: true });
    }
    draw(model);
}

pub(super) fn buffer(screen: &Screen, model: &Model, depth: Depth) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, model.size.columns, model.size.lines));
    screen.paint(&Theme::named(&model.theme, depth).unwrap(), &mut buf);
    buf
}

/// The screen as text, a line each; the cell behind a wide character is not repeated.
pub(super) fn shown(model: &Model) -> String {
    let buf = buffer(&Screen::of(model), model, Depth::True);
    let mut out = String::new();
    for y in 0..buf.area.height {
        let mut x = 0;
        let mut line = String::new();
        while x < buf.area.width {
            let symbol = buf[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol)).unwrap().max(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
