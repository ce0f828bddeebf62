//! `baton chat`: a customer in a terminal, a line a message.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use tokio::sync::mpsc;

use super::attach;
use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::client::customer::{Access, Chat as Wire, ChatEvent, Options, connect};
use crate::client::{Address, rest};
use crate::domain::id::TurnNo;
use crate::protocol::customer::{CustomerReply, CustomerRequest, Speaker, SpeakerKind};

/// Lines that wait for the wire.
const LINES: usize = 16;
/// When the input has ended, so much silence means that all is answered.
const SILENCE: Duration = Duration::from_secs(8);

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
            let address = match &self.connect {
                Some(url) => Address::parse(url)?,
                None => attach::reach(place).await?.address,
            };
            let minted = rest::mint(&address, None, None).await?;
            let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
            let wire = connect(Options { address, access, after: TurnNo(0) });
            if std::io::stdin().is_terminal() {
                printer.says(&"Type a message and Enter. /human asks for a person, /rate 5 rates, /quit ends.")?;
            }
            talk(wire, lines(), printer).await
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

async fn talk(mut wire: Wire, mut lines: mpsc::Receiver<String>, printer: &mut Printer) -> Result<(), Failure> {
    let mut reading = true;
    loop {
        let silence = async {
            if reading {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(SILENCE).await;
        };
        tokio::select! {
            event = wire.events.recv() => match event {
                Some(ChatEvent::Reply(reply)) => hear(&reply, printer)?,
                Some(ChatEvent::Lost { reason, .. }) => printer.says(&format!("· connection lost: {reason}"))?,
                Some(ChatEvent::Ended { reason }) => return Err(Failure::failed(reason)),
                None => return Ok(()),
            },
            line = lines.recv(), if reading => match line.as_deref().map(request) {
                None => reading = false,
                Some(Typed::Quit) => return Ok(()),
                Some(Typed::Nothing) => {}
                Some(Typed::Unknown) => printer.says(&"· /human, /rate 1 to 5, /quit; everything else is said")?,
                Some(Typed::Request(request)) => {
                    if wire.requests.send(request).await.is_err() {
                        return Err(Failure::failed("the connection has ended"));
                    }
                }
            },
            () = silence => return Ok(()),
        }
    }
}

enum Typed {
    Request(CustomerRequest),
    Quit,
    Nothing,
    Unknown,
}

fn request(line: &str) -> Typed {
    let line = line.trim();
    match line.split_once(' ').unwrap_or((line, "")) {
        ("", _) => Typed::Nothing,
        ("/quit", _) => Typed::Quit,
        ("/human", _) => Typed::Request(CustomerRequest::Human { key: None }),
        ("/rate", score) => match score.trim().parse() {
            Ok(score) => Typed::Request(CustomerRequest::Rate { key: None, score, comment: None }),
            Err(_) => Typed::Unknown,
        },
        _ if line.starts_with('/') => Typed::Unknown,
        _ => Typed::Request(CustomerRequest::Say { key: None, text: line.into() }),
    }
}

fn hear(reply: &CustomerReply, printer: &mut Printer) -> Result<(), Failure> {
    match reply {
        CustomerReply::Message(message) if message.author.kind == SpeakerKind::You => Ok(()),
        CustomerReply::Message(message) => {
            printer.says(&format!("{}: {}", speaker(&message.author), message.text.clean()))?;
            for source in &message.sources {
                printer.says(&format!("  · from “{}”", source.one_line()))?;
            }
            Ok(())
        }
        CustomerReply::Notice { text, .. } => printer.says(&format!("· {}", text.clean())),
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
