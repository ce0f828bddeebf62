//! Claims: one at a time, each ends once, and nothing is given to whom it was not asked for.

use crate::domain::baton::{Holder, PassReason};
use crate::domain::claim::ClaimEnd;
use crate::domain::envelope::Envelope;
use crate::domain::event::ClaimEvent;
use crate::domain::id::{ClaimId, ConversationId, OperatorName, Seq};

use super::Laws;

/// A claim that is open, and how it ended if it was given.
#[derive(Debug, Clone)]
pub(super) struct ClaimBook {
    id: ClaimId,
    by: OperatorName,
    given: bool,
}

impl Laws {
    pub(super) fn claim(&mut self, envelope: &Envelope, event: &ClaimEvent) {
        let seq = envelope.seq;
        match event {
            ClaimEvent::Asked { conversation, claim, by, from, .. } => {
                let account = self.account(*conversation);
                let holds = account.holder == Holder::Operator(from.clone()) && by != from;
                let book = ClaimBook { id: *claim, by: by.clone(), given: false };
                let open = account.claim.replace(book).map(|open| open.id);
                self.hold(2, seq, open.is_none(), || format!("{claim:?} asked while {open:?} is open"));
                self.hold(1, seq, holds, || format!("{by} asks {from}, who does not hold it"));
            }
            ClaimEvent::Settled { conversation, claim, end, .. } => {
                let account = self.account(*conversation);
                let open = account.claim.take();
                let found = open.as_ref().is_some_and(|open| open.id == *claim && !open.given);
                // What was given is over with the pass that follows.
                account.claim = open.filter(|_| *end == ClaimEnd::Given).map(|open| ClaimBook { given: true, ..open });
                self.hold(2, seq, found, || format!("{claim:?} settled twice, or never asked"));
            }
            ClaimEvent::Taken { conversation, from, .. } => {
                let holds = self.account(*conversation).holder == Holder::Operator(from.clone());
                self.hold(1, seq, holds, || format!("taken from {from}, who does not hold it"));
            }
        }
    }

    /// Nothing is asked for over a pass; and what was given goes to whom it was given.
    pub(super) fn claim_passes(&mut self, seq: Seq, id: ConversationId, to: &Holder, reason: PassReason) {
        let open = self.account(id).claim.take();
        let to_whom = |open: &ClaimBook| open.given && *to == Holder::Operator(open.by.clone());
        let given = if let PassReason::Given(claim) = reason {
            open.as_ref().is_some_and(|open| open.id == claim && to_whom(open))
        } else {
            open.is_none()
        };
        self.hold(2, seq, given, || format!("the baton went to {to} ({reason:?}) with {open:?}"));
    }

    /// Who asked for what ended was told so.
    pub(super) fn claim_ends(&mut self, seq: Seq, id: ConversationId) {
        let open = self.account(id).claim.take();
        self.hold(2, seq, open.is_none(), || format!("ends with {open:?}"));
    }
}
