//! Traces for an OpenTelemetry collector, with the names of its conventions for generative AI.
//!
//! Does: reads spans off what was committed, so that a trace is a view of the journal and says nothing that
//! did not happen; sends them in batches.
//! Never: holds a word of a customer, waits for a collector, or keeps more than [`QUEUE`] spans.

mod otlp;
mod sender;
mod traces;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::config::Bundle;
use crate::config::files::ModelKind;
use crate::domain::envelope::Envelope;
use crate::domain::id::{CallId, CompositionId, ConversationId, Digest, ModelName};
use crate::orchestrator::Floor;
use crate::privacy::handle::handle_digest;
use crate::privacy::seal::DataKey;

use super::measures::Measures;
pub(super) use sender::{Sender, Target};
use traces::{Span, Traces};

/// Spans that may wait for the collector: some thousand turns, a few megabytes. More are dropped and counted.
const QUEUE: usize = 8_192;

/// Names of traces and spans: keyed, so that nobody can find a conversation in a collector by its id, and the
/// same whenever they are computed, so that a call that leaves knows the name of its span before that is over.
#[derive(Clone)]
pub(super) struct Names(DataKey);

impl Names {
    pub(super) const fn new(secret: DataKey) -> Self {
        Self(secret)
    }

    /// The trace of a conversation.
    fn trace(&self, id: ConversationId) -> Digest {
        handle_digest(&self.0, "trace", &id.to_string())
    }

    /// A span of a conversation.
    fn span(&self, id: ConversationId, kind: &str, number: u64) -> [u8; 8] {
        let Digest(full) = handle_digest(&self.0, "span", &format!("{id} {kind} {number}"));
        let mut name = [0; 8];
        for (byte, from) in name.iter_mut().zip(full) {
            *byte = from;
        }
        name
    }

    /// What a tool's server is told of the trace, as W3C's Trace Context has it.
    pub(super) fn parent_of_call(&self, id: ConversationId, call: CallId) -> String {
        self.parent(id, &self.call(id, call))
    }

    /// What an agent of another service is told of it: the attempt, since no name of a call of a model is known
    /// before it is over.
    pub(super) fn parent_of_attempt(&self, id: ConversationId, composition: CompositionId) -> String {
        self.parent(id, &self.attempt(id, composition))
    }

    fn parent(&self, id: ConversationId, span: &str) -> String {
        format!("00-{}-{span}-01", self.trace(id))
    }

    /// The span of a tool's call.
    fn call(&self, id: ConversationId, call: CallId) -> String {
        hex(&self.span(id, "call", call.0))
    }

    /// The span of an attempt at an answer.
    fn attempt(&self, id: ConversationId, composition: CompositionId) -> String {
        hex(&self.span(id, "attempt", composition.0))
    }
}

fn hex(bytes: &[u8]) -> String {
    crate::privacy::token::hex(bytes)
}

/// What a model is called by its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Called {
    provider: &'static str,
    model: String,
}

/// The models of a deployment under the names of the conventions.
fn models(bundle: &Bundle) -> BTreeMap<ModelName, Called> {
    let called = |file: &crate::config::files::ModelFile| {
        let provider = match file.kind {
            ModelKind::Openai => "openai",
            ModelKind::Anthropic => "anthropic",
            // A service of the house's own; the conventions leave such names to us.
            ModelKind::Remote => "baton.remote",
        };
        let model = if file.model.is_empty() { file.name.to_string() } else { file.model.clone() };
        (file.name.clone(), Called { provider, model })
    };
    bundle.house.models.iter().map(called).collect()
}

/// The end at which committed entries go in. Belongs to the publisher.
pub(super) struct Telemetry {
    traces: Traces,
    out: mpsc::Sender<Span>,
    measures: Arc<Measures>,
}

impl Telemetry {
    /// Spans of this floor from now on, with the queue that they wait in.
    pub(super) fn new(
        names: Names,
        bundle: &Bundle,
        floor: &Floor,
        measures: Arc<Measures>,
    ) -> (Self, mpsc::Receiver<Span>) {
        let (out, waiting) = mpsc::channel(QUEUE);
        (Self { traces: Traces::new(names, models(bundle), floor), out, measures }, waiting)
    }

    /// Takes in what was committed. Never waits.
    pub(super) fn fold(&mut self, envelopes: &[Envelope]) {
        for envelope in envelopes {
            let (out, measures) = (&self.out, &self.measures);
            self.traces.fold(envelope, &mut |span| {
                if out.try_send(span).is_err() {
                    measures.spans_dropped(1);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::preset;
    use crate::domain::candidate::Side;
    use crate::domain::envelope::Actor;
    use crate::domain::event::ModelEvent;
    use crate::domain::id::Seq;
    use crate::domain::model::{ModelCall, ModelEnd, Usage};
    use crate::domain::time::{Millis, Timestamp};

    fn called(seq: u64) -> Envelope {
        let call = ModelCall {
            model: "fast".parse().unwrap(),
            end: ModelEnd::Answered,
            usage: Usage::default(),
            cost: None,
            took: Millis(20),
            attempts: 1,
        };
        let conversation = ConversationId::from_random([7; 16]);
        let (composition, agent) = (CompositionId(1), "billing".parse().unwrap());
        Envelope {
            floor: "shop".parse().unwrap(),
            seq: Seq(seq),
            at: Timestamp(1_000),
            actor: Actor::Floor,
            cause: None,
            key: None,
            subject: None,
            event: ModelEvent::Called { conversation, composition, agent, call, spent: None, side: Side::Own }.into(),
        }
    }

    /// Nobody takes spans off the queue: the publisher goes on at once, and every span too many is counted.
    #[test]
    fn a_full_queue_drops_spans_counts_them_and_never_waits() {
        let measures = Arc::new(Measures::default());
        let names = Names::new(DataKey::from_bytes([1; 32]));
        let bundle = preset("support").unwrap();
        let (mut telemetry, mut waiting) = Telemetry::new(names, &bundle, &Floor::default(), Arc::clone(&measures));
        let entries: Vec<Envelope> = (1..=QUEUE as u64 + 5).map(called).collect();
        telemetry.fold(&entries);
        drop(telemetry);
        let mut ids = std::collections::BTreeSet::new();
        while let Ok(span) = waiting.try_recv() {
            ids.insert(span.id);
        }
        assert_eq!(ids.len(), QUEUE, "each span has a name of its own");
        let text = measures.text(&Floor::default(), &[]);
        assert!(text.contains("baton_spans_total{became=\"dropped\"} 5"), "{text}");
    }
}
