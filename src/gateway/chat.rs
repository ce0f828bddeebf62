//! The chat page and the script that embeds it: one self-contained page each, no other origin.

use std::sync::{Arc, LazyLock};

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::app::App;
use super::problem::Problem;
use crate::domain::id::ChannelName;
use crate::privacy::signature::fingerprint;

const HTML: &str = include_str!("chat/page.html");
const STYLE: &str = include_str!("chat/page.css");
const SCRIPT: &str = include_str!("chat/page.js");
const EMBED: &str = include_str!("chat/embed.js");

/// The page with style and script in it, and the policy that lets exactly these two run.
static PAGE: LazyLock<(Bytes, String)> = LazyLock::new(|| {
    let page = HTML.replace("/*style*/", STYLE).replace("/*script*/", SCRIPT);
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
        fingerprint(SCRIPT),
        fingerprint(STYLE),
    );
    (page.into(), policy)
});

/// `GET /chat?channel=NAME`
pub(super) async fn page(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let named = match query.as_deref().filter(|query| !query.is_empty()) {
        None => None,
        Some(query) => Some(named(query)?),
    };
    let channel = named.unwrap_or_else(|| app.channel.clone());
    let access = app.floor.channel(&channel).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "unknown_channel",
            format!("no channel `{channel}`; it stands in baton.toml"),
        )
    })?;
    let (page, policy) = &*PAGE;
    let sites = access.origins.iter().filter(|site| is_source(site));
    let policy = sites.fold(policy.clone(), |policy, site| format!("{policy} {site}"));
    let mut response = Response::new(Body::from(page.clone()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// `GET /chat/embed.js`
pub(super) async fn embed() -> Response {
    let mut response = Response::new(Body::from(EMBED));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

fn named(query: &str) -> Result<ChannelName, Problem> {
    query.strip_prefix("channel=").and_then(|name| name.parse().ok()).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", "the only parameter is `channel`, a name of the deployment")
    })
}

/// Whether a site of the deployment can stand in a policy without ending it.
fn is_source(site: &str) -> bool {
    (site.starts_with("https://") || site.starts_with("http://"))
        && site.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b';' | b',' | b'\'' | b'"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole_and_asks_nobody_else() {
        let (page, policy) = &*PAGE;
        let page = std::str::from_utf8(page).unwrap();
        assert!(page.contains(STYLE) && page.contains(SCRIPT));
        for outside in ["http://", "https://", "src=", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        for inline in
            ["style=\"", " onclick", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
        {
            assert!(!page.contains(inline), "{inline}");
        }
        assert!(!policy.contains("unsafe"));
    }

    #[test]
    fn a_site_cannot_end_the_policy() {
        assert!(is_source("https://shop.example:8443"));
        for wrong in ["*", "https://a; script-src *", "'unsafe-inline'", "javascript:x", ""] {
            assert!(!is_source(wrong), "{wrong}");
        }
    }
}
