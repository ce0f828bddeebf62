//! `baton serve`: the orchestrator alone, for a server; also what `baton` leaves behind.

use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::Failure;
use super::house::{House, Pace};
use super::place::Place;
use super::print::Printer;
use crate::config::Bundle;
use crate::domain::id::ChannelName;
use crate::gateway;
use crate::runtime::handle::Handle;

/// Where it listens when neither the deployment nor an argument says so.
pub(super) const LISTEN: &str = "127.0.0.1:7007";

/// The orchestrator alone, for a server
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Address and port; port 0 takes a free one [default: the deployment's, else 127.0.0.1:7007]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    listen: Option<SocketAddr>,
    /// Certificate chain in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy in front speaks TLS
    #[arg(long)]
    behind_proxy: bool,
    /// Name by which clients reach this server, like chat.example.com; may come again
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Started by a console: any port will do, and a terminal that hangs up ends nothing
    #[arg(long, hide = true)]
    detached: bool,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("write it like {LISTEN}"))
}

impl Serve {
    /// Serves until it is told to stop.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let bundle = place.bundle()?;
        let data = place.data()?;
        let _logs = super::logs::begin(&data)?;
        super::on_tokio(async move {
            let name = bundle.house.name.clone();
            let house = self.open(data.path().to_owned(), bundle).await?;
            // Whoever reads the address may tell the process to end at once.
            let ends = Ends::listen();
            printer.says(&format!(
                "floor {name} at {url}\nchat page  {url}/chat\nconsole    baton console --connect {url}\ndata       {}\n\
                 Ctrl-C ends it in order",
                data.path().display(),
                url = house.url()
            ))?;
            ends.until_told(&house.floor).await;
            let broken = house.floor.broken();
            house.close().await?;
            broken.map_or(Ok(()), |why| {
                let way_out = "what was acknowledged is safe; free or repair the disk and start baton again";
                Err(Failure::failed(format!("{why}: {way_out}")))
            })
        })
    }

    async fn open(&self, data: PathBuf, bundle: Bundle) -> Result<House, Failure> {
        let address = self.address(&bundle)?;
        let opened = self.try_at(address, data.clone(), bundle.clone()).await;
        match opened {
            // Whoever only wants a console does not care where the floor listens.
            Err(_) if self.detached && self.listen.is_none() => {
                self.try_at(SocketAddr::new(address.ip(), 0), data, bundle).await
            }
            other => other,
        }
    }

    async fn try_at(&self, address: SocketAddr, data: PathBuf, bundle: Bundle) -> Result<House, Failure> {
        let tls = self.tls_cert.clone().zip(self.tls_key.clone());
        let options = gateway::Options {
            address,
            tls: tls.map(|(certificates, key)| gateway::Tls { certificates, key }),
            behind_proxy: self.behind_proxy,
            hosts: self.hosts.clone(),
            channel: ChannelName::web(),
        };
        House::open(Some(data), bundle, Pace::real(), options).await
    }

    fn address(&self, bundle: &Bundle) -> Result<SocketAddr, Failure> {
        if let Some(address) = self.listen {
            return Ok(address);
        }
        let text = bundle.house.listen.as_deref().unwrap_or(LISTEN);
        text.parse().map_err(|_| {
            Failure::failed(format!("baton.toml: listen = {text:?} is no address; write it like {LISTEN}"))
        })
    }
}

/// The signals that end a server; listened for from the making of this on.
pub(super) struct Ends {
    /// Without signals the floor's own word is all there is.
    signals: Option<[Signal; 3]>,
}

impl Ends {
    /// Listens from now on: a signal that comes before somebody waits for it is not lost, nor does
    /// it end the process in the middle of something.
    pub(super) fn listen() -> Self {
        let [terminate, interrupt, hangup] =
            [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
        let signals = terminate.and_then(|terminate| Ok([terminate, interrupt?, hangup?])).ok();
        Self { signals }
    }

    /// Returns when the process is told to end, or the floor is asked to stop or cannot go on. A
    /// hang-up of the terminal ends nothing.
    pub(super) async fn until_told(self, floor: &Handle) {
        let asked = floor.shutdown_requested();
        let Some([mut terminate, mut interrupt, mut hangup]) = self.signals else {
            asked.cancelled().await;
            return;
        };
        loop {
            tokio::select! {
                () = asked.cancelled() => return,
                _ = terminate.recv() => return,
                _ = interrupt.recv() => return,
                _ = hangup.recv() => tracing::info!("the terminal hung up; the floor goes on"),
            }
        }
    }
}
