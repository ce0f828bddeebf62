//! Reads an answer as a move, or says what is wrong with it so that it can be asked for once more.
//!
//! Words and acts are apart: the text is for the customer and nothing in it is obeyed; what is to happen
//! stands in function calls. Facts and promises go with the move; of what leads on, the first counts, with
//! the tools that are called beside it ([`several`](super::several)).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::answer::{FunctionCall, Said, Stop};
use super::function::Meaning;
use super::persona::Persona;
use super::several::{self, Moves};
use crate::domain::action::{AgentContext, AgentStep, Fill, Next, Reply};
use crate::domain::argument::{ArgumentKind, ArgumentSpec};
use crate::domain::conversation::{Disposition, MESSAGE_BYTES_MAX};
use crate::domain::escalation::Trigger;
use crate::domain::id::{AgentName, IntentName, Position, SlotName};
use crate::domain::knowledge::{Citation, Passage, Unanswered};
use crate::domain::model::ModelFailure;
use crate::domain::panel::{Board, POSITIONS_MAX};
use crate::domain::playbook::FlowState;
use crate::domain::promise::{PROMISE_BYTES_MAX, Promise};
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::Millis;
use crate::domain::tool::{ToolCall, ToolSpec};

/// Facts and promises taken from one answer: more than these is a model that has lost its way.
const NOTES_MAX: usize = 8;
/// Longest value of a fact or an argument, in bytes: what a form would take.
const VALUE_BYTES_MAX: usize = 2_000;
/// Longest promise in minutes: a year.
const PROMISE_MINUTES_MAX: u64 = 525_600;
/// Words by which an apology is known; they are counted, whoever makes them.
const SORRY: [&str; 4] = ["sorry", "apolog", "entschuldig", "tut mir leid"];

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// It can be put right; what the model is told.
    Again(String),
    /// Asking again leads nowhere.
    Hopeless(ModelFailure),
}

/// The move that an answer asks for, and the calls that follow it.
///
/// # Errors
/// What is wrong with it.
pub fn read(persona: &Persona, context: &AgentContext, passages: &[Passage], said: &Said) -> Result<Moves, Broken> {
    match said.stop {
        Stop::Filtered => return Err(Broken::Hopeless(ModelFailure::Filtered)),
        Stop::Length => {
            return Err(again("the answer was too long and was cut off. Answer in two or three sentences."));
        }
        Stop::Done => {}
    }
    let (text, citations) = cited(&said.text, passages)?;
    let mut notes = Notes::default();
    let mut leads = Vec::new();
    for call in &said.calls {
        leads.extend(lead(persona, context, call, &mut notes)?);
    }
    if text.is_empty() && leads.is_empty() {
        if said.calls.is_empty() {
            return Err(Broken::Hopeless(ModelFailure::Empty));
        }
        return Err(again("noted. Now write your answer to the customer, or call a function that leads on."));
    }
    if text.len() > MESSAGE_BYTES_MAX {
        return Err(again("the answer is too long for a message. Answer in two or three sentences."));
    }
    let lower = text.to_lowercase();
    let apology = SORRY.iter().any(|word| lower.contains(word));
    let text = Foreign::from(text);
    let objective = context.pack.as_ref().and_then(|pack| pack.objective.clone());
    let matter = context.flow.matter.clone().or(objective).or_else(|| Some(context.analysis.top()?.intent.clone()));
    let words = AgentStep {
        // No flow is under way: whoever takes over from a model begins anew.
        flow: FlowState { matter, ..FlowState::default() },
        fills: notes.fills,
        promises: notes.promises,
        keeps: Vec::new(),
        reply: (!text.is_empty()).then_some(Reply { text, citations, apology }),
        next: Next::Wait,
        overruled: None,
        unanswered: notes.unanswered.then(|| nothing_found(passages)),
    };
    Ok(several::moves(words, leads, |call| persona.acts(&call.tool)))
}

fn again(what: impl Into<String>) -> Broken {
    Broken::Again(what.into())
}

