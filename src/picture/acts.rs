//! What people did, a line each: so that who comes to the screen sees what was done already.

use crate::domain::approval::Verdict;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::claim::ClaimEnd;
use crate::domain::conversation::Priority;
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::escalation::Settlement;
use crate::domain::event::{
    ApprovalEvent, BatonEvent, ClaimEvent, ConversationEvent, CustomerEvent, DeskEvent, EscalationEvent, Event,
    FileEvent, IncidentEvent, MemberEvent, OperatorEvent, PromiseEvent, StandingEvent, SupervisionEvent, TurnEvent,
    WrapUpEvent,
};
use crate::domain::id::OperatorName;
use crate::domain::incident::LeftReason;
use crate::domain::promise::LetGo;
use crate::domain::supervision::{DraftEnd, GateTarget};
use crate::domain::text::Clean;
use crate::orchestrator::Floor;
use crate::protocol::row::ActRow;

/// The line of an entry; none for what no person did, and for what only follows from what they did.
pub fn act(floor: &Floor, envelope: &Envelope) -> Option<ActRow> {
    let Actor::Operator(by) = &envelope.actor else { return None };
    let words = words(&envelope.event, by)?;
    let conversation = envelope.event.conversation();
    let handle = conversation.and_then(|id| {
        let live = floor.conversation(id).map(|c| c.handle);
        live.or_else(|| floor.stubs.get(&id).map(|stub| stub.handle))
    });
    Some(ActRow { seq: envelope.seq, at: envelope.at, by: by.clone(), words, conversation, handle })
}

fn words(event: &Event, by: &OperatorName) -> Option<Clean> {
    let fixed = |words: &'static str| Some(Clean::fixed(words));
    match event {
        Event::Baton(BatonEvent::Passed { to, reason, .. }) => pass(to, *reason),
        Event::Claim(event) => claim(event),
        Event::Approval(ApprovalEvent::Endorsed { .. }) => fixed("said the first yes for"),
        Event::Approval(ApprovalEvent::Settled { verdict, .. }) => match verdict {
            Verdict::Approved => fixed("approved for"),
            Verdict::Rejected => fixed("rejected for"),
            Verdict::Expired | Verdict::Withdrawn => None,
        },
        Event::Escalation(EscalationEvent::Passed { .. }) => fixed("passed the offer of"),
        Event::Escalation(EscalationEvent::Settled { settlement: Settlement::NotNeeded, .. }) => {
            fixed("needs no human for")
        }
        Event::Conversation(ConversationEvent::Resolved { .. }) => fixed("resolved"),
        Event::Conversation(ConversationEvent::Snoozed { .. }) => fixed("put to sleep"),
        Event::Conversation(ConversationEvent::Woken { .. }) => fixed("woke"),
        Event::Desk(event) => desk(event),
        Event::Conversation(ConversationEvent::Closed { .. }) => fixed("closed"),
        Event::Turn(TurnEvent::Whispered { .. }) => fixed("whispered about"),
        Event::Supervision(event) => ladder(event).map(Clean::fixed),
        Event::Standing(event) => Some(standing(event)),
        Event::Incident(event) => incident(event),
        Event::Member(MemberEvent::Joined { incident, .. }) => {
            Some(Clean::shown(&format_args!("joined to {incident}:")))
        }
        Event::Member(MemberEvent::Left { incident, reason: LeftReason::Split, .. }) => {
            Some(Clean::shown(&format_args!("split off {incident}:")))
        }
        Event::Operator(OperatorEvent::PresenceSet { operator, presence, .. }) if operator == by => {
            Some(Clean::shown(&format_args!("is {}", presence.word())))
        }
        Event::Operator(OperatorEvent::PresenceSet { operator, presence, .. }) => {
            Some(Clean::shown(&format_args!("set {operator} {}", presence.word())))
        }
        Event::Promise(event) => promise(event),
        Event::WrapUp(WrapUpEvent::Done { .. }) => fixed("wrapped up"),
        Event::File(FileEvent::Opened { .. }) => fixed("opened a file of"),
        Event::WrapUp(WrapUpEvent::Extended { .. }) => fixed("needs longer to wrap up"),
        Event::Customer(CustomerEvent::Erased { .. }) => fixed("had a customer forgotten"),
        Event::Customer(CustomerEvent::Blocked { .. }) => fixed("blocked a customer"),
        Event::Customer(CustomerEvent::Unblocked { .. }) => fixed("let a blocked customer in again"),
        Event::Baton(BatonEvent::Announced { .. })
        | Event::WrapUp(WrapUpEvent::Began { .. } | WrapUpEvent::Cut { .. })
        | Event::Approval(ApprovalEvent::Asked { .. })
        | Event::Member(MemberEvent::Left { .. } | MemberEvent::Skipped { .. })
        | Event::Escalation(_)
        | Event::Conversation(_)
        | Event::Turn(_)
        | Event::Handoff(_)
        | Event::Routing(_)
        | Event::Tool(_)
        | Event::Circle(_)
        | Event::Guard(_)
        | Event::Consult(_)
        | Event::Lesson(_)
        | Event::Learning(_)
        | Event::Model(_)
        | Event::Translation(_)
        | Event::Conflict(_)
        | Event::File(FileEvent::Scanned { .. })
        | Event::Clock(_)
        | Event::Left(_)
        | Event::Operator(_)
        | Event::Customer(_)
        | Event::Floor(_) => None,
    }
}

