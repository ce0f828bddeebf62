//! The console's socket: hello, feed, commands and questions side by side, none waiting for another.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;

use super::app::{App, Counters};
use super::customer::Page;
use super::origin::Origin;
use super::problem::Problem;
use super::socket::{self, End, Socket, json, parse, pings, word};
use crate::protocol::PROTOCOL;
use crate::protocol::console::{ConsoleReply, ConsoleRequest, Resume};
use crate::protocol::limits::{CONSOLE_FRAME_MAX, Close, HELLO_PATIENCE};
use crate::runtime::handle::{Handle, Rejected, Viewer};

/// Commands and questions of one console that are worked on at once; more wait unread.
const IN_FLIGHT_MAX: usize = 32;
/// Frames that are written before the socket is flushed.
const BATCH: usize = 16;
/// How long somebody whose token was taken back may still look; what they do is refused at once.
const REVOKED_WITHIN: Duration = Duration::from_secs(1);
/// Largest view kept for an operator.
const VIEW_BYTES_MAX: usize = 4 * 1024;

/// `GET /v1/console`
pub(super) async fn upgrade(
    State(app): State<Arc<App>>,
    page: Page,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    // There is no console in a browser, so no page has any business here.
    if page.0 != Origin::Absent {
        let detail = "consoles are native programs; no page may connect";
        return Err(Problem::new(StatusCode::FORBIDDEN, "foreign_origin", detail));
    }
    let upgrade = upgrade.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "not_a_websocket", e.to_string()))?;
    let seat = app.console_seat()?;
    Ok(socket::limited(upgrade).on_upgrade(move |inner| async move {
        let tracked = app.sockets.token();
        let mut socket = Socket::new(inner);
        let end = Box::pin(serve(&app, &mut socket)).await;
        if let Err(End::Close(close, message)) = end {
            if socket::is_fault(close) {
                Counters::add(&app.counters.thrown_out);
            }
            let last = ConsoleReply::Error { code: word(close).to_owned(), message: message.clone() };
            socket.close(json(&last), close, &message).await;
        }
        drop((seat, tracked));
    }))
}

async fn serve(app: &App, socket: &mut Socket) -> Result<(), End> {
    let (viewer, token, resume) = tokio::select! {
        known = hello(app, socket) => known?,
        () = app.closing.cancelled() => return Err(going_down()),
    };
    let feed = app.floor.console_feed(viewer.clone(), resume);
    let attached = Attached { app, socket, viewer, token, feed, in_flight: FuturesUnordered::new() };
    attached.run().await
}

/// Waits for the hello and looks up its token.
async fn hello(app: &App, socket: &mut Socket) -> Result<(Viewer, String, Option<Resume>), End> {
    let patience = Duration::from_millis(HELLO_PATIENCE.0);
    let Ok(text) = tokio::time::timeout(patience, socket.read(CONSOLE_FRAME_MAX)).await else {
        return Err(End::of(Close::TooSlow, format!("no hello within {} s", patience.as_secs())));
    };
    let ConsoleRequest::Hello { protocol, token, resume, read_only, passing } = parse(&text?)? else {
        return Err(End::of(Close::Unauthenticated, "the first frame is hello, with a token"));
    };
    if protocol != PROTOCOL {
        return Err(socket::wrong_version());
    }
    let Some((operator, role)) = app.floor.operator_for_token(&token) else {
        return Err(nobody());
    };
    let console = app.floor.console_id();
    let present = !read_only && !passing;
    Ok((Viewer { console, operator, role, read_only, present }, token, resume))
}

/// A console that is known.
struct Attached<'a> {
    app: &'a App,
    socket: &'a mut Socket,
    viewer: Viewer,
    /// What let them in; it may be taken back at any time.
    token: String,
    feed: mpsc::Receiver<ConsoleReply>,
    in_flight: FuturesUnordered<BoxFuture<'a, Result<ConsoleReply, End>>>,
}

impl Attached<'_> {
    async fn run(mut self) -> Result<(), End> {
        let mut pings = pings();
        let mut looks = tokio::time::interval(REVOKED_WITHIN);
        loop {
            let room = self.in_flight.len() < IN_FLIGHT_MAX;
            tokio::select! {
                text = self.socket.read(CONSOLE_FRAME_MAX), if room => {
                    self.check_token()?;
                    self.take(parse(&text?)?).await?;
                }
                _ = looks.tick() => self.check_token()?,
                Some(reply) = self.in_flight.next() => self.socket.send(&reply?).await?,
                reply = self.feed.recv() => {
                    let Some(reply) = reply else { return Err(going_down()) };
                    self.socket.queue(json(&reply)).await?;
                    for _ in 1..BATCH {
                        let Ok(reply) = self.feed.try_recv() else { break };
                        self.socket.queue(json(&reply)).await?;
                    }
                    self.socket.flush().await?;
                }
                _ = pings.tick() => self.socket.ping().await?,
                () = self.app.closing.cancelled() => return Err(going_down()),
            }
        }
    }

    /// Ends a console whose token was taken back.
    fn check_token(&self) -> Result<(), End> {
        let known = self.app.floor.operator_for_token(&self.token);
        if known.is_some_and(|(name, role)| name == self.viewer.operator && role == self.viewer.role) {
            return Ok(());
        }
        Err(nobody())
    }

    async fn take(&mut self, request: ConsoleRequest) -> Result<(), End> {
        let floor = self.app.floor.clone();
        let viewer = self.viewer.clone();
        match request {
            ConsoleRequest::Hello { .. } => return Err(End::of(Close::Malformed, "hello is said once")),
            ConsoleRequest::Focus { conversation } => floor.focus(viewer.console, conversation),
            ConsoleRequest::Command { key, seen, command } => {
                self.in_flight.push(Box::pin(async move {
                    match floor.command(&viewer, key.clone(), seen, command).await {
                        Ok(accepted) => Ok(ConsoleReply::Accepted { key, seq: accepted.seq }),
                        Err(Rejected::Refused(refusal)) => {
                            let message = refusal.to_string();
                            Ok(ConsoleReply::Refused { key, refusal, message })
                        }
                        // Whether it was done is unknown: the console asks again by key.
                        Err(Rejected::Down { .. }) => Err(going_down()),
                    }
                }));
            }
            ConsoleRequest::Ask { key, query, after } => {
                self.in_flight.push(Box::pin(async move {
                    let (page, next) = floor.ask(&viewer, query, after).await;
                    Ok(ConsoleReply::Answer { key, page, next })
                }));
            }
            ConsoleRequest::Draft { conversation, audience, text } => {
                floor.draft(&viewer, conversation, audience, text).await;
            }
            ConsoleRequest::Remember { view } => self.remember(&floor, view).await?,
        }
        Ok(())
    }

    async fn remember(&mut self, floor: &Handle, view: String) -> Result<(), End> {
        if view.len() <= VIEW_BYTES_MAX {
            floor.remember(&self.viewer, view).await;
            return Ok(());
        }
        let message = format!("a view has at most {VIEW_BYTES_MAX} bytes; this one is not kept");
        Ok(self.socket.send(&ConsoleReply::Error { code: "too_much".into(), message }).await?)
    }
}

fn nobody() -> End {
    End::of(Close::Unauthenticated, "no operator has this token; ask an admin for a new one")
}

fn going_down() -> End {
    End::of(Close::GoingDown, "the orchestrator is going down; come back with a resume")
}
