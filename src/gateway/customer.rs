//! The customer's channel over plain requests; the socket is in [`socket`].

pub(super) mod bodies;
pub(super) mod files;
pub(super) mod socket;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::mpsc;

use self::bodies::{Answer, Begin, Begun, Done, Edited, Keyed, Post, Posted, Rating, Transcript, TypingOn};
use super::app::{App, Counters, Newcomer};
use super::identity;
use super::problem::Problem;
use super::visit::{self, Body, Caller, Visit};
use crate::domain::command::CustomerAct;
use crate::domain::conversation::MESSAGE_BYTES_MAX;
use crate::domain::id::{ConversationId, TurnNo};
use crate::domain::text::Foreign;
use crate::protocol::customer::{CustomerReply, Message, SpeakerKind};

/// Time to read older messages from history.
const HISTORY_PATIENCE: Duration = Duration::from_secs(10);

/// `POST /v1/conversations`
pub(super) async fn begin(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    page: Page,
    Body(begin): Body<Begin>,
) -> Result<Response, Problem> {
    let owner = match visit::bearer(&headers)? {
        Some(token) => Some(app.floor.channel_for_token(token).ok_or_else(Problem::unauthenticated)?),
        None => None,
    };
    if owner.is_none() && begin.reference.is_some() {
        return Err(Problem::unauthenticated());
    }
    let by_integrator = owner.is_some();
    let channel = owner.or(begin.channel).unwrap_or_else(|| app.channel.clone());
    if app.floor.channel(&channel).is_none() {
        let detail = format!("no channel `{channel}`; it stands in baton.toml");
        return Err(Problem::new(StatusCode::NOT_FOUND, "unknown_channel", detail));
    }
    visit::admit(&app, &page.0, &channel)?;
    if let Some(reference) = begin.reference {
        app.find_or_make(&Caller::Channel(channel), &reference, begin.identity.as_deref()).await?;
        return Ok(created(&Begun { conversation: reference, token: None }));
    }
    if !by_integrator {
        app.opens.take((), Instant::now()).map_err(|wait| Problem::too_many(wait.as_millis() as u64))?;
    }
    let identity = begin.identity.as_deref();
    let id = app.open(Newcomer { channel: &channel, reference: None, identity, name: begin.name }).await?;
    let token = Some(identity::conversation_token(&app.floor, &channel, id));
    Ok(created(&Begun { conversation: id.to_string(), token }))
}

/// The page a request comes from.
pub(super) struct Page(pub(super) super::origin::Origin);

impl axum::extract::FromRequestParts<Arc<App>> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self(visit::origin(app, parts)))
    }
}

/// `POST /v1/conversations/{ref}/messages`
pub(super) async fn say(
    State(app): State<Arc<App>>,
    visit: Visit,
    Body(post): Body<Post>,
) -> Result<Response, Problem> {
    let id = app.find_or_make(visit.caller()?, &visit.reference, visit.identity.as_deref()).await?;
    app.may_say(id)?;
    check_length(&post.text)?;
    let accepted = app.floor.say_with(id, post.key.or(visit.key), (post.text, post.files), false).await?;
    Counters::add(&app.counters.stored);
    let turn = accepted.turn.unwrap_or_default();
    let answer = match visit.wait {
        Some(patience) => answer_to(&app, id, turn, patience).await,
        None => None,
    };
    let mut response = created(&Posted { turn, answer });
    if let Some(patience) = visit.wait
        && let Ok(applied) = HeaderValue::try_from(format!("wait={}", patience.as_secs()))
    {
        response.headers_mut().insert("preference-applied", applied);
    }
    Ok(response)
}

/// `PUT /v1/conversations/{ref}/messages/{turn}`
pub(super) async fn edit(
    State(app): State<Arc<App>>,
    Which(turn): Which,
    visit: Visit,
    Body(edited): Body<Edited>,
) -> Result<Response, Problem> {
    let id = app.find(visit.caller()?, &visit.reference).ok_or_else(Problem::unknown_conversation)?;
    app.may_say(id)?;
    check_length(&edited.text)?;
    let accepted = app.floor.edit(id, edited.key.or(visit.key), (turn, edited.text)).await?;
    Counters::add(&app.counters.stored);
    Ok(ok(&Posted { turn: accepted.turn.unwrap_or_default(), answer: None }))
}

