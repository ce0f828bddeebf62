//! What is counted for whoever runs this house: sums since the process began, folded from what was
//! committed, and the floor as it stands. Labels are names of the deployment and words of our own; nothing
//! of a customer is among them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::baton::Holder;
use crate::domain::envelope::Envelope;
use crate::domain::event::{
    ApprovalEvent, BatonEvent, CallEnd, ConversationEvent, EscalationEvent, Event, GuardEvent, ModelEvent, ToolEvent,
    TranslationEvent, TurnEvent,
};
use crate::domain::model::ModelEnd;
use crate::orchestrator::Floor;

/// Series of one name at most: a roster has dozens; more means that something else got into a label.
const SERIES_MAX: usize = 500;
/// The label's value for whatever comes after that.
const OTHER: &str = "other";

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
}

/// A name with what it means.
struct Family {
    name: &'static str,
    kind: Kind,
    help: &'static str,
    /// Decimal places of its values: times are kept in microseconds, and so is money.
    places: u8,
}

const fn counter(name: &'static str, help: &'static str) -> Family {
    Family { name, kind: Kind::Counter, help, places: 0 }
}

const fn gauge(name: &'static str, help: &'static str) -> Family {
    Family { name, kind: Kind::Gauge, help, places: 0 }
}

const FAMILIES: &[Family] = &[
    counter("baton_turns_total", "Messages recorded, by who wrote them."),
    counter("baton_conversations_total", "Conversations, by what became of them: opened, resolved, reopened, closed."),
    counter("baton_passes_total", "Passes of the baton, by kind of receiver."),
    counter("baton_replies_withheld_total", "Finished answers of agents that did not go out."),
    counter("baton_compositions_failed_total", "Attempts at an answer that failed, by agent."),
    counter("baton_escalations_total", "Requests for a human, by line."),
    counter("baton_approvals_total", "Approvals asked for."),
    counter("baton_tool_calls_total", "Tool calls that ended, by how."),
    counter("baton_guard_findings_total", "What guardrails found, by what it is."),
    counter("baton_model_calls_total", "Calls of language models, by model, agent and how they ended."),
    counter("baton_model_tokens_total", "Tokens of language models, by model, agent and direction."),
    Family { places: 3, ..counter("baton_model_seconds_total", "Time calls of language models took, by model.") },
    Family {
        places: 6,
        ..counter("baton_model_cost_total", "What language models cost, by model, agent and currency.")
    },
    counter("baton_writes_total", "Batches judged and written to the journal."),
    Family { places: 6, ..counter("baton_write_seconds_total", "Time taken to judge batches and write them.") },
    counter("baton_spans_total", "Spans of traces, by what became of them: sent, dropped."),
    counter("baton_journal_entries", "Number of the newest journal entry."),
    gauge("baton_live_conversations", "Conversations in which somebody owes somebody an answer, by kind of holder."),
    gauge("baton_resolved_in_memory", "Resolved conversations that can be re-opened."),
    gauge("baton_queue_waiting", "Conversations that wait in a line."),
    Family { places: 3, ..gauge("baton_queue_oldest_wait_seconds", "How long the first of a line has waited.") },
    gauge("baton_queue_breached", "Conversations in a line that are past their due time."),
    gauge("baton_approvals_waiting", "Tool calls that wait for a person."),
    gauge("baton_drafts_waiting", "Answers of agents that wait for a person."),
    gauge("baton_composing", "Answers that agents are composing."),
    gauge("baton_agent_load", "Conversations that an agent holds."),
    gauge("baton_people", "People of the house, by state."),
    gauge("baton_customer_feeds", "Customers' clients that listen."),
    gauge("baton_feed_behind_entries", "Entries that consoles have still to be told of."),
];

/// Sums by name and labels.
#[derive(Debug, Default)]
pub(super) struct Measures {
    sums: Mutex<Sums>,
    writes: AtomicU64,
    write_micros: AtomicU64,
    spans_sent: AtomicU64,
    spans_dropped: AtomicU64,
}

/// A rendered set of labels, `{agent="billing"}`, with its value.
type Series = BTreeMap<String, u64>;

