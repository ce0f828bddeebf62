//! Images and files: in before a message names them, out as a download and nothing else.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body as HttpBody, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::created;
use crate::domain::file::SentFile;
use crate::domain::id::{ConversationId, FileId};
use crate::domain::personal::Personal;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::gateway::app::App;
use crate::gateway::problem::Problem;
use crate::gateway::visit::{self, Visit};
use crate::protocol::customer::OwnFile;
use crate::runtime::handle::{NotTaken, Opened, Rejected};

/// The header with a file's name, percent-encoded.
const NAME_HEADER: &str = "baton-file-name";
/// Time for a file to come: the largest over a slow telephone.
const FILE_PATIENCE: Duration = Duration::from_secs(180);
/// Bytes of a piece of a file on its way out.
const PIECE: usize = 64 * 1024;
/// When whoever found no seat may ask again.
const TRIED_AGAIN_MS: u64 = 2_000;
/// What nothing may do that is handed out here, should a browser show it after all.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// `POST /v1/conversations/{ref}/files`
pub(in crate::gateway) async fn upload(
    State(app): State<Arc<App>>,
    visit: Visit,
    request: Request,
) -> Result<Response, Problem> {
    let conversation = app.find_or_make(visit.caller()?, &visit.reference, visit.identity.as_deref()).await?;
    app.may_say(conversation)?;
    let policy = app.floor.file_policy().ok_or_else(|| Problem::from(&Refusal::NoFiles))?;
    let name = request.headers().get(NAME_HEADER).map(|name| decoded(name.as_bytes())).unwrap_or_default();
    let _seat = seat(&app.files.from_customers)?;
    let content = body(request, policy.bytes() as usize).await?;
    let sent =
        app.floor.take_file(conversation, visit.key, &name, content).await.map_err(|not_taken| problem(&not_taken))?;
    Ok(created(&own(&sent)))
}

/// The content of a file that is uploaded: all of it, or nothing.
async fn body(request: Request, limit: usize) -> Result<Vec<u8>, Problem> {
    let told = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let large = |given: Option<u64>| {
        let given = given.map_or("more".to_owned(), |given| given.to_string());
        let detail = format!("the file has {given} bytes, {limit} are the limit");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    };
    if told.is_some_and(|told: u64| told > limit as u64) {
        return Err(large(told));
    }
    let reading = axum::body::to_bytes(request.into_body(), limit);
    match tokio::time::timeout(FILE_PATIENCE, reading).await {
        Ok(Ok(content)) => Ok(content.into()),
        Ok(Err(_)) if told.is_none() => Err(large(None)),
        Ok(Err(_)) => {
            let detail = "the file broke off on its way; nothing of it is kept, send it again";
            Err(Problem::new(StatusCode::BAD_REQUEST, "broken_off", detail))
        }
        Err(_) => {
            let detail = format!("the file did not come within {} s", FILE_PATIENCE.as_secs());
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail))
        }
    }
}

/// `GET /v1/conversations/{ref}/files/{file}`
pub(in crate::gateway) async fn download(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let conversation = app.find(visit.caller()?, &visit.reference).ok_or_else(Problem::unknown_conversation)?;
    let file = named(&path, "file")?;
    app.may_say(conversation)?;
    let seat = seat(&app.files.to_customers)?;
    Ok(attached(app.floor.own_file(conversation, file).await?, seat))
}

/// `GET /v1/files/{conversation}/{file}`
pub(in crate::gateway) async fn open(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let token = visit::bearer(&headers)?.ok_or_else(Problem::unauthenticated)?;
    let (operator, _) = app.floor.operator_for_token(token).ok_or_else(Problem::unauthenticated)?;
    let conversation: ConversationId = named(&path, "conversation")?;
    let file: FileId = named(&path, "file")?;
    let seat = seat(&app.files.to_operators)?;
    let opened = app.floor.open_file(operator, conversation, file).await.map_err(|rejected| match rejected {
        // Who works here is told why.
        Rejected::Refused(refusal @ Refusal::FileHeld { .. }) => {
            Problem::new(StatusCode::CONFLICT, "file_held", refusal.to_string())
        }
        Rejected::Refused(refusal @ Refusal::RoleNeeded { .. }) => {
            Problem::new(StatusCode::FORBIDDEN, "role_needed", refusal.to_string())
        }
        Rejected::Refused(_) | Rejected::Down { .. } => rejected.into(),
    })?;
    Ok(attached(opened, seat))
}

