//! The customer's end of the wire: what the terminal chat, the demo's customers and the bench use.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;

use super::link::{Address, Backoff, Down, Link};
use crate::domain::id::{ClientKey, TurnNo};
use crate::protocol::PROTOCOL;
use crate::protocol::customer::{CustomerReply, CustomerRequest};
use crate::protocol::limits::PING_EVERY;

/// Requests that wait for the wire.
const REQUESTS: usize = 32;
/// Replies that wait for the reader.
const EVENTS: usize = 128;
/// Requests without an answer; a person has one or two.
const UNANSWERED_MAX: usize = 64;

/// How a customer's client is let in.
#[derive(Clone)]
pub enum Access {
    /// By the channel's token and the integrator's own reference, which makes the conversation at
    /// its first use.
    Channel {
        /// The channel's token.
        token: String,
        /// The integrator's reference.
        reference: String,
        /// A token signed by the embedding site that says who this is.
        identity: Option<String>,
    },
    /// By a conversation's own token; see [`super::rest::mint`].
    Conversation {
        /// The public reference.
        conversation: String,
        /// Its token.
        token: String,
    },
}

impl Access {
    /// Who we are is known now; saying it again would only be written down again.
    fn identified(&mut self) {
        match self {
            Self::Channel { identity, .. } => *identity = None,
            Self::Conversation { .. } => {}
        }
    }
}

/// How to reach a conversation.
#[derive(Clone)]
pub struct Options {
    /// Where the server is.
    pub address: Address,
    /// How we are let in.
    pub access: Access,
    /// The newest turn we have; later ones are sent again.
    pub after: TurnNo,
}

/// Both ends of a customer's exchange.
#[derive(Debug)]
pub struct Chat {
    /// What the customer sends. A request without a key gets one, so that it can be sent again.
    pub requests: mpsc::Sender<CustomerRequest>,
    /// What the customer hears; closed after [`ChatEvent::Ended`].
    pub events: mpsc::Receiver<ChatEvent>,
}

/// What a customer's client hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatEvent {
    /// A reply, each turn once and in order. `welcome` comes again after each reconnect.
    Reply(CustomerReply),
    /// The connection is gone and will be made again.
    Lost {
        /// Why.
        reason: String,
        /// After how long, in ms.
        retry_ms: u64,
    },
    /// It is over; coming again would not help.
    Ended {
        /// Why.
        reason: String,
    },
}

/// Starts a client that connects, and connects again, until its user drops it.
///
/// Must be called within a tokio runtime.
pub fn connect(options: Options) -> Chat {
    let (requests, taken) = mpsc::channel(REQUESTS);
    let (told, events) = mpsc::channel(EVENTS);
    let standing = Standing { after: options.after, stem: stem(), ..Standing::default() };
    tokio::spawn(Session { options, requests: taken, events: told, standing }.run());
    Chat { requests, events }
}

/// A beginning of keys that no other client draws.
fn stem() -> String {
    let mut bytes = [0; 8];
    // Zeroes would only matter if two clients of one conversation had no randomness at all.
    let _ = getrandom::fill(&mut bytes);
    format!("c{:016x}", u64::from_be_bytes(bytes))
}

#[derive(Debug, Default)]
struct Standing {
    after: TurnNo,
    stem: String,
    keys: u64,
    unsent: VecDeque<CustomerRequest>,
    unanswered: VecDeque<(ClientKey, CustomerRequest)>,
}

struct Session {
    options: Options,
    requests: mpsc::Receiver<CustomerRequest>,
    events: mpsc::Sender<ChatEvent>,
    standing: Standing,
}

/// The user is gone.
struct Dropped;

