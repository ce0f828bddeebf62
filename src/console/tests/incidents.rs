//! Conversations of an incident: one row for all of them, and no act that hits one by mistake.

use super::floor::{NOW, delta, draw, id, live, press, row, rows, send, shown, text, type_text};
use crate::console::model::Model;
use crate::console::update::{Effect, Message};
use crate::domain::command::OperatorAct;
use crate::domain::id::IncidentId;
use crate::domain::incident::{BroadcastKind, ComponentState, Evidence, IncidentCause, IncidentWish};
use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest};
use crate::protocol::incident::{ExcludedRow, IncidentRow, IncidentStage, Preview};
use crate::protocol::query::{Page, Query};
use crate::protocol::row::{Belongs, ConversationRow};

fn incident(stage: IncidentStage, needs: u32) -> IncidentRow {
    IncidentRow {
        incident: IncidentId(3),
        title: text("payments are down"),
        cause: IncidentCause::Tool("refunds.create".parse().unwrap()),
        stage,
        since: NOW,
        members: 4,
        folded: 3,
        needs,
        harm: Score::from_percent(90),
        oldest: Some(Timestamp(NOW.0 - 40_000)),
        due: None,
        told: 0,
        running: None,
    }
}

/// Three conversations behind one row, a fourth of the same incident on its own.
fn folded(needs: u32) -> Model {
    let mut model = live(120, 40, rows(4));
    let open = IncidentStage::Open { lead: "ana".parse().unwrap() };
    let mut changes = vec![Change::Incidents(vec![incident(open, needs)])];
    for n in 70..74 {
        let member = ConversationRow {
            incident: Some(Belongs { to: IncidentId(3), folded: n != 73 }),
            ..row(n, &format!("Member {n}"))
        };
        changes.push(Change::Row(Box::new(member)));
    }
    send(&mut model, 5_000, delta(changes));
    draw(&mut model);
    model
}

fn wishes(effects: &[Effect]) -> Vec<IncidentWish> {
    let wish = |effect: &Effect| {
        let Effect::Send(request) = effect else { return None };
        let ConsoleRequest::Command { command: ConsoleCommand::Act(OperatorAct::Incident { wish }), .. } = &**request
        else {
            return None;
        };
        Some(wish.clone())
    };
    effects.iter().filter_map(wish).collect()
}

fn line_of(model: &Model, words: &str) -> String {
    shown(model).lines().find(|line| line.contains(words)).unwrap_or_default().to_owned()
}

#[test]
fn members_stand_behind_one_row_that_enter_opens_and_no_act_hits() {
    let mut model = folded(0);
    let screen = shown(&model);
    assert!(line_of(&model, "≡").contains("3 chats"), "{screen}");
    assert!(screen.contains("Member 73") && !screen.contains("Member 71"), "{screen}");
    while model.selected != Some(id(70)) {
        let before = model.selected;
        press(&mut model, "j");
        assert_ne!(model.selected, before, "the row can be reached: {}", shown(&model));
    }
    assert!(model.painted.target.is_none(), "an act on the row would hit one of three");
    press(&mut model, "Enter");
    let screen = shown(&model);
    assert!(["Member 70", "Member 71", "Member 72", "Member 73"].iter().all(|name| screen.contains(name)), "{screen}");
    assert_eq!(model.painted.target.as_ref().map(|row| row.id), Some(id(70)), "now it is one conversation");
    press(&mut model, "Esc");
    assert!(!shown(&model).contains("Member 71"));
}

#[test]
fn members_that_need_somebody_lift_the_row_to_the_needs() {
    let model = folded(2);
    let at = |words: &str| shown(&model).lines().position(|line| line.contains(words)).unwrap();
    assert!(at("≡") < at("YOURS"), "{}", shown(&model));
    assert!(line_of(&model, "≡").contains("3 chats, 2 wait"));
}

#[test]
fn what_is_proposed_is_told_and_declared_by_a_card() {
    let mut model = live(120, 40, rows(4));
    let evidence = Evidence { conversations: 4, window: Millis::from_mins(10), usual: None };
    let mut proposed = incident(IncidentStage::Proposed(evidence), 0);
    proposed.title = text("refunds.create fails");
    send(&mut model, 5_000, delta(vec![Change::Incidents(vec![proposed])]));
    draw(&mut model);
    assert!(shown(&model).contains("i-3 proposed: refunds.create fails, 4 conversations"), "{}", shown(&model));
    press(&mut model, "I");
    assert!(shown(&model).contains("declare i-3"), "{}", shown(&model));
    model.card.as_mut().unwrap().drawn = Some(Millis(0));
    let sent = wishes(&press(&mut model, "Enter"));
    let declared = IncidentWish::Declare { proposal: Some(IncidentId(3)), title: None, cause: None };
    assert_eq!(sent, [declared]);
}

#[test]
fn chats_are_told_after_a_look_and_the_number_typed() {
    let mut model = folded(0);
    press(&mut model, "I");
    let telling = |model: &Model, words: &str| {
        model.card.as_ref().unwrap().choices.iter().position(|choice| choice.label.as_str().starts_with(words))
    };
    model.card.as_mut().unwrap().chosen = telling(&model, "tell the chats").unwrap();
    press(&mut model, "Tab");
    type_text(&mut model, "Sorry {name}");
    model.card.as_mut().unwrap().drawn = Some(Millis(0));
    let asked = press(&mut model, "Enter");
    let asked: Vec<_> = asked
        .iter()
        .filter_map(|effect| {
            let Effect::Send(request) = effect else { return None };
            let ConsoleRequest::Ask { key, query: Query::Preview { incident, kind, text }, .. } = &**request else {
                return None;
            };
            Some((key.clone(), *incident, *kind, text.clone()))
        })
        .collect();
    let [(key, IncidentId(3), BroadcastKind::Notice, words)] = &asked[..] else { panic!("{asked:?}") };
    let excluded = vec![ExcludedRow { why: text("a VIP"), count: 2, handles: Vec::new() }];
    let (kind, incident) = (BroadcastKind::Notice, IncidentId(3));
    let page = Preview { incident, kind, text: words.clone(), count: 28, excluded, fills: Vec::new() };
    let answer = ConsoleReply::Answer { key: key.clone(), page: Page::Preview(Box::new(page)), next: None };
    let wall = model.wall.0 + 1;
    send(&mut model, wall, Message::Reply(Box::new(answer)));
    draw(&mut model);
    assert!(model.card.is_none() && shown(&model).contains("28 would be told"), "{}", shown(&model));
    press(&mut model, "I");
    assert!(shown(&model).contains("not 2: a VIP"), "{}", shown(&model));
    model.card.as_mut().unwrap().drawn = Some(Millis(0));
    assert_eq!(wishes(&press(&mut model, "Enter")), [], "the number is not typed");
    type_text(&mut model, "28");
    let sent = wishes(&press(&mut model, "Enter"));
    assert_eq!(sent, [IncidentWish::Broadcast { incident, kind, text: "Sorry {name}".into(), count: 28 }]);
}

#[test]
fn a_status_is_said_by_a_command() {
    let mut model = live(120, 40, rows(4));
    press(&mut model, ":");
    type_text(&mut model, "status payments down \"Payments are down\"");
    let sent = wishes(&press(&mut model, "Enter"));
    let (component, state, text) = ("payments".parse().unwrap(), ComponentState::Down, "Payments are down".into());
    assert_eq!(sent, [IncidentWish::SetStatus { component, state, text, incident: None }]);
}
