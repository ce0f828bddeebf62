//! `baton chat`: a customer in a terminal, a line a message.

use std::collections::VecDeque;
use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use tokio::sync::mpsc;

use super::attach;
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use super::words;
use crate::client::customer::{Access, Chat as Wire, ChatEvent, Options, connect};
use crate::client::files::upload;
use crate::client::{Address, rest};
use crate::domain::file::{FILE_BYTES_MAX, size};
use crate::domain::id::TurnNo;
use crate::protocol::customer::{CustomerReply, CustomerRequest, OwnFile, Speaker, SpeakerKind};

/// Lines that wait for the wire.
const LINES: usize = 16;
/// So much silence means that no answer comes.
const SILENCE: Duration = Duration::from_secs(8);
/// So much silence after an answer means that it is whole.
const QUIET: Duration = Duration::from_millis(400);

/// Talks to a floor as a customer
#[derive(Debug, clap::Args)]
pub(super) struct Chat {
    /// The server, like https://chat.example.com [default: the floor of the data folder]
    #[arg(long, value_name = "URL")]
    connect: Option<String>,
}

impl Chat {
    /// Talks until one side ends it.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        super::on_tokio(async {
            let (address, fresh) = if let Some(url) = &self.connect {
                (Address::parse(url)?, None)
            } else {
                let reached = attach::reach(place).await?;
                (reached.address, reached.fresh.then_some(reached.pid))
            };
            let minted = rest::mint(&address, None, None).await?;
            let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
            let door = (address.clone(), access.clone());
            let wire = connect(Options { address: address.clone(), access, after: TurnNo(0) });
            let typed = std::io::stdin().is_terminal();
            if typed {
                printer.says(&"Type a message and Enter. /human asks for a person (/later: they write later, /leave: no longer), /edit WORDS puts them in place of your last message, /file PATH sends a file (words behind it go along), /rate 5 rates, /quit ends.")?;
            }
            Talk {
                wire,
                door,
                lines: lines(),
                typed,
                ready: typed,
                heard: false,
                composing: false,
                sent: VecDeque::new(),
                last: None,
            }
            .run(printer)
            .await?;
            if let Some(pid) = fresh {
                printer.says(&format!("· the floor was started for this and goes on at {address} (process {pid})"))?;
            }
            Ok(())
        })
    }
}

/// Lines of the standard input, from a thread of their own: a read of a terminal cannot be given up.
fn lines() -> mpsc::Receiver<String> {
    let (to, lines) = mpsc::channel(LINES);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if to.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// A conversation at the terminal. Lines that nobody types are said one at a time, each after the
/// answer to the one before.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing about the exchange; none excludes another")]
struct Talk {
    wire: Wire,
    /// Where files are uploaded.
    door: (Address, Access),
    lines: mpsc::Receiver<String>,
    /// Somebody types, so their words are on the screen already.
    typed: bool,
    /// Whether the next line may be said.
    ready: bool,
    /// Whether something came since the last line.
    heard: bool,
    /// Whether somebody is seen composing.
    composing: bool,
    /// Requests that are not answered yet, oldest first: whether each is a message.
    sent: VecDeque<bool>,
    /// The number of the last message.
    last: Option<TurnNo>,
}

impl Talk {
    async fn run(mut self, printer: &mut Printer) -> Result<(), Failure> {
        let mut reading = true;
        loop {
            let patience = if self.heard && !self.composing { QUIET } else { SILENCE };
            let waits = !(reading && self.ready);
            tokio::select! {
                event = self.wire.events.recv() => match event {
                    Some(ChatEvent::Reply(reply)) => {
                        self.note(&reply);
                        hear(&reply, printer)?;
                    }
                    Some(ChatEvent::Lost { reason, .. }) => printer.says(&format!("· connection lost: {reason}"))?,
                    Some(ChatEvent::Ended { reason }) => return Err(Failure::failed(reason)),
                    None => return Ok(()),
                },
                line = self.lines.recv(), if !waits => match line {
                    None => reading = false,
                    Some(line) => if self.say(&line, printer).await? {
                        return Ok(());
                    },
                },
                () = tokio::time::sleep(patience), if waits => {
                    if !reading {
                        return Ok(());
                    }
                    self.ready = true;
                }
            }
        }
    }

    /// Does what a line asks; true if that is to end.
    async fn say(&mut self, line: &str, printer: &mut Printer) -> Result<bool, Failure> {
        match request(line, self.last) {
            Typed::Quit => return Ok(true),
            Typed::Nothing => {}
            Typed::Unknown => {
                printer.says(&"· /human, /later, /leave, /rate 1 to 5, /file PATH, /edit WORDS once something was said, /quit; everything else is said")?;
            }
            Typed::File(path, words) => {
                let Some(sent) = self.upload(&path, printer).await? else { return Ok(false) };
                let request = CustomerRequest::Say { key: None, text: words.as_str().into(), files: vec![sent.file] };
                (self.ready, self.heard) = (self.typed, false);
                self.sent.push_back(true);
                if self.wire.requests.send(request).await.is_err() {
                    return Err(Failure::failed("the connection has ended"));
                }
            }
            Typed::Request(request) => {
                if !self.typed {
                    printer.says(&format!("you: {}", line.trim()))?;
                }
                self.sent.push_back(matches!(request, CustomerRequest::Say { .. }));
                (self.ready, self.heard) = (self.typed, false);
                if self.wire.requests.send(request).await.is_err() {
                    return Err(Failure::failed("the connection has ended"));
                }
            }
        }
        Ok(false)
    }

    /// Reads a file and uploads it; nothing, with a word about it, when either cannot be.
    async fn upload(&self, path: &str, printer: &mut Printer) -> Result<Option<OwnFile>, Failure> {
        let name = std::path::Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = match std::fs::metadata(path) {
            Ok(about) if about.len() > u64::from(FILE_BYTES_MAX) => Err(format!("{path} is too large")),
            Ok(_) => std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}")),
            Err(error) => Err(format!("cannot read {path}: {error}")),
        };
        let content = match content {
            Ok(content) => content,
            Err(why) => return printer.says(&format!("· not sent: {why}")).map(|()| None),
        };
        match upload(&self.door.0, &self.door.1, &name, content).await {
            Ok(sent) => {
                let (name, size) = (sent.name.one_line(), size(sent.bytes));
                printer.says(&format!("you: ▤ {name} · {size} · {}", sent.kind.word()))?;
                Ok(Some(sent))
            }
            Err(error) => printer.says(&format!("· not sent: {error}")).map(|()| None),
        }
    }

    fn note(&mut self, reply: &CustomerReply) {
        let answers = match reply {
            CustomerReply::Stored { .. } | CustomerReply::Rated { .. } | CustomerReply::Refused { .. } => {
                self.sent.pop_front()
            }
            CustomerReply::Welcome { .. }
            | CustomerReply::Message(_)
            | CustomerReply::Notice { .. }
            | CustomerReply::Typing { .. }
            | CustomerReply::Handover { .. }
            | CustomerReply::Resolved {} => None,
        };
        if let (Some(true), CustomerReply::Stored { turn, .. }) = (answers, reply) {
            self.last = Some(*turn);
        }
        match reply {
            CustomerReply::Message(message) => self.heard |= message.author.kind != SpeakerKind::You,
            CustomerReply::Typing { on, .. } => self.composing = *on,
            CustomerReply::Notice { .. }
            | CustomerReply::Resolved {}
            | CustomerReply::Rated { .. }
            | CustomerReply::Refused { .. } => self.heard = true,
            CustomerReply::Welcome { .. } | CustomerReply::Stored { .. } | CustomerReply::Handover { .. } => {}
        }
    }
}