/// The message that a path names.
pub(super) struct Which(TurnNo);

impl axum::extract::FromRequestParts<Arc<App>> for Which {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &Arc<App>) -> Result<Self, Problem> {
        let named = parts.uri.path().rsplit('/').next().and_then(|turn| turn.parse().ok()).map(TurnNo);
        named.map(Self).ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "bad_path", "a message is named by its number, as in messages/3")
        })
    }
}

/// A text that the floor would turn down for its length.
pub(super) fn check_length(text: &Foreign) -> Result<(), Problem> {
    let given = text.raw().len();
    if given <= MESSAGE_BYTES_MAX {
        return Ok(());
    }
    let detail = format!("the text has {given} bytes, {MESSAGE_BYTES_MAX} are the limit; send it in parts");
    Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_much", detail))
}

/// Waits for the first message of an agent or a person after `turn`; the house's sentences are no
/// answer.
async fn answer_to(app: &App, id: ConversationId, turn: TurnNo, patience: Duration) -> Option<Answer> {
    let until = tokio::time::Instant::now() + patience;
    let mut after = turn;
    // A feed ends when its reader lags, and goes on from where it was.
    loop {
        let mut feed = app.floor.customer_feed(id, after)?;
        loop {
            let reply = tokio::select! {
                reply = feed.recv() => reply,
                () = tokio::time::sleep_until(until) => return None,
                () = app.closing.cancelled() => return None,
            };
            let Some(reply) = reply else { break };
            after = turn_of(&reply).unwrap_or(after);
            if let CustomerReply::Message(Message { turn, author, text, .. }) = reply
                && matches!(author.kind, SpeakerKind::Ai | SpeakerKind::Human)
            {
                return Some(Answer { turn, author, text });
            }
        }
        tokio::time::timeout_at(until, tokio::time::sleep(Duration::from_millis(50))).await.ok()?;
    }
}

