//! Ends of conversations: what is owed is seen and settled first, what is left is said afterwards.

use super::floor::{NOW, acts, busy, delta, detail, draw, id, press, send, shown, type_text};
use crate::console::model::Model;
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::{Disposition, Phase};
use crate::domain::id::{Epoch, PromiseId};
use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::Change;
use crate::protocol::row::{Need, NeedReason, Section};
use crate::protocol::transcript::WrapUpCard;

/// Enter is dead right after a card was drawn.
fn later(model: &mut Model) {
    model.wall = Millis(model.wall.0 + 1_000);
    draw(model);
}

fn hear(model: &mut Model, changes: Vec<Change>) {
    let wall = model.wall.0 + 1;
    send(model, wall, delta(changes));
    draw(model);
}

/// Maya is ana's, and is owed something.
fn mine() -> Model {
    let mut model = busy(120, 40);
    let mut row = model.live.picture.rows[&id(1)].clone();
    (row.holder, row.epoch) = (Holder::Operator("ana".parse().unwrap()), Epoch(4));
    hear(&mut model, vec![Change::Row(Box::new(row)), Change::Detail(Box::new(detail(1)))]);
    model
}

#[test]
fn an_end_shows_what_is_owed_and_settles_it() {
    let mut model = mine();
    press(&mut model, "C");
    assert!(shown(&model).contains("still owed: an answer today (p-3)"), "{}", shown(&model));
    for _ in 0..5 {
        press(&mut model, "Down");
    }
    later(&mut model);
    assert!(shown(&model).contains("p-3 is kept"), "{}", shown(&model));
    let sent = acts(&press(&mut model, "Enter"));
    assert_eq!(sent, [OperatorAct::ClearPromise { promise: PromiseId(3) }]);
    press(&mut model, "C");
    for _ in 0..6 {
        press(&mut model, "Down");
    }
    later(&mut model);
    let sent = acts(&press(&mut model, "Enter"));
    assert_eq!(sent, [OperatorAct::CarryPromise { promise: PromiseId(3), to: None, due: None }]);
}

#[test]
fn what_reads_like_a_promise_is_proposed_and_never_written_down_by_itself() {
    let mut model = mine();
    press(&mut model, "r");
    type_text(&mut model, "I will call you within 2 hours.");
    let sent = acts(&press(&mut model, "Enter"));
    assert!(matches!(&sent[..], [OperatorAct::Reply { .. }]), "{sent:?}");
    assert!(shown(&model).contains(":promise writes it down"), "{}", shown(&model));
    press(&mut model, "Esc");
    press(&mut model, ":");
    type_text(&mut model, "promise");
    press(&mut model, "Enter");
    assert!(shown(&model).contains("PROMISE to Maya"), "{}", shown(&model));
    later(&mut model);
    let sent = acts(&press(&mut model, "Enter"));
    let [OperatorAct::Promise { text, due: Some(due), .. }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(text.raw(), "I will call you within 2 hours");
    let late = due.since(NOW + Millis::from_hours(2));
    assert!(late < Millis::from_mins(1), "{late}");
}

#[test]
fn what_is_left_to_say_is_chosen_by_number() {
    let mut model = busy(120, 40);
    let mut row = model.live.picture.rows[&id(1)].clone();
    let until = Timestamp(NOW.0 + 60_000);
    (row.holder, row.phase, row.section) = (Holder::Nobody, Phase::Resolved { until }, Section::NeedsYou);
    let why = NeedReason::WrapUp { until };
    row.need = Some(Need { why, harm: Score(1), terms: Vec::new(), due: Some(until), since: NOW, colleague: None });
    let mut open = detail(1);
    open.promises.clear();
    open.wrap_up = Some(WrapUpCard {
        operator: "ana".parse().unwrap(),
        until,
        extended: false,
        resolved: Disposition::Solved,
        dispositions: vec![
            ("paid-back".parse().unwrap(), Disposition::Solved),
            ("refused".parse().unwrap(), Disposition::Unsolved),
        ],
        missing: vec!["note".parse().unwrap(), "order".parse().unwrap()],
    });
    hear(&mut model, vec![Change::Row(Box::new(row)), Change::Detail(Box::new(open))]);
    press(&mut model, "C");
    assert!(shown(&model).contains("its line asks for: note, order"), "{}", shown(&model));
    press(&mut model, "2");
    press(&mut model, "Tab");
    type_text(&mut model, "no money back order=1182");
    later(&mut model);
    let sent = acts(&press(&mut model, "Enter"));
    let [OperatorAct::WrapUp { conversation, disposition, note, fields }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((*conversation, disposition.as_ref().unwrap().as_str()), (id(1), "refused"));
    assert_eq!(note.as_ref().unwrap().raw(), "no money back");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.raw())).collect();
    assert_eq!(fields, [("order", "1182")]);
}
