//! A customer is blocked at the console, for a reason and a time, and let in again.

use super::floor::{NOW, acts, busy, delta, draw, enter, id, press, row, send, shown, type_text};
use crate::domain::block::BLOCK_DEFAULT;
use crate::domain::command::OperatorAct;
use crate::domain::time::Timestamp;
use crate::protocol::console::Change;

#[test]
fn a_block_wants_a_reason_and_a_time_and_is_shown() {
    let mut model = busy(120, 40);
    press(&mut model, ":");
    type_text(&mut model, "unblock");
    assert_eq!(acts(&press(&mut model, "Enter")), [], "nobody is blocked");
    press(&mut model, ":");
    type_text(&mut model, "block");
    assert_eq!(acts(&press(&mut model, "Enter")), [], "a card opens first");
    assert!(shown(&model).contains("BLOCK Maya"), "{}", shown(&model));
    assert_eq!(enter(&mut model), [], "without a reason nothing is done");
    assert!(shown(&model).contains("write the reason first"), "{}", shown(&model));
    type_text(&mut model, "threatens ben");
    let done = enter(&mut model);
    let customer = row(1, "Maya R.").customer;
    let [OperatorAct::Block { customer: whom, reason, until: Some(until) }] = &done[..] else { panic!("{done:?}") };
    assert_eq!((*whom, reason.raw()), (customer, "threatens ben"));
    let usual = BLOCK_DEFAULT.0 as i64;
    assert!((usual - 60_000..=usual + 60_000).contains(&(until.0 - NOW.0)), "{until:?}");

    let mut blocked = model.live.picture.rows[&id(1)].clone();
    blocked.blocked = Some(Timestamp(NOW.0 + 600_000));
    let wall = model.wall.0 + 1;
    send(&mut model, wall, delta(vec![Change::Row(Box::new(blocked))]));
    draw(&mut model);
    assert!(shown(&model).contains("blocked until"), "{}", shown(&model));
    press(&mut model, ":");
    type_text(&mut model, "unblock");
    let lifted = acts(&press(&mut model, "Enter"));
    assert_eq!(lifted, [OperatorAct::Unblock { customer }]);
}
