//! What a model may ask for: every act of an agent is a function, and so apart from its words.

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::config::Bundle;
use crate::config::files::AgentFile;
use crate::domain::argument::ArgumentKind;
use crate::domain::id::{AgentName, IntentName, SlotName, ToolName};
use crate::domain::tool::ToolSpec;

/// What functions that are not tools are called. A tool's name holds a point, which no provider takes,
/// so that it never looks like one of these.
const ESCALATE: &str = "escalate_to_human";
const RESOLVE: &str = "resolve";
const NOTE: &str = "note_fact";
const PROMISE: &str = "promise";
const TRANSFER: &str = "transfer_to_";
const ASK: &str = "ask_";
/// What stands for the point of a tool's name.
const POINT: &str = "__";

/// A function, in no provider's form.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name: letters, digits, `_` and `-`.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// JSON schema of its arguments, as it stands in every question.
    pub parameters: Box<RawValue>,
}

impl Function {
    /// A function that takes what this JSON schema says.
    pub fn new(name: impl Into<String>, about: impl Into<String>, parameters: &Value) -> Self {
        // A value can always be written.
        let parameters = to_raw_value(parameters).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self { name: name.into(), about: about.into(), parameters }
    }

    /// About what it adds to a question.
    pub(super) fn bytes(&self) -> usize {
        self.name.len() + self.about.len() + self.parameters.get().len()
    }
}

/// What a function means here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Call that tool.
    Tool(Box<ToolSpec>),
    /// Pass the baton; the objectives are what the receiver takes.
    HandOff { to: AgentName, objectives: Vec<IntentName> },
    /// Ask another specialist.
    Consult { whom: AgentName },
    /// Ask for a human.
    Escalate,
    /// The matter is settled.
    Resolve,
    /// A fact was understood.
    Note,
    /// Something is promised with the words.
    Promise,
}

/// The functions of an agent, with what each means.
pub(super) fn of(bundle: &Bundle, agent: &AgentFile) -> (Vec<Function>, BTreeMap<String, Meaning>) {
    let mut all = Vec::new();
    for tool in bundle.tools.iter().filter(|tool| agent.tools.contains(&tool.name)) {
        let properties: serde_json::Map<String, Value> =
            tool.takes().iter().map(|slot| (slot.to_string(), argument(tool, slot))).collect();
        let effect = if tool.side_effect { " It changes something; say so only after it has worked." } else { "" };
        let about = format!("{}.{effect}", tool.title().trim_end_matches('.'));
        let parameters = object(&properties, tool.needs.iter().map(SlotName::to_string));
        let function = Function::new(tool.name.as_str().replace('.', POINT), about, &parameters);
        all.push((function, Meaning::Tool(Box::new(tool.clone()))));
    }
    for other in bundle.agents.iter().filter(|other| agent.handoffs.contains(&other.name)) {
        let objectives: Vec<IntentName> = other.intents.iter().map(|intent| intent.name.clone()).collect();
        let mut properties = serde_json::Map::new();
        if !objectives.is_empty() {
            properties.insert("objective".to_owned(), json!({ "type": "string", "enum": objectives }));
        }
        let name = format!("{TRANSFER}{}", other.name.as_str().replace('.', POINT));
        let about = format!("Pass the conversation to the {}, who answers from then on.", other.title);
        let function = Function::new(name, about, &object(&properties, []));
        all.push((function, Meaning::HandOff { to: other.name.clone(), objectives }));
    }
    for other in bundle.agents.iter().filter(|other| agent.consults.contains(&other.name)) {
        let about = format!("Ask the {} something; you go on answering.", other.title);
        let properties = text("question");
        let name = format!("{ASK}{}", other.name.as_str().replace('.', POINT));
        let function = Function::new(name, about, &object(&properties, ["question".to_owned()]));
        all.push((function, Meaning::Consult { whom: other.name.clone() }));
    }
    all.extend(house());
    let meanings = all.iter().map(|(function, meaning)| (function.name.clone(), meaning.clone())).collect();
    (all.into_iter().map(|(function, _)| function).collect(), meanings)
}

/// The schema of one argument.
fn argument(tool: &ToolSpec, slot: &SlotName) -> Value {
    if tool.amount.as_ref() == Some(slot) {
        return json!({ "type": "string", "description": "an amount, as 49.90 EUR" });
    }
    let Some(spec) = tool.args.get(slot) else {
        return json!({ "type": "string", "description": tool.name_of(slot) });
    };
    let about = if spec.about.is_empty() { tool.name_of(slot) } else { spec.about.clone() };
    let kind = match spec.kind {
        ArgumentKind::Integer => "integer",
        ArgumentKind::Number => "number",
        ArgumentKind::Boolean => "boolean",
        ArgumentKind::Text | ArgumentKind::Date | ArgumentKind::Email | ArgumentKind::Json => "string",
    };
    let mut schema = json!({ "type": kind, "description": format!("{about} ({})", spec.wanted()) });
    if !spec.one_of.is_empty() && kind == "string" {
        schema["enum"] = json!(spec.one_of);
    }
    schema
}

/// What every agent may ask for.
fn house() -> [(Function, Meaning); 4] {
    let function = |name: &str, about: &str, parameters| Function::new(name, about, &parameters);
    let mut fact = text("name");
    fact.extend(text("value"));
    let mut promise = text("what");
    promise.insert("within_minutes".to_owned(), json!({ "type": "integer", "minimum": 1 }));
    let needed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    [
        (
            function(
                ESCALATE,
                "Ask for a human colleague, when the customer wants one or you cannot help.",
                object(&text("reason"), []),
            ),
            Meaning::Escalate,
        ),
        (
            function(
                RESOLVE,
                "The customer's matter is settled and they want nothing more.",
                object(&serde_json::Map::new(), []),
            ),
            Meaning::Resolve,
        ),
        (
            function(
                NOTE,
                "Keep a fact the customer gave, such as an order number, for whoever comes next.",
                object(&fact, needed(&["name", "value"])),
            ),
            Meaning::Note,
        ),
        (
            function(
                PROMISE,
                "Record what you promise the customer in this very answer.",
                object(&promise, needed(&["what"])),
            ),
            Meaning::Promise,
        ),
    ]
}

fn text(name: &str) -> serde_json::Map<String, Value> {
    [(name.to_owned(), json!({ "type": "string" }))].into_iter().collect()
}

fn object(properties: &serde_json::Map<String, Value>, required: impl IntoIterator<Item = String>) -> Value {
    let required: Vec<String> = required.into_iter().collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The name under which a model calls a tool.
pub(super) fn of_tool(tool: &ToolName) -> String {
    tool.as_str().replace('.', POINT)
}
