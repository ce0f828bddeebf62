//! The question that a model is asked, in no provider's words: the same context gives the same question.
//!
//! Whatever comes from outside is cleaned, cut to a limit and stands between marks that it cannot spell.

use std::fmt::Write;
use std::sync::Arc;

use super::function::{self, Function};
use super::persona::Persona;
use crate::domain::action::{AgentContext, Returned, StepInput};
use crate::domain::circle::Habit;
use crate::domain::conversation::Author;
use crate::domain::customer::Identity;
use crate::domain::file::size;
use crate::domain::id::Position;
use crate::domain::knowledge::Passage;
use crate::domain::panel::Conferred;
use crate::domain::text::Foreign;
use crate::domain::tool::{ToolCall, ToolOutcome};

/// Longest single text of a question, in characters: a long message; what is longer is cut and says so.
const TEXT_CHARS_MAX: usize = 4_000;
/// The same of what a tool gave: a screenful; a list of a thousand orders helps nobody.
const RESULT_CHARS_MAX: usize = 6_000;

/// A question.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// The part that is always the same for an agent.
    pub system: Arc<str>,
    /// The part that is of this answer alone.
    pub briefing: String,
    /// What was said and done, oldest first; begins with the customer, no two of one side in a row.
    pub messages: Vec<Message>,
    /// What may be asked for.
    pub functions: Arc<[Function]>,
    /// Longest answer in tokens, where it is to be shorter than the model's.
    pub tokens: Option<u32>,
}

/// Something that was said or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// By the customer, or said to the model in their place.
    Customer(String),
    /// By whoever answered them.
    Agent(String),
    /// Functions the model wanted called, with what each gave.
    Called(Vec<Call>),
}

/// A call that was made, and what it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its number within the question.
    pub id: String,
    /// The function.
    pub function: String,
    /// JSON object.
    pub arguments: String,
    /// What it gave.
    pub gave: String,
}

impl Message {
    /// About what it adds to a question.
    fn bytes(&self) -> usize {
        match self {
            Self::Customer(text) | Self::Agent(text) => text.len(),
            Self::Called(calls) => {
                calls.iter().map(|call| call.function.len() + call.arguments.len() + call.gave.len()).sum()
            }
        }
    }
}

/// The question for the next move of `persona`.
pub(super) fn prompt(persona: &Persona, context: &AgentContext, input: &StepInput, passages: &[Passage]) -> Prompt {
    let mut messages = said(context);
    let calls: Vec<Call> = context.results.iter().filter(|result| result.now).enumerate().map(call).collect();
    if !calls.is_empty() {
        messages.push(Message::Called(calls));
    }
    if let Some(more) = asked(context, input) {
        add(&mut messages, Message::Customer(more));
    } else if !matches!(messages.last(), Some(Message::Customer(_) | Message::Called(_))) {
        add(&mut messages, Message::Customer("(You are to go on from here.)".to_owned()));
    }
    Prompt {
        system: Arc::clone(&persona.system),
        briefing: briefing(context, passages),
        messages,
        functions: Arc::clone(&persona.functions),
        tokens: None,
    }
}

impl Prompt {
    /// The question in at most `bytes`: what was said longest ago is left out. Instructions, briefing, functions and
    /// what the answer is to stay, whatever their length; of a question that is too long still, the provider judges.
    pub fn fit(&mut self, bytes: usize) {
        let functions: usize = self.functions.iter().map(Function::bytes).sum();
        let told: usize = self.messages.iter().map(Message::bytes).sum();
        let mut over = (self.system.len() + self.briefing.len() + functions + told).saturating_sub(bytes);
        let asked = self.messages.iter().rposition(|message| matches!(message, Message::Customer(_))).unwrap_or(0);
        let mut dropped = 0;
        while over > 0 && dropped < asked {
            over = over.saturating_sub(self.messages.get(dropped).map_or(0, Message::bytes));
            dropped += 1;
        }
        if dropped == 0 {
            return;
        }
        self.messages.drain(..dropped);
        // What a call gave says nothing without the question before it.
        while matches!(self.messages.first(), Some(Message::Called(_))) {
            self.messages.remove(0);
        }
        begin(&mut self.messages);
    }

