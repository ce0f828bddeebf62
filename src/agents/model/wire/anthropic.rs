//! Messages as Anthropic defined them: named events, blocks by their number, results in the user's turn.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Request, not_agreed};
use crate::agents::model::answer::{FunctionCall, Said, Stop};
use crate::agents::model::prompt::{Message, Prompt};
use crate::config::files::ModelFile;
use crate::domain::model::{ModelFailure, Usage};

/// The version of the wire that is spoken.
const VERSION: &str = "2023-06-01";
/// Blocks of one answer that are kept.
const BLOCKS_MAX: usize = 64;

pub(super) fn request(model: &ModelFile, prompt: &Prompt) -> Request {
    let mut messages: Vec<Value> = Vec::new();
    for message in &prompt.messages {
        match message {
            Message::Customer(text) => push(&mut messages, "user", json!({ "type": "text", "text": text })),
            Message::Agent(text) => push(&mut messages, "assistant", json!({ "type": "text", "text": text })),
            Message::Called(calls) => {
                for call in calls {
                    // An input must be an object; what is none was refused, and stands here as an empty one.
                    let input: Value = serde_json::from_str(&call.arguments)
                        .ok()
                        .filter(Value::is_object)
                        .unwrap_or_else(|| json!({}));
                    let block = json!({ "type": "tool_use", "id": call.id, "name": call.function, "input": input });
                    push(&mut messages, "assistant", block);
                }
                for call in calls {
                    let block = json!({ "type": "tool_result", "tool_use_id": call.id, "content": call.gave });
                    push(&mut messages, "user", block);
                }
            }
        }
    }
    let mut system = vec![json!({ "type": "text", "text": &*prompt.system, "cache_control": { "type": "ephemeral" } })];
    if !prompt.briefing.is_empty() {
        system.push(json!({ "type": "text", "text": prompt.briefing }));
    }
    let tools: Vec<Value> = prompt
        .functions
        .iter()
        .map(|f| json!({ "name": f.name, "description": f.about, "input_schema": f.parameters }))
        .collect();
    let mut body = json!({
        "model": model.model,
        "max_tokens": model.output_tokens,
        "stream": true,
        "system": system,
        "messages": messages,
        "tools": tools,
    });
    if let Some(percent) = model.temperature_percent {
        body["temperature"] = json!(f32::from(percent) / 100.0);
    }
    let headers = vec![("anthropic-version", VERSION.to_owned())];
    // Texts, numbers and their maps can always be written.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    Request { path: "/v1/messages", headers, key: ("x-api-key", ""), body }
}

/// Adds a block to the last message if that is of the same role: roles have to alternate.
fn push(messages: &mut Vec<Value>, role: &str, block: Value) {
    if let Some(last) = messages.last_mut().filter(|last| last["role"] == role)
        && let Some(content) = last["content"].as_array_mut()
    {
        content.push(block);
        return;
    }
    messages.push(json!({ "role": role, "content": [block] }));
}

