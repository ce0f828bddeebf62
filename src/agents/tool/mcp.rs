//! Tools of MCP servers: a process on its input and output, or a service over streamable HTTP.
//!
//! What a server asks of its client in turn (to draw samples, to ask the user) is not offered to it.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorCode, RequestMetaObject,
};
use rmcp::service::{RoleClient, RunningService, ServiceError, ServiceExt};
use rmcp::transport::TokioChildProcess;
use rmcp::transport::streamable_http_client::{StreamableHttpClientTransport, StreamableHttpClientTransportConfig};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::values::{arguments, results, said_no, text};
use super::{Errand, Offered, Server, http, unclear};
use crate::config::files::EndpointFile;
use crate::domain::tool::{ToolCall, ToolOutcome, ToolSpec};

/// How long a server may take to begin: a runner may first have to fetch the program.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// Longest answer in bytes; far more than what is kept of it.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// What a program gets of our environment, besides what the deployment names.
const ENVIRONMENT: [&str; 3] = ["PATH", "HOME", "LANG"];

type Running = RunningService<RoleClient, ()>;

/// The way to one server, opened with the first call and again after it broke.
#[derive(Default)]
pub(super) struct Link {
    open: Mutex<Option<Arc<Running>>>,
}

impl Link {
    /// The tools that the server offers.
    pub(super) async fn offers(&self, server: &Server) -> Result<Vec<Offered>, String> {
        let running = self.running(server).await?;
        let name = &server.file.name;
        let listed = timeout(server.patience(), running.list_all_tools()).await;
        let tools = listed.map_err(|_| format!("{name} does not say what it offers"))?;
        let tools = tools.map_err(|error| format!("{name}: {error}"))?;
        let offered = |tool: rmcp::model::Tool| Offered {
            name: tool.name.into_owned(),
            about: tool.description.unwrap_or_default().into_owned(),
            input: Value::Object((*tool.input_schema).clone()),
            reads_only: tool.annotations.and_then(|hints| hints.read_only_hint).unwrap_or(false),
        };
        Ok(tools.into_iter().map(offered).collect())
    }

    pub(super) async fn call(
        &self,
        server: &Server,
        (spec, how): (&ToolSpec, &EndpointFile),
        errand: &Errand,
        call: &ToolCall,
    ) -> ToolOutcome {
        // Nothing was sent yet: what cannot be reached has done nothing.
        let Ok(running) = self.running(server).await else { return ToolOutcome::Failed };
        let name = how.at.clone().unwrap_or_else(|| call.tool.to_string());
        let mut params = CallToolRequestParams::new(name).with_arguments(arguments((spec, how), call, &[]));
        params.meta = Some(about(errand));
        let acts = spec.side_effect;
        let answered = timeout(server.patience(), running.call_tool_once(params)).await;
        if let Ok(Ok(CallToolResponse::Complete(result))) = &answered {
            return read(result, how, acts);
        }
        if let Ok(Err(error)) = &answered {
            return failed(error, acts);
        }
        // It fell silent; or it wants to ask somebody, or goes on by itself: neither is offered to it, and what
        // it did until then is not known.
        unclear(acts)
    }

    /// The open connection, or a new one.
    async fn running(&self, server: &Server) -> Result<Arc<Running>, String> {
        let mut open = self.open.lock().await;
        if let Some(running) = open.as_ref().filter(|running| !running.is_closed() && !running.is_transport_closed()) {
            return Ok(Arc::clone(running));
        }
        *open = None;
        let started = timeout(START_PATIENCE, start(server)).await;
        let running = Arc::new(started.map_err(|_| format!("{} does not begin", server.file.name))??);
        *open = Some(Arc::clone(&running));
        Ok(running)
    }
}

async fn start(server: &Server) -> Result<Running, String> {
    let name = &server.file.name;
    if let Some((program, args)) = server.file.command.split_first() {
        let mut command = Command::new(program);
        command.args(args).env_clear().kill_on_drop(true);
        let handed = ENVIRONMENT.into_iter().chain(server.file.env.iter().map(String::as_str));
        command.envs(handed.filter_map(|name| Some((name, std::env::var_os(name)?))));
        // What it says on its error output belongs on no screen of ours.
        let spawned = TokioChildProcess::builder(command).stderr(Stdio::null()).spawn();
        let (process, _) = spawned.map_err(|error| format!("{name}: `{program}` does not start: {error}"))?;
        return ().serve(process).await.map_err(|error| format!("{name}: {error}"));
    }
    let mut config = StreamableHttpClientTransportConfig::with_uri(server.file.url.clone().unwrap_or_default())
        .max_sse_event_size(ANSWER_BYTES_MAX)
        .max_json_response_size(ANSWER_BYTES_MAX);
    if let Some((header, value)) = server.header() {
        let header = HeaderName::try_from(header).map_err(|_| format!("{name}: its `key-header` is no header"))?;
        let mut value = HeaderValue::try_from(value).map_err(|_| format!("{name}: its key fits no header"))?;
        value.set_sensitive(true);
        config = config.custom_headers(HashMap::from([(header, value)]));
    }
    let client = http::client().map_err(|error| format!("{name}: {error}"))?;
    let transport = StreamableHttpClientTransport::with_client(client, config);
    ().serve(transport).await.map_err(|error| format!("{name}: {error}"))
}

/// Who asks, as the request's metadata: the same as the headers over HTTP.
fn about(errand: &Errand) -> RequestMetaObject {
    let fields = json!({
        "baton/key": errand.key(),
        "baton/conversation": errand.conversation.to_string(),
        "baton/customer": errand.customer.to_string(),
        "baton/identity": errand.identity(),
        "baton/agent": errand.agent.as_str(),
    });
    let Value::Object(fields) = fields else { return RequestMetaObject::new() };
    RequestMetaObject::from(fields)
}

fn read(result: &CallToolResult, how: &EndpointFile, acts: bool) -> ToolOutcome {
    let words: Vec<&str> = result.content.iter().filter_map(words).collect();
    let words = words.join("\n");
    if result.is_error == Some(true) {
        return ToolOutcome::Declined(said_no(&words, "it did not work"));
    }
    if words.len() > ANSWER_BYTES_MAX {
        return if acts { ToolOutcome::Done(text("")) } else { ToolOutcome::Failed };
    }
    let parsed = || serde_json::from_str::<Value>(&words).ok().filter(Value::is_object);
    match result.structured_content.clone().or_else(parsed) {
        Some(answer) => ToolOutcome::Done(results(&answer, how)),
        None => ToolOutcome::Done(text(&words)),
    }
}

/// The words of a piece of content; pictures and sounds say nothing that could be passed on.
fn words(block: &ContentBlock) -> Option<&str> {
    block.as_text().map(|text| text.text.as_str())
}

fn failed(error: &ServiceError, acts: bool) -> ToolOutcome {
    const UNREAD: [ErrorCode; 3] = [ErrorCode::INVALID_PARAMS, ErrorCode::METHOD_NOT_FOUND, ErrorCode::INVALID_REQUEST];
    if let ServiceError::McpError(error) = error
        && UNREAD.contains(&error.code)
    {
        // It did not even look at the call.
        return ToolOutcome::Declined(said_no(&error.message, "it does not take this call"));
    }
    if let ServiceError::TransportSend(_) = error { ToolOutcome::Failed } else { unclear(acts) }
}