    /// The question once more, with what was wrong about the answer.
    #[must_use]
    pub fn again(&self, text: &str, calls: Vec<Call>, wrong: &str) -> Self {
        let mut prompt = self.clone();
        if !text.trim().is_empty() {
            add(&mut prompt.messages, Message::Agent(text.to_owned()));
        }
        if !calls.is_empty() {
            prompt.messages.push(Message::Called(calls));
        }
        add(&mut prompt.messages, Message::Customer(format!("(Note of the system, not of the customer: {wrong})")));
        prompt
    }
}

/// A text from outside as it stands in a question: cleaned, and of a limited length.
pub(super) fn shown(text: &Foreign, chars: usize) -> String {
    let clean = text.clean();
    // No text has more characters than bytes.
    if clean.as_str().len() <= chars {
        return clean.as_str().to_owned();
    }
    let mut shown: String = clean.as_str().chars().take(chars).collect();
    if shown.len() < clean.as_str().len() {
        shown.push_str(" … (cut)");
    }
    shown
}

/// The same between marks: it cannot close them.
pub(super) fn fenced(text: &Foreign, chars: usize) -> String {
    shown(text, chars).replace('<', "‹").replace('>', "›")
}

/// Adds a message; one of the same side as the last goes on with it, since providers want them to alternate.
fn add(messages: &mut Vec<Message>, message: Message) {
    match (messages.last_mut(), message) {
        (Some(Message::Customer(last)), Message::Customer(more))
        | (Some(Message::Agent(last)), Message::Agent(more)) => {
            last.push('\n');
            last.push_str(&more);
        }
        (_, message) => messages.push(message),
    }
}

fn said(context: &AgentContext) -> Vec<Message> {
    let mut messages = Vec::new();
    for (turn, author, text) in &context.transcript {
        let mut text = shown(text, TEXT_CHARS_MAX);
        // What came with it is told as data; its name is a stranger's words and stays out.
        for file in context.files.iter().filter(|file| file.turn == *turn && *author == Author::Customer) {
            let handed = if file.open { "you cannot see into it" } else { "not handed on" };
            let told = format!("[file: {}, {}, {}; {handed}]", file.kind.word(), size(file.bytes), file.scan.words());
            text = if text.is_empty() { told } else { format!("{text}\n{told}") };
        }
        match author {
            Author::Customer => add(&mut messages, Message::Customer(text)),
            Author::Agent(_) => add(&mut messages, Message::Agent(text)),
            Author::Operator(name) => {
                add(&mut messages, Message::Agent(format!("({name}, a human colleague:) {text}")));
            }
            // Fixed sentences; they tell the model nothing.
            Author::House => {}
        }
    }
    begin(&mut messages);
    messages
}

/// A question begins with the customer.
fn begin(messages: &mut Vec<Message>) {
    if matches!(messages.first(), Some(Message::Agent(_))) {
        messages.insert(0, Message::Customer("(The conversation began before what is shown.)".to_owned()));
    }
}

fn call((index, returned): (usize, &Returned)) -> Call {
    let ToolCall { tool, args } = &returned.call;
    let arguments: serde_json::Map<String, serde_json::Value> =
        args.iter().map(|(slot, value)| (slot.to_string(), shown(value, TEXT_CHARS_MAX).into())).collect();
    Call {
        id: format!("call_{}", index + 1),
        function: function::of_tool(tool),
        arguments: serde_json::Value::Object(arguments).to_string(),
        gave: gave(&returned.outcome),
    }
}

