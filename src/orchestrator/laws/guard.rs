//! Guardrails checked: what they stop does not reach the customer, unless a person sends it.

use crate::domain::envelope::Envelope;
use crate::domain::event::{ApprovalEvent, Event, GuardEvent, SupervisionEvent, ToolEvent, TurnEvent, WithheldReason};
use crate::domain::guard::GuardAction;
use crate::domain::id::{CompositionId, DraftId};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;

use super::Laws;

/// What guardrails stopped in one conversation.
#[derive(Debug, Default)]
pub(super) struct GuardBook {
    /// A move that was stopped and of whose words it is not yet written what became of them.
    open: Option<(CompositionId, GuardAction)>,
    /// Words that were stopped.
    stopped: Vec<Personal<Foreign>>,
    /// A draft that waits because of a guardrail.
    draft: Option<DraftId>,
}

impl Laws {
    pub(super) fn guarded(&mut self, envelope: &Envelope) {
        let Some(id) = envelope.event.conversation() else { return };
        let seq = envelope.seq;
        match &envelope.event {
            Event::Guard(GuardEvent::Caught { composition, then, .. }) if *then != GuardAction::Note => {
                self.account(id).guard.open = Some((*composition, *then));
            }
            Event::Turn(TurnEvent::ReplyWithheld { composition, reason: WithheldReason::Guarded, text, .. }) => {
                let open = self.account(id).guard.open.take();
                let holds = open.is_some_and(|(of, then)| of == *composition && then != GuardAction::Note);
                self.hold(11, seq, holds, || format!("{id}: words were stopped, and nothing was found in them"));
                self.account(id).guard.stopped.push(text.clone());
            }
            Event::Supervision(SupervisionEvent::DraftHeld { draft, composition, fuse, .. }) => {
                let book = &mut self.account(id).guard;
                let guarded = book.open.take_if(|(of, _)| of == composition).is_some();
                book.draft = guarded.then_some(*draft).or(book.draft);
                let alone = guarded && fuse.is_some();
                self.hold(11, seq, !alone, || format!("{draft} was stopped and goes out by itself"));
            }
            Event::Supervision(SupervisionEvent::DraftSettled { draft, by, .. }) => {
                let guarded = self.account(id).guard.draft.take_if(|waiting| waiting == draft).is_some();
                self.hold(11, seq, !guarded || by.is_some(), || format!("{draft} was stopped, and nobody let it go"));
            }
            Event::Approval(ApprovalEvent::Asked { .. }) | Event::Tool(ToolEvent::Refused { .. }) => {
                self.account(id).guard.open = None;
            }
            Event::Tool(ToolEvent::Called { composition, approval: None, .. }) => {
                let open = self.account(id).guard.open.is_some_and(|(of, _)| of == *composition);
                self.hold(11, seq, !open, || format!("{id}: a call that was stopped was made"));
            }
            Event::Turn(TurnEvent::AgentActed { composition, spoken: Some(spoken), .. }) => {
                let account = self.account(id);
                let again = account.guard.stopped.iter().any(|text| text.reveal().is_some() && *text == spoken.text);
                let fine = !again || account.released == Some(*composition);
                let open = account.guard.open.is_some_and(|(of, _)| of == *composition);
                self.hold(11, seq, fine && !open, || format!("{id}: words that were stopped reached the customer"));
            }
            Event::Conversation(_)
            | Event::Turn(_)
            | Event::Baton(_)
            | Event::Handoff(_)
            | Event::Routing(_)
            | Event::Escalation(_)
            | Event::Tool(_)
            | Event::Approval(_)
            | Event::Supervision(_)
            | Event::Standing(_)
            | Event::Clock(_)
            | Event::Operator(_)
            | Event::Customer(_)
            | Event::Floor(_)
            | Event::Promise(_)
            | Event::WrapUp(_)
            | Event::Circle(_)
            | Event::Incident(_)
            | Event::Member(_)
            | Event::Claim(_)
            | Event::Left(_)
            | Event::Desk(_)
            | Event::Consult(_)
            | Event::Model(_)
            | Event::File(_)
            | Event::Translation(_)
            | Event::Conflict(_)
            | Event::Lesson(_)
            | Event::Learning(_)
            | Event::Guard(_) => {}
        }
    }
}
