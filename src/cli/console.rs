//! `baton`, `baton console` and `baton replay`: a console on a floor, here or elsewhere.

use std::io::IsTerminal;

use super::attach;
use super::failure::Failure;
use super::line::Line;
use super::place::Place;
use super::print::Printer;
use super::reach::Reach;
use crate::client::feed::{Feed, FeedEvent};
use crate::client::socket;
use crate::console::app::{self, Exit};

/// A console alone, on a floor that runs
#[derive(Debug, clap::Args)]
pub(super) struct Console {
    #[command(flatten)]
    reach: Reach,
    /// Look only
    #[arg(long)]
    read_only: bool,
    /// Colours: midnight, daylight, contrast, mono
    #[arg(long)]
    theme: Option<String>,
    /// Lines of text instead of a screen
    #[arg(long, conflicts_with = "json")]
    plain: bool,
    /// Everything the floor says, one JSON object a line
    #[arg(long)]
    json: bool,
}

/// Plays a past conversation in the console
#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// Which: an id, or a handle like c-1042
    conversation: String,
    /// Colours: midnight, daylight, contrast, mono
    #[arg(long)]
    theme: Option<String>,
}

impl Console {
    /// Connects and shows.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        if !self.plain && !self.json {
            needs_terminal()?;
        }
        super::on_tokio(async {
            let (address, token) = self.reach.target(place).await?;
            let url = address.to_string();
            let feed = socket::connect(socket::Options { address, token, read_only: self.read_only, passing: false });
            if self.json {
                return tell(feed, &url, printer).await;
            }
            if self.plain {
                let options = app::Options { read_only: self.read_only, ..app::Options::default() };
                return ended(&app::lines(options, feed, |line| printer.line(line)).await?, printer);
            }
            let options = app::Options {
                theme: self.theme.clone(),
                read_only: self.read_only,
                keymap: keymap()?,
                ..app::Options::default()
            };
            ended(&Box::pin(app::run(options, feed)).await.map_err(Failure::failed)?, printer)
        })
    }
}

impl Replay {
    /// Opens the console with the player on that conversation.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        open(
            place,
            app::Options { theme: self.theme, replay: Some(self.conversation), ..app::Options::default() },
            printer,
        )
    }
}

/// `baton` alone: the console on this data folder's floor, which goes on without it.
pub(super) fn open(place: &Place, options: app::Options, printer: &mut Printer) -> Result<(), Failure> {
    needs_terminal()?;
    let keymap = keymap()?;
    super::on_tokio(async {
        let reached = attach::reach(place).await?;
        let url = reached.address.to_string();
        let target =
            socket::Options { address: reached.address, token: reached.token, read_only: false, passing: false };
        if let Some(conversation) = &options.replay {
            // What is not there is told before the screen is taken.
            let mut line = Line::to(target.clone())?;
            line.session(conversation).await?;
            line.close().await?;
        }
        let exit = Box::pin(app::run(app::Options { keymap, ..options }, socket::connect(target)))
            .await
            .map_err(Failure::failed)?;
        ended(&exit, printer)?;
        if exit == Exit::Detached {
            let began = if reached.fresh { "started and goes on" } else { "goes on" };
            printer.says(&format!(
                "the floor {began} at {url} (process {}); `baton` opens it again, `:shutdown` there ends it",
                reached.pid
            ))?;
        }
        Ok(())
    })
}

fn needs_terminal() -> Result<(), Failure> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::failed(
        "the console needs a terminal; `baton console --plain` and `--json` do without, `baton serve` runs the floor alone",
    ))
}

/// The user's own keys, if they have any.
fn keymap() -> Result<Option<String>, Failure> {
    let Some(dirs) = directories::ProjectDirs::from("", "", "baton") else { return Ok(None) };
    let path = dirs.config_dir().join("keymap.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::failed(format!("cannot read {}: {error}", path.display()))),
    }
}

fn ended(exit: &Exit, printer: &mut Printer) -> Result<(), Failure> {
    match exit {
        Exit::Detached => Ok(()),
        Exit::ShutDown => printer.says(&"the floor was told to stop"),
        Exit::Lost { reason } => Err(Failure::failed(reason)),
        Exit::Signalled { signal } => Err(Failure::failed(format!("ended by {signal}; the floor goes on"))),
        Exit::Crashed => Err(Failure::failed("the console crashed and gave the terminal back; the floor goes on")),
    }
}

/// Everything the floor says, one JSON object a line.
async fn tell(mut feed: Feed, url: &str, printer: &mut Printer) -> Result<(), Failure> {
    let mut known = false;
    while let Some(event) = feed.events.recv().await {
        match event {
            FeedEvent::Reply(reply) => printer.json(&reply)?,
            FeedEvent::Connected => known = true,
            // Who was never there is not waited for.
            FeedEvent::Lost { reason, .. } if !known => {
                return Err(Failure::failed(format!("cannot reach {url}: {reason}; `baton serve` starts a floor")));
            }
            FeedEvent::Connecting { .. } | FeedEvent::Lost { .. } => {}
            FeedEvent::Ended { reason } => return Err(Failure::failed(reason)),
        }
    }
    Ok(())
}
