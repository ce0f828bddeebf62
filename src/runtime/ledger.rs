//! What tools did, as recorded: the practice shop keeps no storage of its own and is rebuilt from
//! this, at start and in snapshots.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agents::shop::{CALLS_KEPT, Shop};
use crate::domain::envelope::Envelope;
use crate::domain::event::{CallEnd, CustomerEvent, Event, ToolEvent};
use crate::domain::id::{CallId, CustomerId};
use crate::domain::personal::Personal;
use crate::domain::tool::{IDENTITY_CHECK, ToolCall, ToolOutcome};

/// One call that worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) call: CallId,
    pub(super) customer: CustomerId,
    pub(super) ask: Personal<ToolCall>,
    pub(super) outcome: Personal<ToolOutcome>,
}

/// All calls that worked and may have changed something, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    done: BTreeMap<CallId, Done>,
    asked: BTreeMap<CallId, Personal<ToolCall>>,
}

impl Ledger {
    /// Takes up an entry of the journal.
    pub(super) fn fold(&mut self, envelope: &Envelope) {
        match &envelope.event {
            Event::Tool(ToolEvent::Called { call, tool, ask, side_effect, .. }) => {
                if *side_effect || tool.as_str() == IDENTITY_CHECK {
                    self.asked.insert(*call, ask.clone());
                }
            }
            Event::Tool(ToolEvent::Returned { call, end, outcome, .. }) => {
                let ask = self.asked.remove(call);
                if let (Some(ask), Some(customer), CallEnd::Done) = (ask, envelope.subject, *end) {
                    self.add(Done { call: *call, customer, ask, outcome: outcome.clone() });
                }
            }
            Event::Customer(CustomerEvent::Erased { customer }) => {
                self.done.retain(|_, done| done.customer != *customer);
            }
            Event::Tool(
                ToolEvent::Started { .. }
                | ToolEvent::AttemptFailed { .. }
                | ToolEvent::Retried { .. }
                | ToolEvent::Unsettled { .. }
                | ToolEvent::Reconciling { .. }
                | ToolEvent::Refused { .. },
            )
            | Event::Customer(
                CustomerEvent::Met { .. }
                | CustomerEvent::Recognised { .. }
                | CustomerEvent::Blocked { .. }
                | CustomerEvent::Unblocked { .. },
            )
            | Event::Conversation(_)
            | Event::Turn(_)
            | Event::Baton(_)
            | Event::Handoff(_)
            | Event::Routing(_)
            | Event::Escalation(_)
            | Event::Approval(_)
            | Event::Supervision(_)
            | Event::Incident(_)
            | Event::Member(_)
            | Event::Standing(_)
            | Event::Circle(_)
            | Event::Guard(_)
            | Event::Consult(_)
            | Event::Lesson(_)
            | Event::Learning(_)
            | Event::Model(_)
            | Event::File(_)
            | Event::Translation(_)
            | Event::Conflict(_)
            | Event::Clock(_)
            | Event::Promise(_)
            | Event::WrapUp(_)
            | Event::Claim(_)
            | Event::Left(_)
            | Event::Operator(_)
            | Event::Desk(_)
            | Event::Floor(_) => {}
        }
    }

    /// Takes up a call of a snapshot.
    pub(super) fn add(&mut self, done: Done) {
        self.done.insert(done.call, done);
        if self.done.len() > CALLS_KEPT {
            self.done.pop_first();
        }
    }

    /// Notes calls that were asked before a snapshot and had not come back.
    pub(super) fn expect(&mut self, call: CallId, ask: Personal<ToolCall>) {
        self.asked.insert(call, ask);
    }

    /// What is in it.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Done> {
        self.done.values()
    }

    /// Brings a shop to where the journal says it is.
    pub(super) fn rebuild(&self, shop: &mut Shop) {
        for done in self.done.values() {
            if let (Some(ask), Some(outcome)) = (done.ask.reveal(), done.outcome.reveal()) {
                shop.apply(done.call, done.customer, ask, outcome);
            }
        }
    }
}