/// What a tool gave, as JSON.
fn gave(outcome: &ToolOutcome) -> String {
    let text = match outcome {
        ToolOutcome::Done(values) => {
            let values: serde_json::Map<String, serde_json::Value> =
                values.iter().map(|(slot, value)| (slot.to_string(), shown(value, RESULT_CHARS_MAX).into())).collect();
            serde_json::json!({ "worked": values })
        }
        ToolOutcome::Declined(why) => serde_json::json!({ "declined": shown(why, TEXT_CHARS_MAX) }),
        ToolOutcome::Failed => serde_json::json!({ "failed": "it did not work; nothing was done" }),
        ToolOutcome::Unknown => {
            serde_json::json!({ "unknown": "nobody knows whether it was done; a colleague looks at it" })
        }
        ToolOutcome::Refused(refusal) => serde_json::json!({ "not_allowed": refusal }),
    };
    let text = text.to_string();
    if text.chars().count() <= RESULT_CHARS_MAX {
        text
    } else {
        text.chars().take(RESULT_CHARS_MAX).collect::<String>() + " … (cut)"
    }
}

/// What goes on apart from what the customer wrote.
fn asked(context: &AgentContext, input: &StepInput) -> Option<String> {
    match input {
        StepInput::Turn | StepInput::ToolReturned(..) => None,
        StepInput::HandedOver => {
            Some("(You have just been handed this conversation. Go on with the customer's matter.)".into())
        }
        StepInput::Advised(whom, Some(advice)) => {
            Some(format!("(The {whom} you asked says: <advice>{}</advice>)", fenced(&advice.text, TEXT_CHARS_MAX)))
        }
        StepInput::Conferred(conferred) => Some(told_of_panel(conferred)),
        StepInput::Advised(whom, None) => Some(format!("(The {whom} you asked does not know.)")),
    }
    .filter(|_| !context.transcript.is_empty())
}

/// What a panel came to: what counts, why, and what each said.
fn told_of_panel(conferred: &Conferred) -> String {
    let decision = &conferred.decision;
    let counts = match (&decision.position, &decision.won) {
        (Some(position), Some(won)) => format!("what counts is {position}, as {won} says: {}", decision.ruling.words()),
        (Some(_), None) | (None, _) => decision.ruling.words(),
    };
    let mut told = format!("(You asked specialists together; {counts}. Follow it. What they said is for you alone.");
    if let Some(reason) = &conferred.reason {
        told.extend([" <reason>", &fenced(reason, TEXT_CHARS_MAX), "</reason>"]);
    }
    for one in &conferred.heard {
        let position = one.position.as_ref().map_or("nothing", Position::as_str);
        let text = fenced(&one.text, TEXT_CHARS_MAX);
        let parts = [" <opinion of=\"", one.agent.as_str(), "\" for=\"", position, "\">", &text, "</opinion>"];
        told.extend(parts);
    }
    for left in &decision.left_out {
        told.extend([" ", &left.words(), "."]);
    }
    told.push(')');
    told
}

/// What is known, beside the conversation.
fn briefing(context: &AgentContext, passages: &[Passage]) -> String {
    let mut text = String::with_capacity(1_024);
    customer(&mut text, context);
    facts(&mut text, context);
    pack(&mut text, context);
    for status in &context.status {
        line(&mut text, format_args!("Status right now: {}", fenced(&status.text, TEXT_CHARS_MAX)));
    }
    if let Some(opportunity) = &context.opportunity {
        line(
            &mut text,
            format_args!("The customer may be glad of an offer ({opportunity}): at most one, once it fits."),
        );
    }
    for (number, passage) in passages.iter().enumerate() {
        let (title, body) = (fenced(&passage.title, 200), fenced(&passage.text, TEXT_CHARS_MAX));
        line(&mut text, format_args!("<passage mark=\"k{}\" title=\"{title}\">{body}</passage>", number + 1));
    }
    for habit in &context.told {
        line(&mut text, format_args!("Mind: {} Do something else, or escalate.", told(habit)));
    }
    for whisper in &context.whispers {
        line(
            &mut text,
            format_args!("Note of a supervisor, for you alone; follow it: {}", shown(whisper, TEXT_CHARS_MAX)),
        );
    }
    text
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{what}");
}

