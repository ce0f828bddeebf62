//! Colleagues at their consoles: one asks, the other gives or keeps, and an unsent text finds its way.

use super::floor::{NOW, acts, busy, delta, draw, enter, id, press, send, shown, type_text};
use crate::console::model::Model;
use crate::console::update::Effect;
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::id::{ClaimId, Epoch};
use crate::domain::operator::Role;
use crate::protocol::console::{Audience, Change, ConsoleRequest};
use crate::protocol::row::{ClaimRow, ConversationRow};

/// Maya is held by somebody, as `change` leaves her row.
fn held_by(model: &mut Model, who: &str, change: impl FnOnce(&mut ConversationRow)) {
    let mut row = model.live.picture.rows[&id(1)].clone();
    row.holder = Holder::Operator(who.parse().unwrap());
    row.epoch = Epoch(row.epoch.0 + 1);
    change(&mut row);
    let wall = model.wall.0 + 1;
    send(model, wall, delta(vec![Change::Row(Box::new(row))]));
    draw(model);
}

#[test]
fn a_colleague_is_asked_or_it_is_taken_for_a_reason() {
    let mut model = busy(120, 40);
    held_by(&mut model, "ben", |_| {});
    assert_eq!(acts(&press(&mut model, "T")), [], "a card opens first");
    assert!(shown(&model).contains("ask ben for it"), "{}", shown(&model));
    let asked = enter(&mut model);
    assert_eq!(asked, [OperatorAct::AskFor { conversation: id(1), note: None }]);

    press(&mut model, "T t");
    assert_eq!(enter(&mut model), [], "nothing is taken without a reason");
    assert!(shown(&model).contains("write the reason first"), "{}", shown(&model));
    type_text(&mut model, "you are at lunch");
    let taken = enter(&mut model);
    assert_eq!(taken, [OperatorAct::TakeOver { conversation: id(1), reason: Some("you are at lunch".into()) }]);
}

#[test]
fn who_does_not_supervise_can_only_ask() {
    let mut model = busy(120, 40);
    model.you.as_mut().unwrap().role = Role::Responder;
    held_by(&mut model, "ben", |_| {});
    press(&mut model, "T");
    assert!(shown(&model).contains("ask ben for it") && !shown(&model).contains("take it now"), "{}", shown(&model));
    assert!(matches!(enter(&mut model)[..], [OperatorAct::AskFor { .. }]));
}

#[test]
fn a_claim_is_answered_on_a_card_and_keeping_is_marked() {
    let mut model = busy(120, 40);
    let claim = ClaimRow { claim: ClaimId(7), by: "ben".parse().unwrap(), from: "ana".parse().unwrap(), until: NOW };
    held_by(&mut model, "ana", |row| row.claim = Some(claim));
    press(&mut model, "A");
    assert!(shown(&model).contains("ben asks you for Maya"), "{}", shown(&model));
    let kept = enter(&mut model);
    assert_eq!(kept, [OperatorAct::AnswerClaim { conversation: id(1), claim: ClaimId(7), give: false }]);
    press(&mut model, "A g");
    let given = enter(&mut model);
    assert_eq!(given, [OperatorAct::AnswerClaim { conversation: id(1), claim: ClaimId(7), give: true }]);
}

#[test]
fn one_key_gives_an_unsent_reply_to_who_holds_now() {
    let mut model = busy(120, 40);
    held_by(&mut model, "ana", |_| {});
    press(&mut model, "r");
    type_text(&mut model, "I have found the parcel");
    press(&mut model, "Esc");
    assert_eq!(acts(&press(&mut model, "U")), [], "who holds it goes on writing");
    held_by(&mut model, "ben", |_| {});
    let effects = press(&mut model, "U");
    let text = "I have found the parcel".into();
    assert_eq!(
        acts(&effects),
        [OperatorAct::Note { conversation: id(1), text }],
        "a note, which the customer does not see"
    );
    let forgets = |effect: &Effect| {
        matches!(effect, Effect::Send(request) if matches!(&**request,
            ConsoleRequest::Draft { audience: Audience::Reply, text, .. } if text.is_empty()))
    };
    assert!(effects.iter().any(forgets), "the kept copy goes: {effects:?}");
    assert_eq!(acts(&press(&mut model, "U")), [], "it is given once");
}
