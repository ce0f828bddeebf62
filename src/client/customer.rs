//! The customer's end of the wire: what the terminal chat, the demo's customers and the bench use.

use std::collections::VecDeque;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::mpsc;

use super::link::{Address, Down, Link};
use super::session::{Exchange, News, Next, Pass, Session};
use crate::domain::id::{ClientKey, TurnNo};
use crate::protocol::PROTOCOL;
use crate::protocol::customer::{CustomerReply, CustomerRequest};
use crate::protocol::limits::CUSTOMER_FRAME_MAX;

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
    tokio::spawn(Session { exchange: Customer { options, standing }, requests: taken, events: told }.run());
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

/// A customer's exchange.
struct Customer {
    options: Options,
    standing: Standing,
}

impl Exchange for Customer {
    type Request = CustomerRequest;
    type Reply = CustomerReply;
    type Event = ChatEvent;

    async fn dial(&self) -> Result<Link, Down> {
        let (reference, bearer, token, identity) = match &self.options.access {
            Access::Channel { token, reference, identity } => (reference, Some(token.as_str()), None, identity.clone()),
            Access::Conversation { conversation, token } => (conversation, None, Some(token.clone()), None),
        };
        let url = self.options.address.ws(&format!("/v1/conversations/{}/ws", escaped(reference)));
        let mut link = Link::dial(&url, bearer).await?;
        let after = self.standing.after;
        let hello = CustomerRequest::Hello { protocol: PROTOCOL.to_owned(), token, after, identity };
        link.send(spelled(&hello)).await?;
        Ok(link)
    }

    fn again(&mut self) {
        let Standing { unsent, unanswered, .. } = &mut self.standing;
        *unsent = unanswered.iter().map(|(_, request)| request.clone()).collect();
    }

    fn has_room(&self) -> bool {
        self.standing.unanswered.len() < UNANSWERED_MAX
    }

    fn take(&mut self, request: CustomerRequest) {
        self.standing.take(request);
    }

    fn next(&mut self) -> Option<Next<CustomerReply>> {
        let request = self.standing.unsent.pop_front()?;
        let text = spelled(&request);
        if text.len() <= CUSTOMER_FRAME_MAX {
            return Some(Next::Frame(text));
        }
        // The server would close the socket for it, over and over.
        let reply = too_large(request, text.len());
        self.standing.heard(&reply);
        Some(Next::Answer(reply))
    }

    fn heard(&mut self, reply: &CustomerReply) -> Pass {
        if matches!(reply, CustomerReply::Welcome { .. }) {
            self.options.access.identified();
        }
        if self.standing.heard(reply) { Pass::On } else { Pass::Skip }
    }

    fn fault(reply: &CustomerReply) -> Option<&str> {
        if let CustomerReply::Refused { key: None, message, .. } = reply { Some(message) } else { None }
    }

    fn event(news: News<CustomerReply>) -> Option<ChatEvent> {
        match news {
            // A chat is told by its `welcome`.
            News::Connecting { .. } | News::Connected => None,
            News::Reply(reply) => Some(ChatEvent::Reply(reply)),
            News::Lost { reason, retry_ms } => Some(ChatEvent::Lost { reason, retry_ms }),
            News::Ended { reason } => Some(ChatEvent::Ended { reason }),
        }
    }
}

impl Standing {
    fn take(&mut self, mut request: CustomerRequest) {
        let (CustomerRequest::Say { key, .. }
        | CustomerRequest::Edit { key, .. }
        | CustomerRequest::Human { key }
        | CustomerRequest::CallBack { key }
        | CustomerRequest::LeaveLine { key }
        | CustomerRequest::Rate { key, .. }) = &mut request
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
        matches!(waiting, Some((_, CustomerRequest::Say { .. } | CustomerRequest::Edit { .. })))
    }

    fn answered(&mut self, key: Option<&ClientKey>) {
        self.unanswered.retain(|(waiting, _)| Some(waiting) != key);
    }
}

fn spelled(request: &CustomerRequest) -> String {
    // Strings and numbers: there is nothing that JSON could not hold.
    serde_json::to_string(request).unwrap_or_default()
}

/// The refusal of a request that no frame can hold.
fn too_large(request: CustomerRequest, given: usize) -> CustomerReply {
    let key = match request {
        CustomerRequest::Say { key, .. }
        | CustomerRequest::Edit { key, .. }
        | CustomerRequest::Human { key }
        | CustomerRequest::CallBack { key }
        | CustomerRequest::LeaveLine { key }
        | CustomerRequest::Rate { key, .. } => key,
        CustomerRequest::Hello { .. } | CustomerRequest::Typing { .. } => None,
    };
    let message = format!("the message takes {given} bytes, {CUSTOMER_FRAME_MAX} are the limit; send it in parts");
    CustomerReply::Refused { key, code: "too_large".into(), message }
}

/// What stands for itself in one segment of a path or in a header (RFC 3986, unreserved).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A text as one segment of a path, or in a header.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say() -> CustomerRequest {
        CustomerRequest::Say { key: None, text: "hello".into(), files: Vec::new() }
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
    fn what_no_frame_can_hold_is_refused_here_and_not_sent_again() {
        let access = Access::Conversation { conversation: "c".into(), token: "t".into() };
        let options = Options { address: Address::parse("http://127.0.0.1:1").unwrap(), access, after: TurnNo(0) };
        let mut customer = Customer { options, standing: Standing::default() };
        customer.take(CustomerRequest::Say {
            key: None,
            text: "x".repeat(CUSTOMER_FRAME_MAX).as_str().into(),
            files: Vec::new(),
        });
        let Some(Next::Answer(CustomerReply::Refused { key: Some(_), .. })) = customer.next() else { panic!() };
        customer.again();
        assert_eq!(customer.next(), None);
    }

    #[test]
    fn references_stay_one_segment() {
        assert_eq!(escaped("order 7/ü"), "order%207%2F%C3%BC");
    }
}
