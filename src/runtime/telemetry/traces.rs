//! Committed entries become spans: the conversation, its turns, whoever composes, models, tools.
//!
//! A turn begins with the customer's words and ends with an answer. Within it each attempt of an agent is
//! `invoke_agent`, each call of a model `chat`, each call of a tool `execute_tool`; passes of the baton are
//! events of the turn. Times are the floor's; how long a model took is what the executor measured.

use std::collections::BTreeMap;

use super::{Called, Names, hex};
use crate::domain::envelope::Envelope;
use crate::domain::event::{
    BatonEvent, CallEnd, ConversationEvent, EscalationEvent, Event, HandoffEvent, ModelEvent, ToolEvent, TurnEvent,
};
use crate::domain::id::{AgentName, CallId, CompositionId, ConversationId, ModelName, Seq, ToolName, TurnNo};
use crate::domain::model::{ModelCall, ModelEnd, ModelFailure};
use crate::domain::time::Timestamp;
use crate::orchestrator::Floor;

/// Events that one span keeps: what happens more often in one turn is a fault that the first ones show.
const EVENTS_MAX: usize = 64;

/// What an attribute holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(u64),
}

pub(super) type Attributes = Vec<(&'static str, Value)>;

/// Where the work was done, in the numbers of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Internal = 1,
    Client = 3,
}

/// Something that happened within a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) name: &'static str,
    pub(super) at: Timestamp,
    pub(super) attributes: Attributes,
}

/// A span that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime) struct Span {
    pub(super) trace: String,
    pub(in crate::runtime) id: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) began: Timestamp,
    pub(super) ended: Timestamp,
    pub(super) attributes: Attributes,
    pub(super) moments: Vec<Moment>,
    /// Why it failed, in a word; none when it did not.
    pub(super) error: Option<&'static str>,
}

/// What is under way in one conversation.
#[derive(Debug, Default)]
struct Open {
    began: Timestamp,
    turn: Option<(TurnNo, Timestamp, Vec<Moment>)>,
    attempts: BTreeMap<CompositionId, (AgentName, Timestamp)>,
    calls: BTreeMap<CallId, OpenCall>,
}

#[derive(Debug)]
struct OpenCall {
    tool: ToolName,
    agent: AgentName,
    attempt: CompositionId,
    began: Timestamp,
    moments: Vec<Moment>,
}

/// What is under way on the floor.
pub(super) struct Traces {
    names: Names,
    models: BTreeMap<ModelName, Called>,
    open: BTreeMap<ConversationId, Open>,
}

/// Where spans go.
type Out<'a> = &'a mut dyn FnMut(Span);

impl Traces {
    /// Of a floor whose conversations began before; what they are in the middle of has no span.
    pub(super) fn new(names: Names, models: BTreeMap<ModelName, Called>, floor: &Floor) -> Self {
        let open = floor.conversations.values().map(|c| (c.id, Open { began: c.opened, ..Open::default() }));
        Self { names, models, open: open.collect() }
    }

    pub(super) fn fold(&mut self, envelope: &Envelope, out: Out<'_>) {
        let Some(id) = envelope.event.conversation() else { return };
        let at = envelope.at;
        // A closed match of families would say here what it says of a trace: most things are no span.
        if let Event::Conversation(event) = &envelope.event {
            self.conversation(id, event, at, out);
        } else if let Event::Turn(event) = &envelope.event {
            self.turn(id, event, at, out);
        } else if let Event::Tool(event) = &envelope.event {
            self.tool(id, event, at, out);
        } else if let Event::Model(ModelEvent::Called { composition, agent, call, .. }) = &envelope.event {
            out(self.chat(id, (*composition, agent), call, (at, envelope.seq)));
        } else if let Event::Baton(BatonEvent::Passed { to, .. }) = &envelope.event {
            // What an agent composes under an epoch that is over comes to nothing, unless it passed the baton itself.
            let cut = to.operator().map(|_| "baton_passed");
            self.attempts_over(id, (at, cut), out);
            if let Some(moment) = moment(&envelope.event, at) {
                self.note(id, moment);
            }
        } else if let Some(moment) = moment(&envelope.event, at) {
            self.note(id, moment);
        }
    }

    fn conversation(&mut self, id: ConversationId, event: &ConversationEvent, at: Timestamp, out: Out<'_>) {
        match event {
            ConversationEvent::Opened { .. } | ConversationEvent::Reopened { .. } => {
                self.open.insert(id, Open { began: at, ..Open::default() });
            }
            ConversationEvent::Resolved { disposition, .. } => {
                let outcome = ("baton.outcome", text(disposition.words()));
                self.over(id, at, vec![outcome], out);
            }
            ConversationEvent::Closed { .. } => self.over(id, at, Vec::new(), out),
            ConversationEvent::BeganOn { .. }
            | ConversationEvent::Identified { .. }
            | ConversationEvent::FirstContactLost { .. }
            | ConversationEvent::Rated { .. }
            | ConversationEvent::Snoozed { .. }
            | ConversationEvent::Woken { .. } => {}
        }
    }

