//! Which conversations stand behind the row of an incident.

use super::*;
use crate::domain::event::{IncidentEvent, MemberEvent};
use crate::domain::id::IncidentId;
use crate::domain::incident::{IncidentCause, LeftReason};
use crate::protocol::incident::IncidentStage;

const THIS: IncidentId = IncidentId(1);

fn member(story: &mut Story, n: u8, tier: Tier) -> ConversationId {
    let (conversation, customer) = (ConversationId::from_random([n; 16]), CustomerId::from_random([n; 16]));
    story.tell(
        0,
        ConversationEvent::Opened {
            conversation,
            handle: Handle(u64::from(n)),
            customer,
            reference: None,
            channel: ChannelName::web(),
            identity: Identity::Anonymous,
            tier,
            name: None,
            earlier: 0,
            silence: Millis::from_mins(30),
        },
    );
    give(story, conversation, agent(), 1);
    story.tell(10, MemberEvent::Joined { conversation, incident: THIS, by: None });
    conversation
}

fn give(story: &mut Story, conversation: ConversationId, to: Holder, epoch: u64) {
    let from = story.floor.conversation(conversation).unwrap().baton.holder.clone();
    story.tell(
        5,
        BatonEvent::Passed {
            conversation,
            from,
            to,
            epoch: Epoch(epoch),
            reason: PassReason::Opened,
            since: Timestamp(5),
            grace_until: None,
            pack: None,
            left: None,
            undo_until: None,
        },
    );
}

fn calls_for(story: &mut Story, conversation: ConversationId, trigger: Trigger) {
    story.tell(
        20,
        EscalationEvent::Raised {
            conversation,
            escalation: EscalationId(u64::from(conversation.to_bytes()[0])),
            queue: "support".parse().unwrap(),
            trigger,
            severity: Severity::Normal,
            terms: Vec::new(),
            due: Timestamp(60_000),
            rank: None,
            skills: Vec::new(),
            declined: Vec::new(),
            expires: None,
        },
    );
}

#[test]
fn needs_of_the_cause_fold_and_all_others_stand_on_their_own() {
    let mut story = Story::new();
    let cause = IncidentCause::Words("down".into());
    story.tell(0, IncidentEvent::Declared { incident: THIS, by: name("ana"), title: "all is down".into(), cause });
    let calm = member(&mut story, 1, Tier::Standard);
    let failed = member(&mut story, 2, Tier::Gold);
    calls_for(&mut story, failed, Trigger::RepeatedFailure);
    let wants = member(&mut story, 3, Tier::Standard);
    calls_for(&mut story, wants, Trigger::AskedForHuman);
    let vip = member(&mut story, 4, Tier::Vip);
    let held = member(&mut story, 5, Tier::Standard);
    give(&mut story, held, Holder::Operator(name("ben")), 2);

    let (ana, room) = (name("ana"), Room::default());
    let lens = Lens { operator: &ana, role: Role::Supervisor, at: Timestamp(30_000), room: &room };
    let shown = |id: ConversationId| row(&story.floor, id, &lens).unwrap();
    let folded = [calm, failed, wants, vip, held].map(|id| shown(id).is_folded());
    assert_eq!(folded, [true, true, false, false, false]);
    assert_eq!(shown(failed).section, Section::Live, "its need stands in the row of the incident");
    assert_eq!(shown(wants).section, Section::NeedsYou);
    assert_eq!(needs(&story.floor, &lens).filter(|(_, _, theirs)| *theirs).count(), 1);

    let rows = incidents(&story.floor, lens.at);
    assert!(matches!(&rows[0].stage, IncidentStage::Open { lead } if *lead == ana));
    assert_eq!((rows[0].members, rows[0].folded, rows[0].needs), (5, 2, 1));
    assert_eq!(rows[0].due, Some(Timestamp(60_000)));
    assert!(rows[0].harm > Score::ZERO);

    let (conversation, by) = (failed, Some(name("ana")));
    story.tell(40, MemberEvent::Left { conversation, incident: THIS, by, reason: LeftReason::Split });
    assert!(!row(&story.floor, failed, &lens).unwrap().is_folded(), "split off");
    story.tell(50, IncidentEvent::Cleared { incident: THIS, by: ana.clone(), members: 4, until: Timestamp(99_000) });
    assert!(!row(&story.floor, calm, &lens).unwrap().is_folded(), "over");
}