fn customer(text: &mut String, context: &AgentContext) {
    let identity = match context.identity {
        Identity::Anonymous => "not known",
        Identity::Claimed => "claimed, not proven",
        Identity::Verified { .. } => "proven",
    };
    line(text, format_args!("Customer: identity {identity}, tier {}.", word(&context.tier)));
    if let Some(name) = &context.name {
        line(text, format_args!("Their name: <name>{}</name>", fenced(name, 80)));
    }
    let given = &context.given;
    if given.apologies > 0 {
        line(text, format_args!("Apologies made so far: {}; two are enough.", given.apologies));
    }
    if let Some(money) = given.compensation {
        line(text, format_args!("Paid back or given so far: {money}."));
    }
}

fn facts(text: &mut String, context: &AgentContext) {
    for fill in &context.slots {
        if let Some(value) = fill.value.reveal().filter(|value| !value.is_empty()) {
            line(text, format_args!("Fact {}: <value>{}</value>", fill.slot, fenced(value, 400)));
        }
    }
    for returned in context.results.iter().filter(|result| !result.now) {
        let gave = Foreign::from(gave(&returned.outcome));
        line(
            text,
            format_args!(
                "Earlier result of {}: <value>{}</value>",
                function::of_tool(&returned.call.tool),
                fenced(&gave, 1_000)
            ),
        );
    }
}

fn pack(text: &mut String, context: &AgentContext) {
    let Some(pack) = &context.pack else { return };
    if let Some(objective) = &pack.objective {
        line(text, format_args!("You were handed this for: {objective}."));
    }
    for promise in &pack.promises {
        if let Some(promised) = promise.text.reveal() {
            line(
                text,
                format_args!("The customer was promised, and it holds: <value>{}</value>", fenced(promised, 400)),
            );
        }
    }
    for question in &pack.open_questions {
        line(text, format_args!("They were asked for {question} and have not said it."));
    }
    for tried in &pack.tried {
        let how = if tried.worked { "worked" } else { "did not work" };
        line(text, format_args!("Tried before: {}, which {how}.", function::of_tool(&tried.tool)));
    }
    if let Some(note) = pack.note.as_ref().and_then(|note| note.reveal()) {
        line(text, format_args!("Note of the colleague before you: <value>{}</value>", fenced(note, 1_000)));
    }
}

fn told(habit: &Habit) -> String {
    match habit {
        Habit::Question(slot) => format!("you ask for {slot}, which is known or was asked for often enough."),
        Habit::Guarded(reason) => format!("your last answer was stopped, because it {}.", reason.words()),
        Habit::Call(tool) => format!("you call {} with what you called it with before.", function::of_tool(tool)),
    }
}

/// A word of the wire.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(texts: &[&str]) -> Prompt {
        let message = |(index, text): (usize, &&str)| {
            let text = text.repeat(100);
            if index % 2 == 0 { Message::Customer(text) } else { Message::Agent(text) }
        };
        Prompt {
            system: "s".repeat(100).into(),
            briefing: String::new(),
            messages: texts.iter().enumerate().map(message).collect(),
            functions: [].into(),
            tokens: None,
        }
    }

    #[test]
    fn a_question_loses_what_is_oldest_and_never_what_is_asked() {
        let mut prompt = long(&["a", "b", "c", "d", "e"]);
        prompt.fit(600);
        assert_eq!(prompt.messages.len(), 5, "it fits");
        prompt.fit(450);
        let first = |prompt: &Prompt| format!("{:?}", prompt.messages[0]).chars().take(11).collect::<String>();
        assert_eq!((prompt.messages.len(), first(&prompt).as_str()), (3, "Customer(\"c"));
        prompt.fit(350);
        // The answer before has no question any more: a note stands for it.
        assert_eq!((prompt.messages.len(), first(&prompt).as_str()), (3, "Customer(\"("));
        prompt.fit(1);
        assert_eq!(prompt.messages, [Message::Customer("e".repeat(100))], "what is asked stays");
    }
}