#[derive(Debug, Default)]
struct Sums(BTreeMap<&'static str, Series>);

impl Sums {
    fn add(&mut self, name: &'static str, labels: &[(&str, &str)], by: u64) {
        let series = self.0.entry(name).or_default();
        let mut key = labelled(labels);
        if series.len() >= SERIES_MAX && !series.contains_key(&key) {
            key = labelled(&labels.iter().map(|(name, _)| (*name, OTHER)).collect::<Vec<_>>());
        }
        let sum = series.entry(key).or_default();
        *sum = sum.saturating_add(by);
    }

    fn count(&mut self, event: &Event) {
        match event {
            Event::Turn(event) => self.turn(event),
            Event::Conversation(event) => self.conversation(event),
            Event::Baton(BatonEvent::Passed { to, .. }) => self.add("baton_passes_total", &[("to", kind(to))], 1),
            Event::Escalation(EscalationEvent::Raised { queue, .. }) => {
                self.add("baton_escalations_total", &[("queue", queue.as_str())], 1);
            }
            Event::Approval(ApprovalEvent::Asked { .. }) => self.add("baton_approvals_total", &[], 1),
            Event::Tool(ToolEvent::Returned { end, .. }) => {
                self.add("baton_tool_calls_total", &[("end", ended(*end))], 1);
            }
            Event::Guard(GuardEvent::Read { findings, .. } | GuardEvent::Caught { findings, .. }) => {
                for finding in findings {
                    self.add("baton_guard_findings_total", &[("kind", finding.reason.kind().word())], 1);
                }
            }
            Event::Model(ModelEvent::Called { agent, call, .. }) => self.model(agent.as_str(), call),
            Event::Translation(
                TranslationEvent::Done { call: Some(call), .. } | TranslationEvent::Failed { call: Some(call), .. },
            ) => self.model("(translator)", call),
            Event::Baton(_)
            | Event::Model(ModelEvent::Moved { .. })
            | Event::Escalation(_)
            | Event::Approval(_)
            | Event::Tool(_)
            | Event::Guard(_)
            | Event::Customer(_)
            | Event::Handoff(_)
            | Event::Routing(_)
            | Event::Supervision(_)
            | Event::Incident(_)
            | Event::Member(_)
            | Event::Standing(_)
            | Event::Circle(_)
            | Event::Consult(_)
            | Event::Lesson(_)
            | Event::Learning(_)
            | Event::File(_)
            | Event::Translation(_)
            | Event::Conflict(_)
            | Event::Clock(_)
            | Event::Promise(_)
            | Event::Claim(_)
            | Event::Left(_)
            | Event::WrapUp(_)
            | Event::Desk(_)
            | Event::Operator(_)
            | Event::Floor(_) => {}
        }
    }

    fn turn(&mut self, event: &TurnEvent) {
        let author = match event {
            TurnEvent::CustomerSpoke { .. } => "customer",
            TurnEvent::AgentActed { spoken: Some(_), .. } => "agent",
            TurnEvent::OperatorSpoke { .. } => "operator",
            TurnEvent::HouseSpoke { .. } | TurnEvent::HouseTold { .. } => "house",
            TurnEvent::ReplyWithheld { .. } => return self.add("baton_replies_withheld_total", &[], 1),
            TurnEvent::CompositionFailed { agent, .. } => {
                return self.add("baton_compositions_failed_total", &[("agent", agent.as_str())], 1);
            }
            TurnEvent::AgentActed { spoken: None, .. }
            | TurnEvent::CompositionBegan { .. }
            | TurnEvent::NothingFound { .. }
            | TurnEvent::Whispered { .. }
            | TurnEvent::Noted { .. } => return,
        };
        self.add("baton_turns_total", &[("author", author)], 1);
    }

    fn conversation(&mut self, event: &ConversationEvent) {
        let became = match event {
            ConversationEvent::Opened { .. } => "opened",
            ConversationEvent::Resolved { .. } => "resolved",
            ConversationEvent::Reopened { .. } => "reopened",
            ConversationEvent::Closed { .. } => "closed",
            ConversationEvent::FirstContactLost { .. }
            | ConversationEvent::Rated { .. }
            | ConversationEvent::BeganOn { .. }
            | ConversationEvent::Identified { .. }
            | ConversationEvent::Snoozed { .. }
            | ConversationEvent::Woken { .. } => return,
        };
        self.add("baton_conversations_total", &[("became", became)], 1);
    }

    fn model(&mut self, agent: &str, call: &crate::domain::model::ModelCall) {
        let model = call.model.as_str();
        let end = match call.end {
            ModelEnd::Answered => "answered",
            ModelEnd::Failed(_) => "failed",
            ModelEnd::Cut => "cut",
        };
        self.add("baton_model_calls_total", &[("model", model), ("agent", agent), ("end", end)], 1);
        for (way, tokens) in [("input", call.usage.input), ("output", call.usage.output)] {
            let labels = [("model", model), ("agent", agent), ("direction", way)];
            self.add("baton_model_tokens_total", &labels, u64::from(tokens));
        }
        self.add("baton_model_seconds_total", &[("model", model)], call.took.0);
        if let Some(cost) = call.cost {
            let currency = cost.currency.to_string();
            self.add(
                "baton_model_cost_total",
                &[("model", model), ("agent", agent), ("currency", &currency)],
                cost.micros,
            );
        }
    }

    /// The floor as it stands.
    fn stand(&mut self, floor: &Floor) {
        self.add("baton_journal_entries", &[], floor.seq.0);
        self.add("baton_resolved_in_memory", &[], floor.stubs.len() as u64);
        for c in floor.conversations.values() {
            self.add("baton_live_conversations", &[("holder", kind(&c.baton.holder))], 1);
            self.add("baton_approvals_waiting", &[], c.approvals.len() as u64);
            self.add("baton_drafts_waiting", &[], u64::from(c.draft.is_some()));
            self.add("baton_composing", &[], u64::from(c.composing.is_some()));
        }
        let mut oldest: BTreeMap<&str, u64> = BTreeMap::new();
        for call in floor.queued.iter().filter_map(|id| floor.conversation(*id)?.escalation.as_ref()) {
            let queue = call.queue.as_str();
            self.add("baton_queue_waiting", &[("queue", queue)], 1);
            self.add("baton_queue_breached", &[("queue", queue)], u64::from(call.breached));
            let waited = oldest.entry(queue).or_default();
            *waited = floor.at.since(call.since).0.max(*waited);
        }
        for (queue, waited) in oldest {
            self.add("baton_queue_oldest_wait_seconds", &[("queue", queue)], waited);
        }
        for (agent, state) in &floor.agents {
            self.add("baton_agent_load", &[("agent", agent.as_str())], u64::from(state.load));
        }
        for state in floor.operators.values() {
            self.add("baton_people", &[("state", state.presence.word())], 1);
        }
    }
}

impl Measures {
    /// Counts what was committed.
    pub(super) fn fold(&self, envelopes: &[Envelope]) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        for envelope in envelopes {
            sums.count(&envelope.event);
        }
    }

    /// A batch was judged and written.
    pub(super) fn wrote(&self, took: Duration) {
        self.writes.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.write_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// So many spans were taken by a collector.
    pub(super) fn spans_sent(&self, spans: u64) {
        self.spans_sent.fetch_add(spans, Ordering::Relaxed);
    }

    /// So many spans were not taken, or found the queue full.
    pub(super) fn spans_dropped(&self, spans: u64) {
        self.spans_dropped.fetch_add(spans, Ordering::Relaxed);
    }

    /// All of it in the Prometheus text format. `more` are numbers that stand outside of the floor.
    pub(super) fn text(&self, floor: &Floor, more: &[(&'static str, u64)]) -> String {
        let mut now = Sums::default();
        now.stand(floor);
        now.add("baton_writes_total", &[], self.writes.load(Ordering::Relaxed));
        now.add("baton_write_seconds_total", &[], self.write_micros.load(Ordering::Relaxed));
        for (became, spans) in [("sent", &self.spans_sent), ("dropped", &self.spans_dropped)] {
            now.add("baton_spans_total", &[("became", became)], spans.load(Ordering::Relaxed));
        }
        for (name, value) in more {
            now.add(name, &[], *value);
        }
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::with_capacity(8 * 1_024);
        for family in FAMILIES {
            let kind = if family.kind == Kind::Counter { "counter" } else { "gauge" };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP {0} {1}\n# TYPE {0} {kind}", family.name, family.help);
            for (labels, value) in [&now, &sums].into_iter().filter_map(|sums| sums.0.get(family.name)).flatten() {
                let _ = writeln!(text, "{}{labels} {}", family.name, decimal(*value, family.places));
            }
        }
        text
    }
}

fn labelled(labels: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(32 * labels.len());
    for (name, value) in labels {
        text.push(if text.is_empty() { '{' } else { ',' });
        text.push_str(name);
        text.push_str("=\"");
        for c in value.chars() {
            match c {
                '\\' | '"' => text.extend(['\\', c]),
                '\n' => text.push_str("\\n"),
                _ => text.push(c),
            }
        }
        text.push('"');
    }
    if !text.is_empty() {
        text.push('}');
    }
    text
}

/// A whole number with so many decimal places.
fn decimal(value: u64, places: u8) -> String {
    let one = 10_u64.pow(u32::from(places));
    if places == 0 {
        value.to_string()
    } else {
        format!("{}.{:0width$}", value / one, value % one, width = places.into())
    }
}

const fn kind(holder: &Holder) -> &'static str {
    match holder {
        Holder::Nobody => "nobody",
        Holder::Agent(_) => "agent",
        Holder::Operator(_) => "operator",
        Holder::Queue(_) => "queue",
    }
}

const fn ended(end: CallEnd) -> &'static str {
    match end {
        CallEnd::Done => "done",
        CallEnd::Declined => "declined",
        CallEnd::Failed => "failed",
        CallEnd::Unknown => "unknown",
        CallEnd::Refused => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::candidate::Side;
    use crate::domain::id::{CallId, CompositionId, ConversationId, TurnNo};
    use crate::domain::model::{Cost, ModelCall, Usage};
    use crate::domain::personal::Personal;
    use crate::domain::text::Foreign;
    use crate::domain::time::Millis;
    use crate::domain::tool::ToolOutcome;

    fn here() -> ConversationId {
        ConversationId::from_random([1; 16])
    }

    fn text(events: &[Event]) -> String {
        let measures = Measures::default();
        for event in events {
            measures.sums.lock().unwrap().count(event);
        }
        measures.wrote(Duration::from_micros(1_500));
        measures.text(&Floor::default(), &[("baton_customer_feeds", 3)])
    }

    #[test]
    fn what_happened_is_counted_and_no_word_of_anybody_is_in_it() {
        let usage = Usage { input: 90, output: 7, ..Usage::default() };
        let call = ModelCall {
            model: "fast".parse().unwrap(),
            end: ModelEnd::Cut,
            usage,
            cost: Some(Cost::eur_micros(4_200)),
            took: Millis(250),
            attempts: 1,
        };
        let (conversation, composition) = (here(), CompositionId(1));
        let agent = "billing".parse().unwrap();
        let words = Personal::Open(ToolOutcome::Declined(Foreign::new("marker")));
        let house = |turn| TurnEvent::HouseTold {
            conversation,
            turn: TurnNo(turn),
            incident: crate::domain::id::IncidentId(1),
            broadcast: 1,
            kind: crate::domain::incident::BroadcastKind::Update,
            text: Personal::Open(Foreign::new("marker")),
            bytes: 6,
        };
        let events = [
            ModelEvent::Called { conversation, composition, agent, call, spent: None, side: Side::Own }.into(),
            ToolEvent::Returned { conversation, call: CallId(1), end: CallEnd::Declined, outcome: words, paid: None }
                .into(),
            house(1).into(),
            house(2).into(),
        ];
        let text = text(&events);
        for line in [
            "baton_turns_total{author=\"house\"} 2",
            "baton_tool_calls_total{end=\"declined\"} 1",
            "baton_model_calls_total{model=\"fast\",agent=\"billing\",end=\"cut\"} 1",
            "baton_model_tokens_total{model=\"fast\",agent=\"billing\",direction=\"input\"} 90",
            "baton_model_seconds_total{model=\"fast\"} 0.250",
            "baton_model_cost_total{model=\"fast\",agent=\"billing\",currency=\"EUR\"} 0.004200",
            "baton_writes_total 1",
            "baton_write_seconds_total 0.001500",
            "baton_customer_feeds 3",
        ] {
            assert!(text.lines().any(|given| given == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("marker") && !text.contains(&conversation.to_string()), "{text}");
    }

    #[test]
    fn every_series_is_of_a_family_that_says_what_it_is_and_there_are_only_so_many() {
        let measures = Measures::default();
        let mut sums = measures.sums.lock().unwrap();
        for n in 0..2 * SERIES_MAX {
            sums.add("baton_escalations_total", &[("queue", &format!("q-{n}"))], 1);
        }
        sums.add("baton_agent_load", &[("agent", "a\"b\\\n")], 1);
        drop(sums);
        let text = measures.text(&Floor::default(), &[]);
        let series = text.lines().filter(|line| line.starts_with("baton_escalations_total{")).count();
        assert_eq!(series, SERIES_MAX + 1);
        assert!(text.contains(&format!("baton_escalations_total{{queue=\"other\"}} {SERIES_MAX}")), "{text}");
        assert!(text.contains("baton_agent_load{agent=\"a\\\"b\\\\\\n\"} 1"), "{text}");
        let mut told = std::collections::BTreeSet::new();
        for line in text.lines() {
            match line.split(' ').collect::<Vec<_>>().as_slice() {
                ["#", "TYPE", name, kind] => {
                    assert_eq!(
                        *kind == "counter",
                        name.ends_with("_total") || *name == "baton_journal_entries",
                        "{name}"
                    );
                    assert!(told.insert((*name).to_owned()), "{name} twice");
                }
                ["#", "HELP", ..] => {}
                _ => {
                    let name = line.split(['{', ' ']).next().unwrap_or_default();
                    assert!(told.contains(name), "{line} comes before what it is");
                }
            }
        }
        let named = measures.sums.lock().unwrap().0.keys().filter(|name| !told.contains(**name)).count();
        assert_eq!(named, 0);
    }
}
