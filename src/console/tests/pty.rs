//! The real console in a real pseudo-terminal, on a feed that a script answers: keys in, bytes out,
//! and the terminal as it was before on every way out.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::floor::{NOW, around, delta, detail, id, items, rows, you};
use crate::client::feed::{Feed, FeedEvent};
use crate::console::app::{Exit, Options, run};
use crate::console::update::Message;
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::id::{Epoch, Seq};
use crate::domain::operator::Role;
use crate::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest};
use crate::protocol::query::{Page, Query};

/// Where the child writes what it was asked and how it ended.
const REPORT: &str = "BATON_PTY_REPORT";
/// A screen that does not come within this time does not come.
const PATIENCE: Duration = Duration::from_secs(60);
/// A key that did nothing in this time is pressed again.
const AGAIN: Duration = Duration::from_secs(2);
/// Longest wait for bytes before what is wanted is looked at again: the report is a file.
const POLL: Duration = Duration::from_millis(50);

/// The floor's end of the feed: answers as a floor would, and writes down what it was asked.
fn answer(request: ConsoleRequest) -> Vec<ConsoleReply> {
    let changed = |changes| {
        let Message::Reply(reply) = delta(changes) else { panic!("a delta is a reply") };
        vec![*reply]
    };
    match request {
        ConsoleRequest::Focus { conversation: Some(open) } if open == id(1) => {
            changed(vec![Change::Items(open, items()), Change::Detail(Box::new(detail(1)))])
        }
        ConsoleRequest::Command { key, command, .. } => {
            let mut replies = vec![ConsoleReply::Accepted { key, seq: Seq(600) }];
            if let ConsoleCommand::Act(OperatorAct::TakeOver { conversation, .. }) = command {
                let mut row = super::floor::row(1, "Maya Rodriguez");
                (row.id, row.epoch, row.holder) = (conversation, Epoch(4), Holder::Operator("ana".parse().unwrap()));
                row.section = crate::protocol::row::Section::Yours;
                replies.extend(changed(vec![Change::Row(Box::new(row))]));
            }
            replies
        }
        ConsoleRequest::Ask { key, query: Query::Session { .. }, .. } => {
            vec![ConsoleReply::Answer { key, page: Page::Session(super::flow::session()), next: None }]
        }
        ConsoleRequest::Ask { query: Query::History { .. }, .. } => {
            // The history of this floor is a thread that dies.
            std::thread::spawn(|| panic!("planted")).join().unwrap_err();
            Vec::new()
        }
        ConsoleRequest::Ask { .. }
        | ConsoleRequest::Focus { .. }
        | ConsoleRequest::Draft { .. }
        | ConsoleRequest::Remember { .. }
        | ConsoleRequest::Hello { .. } => Vec::new(),
    }
}

fn note(line: &str) {
    let path = std::env::var(REPORT).unwrap();
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    writeln!(file, "{line}").unwrap();
}

