//! A server of tools in a process of its own, that speaks MCP: a shelf of books. By its first argument it
//! speaks on its input and output (`stdio`) or listens on loopback and prints where (`http`). What it does
//! is written line by line into the file of `SHELF_LOG`, so that a test sees what was done, and how often.

use std::io::Write;
use std::sync::Arc;

use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer, ServiceExt};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Value, json};

#[derive(Clone, Default)]
struct Shelf;

/// Writes down that something was done.
fn log(line: &str) {
    let path = std::env::var("SHELF_LOG").unwrap_or_default();
    if let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(path) {
        let _ = writeln!(file, "{line}");
    }
}

fn tool(name: &'static str, about: &'static str, properties: &Value, reads: bool) -> Tool {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(|all| all.keys()).collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    let Value::Object(schema) = schema else { unreachable!("written as one") };
    let mut tool = Tool::new(name, about, Arc::new(schema));
    tool.annotations = Some(rmcp::model::ToolAnnotations::new().read_only(reads));
    tool
}

impl ServerHandler for Shelf {
    fn get_info(&self) -> ServerConfig {
        let mut info = ServerConfig::default();
        info.capabilities = ServerCapabilities::builder().enable_tools().build();
        info.server_info = Implementation::new("shelf", "1");
        info
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let text = |name: &str| json!({ name: { "type": "string" } });
        Ok(ListToolsResult::with_all_items(vec![
            tool("find_book", "Where a book stands", &text("title"), true),
            tool(
                "lend_book",
                "Lends a book",
                &json!({ "bookId": { "type": "string", "maxLength": 12 }, "days": { "type": "integer", "maximum": 30 } }),
                false,
            ),
            tool("hang", "Never answers", &json!({}), false),
            tool("die", "Ends the process in the middle of it", &json!({}), false),
            tool("shout", "Answers at length", &json!({}), true),
        ]))
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let args = params.arguments.unwrap_or_default();
        let key = context.meta.get("baton/key").and_then(Value::as_str).unwrap_or("none").to_owned();
        log(&format!("{} {} {key}", params.name, Value::Object(args.clone())));
        let text = |key: &str| args.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let result = match &*params.name {
            "find_book" if text("title") == "Dune" => {
                CallToolResult::structured(json!({ "shelf": "B4", "copiesLeft": 2, "lent": false }))
            }
            "find_book" => CallToolResult::error(vec![ContentBlock::text("there is no such book")]),
            "lend_book" => CallToolResult::success(vec![ContentBlock::text("lent until Friday")]),
            "hang" => {
                std::future::pending::<()>().await;
                CallToolResult::success(Vec::new())
            }
            "die" => std::process::exit(3),
            "shout" => CallToolResult::success(vec![ContentBlock::text("a".repeat(300 * 1024))]),
            _ => return Err(ErrorData::invalid_params("no such tool", None)),
        };
        Ok(result.into())
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    log("begins");
    if std::env::args().nth(1).as_deref() == Some("http") {
        let service = StreamableHttpService::new(
            || Ok(Shelf),
            Arc::new(LocalSessionManager::default()),
            StreamableHttpServerConfig::default(),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let mut out = std::io::stdout();
        writeln!(out, "http://{}/mcp", listener.local_addr()?)?;
        out.flush()?;
        let app = axum::Router::new().route_service("/mcp", service);
        axum::serve(listener, app).await?;
        return Ok(());
    }
    Shelf.serve(rmcp::transport::stdio()).await?.waiting().await?;
    Ok(())
}
