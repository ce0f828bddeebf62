//! The console's feed over a socket: hello, resume, back-off, commands sent again by key.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::feed::{EVENTS, Feed, FeedEvent, REQUESTS};
use super::files::Source;
use super::link::{Address, Down, Link};
use super::session::{Exchange, News, Next, Pass, Session};
use crate::domain::id::ClientKey;
use crate::domain::refusal::Refusal;
use crate::protocol::PROTOCOL;
use crate::protocol::console::{ConsoleReply, ConsoleRequest, Resume};
use crate::protocol::limits::CONSOLE_FRAME_MAX;
use crate::protocol::query::Page;

/// Commands and questions without an answer; more than that waits in the request queue.
const UNANSWERED_MAX: usize = 256;

/// How to reach a floor as an operator.
#[derive(Clone)]
pub struct Options {
    /// Where the server is.
    pub address: Address,
    /// The operator's token. It travels in the first frame, never in an address.
    pub token: String,
    /// Look only.
    pub read_only: bool,
    /// Pass by, like a script: act, but count as nobody's presence.
    pub passing: bool,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("address", &self.address)
            .field("read_only", &self.read_only)
            .finish_non_exhaustive()
    }
}

/// Starts a feed that connects, and connects again, until its console drops it.
///
/// Must be called within a tokio runtime.
pub fn connect(options: Options) -> Feed {
    let (requests, taken) = mpsc::channel(REQUESTS);
    let (told, events) = mpsc::channel(EVENTS);
    let files = Some(Source { address: options.address.clone(), token: options.token.clone() });
    let exchange = Console { options, standing: Standing::default() };
    tokio::spawn(Session { exchange, requests: taken, events: told }.run());
    Feed { requests, events, files }
}

/// What has to be said again after a reconnect.
#[derive(Debug, Default)]
struct Standing {
    /// Where we stand in the feed.
    resume: Option<Resume>,
    /// Requests that are not on the current socket yet.
    unsent: VecDeque<ConsoleRequest>,
    /// Commands and questions without an answer, oldest first.
    unanswered: VecDeque<ConsoleRequest>,
    focus: Option<ConsoleRequest>,
    draft: Option<ConsoleRequest>,
    view: Option<ConsoleRequest>,
}

/// A console's exchange.
struct Console {
    options: Options,
    standing: Standing,
}

impl Exchange for Console {
    type Request = ConsoleRequest;
    type Reply = ConsoleReply;
    type Event = FeedEvent;

    async fn dial(&self) -> Result<Link, Down> {
        let mut link = Link::dial(&self.options.address.ws("/v1/console"), None).await?;
        let hello = ConsoleRequest::Hello {
            protocol: PROTOCOL.to_owned(),
            token: self.options.token.clone(),
            resume: self.standing.resume.clone(),
            read_only: self.options.read_only,
            passing: self.options.passing,
        };
        link.send(serde_json::to_string(&hello).map_err(|e| Down::Final(e.to_string()))?).await?;
        Ok(link)
    }

    fn again(&mut self) {
        self.standing.again();
    }

    fn has_room(&self) -> bool {
        self.standing.unanswered.len() + self.standing.unsent.len() < UNANSWERED_MAX
    }

    fn take(&mut self, request: ConsoleRequest) {
        self.standing.take(request);
    }

    fn next(&mut self) -> Option<Next<ConsoleReply>> {
        while let Some(request) = self.standing.unsent.pop_front() {
            let text = serde_json::to_string(&request).unwrap_or_default();
            if text.len() <= CONSOLE_FRAME_MAX {
                return Some(Next::Frame(text));
            }
            // A draft or view of that size is not worth the socket and is left out.
            if let Some(reply) = too_large(&request, text.len()) {
                self.standing.answered(&reply);
                return Some(Next::Answer(reply));
            }
        }
        None
    }

    fn heard(&mut self, reply: &ConsoleReply) -> Pass {
        self.standing.heard(reply)
    }

    fn fault(reply: &ConsoleReply) -> Option<&str> {
        if let ConsoleReply::Error { message, .. } = reply { Some(message) } else { None }
    }

    fn event(news: News<ConsoleReply>) -> Option<FeedEvent> {
        Some(match news {
            News::Connecting { attempt } => FeedEvent::Connecting { attempt },
            News::Connected => FeedEvent::Connected,
            News::Reply(reply) => FeedEvent::Reply(Box::new(reply)),
            News::Lost { reason, retry_ms } => FeedEvent::Lost { reason, retry_ms },
            News::Ended { reason } => FeedEvent::Ended { reason },
        })
    }
}

impl Standing {
    fn take(&mut self, request: ConsoleRequest) {
        match &request {
            ConsoleRequest::Command { .. } | ConsoleRequest::Ask { .. } => self.unanswered.push_back(request.clone()),
            ConsoleRequest::Focus { .. } => self.focus = Some(request.clone()),
            ConsoleRequest::Draft { .. } => self.draft = Some(request.clone()),
            ConsoleRequest::Remember { .. } => self.view = Some(request.clone()),
            // The session says hello itself.
            ConsoleRequest::Hello { .. } => return,
        }
        self.unsent.push_back(request);
    }

    /// Prepares what a new socket has to hear.
    fn again(&mut self) {
        self.unsent.clear();
        self.unsent.extend(self.focus.clone());
        self.unsent.extend(self.draft.clone());
        self.unsent.extend(self.view.clone());
        self.unsent.extend(self.unanswered.iter().cloned());
    }

