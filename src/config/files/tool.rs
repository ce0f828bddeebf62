//! Tools as `tools.toml` names them, and the servers behind those that the practice shop does not serve.
//! No key stands here: only where it is found.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ServerName, SlotName, ToolName};
use crate::domain::time::Millis;
use crate::domain::tool::ToolSpec;

/// `tools.toml`: what agents may do besides talking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ToolsFile {
    /// The services and processes that serve tools; what none of them serves, the practice shop does.
    #[serde(default)]
    pub servers: Vec<ServerFile>,
    /// The tools.
    #[serde(default)]
    pub tools: Vec<ToolSpec>,
    /// How the tools of servers are called there.
    #[serde(default)]
    pub calls: Vec<EndpointFile>,
}

/// What a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ServerKind {
    /// Plain HTTP and JSON; each of the `calls` says method and path.
    Http,
    /// The Model Context Protocol: a process (`command`) or a service (`url`).
    Mcp,
}

/// A service or process that serves tools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServerFile {
    /// Its name in this deployment.
    pub name: ServerName,
    /// What it speaks.
    pub kind: ServerKind,
    /// Its address, as `https://crm.example.com/api`.
    #[serde(default)]
    pub url: Option<String>,
    /// The program that speaks MCP on its input and output, with its arguments.
    #[serde(default)]
    pub command: Vec<String>,
    /// Variables that are handed on to that program; besides these it gets `PATH`, `HOME` and `LANG` alone.
    #[serde(default)]
    pub env: Vec<String>,
    /// The environment variable that holds its key.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The file that holds its key.
    #[serde(default)]
    pub key_file: Option<String>,
    /// The program that prints its key, with its arguments, as `["secret-tool", "lookup", "service", "openai"]`.
    #[serde(default)]
    pub key_command: Vec<String>,
    /// The header that carries the key as it is; left out, `Authorization: Bearer`.
    #[serde(default)]
    pub key_header: Option<String>,
    /// How long a call may take, in ms.
    #[serde(default = "default_timeout")]
    pub timeout_ms: Millis,
    /// Calls at once.
    #[serde(default = "default_at_once")]
    pub at_once: u16,
}

/// How one tool is called at its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EndpointFile {
    /// Which tool.
    pub tool: ToolName,
    /// Which server serves it.
    pub server: ServerName,
    /// MCP: its name at the server, if that differs.
    #[serde(default)]
    pub at: Option<String>,
    /// HTTP: how.
    #[serde(default)]
    pub method: Method,
    /// HTTP: where below the address, with arguments in braces: `/orders/{order}`. What no brace takes goes
    /// into the query of `get` and `delete`, into a JSON object as the body of the others.
    #[serde(default)]
    pub path: String,
    /// What arguments are called there, where that is no name of a fact: `{ order = "orderId" }`.
    #[serde(default)]
    pub args: BTreeMap<SlotName, String>,
    /// Which parts of the answer are results, as JSON pointers: `{ state = "/status/text" }`; left out, all at its top.
    #[serde(default)]
    pub results: BTreeMap<SlotName, String>,
}

/// How a tool is called over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the methods of HTTP")]
pub enum Method {
    #[default]
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Whether arguments go into a body.
    pub const fn has_body(self) -> bool {
        match self {
            Self::Get | Self::Delete => false,
            Self::Post | Self::Put | Self::Patch => true,
        }
    }
}

impl EndpointFile {
    /// What an argument is called at the server.
    pub fn name_of<'a>(&'a self, slot: &'a SlotName) -> &'a str {
        self.args.get(slot).map_or_else(|| slot.as_str(), String::as_str)
    }

    /// The arguments that stand in braces in the path.
    pub fn in_path(&self) -> impl Iterator<Item = &str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
    }
}

const fn default_timeout() -> Millis {
    Millis::from_secs(10)
}

const fn default_at_once() -> u16 {
    8
}
