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
    let health = app.floor.health();
    let mut text = String::with_capacity(1_024);
    for (name, value) in health.counters {
        line(&mut text, &format!("baton_{name}"), value);
    }
    let (customers, consoles) = app.seats_taken();
    line(&mut text, "baton_ready", u64::from(health.ready));
    line(&mut text, "baton_gateway_customer_sockets", customers as u64);
    line(&mut text, "baton_gateway_console_sockets", consoles as u64);
    line(&mut text, "baton_gateway_messages_stored_total", app.counters.stored.load(Ordering::Relaxed));
    line(&mut text, "baton_gateway_requests_refused_total", app.counters.refused.load(Ordering::Relaxed));
    line(&mut text, "baton_gateway_sockets_thrown_out_total", app.counters.thrown_out.load(Ordering::Relaxed));
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn line(text: &mut String, name: &str, value: u64) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name} {value}");
}