    fn heard(&mut self, reply: &ConsoleReply) -> Pass {
        match reply {
            ConsoleReply::Welcome { run, seq, .. } => {
                // Half a snapshot cannot be resumed.
                self.resume = seq.map(|seq| Resume { run: run.clone(), seq });
            }
            ConsoleReply::Resumed { to, .. } => {
                if let Some(resume) = &mut self.resume {
                    resume.seq = *to;
                }
            }
            ConsoleReply::Delta { from, to, .. } => {
                let Some(resume) = &mut self.resume else { return Pass::Skip };
                if from.0 > resume.seq.0 + 1 {
                    self.resume = None;
                    return Pass::Gap;
                }
                if to.0 < resume.seq.0 {
                    return Pass::Skip;
                }
                resume.seq = *to;
            }
            ConsoleReply::Reset { .. } | ConsoleReply::Lagged { .. } => self.resume = None,
            ConsoleReply::Accepted { .. }
            | ConsoleReply::Refused { .. }
            | ConsoleReply::Answer { .. }
            | ConsoleReply::Error { .. } => self.answered(reply),
        }
        Pass::On
    }

    fn answered(&mut self, reply: &ConsoleReply) {
        let (ConsoleReply::Accepted { key, .. } | ConsoleReply::Refused { key, .. } | ConsoleReply::Answer { key, .. }) =
            reply
        else {
            return;
        };
        self.unanswered.retain(|request| key_of(request) != Some(key));
    }
}

fn key_of(request: &ConsoleRequest) -> Option<&ClientKey> {
    match request {
        ConsoleRequest::Command { key, .. } | ConsoleRequest::Ask { key, .. } => Some(key),
        ConsoleRequest::Hello { .. }
        | ConsoleRequest::Focus { .. }
        | ConsoleRequest::Draft { .. }
        | ConsoleRequest::Remember { .. } => None,
    }
}

/// The refusal of a request that the server would close the socket for, over and over.
fn too_large(request: &ConsoleRequest, given: usize) -> Option<ConsoleReply> {
    let key = key_of(request)?.clone();
    let refusal = Refusal::TooMuch { what: "bytes".into(), given: given as u64, limit: CONSOLE_FRAME_MAX as u64 };
    let message = refusal.to_string();
    Some(match request {
        ConsoleRequest::Ask { .. } => ConsoleReply::Answer { key, page: Page::Nothing(message), next: None },
        ConsoleRequest::Command { .. }
        | ConsoleRequest::Hello { .. }
        | ConsoleRequest::Focus { .. }
        | ConsoleRequest::Draft { .. }
        | ConsoleRequest::Remember { .. } => ConsoleReply::Refused { key, refusal, message },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Seq;
    use crate::domain::time::Timestamp;
    use crate::protocol::console::ConsoleCommand;

    fn command(key: &str) -> ConsoleRequest {
        ConsoleRequest::Command { key: key.parse().unwrap(), seen: None, command: ConsoleCommand::Shutdown }
    }

    fn delta(from: u64, to: u64) -> ConsoleReply {
        ConsoleReply::Delta { from: Seq(from), to: Seq(to), at: Timestamp(0), changes: Vec::new() }
    }

    #[test]
    fn a_command_is_said_again_until_it_is_answered() {
        let mut standing = Standing::default();
        standing.take(command("k-1"));
        standing.take(command("k-2"));
        standing.unsent.clear();
        standing.heard(&ConsoleReply::Accepted { key: "k-1".parse().unwrap(), seq: Seq(9) });
        standing.again();
        assert_eq!(standing.unsent, [command("k-2")]);
    }

    #[test]
    fn only_the_newest_focus_is_said_again() {
        let mut standing = Standing::default();
        for byte in [1, 2] {
            let conversation = Some(crate::domain::id::ConversationId::from_random([byte; 16]));
            standing.take(ConsoleRequest::Focus { conversation });
        }
        standing.again();
        assert_eq!(standing.unsent.len(), 1);
    }

    #[test]
    fn a_gap_asks_for_the_whole_and_an_old_delta_is_skipped() {
        let mut standing = Standing { resume: Some(Resume { run: "r".into(), seq: Seq(10) }), ..Standing::default() };
        assert_eq!(standing.heard(&delta(10, 12)), Pass::On);
        assert_eq!(standing.heard(&delta(8, 9)), Pass::Skip);
        assert_eq!(standing.heard(&delta(12, 12)), Pass::On, "a change without an entry, such as a focus");
        assert_eq!(standing.heard(&delta(15, 16)), Pass::Gap);
        assert_eq!(standing.resume, None);
    }

    #[test]
    fn what_no_frame_can_hold_is_refused_here() {
        let ask = |key: &str, size: usize| ConsoleRequest::Ask {
            key: key.parse().unwrap(),
            query: crate::protocol::query::Query::Session { conversation: "x".repeat(size) },
            after: None,
        };
        let address = Address::parse("http://127.0.0.1:1").unwrap();
        let options = Options { address, token: String::new(), read_only: false, passing: false };
        let mut console = Console { options, standing: Standing::default() };
        console.take(ask("q-1", 10));
        assert!(matches!(console.next(), Some(Next::Frame(_))));
        console.take(ask("q-2", CONSOLE_FRAME_MAX));
        assert!(matches!(console.next(), Some(Next::Answer(ConsoleReply::Answer { .. }))));
        assert_eq!(console.next(), None);
        assert_eq!(console.standing.unanswered.len(), 1, "what was answered here is not said again");
    }
}
