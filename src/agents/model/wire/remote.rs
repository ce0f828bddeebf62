//! `baton.agent.v1`: an agent that is a service of its own, in any language.
//!
//! It is sent one JSON object by POST: `{"protocol":"baton.agent.v1","model","system","briefing",
//! "messages":[{"from":"customer"|"agent","text"} | {"called":[{"id","function","arguments","gave"}]}],
//! "functions":[{"name","about","parameters"}]}`. It answers with `{"text","calls":[{"name","arguments":{…}}],
//! "usage":{"input","output"}}` as JSON, or with server-sent events whose data is `{"delta":"words"}`,
//! `{"call":{"name","arguments":{…}}}` and, at last, `{"end":true,"usage":{…}}`; `{"error":"why"}` ends it too.
//!
//! By WebSocket (`base-url = "wss://…"`) it is the same: the question is one text frame, every event is one text
//! frame back, and there is a socket a question, with the key in the header of its handshake. README.md has an
//! example.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Request, not_agreed};
use crate::agents::model::answer::{FunctionCall, Said};
use crate::agents::model::prompt::{Message, Prompt};
use crate::config::files::ModelFile;
use crate::domain::model::{ModelFailure, Usage};

/// Calls of one answer that are kept.
const CALLS_MAX: usize = 32;

pub(super) fn request(model: &ModelFile, prompt: &Prompt, trace: Option<&str>) -> Request {
    let message = |message: &Message| match message {
        Message::Customer(text) => json!({ "from": "customer", "text": text }),
        Message::Agent(text) => json!({ "from": "agent", "text": text }),
        Message::Called(calls) => {
            let calls = calls.iter().map(|call| {
                let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
                json!({ "id": call.id, "function": call.function, "arguments": arguments, "gave": call.gave })
            });
            json!({ "called": calls.collect::<Vec<_>>() })
        }
    };
    let functions: Vec<Value> = prompt
        .functions
        .iter()
        .map(|f| json!({ "name": f.name, "about": f.about, "parameters": f.parameters }))
        .collect();
    let body = json!({
        "protocol": "baton.agent.v1",
        "model": model.model,
        "system": &*prompt.system,
        "briefing": prompt.briefing,
        "messages": prompt.messages.iter().map(message).collect::<Vec<_>>(),
        "functions": functions,
    });
    // Texts and their maps can always be written.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let headers = trace.map(|trace| ("traceparent", trace.to_owned())).into_iter().collect();
    Request { path: "", headers, key: ("authorization", "Bearer "), body }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Piece {
    delta: Option<String>,
    call: Option<Called>,
    end: bool,
    text: Option<String>,
    calls: Vec<Called>,
    usage: Option<Counted>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Called {
    #[serde(default)]
    id: String,
    name: String,
    #[serde(default)]
    arguments: Value,
}

#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    input: u32,
    #[serde(default)]
    output: u32,
}

pub(super) fn event(data: &[u8], said: &mut Said, ended: &mut bool) -> Result<(), ModelFailure> {
    let piece: Piece = serde_json::from_slice(data).map_err(not_agreed)?;
    *ended |= piece.end;
    take(piece, said)
}

pub(super) fn whole(body: &[u8], said: &mut Said) -> Result<(), ModelFailure> {
    take(serde_json::from_slice(body).map_err(not_agreed)?, said)
}

fn take(piece: Piece, said: &mut Said) -> Result<(), ModelFailure> {
    if piece.error.is_some() {
        return Err(ModelFailure::Busy);
    }
    said.text.push_str(&piece.delta.unwrap_or_default());
    said.text.push_str(&piece.text.unwrap_or_default());
    for Called { id, name, arguments } in piece.call.into_iter().chain(piece.calls) {
        if said.calls.len() >= CALLS_MAX {
            return Err(ModelFailure::NotAsAgreed);
        }
        let arguments = if arguments.is_null() { String::new() } else { arguments.to_string() };
        said.calls.push(FunctionCall { id, name, arguments });
    }
    if let Some(Counted { input, output }) = piece.usage {
        said.usage = Some(Usage { input, output, ..Usage::default() });
    }
    Ok(())
}