impl Session {
    async fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            match self.connected(&mut backoff).await {
                Err(Dropped) => return,
                Ok(Down::Final(reason)) => {
                    let _ = self.events.send(ChatEvent::Ended { reason }).await;
                    return;
                }
                Ok(Down::Lost(reason)) => {
                    let wait = backoff.next();
                    let lost = ChatEvent::Lost { reason, retry_ms: wait.as_millis() as u64 };
                    if self.events.send(lost).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// One socket from dial to loss.
    async fn connected(&mut self, backoff: &mut Backoff) -> Result<Down, Dropped> {
        let mut link = match self.dial().await {
            Ok(link) => link,
            Err(down) => return Ok(down),
        };
        let unanswered = self.standing.unanswered.iter().map(|(_, request)| request.clone());
        self.standing.unsent = unanswered.collect();
        let mut pings = tokio::time::interval(Duration::from_millis(PING_EVERY.0));
        loop {
            while let Some(request) = self.standing.unsent.pop_front() {
                if let Err(down) = send(&mut link, &request).await {
                    return Ok(down);
                }
            }
            let room = self.standing.unanswered.len() < UNANSWERED_MAX;
            tokio::select! {
                frame = link.next() => match frame {
                    Ok(text) => {
                        let Ok(reply) = serde_json::from_str::<CustomerReply>(&text) else {
                            return Ok(Down::Final("the server speaks another protocol".into()));
                        };
                        if let CustomerReply::Refused { key: None, message, .. } = &reply {
                            link.told = Some(message.clone());
                        } else {
                            backoff.reset();
                        }
                        if matches!(reply, CustomerReply::Welcome { .. }) {
                            self.options.access.identified();
                        }
                        if self.standing.heard(&reply) {
                            self.events.send(ChatEvent::Reply(reply)).await.map_err(|_| Dropped)?;
                        }
                    }
                    Err(down) => return Ok(down),
                },
                request = self.requests.recv(), if room => {
                    let Some(request) = request else {
                        link.close().await;
                        return Err(Dropped);
                    };
                    self.standing.take(request);
                }
                _ = pings.tick() => if let Err(down) = link.ping().await {
                    return Ok(down);
                },
            }
        }
    }

    /// Connects and says hello.
    async fn dial(&self) -> Result<Link, Down> {
        let (reference, bearer, token, identity) = match &self.options.access {
            Access::Channel { token, reference, identity } => (reference, Some(token.as_str()), None, identity.clone()),
            Access::Conversation { conversation, token } => (conversation, None, Some(token.clone()), None),
        };
        let url = self.options.address.ws(&format!("/v1/conversations/{}/ws", escaped(reference)));
        let mut link = Link::dial(&url, bearer).await?;
        let after = self.standing.after;
        let hello = CustomerRequest::Hello { protocol: PROTOCOL.to_owned(), token, after, identity };
        send(&mut link, &hello).await?;
        Ok(link)
    }
}

impl Standing {
    fn take(&mut self, mut request: CustomerRequest) {
        let (CustomerRequest::Say { key, .. } | CustomerRequest::Human { key } | CustomerRequest::Rate { key, .. }) =
            &mut request
        else {
            self.unsent.push_back(request);
            return;
        };
        if key.is_none() {
            self.keys += 1;
            *key = format!("{}-{}", self.stem, self.keys).parse().ok();
        }
        if let Some(key) = key.clone() {
            self.unanswered.push_back((key, request.clone()));
        }
        self.unsent.push_back(request);
    }

    /// Notes a reply; false if the user has it already.
    fn heard(&mut self, reply: &CustomerReply) -> bool {
        match reply {
            CustomerReply::Message(crate::protocol::customer::Message { turn, .. })
            | CustomerReply::Notice { turn, .. } => {
                if *turn <= self.after {
                    return false;
                }
                self.after = *turn;
            }
            CustomerReply::Stored { key, turn } => {
                // With nothing in between, our own message need not be sent to us again. Another
                // request may be answered with the number of a sentence that is still to come.
                if self.is_message(key.as_ref()) && *turn == self.after.next() {
                    self.after = *turn;
                }
                self.answered(key.as_ref());
            }
            CustomerReply::Rated { key } | CustomerReply::Refused { key, .. } => self.answered(key.as_ref()),
            CustomerReply::Welcome { .. }
            | CustomerReply::Typing { .. }
            | CustomerReply::Handover { .. }
            | CustomerReply::Resolved {} => {}
        }
        true
    }

    fn is_message(&self, key: Option<&ClientKey>) -> bool {
        let waiting = self.unanswered.iter().find(|(waiting, _)| Some(waiting) == key);
        matches!(waiting, Some((_, CustomerRequest::Say { .. })))
    }

    fn answered(&mut self, key: Option<&ClientKey>) {
        self.unanswered.retain(|(waiting, _)| Some(waiting) != key);
    }
}

async fn send(link: &mut Link, request: &CustomerRequest) -> Result<(), Down> {
    link.send(serde_json::to_string(request).map_err(|e| Down::Final(e.to_string()))?).await
}

/// The reference as one segment of a path.
fn escaped(reference: &str) -> String {
    use std::fmt::Write as _;
    reference.bytes().fold(String::with_capacity(reference.len()), |mut path, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            path.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say() -> CustomerRequest {
        CustomerRequest::Say { key: None, text: "hello".into() }
    }

    #[test]
    fn every_message_has_a_key_and_is_kept_until_answered() {
        let mut standing = Standing { stem: "s".into(), ..Standing::default() };
        standing.take(say());
        standing.take(say());
        let keys: Vec<_> = standing.unanswered.iter().map(|(key, _)| key.as_str().to_owned()).collect();
        assert_eq!(keys, ["s-1", "s-2"]);
        standing.heard(&CustomerReply::Stored { key: "s-1".parse().ok(), turn: TurnNo(1) });
        assert_eq!(standing.unanswered.len(), 1);
        assert_eq!(standing.after, TurnNo(1));
    }

    #[test]
    fn a_stored_turn_does_not_hide_what_came_before_it() {
        let mut standing = Standing::default();
        standing.heard(&CustomerReply::Stored { key: None, turn: TurnNo(3) });
        assert_eq!(standing.after, TurnNo(0), "turns 1 and 2 are still to come");
    }

    #[test]
    fn references_stay_one_segment() {
        assert_eq!(escaped("order 7/ü"), "order%207%2F%C3%BC");
    }
}
