//! Customers whom a person leaves without an answer: what follows comes once, in order, and never leads
//! back to an AI.

use crate::domain::baton::{Holder, PassReason};
use crate::domain::envelope::Envelope;
use crate::domain::event::LeftEvent;
use crate::domain::id::{ConversationId, OperatorName, Seq, TurnNo};

use super::Laws;

/// What has followed on the message that waits, under the holder of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    Holder(TurnNo),
    Supervisor(TurnNo),
}

impl Laws {
    pub(super) fn left(&mut self, envelope: &Envelope, event: &LeftEvent) {
        let (conversation, operator, before, now) = match event {
            LeftEvent::Nudged { conversation, operator, turn } => (*conversation, operator, None, Told::Holder(*turn)),
            LeftEvent::Called { conversation, operator, turn } => {
                (*conversation, operator, Some(Told::Holder(*turn)), Told::Supervisor(*turn))
            }
        };
        let holds = self.holds(conversation, operator);
        let account = self.account(conversation);
        let told = account.left.replace(now);
        // Another message may wait by now: then it begins anew.
        let in_order = match (told, now) {
            (_, Told::Supervisor(_)) => told == before,
            (Some(Told::Holder(old) | Told::Supervisor(old)), Told::Holder(turn)) => old < turn,
            (None, Told::Holder(_)) => true,
        };
        self.hold(8, envelope.seq, holds, || format!("{operator} is reminded of what they do not hold"));
        self.hold(8, envelope.seq, in_order, || format!("{now:?} follows on {told:?}"));
    }

    fn holds(&mut self, id: ConversationId, operator: &OperatorName) -> bool {
        self.account(id).holder == Holder::Operator(operator.clone())
    }

    /// It goes onward only after both were told, and to a person.
    pub(super) fn left_passes(&mut self, seq: Seq, id: ConversationId, to: &Holder, reason: PassReason) {
        let told = self.account(id).left.take();
        if let PassReason::LeftAlone(_) = reason {
            let sound = matches!(told, Some(Told::Supervisor(_))) && matches!(to, Holder::Queue(_));
            self.hold(8, seq, sound, || format!("left alone it went to {to} after {told:?}"));
        }
    }
}