    /// What is under way when a conversation ends ends with it.
    fn over(&mut self, id: ConversationId, at: Timestamp, more: Attributes, out: Out<'_>) {
        self.attempts_over(id, (at, Some("ended")), out);
        self.answered(id, at, out);
        let Some(Open { began, .. }) = self.open.remove(&id) else { return };
        let mut attributes = vec![("gen_ai.conversation.id", self.whose(id))];
        attributes.extend(more);
        out(self.span((id, self.root(id, began), None), "conversation", (began, at), attributes));
    }

    /// Nobody composes any more.
    fn attempts_over(&mut self, id: ConversationId, end: (Timestamp, Option<&'static str>), out: Out<'_>) {
        let attempts = self.open.get_mut(&id).map(|open| std::mem::take(&mut open.attempts));
        for (composition, (agent, began)) in attempts.unwrap_or_default() {
            out(self.attempt(id, (composition, &agent, began), end));
        }
    }

    fn turn(&mut self, id: ConversationId, event: &TurnEvent, at: Timestamp, out: Out<'_>) {
        match event {
            TurnEvent::CustomerSpoke { turn, .. } => {
                let open = self.open.entry(id).or_insert_with(|| Open { began: at, ..Open::default() });
                open.turn.get_or_insert_with(|| (*turn, at, Vec::new()));
            }
            TurnEvent::CompositionBegan { composition, agent, supersedes, .. } => {
                if let Some(before) = supersedes {
                    self.attempt_over(id, *before, (at, Some("superseded")), out);
                }
                if let Some(open) = self.open.get_mut(&id) {
                    open.attempts.insert(*composition, (agent.clone(), at));
                }
            }
            TurnEvent::AgentActed { composition, done: true, spoken, .. } => {
                self.attempt_over(id, *composition, (at, None), out);
                // Without words it goes on: a pass or a call for a person follows, and belongs to the turn.
                if spoken.is_some() {
                    self.answered(id, at, out);
                }
            }
            TurnEvent::CompositionFailed { composition, failure, .. } => {
                self.attempt_over(id, *composition, (at, Some(failed(*failure))), out);
            }
            TurnEvent::ReplyWithheld { composition, agent, .. } => {
                self.attempt_over(id, *composition, (at, Some("withheld")), out);
                let attributes = vec![("gen_ai.agent.name", text(agent))];
                self.note(id, Moment { name: "baton.reply_withheld", at, attributes });
            }
            TurnEvent::OperatorSpoke { .. } => self.answered(id, at, out),
            TurnEvent::AgentActed { done: false, .. }
            | TurnEvent::NothingFound { .. }
            | TurnEvent::HouseSpoke { .. }
            | TurnEvent::HouseTold { .. }
            | TurnEvent::Whispered { .. }
            | TurnEvent::Noted { .. } => {}
        }
    }

    fn answered(&mut self, id: ConversationId, at: Timestamp, out: Out<'_>) {
        if let Some(turn) = self.open.get_mut(&id).and_then(|open| open.turn.take()) {
            out(self.whole_turn(id, turn, at));
        }
    }

    fn attempt_over(
        &mut self,
        id: ConversationId,
        composition: CompositionId,
        end: (Timestamp, Option<&'static str>),
        out: Out<'_>,
    ) {
        let attempt = self.open.get_mut(&id).and_then(|open| open.attempts.remove(&composition));
        if let Some((agent, began)) = attempt {
            out(self.attempt(id, (composition, &agent, began), end));
        }
    }

    fn tool(&mut self, id: ConversationId, event: &ToolEvent, at: Timestamp, out: Out<'_>) {
        match event {
            ToolEvent::Called { call, agent, tool, composition, .. } => {
                let (tool, agent) = (tool.clone(), agent.clone());
                let begun = OpenCall { tool, agent, attempt: *composition, began: at, moments: Vec::new() };
                if let Some(open) = self.open.get_mut(&id) {
                    open.calls.insert(*call, begun);
                }
            }
            ToolEvent::Returned { call, end, .. } => {
                let known = self.open.get_mut(&id).and_then(|open| open.calls.remove(call));
                if let Some(known) = known {
                    out(self.called(id, *call, known, (at, *end)));
                }
            }
            ToolEvent::AttemptFailed { call, .. } => self.note_call(id, *call, "baton.attempt_failed", at),
            ToolEvent::Retried { call, .. } => self.note_call(id, *call, "baton.retried", at),
            ToolEvent::Unsettled { call, .. } => self.note_call(id, *call, "baton.unsettled", at),
            ToolEvent::Refused { agent, .. } => {
                let attributes = vec![("gen_ai.agent.name", text(agent))];
                self.note(id, Moment { name: "baton.tool_refused", at, attributes });
            }
            ToolEvent::Started { .. } | ToolEvent::Reconciling { .. } => {}
        }
    }

    fn note_call(&mut self, id: ConversationId, call: CallId, name: &'static str, at: Timestamp) {
        let known = self.open.get_mut(&id).and_then(|open| open.calls.get_mut(&call));
        if let Some(known) = known.filter(|known| known.moments.len() < EVENTS_MAX) {
            known.moments.push(Moment { name, at, attributes: Vec::new() });
        }
    }

    /// Something for the turn that is under way.
    fn note(&mut self, id: ConversationId, moment: Moment) {
        if let Some((.., moments)) = self.open.get_mut(&id).and_then(|open| open.turn.as_mut())
            && moments.len() < EVENTS_MAX
        {
            moments.push(moment);
        }
    }

    fn whole_turn(
        &self,
        id: ConversationId,
        (turn, began, moments): (TurnNo, Timestamp, Vec<Moment>),
        at: Timestamp,
    ) -> Span {
        let root = self.open.get(&id).map_or(began, |open| open.began);
        let attributes = vec![("gen_ai.conversation.id", self.whose(id)), ("baton.turn", Value::Number(turn.0))];
        let names = (id, self.turn_name(id, turn), Some(self.root(id, root)));
        Span { moments, ..self.span(names, "turn", (began, at), attributes) }
    }

    fn attempt(
        &self,
        id: ConversationId,
        (composition, agent, began): (CompositionId, &AgentName, Timestamp),
        (at, error): (Timestamp, Option<&'static str>),
    ) -> Span {
        let mut attributes = self.common(id, "invoke_agent");
        attributes.push(("gen_ai.provider.name", text("baton")));
        attributes.push(("gen_ai.agent.name", text(agent)));
        let open = self.open.get(&id);
        let turn = open.and_then(|open| open.turn.as_ref()).map(|(turn, ..)| self.turn_name(id, *turn));
        let parent = turn.or_else(|| open.map(|open| self.root(id, open.began)));
        let names = (id, self.attempt_name(id, composition), parent);
        failing(self.span(names, &format!("invoke_agent {agent}"), (began, at), attributes), error)
    }

    fn chat(
        &self,
        id: ConversationId,
        (composition, agent): (CompositionId, &AgentName),
        call: &ModelCall,
        (at, seq): (Timestamp, Seq),
    ) -> Span {
        let known = self.models.get(&call.model);
        let model = known.map_or_else(|| call.model.to_string(), |known| known.model.clone());
        let mut attributes = self.common(id, "chat");
        attributes.push(("gen_ai.provider.name", text(known.map_or("baton.unknown", |known| known.provider))));
        attributes.push(("gen_ai.request.model", text(&model)));
        attributes.push(("gen_ai.agent.name", text(agent)));
        attributes.push(("gen_ai.usage.input_tokens", Value::Number(call.usage.input.into())));
        attributes.push(("gen_ai.usage.output_tokens", Value::Number(call.usage.output.into())));
        attributes.push(("gen_ai.usage.cache_read.input_tokens", Value::Number(call.usage.cached.into())));
        attributes.push(("baton.attempts", Value::Number(call.attempts.into())));
        let error = match call.end {
            ModelEnd::Answered => None,
            ModelEnd::Failed(failure) => Some(model_failed(failure)),
            ModelEnd::Cut => Some("cut"),
        };
        let took = i64::try_from(call.took.0).unwrap_or_default();
        let began = Timestamp(at.0.saturating_sub(took));
        let span = self.names.span(id, "chat", seq.0);
        let names = (id, hex(&span), Some(self.attempt_name(id, composition)));
        let span = Span { kind: Kind::Client, ..self.span(names, &format!("chat {model}"), (began, at), attributes) };
        failing(span, error)
    }

    fn called(&self, id: ConversationId, call: CallId, known: OpenCall, (at, end): (Timestamp, CallEnd)) -> Span {
        let OpenCall { tool, agent, attempt, began, moments } = known;
        let mut attributes = self.common(id, "execute_tool");
        attributes.push(("gen_ai.tool.name", text(&tool)));
        attributes.push(("gen_ai.tool.type", text("function")));
        attributes.push(("gen_ai.tool.call.id", text(&call)));
        attributes.push(("gen_ai.agent.name", text(&agent)));
        let error = match end {
            // A no is an answer.
            CallEnd::Done | CallEnd::Declined => None,
            CallEnd::Failed => Some("failed"),
            CallEnd::Unknown => Some("unknown"),
            CallEnd::Refused => Some("refused"),
        };
        let names = (id, self.names.call(id, call), Some(self.attempt_name(id, attempt)));
        let span = self.span(names, &format!("execute_tool {tool}"), (began, at), attributes);
        failing(Span { moments, ..span }, error)
    }

    fn span(
        &self,
        (id, span, parent): (ConversationId, String, Option<String>),
        name: &str,
        (began, ended): (Timestamp, Timestamp),
        attributes: Attributes,
    ) -> Span {
        let (trace, name) = (self.names.trace(id).to_string(), name.to_owned());
        Span {
            trace,
            id: span,
            parent,
            name,
            kind: Kind::Internal,
            began,
            ended,
            attributes,
            moments: Vec::new(),
            error: None,
        }
    }

    fn common(&self, id: ConversationId, operation: &str) -> Attributes {
        vec![("gen_ai.operation.name", text(operation)), ("gen_ai.conversation.id", self.whose(id))]
    }

    /// The conversation under the name of its trace, never under its own.
    fn whose(&self, id: ConversationId) -> Value {
        Value::Text(self.names.trace(id).to_string())
    }

    fn root(&self, id: ConversationId, began: Timestamp) -> String {
        hex(&self.names.span(id, "conversation", began.0.unsigned_abs()))
    }

    fn turn_name(&self, id: ConversationId, turn: TurnNo) -> String {
        hex(&self.names.span(id, "turn", turn.0))
    }

    fn attempt_name(&self, id: ConversationId, composition: CompositionId) -> String {
        self.names.attempt(id, composition)
    }
}

/// Passes of the baton and calls for people, as events of a turn.
fn moment(event: &Event, at: Timestamp) -> Option<Moment> {
    let (name, attributes) = if let Event::Handoff(HandoffEvent::Offered { from, to, .. }) = event {
        ("baton.handoff.offered", vec![("baton.handoff.from", text(from)), ("baton.handoff.to", text(to))])
    } else if let Event::Handoff(HandoffEvent::Accepted { .. }) = event {
        ("baton.handoff.accepted", Vec::new())
    } else if let Event::Handoff(HandoffEvent::Declined { to, .. }) = event {
        ("baton.handoff.declined", vec![("baton.handoff.to", text(to))])
    } else if let Event::Handoff(HandoffEvent::Lapsed { .. }) = event {
        ("baton.handoff.lapsed", Vec::new())
    } else if let Event::Baton(BatonEvent::Passed { to, epoch, .. }) = event {
        ("baton.passed", vec![("baton.holder", text(&holder(to))), ("baton.epoch", Value::Number(epoch.0))])
    } else if let Event::Escalation(EscalationEvent::Raised { queue, .. }) = event {
        ("baton.escalated", vec![("baton.queue", text(queue))])
    } else {
        return None;
    };
    Some(Moment { name, at, attributes })
}

/// Who holds; of people only that it is one.
fn holder(holder: &crate::domain::baton::Holder) -> String {
    use crate::domain::baton::Holder;
    match holder {
        Holder::Nobody => "nobody".to_owned(),
        Holder::Agent(name) => name.to_string(),
        Holder::Operator(_) => "a person".to_owned(),
        Holder::Queue(name) => format!("line {name}"),
    }
}

fn failing(span: Span, error: Option<&'static str>) -> Span {
    let mut span = Span { error, ..span };
    span.attributes.extend(error.map(|error| ("error.type", text(error))));
    span
}

const fn failed(failure: crate::domain::action::Failure) -> &'static str {
    use crate::domain::action::Failure;
    match failure {
        Failure::TimedOut => "timed_out",
        Failure::Broke => "broke",
        Failure::Absent => "absent",
        Failure::Empty => "empty",
        Failure::Endless => "endless",
    }
}

const fn model_failed(failure: ModelFailure) -> &'static str {
    match failure {
        ModelFailure::Unreachable => "unreachable",
        ModelFailure::TimedOut => "timed_out",
        ModelFailure::Busy => "busy",
        ModelFailure::KeyRefused => "key_refused",
        ModelFailure::Rejected => "rejected",
        ModelFailure::BrokeOff => "broke_off",
        ModelFailure::NotAsAgreed => "not_as_agreed",
        ModelFailure::Empty => "empty",
        ModelFailure::Filtered => "filtered",
        ModelFailure::Resting => "resting",
        ModelFailure::Full => "full",
        ModelFailure::OverBudget => "over_budget",
        ModelFailure::NoKey => "no_key",
    }
}

fn text<T: ToString + ?Sized>(value: &T) -> Value {
    Value::Text(value.to_string())
}
