//! One customer's visit over the real socket: deeds go out, what is heard goes in, times are taken.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::client::customer::{Chat, ChatEvent};
use crate::domain::time::Millis;
use crate::protocol::customer::{CustomerReply, CustomerRequest, SpeakerKind};
use crate::simulation::persona::{Deed, Persona};
use crate::simulation::recording::Recording;

/// The demo's own clock: the floor's pace, counted from the beginning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) began: Instant,
    /// Thousandths of the wall's clock.
    pub(super) speed: u32,
}

impl Pace {
    /// How late it is on this clock.
    pub(super) fn now(self) -> Millis {
        Millis((self.began.elapsed().as_micros() * u128::from(self.speed) / 1_000_000) as u64)
    }

    /// When it will be so late.
    pub(super) fn when(self, at: Millis) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.began + self.real(at))
    }

    /// A span of this clock in real time, rounded up.
    pub(super) fn real(self, span: Millis) -> Duration {
        Duration::from_micros((span.0 * 1_000_000).div_ceil(u64::from(self.speed.max(1))))
    }
}

/// Who comes: by a scenario, or by a recording.
pub(super) enum Visitor {
    Persona(Box<Persona>),
    Recording(Box<Recording>),
}

impl Visitor {
    fn next(&self) -> Option<Millis> {
        match self {
            Self::Persona(persona) => persona.next(),
            Self::Recording(recording) => recording.next(),
        }
    }

    fn hear(&mut self, reply: &CustomerReply, at: Millis) {
        match self {
            Self::Persona(persona) => persona.hear(reply, at),
            Self::Recording(recording) => recording.hear(reply, at),
        }
    }

    fn act(&mut self, at: Millis) -> Vec<Deed> {
        match self {
            Self::Persona(persona) => persona.act(at),
            Self::Recording(recording) => recording.act(at),
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        match self {
            Self::Persona(persona) => persona.is_gone(),
            Self::Recording(recording) => recording.is_gone(),
        }
    }
}

/// What a visit was like.
#[derive(Debug, Default)]
pub(super) struct Visit {
    /// Messages that were stored.
    pub(super) stored: u64,
    /// Times from a message to the agent's answer, in microseconds.
    pub(super) answered_us: Vec<u32>,
    /// Requests that were refused, by code, and connections that ended.
    pub(super) trouble: Vec<String>,
}

/// Plays a visit to its end, or until `stop`.
pub(super) async fn visit(mut chat: Chat, visitor: &mut Visitor, pace: Pace, stop: &CancellationToken) -> Visit {
    let mut visit = Visit::default();
    let mut asked: Option<Instant> = None;
    while !visitor.is_gone() {
        let due = visitor.next();
        let sleep = async {
            match due {
                Some(at) => tokio::time::sleep_until(pace.when(at)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            event = chat.events.recv() => match event {
                Some(ChatEvent::Reply(reply)) => {
                    visit.note(&reply, &mut asked);
                    visitor.hear(&reply, pace.now());
                }
                Some(ChatEvent::Lost { .. }) => {}
                Some(ChatEvent::Ended { reason }) => {
                    visit.trouble.push(reason);
                    break;
                }
                None => break,
            },
            () = sleep => {
                for deed in visitor.act(pace.now()) {
                    let Some(request) = request(deed) else { continue };
                    if matches!(request, CustomerRequest::Say { .. }) {
                        asked = Some(Instant::now());
                    }
                    if chat.requests.send(request).await.is_err() {
                        return visit;
                    }
                }
            }
            () = stop.cancelled() => break,
        }
    }
    visit
}

fn request(deed: Deed) -> Option<CustomerRequest> {
    match deed {
        Deed::Typing(on) => Some(CustomerRequest::Typing { on }),
        Deed::Say(text) => Some(CustomerRequest::Say { key: None, text: text.into(), files: Vec::new() }),
        Deed::Human => Some(CustomerRequest::Human { key: None }),
        Deed::Rate(score) => Some(CustomerRequest::Rate { key: None, score, comment: None }),
        Deed::Leave => None,
    }
}

impl Visit {
    fn note(&mut self, reply: &CustomerReply, asked: &mut Option<Instant>) {
        match reply {
            CustomerReply::Stored { .. } => self.stored += 1,
            CustomerReply::Message(message) if message.author.kind == SpeakerKind::Ai => {
                if let Some(asked) = asked.take() {
                    self.answered_us.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
            }
            // From here on it is people who answer, in their own time.
            CustomerReply::Handover { to } if to.kind != SpeakerKind::Ai => *asked = None,
            CustomerReply::Refused { code, .. } => self.trouble.push(code.clone()),
            CustomerReply::Message(_)
            | CustomerReply::Welcome { .. }
            | CustomerReply::Notice { .. }
            | CustomerReply::Handover { .. }
            | CustomerReply::Typing { .. }
            | CustomerReply::Resolved {}
            | CustomerReply::Rated { .. } => {}
        }
    }
}
