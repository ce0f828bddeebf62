//! Pages of other sites at the customers' channel: a browser asks before it sends, and may read the
//! answer if the site is listed. Whether a request is let in is decided elsewhere, by its channel.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::origin::Origin;
use super::problem::Problem;

/// Where pages of other sites have any business.
const PATH: &str = "/v1/conversations";
/// What such a page may send.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT");
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, baton-file-name, baton-identity, content-type, idempotency-key, prefer");
/// What it may read beside the body.
const EXPOSED: HeaderValue = HeaderValue::from_static("preference-applied, retry-after");
/// Seconds for which a browser need not ask again: a site that is taken off the list is out within
/// ten minutes, and its requests are turned down at once.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Runs a request for `host` with what a browser has to hear of it.
pub(super) async fn judge(app: &App, host: &str, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return next.run(request).await;
    }
    let given = request.headers().get(header::ORIGIN).cloned();
    let text = given.as_ref().map(|value| value.to_str().unwrap_or("?"));
    let listed = match app.hosts.origin(text, host) {
        Origin::Absent => return next.run(request).await,
        // A page of ours is let in by its browser, but a cache must not mix it with others.
        Origin::Same => None,
        Origin::Foreign(site) => Some(app.floor.lists(&site)),
    };
    let asks =
        *request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match (asks, listed) {
        (true, Some(true)) => answer(),
        (true, Some(false)) => Problem::foreign_origin().into_response(),
        (true, None) | (false, _) => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let (Some(true), Some(origin)) = (listed, given) {
        allow(headers, origin);
    }
    response
}

/// What a listed page may send.
fn answer() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    // No cookies are used anywhere, so no credentials are allowed.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
}
