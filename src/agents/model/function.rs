//! What a model may ask for: every act of an agent is a function, and so apart from its words.

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::config::Bundle;
use crate::config::files::AgentFile;
use crate::domain::argument::ArgumentKind;
use crate::domain::id::{AgentName, IntentName, Position, SlotName, ToolName};
use crate::domain::tool::ToolSpec;

/// What functions that are not tools are called. A tool's name holds a point, which no provider takes,
/// so that it never looks like one of these.
const ESCALATE: &str = "escalate_to_human";
const RESOLVE: &str = "resolve";
const NOTE: &str = "note_fact";
const PROMISE: &str = "promise";
const NOT_FOUND: &str = "nothing_found";
const TRANSFER: &str = "transfer_to_";
const ASK: &str = "ask_";
const PANEL: &str = "ask_together";
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
    /// Ask several specialists at once.
    Panel { whom: Vec<AgentName>, positions: Vec<Position> },
    /// Ask for a human.
    Escalate,
    /// The matter is settled.
    Resolve,
    /// A fact was understood.
    Note,
    /// The customer asked what nothing that was given answers.
    NotFound,
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
    all.extend(panel(bundle, agent));
    all.extend(house());
    let meanings = all.iter().map(|(function, meaning)| (function.name.clone(), meaning.clone())).collect();
    (all.into_iter().map(|(function, _)| function).collect(), meanings)
}

/// Asking several at once, for who may ask more than one. The answers are words of the deployment: they are
/// recorded in the open, so no model makes them up out of what customers wrote.
fn panel(bundle: &Bundle, agent: &AgentFile) -> Option<(Function, Meaning)> {
    let whom = &agent.consults;
    if whom.len() < 2 {
        return None;
    }
    let about = "Ask several specialists at once about one question; you go on answering with the position that \
                 counts. What they say is for you, not for the customer.";
    let mut positions: Vec<Position> = ["yes", "no"].iter().filter_map(|word| word.parse().ok()).collect();
    let stated = bundle.agents.iter().filter(|other| whom.contains(&other.name)).flat_map(|other| &other.opinions);
    for opinion in stated {
        if !positions.contains(&opinion.position) {
            positions.push(opinion.position.clone());
        }
    }
    let list = |of: Value| json!({ "type": "array", "items": { "type": "string", "enum": of }, "minItems": 2 });
    let mut properties = text("question");
    properties.insert("specialists".to_owned(), list(json!(whom)));
    properties.insert("positions".to_owned(), list(json!(positions)));
    let needed = ["question", "specialists", "positions"].map(str::to_owned);
    let meaning = Meaning::Panel { whom: whom.clone(), positions };
    Some((Function::new(PANEL, about, &object(&properties, needed)), meaning))
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
fn house() -> [(Function, Meaning); 5] {
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
                NOT_FOUND,
                "Note that the customer asked something which no passage and no result answers; also tell them so.",
                object(&serde_json::Map::new(), []),
            ),
            Meaning::NotFound,
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