enum Typed {
    Request(CustomerRequest),
    /// A file by its path, with words.
    File(String, String),
    Quit,
    Nothing,
    Unknown,
}

fn request(line: &str, last: Option<TurnNo>) -> Typed {
    let line = line.trim();
    match line.split_once(' ').unwrap_or((line, "")) {
        ("", _) => Typed::Nothing,
        ("/quit", _) => Typed::Quit,
        ("/human", _) => Typed::Request(CustomerRequest::Human { key: None }),
        ("/later", _) => Typed::Request(CustomerRequest::CallBack { key: None }),
        ("/leave", _) => Typed::Request(CustomerRequest::LeaveLine { key: None }),
        ("/rate", score) => match score.trim().parse() {
            Ok(score) => Typed::Request(CustomerRequest::Rate { key: None, score, comment: None }),
            Err(_) => Typed::Unknown,
        },
        ("/edit", words) if !words.trim().is_empty() => last.map_or(Typed::Unknown, |turn| {
            Typed::Request(CustomerRequest::Edit { key: None, turn, text: words.trim().into() })
        }),
        ("/file", rest) if !rest.trim().is_empty() => {
            let (path, words) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
            Typed::File(path.to_owned(), words.trim().to_owned())
        }
        _ if line.starts_with('/') => Typed::Unknown,
        _ => Typed::Request(CustomerRequest::Say { key: None, text: line.into(), files: Vec::new() }),
    }
}

fn hear(reply: &CustomerReply, printer: &mut Printer) -> Result<(), Failure> {
    match reply {
        CustomerReply::Message(message) if message.author.kind == SpeakerKind::You => Ok(()),
        CustomerReply::Message(message) => {
            let text = words::hanging(message.text.clean().as_str(), 2);
            let translated = if message.translated { " (translated by a machine)" } else { "" };
            printer.says(&format!("{}: {text}{translated}", speaker(&message.author)))?;
            for source in &message.sources {
                printer.says(&format!("  · from “{}”", source.one_line()))?;
            }
            Ok(())
        }
        CustomerReply::Notice { text, .. } => printer.says(&format!("· {}", words::hanging(text.clean().as_str(), 2))),
        CustomerReply::Handover { to } => printer.says(&format!("· {} answers from here on", speaker(to))),
        CustomerReply::Resolved {} => printer.says(&"· settled; /rate 1 to 5 tells how it was"),
        CustomerReply::Rated { .. } => printer.says(&"· thank you for the rating"),
        CustomerReply::Refused { message, .. } => printer.says(&format!("· not taken: {message}")),
        CustomerReply::Welcome { .. } | CustomerReply::Stored { .. } | CustomerReply::Typing { .. } => Ok(()),
    }
}

fn speaker(speaker: &Speaker) -> String {
    match speaker.kind {
        SpeakerKind::You => "you".into(),
        SpeakerKind::Ai => format!("{} (AI)", speaker.name),
        SpeakerKind::Human => format!("{} (a person)", speaker.name),
        SpeakerKind::Waiting => "the next free colleague".into(),
        SpeakerKind::House => "the house".into(),
    }
}