/// What goes with the move.
#[derive(Default)]
struct Notes {
    fills: Vec<Fill>,
    promises: Vec<Promise>,
    /// Whether the customer asked what nothing that was given answers.
    unanswered: bool,
}

/// What came nearest to a question that nothing answers: an article, since the past is none to be completed.
fn nothing_found(passages: &[Passage]) -> Unanswered {
    let nearest = passages.iter().find(|passage| passage.citation.past().is_none());
    Unanswered {
        nearest: nearest.map(|passage| passage.citation.clone()),
        score: nearest.map_or(Score::ZERO, |passage| passage.score),
    }
}

/// What one call leads to; facts and promises are noted and lead nowhere.
fn lead(
    persona: &Persona,
    context: &AgentContext,
    call: &FunctionCall,
    notes: &mut Notes,
) -> Result<Option<Next>, Broken> {
    let name = &call.name;
    let shown = || Foreign::from(name.as_str()).one_line().as_str().chars().take(60).collect::<String>();
    let meaning = persona.meanings.get(name).ok_or_else(|| again(format!("there is no function `{}`.", shown())))?;
    let args = arguments(call).ok_or_else(|| again(format!("the arguments of {name} are no JSON object.")))?;
    let text = |key: &str| args.get(key).and_then(plain).filter(|value| !value.is_empty());
    let wanted = |key: &str| again(format!("{name} needs `{key}`."));
    Ok(match meaning {
        Meaning::Tool(spec) => Some(Next::Call(tool_call(name, &args, spec)?)),
        Meaning::HandOff { to, objectives } => {
            let named = text("objective").and_then(|name| name.parse::<IntentName>().ok());
            let objective = named.filter(|intent| objectives.contains(intent));
            Some(Next::HandOff { to: Some(to.clone()), objective })
        }
        Meaning::Consult { whom } => {
            let question = text("question").ok_or_else(|| wanted("question"))?;
            Some(Next::Consult { whom: whom.clone(), question: Foreign::from(question) })
        }
        Meaning::Panel { whom, positions } => Some(Next::Confer(board(name, &args, (whom, positions))?)),
        Meaning::Escalate => Some(Next::Escalate { trigger: Trigger::ByAgent }),
        Meaning::Resolve => Some(Next::Resolve { disposition: Disposition::Solved }),
        Meaning::Note => {
            let name = text("name").ok_or_else(|| wanted("name"))?;
            let value = text("value").ok_or_else(|| wanted("value"))?;
            // A model spells `Order number`; what is no name after that is not worth another round.
            let slot: Option<SlotName> = name.to_lowercase().replace([' ', '_'], "-").parse().ok();
            if let Some(slot) = slot.filter(|_| notes.fills.len() < NOTES_MAX && value.len() <= VALUE_BYTES_MAX) {
                notes.fills.push(Fill { slot, value: Foreign::from(value).into() });
            }
            None
        }
        Meaning::NotFound => {
            notes.unanswered = true;
            None
        }
        Meaning::Promise => {
            let what = text("what").filter(|what| what.len() <= PROMISE_BYTES_MAX).ok_or_else(|| wanted("what"))?;
            let minutes = args.get("within_minutes").and_then(Value::as_u64).map(|n| n.min(PROMISE_MINUTES_MAX));
            let due = minutes.map(|minutes| context.at + Millis::from_mins(minutes));
            if notes.promises.len() < NOTES_MAX {
                notes.promises.push(Promise { id: None, name: None, text: Foreign::from(what).into(), due });
            }
            None
        }
    })
}

/// What several are asked at once: two of those it may ask, and two of the answers there are.
fn board(name: &str, args: &Map<String, Value>, may: (&[AgentName], &[Position])) -> Result<Board, Broken> {
    let named = |key: &str| args.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let whom = chosen(named("specialists"), may.0, AgentName::as_str);
    let positions = chosen(named("positions"), may.1, Position::as_str);
    let question = args.get("question").and_then(plain).filter(|question| !question.is_empty());
    let question = question.ok_or_else(|| again(format!("{name} needs `question`.")))?;
    if whom.len() < 2 {
        return Err(again(format!("`specialists` of {name} has to name two or more that it lists.")));
    }
    if !(2..=POSITIONS_MAX).contains(&positions.len()) {
        return Err(again(format!("`positions` of {name} has to be two to {POSITIONS_MAX} of those it lists.")));
    }
    Ok(Board { whom, question: Foreign::from(question), positions })
}

