//! Every act judged in advance, in words.

use super::*;
use crate::domain::event::OperatorEvent;
use crate::domain::id::QueueName;
use crate::protocol::query::Foreseen;

fn here(story: &mut Story, who: &str) {
    story.tell(1_000, OperatorEvent::Arrived { operator: name(who) });
}

/// What `who` would bring about, `act about: words`.
fn foreseen(story: &Story, who: &str, at: i64) -> Vec<String> {
    let (operator, room) = (name(who), Room::default());
    let role = story.floor.operator_spec(&operator).unwrap().role;
    let lens = Lens { operator: &operator, role, at: Timestamp(at), room: &room };
    let before = story.floor.clone();
    let page = what_if(&story.floor, id(), &lens).unwrap();
    assert_eq!(story.floor, before, "asking changes nothing");
    assert_eq!(page.seq, story.floor.conversation(id()).unwrap().seq);
    let line = |one: Foreseen| {
        let no = if one.refused { "NO " } else { "" };
        format!("{} {}: {no}{}", one.act, one.about, one.words)
    };
    page.acts.into_iter().map(line).collect()
}

fn composing(story: &mut Story) {
    story.tell(
        1_000,
        TurnEvent::CompositionBegan {
            conversation: id(),
            composition: CompositionId(1),
            agent: "billing".parse().unwrap(),
            epoch: Epoch(1),
            upto: TurnNo(1),
            supersedes: None,
        },
    );
}

#[test]
fn a_takeover_says_who_stops_and_until_when_it_can_be_undone() {
    let mut story = Story::begun();
    here(&mut story, "ana");
    here(&mut story, "ben");
    composing(&mut story);
    let said = foreseen(&story, "ana", 2_000);
    let expected = "take_over : you hold it; billing stops; 1 draft is withheld; the customer hears of you with the \
                    first message, or after 10 s; z undoes until then";
    assert!(said.iter().any(|line| line == expected), "{said:#?}");
    let moved = "move to ben: ben holds it; billing stops; 1 draft is withheld; the customer hears of ben with the \
                 first message, or after 10 s";
    assert!(said.iter().any(|line| line == moved), "{said:#?}");
    assert!(said.iter().any(|line| line == "whisper : billing reads it, the customer does not"), "{said:#?}");
    let over = "close : it is over for good; nothing re-opens it";
    assert!(said.iter().any(|line| line == over), "{said:#?}");
}

#[test]
fn what_the_rules_turn_down_says_why_and_depends_on_who_asks() {
    let mut story = Story::begun();
    here(&mut story, "ana");
    here(&mut story, "ben");
    let line: QueueName = "general".parse().unwrap();
    story.tell(
        2_000,
        EscalationEvent::Raised {
            conversation: id(),
            escalation: EscalationId(1),
            queue: line.clone(),
            trigger: Trigger::AskedForHuman,
            severity: Severity::Normal,
            terms: Vec::new(),
            due: Timestamp(62_000),
            rank: None,
            skills: Vec::new(),
            declined: Vec::new(),
            expires: None,
        },
    );
    story.tell(2_000, passed(agent(), Holder::Queue(line), 2, PassReason::Escalated(EscalationId(1))));
    story.tell(
        2_000,
        EscalationEvent::Offered {
            conversation: id(),
            escalation: EscalationId(1),
            offer: OfferId(1),
            operator: name("ben"),
            until: Timestamp(22_000),
        },
    );
    let (ana, ben) = (foreseen(&story, "ana", 3_000), foreseen(&story, "ben", 3_000));
    let has = |said: &[String], line: &str| assert!(said.iter().any(|one| one == line), "{line} is not in {said:#?}");
    has(&ana, "take_offer offered to ben: NO this offer is gone");
    has(
        &ana,
        "take_over : you hold it; the customer hears of you with the first message, or after 10 s; z undoes until \
         then; the offer to ben is withdrawn, and ben reads who took it",
    );
    has(
        &ben,
        "take_offer offered to ben: you hold it; the customer hears of you with the first message, or after 10 s; z \
         undoes until then",
    );
    has(&ben, "pass_offer offered to ben: it is offered to the next who is free");
    has(&ben, "dismiss : NO this needs the role Supervisor, you are Responder");
}
