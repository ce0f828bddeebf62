//! The console in a real pseudo-terminal on a served floor: what an operator types is what the
//! customer's socket sees, and a console that is killed leaves terminal, customers and draft whole.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use baton::client::customer::Access;
use baton::client::feed::FeedEvent;
use baton::client::{Address, rest, socket};
use baton::protocol::console::{ConsoleReply, KeptDraft};
use baton::protocol::customer::SpeakerKind;
use baton::store::folder::DataFolder;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};

use super::killed::Server;
use super::sockets::{Customer, PATIENCE, Read as Line};

const LINES: NonZeroU16 = NonZeroU16::new(40).unwrap();
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).unwrap();

/// A key that did nothing in this time is pressed again.
const AGAIN: Duration = Duration::from_secs(2);

type Shared = Arc<(Mutex<vt100::Parser>, Condvar)>;

/// `baton console` on a data folder, with the terminal it runs in.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    // Kept open: the terminal outlives the program in it, and its modes can be read afterwards.
    _slave: Box<dyn SlavePty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shown: Shared,
    modes: String,
}

impl Terminal {
    fn open(home: &Path) -> Self {
        Self::with(home, &[])
    }

    /// The console of somebody with a token of their own, in that file.
    pub(crate) fn as_operator(home: &Path, token: &str) -> Self {
        Self::with(home, &["--token-file", token])
    }

    fn with(home: &Path, more: &[&str]) -> Self {
        let size = PtySize { rows: LINES.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let modes = modes(&*pair.master);
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_baton"));
        command.args(["console", "--theme", "midnight"]);
        command.args(more);
        for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        for name in ["HOME", "BATON_HOME", "XDG_CONFIG_HOME"] {
            command.env(name, home);
        }
        command.cwd(home);
        let child = pair.slave.spawn_command(command).unwrap();
        let shown: Shared = Arc::new((Mutex::new(vt100::Parser::new(LINES, COLUMNS, 0)), Condvar::new()));
        let mut output = pair.master.try_clone_reader().unwrap();
        let drawn = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut bytes = [0; 16 * 1024];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                drawn.0.lock().unwrap().process(&bytes[..count]);
                drawn.1.notify_all();
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self { master: pair.master, _slave: pair.slave, keys, child, shown, modes }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until the screen is as wanted.
    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut parser = self.shown.0.lock().unwrap();
        while !wanted(parser.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(left > Duration::ZERO, "never on the screen: {what}\n{}", parser.screen().contents());
            parser = self.shown.1.wait_timeout(parser, left).unwrap().0;
        }
    }

    /// Waits until these words are on the screen; how wide the columns between them are does not matter.
    pub(crate) fn until(&self, words: &str) {
        self.wait(words, |screen| shows(screen, words));
    }

    /// Types words, and waits until they stand on the screen.
    pub(crate) fn types(&mut self, words: &str, shown: &str) {
        self.press(words);
        self.until(shown);
    }

    /// Presses a key again until it brings this on the screen: a card is deaf when it has just been
    /// drawn, and what fell into a stall of a laden machine was typed at a screen that nobody saw.
    pub(crate) fn does(&mut self, keys: &str, words: &str) {
        self.brings(keys, &[words]);
    }

    /// The same with several ends, of which one comes: which.
    pub(crate) fn brings(&mut self, keys: &str, ends: &[&str]) -> usize {
        self.insists(keys, "", ends).0
    }

    /// Confirms the card that is open: `Enter`, for as long as the card stands there.
    pub(crate) fn confirms(&mut self, words: &str) {
        self.insists("\r", "Enter confirm", &[words]);
    }

    /// Presses a key again until one of these ends comes, but only while the screen still shows what the
    /// key is meant for. Which end came, and how often the key was pressed.
    pub(crate) fn insists(&mut self, keys: &str, meant_for: &str, ends: &[&str]) -> (usize, usize) {
        let mut times = 0;
        let deadline = Instant::now() + PATIENCE;
        let found = |screen: &vt100::Screen| ends.iter().position(|words| shows(screen, words));
        loop {
            let parser = self.shown.0.lock().unwrap();
            if let Some(which) = found(parser.screen()) {
                return (which, times);
            }
            let screen = parser.screen().contents();
            assert!(Instant::now() < deadline, "{keys:?} never brings {ends:?}\n{screen}");
            let is_meant = shows(parser.screen(), meant_for);
            drop(parser);
            if is_meant {
                self.press(keys);
                times += 1;
            }
            let parser = self.shown.0.lock().unwrap();
            let waits = |parser: &mut vt100::Parser| {
                let begins = !is_meant && shows(parser.screen(), meant_for);
                found(parser.screen()).is_none() && !begins
            };
            drop(self.shown.1.wait_timeout_while(parser, AGAIN, waits).unwrap());
        }
    }

    /// Whether words stand on the screen now.
    pub(crate) fn has(&self, words: &str) -> bool {
        shows(self.shown.0.lock().unwrap().screen(), words)
    }

    /// The last line of the screen: whom the keys act on, and which there are.
    pub(crate) fn last_line(&self) -> String {
        let shown = self.shown.0.lock().unwrap();
        shown.screen().rows(0, COLUMNS.get()).last().unwrap_or_default()
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.process_id().unwrap());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Presses `q` until it is heard.
    pub(crate) fn quits(mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "q does not end it");
            self.press("q");
            let parser = self.shown.0.lock().unwrap();
            let open = |parser: &mut vt100::Parser| parser.screen().alternate_screen();
            drop(self.shown.1.wait_timeout_while(parser, AGAIN, open).unwrap());
        }
        self.ended()
    }

    /// Waits for the end, and that the terminal is as it was.
    fn ended(mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        self.wait("the shell's own screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        self.wait("no mode for pasting and pointing", |screen| {
            !screen.bracketed_paste() && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        assert_eq!(modes(&*self.master), self.modes, "the terminal's own modes");
        status
    }
}