fn named<T: std::str::FromStr>(path: &HashMap<String, String>, part: &str) -> Result<T, Problem> {
    path.get(part).and_then(|text| text.parse().ok()).ok_or_else(|| Problem::from(&Refusal::UnknownFile))
}

/// A file as the client that uploaded it is told of it.
fn own(sent: &SentFile) -> OwnFile {
    let name = sent.label.reveal().map(|label| label.name.clone()).unwrap_or_default();
    OwnFile { file: sent.file, name, kind: sent.kind, bytes: sent.bytes }
}

/// A content as something to be saved: never shown in place, never taken for anything else.
fn attached(opened: Opened, seat: OwnedSemaphorePermit) -> Response {
    let Opened { about, content } = opened;
    let length = content.len();
    let mut response = Response::new(streamed(content.into(), seat));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(about.kind.media_type()));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    let name = match &about.label {
        Personal::Open(label) => label.name.clone(),
        Personal::Erased => Foreign::default(),
    };
    let disposition =
        format!("attachment; filename=\"file.{}\"; filename*=UTF-8''{}", about.kind.ending(), encoded(&name));
    let plain = HeaderValue::from_static("attachment");
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(disposition).unwrap_or(plain));
    response
}

/// A place among the files on their way; who finds none asks again.
fn seat(seats: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(seats).try_acquire_owned().map_err(|_| Problem::too_many(TRIED_AGAIN_MS))
}

/// A content in pieces; its seat is free when the last has gone.
fn streamed(content: Bytes, seat: OwnedSemaphorePermit) -> HttpBody {
    HttpBody::from_stream(stream::unfold((content, seat), |(mut rest, seat)| async move {
        let piece = rest.split_to(rest.len().min(PIECE));
        (!piece.is_empty()).then(|| (Ok::<_, Infallible>(piece), (rest, seat)))
    }))
}

/// What stands for itself in the name of a file in a header (RFC 8187).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A name for a header: everything but letters, digits and a few marks is spelled out.
fn encoded(name: &Foreign) -> String {
    utf8_percent_encode(name.one_line().as_str(), PLAIN).to_string()
}

/// A percent-encoded name; what is not encoded stands for itself.
fn decoded(name: &[u8]) -> String {
    percent_decode(name).decode_utf8_lossy().into_owned()
}

fn problem(not_taken: &NotTaken) -> Problem {
    let (status, code) = match not_taken {
        NotTaken::Empty => (StatusCode::UNPROCESSABLE_ENTITY, "empty"),
        NotTaken::Kind { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "kind_not_taken"),
        NotTaken::Large { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        NotTaken::Reused => (StatusCode::UNPROCESSABLE_ENTITY, "key_reused"),
        NotTaken::TooMany { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_many_files"),
        NotTaken::TooMuchToday { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_much_today"),
        NotTaken::Full => (StatusCode::INSUFFICIENT_STORAGE, "no_room"),
        NotTaken::Rejected(rejected) => return rejected.clone().into(),
    };
    Problem::new(status, code, not_taken.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_and_go_in_any_script() {
        let name = "Rechnung März (1).pdf";
        assert_eq!(decoded(encoded(&name.into()).as_bytes()), name);
        assert_eq!(decoded(b"100%.pdf"), "100%.pdf");
        assert_eq!(encoded(&"a\"\r\nX: y\u{202e}fdp".into()).find(['"', '\r', '\n', ' ', ';']), None);
    }
}
