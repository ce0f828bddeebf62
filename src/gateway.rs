//! HTTP and WebSocket server: customers, consoles, health, the OpenAPI document, the chat page.
//!
//! Does: lets in who may come in, limits what they send, turns frames into the floor's words and
//! its words into frames. Never: decides, stores, or shows a secret in an address or a log.

mod app;
mod chat;
mod console;
mod cors;
mod customer;
mod identity;
mod listen;
mod openapi;
mod ops;
mod origin;
mod problem;
mod prompt;
mod rate;
mod routes;
mod seats;
mod socket;
mod visit;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::app::App;
use self::origin::{Hosts, Schemes};
use crate::domain::id::ChannelName;
use crate::runtime::handle::Handle as Floor;

/// Time for open requests and sockets to end when the server stops.
const GRACE: Duration = Duration::from_secs(3);

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// Certificate and key, if the server speaks TLS itself.
    pub tls: Option<Tls>,
    /// A proxy in front speaks TLS.
    pub behind_proxy: bool,
    /// Names by which clients reach us, `chat.example.com`; addresses and `localhost` always do.
    pub hosts: Vec<String>,
    /// The channel of the built-in page.
    pub channel: ChannelName,
}

/// Files of a server's certificate.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The chain in PEM, ours first.
    pub certificates: PathBuf,
    /// The private key in PEM.
    pub key: PathBuf,
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Others could read along.
    #[error(
        "{address} is reachable from outside: give a certificate and key, or say --behind-proxy, or listen on 127.0.0.1"
    )]
    Exposed {
        /// Where it should have listened.
        address: SocketAddr,
    },
    /// Somebody else listens there.
    #[error("{address} is taken by another program: stop it, or listen on another port (0 takes a free one)")]
    Busy {
        /// Where it should have listened.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where it should have listened.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The certificate or key is no good.
    #[error("{}: {reason}; it has to be PEM", path.display())]
    Tls {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// A server that runs.
#[derive(Debug)]
pub struct Service {
    address: SocketAddr,
    secure: bool,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Stops a server from elsewhere.
#[derive(Debug, Clone)]
pub struct Handle {
    stop: CancellationToken,
}

impl Handle {
    /// Asks the server to stop: sockets are told, requests end.
    pub fn stop(&self) {
        self.stop.cancel();
    }
}

impl Service {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for clients on this machine.
    pub fn url(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.address)
    }

    /// A handle to stop it.
    pub fn handle(&self) -> Handle {
        Handle { stop: self.stop.clone() }
    }

    /// Waits until it has ended, by a handle or because the floor stops.
    pub async fn ended(self) {
        // A task that panicked has ended as well; the panic is in the log.
        let _ = self.task.await;
    }
}

/// Starts to serve a floor. Listens on loopback alone unless what is sent is protected. Must be
/// called within a tokio runtime.
pub fn serve(options: Options, floor: Floor) -> Result<Service, Error> {
    let Options { address, tls, behind_proxy, hosts, channel } = options;
    if !address.ip().is_loopback() && tls.is_none() && !behind_proxy {
        return Err(Error::Exposed { address });
    }
    let tls = tls.map(|files| listen::tls(&files)).transpose()?;
    let listener = listen::bind(address)?;
    let address = listener.local_addr().map_err(|source| Error::Listen { address, source })?;
    let schemes = match (tls.is_some(), behind_proxy) {
        (_, true) => Schemes::Either,
        (true, false) => Schemes::Https,
        (false, false) => Schemes::Http,
    };
    let secure = tls.is_some();
    let asked = floor.shutdown_requested();
    let app = Arc::new(App::new(floor, Hosts { names: hosts, schemes }, channel));
    let running = listen::run(listener, tls, Arc::clone(&app)).map_err(|source| Error::Listen { address, source })?;
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        tokio::select! {
            () = asked.cancelled() => {}
            () = stopped.cancelled() => {}
        }
        app.closing.cancel();
        running.stop(GRACE).await;
        app.sockets.close();
        // A socket that does not say good-bye in time is dropped with the process.
        let _ = tokio::time::timeout(GRACE, app.sockets.wait()).await;
        tracing::info!(%address, "the gateway has stopped");
    });
    tracing::info!(%address, secure, "the gateway listens");
    Ok(Service { address, secure, stop, task })
}
