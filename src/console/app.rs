//! The only async part: events of the terminal, the feed and the clock become messages; effects
//! become requests and frames.

mod files;
mod input;
mod keyboard;
mod lines;
mod signals;
mod zone;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::time::{Duration, Instant};

use crossterm::event::Event;
use crossterm::tty::IsTty;
use tokio::sync::mpsc;

use super::keymap::{Keymap, KeymapError};
use super::model::painted::Painted;
use super::model::{Link, Model, Size, View};
use super::pane::Screen;
use super::terminal::{self, Canvas, Guard, Writer};
use super::theme::{Depth, Theme, ThemeError};
use super::update::{Effect, Message, Wanted, next_wake, update};
use crate::client::feed::{Feed, FeedEvent};
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Millis;
use files::Shelf;
use keyboard::Keyboard;
pub use lines::lines;
use signals::{Signal, Signals};

/// The console stood still when it was busy, or a frame was on its way, for so long: what was typed
/// meanwhile was typed at a screen that nobody could see change.
const STALL: Millis = Millis(250);
/// Events of the feed that are taken before a frame is drawn; the rest waits for the next one.
const FEED_BATCH: usize = 256;
/// Longest text that goes to the clipboard: terminals drop longer sequences.
const COPY_BYTES_MAX: usize = 48 * 1024;
/// The terminal is asked for its background no longer than this.
const BACKGROUND_PATIENCE: Duration = Duration::from_millis(150);
/// What came of opening a file, in words.
type Came = Result<Clean, Clean>;

/// Files that were opened and are not told of yet.
const OPENED: usize = 16;
/// Without anything to do the console looks around so often.
const IDLE: Millis = Millis::from_secs(60);

/// How a console is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which theme; none chooses dark or light by the terminal's background.
    pub theme: Option<String>,
    /// Look only.
    pub read_only: bool,
    /// The first view.
    pub start_view: View,
    /// A conversation to play at once: an id or a handle.
    pub replay: Option<String>,
    /// Text of the user's keymap file, if there is one.
    pub keymap: Option<String>,
}

/// Why a console ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// Its user left; the floor goes on.
    Detached,
    /// Its user stopped the floor.
    ShutDown,
    /// The feed is over.
    Lost {
        /// Why, with the way out.
        reason: String,
    },
    /// The terminal went away or somebody asked the process to end; the floor goes on.
    Signalled {
        /// `SIGHUP`, `SIGTERM` …
        signal: &'static str,
    },
    /// Another thread panicked and the terminal was given back; the floor goes on.
    Crashed,
}

/// Why a console could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Standard input or output is no terminal.
    #[error("the console needs a terminal; for pipes and screen readers there is --plain, for programs --json")]
    NoTerminal,
    /// The theme cannot be used.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// The keymap file cannot be used.
    #[error(transparent)]
    Keymap(#[from] KeymapError),
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
}

/// Runs a console on a feed until its user leaves, the feed ends or the terminal goes away.
///
/// Takes standard input and output, and gives the terminal back on every way out. Must run on a
/// tokio runtime with time and IO.
pub async fn run(options: Options, feed: Feed) -> Result<Exit, Error> {
    if !io::stdin().is_tty() || !io::stdout().is_tty() {
        return Err(Error::NoTerminal);
    }
    let keymap = Keymap::read(options.keymap.as_deref())?;
    let depth = Depth::of(|name| std::env::var(name).ok());
    // The terminal answers on standard input, so it is asked before that is read for keys.
    let name = options.theme.clone().unwrap_or_else(|| by_background(depth).to_owned());
    let theme = Theme::named(&name, depth)?;
    let mut model = Model::new(keymap, zone::system(), theme.name(), &stem());
    model.read_only = options.read_only;
    model.view = options.start_view;
    model.replay = options.replay;
    let signals = Signals::new()?;
    let guard = Guard::take()?;
    let shelf = Shelf::new(&stem());
    let opened = mpsc::channel(OPENED);
    let (told, drawn) = mpsc::channel(4);
    let writer = Writer::start(move |written| drop(told.blocking_send(written)))?;
    let service = Service {
        model,
        theme,
        depth,
        canvas: Canvas::new(),
        writer,
        drawn,
        shelf,
        opened,
        screen: None,
        flying: None,
        stale: false,
        awake: false,
        begun: Instant::now(),
        exit: None,
        lost: None,
    };
    let exit = service.run(feed, signals).await;
    drop(guard);
    exit
}

/// The beginning of this console's keys, its alone: 64 bits that the system drew.
fn stem() -> String {
    format!("con-{:016x}", RandomState::new().build_hasher().finish())
}

fn by_background(depth: Depth) -> &'static str {
    let mut query = terminal_colorsaurus::QueryOptions::default();
    query.timeout = BACKGROUND_PATIENCE;
    match (depth, terminal_colorsaurus::theme_mode(query)) {
        (Depth::None, _) => "mono",
        (_, Ok(terminal_colorsaurus::ThemeMode::Light)) => "daylight",
        (_, Ok(terminal_colorsaurus::ThemeMode::Dark) | Err(_)) => "midnight",
    }
}

