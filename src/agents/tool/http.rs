//! A call over HTTP. What it came to is told by how far it got: a server that was not reached did nothing;
//! one that said no did nothing; of one that fell silent nobody knows.

use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;
use tokio::time::timeout;

use super::values::{arguments, reason, results, text};
use super::{Errand, Server, unclear};
use crate::config::files::{EndpointFile, Method};
use crate::domain::tool::{ToolCall, ToolOutcome, ToolRefusal, ToolSpec};
use crate::privacy::crypto::install_crypto;

/// Longest answer that is read, in bytes; far more than what is kept of it.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// How long a connection may take.
const CONNECT: std::time::Duration = std::time::Duration::from_secs(3);

pub(super) fn client() -> Result<Client, reqwest::Error> {
    install_crypto();
    // A key goes where the deployment says, and nowhere else.
    Client::builder().connect_timeout(CONNECT).redirect(reqwest::redirect::Policy::none()).tcp_nodelay(true).build()
}

/// Whether anything answers at the server's address.
pub(super) async fn reach(client: &Client, server: &Server) -> Result<(), String> {
    let url = server.file.url.as_deref().unwrap_or_default();
    let asked = signed(client.head(url), server).timeout(server.patience()).send().await;
    let answer = asked.map_err(|error| format!("{url} cannot be reached: {}", error.without_url()))?;
    match answer.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(format!("{url} refuses the key")),
        _ => Ok(()),
    }
}

pub(super) async fn call(
    client: &Client,
    server: &Server,
    (spec, how): (&ToolSpec, &EndpointFile),
    errand: &Errand,
    call: &ToolCall,
) -> ToolOutcome {
    let Some(mut url) = address(server.file.url.as_deref().unwrap_or_default(), how, call) else {
        return ToolOutcome::Refused(ToolRefusal::BadArguments);
    };
    let in_path: Vec<&str> = how.in_path().collect();
    let rest = arguments((spec, how), call, &in_path);
    if !how.method.has_body() && !rest.is_empty() {
        let mut query = url.query_pairs_mut();
        for (name, value) in &rest {
            query.append_pair(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned).as_str());
        }
    }
    let request = match how.method {
        Method::Get => client.get(url),
        Method::Delete => client.delete(url),
        Method::Post => client.post(url).json(&rest),
        Method::Put => client.put(url).json(&rest),
        Method::Patch => client.patch(url).json(&rest),
    };
    let request = request
        .header(ACCEPT, "application/json")
        .header("idempotency-key", errand.key())
        .header("baton-conversation", errand.conversation.to_string())
        .header("baton-customer", errand.customer.to_string())
        .header("baton-identity", errand.identity())
        .header("baton-agent", errand.agent.as_str());
    let request = match &errand.trace {
        Some(trace) => request.header("traceparent", trace),
        None => request,
    };
    let made = async {
        match signed(request, server).send().await {
            Ok(response) => read(response, how, spec.side_effect).await,
            Err(error) if error.is_connect() || error.is_builder() => ToolOutcome::Failed,
            Err(_) => unclear(spec.side_effect),
        }
    };
    timeout(server.patience(), made).await.unwrap_or_else(|_| unclear(spec.side_effect))
}

/// The address of a call: each argument is one segment of the path and cannot leave it.
fn address(base: &str, how: &EndpointFile, call: &ToolCall) -> Option<Url> {
    let mut url = Url::parse(base).ok()?;
    let mut segments = url.path_segments_mut().ok()?;
    segments.pop_if_empty();
    for part in how.path.split('/').filter(|part| !part.is_empty()) {
        let filled = fill(part, call)?;
        // These would be taken for steps up, or for nothing, and lead to another address.
        if filled.trim().is_empty() || filled == "." || filled == ".." {
            return None;
        }
        segments.push(&filled);
    }
    drop(segments);
    Some(url)
}

/// One part of a path with its arguments, each put in once: what an argument holds is not looked at again.
fn fill(part: &str, call: &ToolCall) -> Option<String> {
    let mut filled = String::with_capacity(part.len());
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(call.args.iter().find(|(slot, _)| slot.as_str() == name)?.1.raw());
        rest = tail;
    }
    filled.push_str(rest);
    Some(filled)
}

fn signed(request: RequestBuilder, server: &Server) -> RequestBuilder {
    let Some((name, value)) = server.header() else { return request };
    let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else { return request };
    value.set_sensitive(true);
    request.header(name, value)
}

async fn read(response: Response, how: &EndpointFile, acts: bool) -> ToolOutcome {
    let status = response.status();
    let body = body(response).await;
    let told = body.as_deref().map(|body| serde_json::from_slice::<Value>(body).unwrap_or(Value::Null));
    match status.as_u16() {
        // Turned away before anything was done; a wrong key is nothing the customer did.
        401 | 403 | 408 | 425 | 429 => ToolOutcome::Failed,
        400..=499 => {
            ToolOutcome::Declined(reason(&told.unwrap_or(Value::Null), status.canonical_reason().unwrap_or("no")))
        }
        200..=299 => match (told, body) {
            (Some(Value::Null), Some(body)) => ToolOutcome::Done(text(&String::from_utf8_lossy(&body))),
            (Some(answer), _) => ToolOutcome::Done(results(&answer, how)),
            // It said that it was done; what more it says is too long to read, or broke off.
            (None, _) if acts => ToolOutcome::Done(text("")),
            (None, _) => ToolOutcome::Failed,
        },
        _ => unclear(acts),
    }
}

/// The answer's body; nothing when it is too long or breaks off.
async fn body(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}