/// The blocks so far: those that call, by which call.
#[derive(Debug, Default)]
pub(super) struct Parts {
    calls: Vec<Option<usize>>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Start,
    },
    ContentBlockStart {
        index: usize,
        content_block: Block,
    },
    ContentBlockDelta {
        index: usize,
        delta: Delta,
    },
    ContentBlockStop {},
    MessageDelta {
        delta: Ending,
        #[serde(default)]
        usage: Option<Counted>,
    },
    MessageStop {},
    Ping {},
    Error {
        error: Trouble,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Start {
    #[serde(default)]
    usage: Option<Counted>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        #[serde(default)]
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        #[serde(default)]
        input: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Delta {
    #[serde(rename = "text_delta")]
    Text { text: String },
    #[serde(rename = "input_json_delta")]
    Input { partial_json: String },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Ending {
    #[serde(default)]
    stop_reason: Option<String>,
}

#[expect(clippy::struct_field_names, reason = "these are the names of the wire")]
#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    input_tokens: Option<u32>,
    #[serde(default)]
    cache_read_input_tokens: Option<u32>,
    #[serde(default)]
    cache_creation_input_tokens: Option<u32>,
    #[serde(default)]
    output_tokens: Option<u32>,
}

#[derive(Deserialize)]
struct Trouble {
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Whole {
    content: Vec<Block>,
    #[serde(default)]
    stop_reason: Option<String>,
    #[serde(default)]
    usage: Option<Counted>,
}

pub(super) fn event(data: &[u8], parts: &mut Parts, said: &mut Said, ended: &mut bool) -> Result<(), ModelFailure> {
    match serde_json::from_slice(data).map_err(not_agreed)? {
        Event::MessageStart { message } => count(message.usage, said),
        Event::ContentBlockStart { index, content_block } => {
            if index >= BLOCKS_MAX {
                return Err(ModelFailure::NotAsAgreed);
            }
            if parts.calls.len() <= index {
                parts.calls.resize(index + 1, None);
            }
            let call = block(content_block, said);
            if let Some(slot) = parts.calls.get_mut(index) {
                *slot = call;
            }
        }
        Event::ContentBlockDelta { delta: Delta::Text { text }, .. } => said.text.push_str(&text),
        Event::ContentBlockDelta { index, delta: Delta::Input { partial_json } } => {
            let call = parts.calls.get(index).copied().flatten().and_then(|call| said.calls.get_mut(call));
            call.ok_or(ModelFailure::NotAsAgreed)?.arguments.push_str(&partial_json);
        }
        Event::MessageDelta { delta, usage } => {
            count(usage, said);
            stop(delta.stop_reason.as_deref(), said);
        }
        Event::MessageStop {} => *ended = true,
        Event::Error { error } => return Err(trouble(&error.kind)),
        Event::ContentBlockDelta { delta: Delta::Other, .. }
        | Event::ContentBlockStop {}
        | Event::Ping {}
        | Event::Other => {}
    }
    Ok(())
}

pub(super) fn whole(body: &[u8], said: &mut Said) -> Result<(), ModelFailure> {
    let whole: Whole = serde_json::from_slice(body).map_err(not_agreed)?;
    for part in whole.content {
        block(part, said);
    }
    count(whole.usage, said);
    stop(whole.stop_reason.as_deref(), said);
    Ok(())
}

/// Adds a block; the call it begins, if it begins one.
fn block(block: Block, said: &mut Said) -> Option<usize> {
    match block {
        Block::Text { text } => {
            said.text.push_str(&text);
            None
        }
        Block::ToolUse { id, name, input } => {
            // In a stream the input follows in pieces, and an empty object stands here.
            let begun = input.as_object().is_some_and(|object| !object.is_empty());
            let arguments = if begun { input.to_string() } else { String::new() };
            said.calls.push(FunctionCall { id, name, arguments });
            Some(said.calls.len() - 1)
        }
        Block::Other => None,
    }
}

fn stop(reason: Option<&str>, said: &mut Said) {
    match reason {
        Some("max_tokens") => said.stop = Stop::Length,
        Some("refusal") => said.stop = Stop::Filtered,
        Some(_) | None => {}
    }
}

/// What was counted later counts; what was not counted again stands.
fn count(counted: Option<Counted>, said: &mut Said) {
    let Some(counted) = counted else { return };
    let before = said.usage.unwrap_or_default();
    let cached = counted.cache_read_input_tokens.unwrap_or(0);
    // The provider counts apart what it read from its cache and what it wrote into it.
    let input = counted.input_tokens.map(|fresh| fresh + cached + counted.cache_creation_input_tokens.unwrap_or(0));
    said.usage = Some(Usage {
        input: input.unwrap_or(before.input),
        cached: counted.cache_read_input_tokens.unwrap_or(before.cached),
        output: counted.output_tokens.unwrap_or(before.output),
        estimated: false,
    });
}

fn trouble(kind: &str) -> ModelFailure {
    match kind {
        "authentication_error" | "permission_error" => ModelFailure::KeyRefused,
        "invalid_request_error" | "not_found_error" | "request_too_large" => ModelFailure::Rejected,
        _ => ModelFailure::Busy,
    }
}