#[test]
#[ignore = "it is the program that the other tests run inside a pseudo-terminal"]
fn child() {
    if std::env::var(REPORT).is_err() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let exit = runtime.block_on(async {
        let (requests, mut asked) = tokio::sync::mpsc::channel(64);
        let (tell, events) = tokio::sync::mpsc::channel(64);
        tokio::spawn(async move {
            tell.send(FeedEvent::Connected).await.unwrap();
            let welcome = ConsoleReply::Welcome {
                you: you(Role::Admin),
                run: "r".into(),
                at: NOW,
                speed: 1_000,
                changes: around().into_iter().chain(rows(48)).collect(),
                seq: Some(Seq(500)),
                drafts: Vec::new(),
                view: Some(format!(r#"{{"view":"floor","selected":"{}","sort":"mood","filter":""}}"#, id(1))),
            };
            tell.send(FeedEvent::Reply(Box::new(welcome))).await.unwrap();
            while let Some(request) = asked.recv().await {
                note(&serde_json::to_string(&request).unwrap());
                for reply in answer(request) {
                    if tell.send(FeedEvent::Reply(Box::new(reply))).await.is_err() {
                        return;
                    }
                }
            }
        });
        Box::pin(run(
            Options { theme: Some("midnight".into()), ..Options::default() },
            Feed { requests, events, files: None },
        ))
        .await
    });
    note(&format!("exit {:?}", exit.unwrap_or_else(|error| Exit::Lost { reason: error.to_string() })));
    runtime.shutdown_timeout(Duration::from_millis(200));
}

/// The console inside a pseudo-terminal.
struct Seat {
    terminal: vt100::Parser,
    bytes: Vec<u8>,
    output: Receiver<Vec<u8>>,
    input: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    tty: PathBuf,
    report: tempfile::NamedTempFile,
}

impl Seat {
    fn take(columns: u16, lines: u16) -> Self {
        let size = PtySize { rows: lines, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let report = tempfile::NamedTempFile::new().unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--exact", "console::tests::pty::child", "--ignored", "--nocapture"]);
        command.env(REPORT, report.path());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("TZ", "UTC");
        let child = pair.slave.spawn_command(command).unwrap();
        let tty = pair.master.tty_name().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        // The slave stays open here, so that its settings can be asked for when the child is gone.
        std::mem::forget(pair.slave);
        let input = Some(pair.master.take_writer().unwrap());
        let terminal = vt100::Parser::new(lines.try_into().unwrap(), columns.try_into().unwrap(), 0);
        Self { terminal, bytes: Vec::new(), output, input, master: Some(pair.master), child, tty, report }
    }

    fn shown(&self) -> String {
        self.terminal.screen().contents()
    }

    /// Reads until the screen is as wanted.
    fn until(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !wanted(self) {
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left.min(POLL)) {
                Ok(bytes) => {
                    self.terminal.process(&bytes);
                    self.bytes.extend(bytes);
                }
                Err(_) => assert!(!left.is_zero(), "no {what}:\n{}\n{}", self.shown(), self.report()),
            }
        }
    }

    fn sees(&mut self, text: &str) {
        self.until(text, |seat| seat.shown().contains(text));
    }

    fn types(&mut self, keys: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Presses a key again until it has brought what is wanted: a key that fell into a stall of a
    /// laden machine counts as typed at a screen that nobody saw, and does nothing, as it is meant to.
    fn insists(&mut self, keys: &str, what: &str, wanted: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !wanted(self) {
            assert!(Instant::now() < until, "{keys:?} brings no {what}:\n{}\n{}", self.shown(), self.report());
            self.types(keys);
            let again = Instant::now() + AGAIN;
            while !wanted(self) && Instant::now() < again {
                if let Ok(bytes) = self.output.recv_timeout(POLL) {
                    self.terminal.process(&bytes);
                    self.bytes.extend(bytes);
                }
            }
        }
    }

    fn brings(&mut self, keys: &str, text: &str) {
        self.insists(keys, text, |seat| seat.shown().contains(text));
    }

    /// The process's state as the system tells it.
    fn state(&self) -> String {
        let pid = self.child.process_id().unwrap().to_string();
        let told = std::process::Command::new("ps").args(["-o", "stat=", "-p", &pid]).output().unwrap();
        String::from_utf8_lossy(&told.stdout).trim().to_owned()
    }

    fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    fn report(&self) -> String {
        std::fs::read_to_string(self.report.path()).unwrap()
    }

    fn reports(&mut self, text: &str) {
        self.until(text, |seat| seat.report().contains(text));
    }

    /// The child is gone and the terminal is as it was.
    fn is_given_back(&mut self, why: &str) {
        self.until(&format!("end by {why}"), |seat| seat.report().contains("exit "));
        let until = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < until, "{why}: the process did not end");
            std::thread::yield_now();
        }
        self.until("last bytes", |seat| {
            let text = String::from_utf8_lossy(&seat.bytes);
            ["\x1b[?1049l", "\x1b[?25h", "\x1b[?2004l", "\x1b[?1000l"].iter().all(|end| {
                let begin = end.replace("25h", "25L").replace('l', "h").replace("25L", "25l");
                text.rfind(*end) > text.rfind(&begin)
            })
        });
        let modes = std::process::Command::new("stty").arg("-F").arg(&self.tty).arg("-a").output().unwrap();
        let modes = String::from_utf8(modes.stdout).unwrap();
        let on = |mode: &str| modes.split([' ', ';', '\n']).any(|word| word == mode);
        assert!(on("icanon") && on("echo") && on("isig") && on("opost"), "{why}: {modes}");
        assert!(!self.terminal.screen().alternate_screen() && !self.terminal.screen().hide_cursor(), "{why}");
    }
}

#[test]
fn a_supervisor_takes_over_and_answers() {
    let mut seat = Seat::take(120, 40);
    seat.sees("waits for a person: refund");
    seat.brings("T", "you hold Maya Rodriguez");
    seat.reports(r#""act":"take_over""#);
    seat.sees("YOURS 3");
    seat.brings("r", "REPLY to Maya Rodriguez");
    seat.types("Hello Maya, Ana here.");
    seat.insists("\r", "reply", |seat| seat.report().contains(r#""act":"reply""#));
    seat.brings("\x1b", "COMPOSER");
    seat.brings("<", "THE PAST");
    seat.insists("\x1b", "now", |seat| !seat.shown().contains("THE PAST") && seat.shown().contains("COMPOSER"));
    seat.insists("q", "end", |seat| seat.report().contains("exit "));
    seat.is_given_back("q");
    assert!(seat.report().contains("exit Detached"), "{}", seat.report());
    assert!(String::from_utf8_lossy(&seat.bytes).contains("\x1b]2;baton · 5 need you\x07"));
}

#[test]
fn the_terminal_is_given_back_on_every_way_out() {
    let rounds = if std::env::var("BATON_SOAK").is_ok() { 20 } else { 1 };
    for _ in 0..rounds {
        for signal in ["TERM", "HUP", "INT", "QUIT"] {
            let mut seat = Seat::take(100, 30);
            seat.sees("NEEDS YOU 5");
            seat.signal(signal);
            seat.is_given_back(signal);
            assert!(seat.report().contains(&format!("SIG{signal}")), "{}", seat.report());
        }
        let mut seat = Seat::take(100, 30);
        seat.sees("NEEDS YOU 5");
        seat.insists("5", "end", |seat| seat.report().contains("exit "));
        seat.is_given_back("panic in another thread");
        assert!(seat.report().contains("exit Crashed"), "{}", seat.report());
        // It is told on the screen of before: after the terminal was given back, so its bytes may come last.
        seat.sees("planted");
    }
}

#[test]
fn stopped_and_continued_it_draws_everything_again() {
    let mut seat = Seat::take(120, 40);
    seat.sees("NEEDS YOU 5");
    seat.signal("TSTP");
    seat.until("stop", |seat| !seat.terminal.screen().alternate_screen());
    // A shell wakes only what it saw stop: a signal that comes sooner is no wake-up.
    let begun = Instant::now();
    while !seat.state().starts_with('T') {
        assert!(begun.elapsed() < PATIENCE, "never stopped: {}", seat.state());
    }
    seat.signal("CONT");
    seat.until("return", |seat| seat.terminal.screen().alternate_screen() && seat.shown().contains("NEEDS YOU 5"));
    seat.insists("q", "end", |seat| seat.report().contains("exit "));
    seat.is_given_back("q after a stop");
}

/// With keys on their way, whole and cut; the signal comes of itself, and may come late.
#[test]
fn a_terminal_that_goes_away_ends_the_console() {
    for keys in ["j", "jjjjjjjjkkkk", "j\x1b[", "j\x1b[A\x1b[B\x1b[20"] {
        let mut seat = Seat::take(80, 24);
        seat.sees("NEEDS YOU 5");
        // Who reads the screen leaves with the first bytes that nobody takes; then nobody holds the other end.
        seat.output = channel().1;
        seat.types(keys);
        drop(seat.input.take());
        drop(seat.master.take());
        let begun = Instant::now();
        while seat.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "still there after {keys:?}");
            std::thread::yield_now();
        }
        assert!(seat.report().contains(r#"signal: "SIGHUP""#), "{keys:?}: {}", seat.report());
    }
}
