//! The table of routes. The router is built from it, and so is the OpenAPI document: what is not
//! here does not exist, and what is here is described.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get, post, put};
use schemars::{Schema, SchemaGenerator};

use super::app::App;
use super::customer::bodies::{Begin, Begun, Done, Edited, Keyed, Post, Posted, Rating, Transcript, TypingOn};
use super::ops::{self, Status};
use super::problem::Problem;
use super::{chat, console, customer, openapi};
use crate::protocol::customer::OwnFile;

/// Names the schema of a body.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody.
    Open,
    /// A channel's token, or none.
    ChannelOrOpen,
    /// A channel's token or the conversation's own.
    Bearer,
    /// An operator's token.
    Operator,
    /// The token comes in the first frame.
    Hello,
}

/// One thing that can be asked.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// The operation's id.
    pub(super) id: &'static str,
    pub(super) about: &'static str,
    pub(super) access: Access,
    /// Query parameters: name, schema type, meaning.
    pub(super) query: &'static [(&'static str, &'static str, &'static str)],
    pub(super) body: Option<SchemaOf>,
    /// The answer when all goes well: status, content type, schema.
    pub(super) answer: (u16, &'static str, Option<SchemaOf>),
    /// Statuses of problems.
    pub(super) problems: &'static [u16],
    handler: fn() -> MethodRouter<Arc<App>>,
}

const JSON: &str = "application/json";

fn schema<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What all routes have in common.
const PLAIN: Route = Route {
    method: "get",
    path: "",
    id: "",
    about: "",
    access: Access::Open,
    query: &[],
    body: None,
    answer: (200, JSON, None),
    problems: &[],
    handler: || get(ops::alive),
};

