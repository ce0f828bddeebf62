//! What a server answered, as results by name: foreign, and of a limited size.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::config::files::EndpointFile;
use crate::domain::argument::ArgumentKind;
use crate::domain::id::SlotName;
use crate::domain::text::Foreign;
use crate::domain::tool::{ToolCall, ToolSpec};

/// Results kept of one answer: what a card on screen could show.
const RESULTS_MAX: usize = 32;
/// Longest single result in characters: a page of text.
const RESULT_CHARS_MAX: usize = 4_000;
/// All results of one answer together, in characters: what a model can be given for one question.
const ALL_CHARS_MAX: usize = 16_000;
/// Longest reason for a no, in characters.
const REASON_CHARS_MAX: usize = 400;
/// What a text that is no JSON object is called.
const WHOLE: &str = "text";

/// The arguments as JSON, under the names the server has for them.
pub(super) fn arguments(
    (spec, how): (&ToolSpec, &EndpointFile),
    call: &ToolCall,
    left_out: &[&str],
) -> Map<String, Value> {
    let given = call.args.iter().filter(|(slot, _)| !left_out.contains(&slot.as_str()));
    given.map(|(slot, value)| (how.name_of(slot).to_owned(), json(spec, slot, value))).collect()
}

/// An argument as the JSON that its kind stands for. That it fits was looked at before it was allowed.
fn json(spec: &ToolSpec, slot: &SlotName, value: &Foreign) -> Value {
    let text = value.raw();
    let read = |text: &str| serde_json::from_str(text).ok();
    let kind = spec.args.get(slot).map(|spec| spec.kind).unwrap_or_default();
    let value = match kind {
        ArgumentKind::Integer | ArgumentKind::Number | ArgumentKind::Json => read(text),
        ArgumentKind::Boolean => Some(Value::Bool(text == "yes")),
        ArgumentKind::Text | ArgumentKind::Date | ArgumentKind::Email => None,
    };
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The results of an answer, by the deployment's pointers or all at its top.
pub(super) fn results(answer: &Value, how: &EndpointFile) -> BTreeMap<SlotName, Foreign> {
    let mut results = BTreeMap::new();
    let mut left = ALL_CHARS_MAX;
    let mut keep = |slot: SlotName, value: &Value| {
        if let Some(text) = plain(value).filter(|_| results.len() < RESULTS_MAX) {
            let text = cut(&text, RESULT_CHARS_MAX.min(left));
            left -= text.chars().count();
            results.insert(slot, Foreign::from(text));
        }
    };
    if !how.results.is_empty() {
        for (slot, pointer) in &how.results {
            if let Some(value) = answer.pointer(pointer) {
                keep(slot.clone(), value);
            }
        }
        return results;
    }
    if let Value::Object(object) = answer {
        for (name, value) in object {
            if let Some(slot) = slot_of(name) {
                keep(slot, value);
            }
        }
    } else if let Some(slot) = slot_of(WHOLE) {
        keep(slot, answer);
    }
    results
}

/// The results of an answer that is no JSON.
pub(super) fn text(text: &str) -> BTreeMap<SlotName, Foreign> {
    let kept = Foreign::from(cut(text.trim(), RESULT_CHARS_MAX));
    slot_of(WHOLE).filter(|_| !kept.is_empty()).map(|slot| (slot, kept)).into_iter().collect()
}

/// Why a server said no: what its answer calls the reason, or `otherwise`.
pub(super) fn reason(answer: &Value, otherwise: &str) -> Foreign {
    let said = ["/detail", "/error/message", "/message", "/error", "/title"];
    let said = said.iter().filter_map(|pointer| answer.pointer(pointer)?.as_str()).find(|text| !text.trim().is_empty());
    Foreign::from(cut(said.unwrap_or(otherwise).trim(), REASON_CHARS_MAX))
}

/// A reason in words of the server.
#[cfg(feature = "mcp")]
pub(super) fn said_no(text: &str, otherwise: &str) -> Foreign {
    let text = if text.trim().is_empty() { otherwise } else { text.trim() };
    Foreign::from(cut(text, REASON_CHARS_MAX))
}

/// A server's name as a fact's: `orderId` and `order_id` become `order-id`.
fn slot_of(name: &str) -> Option<SlotName> {
    let mut slot = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !slot.is_empty() && !slot.ends_with('-') {
            slot.push('-');
        }
        slot.push(if matches!(c, '_' | ' ') { '-' } else { c.to_ascii_lowercase() });
    }
    slot.parse().ok()
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}
