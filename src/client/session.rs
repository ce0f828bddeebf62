//! One exchange with a server over as many sockets as it takes: dial, say again what was not
//! answered, hand replies over in order, wait, dial again.

use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::link::{Backoff, Down, Link};
use crate::protocol::limits::PING_EVERY;

/// What to do with a reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// Hand it on.
    On,
    /// It is known already.
    Skip,
    /// Something before it is missing: this socket is of no use any more.
    Gap,
}

/// What is next to be said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<R> {
    /// This frame goes out.
    Frame(String),
    /// No frame can hold it; this is the answer.
    Answer(R),
}

/// What happened to the connection, in the words of an exchange.
pub(super) enum News<R> {
    Connecting { attempt: u32 },
    Connected,
    Reply(R),
    Lost { reason: String, retry_ms: u64 },
    Ended { reason: String },
}

/// One kind of exchange: what it says first, what it says again, and what it has heard.
pub(super) trait Exchange: Send + 'static {
    type Request: Send + 'static;
    type Reply: DeserializeOwned + Send + 'static;
    type Event: Send + 'static;

    /// Connects and says hello.
    fn dial(&self) -> impl Future<Output = Result<Link, Down>> + Send;
    /// Prepares what a new socket has to hear.
    fn again(&mut self);
    /// Whether more may be asked before something is answered.
    fn has_room(&self) -> bool;
    /// Takes a request of the user.
    fn take(&mut self, request: Self::Request);
    /// What is next to be said on this socket, if anything.
    fn next(&mut self) -> Option<Next<Self::Reply>>;
    /// Notes a reply.
    fn heard(&mut self, reply: &Self::Reply) -> Pass;
    /// The words of a reply that says why the socket will be closed.
    fn fault(reply: &Self::Reply) -> Option<&str>;
    /// What the user hears of it, if they do.
    fn event(news: News<Self::Reply>) -> Option<Self::Event>;
}

/// An exchange at work.
pub(super) struct Session<E: Exchange> {
    pub(super) exchange: E,
    pub(super) requests: mpsc::Receiver<E::Request>,
    pub(super) events: mpsc::Sender<E::Event>,
}

/// The user is gone.
struct Dropped;

impl<E: Exchange> Session<E> {
    /// Goes on until its user drops it or coming again would not help.
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::default();
        // Whoever dropped it hears nothing more.
        let _ = self.lives(&mut backoff).await;
    }

    async fn lives(&mut self, backoff: &mut Backoff) -> Result<(), Dropped> {
        loop {
            self.tell(News::Connecting { attempt: backoff.attempt() + 1 }).await?;
            match self.connected(backoff).await? {
                Down::Final(reason) => return self.tell(News::Ended { reason }).await,
                Down::Lost(reason) => {
                    let wait = backoff.next();
                    self.tell(News::Lost { reason, retry_ms: wait.as_millis() as u64 }).await?;
                    self.rest(wait).await?;
                }
            }
        }
    }

    /// One socket from dial to loss.
    async fn connected(&mut self, backoff: &mut Backoff) -> Result<Down, Dropped> {
        let mut link = match self.exchange.dial().await {
            Ok(link) => link,
            Err(down) => return Ok(down),
        };
        self.exchange.again();
        let mut known = false;
        let mut pings = tokio::time::interval(Duration::from_millis(PING_EVERY.0));
        loop {
            while let Some(next) = self.exchange.next() {
                match next {
                    Next::Frame(text) => {
                        if let Err(down) = link.send(text).await {
                            return Ok(down);
                        }
                    }
                    Next::Answer(reply) => self.tell(News::Reply(reply)).await?,
                }
            }
            let room = self.exchange.has_room();
            tokio::select! {
                frame = link.next() => {
                    let text = match frame {
                        Ok(text) => text,
                        Err(down) => return Ok(down),
                    };
                    let Ok(reply) = serde_json::from_str::<E::Reply>(&text) else {
                        let way_out = "the server speaks another protocol; use the same version on both sides";
                        return Ok(Down::Final(way_out.into()));
                    };
                    if let Some(fault) = E::fault(&reply) {
                        link.told = Some(fault.to_owned());
                    } else if !known {
                        known = true;
                        backoff.reset();
                        self.tell(News::Connected).await?;
                    }
                    match self.exchange.heard(&reply) {
                        Pass::On => self.tell(News::Reply(reply)).await?,
                        Pass::Skip => {}
                        Pass::Gap => {
                            return Ok(Down::Lost("something was missed; asking for the whole picture".into()));
                        }
                    }
                }
                request = self.requests.recv(), if room => {
                    let Some(request) = request else {
                        link.close().await;
                        return Err(Dropped);
                    };
                    self.exchange.take(request);
                }
                _ = pings.tick() => if let Err(down) = link.ping().await {
                    return Ok(down);
                },
            }
        }
    }

    /// Waits between two sockets; what the user asks meanwhile is kept.
    async fn rest(&mut self, wait: Duration) -> Result<(), Dropped> {
        let until = Instant::now() + wait;
        loop {
            let room = self.exchange.has_room();
            tokio::select! {
                () = tokio::time::sleep_until(until) => return Ok(()),
                request = self.requests.recv(), if room => self.exchange.take(request.ok_or(Dropped)?),
            }
        }
    }

    /// Hands news over. A user who waits to send while their events are full is served too, so that
    /// the two queues cannot lock each other.
    async fn tell(&mut self, news: News<E::Reply>) -> Result<(), Dropped> {
        let Some(event) = E::event(news) else { return Ok(()) };
        let mut sending = std::pin::pin!(self.events.send(event));
        loop {
            let room = self.exchange.has_room();
            tokio::select! {
                sent = &mut sending => return sent.map_err(|_| Dropped),
                request = self.requests.recv(), if room => self.exchange.take(request.ok_or(Dropped)?),
            }
        }
    }
}
