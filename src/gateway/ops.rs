//! What machines ask: is it alive, is it ready, how much does it do.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use super::app::App;
use super::customer::respond;

/// How the server is.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Status {
    /// `ok`, or why not.
    status: String,
}

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> Response {
    respond(StatusCode::OK, &Status { status: "ok".to_owned() })
}

/// `GET /readyz`: the floor takes commands.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response {
    let health = app.floor.health();
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let words = if health.ready { None } else { health.reason };
    respond(status, &Status { status: words.unwrap_or_else(|| "ok".to_owned()) })
}

/// `GET /metrics`: the Prometheus text format.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut text = app.floor.measures();
    let (customers, consoles) = app.seats_taken();
    let counted = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let counters = &app.counters;
    let own = [
        ("baton_ready", "gauge", "Whether the floor takes commands.", u64::from(app.floor.health().ready)),
        ("baton_gateway_customer_sockets", "gauge", "Sockets of customers.", customers as u64),
        ("baton_gateway_console_sockets", "gauge", "Sockets of consoles.", consoles as u64),
        ("baton_gateway_messages_stored_total", "counter", "Messages of customers stored.", counted(&counters.stored)),
        ("baton_gateway_requests_refused_total", "counter", "Requests turned down.", counted(&counters.refused)),
        (
            "baton_gateway_sockets_thrown_out_total",
            "counter",
            "Sockets closed for a fault.",
            counted(&counters.thrown_out),
        ),
    ];
    for (name, kind, help, value) in own {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
