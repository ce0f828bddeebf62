//! Errors of the plain requests as `application/problem+json` (RFC 9457), and what a customer is
//! told of a refusal.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use crate::domain::refusal::Refusal;
use crate::runtime::handle::Rejected;

/// A request that came to nothing: a status, a word for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) detail: String,
    pub(super) retry_ms: Option<u64>,
}

/// How a [`Problem`] is written.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct ProblemBody<'a> {
    /// Always `about:blank`: the code says more.
    r#type: &'static str,
    /// The status in words.
    title: &'a str,
    /// The status.
    status: u16,
    /// A word for programs.
    code: &'a str,
    /// A sentence for people, with the way out.
    detail: &'a str,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), retry_ms: None }
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "send `Authorization: Bearer` with the channel's token or the conversation's own",
        )
    }

    pub(super) fn unknown_conversation() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_conversation", "there is no such conversation; begin a new one")
    }

    pub(super) fn foreign_origin() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "this page is not among the channel's allowed origins; add it to the channel in baton.toml",
        )
    }

    pub(super) fn too_many(retry_ms: u64) -> Self {
        let detail = format!("too many messages; try again in {retry_ms} ms");
        Self { retry_ms: Some(retry_ms), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", detail) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> axum::response::Response {
        let body = ProblemBody {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
        };
        let mut response = Response::new(Body::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(ms) = self.retry_ms {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1000)));
        }
        response
    }
}

impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::Refused(refusal) => Self::from(&refusal),
            // The reason may name files of this machine; the log has it.
            Rejected::Down { .. } => Self {
                retry_ms: Some(2_000),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "down", "the service is stopping; try again shortly")
            },
        }
    }
}

/// Refusals that customers may read as they are, by their code on the wire.
const PLAIN: &[(&str, StatusCode)] = &[
    ("key_reused", StatusCode::UNPROCESSABLE_ENTITY),
    ("key_too_old", StatusCode::CONFLICT),
    ("empty", StatusCode::UNPROCESSABLE_ENTITY),
    ("too_much", StatusCode::PAYLOAD_TOO_LARGE),
    ("bad_rating", StatusCode::UNPROCESSABLE_ENTITY),
    ("blocked", StatusCode::FORBIDDEN),
    ("edit_over", StatusCode::CONFLICT),
    ("not_the_customers", StatusCode::CONFLICT),
    ("wrong_phase", StatusCode::CONFLICT),
    ("already_open", StatusCode::CONFLICT),
    ("not_waiting", StatusCode::CONFLICT),
    ("call_back_arranged", StatusCode::CONFLICT),
    ("unknown_file", StatusCode::UNPROCESSABLE_ENTITY),
    ("no_files", StatusCode::FORBIDDEN),
    ("busy", StatusCode::SERVICE_UNAVAILABLE),
];

/// A refusal in a customer's words: names of the house's people and inner states stay inside.
impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        if *refusal == Refusal::UnknownConversation {
            return Self::unknown_conversation();
        }
        let spelled = serde_json::to_value(refusal).unwrap_or_default();
        let code = spelled.get("code").and_then(serde_json::Value::as_str).unwrap_or_default();
        let Some((code, status)) = PLAIN.iter().find(|(plain, _)| *plain == code) else {
            return Self::new(StatusCode::CONFLICT, "not_now", "this cannot be done now; reload the conversation");
        };
        let retry_ms = if let Refusal::Busy { retry_ms } = refusal { Some(*retry_ms) } else { None };
        Self { retry_ms, ..Self::new(*status, code, refusal.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::baton::Holder;
    use crate::domain::id::Epoch;

    #[test]
    fn a_customer_does_not_hear_of_inner_states() {
        let refusal = Refusal::NotHolder { holder: Holder::Operator("ana".parse().unwrap()), epoch: Epoch(7) };
        let problem = Problem::from(&refusal);
        assert!(!problem.detail.contains("ana") && !problem.detail.contains('7'), "{problem:?}");
        let down = Problem::from(Rejected::Down { reason: "/var/lib/baton: no space".into() });
        assert!(!down.detail.contains("/var"));
    }

    #[test]
    fn waits_are_told_in_whole_seconds() {
        let response = Problem::too_many(1_200).into_response();
        assert_eq!(response.headers().get(header::RETRY_AFTER).unwrap(), "2");
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    }
}
