//! The listener: address, TLS, connections at once, headers of every response.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::task::JoinHandle;

use super::app::App;
use super::problem::Problem;
use super::prompt::HEADER_PATIENCE;
use super::seats::Seats;
use super::{Error, Tls, cors, routes};

/// Headers of a request; browsers send twenty.
const HEADERS_MAX: usize = 64;
/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Takes the address.
pub(super) fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    // Not through tokio: it would let a second server share the port on some systems.
    let listener = TcpListener::bind(address).map_err(|source| {
        if source.kind() == io::ErrorKind::AddrInUse {
            Error::Busy { address }
        } else {
            Error::Listen { address, source }
        }
    })?;
    listener.set_nonblocking(true).map_err(|source| Error::Listen { address, source })?;
    Ok(listener)
}

/// Reads certificate and key.
pub(super) fn tls(files: &Tls) -> Result<RustlsConfig, Error> {
    let wrong = |path: &std::path::Path, reason: &dyn std::fmt::Display| Error::Tls {
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let chain = CertificateDer::pem_file_iter(&files.certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| wrong(&files.certificates, &e))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| wrong(&files.key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| wrong(&files.certificates, &e))?;
    // WebSockets of browsers want HTTP/1.1, and nothing here needs more.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

/// A server that accepts.
pub(super) struct Running {
    handle: axum_server::Handle<SocketAddr>,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Stops accepting and waits for open requests.
    pub(super) async fn stop(self, grace: Duration) {
        self.handle.graceful_shutdown(Some(grace));
        // Whatever ended it, it has ended.
        let _ = self.task.await;
    }
}

/// Accepts connections.
pub(super) fn run(listener: TcpListener, tls: Option<RustlsConfig>, app: Arc<App>) -> io::Result<Running> {
    let handle = axum_server::Handle::new();
    let router = routes::router().layer(from_fn_with_state(Arc::clone(&app), guard)).with_state(app);
    let service = router.into_make_service();
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_PATIENCE)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    let task = match tls {
        None => tokio::spawn(server.acceptor(Seats::before(NoDelayAcceptor::new())).serve(service)),
        Some(config) => {
            let acceptor = RustlsAcceptor::new(config).acceptor(NoDelayAcceptor::new());
            tokio::spawn(server.acceptor(Seats::before(acceptor)).serve(service))
        }
    };
    Ok(Running { handle, task })
}

/// Before every route: is the host ours? After it: headers that hold for all.
async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let host = match request.headers().get(header::HOST) {
        Some(host) => host.to_str().ok(),
        None => request.uri().authority().map(axum::http::uri::Authority::as_str),
    };
    let ours = host.filter(|host| app.hosts.know(host)).map(str::to_owned);
    let mut response = if let Some(host) = ours {
        cors::judge(&app, &host, request, next).await
    } else {
        let detail = "this name is not among the hosts of the deployment; add it to `hosts` in baton.toml";
        Problem::new(StatusCode::MISDIRECTED_REQUEST, "foreign_host", detail).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry("cross-origin-resource-policy").or_insert(HeaderValue::from_static("same-origin"));
    response
}
