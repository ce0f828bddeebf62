//! The customer's socket: one task a socket, requests in order, replies as the floor makes them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::mpsc;

use super::check_length;
use crate::domain::command::CustomerAct;
use crate::domain::id::{ChannelName, ClientKey, ConversationId, FileId, TurnNo};
use crate::domain::text::Foreign;
use crate::gateway::app::{App, Counters};
use crate::gateway::identity;
use crate::gateway::origin::Origin;
use crate::gateway::problem::Problem;
use crate::gateway::rate::Rate;
use crate::gateway::socket::{self, End, Gone, Socket, json, parse, pings, word};
use crate::gateway::visit::{self, Caller, Visit};
use crate::protocol::PROTOCOL;
use crate::protocol::customer::{CustomerReply, CustomerRequest, SpeakerKind};
use crate::protocol::limits::{CUSTOMER_FRAME_MAX, CUSTOMER_QUEUE, Close, HELLO_PATIENCE, SAY_WINDOW};
use crate::runtime::handle::{Accepted, Rejected};

/// Frames of any kind in [`SAY_WINDOW`]: typing marks included, far from what a page sends.
const FRAMES_PER_WINDOW: u32 = 200;
/// Replies that are written before the socket is flushed.
const BATCH: usize = 32;

/// `GET /v1/conversations/{ref}/ws`
pub(in crate::gateway) async fn upgrade(
    State(app): State<Arc<App>>,
    visit: Visit,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "not_a_websocket", e.to_string()))?;
    // A page cannot send a header, so its channel is not known yet: it is named in the address, and
    // the token has to be of that channel.
    let page = page_channel(query.as_deref())?.unwrap_or_else(|| app.channel.clone());
    if visit.caller.is_none() {
        visit::admit(&app, &visit.origin, &page)?;
    }
    let seat = app.customer_seat()?;
    Ok(socket::limited(upgrade).on_upgrade(move |inner| async move {
        let tracked = app.sockets.token();
        let mut socket = Socket::new(inner);
        let end = Box::pin(serve(&app, &mut socket, visit, &page)).await;
        if let Err(End::Close(close, message)) = end {
            if socket::is_fault(close) {
                Counters::add(&app.counters.thrown_out);
            }
            let last = CustomerReply::Refused { key: None, code: word(close).to_owned(), message: message.clone() };
            socket.close(json(&last), close, &message).await;
        }
        drop((seat, tracked));
    }))
}

fn page_channel(query: Option<&str>) -> Result<Option<ChannelName>, Problem> {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(None) };
    let channel = query.strip_prefix("channel=").and_then(|name| name.parse().ok());
    // What else stands in an address ends in logs, a token too.
    channel.map(Some).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", "the only parameter is `channel`; tokens go in `hello`")
    })
}

/// A socket with its conversation.
struct Bound<'a> {
    app: &'a App,
    socket: &'a mut Socket,
    id: ConversationId,
    feed: mpsc::Receiver<CustomerReply>,
    /// Turns of this socket that the feed will bring back; their author knows them.
    own: VecDeque<TurnNo>,
    /// The customer was seen typing since the last message.
    typing: bool,
    frames: (Rate, Instant),
}

async fn serve(app: &App, socket: &mut Socket, visit: Visit, page: &ChannelName) -> Result<(), End> {
    let first = tokio::select! {
        first = first_frame(socket, visit.caller.is_some()) => first?,
        () = app.closing.cancelled() => return Err(going_down()),
    };
    let (hello, request) = match first {
        Some(CustomerRequest::Hello { protocol, token, after, identity }) => {
            (Some((protocol, token, after, identity)), None)
        }
        Some(request) => (None, Some(request)),
        None => (None, None),
    };
    if hello.as_ref().is_some_and(|(protocol, ..)| protocol != PROTOCOL) {
        return Err(socket::wrong_version());
    }
    let (token, after, identity) =
        hello.map_or((None, None, None), |(_, token, after, identity)| (token, Some(after), identity));
    let caller = match visit.caller {
        Some(caller) => caller,
        None => by_token(app, &visit.reference, token.as_deref(), &visit.origin, page)?,
    };
    let identity = identity.or(visit.identity);
    let id = app.find_or_make(&caller, &visit.reference, identity.as_deref()).await.map_err(end_of)?;
    let state = app.floor.state(id).ok_or_else(ended)?;
    let feed = app.floor.customer_feed(id, after.unwrap_or(state.turn)).ok_or_else(ended)?;
    let token = match &caller {
        Caller::Channel(_) => None,
        Caller::Conversation(channel, id) => Some(identity::conversation_token(&app.floor, channel, *id)),
    };
    let welcome = CustomerReply::Welcome {
        conversation: visit.reference,
        token,
        turn: state.turn,
        speaker: state.speaker,
        resolved: state.resolved,
    };
    socket.queue(json(&welcome)).await?;
    let frames = (Rate::new(FRAMES_PER_WINDOW, Duration::from_millis(SAY_WINDOW.0)), Instant::now());
    Bound { app, socket, id, feed, own: VecDeque::new(), typing: false, frames }.run(request).await
}

