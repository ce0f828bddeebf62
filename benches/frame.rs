//! The console's frame at 200×60 with 10,000 conversations: drawn whole, with one cell changed, with
//! nothing changed. A counting backend stands for the terminal.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to say")]

#[path = "figure.rs"]
mod figure;

use std::io::{self, Write};
use std::time::Instant;

use baton::console::keymap::Keymap;
use baton::console::model::{Model, Size};
use baton::console::pane::Screen;
use baton::console::terminal::Canvas;
use baton::console::theme::{Depth, Theme};
use baton::console::update::{Message, update};
use baton::domain::baton::Holder;
use baton::domain::conversation::{Phase, Priority};
use baton::domain::customer::Tier;
use baton::domain::id::{ConversationId, CustomerId, Epoch, Handle, Seq};
use baton::domain::operator::Role;
use baton::domain::score::Score;
use baton::domain::text::Foreign;
use baton::domain::time::{Millis, Timestamp};
use baton::protocol::console::{Change, ConsoleReply, You};
use baton::protocol::row::{ConversationRow, Section, Waiting};

const COLUMNS: u16 = 200;
const LINES: u16 = 60;
const CONVERSATIONS: u64 = 10_000;
/// Rounds, and frames in each.
const ROUNDS: usize = 7;
const FRAMES: usize = 200;
const NOW: Timestamp = Timestamp(1_763_888_640_000);

/// A terminal that counts.
#[derive(Default)]
struct Counting {
    writes: usize,
    bytes: usize,
}

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        self.bytes += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Bench {
    model: Model,
    canvas: Canvas,
    theme: Theme,
    shown: Option<Screen>,
    terminal: Counting,
    seq: u64,
}

fn row(n: u64) -> ConversationRow {
    let agents = ["billing", "technical", "sales", "triage"];
    let agent = agents.get((n % 4) as usize).unwrap().parse().unwrap();
    let path = vec![Score(4_000), Score(0), Score((n * 1_709 % 16_000) as i32 - 8_000)];
    ConversationRow {
        id: ConversationId::from_random((u128::from(n) + 1).to_be_bytes()),
        handle: Handle(1_000 + n),
        customer: CustomerId::from_random([1; 16]),
        name: Foreign::new(&format!("Customer {n}")).clean(),
        tier: Tier::Standard,
        verified: false,
        blocked: None,
        channel: "web".parse().unwrap(),
        language: "eng".into(),
        phase: Phase::Live,
        holder: Holder::Agent(agent),
        held_since: NOW - Millis::from_secs(130),
        epoch: Epoch(3),
        seq: Seq(1_000 + n),
        passes: 1,
        waiting: Waiting::Customer(NOW - Millis::from_secs(n * 7 % 300)),
        due: None,
        clock: None,
        intent: Some("refund".parse().unwrap()),
        mood: path.last().copied().unwrap_or_default(),
        mood_path: path,
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
        claim: None,
        escalation: None,
        approvals: Vec::new(),
        incident: None,
        watchers: Vec::new(),
        writers: Vec::new(),
        typing: false,
    }
}

impl Bench {
    fn new() -> Self {
        let mut model = Model::new(Keymap::read(None).unwrap(), jiff::tz::TimeZone::UTC, "midnight", "bench");
        model.size = Size { columns: COLUMNS, lines: LINES };
        let you = You {
            operator: "ana".parse().unwrap(),
            role: Role::Supervisor,
            read_only: false,
            floor: "bench".parse().unwrap(),
        };
        let welcome = ConsoleReply::Welcome {
            you,
            run: "r".into(),
            at: NOW,
            speed: 1_000,
            changes: (0..CONVERSATIONS).map(|n| Change::Row(Box::new(row(n)))).collect(),
            seq: Some(Seq(20_000)),
            drafts: Vec::new(),
            view: None,
        };
        update(&mut model, Millis(0), Message::Reply(Box::new(welcome)));
        let theme = Theme::named("midnight", Depth::True).unwrap();
        let (canvas, terminal) = (Canvas::new(), Counting::default());
        Self { model, canvas, theme, shown: None, terminal, seq: 20_000 }
    }

    /// What the console does after every message: a frame, if anything shown is different.
    fn draw(&mut self) -> usize {
        let screen = Screen::of(&self.model);
        let painted = screen.painted.clone();
        let mut bytes = 0;
        if !self.shown.as_ref().is_some_and(|shown| shown.looks_like(&screen)) {
            let frame = self.canvas.frame(&screen, (COLUMNS, LINES), &self.theme);
            bytes = frame.len();
            if !frame.is_empty() {
                self.terminal.write_all(&frame).unwrap();
            }
            self.shown = Some(screen);
        }
        let wall = self.model.wall;
        update(&mut self.model, wall, Message::Painted(Box::new(painted)));
        bytes
    }

    fn hear(&mut self, row: ConversationRow) {
        let changes = vec![Change::Row(Box::new(row))];
        let (from, to) = (Seq(self.seq), Seq(self.seq + 1));
        self.seq += 1;
        let wall = self.model.wall;
        let delta = ConsoleReply::Delta { from, to, at: NOW, changes };
        update(&mut self.model, wall, Message::Reply(Box::new(delta)));
    }

    /// Rounds of a step, each with the time a frame took, in milliseconds, and writes and bytes a frame.
    fn rounds(&mut self, figure: &str, mut step: impl FnMut(&mut Self, usize)) {
        let (mut times, mut writes, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            self.terminal = Counting::default();
            let began = Instant::now();
            for number in 0..FRAMES {
                step(self, number);
            }
            times.push(1e3 / figure::per_second(FRAMES, began.elapsed()));
            writes.push(self.terminal.writes as f64 / FRAMES as f64);
            bytes.push(self.terminal.bytes as f64 / FRAMES as f64);
        }
        figure::say("frame", figure, "ms", times);
        figure::say("frame", &format!("{figure}: writes"), "1/frame", writes);
        figure::say("frame", &format!("{figure}: bytes"), "bytes/frame", bytes);
    }
}

/// A row and a likeness of it that differs in one cell of the screen.
fn one_cell(bench: &mut Bench) -> (ConversationRow, ConversationRow) {
    for n in 0..CONVERSATIONS {
        let before = row(n);
        let mut after = before.clone();
        // The spark of the mood's path; the mood by which rows are ordered stays.
        after.mood_path = vec![Score(4_000), Score(-8_000), before.mood];
        bench.hear(after.clone());
        let bytes = bench.draw();
        bench.hear(before.clone());
        bench.draw();
        // The selected row stands in the side panel too.
        if bytes > 0 && bench.model.selected != Some(before.id) {
            return (before, after);
        }
    }
    unreachable!("some row is on the screen");
}

fn main() {
    let mut bench = Bench::new();
    bench.draw();
    bench.rounds("full repaint", |bench, _| {
        bench.canvas.forget();
        bench.shown = None;
        bench.draw();
    });
    let (before, after) = one_cell(&mut bench);
    bench.rounds("one cell changed", |bench, number| {
        bench.hear(if number % 2 == 0 { after.clone() } else { before.clone() });
        bench.draw();
    });
    bench.rounds("nothing changed", |bench, _| {
        bench.draw();
    });
}
