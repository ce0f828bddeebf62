//! Corrections at the console: who should have had it, for how much that counts, and how an answer was.

use super::floor::{NOW, acts, busy, draw, enter, id, items, press, send, shown, type_text};
use crate::console::model::Model;
use crate::console::update::{Effect, Message};
use crate::domain::command::OperatorAct;
use crate::domain::conversation::Author;
use crate::domain::id::{ClientKey, Handle};
use crate::domain::learning::{CameOf, Reach, TurnRating};
use crate::domain::score::Score;
use crate::domain::time::Millis;
use crate::protocol::console::{ConsoleReply, ConsoleRequest};
use crate::protocol::learning::{Alike, AlikeCase, AlikeTarget, Repeated};
use crate::protocol::query::{Page, Query};
use crate::protocol::transcript::ItemBody;

fn question(effects: &[Effect]) -> ClientKey {
    let found = effects.iter().find_map(|effect| {
        let Effect::Send(request) = effect else { return None };
        let ConsoleRequest::Ask { key, query: Query::Alike { .. }, .. } = &**request else { return None };
        Some(key.clone())
    });
    found.expect("what is like it is asked for")
}

fn page() -> Alike {
    let target = |agent: &str, taught| AlikeTarget { agent: agent.parse().unwrap(), score: None, taught, ruled: 9 };
    Alike {
        conversation: id(1),
        chosen: "billing".parse().unwrap(),
        intent: Some("refund".parse().unwrap()),
        looked_at: 60,
        targets: vec![target("returns", 4), target("tech", 2), target("triage", 0), target("sales", 3)],
        closest: vec![AlikeCase {
            handle: Handle(31),
            likeness: Score(8_400),
            intent: Some("refund".parse().unwrap()),
            chosen: "billing".parse().unwrap(),
            came: Some(CameOf::Transferred),
        }],
        repeated: vec![Repeated {
            intent: Some("refund".parse().unwrap()),
            was: Some("billing".parse().unwrap()),
            agent: "returns".parse().unwrap(),
            times: 12,
            handles: vec![Handle(31)],
        }],
    }
}

fn arrives(model: &mut Model, key: ClientKey) {
    let wall = model.wall.0 + 1;
    let page = Page::Alike(Box::new(page()));
    send(model, wall, Message::Reply(Box::new(ConsoleReply::Answer { key, page, next: None })));
    draw(model);
}

#[test]
fn route_differently_asks_who_and_for_how_much_and_shows_what_it_would_change() {
    let mut model = busy(120, 40);
    let sent = press(&mut model, "R");
    assert_eq!(acts(&sent), [], "a card opens first");
    assert!(shown(&model).contains("WHO SHOULD HAVE HAD Maya"), "{}", shown(&model));
    assert!(shown(&model).contains("billing was chosen"), "{}", shown(&model));
    arrives(&mut model, question(&sent));
    assert!(shown(&model).contains("c-31") && shown(&model).contains("passed on"), "{}", shown(&model));
    assert!(shown(&model).contains("12 x billing > returns for refund"), "{}", shown(&model));
    press(&mut model, "j");
    let to = model.card.as_ref().unwrap().choice().unwrap().label.to_string();
    assert_eq!(enter(&mut model), [], "and then for how much it counts");
    assert!(shown(&model).contains(&format!("{to} SHOULD HAVE HAD")), "{}", shown(&model));
    assert!(shown(&model).contains("of the last 60 elsewhere"), "{}", shown(&model));
    press(&mut model, "t");
    let taught = enter(&mut model);
    let to = to.parse().unwrap();
    assert_eq!(taught, [OperatorAct::Reroute { conversation: id(1), to, reach: Reach::Teach, note: None }]);
}

#[test]
fn a_rule_takes_its_words_from_below_the_choices() {
    let mut model = busy(120, 40);
    press(&mut model, "R");
    let to = model.card.as_ref().unwrap().choice().unwrap().label.to_string().parse().unwrap();
    enter(&mut model);
    press(&mut model, "d Tab");
    type_text(&mut model, "charged TWICE");
    assert_eq!(enter(&mut model), [], "then whose conversations");
    assert!(shown(&model).contains("charged twice"), "{}", shown(&model));
    let made = enter(&mut model);
    let words = ["charged", "twice"].map(|word| word.parse().unwrap()).to_vec();
    let [OperatorAct::Reroute { to: named, reach: Reach::Rule { until, words: read, segment: None }, .. }] = &made[..]
    else {
        panic!("{made:?}");
    };
    assert_eq!((named, read), (&to, &words));
    let day = Millis::from_hours(24).0 as i64;
    assert!((day - 60_000..=day + 60_000).contains(&(until.0 - NOW.0)), "{until:?}");

    press(&mut model, "R");
    enter(&mut model);
    press(&mut model, "d Tab");
    type_text(&mut model, "not-a-word");
    assert_eq!(enter(&mut model), [], "what is no word is asked for again");
    let note = model.card.as_ref().and_then(|card| card.note.as_ref()).map(|note| note.editor.text().to_owned());
    assert_eq!(note.as_deref(), Some("not-a-word"), "and what was written stays");
}

#[test]
fn the_last_answer_of_an_agent_is_rated() {
    let mut model = busy(120, 40);
    press(&mut model, "Y");
    assert!(shown(&model).contains("HOW WAS THE ANSWER to Maya"), "{}", shown(&model));
    press(&mut model, "b");
    let rated = enter(&mut model);
    let [OperatorAct::RateTurn { conversation, rating: TurnRating::Bad, .. }] = &rated[..] else {
        panic!("{rated:?}");
    };
    assert_eq!(*conversation, id(1));
}

#[test]
fn what_a_message_was_about_is_said_by_a_command() {
    let mut model = busy(120, 40);
    press(&mut model, ":");
    type_text(&mut model, "wrong-intent");
    assert_eq!(acts(&press(&mut model, "Enter")), [], "without an intent it says how");
    assert!(shown(&model).contains(":wrong-intent refund-request"), "{}", shown(&model));
    press(&mut model, ":");
    type_text(&mut model, "wrong-intent refund-request");
    let said = acts(&press(&mut model, "Enter"));
    let [OperatorAct::CorrectIntent { conversation, turn, intent }] = &said[..] else { panic!("{said:?}") };
    assert_eq!((*conversation, intent.as_str()), (id(1), "refund-request"));
    let of_the_customer = items().into_iter().rev().find_map(|item| {
        let ItemBody::Message { turn, author: Author::Customer, .. } = item.body else { return None };
        Some(turn)
    });
    assert_eq!(Some(*turn), of_the_customer, "the last message of the customer that is shown");
}