/// Those of `all` that are named, each once.
fn chosen<'a, T: Clone>(named: impl Iterator<Item = &'a str>, all: &[T], word: impl Fn(&T) -> &str) -> Vec<T> {
    let named: Vec<&str> = named.collect();
    all.iter().filter(|one| named.contains(&word(one))).cloned().collect()
}

/// The arguments of a call; none is the same as an empty object.
pub(super) fn arguments(call: &FunctionCall) -> Option<Map<String, Value>> {
    if call.arguments.trim().is_empty() {
        return Some(Map::new());
    }
    match serde_json::from_str(&call.arguments) {
        Ok(Value::Object(object)) => Some(object),
        Ok(_) | Err(_) => None,
    }
}

/// The call of a tool: texts, by the names it knows, all that it needs, each what it has to be.
fn tool_call(name: &str, args: &Map<String, Value>, spec: &ToolSpec) -> Result<ToolCall, Broken> {
    let takes = spec.takes();
    let mut given = BTreeMap::new();
    for (key, value) in args {
        let known = takes.iter().find(|slot| slot.as_str() == key);
        let slot = known.ok_or_else(|| again(format!("{name} takes {}, and nothing else.", list(&takes))))?;
        let json = spec.args.get(slot).is_some_and(|spec| spec.kind == ArgumentKind::Json) && !value.is_null();
        let Some(value) = plain(value).or_else(|| json.then(|| value.to_string())) else { continue };
        if value.len() > VALUE_BYTES_MAX {
            return Err(again(format!("`{slot}` of {name} is too long.")));
        }
        given.insert(slot.clone(), Foreign::from(value));
    }
    if let Some(missing) = spec.needs.iter().find(|need| !given.contains_key(*need)) {
        return Err(again(format!("{name} needs `{missing}`; ask the customer if they have not said it.")));
    }
    let call = ToolCall { tool: spec.name.clone(), args: given };
    match spec.misfit(&call) {
        Some(slot) => {
            let wanted = spec.args.get(slot).map(ArgumentSpec::wanted).unwrap_or_default();
            Err(again(format!("`{slot}` of {name} has to be {wanted}.")))
        }
        None => Ok(call),
    }
}

fn list(slots: &[SlotName]) -> String {
    if slots.is_empty() {
        return "no arguments".to_owned();
    }
    slots.iter().map(|slot| format!("`{slot}`")).collect::<Vec<_>>().join(", ")
}

/// A value as text; nothing when there is none, or when it is no single value.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text without its marks, and the passages these stand for.
pub(super) fn cited(text: &str, passages: &[Passage]) -> Result<(String, Vec<Citation>), Broken> {
    let mut plain = String::with_capacity(text.len());
    let mut citations: Vec<Citation> = Vec::new();
    let mut rest = text.trim();
    while let Some(at) = rest.find("[k") {
        let (before, mark) = rest.split_at(at);
        let end = mark.find(']').filter(|end| mark.get(2..*end).is_some_and(is_number));
        let Some(end) = end else {
            plain.push_str(before);
            plain.push_str("[k");
            rest = mark.get(2..).unwrap_or_default();
            continue;
        };
        plain.push_str(before.trim_end());
        let number: usize = mark.get(2..end).and_then(|digits| digits.parse().ok()).unwrap_or(usize::MAX);
        let passage = number.checked_sub(1).and_then(|index| passages.get(index));
        let Some(passage) = passage else {
            return Err(again(format!(
                "there is no passage k{number}; cite what was given, or say that you do not know."
            )));
        };
        if !citations.contains(&passage.citation) {
            citations.push(passage.citation.clone());
        }
        rest = mark.get(end + 1..).unwrap_or_default();
    }
    plain.push_str(rest);
    Ok((plain.trim().to_owned(), citations))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
