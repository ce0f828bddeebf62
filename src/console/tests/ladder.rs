//! The ladder at the keyboard: speaking beside the holder, who is at work, approvals, states, the queue.

use super::floor::{NOW, around, busy, delta, detail, draw, id, live, press, rows, send, shown, type_text, you};
use crate::console::model::Model;
use crate::console::update::{Effect, Message};
use crate::domain::command::OperatorAct;
use crate::domain::id::CallId;
use crate::domain::operator::{Presence, Role};
use crate::protocol::console::{Audience, Change, ConsoleCommand, ConsoleRequest};
use crate::protocol::row::WriterRow;
use crate::protocol::transcript::PastPayment;

/// The texts that go to the customer, and the acts.
fn asked(effects: &[Effect]) -> Vec<OperatorAct> {
    let act = |effect: &Effect| {
        let Effect::Send(request) = effect else { return None };
        let ConsoleRequest::Command { command: ConsoleCommand::Act(act), .. } = &**request else { return None };
        Some(act.clone())
    };
    effects.iter().filter_map(act).collect()
}

#[test]
fn speaking_beside_the_holder_asks_once_and_the_key_ends_it() {
    let mut model = busy(120, 40);
    let conversation = id(1);
    assert_eq!(asked(&press(&mut model, "B")), [OperatorAct::Barge { conversation }]);
    assert!(shown(&model).contains("BARGE beside billing"), "{}", shown(&model));
    type_text(&mut model, "I am here");
    assert_eq!(asked(&press(&mut model, "Enter")), [], "nobody speaks beside anybody before the floor says so");
    assert!(shown(&model).contains("on its way"), "{}", shown(&model));
    let mut row = model.row().unwrap().clone();
    row.barge = Some("ana".parse().unwrap());
    model.pending.clear();
    send(&mut model, 300, delta(vec![Change::Row(Box::new(row.clone()))]));
    // The first words ask, and say what they would do.
    assert_eq!(asked(&press(&mut model, "Enter")), []);
    assert!(shown(&model).contains("BARGE in Maya") && shown(&model).contains("I am here"), "{}", shown(&model));
    let wall = model.wall.0 + 400;
    send(&mut model, wall, Message::Tick);
    let said = asked(&press(&mut model, "Enter"));
    assert_eq!(said, [OperatorAct::Reply { conversation, text: "I am here".into(), untranslated: false }]);
    type_text(&mut model, "still here");
    let said = asked(&press(&mut model, "Enter"));
    assert_eq!(
        said,
        [OperatorAct::Reply { conversation, text: "still here".into(), untranslated: false }],
        "the next ones do not"
    );
    assert_eq!(asked(&press(&mut model, "Esc B")), [OperatorAct::EndBarge { conversation }]);
    row.barge = None;
    send(&mut model, wall + 600, delta(vec![Change::Row(Box::new(row))]));
    assert!(model.spoke_beside.is_empty(), "another time asks again");
}

#[test]
fn one_speaks_beside_and_others_read_who() {
    let mut model = busy(120, 40);
    let mut row = model.row().unwrap().clone();
    row.barge = Some("ben".parse().unwrap());
    send(&mut model, 300, delta(vec![Change::Row(Box::new(row))]));
    assert_eq!(asked(&press(&mut model, "B")), []);
    assert!(shown(&model).contains("ben speaks beside the holder already"), "{}", shown(&model));
}

#[test]
fn a_colleague_who_writes_is_seen_before_the_first_own_key() {
    let mut model = busy(120, 40);
    let mut row = model.row().unwrap().clone();
    row.writers = vec![
        WriterRow { operator: "ana".parse().unwrap(), to: Audience::Note },
        WriterRow { operator: "ben".parse().unwrap(), to: Audience::Reply },
    ];
    row.need.as_mut().unwrap().colleague = Some("ben".parse().unwrap());
    send(&mut model, 300, delta(vec![Change::Row(Box::new(row))]));
    let screen = shown(&model);
    assert_eq!(screen.matches("ben writes …").count(), 3, "row, head, and above the composer: {screen}");
    assert!(!screen.contains("ana writes"), "one knows what one writes: {screen}");
}