fn pass(to: &Holder, reason: PassReason) -> Option<Clean> {
    match reason {
        PassReason::TakenOver => Some(Clean::fixed("took over")),
        PassReason::Undone => Some(Clean::fixed("took back a pass of")),
        PassReason::HandedBack | PassReason::Given(_) => Some(Clean::shown(&format_args!("gave {to}"))),
        PassReason::Moved | PassReason::Escalated(_) => Some(Clean::shown(&format_args!("moved to {to}:"))),
        PassReason::OfferTaken(_) => Some(Clean::fixed("took the offer of")),
        PassReason::Opened
        | PassReason::Handoff(_)
        | PassReason::HolderGone
        | PassReason::LeftAlone(_)
        | PassReason::LineLeft
        | PassReason::HolderFailed
        | PassReason::Ended => None,
    }
}

fn desk(event: &DeskEvent) -> Option<Clean> {
    match event {
        DeskEvent::PrioritySet { priority, .. } => {
            let priority = priority.map_or("automatic", Priority::word);
            Some(Clean::shown(&format_args!("made {priority} the priority of")))
        }
        DeskEvent::LabelsSet { .. } => Some(Clean::fixed("labelled")),
        DeskEvent::Undone { restored, .. } => {
            Some(Clean::shown(&format_args!("took back the {} of", restored.undone().word())))
        }
        // Who watches is nobody's business.
        DeskEvent::Watched { .. } | DeskEvent::Unwatched { .. } | DeskEvent::Noticed { .. } => None,
    }
}

fn claim(event: &ClaimEvent) -> Option<Clean> {
    match event {
        ClaimEvent::Asked { from, .. } => Some(Clean::shown(&format_args!("asked {from} for"))),
        ClaimEvent::Settled { end: ClaimEnd::Declined, by, .. } => Some(Clean::shown(&format_args!("kept from {by}:"))),
        ClaimEvent::Settled { .. } | ClaimEvent::Taken { .. } => None,
    }
}

fn promise(event: &PromiseEvent) -> Option<Clean> {
    match event {
        PromiseEvent::Made { .. } => Some(Clean::fixed("wrote down a promise to")),
        PromiseEvent::Cleared { .. } => Some(Clean::fixed("kept a promise to")),
        PromiseEvent::Carried { owner, .. } => Some(Clean::shown(&format_args!("named {owner} for a promise to"))),
        PromiseEvent::LetGo { why: LetGo::Waived, .. } => Some(Clean::fixed("waived a promise to")),
        PromiseEvent::Breached { .. } | PromiseEvent::LetGo { .. } => None,
    }
}

const fn ladder(event: &SupervisionEvent) -> Option<&'static str> {
    match event {
        SupervisionEvent::GateSet { fuse: Some(_), .. } => Some("gated"),
        SupervisionEvent::GateSet { fuse: None, .. } => Some("took the gate off"),
        SupervisionEvent::Barged { .. } => Some("barged in on"),
        SupervisionEvent::DraftSettled { end: DraftEnd::Sent | DraftEnd::Fused, .. } => Some("sent a draft to"),
        SupervisionEvent::DraftSettled { end: DraftEnd::Edited, .. } => Some("edited a draft to"),
        SupervisionEvent::DraftSettled { end: DraftEnd::Dropped, .. } => Some("dropped a draft to"),
        SupervisionEvent::DraftHeld { .. }
        | SupervisionEvent::FuseEnded { .. }
        | SupervisionEvent::BargeWriting { .. }
        | SupervisionEvent::BargeEnded { .. } => None,
    }
}

fn incident(event: &IncidentEvent) -> Option<Clean> {
    Some(match event {
        IncidentEvent::Declared { incident, title, .. } => {
            Clean::shown(&format_args!("declared {incident} {}", title.one_line()))
        }
        IncidentEvent::Dismissed { incident, .. } => Clean::shown(&format_args!("sees no incident in {incident}")),
        IncidentEvent::LeadTaken { incident, .. } => Clean::shown(&format_args!("leads {incident}")),
        IncidentEvent::Cleared { incident, .. } => Clean::shown(&format_args!("cleared {incident}")),
        IncidentEvent::BroadcastBegan { incident, to, .. } => {
            Clean::shown(&format_args!("told {} chats of {incident}", to.len()))
        }
        IncidentEvent::BroadcastStopped { incident, .. } => {
            Clean::shown(&format_args!("stopped telling of {incident}"))
        }
        IncidentEvent::StatusSet { component, state, .. } => {
            Clean::shown(&format_args!("said that {component} is {}", state.word()))
        }
        IncidentEvent::StatusCleared { component, .. } => {
            Clean::shown(&format_args!("took back the word on {component}"))
        }
        IncidentEvent::Proposed { .. } | IncidentEvent::BroadcastEnded { .. } | IncidentEvent::Filed { .. } => {
            return None;
        }
    })
}

fn standing(event: &StandingEvent) -> Clean {
    match event {
        StandingEvent::GateSet { target, fuse, .. } => {
            let whose = match target {
                GateTarget::Agent(agent) => agent.to_string(),
                GateTarget::Conversation(_) | GateTarget::Segment(_) => "a segment".to_owned(),
            };
            Clean::shown(&format_args!("{} {whose}", if fuse.is_some() { "gated" } else { "took the gate off" }))
        }
        StandingEvent::HoldPlaced { target, .. } => Clean::shown(&format_args!("stopped {target}")),
        StandingEvent::HoldReleased { target, .. } => Clean::shown(&format_args!("released {target}")),
        StandingEvent::LifeSet { agent, life, .. } => Clean::shown(&format_args!("set {agent} {life:?}")),
        StandingEvent::CandidateSet { agent, share, .. } => {
            Clean::shown(&format_args!("gave {agent}'s candidate {} %", share.percent))
        }
    }
}