/// Everything that can be asked.
pub(super) const ROUTES: &[Route] = &[
    Route {
        method: "post",
        path: "/v1/conversations",
        id: "begin",
        about: "Begin a conversation. Without a channel's token the server makes the reference and a token of its own.",
        access: Access::ChannelOrOpen,
        body: Some(schema::<Begin>),
        answer: (201, JSON, Some(schema::<Begun>)),
        problems: &[400, 401, 403, 404, 408, 413, 415, 429, 503],
        handler: || post(customer::begin),
        ..PLAIN
    },
    Route {
        method: "post",
        path: "/v1/conversations/{ref}/messages",
        id: "say",
        about: "Say something; with `Prefer: wait=SECONDS` the response is held until an agent or a person has \
                answered. With a channel's token the conversation is made at its first use.",
        access: Access::Bearer,
        body: Some(schema::<Post>),
        answer: (201, JSON, Some(schema::<Posted>)),
        problems: &[400, 401, 403, 404, 409, 408, 413, 415, 422, 429, 503],
        handler: || post(customer::say),
        ..PLAIN
    },
    Route {
        path: "/v1/conversations/{ref}/messages",
        id: "messages",
        about: "Messages after a turn, in order.",
        access: Access::Bearer,
        query: &[("after", "integer", "The newest turn the client has.")],
        answer: (200, JSON, Some(schema::<Transcript>)),
        problems: &[400, 401, 403, 404],
        handler: || get(customer::messages),
        ..PLAIN
    },
    Route {
        method: "put",
        path: "/v1/conversations/{ref}/messages/{turn}",
        id: "edit",
        about: "Put other words in place of those of an own message that was sent a few minutes ago at most. The edit \
                gets a number of its own; what says something else is answered.",
        access: Access::Bearer,
        body: Some(schema::<Edited>),
        answer: (200, JSON, Some(schema::<Posted>)),
        problems: &[400, 401, 403, 404, 409, 408, 413, 415, 422, 429, 503],
        handler: || put(customer::edit),
        ..PLAIN
    },
    Route {
        method: "post",
        path: "/v1/conversations/{ref}/human",
        id: "human",
        about: "Ask for a person.",
        access: Access::Bearer,
        body: Some(schema::<Keyed>),
        answer: (200, JSON, Some(schema::<Done>)),
        problems: &[400, 401, 403, 404, 409, 408, 413, 415, 422, 429, 503],
        handler: || post(customer::human),
        ..PLAIN
    },
    Route {
        method: "post",
        path: "/v1/conversations/{ref}/call-back",
        id: "call_back",
        about: "Wait for a person no longer in front of the screen: one of them writes later.",
        access: Access::Bearer,
        body: Some(schema::<Keyed>),
        answer: (200, JSON, Some(schema::<Done>)),
        problems: &[400, 401, 403, 404, 409, 408, 413, 415, 422, 429, 503],
        handler: || post(customer::call_back),
        ..PLAIN
    },
    Route {
        method: "post",
        path: "/v1/conversations/{ref}/leave-line",
        id: "leave_line",
        about: "Wait for a person no longer.",
        access: Access::Bearer,
        body: Some(schema::<Keyed>),
        answer: (200, JSON, Some(schema::<Done>)),
        problems: &[400, 401, 403, 404, 409, 408, 413, 415, 422, 429, 503],
        handler: || post(customer::leave_line),
        ..PLAIN
    },
    Route {
        method: "post",
        path: "/v1/conversations/{ref}/rating",
        id: "rate",
        about: "Rate a conversation that is over.",
        access: Access::Bearer,
        body: Some(schema::<Rating>),
        answer: (200, JSON, Some(schema::<Done>)),
        problems: &[400, 401, 403, 404, 409, 408, 413, 415, 422, 429, 503],
        handler: || post(customer::rate),
        ..PLAIN
    },
    Route {
        method: "post",
        path: "/v1/conversations/{ref}/typing",
        id: "typing",
        about: "Say that the customer types, or has stopped.",
        access: Access::Bearer,
        body: Some(schema::<TypingOn>),
        answer: (204, JSON, None),
        problems: &[400, 401, 403, 404, 408, 413, 415, 429],
        handler: || post(customer::typing),
        ..PLAIN
    },
    Route {
        path: "/v1/conversations/{ref}/ws",
        id: "converse",
        about: "A WebSocket of `baton.v1`: the client sends `CustomerRequest`, the server `CustomerReply`, one JSON \
                text frame each. A page says `hello` with the conversation's token first; a program may send a \
                channel's token as a header instead.",
        access: Access::Hello,
        query: &[("channel", "string", "The channel of the embedding page; that of the built-in page if missing.")],
        answer: (101, JSON, None),
        problems: &[400, 401, 403, 503],
        handler: || get(customer::socket::upgrade),
        ..PLAIN
    },
    Route {
        method: "post",
        path: "/v1/conversations/{ref}/files",
        id: "upload",
        about: "Upload an image or a file, the body as it is, its name in `Baton-File-Name` (percent-encoded UTF-8); \
                then name its id in `files` of a message. What it is, is read off its content. The same content, or the \
                same `Idempotency-Key`, is the same file; one that no message names is gone after an hour.",
        access: Access::Bearer,
        answer: (201, JSON, Some(schema::<OwnFile>)),
        problems: &[400, 401, 403, 404, 408, 413, 415, 422, 429, 503, 507],
        handler: || post(customer::files::upload),
        ..PLAIN
    },
    Route {
        path: "/v1/conversations/{ref}/files/{file}",
        id: "own_file",
        about: "A file of this conversation, as its customer sent it; always as a download.",
        access: Access::Bearer,
        answer: (200, "application/octet-stream", None),
        problems: &[401, 403, 404, 422, 503],
        handler: || get(customer::files::download),
        ..PLAIN
    },
    Route {
        path: "/v1/files/{conversation}/{file}",
        id: "file",
        about: "A file of a customer, for an operator's token: only what is handed on, and it is recorded who read it.",
        access: Access::Operator,
        answer: (200, "application/octet-stream", None),
        problems: &[401, 403, 404, 409, 422, 503],
        handler: || get(customer::files::open),
        ..PLAIN
    },
    Route {
        path: "/v1/console",
        id: "console",
        about: "A WebSocket of `baton.v1` for consoles of operators; the token stands in `hello`.",
        access: Access::Hello,
        answer: (101, JSON, None),
        problems: &[400, 403, 503],
        handler: || get(console::upgrade),
        ..PLAIN
    },
    Route {
        path: "/healthz",
        id: "alive",
        about: "The process answers.",
        answer: (200, JSON, Some(schema::<Status>)),
        handler: || get(ops::alive),
        ..PLAIN
    },
    Route {
        path: "/readyz",
        id: "ready",
        about: "The floor takes commands; 503 with the reason if it does not.",
        answer: (200, JSON, Some(schema::<Status>)),
        handler: || get(ops::ready),
        ..PLAIN
    },
    Route {
        path: "/metrics",
        id: "metrics",
        about: "Counters in the Prometheus text format.",
        answer: (200, "text/plain", None),
        handler: || get(ops::metrics),
        ..PLAIN
    },
    Route { path: "/openapi.json", id: "openapi", about: "This document.", handler: || get(openapi::serve), ..PLAIN },
    Route {
        path: "/chat",
        id: "chat",
        about: "The chat page.",
        query: &[("channel", "string", "The channel; that of the built-in page if missing.")],
        answer: (200, "text/html", None),
        problems: &[400, 404],
        handler: || get(chat::page),
        ..PLAIN
    },
    Route {
        path: "/chat/embed.js",
        id: "embed",
        about: "The script that puts the chat page behind a button on another site.",
        answer: (200, "text/javascript", None),
        handler: || get(chat::embed),
        ..PLAIN
    },
];

/// The router of the table.
pub(super) fn router() -> Router<Arc<App>> {
    let router = ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    router
        .fallback(|| async {
            Problem::new(StatusCode::NOT_FOUND, "no_route", "there is nothing here; see /openapi.json")
        })
        .method_not_allowed_fallback(|| async {
            let detail = "this path takes another method; see /openapi.json";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", detail)
        })
}
