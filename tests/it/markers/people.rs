//! What people do with each other in a story, and requests for them.

use baton::domain::claim::ClaimEnd;
use baton::domain::escalation::{Settlement, Severity, Trigger};
use baton::domain::event::{ClaimEvent, EscalationEvent, Event, LeftEvent};
use baton::domain::id::{ClaimId, ConversationId, EscalationId, OfferId, OperatorName, TurnNo};

use super::story::{Pen, ana, now};

/// Their notes and reasons are about the customer, and go with them.
pub(super) fn colleagues(pen: &mut Pen, conversation: ConversationId) -> Vec<Event> {
    let (claim, by, turn): (_, OperatorName, _) = (ClaimId(1), "ben".parse().unwrap(), TurnNo(1));
    let (note, end) = (Some(pen.text()), ClaimEnd::Declined);
    vec![
        ClaimEvent::Asked { conversation, claim, by: by.clone(), from: ana(), until: now(), note }.into(),
        ClaimEvent::Settled { conversation, claim, by: by.clone(), from: ana(), end }.into(),
        ClaimEvent::Taken { conversation, by, from: ana(), reason: pen.text() }.into(),
        LeftEvent::Nudged { conversation, operator: ana(), turn }.into(),
        LeftEvent::Called { conversation, operator: ana(), turn }.into(),
    ]
}

/// Holds no text at all: nobody can say anything in it.
pub(super) fn escalation(conversation: ConversationId) -> Vec<Event> {
    let (escalation, until) = (EscalationId(1), now());
    let raised = EscalationEvent::Raised {
        conversation,
        escalation,
        queue: "support".parse().unwrap(),
        trigger: Trigger::AskedForHuman,
        severity: Severity::High,
        terms: Vec::new(),
        due: until,
        rank: Some(until),
        skills: Vec::new(),
        declined: Vec::new(),
        expires: None,
    };
    let offered =
        |offer| Event::from(EscalationEvent::Offered { conversation, escalation, offer, operator: ana(), until });
    let [first, second, third, fourth] = [1, 2, 3, 4].map(OfferId);
    vec![
        raised.into(),
        EscalationEvent::Breached { conversation, escalation, severity: Severity::Critical, rank: None }.into(),
        EscalationEvent::CallBackArranged { conversation, escalation, due: until, expires: None }.into(),
        EscalationEvent::RoundEnded {
            conversation,
            escalation,
            severity: Severity::Critical,
            rank: until,
            again_at: until,
        }
        .into(),
        EscalationEvent::RoundBegan { conversation, escalation }.into(),
        offered(first),
        EscalationEvent::Passed { conversation, escalation, offer: first, operator: ana() }.into(),
        offered(second),
        EscalationEvent::Lapsed { conversation, escalation, offer: second, operator: ana() }.into(),
        offered(third),
        EscalationEvent::Withdrawn { conversation, escalation, offer: third, operator: ana(), taken_by: None }.into(),
        offered(fourth),
        EscalationEvent::Taken { conversation, escalation, offer: fourth, operator: ana() }.into(),
        EscalationEvent::Settled { conversation, escalation, settlement: Settlement::NotNeeded }.into(),
    ]
}
