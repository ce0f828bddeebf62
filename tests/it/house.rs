//! A whole house for tests: a floor on disk with its gateway, and an operator's desk.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use baton::client::feed::{Feed, FeedEvent};
use baton::client::{Address, install_crypto, socket};
use baton::config::{Bundle, preset};
use baton::domain::command::OperatorAct;
use baton::domain::id::{ClientKey, OperatorName};
use baton::domain::time::Millis;
use baton::gateway::{self, Options as GatewayOptions};
use baton::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest};
use baton::protocol::row::ConversationRow;
use baton::runtime::clock::REAL_TIME;
use baton::runtime::handle::Handle;
use baton::runtime::{Options, Service};

/// Time for anything that should come at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running house; its data folder goes with it.
pub(crate) struct House {
    folder: tempfile::TempDir,
    floor: Handle,
    service: Service,
    gateway: gateway::Service,
    operator: String,
    channel: String,
    http: reqwest::Client,
    change: fn(&mut Bundle),
}

impl House {
    /// A site that may embed the chat.
    pub(crate) const SITE: &'static str = "https://shop.example";

    /// A house of the preset, on a free port.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with other files of the deployment.
    #[expect(clippy::unused_async, reason = "must run within a tokio runtime")]
    pub(crate) async fn start_with(change: fn(&mut Bundle)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::on(folder, "127.0.0.1:0".parse().unwrap(), None, change)
    }

    fn on(
        folder: tempfile::TempDir,
        address: SocketAddr,
        tokens: Option<(String, String)>,
        change: fn(&mut Bundle),
    ) -> Self {
        install_crypto();
        let mut bundle = preset("support").unwrap();
        bundle.house.channels[0].origins = vec![Self::SITE.to_owned()];
        change(&mut bundle);
        let data = Some(folder.path().to_owned());
        let options = Options { data, bundle, speed: REAL_TIME, pace: Some(Millis(0)), seed: None };
        let (floor, service) = Service::start(options).unwrap();
        let gateway = gateway::serve(at(address), floor.clone()).unwrap();
        let (operator, channel) = tokens.unwrap_or_else(|| {
            let ana: OperatorName = "ana".parse().unwrap();
            (floor.grant_operator(ana).unwrap(), floor.grant_channel("web".parse().unwrap()).unwrap())
        });
        Self { folder, floor, service, gateway, operator, channel, http: reqwest::Client::new(), change }
    }

    /// Stops everything in order and starts it again on the same data and port.
    pub(crate) async fn restart(self) -> Self {
        let address = self.address();
        let Self { folder, service, gateway, operator, channel, change, .. } = self;
        end(gateway, service).await;
        Self::on(folder, address, Some((operator, channel)), change)
    }

    /// Stops everything in order.
    pub(crate) async fn stop(self) {
        end(self.gateway, self.service).await;
    }

    /// The floor itself.
    pub(crate) const fn floor(&self) -> &Handle {
        &self.floor
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Another gateway of the same floor.
    pub(crate) fn serve_again(&self, address: SocketAddr) -> Result<gateway::Service, gateway::Error> {
        gateway::serve(at(address), self.floor.clone())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.gateway.address()
    }

    pub(crate) fn url(&self) -> String {
        self.gateway.url()
    }

    pub(crate) fn operator_token(&self) -> &str {
        &self.operator
    }

    pub(crate) fn channel_token(&self) -> &str {
        &self.channel
    }

    /// What the embedding site signs for a visitor; `exp` in seconds since 1970.
    pub(crate) fn signed(&self, sub: &str, exp: u64) -> String {
        let secret = self.floor.channel(&"web".parse().unwrap()).unwrap().identity_secret.unwrap();
        let payload = serde_json::json!({ "sub": sub, "name": "Ada", "tier": "vip", "exp": exp }).to_string();
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(payload);
        format!("v1.{payload}.{}", baton::privacy::signature::sign(secret.as_bytes(), &payload))
    }

    pub(crate) fn request(&self, method: reqwest::Method, path: &str, token: Option<&str>) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url())).timeout(PATIENCE);
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::GET, path, token)
    }

    pub(crate) fn post(&self, path: &str, token: Option<&str>) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::POST, path, token)
    }
}

fn at(address: SocketAddr) -> GatewayOptions {
    let hosts = vec!["chat.example.com".to_owned()];
    GatewayOptions { address, tls: None, behind_proxy: false, hosts, channel: "web".parse().unwrap() }
}

async fn end(gateway: gateway::Service, service: Service) {
    gateway.handle().stop();
    gateway.ended().await;
    service.stop().await.unwrap();
}

/// An operator at a console, without the screen.
pub(crate) struct Desk {
    feed: Feed,
    keys: u32,
    stem: String,
    /// Conversations as they were seen, newest state last.
    pub(crate) seen: Vec<ConversationRow>,
}

impl Desk {
    /// Connects as `ana` and waits for the whole picture.
    pub(crate) async fn open(house: &House) -> Self {
        Self::of(house, house.operator_token().to_owned()).await
    }

    /// The same as another operator.
    pub(crate) async fn open_as(house: &House, name: &str) -> Self {
        Self::of(house, house.floor.grant_operator(name.parse().unwrap()).unwrap()).await
    }

    async fn of(house: &House, token: String) -> Self {
        let address = Address::parse(&house.url()).unwrap();
        let feed = socket::connect(socket::Options { address, token, read_only: false, passing: false });
        let mut random = [0; 8];
        getrandom::fill(&mut random).unwrap();
        let stem = format!("desk{}", u64::from_be_bytes(random));
        let mut desk = Self { feed, keys: 0, stem, seen: Vec::new() };
        desk.until(|reply| matches!(reply, ConsoleReply::Welcome { seq: Some(_), .. })).await;
        desk
    }

    /// Waits for a reply.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&ConsoleReply) -> bool) -> ConsoleReply {
        loop {
            let event = tokio::time::timeout(PATIENCE, self.feed.events.recv()).await.expect("a reply in time");
            let FeedEvent::Reply(reply) = event.expect("the feed lives") else { continue };
            if let ConsoleReply::Welcome { changes, .. } | ConsoleReply::Delta { changes, .. } = &*reply {
                self.seen.extend(
                    changes.iter().filter_map(
                        |change| {
                            if let Change::Row(row) = change { Some((**row).clone()) } else { None }
                        },
                    ),
                );
            }
            if wanted(&reply) {
                return *reply;
            }
        }
    }

    /// Asks for something under a new key, and does not wait.
    pub(crate) async fn ask(&mut self, act: OperatorAct) -> ClientKey {
        self.keys += 1;
        let key: ClientKey = format!("{}-{}", self.stem, self.keys).parse().unwrap();
        let command = ConsoleCommand::Act(act);
        self.feed.requests.send(ConsoleRequest::Command { key: key.clone(), seen: None, command }).await.unwrap();
        key
    }

    /// What became of it.
    pub(crate) async fn answer(&mut self, key: &ClientKey) -> ConsoleReply {
        self.until(|reply| {
            matches!(reply, ConsoleReply::Accepted { key: k, .. } | ConsoleReply::Refused { key: k, .. } if k == key)
        })
        .await
    }

    /// Does something and waits until it is on disk.
    pub(crate) async fn act(&mut self, act: OperatorAct) {
        let key = self.ask(act.clone()).await;
        let answer = self.answer(&key).await;
        assert!(matches!(answer, ConsoleReply::Accepted { .. }), "{act:?}: {answer:?}");
    }
}
