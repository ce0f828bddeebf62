//! What serves tools outside of the house.

use super::Check;
use super::models::key_in_two;
use crate::config::files::{EndpointFile, ServerFile, ServerKind};
use crate::config::nearest::suggest;
use crate::config::shop::BUILT_IN;
use crate::config::source::Part;
use crate::domain::id::SlotName;
use crate::domain::tool::ToolSpec;

/// Longest a call may take, in ms: an agent waits behind it, and a customer behind the agent.
const TIMEOUT_MS_MAX: u64 = 60_000;

impl Check<'_> {
    pub(super) fn servers(&mut self) {
        let bundle = self.bundle;
        let file = self.file("tools.toml");
        self.twice(file, "servers", "name", bundle.servers.iter().map(|server| server.name.as_str()));
        self.twice(file, "calls", "tool", bundle.calls.iter().map(|call| call.tool.as_str()));
        for (index, server) in bundle.servers.iter().enumerate() {
            for (key, what, way_out) in faults(server) {
                self.error(file, &[Part::Key("servers"), Part::At(index), Part::Key(key)], what, way_out);
            }
        }
        for (index, call) in bundle.calls.iter().enumerate() {
            let found = bundle.servers.iter().find(|server| server.name == call.server);
            let mut faults: Vec<Fault> = found.and_then(|server| call_fault(server.kind, call)).into_iter().collect();
            if found.is_none() {
                let way_out = suggest(call.server.as_str(), bundle.servers.iter().map(|server| server.name.as_str()));
                faults.push(("server", format!("there is no server `{}`", call.server), way_out));
            }
            if let Some(tool) = bundle.tools.iter().find(|tool| tool.name == call.tool) {
                faults.extend(misfits(tool, call));
            } else {
                let way_out = suggest(call.tool.as_str(), bundle.tools.iter().map(|tool| tool.name.as_str()));
                faults.push(("tool", format!("there is no tool `{}`", call.tool), way_out));
            }
            for (key, what, way_out) in faults {
                self.error(file, &[Part::Key("calls"), Part::At(index), Part::Key(key)], what, way_out);
            }
        }
        for (index, tool) in bundle.tools.iter().enumerate() {
            let called = bundle.calls.iter().any(|call| call.tool == tool.name);
            let practised = bundle.shop.as_ref().is_some_and(|shop| shop.gives(&tool.name));
            if !called && !practised && !BUILT_IN.contains(&tool.name.as_str()) {
                let way = [Part::Key("tools"), Part::At(index), Part::Key("name")];
                let what = format!("nothing serves `{}`: every call of it is refused", tool.name);
                self.advice(file, &way, what, "add `[[calls]]` with its server, or `[[answers]]` to shop.toml");
            }
        }
    }
}

/// A key, what is wrong with it, and the way out.
type Fault = (&'static str, String, String);

/// Where a call does not fit its tool.
fn misfits(tool: &ToolSpec, call: &EndpointFile) -> Vec<Fault> {
    let takes = tool.takes();
    let open = call.in_path().filter(|name| !tool.needs.iter().any(|need| need.as_str() == *name));
    let open = open.map(|name| {
        let what = format!("`{}` does not need the `{name}` of its path", tool.name);
        ("path", what, "add it to `needs`: without it there is no address".to_owned())
    });
    let unknown = call.args.keys().filter(|slot| !takes.contains(slot)).map(|slot| {
        let way_out = suggest(slot.as_str(), takes.iter().map(SlotName::as_str));
        ("args", format!("`{}` takes no `{slot}`", tool.name), way_out)
    });
    open.chain(unknown).collect()
}

/// What is wrong with one server, by its key.
fn faults(server: &ServerFile) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |key, what: String, way_out: &str| faults.push((key, what, way_out.to_owned()));
    match (server.kind, &server.url, server.command.is_empty()) {
        (ServerKind::Http, None, _) => {
            fault("url", "its address is missing".to_owned(), "write it as `url = \"https://…\"`");
        }
        (ServerKind::Http, Some(_), false) => {
            fault("command", "only MCP speaks to a program".to_owned(), "take `command` out");
        }
        (ServerKind::Mcp, None, true) => {
            let what = "neither a program nor an address".to_owned();
            fault("kind", what, "name `command = [\"program\", \"argument\"]` or `url = \"https://…\"`");
        }
        (ServerKind::Mcp, Some(_), false) => {
            fault("url", "both a program and an address".to_owned(), "keep `command` or `url`");
        }
        (ServerKind::Http | ServerKind::Mcp, Some(_), true) | (ServerKind::Mcp, None, false) => {}
    }
    if let Some(url) = &server.url {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
        if host.is_empty() || url.contains(char::is_whitespace) || url.contains(['?', '#']) {
            let what = format!("`{}` is no address of a server", url.escape_debug());
            fault("url", what, "write it as `https://crm.example.com/api`");
        } else if host.contains('@') {
            let what = "the address holds a name or a key".to_owned();
            fault("url", what, "name the variable that holds the key in `key-env`, or its file in `key-file`");
        }
    }
    let places = (server.key_env.as_ref(), server.key_file.as_ref(), server.key_command.as_slice());
    if let Some((key, what, way_out)) = key_in_two(places) {
        fault(key, what, way_out);
    }
    let keyed = server.key_env.is_some() || server.key_file.is_some() || !server.key_command.is_empty();
    if !server.command.is_empty() && keyed {
        fault("command", "a program takes no header".to_owned(), "hand its key on: `env = [\"NAME\"]`");
    }
    if server.timeout_ms.0 == 0 || server.timeout_ms.0 > TIMEOUT_MS_MAX {
        fault("timeout-ms", format!("{} ms are too few or too many", server.timeout_ms.0), "from 1 to 60000");
    }
    if server.at_once == 0 {
        fault("at-once", "it is never asked".to_owned(), "one call at once at least");
    }
    faults
}

/// What is wrong with how a tool is called.
fn call_fault(kind: ServerKind, call: &EndpointFile) -> Option<Fault> {
    let more = || call.path.contains(['?', '#', ' ']) || call.path.split('/').any(|part| part == "..");
    let path = || call.path.escape_debug();
    let (key, what, way_out) = match kind {
        ServerKind::Http if !call.path.starts_with('/') => {
            ("path", format!("`{}` is no path", path()), "write it as `/orders/{order}`")
        }
        ServerKind::Http if more() => {
            ("path", format!("`{}` holds more than a path", path()), "arguments go into the query by themselves")
        }
        ServerKind::Http if call.at.is_some() => {
            ("at", "a name there is MCP's".to_owned(), "write `method` and `path`")
        }
        ServerKind::Mcp if !call.path.is_empty() => {
            ("path", "a path is HTTP's".to_owned(), "write `at = \"name there\"`")
        }
        ServerKind::Http | ServerKind::Mcp => return None,
    };
    Some((key, what, way_out.to_owned()))
}
