//! Tools of other services: over HTTP, and over the Model Context Protocol.
//!
//! Does: makes a call that the rules have allowed, under the call's key, within time-out and size; reads
//! the answer as results, or says how far it came.
//! Never: decides whether a call may be made, tries again by itself (the rules do, and know what acts),
//! or takes from a server what it says a tool is: that stands in the deployment.

mod http;
#[cfg(feature = "mcp")]
mod mcp;
pub mod scan;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::guard::Guard;
use super::key::{Key, KeyPlace};
use crate::config::Bundle;
use crate::config::files::{EndpointFile, ServerFile, ServerKind};
use crate::domain::customer::Identity;
use crate::domain::id::{AgentName, CallId, ConversationId, CustomerId, ServerName, ToolName};
use crate::domain::tool::{ToolCall, ToolOutcome, ToolSpec};

/// How long a seat among the calls at once is waited for; then the call counts as failed, and nothing was sent.
const SEAT_PATIENCE: Duration = Duration::from_secs(5);

/// Who asks, for whom, and under which number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// The call's number on the floor.
    pub call: CallId,
    /// Where.
    pub conversation: ConversationId,
    /// For whom: from the session, never from text.
    pub customer: CustomerId,
    /// How sure the house is of them.
    pub identity: Identity,
    /// Which agent.
    pub agent: AgentName,
    /// The call's span, as W3C's Trace Context writes it; none where nobody traces.
    pub trace: Option<String>,
}

impl Errand {
    /// The call's key towards its receiver: the same for every attempt, and never given again, since a
    /// conversation's id is random.
    pub fn key(&self) -> String {
        format!("{}-{}", self.conversation, self.call)
    }

    const fn identity(&self) -> &'static str {
        match self.identity {
            Identity::Anonymous => "anonymous",
            Identity::Claimed => "claimed",
            Identity::Verified { .. } => "verified",
        }
    }
}

/// What a server says of one of its tools.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered {
    /// Its name there.
    pub name: String,
    /// What it does, in the server's words: foreign.
    pub about: String,
    /// JSON schema of its arguments.
    pub input: serde_json::Value,
    /// Whether the server says that it changes nothing.
    pub reads_only: bool,
}

/// The tools of a deployment that other services serve.
pub struct Tools {
    servers: BTreeMap<ServerName, Arc<Server>>,
    served: BTreeMap<ToolName, Served>,
}

struct Served {
    spec: ToolSpec,
    call: EndpointFile,
    server: Arc<Server>,
}

/// A service or process that serves tools.
pub struct Server {
    file: ServerFile,
    key: Result<Option<Key>, String>,
    at_once: Semaphore,
    link: Link,
}

enum Link {
    Http(reqwest::Client),
    #[cfg(feature = "mcp")]
    Mcp(mcp::Link),
    /// This build speaks no MCP.
    #[cfg(not(feature = "mcp"))]
    Silent,
}

impl Tools {
    /// The servers of a deployment; nothing when it has none. Nothing is dialled before the first call.
    ///
    /// # Errors
    /// There can be no client for one of them.
    pub fn open(bundle: &Bundle) -> Result<Option<Self>, reqwest::Error> {
        let mut servers = BTreeMap::new();
        let mut served = BTreeMap::new();
        for file in &bundle.servers {
            servers.insert(file.name.clone(), Arc::new(Server::open(file)?));
        }
        for call in &bundle.calls {
            let spec = bundle.tools.iter().find(|tool| tool.name == call.tool);
            if let Some((spec, server)) = spec.zip(servers.get(&call.server)) {
                let one = Served { spec: spec.clone(), call: call.clone(), server: Arc::clone(server) };
                served.insert(call.tool.clone(), one);
            }
        }
        Ok((!servers.is_empty()).then_some(Self { servers, served }))
    }

    /// Tells the guardrails every key, so that no answer holds one.
    pub fn confide(&self, guard: &mut Guard) {
        for server in self.servers.values() {
            if let Ok(Some(key)) = &server.key {
                guard.keep_secret(key.expose());
            }
        }
    }