/// A card whose `Enter` is alive.
fn awake(model: &mut Model) {
    draw(model);
    let wall = model.wall.0 + 400;
    send(model, wall, Message::Tick);
    draw(model);
}

#[test]
fn less_than_what_was_asked_is_allowed_by_typing_it() {
    let mut model = busy(120, 40);
    press(&mut model, "A l");
    awake(&mut model);
    for (typed, says) in [("", "type an amount below 49.90 EUR"), ("4 9 . 9", "type an amount below 49.90 EUR")] {
        if !typed.is_empty() {
            press(&mut model, typed);
        }
        assert_eq!(asked(&press(&mut model, "Enter")), []);
        assert!(shown(&model).contains(says), "{}", shown(&model));
    }
    press(&mut model, "Backspace Backspace Backspace 0 . 5");
    let amount = Some(crate::domain::money::Money::eur(4_050));
    let sent = asked(&press(&mut model, "Enter"));
    assert!(
        matches!(&sent[..], [OperatorAct::Decide { approve: true, amount: less, .. }] if *less == amount),
        "{sent:?}"
    );
}

#[test]
fn nobody_says_yes_to_what_they_have_not_read() {
    let mut model = busy(80, 24);
    let mut open = detail(1);
    open.approvals[0].past = (0..30)
        .map(|n| PastPayment {
            at: NOW,
            tool: "refund.create".parse().unwrap(),
            call: CallId(n),
            amount: crate::domain::money::Money::eur(100),
        })
        .collect();
    send(&mut model, 150, delta(vec![Change::Detail(Box::new(open))]));
    press(&mut model, "A a");
    awake(&mut model);
    assert_eq!(asked(&press(&mut model, "Enter")), []);
    assert!(shown(&model).contains("read on first"), "{}", shown(&model));
    let mut pages = 0;
    while model.painted.card_rest > 0 {
        press(&mut model, "PageDown");
        pages += 1;
        assert!(pages < 20, "the end is never reached");
    }
    let screen = shown(&model);
    assert!(screen.contains("goes on") || screen.contains("without an answer"), "{screen}");
    assert!(matches!(&asked(&press(&mut model, "Enter"))[..], [OperatorAct::Decide { approve: true, .. }]));
    // A no needs no reading.
    press(&mut model, "A");
    awake(&mut model);
    assert!(matches!(&asked(&press(&mut model, "Enter"))[..], [OperatorAct::Decide { approve: false, .. }]));
}

#[test]
fn a_supervisor_sets_the_state_of_the_marked_person_for_so_many_minutes() {
    let mut model = busy(120, 40);
    press(&mut model, "3 j @ p 1 5");
    awake(&mut model);
    let until = model.floor_now() + crate::domain::time::Millis::from_secs(900);
    let sent = asked(&press(&mut model, "Enter"));
    let [OperatorAct::SetPresence { operator: Some(who), presence: Presence::Break, until: Some(end), .. }] = &sent[..]
    else {
        panic!("{sent:?}")
    };
    assert_eq!((who.as_str(), end.since(until).0 < 1_000), ("ben", true));
    // A responder sets nobody's state but their own.
    let mut model = busy(120, 40);
    model.you = Some(you(Role::Responder));
    press(&mut model, "3 j @ b");
    awake(&mut model);
    let sent = asked(&press(&mut model, "Enter"));
    assert!(matches!(
        &sent[..],
        [OperatorAct::SetPresence { operator: None, presence: Presence::Busy, until: None, .. }]
    ));
}

#[test]
fn the_queue_shows_what_needs_somebody_from_its_first_frame_on() {
    let mut model = live(120, 40, around());
    press(&mut model, "2");
    // Within a second of the key the first needs arrive.
    let wall = model.wall.0 + 50;
    send(&mut model, wall, delta(rows(3)));
    let screen = shown(&model);
    assert!(screen.contains("NEEDS SOMEBODY 5") && !screen.contains("nothing needs anybody"), "{screen}");
    // Opened by a key while its order is an older one.
    let mut model = live(120, 40, around());
    press(&mut model, "j");
    let wall = model.wall.0 + 50;
    send(&mut model, wall, delta(rows(3)));
    press(&mut model, "2");
    assert!(shown(&model).contains("NEEDS SOMEBODY 5"), "{}", shown(&model));
}