/// The terminal has gone.
const HUNG_UP: Exit = Exit::Signalled { signal: "SIGHUP" };

struct Service {
    model: Model,
    theme: Theme,
    depth: Depth,
    canvas: Canvas,
    writer: Writer,
    drawn: mpsc::Receiver<io::Result<()>>,
    /// Where files that are opened lie.
    shelf: Shelf,
    /// What came of opening them.
    opened: (mpsc::Sender<Came>, mpsc::Receiver<Came>),
    /// The screen that stands on the terminal, or is on its way there.
    screen: Option<Screen>,
    /// What was painted by the frame on its way, and since when it is.
    flying: Option<(Painted, Millis)>,
    /// Input that is there already was typed during a stall.
    stale: bool,
    /// The signal to go on, which follows our own stop, was acted on already.
    awake: bool,
    begun: Instant,
    exit: Option<Exit>,
    lost: Option<String>,
}

impl Service {
    async fn run(mut self, mut feed: Feed, mut signals: Signals) -> Result<Exit, Error> {
        let mut keyboard = Keyboard::new()?;
        self.resized(&feed);
        loop {
            self.draw();
            if !terminal::is_taken() {
                return Ok(Exit::Crashed);
            }
            if let Some(exit) = self.exit.take() {
                return Ok(exit);
            }
            if std::mem::take(&mut self.stale) {
                self.drain(&feed);
                continue;
            }
            let wake = self.wake();
            tokio::select! {
                biased;
                signal = signals.next() => match signal {
                    Signal::End(signal) => return Ok(Exit::Signalled { signal }),
                    Signal::Stop => self.suspend(&feed)?,
                    Signal::Continued if std::mem::take(&mut self.awake) => {}
                    // The signal to go on comes with a hang-up too: then there is nothing to take.
                    Signal::Continued if self.take_again(&feed).is_err() => return Ok(HUNG_UP),
                    Signal::Continued => {}
                    Signal::Resized => self.resized(&feed),
                },
                written = self.drawn.recv() => match written {
                    Some(Ok(())) | None => self.landed(&feed),
                    // A terminal that takes nothing any more has gone.
                    Some(Err(_)) => return Ok(HUNG_UP),
                },
                // A key waits until the frame before it stands on the screen: it is aimed at that.
                event = keyboard.next(), if self.flying.is_none() => match event {
                    Some(event) => self.event(event, true, &feed),
                    None => return Ok(HUNG_UP),
                },
                event = feed.events.recv(), if self.lost.is_none() => {
                    self.feed_event(event, &feed);
                    for _ in 0..FEED_BATCH {
                        let Ok(event) = feed.events.try_recv() else { break };
                        self.feed_event(Some(event), &feed);
                    }
                }
                Some(came) = self.opened.1.recv() => self.message(Message::Told(came), &feed),
                () = tokio::time::sleep(wake) => self.message(Message::Tick, &feed),
            }
        }
    }

