//! A trouble that conversations share: the floor's own words in the open, a marker in what a customer was told.

use baton::domain::event::{Event, IncidentEvent, MemberEvent, TurnEvent};
use baton::domain::id::{ComponentName, ConversationId, IncidentId, OperatorName, TurnNo};
use baton::domain::incident::{BroadcastKind, ComponentState, Evidence, Exclusion, IncidentCause, LeftReason};
use baton::domain::time::Millis;

use super::{Pen, ana, now};

const INCIDENT: IncidentId = IncidentId(1);
const BROADCAST: u32 = 1;

/// What one conversation went through in it; `turn` is the number of the words.
pub(super) fn member(pen: &mut Pen, conversation: ConversationId, turn: TurnNo) -> Vec<Event> {
    let (incident, broadcast, kind, text) = (INCIDENT, BROADCAST, BroadcastKind::Notice, pen.text());
    vec![
        MemberEvent::Joined { conversation, incident, by: None }.into(),
        TurnEvent::HouseTold { conversation, turn, incident, broadcast, kind, text, bytes: 24 }.into(),
        MemberEvent::Skipped { conversation, incident, broadcast, why: Exclusion::Vip }.into(),
        MemberEvent::Left { conversation, incident, by: Some(ana()), reason: LeftReason::Split }.into(),
    ]
}

/// What the floor knows of it.
pub(super) fn floor(to: Vec<ConversationId>) -> Vec<Event> {
    let (incident, by, broadcast, quiet_until) = (INCIDENT, ana as fn() -> OperatorName, BROADCAST, now());
    let component: ComponentName = "payments".parse().unwrap();
    let evidence = Evidence { conversations: 3, window: Millis::from_mins(10), usual: None };
    let cause = || IncidentCause::Words("card".into());
    let (state, text) = (ComponentState::Down, "cards are slow".into());
    let (title, kind, pause, told) = ("cards".into(), BroadcastKind::Notice, Millis::from_secs(1), "we know".into());
    vec![
        IncidentEvent::Proposed { incident, cause: cause(), evidence }.into(),
        IncidentEvent::Dismissed { incident, by: by(), quiet_until }.into(),
        IncidentEvent::Declared { incident, by: by(), title, cause: cause() }.into(),
        IncidentEvent::LeadTaken { incident, by: by() }.into(),
        IncidentEvent::StatusSet { component: component.clone(), state, text, by: by(), incident: Some(incident) }
            .into(),
        IncidentEvent::BroadcastBegan { incident, broadcast, by: by(), kind, text: told, to, pause }.into(),
        IncidentEvent::BroadcastStopped { incident, broadcast, by: by(), left: 1 }.into(),
        IncidentEvent::BroadcastEnded { incident, broadcast, told: 1, skipped: 1 }.into(),
        IncidentEvent::StatusCleared { component, by: by() }.into(),
        IncidentEvent::Cleared { incident, by: by(), members: 1, until: now() }.into(),
        IncidentEvent::Filed { incident }.into(),
    ]
}
