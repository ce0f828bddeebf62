//! The console's feed over a socket: hello, resume, back-off, commands sent again by key.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;

use super::feed::{EVENTS, Feed, FeedEvent, REQUESTS};
use super::link::{Address, Backoff, Down, Link};
use crate::domain::id::ClientKey;
use crate::domain::refusal::Refusal;
use crate::protocol::PROTOCOL;
use crate::protocol::console::{ConsoleReply, ConsoleRequest, Resume};
use crate::protocol::limits::{CONSOLE_FRAME_MAX, PING_EVERY};
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
    tokio::spawn(Session { options, requests: taken, events: told, standing: Standing::default() }.run());
    Feed { requests, events }
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

/// What to do with a reply.
#[derive(Debug, PartialEq, Eq)]
enum Pass {
    On,
    /// Older than what was applied.
    Skip,
    /// Something before it is missing.
    Gap,
}

struct Session {
    options: Options,
    requests: mpsc::Receiver<ConsoleRequest>,
    events: mpsc::Sender<FeedEvent>,
    standing: Standing,
}

/// The console is gone.
struct Dropped;

impl Session {
    async fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            if self.tell(FeedEvent::Connecting { attempt: backoff.attempt() + 1 }).await.is_err() {
                return;
            }
            let down = match self.connected(&mut backoff).await {
                Ok(down) => down,
                Err(Dropped) => return,
            };
            match down {
                Down::Final(reason) => {
                    let _ = self.tell(FeedEvent::Ended { reason }).await;
                    return;
                }
                Down::Lost(reason) => {
                    let wait = backoff.next();
                    let retry_ms = wait.as_millis() as u64;
                    if self.tell(FeedEvent::Lost { reason, retry_ms }).await.is_err() || self.rest(wait).await.is_err()
                    {
                        return;
                    }
                }
            }
        }
    }

    /// One socket from dial to loss.
    async fn connected(&mut self, backoff: &mut Backoff) -> Result<Down, Dropped> {
        let url = self.options.address.ws("/v1/console");
        let mut link = match Link::dial(&url, None).await {
            Ok(link) => link,
            Err(down) => return Ok(down),
        };
        self.standing.again();
        let hello = ConsoleRequest::Hello {
            protocol: PROTOCOL.to_owned(),
            token: self.options.token.clone(),
            resume: self.standing.resume.clone(),
            read_only: self.options.read_only,
        };
        if let Err(down) = send(&mut link, &hello).await {
            return Ok(down);
        }
        let mut known = false;
        let mut pings = tokio::time::interval(Duration::from_millis(PING_EVERY.0));
        loop {
            while let Some(request) = self.standing.unsent.pop_front() {
                if let Some(reply) = too_large(&request) {
                    self.standing.answered(&reply);
                    self.tell(FeedEvent::Reply(Box::new(reply))).await?;
                } else if let Err(down) = send(&mut link, &request).await {
                    return Ok(down);
                }
            }
            let room = self.standing.has_room();
            tokio::select! {
                frame = link.next() => match frame {
                    Ok(text) => {
                        let Ok(reply) = serde_json::from_str::<ConsoleReply>(&text) else {
                            return Ok(Down::Final("the server speaks another protocol; use the same version on both sides".into()));
                        };
                        if let ConsoleReply::Error { message, .. } = &reply {
                            link.told = Some(message.clone());
                        } else if !known {
                            known = true;
                            backoff.reset();
                            self.tell(FeedEvent::Connected).await?;
                        }
                        match self.standing.heard(&reply) {
                            Pass::On => self.tell(FeedEvent::Reply(Box::new(reply))).await?,
                            Pass::Skip => {}
                            Pass::Gap => return Ok(Down::Lost("something was missed; asking for the whole picture".into())),
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

    /// Waits between two sockets; what the console asks meanwhile is kept.
    async fn rest(&mut self, wait: Duration) -> Result<(), Dropped> {
        let until = tokio::time::Instant::now() + wait;
        loop {
            let room = self.standing.has_room();
            tokio::select! {
                () = tokio::time::sleep_until(until) => return Ok(()),
                request = self.requests.recv(), if room => self.standing.take(request.ok_or(Dropped)?),
            }
        }
    }

    /// Hands an event over. A console that waits to send while its events are full is served too,
    /// so that the two queues cannot lock each other.
    async fn tell(&mut self, event: FeedEvent) -> Result<(), Dropped> {
        let mut sending = std::pin::pin!(self.events.send(event));
        loop {
            let room = self.standing.has_room();
            tokio::select! {
                sent = &mut sending => return sent.map_err(|_| Dropped),
                request = self.requests.recv(), if room => self.standing.take(request.ok_or(Dropped)?),
            }
        }
    }
}

impl Standing {
    fn has_room(&self) -> bool {
        self.unanswered.len() + self.unsent.len() < UNANSWERED_MAX
    }

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

async fn send(link: &mut Link, request: &ConsoleRequest) -> Result<(), Down> {
    let text = serde_json::to_string(request).map_err(|e| Down::Final(e.to_string()))?;
    if text.len() > CONSOLE_FRAME_MAX {
        // A draft or view of that size is not worth the socket; commands were answered before.
        return Ok(());
    }
    link.send(text).await
}

/// The refusal of a request that the server would close the socket for, over and over.
fn too_large(request: &ConsoleRequest) -> Option<ConsoleReply> {
    let key = key_of(request)?.clone();
    let given = serde_json::to_vec(request).map_or(0, |bytes| bytes.len());
    if given <= CONSOLE_FRAME_MAX {
        return None;
    }
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
        let draft_of = |size: usize| ConsoleRequest::Ask {
            key: "q".parse().unwrap(),
            query: crate::protocol::query::Query::Session { conversation: "x".repeat(size) },
            after: None,
        };
        assert!(too_large(&draft_of(10)).is_none());
        assert!(matches!(too_large(&draft_of(CONSOLE_FRAME_MAX)), Some(ConsoleReply::Answer { .. })));
    }
}