/// Whether words stand on the screen, with as many spaces between them as it likes.
pub(crate) fn shows(screen: &vt100::Screen, words: &str) -> bool {
    squeezed(&screen.contents()).contains(&squeezed(words))
}

/// The same text with one space where there are several.
fn squeezed(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The line discipline: echo, lines, signals.
fn modes(master: &dyn MasterPty) -> String {
    master.get_termios().map(|termios| format!("{:?}", termios.local_flags)).unwrap_or_default()
}

async fn guest(address: &Address) -> (String, Customer) {
    let minted = rest::mint(address, None, None).await.unwrap();
    let access = Access::Conversation { conversation: minted.conversation.clone(), token: minted.token };
    (minted.conversation, Customer::with(address, access))
}

/// What an assistant answers to these words.
async fn answered(customer: &mut Customer, key: &str, words: &str) {
    customer.say(key, words).await.unwrap();
    let own = customer.until_stored(key).await.unwrap();
    while !customer.read.iter().any(|read| read.by == SpeakerKind::Ai && read.turn > own) {
        customer.hear().await.unwrap();
    }
}

fn without_a_gap(customer: &Customer) {
    assert_eq!(customer.losses, 0, "the customer's socket was never lost");
    let own = customer.stored.iter().map(|(_, turn)| turn.0);
    let mut turns: Vec<u64> = customer.read.iter().map(|read| read.turn.0).chain(own).collect();
    turns.sort_unstable();
    assert_eq!(turns, (1..=turns.len() as u64).collect::<Vec<_>>(), "every turn, each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn take_over_reply_hand_back_is_what_the_customer_sees() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let (_, mut customer) = guest(&server.address).await;
    answered(&mut customer, "one", "what can you do?").await;
    let before = customer.read.len();

    let mut terminal = Terminal::open(home.path());
    terminal.until("what can you do?");
    terminal.does("T", "undo: take over");
    terminal.does("r", "Esc keep");
    terminal.types("I am Dara, a person.", "I am Dara, a person.");
    // Nothing goes out before the screen shows whose turn it is.
    terminal.until("pass 2");
    terminal.does("\r", "you I am Dara, a person.");
    customer.until_read("I am Dara, a person.").await.unwrap();
    terminal.does("\x1b", "COMPOSER");
    terminal.does("H", "HAND BACK");
    terminal.does("\r", "T take over");
    customer.until_read("is with you again").await.unwrap();
    let seen: Vec<&Line> = customer.read.iter().skip(before).collect();
    let by: Vec<SpeakerKind> = seen.iter().map(|line| line.by).collect();
    assert_eq!(by, [SpeakerKind::House, SpeakerKind::Human, SpeakerKind::House], "{seen:?}");
    assert_eq!(seen[1].text, "I am Dara, a person.");
    answered(&mut customer, "two", "are you a robot?").await;
    without_a_gap(&customer);

    let status = terminal.quits();
    assert!(status.success(), "{status:?}");
    answered(&mut customer, "three", "how are you today?").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_console_leaves_terminal_customers_and_draft_whole() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let (first_id, mut first) = guest(&server.address).await;
    let (second_id, mut second) = guest(&server.address).await;
    answered(&mut first, "one", "what can you do?").await;
    answered(&mut second, "one", "are you a robot?").await;
    let mut terminal = Terminal::open(home.path());
    let texts = ["what can you do?", "are you a robot?"];
    terminal.wait("one of the two", |screen| texts.iter().any(|text| screen.contents().contains(text)));
    // Not the one that a new console would open by itself.
    let chosen = if terminal.has(texts[0]) { texts[1] } else { texts[0] };
    terminal.does("j", chosen);
    terminal.does("T", "undo: take over");
    terminal.until("you hold");
    terminal.does("r", "Esc keep");
    let (id, customer) = if chosen == texts[0] { (&first_id, &mut first) } else { (&second_id, &mut second) };
    let mut draft = String::new();
    for (number, signal) in ["HUP", "TERM"].into_iter().enumerate() {
        let more = format!("thought {number} ");
        draft += &more;
        terminal.types(&more, draft.trim());
        kept(&server.address, home.path(), id, draft.trim()).await;
        terminal.signal(signal);
        let status = terminal.ended();
        assert!(!status.success(), "a signal is not a good end: {status:?}");
        let key = format!("alone-{number}");
        customer.say(&key, "is anybody there?").await.unwrap();
        customer.until_stored(&key).await.unwrap();

        terminal = Terminal::open(home.path());
        terminal.until(chosen);
        terminal.until(draft.trim());
        terminal.until("is anybody there?");
        terminal.does("r", "Esc keep");
    }
    terminal.does("\r", &format!("you {}", draft.trim()));
    customer.until_read(draft.trim()).await.unwrap();
    without_a_gap(&first);
    without_a_gap(&second);
}

/// Asks on sockets of its own until the server keeps this selection and a draft with this text.
async fn kept(address: &Address, home: &Path, id: &str, text: &str) {
    let token = DataFolder::open(home).unwrap().admin_token().unwrap();
    let asking = async {
        loop {
            let (drafts, view) = welcome(address, &token).await;
            if view.is_some_and(|view| view.contains(id)) && drafts.iter().any(|draft| draft.text.raw().trim() == text)
            {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("the server keeps view and draft");
}

async fn welcome(address: &Address, token: &str) -> (Vec<KeptDraft>, Option<String>) {
    let options =
        socket::Options { address: address.clone(), token: token.to_owned(), read_only: true, passing: false };
    let mut feed = socket::connect(options);
    while let Some(event) = feed.events.recv().await {
        let FeedEvent::Reply(reply) = event else { continue };
        if let ConsoleReply::Welcome { seq: Some(_), drafts, view, .. } = *reply {
            return (drafts, view);
        }
    }
    panic!("the feed ended");
}