    fn wall(&self) -> Millis {
        Millis(u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn wake(&self) -> Duration {
        let wall = self.wall();
        let at = next_wake(&self.model).unwrap_or(Millis(wall.0 + IDLE.0));
        Duration::from_millis(at.0.saturating_sub(wall.0).clamp(1, IDLE.0))
    }

    fn message(&mut self, message: Message, feed: &Feed) {
        let before = self.wall();
        for effect in update(&mut self.model, before, message) {
            self.effect(effect, feed);
        }
        self.stale |= self.wall().0.saturating_sub(before.0) > STALL.0;
    }

    fn event(&mut self, event: Event, fresh: bool, feed: &Feed) {
        if let Some(message) = input::message(event, fresh) {
            self.message(message, feed);
        }
    }

    /// What was typed at a screen that stood still types, but does not act.
    fn drain(&mut self, feed: &Feed) {
        while let Ok(Some(event)) = keyboard::typed() {
            self.event(event, false, feed);
        }
        self.stale = false;
    }

    fn feed_event(&mut self, event: Option<FeedEvent>, feed: &Feed) {
        let clean = |text: &str| Foreign::new(text).one_line();
        let link = match event {
            Some(FeedEvent::Reply(reply)) => return self.message(Message::Reply(reply), feed),
            Some(FeedEvent::Connecting { attempt }) => Link::Connecting(attempt),
            Some(FeedEvent::Connected) => Link::Greeting,
            Some(FeedEvent::Lost { reason, retry_ms }) => {
                Link::Lost { reason: clean(&reason), retry_at: Millis(self.wall().0 + retry_ms) }
            }
            Some(FeedEvent::Ended { reason }) => self.ended(reason),
            None => self.ended("the feed ended without a word".into()),
        };
        self.message(Message::Link(link), feed);
    }

    /// The feed is over. Who has a picture keeps it until they leave; who has none would look at nothing.
    fn ended(&mut self, reason: String) -> Link {
        if self.model.you.is_none() {
            self.exit = Some(Exit::Lost { reason: reason.clone() });
        }
        let link = Link::Ended(Foreign::new(&reason).one_line());
        self.lost = Some(reason);
        link
    }

    fn effect(&mut self, effect: Effect, feed: &Feed) {
        match effect {
            Effect::Send(request) => {
                if let Err(mpsc::error::TrySendError::Full(request) | mpsc::error::TrySendError::Closed(request)) =
                    feed.requests.try_send(*request)
                {
                    self.message(Message::Unsent(Box::new(request)), feed);
                }
            }
            Effect::Copy(text) => self.copy(&text),
            Effect::OpenFile(wanted) => self.open_file(*wanted, feed),
            Effect::Leave { stopped } => {
                self.exit = Some(match (stopped, &self.lost) {
                    (true, _) => Exit::ShutDown,
                    (false, Some(reason)) => Exit::Lost { reason: reason.clone() },
                    (false, None) => Exit::Detached,
                });
            }
            Effect::Redraw => {
                self.canvas.forget();
                self.screen = None;
            }
            Effect::Suspend => signals::stop_asked(),
        }
    }

    /// Fetches and opens a file; the screen goes on meanwhile.
    fn open_file(&self, wanted: Wanted, feed: &Feed) {
        let (told, folder, source) = (self.opened.0.clone(), self.shelf.folder(), feed.files.clone());
        tokio::spawn(async move {
            let came = match source {
                Some(source) => files::open(source, wanted, folder).await,
                None => Err(Clean::fixed("there are no files here: this is a recording")),
            };
            let _ = told.send(came).await;
        });
    }

    fn copy(&self, text: &Clean) {
        let text = text.as_str();
        let end = (0..=text.len().min(COPY_BYTES_MAX)).rev().find_map(|end| text.get(..end));
        let copy = crossterm::clipboard::CopyToClipboard::to_clipboard_from(end.unwrap_or_default());
        let mut bytes = String::new();
        if crossterm::Command::write_ansi(&copy, &mut bytes).is_ok() {
            // Its acknowledgement finds no frame on its way, which is fine.
            self.writer.write(bytes.into_bytes());
        }
    }

    /// Draws if anything shown is different and no frame is on its way; states in between are not drawn.
    fn draw(&mut self) {
        if self.flying.is_some() {
            return;
        }
        let before = self.wall();
        if self.model.theme != self.theme.name()
            && let Ok(theme) = Theme::named(&self.model.theme, self.depth)
        {
            // Without colours every theme is the same one.
            theme.name().clone_into(&mut self.model.theme);
            self.theme = theme;
            self.canvas.forget();
            self.screen = None;
        }
        let screen = Screen::of(&self.model);
        if self.screen.as_ref().is_some_and(|shown| shown.looks_like(&screen)) {
            // The same picture may stand for newer entries: it is still what the author sees.
            update(&mut self.model, before, Message::Painted(Box::new(screen.painted)));
            return;
        }
        let size = self.model.size;
        let frame = self.canvas.frame(&screen, (size.columns, size.lines), &self.theme);
        let painted = screen.painted.clone();
        self.screen = Some(screen);
        if frame.is_empty() {
            update(&mut self.model, before, Message::Painted(Box::new(painted)));
        } else if self.writer.write(frame) {
            self.flying = Some((painted, before));
        } else {
            self.canvas.forget();
            self.screen = None;
        }
    }

    /// A frame stands on the screen: acts are aimed at it from now on.
    fn landed(&mut self, feed: &Feed) {
        if let Some((painted, since)) = self.flying.take() {
            self.stale |= self.wall().0.saturating_sub(since.0) > STALL.0;
            self.message(Message::Painted(Box::new(painted)), feed);
        }
    }

    /// Gives the terminal to the shell, stops, and takes it again when told to go on.
    fn suspend(&mut self, feed: &Feed) -> Result<(), Error> {
        terminal::give_back();
        signals::stop()?;
        self.awake = true;
        self.take_again(feed)
    }

    /// A shell has put the terminal into its own mode meanwhile: everything is set again.
    fn take_again(&mut self, feed: &Feed) -> Result<(), Error> {
        terminal::give_back();
        // The guard of the start gives it back in the end, whoever took it last.
        std::mem::forget(Guard::take()?);
        self.stale = true;
        self.resized(feed);
        Ok(())
    }

    fn resized(&mut self, feed: &Feed) {
        let (columns, lines) = crossterm::terminal::size().unwrap_or((80, 24));
        self.message(input::size(columns, lines), feed);
    }
}

/// The size of a terminal, as the model keeps it.
const fn size_of(columns: u16, lines: u16) -> Size {
    // A terminal that does not know its size says zero.
    if columns == 0 || lines == 0 { Size { columns: 80, lines: 24 } } else { Size { columns, lines } }
}
