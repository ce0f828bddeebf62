//! Chat completions as OpenAI defined them, and as those spell them who speak alike: a missing `choices`
//! in the last piece, a `null` in its place, content in the piece that ends, calls without a number.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Request, not_agreed};
use crate::agents::model::answer::{FunctionCall, Said, Stop};
use crate::agents::model::function::Function;
use crate::agents::model::prompt::{Message, Prompt};
use crate::config::files::ModelFile;
use crate::domain::model::{ModelFailure, Usage};

/// Hosts that know the newer name of the limit of tokens, and refuse the older one for their newer models.
const NEWER_LIMIT: [&str; 2] = ["api.openai.com", ".azure.com"];
/// Calls of one answer that are kept: a model that wants more has lost its way.
const CALLS_MAX: usize = 32;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Turn<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    stream: bool,
    stream_options: StreamOptions,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize, Default)]
struct Turn<'a> {
    role: &'static str,
    content: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolUse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

#[derive(Serialize)]
struct ToolUse<'a> {
    id: &'a str,
    r#type: &'static str,
    function: Used<'a>,
}

#[derive(Serialize)]
struct Used<'a> {
    name: &'a str,
    arguments: &'a str,
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: Described<'a>,
}

#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    description: &'a str,
    parameters: &'a serde_json::value::RawValue,
}

pub(super) fn request(model: &ModelFile, prompt: &Prompt) -> Request {
    let system = format!("{}\n\n{}", prompt.system, prompt.briefing);
    let mut messages = vec![Turn { role: "system", content: Some(system.into()), ..Turn::default() }];
    for message in &prompt.messages {
        match message {
            Message::Customer(text) => messages.push(plain("user", text)),
            Message::Agent(text) => messages.push(plain("assistant", text)),
            Message::Called(calls) => {
                let uses = calls.iter().map(|call| ToolUse {
                    id: &call.id,
                    r#type: "function",
                    function: Used { name: &call.function, arguments: &call.arguments },
                });
                messages.push(Turn { role: "assistant", tool_calls: uses.collect(), ..Turn::default() });
                messages.extend(calls.iter().map(|call| Turn {
                    role: "tool",
                    content: Some(call.gave.as_str().into()),
                    tool_call_id: Some(&call.id),
                    ..Turn::default()
                }));
            }
        }
    }
    let newer = NEWER_LIMIT.iter().any(|host| model.base_url.contains(host));
    let body = Body {
        model: &model.model,
        messages,
        tools: prompt.functions.iter().map(tool).collect(),
        max_tokens: (!newer).then_some(model.output_tokens),
        max_completion_tokens: newer.then_some(model.output_tokens),
        temperature: model.temperature_percent.map(|percent| f32::from(percent) / 100.0),
        stream: true,
        stream_options: StreamOptions { include_usage: true },
    };
    let key = if model.base_url.contains(".azure.com") { ("api-key", "") } else { ("authorization", "Bearer ") };
    // Texts, numbers and their maps can always be written.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    Request { path: "/chat/completions", headers: Vec::new(), key, body }
}

fn plain<'a>(role: &'static str, text: &'a str) -> Turn<'a> {
    Turn { role, content: Some(text.into()), ..Turn::default() }
}

fn tool(function: &Function) -> Tool<'_> {
    let Function { name, about, parameters } = function;
    Tool { r#type: "function", function: Described { name, description: about, parameters } }
}

/// What is remembered between two pieces.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Why it stopped was said.
    pub(super) stopped: bool,
}

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(default, borrow)]
    choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    usage: Option<Counted>,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default, alias = "message", borrow)]
    delta: Option<Delta<'a>>,
    #[serde(default, borrow)]
    finish_reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(default, borrow)]
    content: Option<Cow<'a, str>>,
    #[serde(default)]
    tool_calls: Option<Vec<Piece>>,
}

#[derive(Deserialize)]
struct Piece {
    #[serde(default)]
    index: Option<usize>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    function: Option<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    name: Option<String>,
    /// Some servers send an object where a text of one was agreed.
    #[serde(default)]
    arguments: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    #[serde(default)]
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: Option<u32>,
}

pub(super) fn event(data: &[u8], parts: &mut Parts, said: &mut Said, ended: &mut bool) -> Result<(), ModelFailure> {
    if data.trim_ascii() == b"[DONE]" {
        *ended = true;
        return Ok(());
    }
    let chunk: Chunk<'_> = serde_json::from_slice(data).map_err(not_agreed)?;
    parts.stopped |= take(chunk, said)?;
    Ok(())
}

pub(super) fn whole(body: &[u8], said: &mut Said) -> Result<(), ModelFailure> {
    let chunk: Chunk<'_> = serde_json::from_slice(body).map_err(not_agreed)?;
    if chunk.choices.as_ref().is_none_or(Vec::is_empty) && chunk.error.is_none() {
        return Err(ModelFailure::NotAsAgreed);
    }
    take(chunk, said).map(|_| ())
}

/// Adds a piece; whether it says why the model stopped.
fn take(chunk: Chunk<'_>, said: &mut Said) -> Result<bool, ModelFailure> {
    if chunk.error.is_some() {
        return Err(ModelFailure::Busy);
    }
    if let Some(usage) = chunk.usage {
        let cached = usage.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or(0);
        let (input, output) = (usage.prompt_tokens, usage.completion_tokens);
        said.usage = Some(Usage { input, cached, output, estimated: false });
    }
    let mut stopped = false;
    // Only one answer was asked for.
    if let Some(choice) = chunk.choices.into_iter().flatten().next() {
        if let Some(delta) = choice.delta {
            said.text.push_str(delta.content.as_deref().unwrap_or_default());
            for piece in delta.tool_calls.into_iter().flatten() {
                add(piece, said)?;
            }
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            stopped = true;
            said.stop = match &*reason {
                "length" => Stop::Length,
                "content_filter" => Stop::Filtered,
                _ => Stop::Done,
            };
        }
    }
    Ok(stopped)
}

/// Pieces of a call have the number of the call; without one, a name begins the next.
fn add(piece: Piece, said: &mut Said) -> Result<(), ModelFailure> {
    let part = piece.function;
    let named = part.as_ref().is_some_and(|part| part.name.as_ref().is_some_and(|name| !name.is_empty()));
    let last = said.calls.len().saturating_sub(usize::from(!named));
    let index = piece.index.unwrap_or(last);
    if index >= CALLS_MAX {
        return Err(ModelFailure::NotAsAgreed);
    }
    if said.calls.len() <= index {
        said.calls.resize_with(index + 1, FunctionCall::default);
    }
    let Some(call) = said.calls.get_mut(index) else { return Ok(()) };
    if let Some(id) = piece.id.filter(|id| !id.is_empty()) {
        call.id = id;
    }
    let Some(part) = part else { return Ok(()) };
    if call.name.is_empty() {
        call.name = part.name.unwrap_or_default();
    }
    match part.arguments {
        None | Some(serde_json::Value::Null) => {}
        Some(serde_json::Value::String(text)) => call.arguments.push_str(&text),
        Some(other) => call.arguments.push_str(&other.to_string()),
    }
    Ok(())
}