    /// The server of that name.
    pub fn server(&self, name: &ServerName) -> Option<&Arc<Server>> {
        self.servers.get(name)
    }

    /// Whether a server serves that tool.
    pub fn serve(&self, tool: &ToolName) -> bool {
        self.served.contains_key(tool)
    }

    /// Makes a call; nothing when no server serves the tool.
    pub async fn call(&self, errand: &Errand, call: &ToolCall) -> Option<ToolOutcome> {
        let Served { spec, call: how, server } = self.served.get(&call.tool)?;
        let Ok(Ok(_seat)) = timeout(SEAT_PATIENCE, server.at_once.acquire()).await else {
            return Some(ToolOutcome::Failed);
        };
        Some(server.make((spec, how), errand, call).await)
    }
}

impl Server {
    /// The server as the deployment describes it. Its key is looked up now.
    ///
    /// # Errors
    /// There can be no client for it.
    pub fn open(file: &ServerFile) -> Result<Self, reqwest::Error> {
        let link = match file.kind {
            ServerKind::Http => Link::Http(http::client()?),
            #[cfg(feature = "mcp")]
            ServerKind::Mcp => Link::Mcp(mcp::Link::default()),
            #[cfg(not(feature = "mcp"))]
            ServerKind::Mcp => Link::Silent,
        };
        let key = place(file).find();
        Ok(Self { key, at_once: Semaphore::new(usize::from(file.at_once)), link, file: file.clone() })
    }

    /// What the deployment says of it.
    pub const fn file(&self) -> &ServerFile {
        &self.file
    }

    /// Where its key was found, or why not; never the key.
    ///
    /// # Errors
    /// There is none, with the way out.
    pub fn key(&self) -> Result<String, String> {
        self.key.as_ref().map(|_| place(&self.file).words()).map_err(Clone::clone)
    }

    /// The tools it offers; a service over plain HTTP cannot say, and is only reached for.
    ///
    /// # Errors
    /// It cannot be reached, or does not speak as agreed.
    pub async fn offers(&self) -> Result<Vec<Offered>, String> {
        self.key.as_ref().map_err(Clone::clone)?;
        match &self.link {
            Link::Http(client) => http::reach(client, self).await.map(|()| Vec::new()),
            #[cfg(feature = "mcp")]
            Link::Mcp(link) => link.offers(self).await,
            #[cfg(not(feature = "mcp"))]
            Link::Silent => Err(NO_MCP.to_owned()),
        }
    }

    async fn make(&self, (spec, how): (&ToolSpec, &EndpointFile), errand: &Errand, call: &ToolCall) -> ToolOutcome {
        if self.key.is_err() {
            return ToolOutcome::Failed;
        }
        match &self.link {
            Link::Http(client) => http::call(client, self, (spec, how), errand, call).await,
            #[cfg(feature = "mcp")]
            Link::Mcp(link) => link.call(self, (spec, how), errand, call).await,
            #[cfg(not(feature = "mcp"))]
            Link::Silent => ToolOutcome::Failed,
        }
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.file.timeout_ms.0)
    }

    /// The header that carries its key.
    fn header(&self) -> Option<(String, String)> {
        let key = self.key.as_ref().ok()?.as_ref()?.expose();
        Some(match &self.file.key_header {
            Some(name) => (name.to_ascii_lowercase(), key.to_owned()),
            None => ("authorization".to_owned(), format!("Bearer {key}")),
        })
    }
}

/// Where the key of a server is looked for.
fn place(file: &ServerFile) -> KeyPlace {
    KeyPlace::of(file.key_env.as_deref(), file.key_file.as_deref(), &file.key_command)
}

/// What a build without MCP says.
#[cfg(not(feature = "mcp"))]
const NO_MCP: &str = "this baton was built without MCP; build it with `--features mcp`";

/// How a call ends of which nobody knows how far it came: what only reads has failed, what acts may have happened.
const fn unclear(acts: bool) -> ToolOutcome {
    if acts { ToolOutcome::Unknown } else { ToolOutcome::Failed }
}