/// The first frame. A caller whom we know already may listen without a word.
async fn first_frame(socket: &mut Socket, known: bool) -> Result<Option<CustomerRequest>, End> {
    let patience = Duration::from_millis(HELLO_PATIENCE.0);
    match tokio::time::timeout(patience, socket.read(CUSTOMER_FRAME_MAX)).await {
        Ok(text) => Ok(Some(parse(&text?)?)),
        Err(_) if known => Ok(None),
        Err(_) => Err(End::of(Close::TooSlow, format!("no hello within {} s", patience.as_secs()))),
    }
}

fn by_token(
    app: &App,
    reference: &str,
    token: Option<&str>,
    origin: &Origin,
    page: &ChannelName,
) -> Result<Caller, End> {
    let unknown = || End::of(Close::Unauthenticated, "say hello with the conversation's token, or begin a new one");
    let (id, token) = reference.parse().ok().zip(token).ok_or_else(unknown)?;
    let channel = identity::channel_of(&app.floor, token, id).ok_or_else(unknown)?;
    if matches!(origin, Origin::Foreign(_)) && channel != *page {
        return Err(unknown());
    }
    Ok(Caller::Conversation(channel, id))
}

impl Bound<'_> {
    async fn run(mut self, first: Option<CustomerRequest>) -> Result<(), End> {
        if let Some(request) = first {
            self.take(request).await?;
        }
        let mut pings = pings();
        loop {
            self.socket.flush().await?;
            tokio::select! {
                text = self.socket.read(CUSTOMER_FRAME_MAX) => {
                    let (rate, full_at) = &mut self.frames;
                    let request = parse(&text?)?;
                    if rate.take(full_at, Instant::now()).is_err() {
                        return Err(End::of(Close::TooMany, "too many frames; come back in a minute"));
                    }
                    self.take(request).await?;
                }
                reply = self.feed.recv() => {
                    let Some(reply) = reply else { return Err(self.feed_ended()) };
                    self.pass(reply).await?;
                    for _ in 1..BATCH {
                        let Ok(reply) = self.feed.try_recv() else { break };
                        self.pass(reply).await?;
                    }
                }
                _ = pings.tick() => self.socket.ping().await?,
                () = self.app.closing.cancelled() => return Err(going_down()),
            }
        }
    }

    /// Writes what the floor says, but for the customer's own words on the socket they came from.
    async fn pass(&mut self, reply: CustomerReply) -> Result<(), Gone> {
        if let CustomerReply::Message(message) = &reply
            && message.author.kind == SpeakerKind::You
            && let Some(at) = self.own.iter().position(|turn| *turn == message.turn)
        {
            self.own.remove(at);
            return Ok(());
        }
        self.socket.queue(json(&reply)).await
    }

    /// Does what a frame asks. One at a time, so that messages keep their order.
    async fn take(&mut self, request: CustomerRequest) -> Result<(), End> {
        let conversation = self.id;
        match request {
            CustomerRequest::Say { key, text, files } => self.say(key, (text, files), None).await,
            CustomerRequest::Edit { key, turn, text } => self.say(key, (text, Vec::new()), Some(turn)).await,
            CustomerRequest::Typing { on } => {
                self.typing = on;
                self.app.floor.typing(conversation, on);
                Ok(())
            }
            CustomerRequest::Human { key } => self.ask(CustomerAct::AskHuman { conversation }, key).await,
            CustomerRequest::CallBack { key } => self.ask(CustomerAct::CallBack { conversation }, key).await,
            CustomerRequest::LeaveLine { key } => self.ask(CustomerAct::LeaveLine { conversation }, key).await,
            CustomerRequest::Rate { key, score, comment } => {
                let fits = comment.as_ref().map_or(Ok(()), check_length);
                if let Err(problem) = self.app.may_say(conversation).and(fits) {
                    return self.refuse(key, problem).await;
                }
                let act = CustomerAct::Rate { conversation, score, comment };
                let done = self.app.floor.customer(act, key.clone()).await;
                self.answer(done, key.clone(), |_| CustomerReply::Rated { key }).await
            }
            CustomerRequest::Hello { .. } => Err(End::of(Close::Malformed, "hello is said once")),
        }
    }

    /// Stores a message, or other words for the one it `edits`.
    async fn say(
        &mut self,
        key: Option<ClientKey>,
        said: (Foreign, Vec<FileId>),
        edits: Option<TurnNo>,
    ) -> Result<(), End> {
        if let Err(problem) = self.app.may_say(self.id).and_then(|()| check_length(&said.0)) {
            return self.refuse(key, problem).await;
        }
        let typing = std::mem::take(&mut self.typing);
        let done = match edits {
            None => self.app.floor.say_with(self.id, key.clone(), said, typing).await,
            Some(turn) => self.app.floor.edit(self.id, key.clone(), (turn, said.0)).await,
        };
        if let Ok(Accepted { turn: Some(turn), .. }) = &done {
            Counters::add(&self.app.counters.stored);
            if self.own.len() == CUSTOMER_QUEUE {
                self.own.pop_front();
            }
            self.own.push_back(*turn);
        }
        self.answer(done, key.clone(), |turn| CustomerReply::Stored { key, turn }).await
    }

    /// A wish about the wait for a person: what came last is what it was said after.
    async fn ask(&mut self, act: CustomerAct, key: Option<ClientKey>) -> Result<(), End> {
        if let Err(problem) = self.app.may_say(self.id) {
            return self.refuse(key, problem).await;
        }
        let done = self.app.floor.customer(act, key.clone()).await;
        let turn = self.app.floor.state(self.id).map(|state| state.turn).unwrap_or_default();
        self.answer(done, key.clone(), |_| CustomerReply::Stored { key, turn }).await
    }

    async fn answer(
        &mut self,
        done: Result<Accepted, Rejected>,
        key: Option<ClientKey>,
        reply: impl FnOnce(TurnNo) -> CustomerReply,
    ) -> Result<(), End> {
        match done {
            Ok(accepted) => Ok(self.socket.queue(json(&reply(accepted.turn.unwrap_or_default()))).await?),
            Err(Rejected::Down { .. }) => Err(going_down()),
            Err(rejected) => self.refuse(key, Problem::from(rejected)).await,
        }
    }

    async fn refuse(&mut self, key: Option<ClientKey>, problem: Problem) -> Result<(), End> {
        Counters::add(&self.app.counters.refused);
        let reply = CustomerReply::Refused { key, code: problem.code.to_owned(), message: problem.detail };
        Ok(self.socket.queue(json(&reply)).await?)
    }

    fn feed_ended(&self) -> End {
        if self.app.closing.is_cancelled() || !self.app.floor.health().ready {
            going_down()
        } else if self.app.floor.state(self.id).is_none() {
            ended()
        } else {
            End::of(Close::Lagging, "you did not keep up; come back with the newest turn you have")
        }
    }
}

fn going_down() -> End {
    End::of(Close::GoingDown, "the service restarts; come back with the newest turn you have")
}

fn ended() -> End {
    End::of(Close::Ended, "this conversation is over; begin a new one")
}

/// The close that fits a problem on the way to a conversation.
fn end_of(problem: Problem) -> End {
    let close = match problem.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Close::Unauthenticated,
        StatusCode::NOT_FOUND | StatusCode::CONFLICT => Close::Ended,
        StatusCode::TOO_MANY_REQUESTS => Close::TooMany,
        _ => Close::GoingDown,
    };
    End::Close(close, problem.detail)
}