/// `GET /v1/conversations/{ref}/messages?after=N`
pub(super) async fn messages(
    State(app): State<Arc<App>>,
    visit: Visit,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Result<Response, Problem> {
    let id = app.find(visit.caller()?, &visit.reference).ok_or_else(Problem::unknown_conversation)?;
    let after = after(query.as_deref())?;
    let state = app.floor.state(id).ok_or_else(Problem::unknown_conversation)?;
    let mut messages = Vec::new();
    if after < state.turn {
        let feed = app.floor.customer_feed(id, after).ok_or_else(Problem::unknown_conversation)?;
        // What came in time is a beginning without gaps; `turn` shows whether more is to be had.
        let _ = tokio::time::timeout(HISTORY_PATIENCE, up_to(state.turn, feed, &mut messages)).await;
    }
    let turn = state.turn;
    Ok(ok(&Transcript { messages, turn, speaker: state.speaker, resolved: state.resolved }))
}

async fn up_to(last: TurnNo, mut feed: mpsc::Receiver<CustomerReply>, messages: &mut Vec<CustomerReply>) {
    while let Some(reply) = feed.recv().await {
        let Some(turn) = turn_of(&reply) else { continue };
        messages.push(reply);
        if turn >= last {
            return;
        }
    }
}

/// The number of a reply that has one.
pub(super) const fn turn_of(reply: &CustomerReply) -> Option<TurnNo> {
    match reply {
        CustomerReply::Message(Message { turn, .. }) | CustomerReply::Notice { turn, .. } => Some(*turn),
        CustomerReply::Welcome { .. }
        | CustomerReply::Stored { .. }
        | CustomerReply::Typing { .. }
        | CustomerReply::Handover { .. }
        | CustomerReply::Resolved {}
        | CustomerReply::Rated { .. }
        | CustomerReply::Refused { .. } => None,
    }
}

/// `POST /v1/conversations/{ref}/human`
pub(super) async fn human(
    State(app): State<Arc<App>>,
    visit: Visit,
    Body(keyed): Body<Keyed>,
) -> Result<Response, Problem> {
    let conversation = app.find_or_make(visit.caller()?, &visit.reference, visit.identity.as_deref()).await?;
    ask(&app, visit, keyed, CustomerAct::AskHuman { conversation }).await
}

/// `POST /v1/conversations/{ref}/call-back`
pub(super) async fn call_back(
    State(app): State<Arc<App>>,
    visit: Visit,
    Body(keyed): Body<Keyed>,
) -> Result<Response, Problem> {
    let conversation = app.find(visit.caller()?, &visit.reference).ok_or_else(Problem::unknown_conversation)?;
    ask(&app, visit, keyed, CustomerAct::CallBack { conversation }).await
}

/// `POST /v1/conversations/{ref}/leave-line`
pub(super) async fn leave_line(
    State(app): State<Arc<App>>,
    visit: Visit,
    Body(keyed): Body<Keyed>,
) -> Result<Response, Problem> {
    let conversation = app.find(visit.caller()?, &visit.reference).ok_or_else(Problem::unknown_conversation)?;
    ask(&app, visit, keyed, CustomerAct::LeaveLine { conversation }).await
}

async fn ask(app: &App, visit: Visit, keyed: Keyed, act: CustomerAct) -> Result<Response, Problem> {
    app.may_say(act.conversation())?;
    app.floor.customer(act, keyed.key.or(visit.key)).await?;
    Ok(ok(&Done { done: true }))
}

/// `POST /v1/conversations/{ref}/rating`
pub(super) async fn rate(
    State(app): State<Arc<App>>,
    visit: Visit,
    Body(rating): Body<Rating>,
) -> Result<Response, Problem> {
    let conversation = app.find(visit.caller()?, &visit.reference).ok_or_else(Problem::unknown_conversation)?;
    app.may_say(conversation)?;
    rating.comment.as_ref().map_or(Ok(()), check_length)?;
    let act = CustomerAct::Rate { conversation, score: rating.score, comment: rating.comment };
    app.floor.customer(act, rating.key.or(visit.key)).await?;
    Ok(ok(&Done { done: true }))
}

/// `POST /v1/conversations/{ref}/typing`
pub(super) async fn typing(
    State(app): State<Arc<App>>,
    visit: Visit,
    Body(typing): Body<TypingOn>,
) -> Result<Response, Problem> {
    let id = app.find(visit.caller()?, &visit.reference).ok_or_else(Problem::unknown_conversation)?;
    app.may_say(id)?;
    app.floor.typing(id, typing.on);
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn after(query: Option<&str>) -> Result<TurnNo, Problem> {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(TurnNo::default()) };
    query.strip_prefix("after=").and_then(|turn| turn.parse().ok()).map(TurnNo).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", "the only parameter is `after`, a turn's number")
    })
}

fn ok(value: &impl Serialize) -> Response {
    respond(StatusCode::OK, value)
}

fn created(value: &impl Serialize) -> Response {
    respond(StatusCode::CREATED, value)
}

pub(super) fn respond(status: StatusCode, value: &impl Serialize) -> Response {
    let mut response = Response::new(HttpBody::from(super::socket::json(value)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_a_turn_or_nothing() {
        assert_eq!(after(None).unwrap(), TurnNo(0));
        assert_eq!(after(Some("after=7")).unwrap(), TurnNo(7));
        for wrong in ["after=", "after=x", "token=secret", "after=1&x=2"] {
            assert!(after(Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_long_text_is_turned_down_before_it_is_analysed() {
        assert!(check_length(&"x".repeat(MESSAGE_BYTES_MAX).into()).is_ok());
        assert!(check_length(&"x".repeat(MESSAGE_BYTES_MAX + 1).into()).is_err());
    }
}
