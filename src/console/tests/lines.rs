//! The console of lines.

use super::floor::{around, console, delta, detail, id, items, rows, you};
use crate::console::plain::Plain;
use crate::console::update::Message;
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::domain::id::{Epoch, Seq};
use crate::domain::operator::Role;
use crate::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest};

fn heard(plain: &mut Plain, changes: Vec<Change>) -> Vec<String> {
    let Message::Reply(reply) = delta(changes) else { panic!("a delta is a reply") };
    plain.hear(*reply).iter().map(ToString::to_string).collect()
}

fn connected() -> Plain {
    let mut plain = Plain::new(console(80, 24));
    plain.hear(ConsoleReply::Welcome {
        you: you(Role::Admin),
        run: "r".into(),
        at: super::floor::NOW,
        speed: 1_000,
        changes: around().into_iter().chain(rows(3)).collect(),
        seq: Some(Seq(500)),
        drafts: Vec::new(),
        view: None,
    });
    plain
}

#[test]
fn a_line_is_said_when_something_happened() {
    let mut plain = connected();
    assert_eq!(plain.say("list").lines.len(), 10);
    let opened = plain.say("open c-1001");
    assert_eq!(opened.requests, [ConsoleRequest::Focus { conversation: Some(id(1)) }]);
    let said = heard(&mut plain, vec![Change::Items(id(1), items()), Change::Detail(Box::new(detail(1)))]);
    assert_eq!(said[1], "09:01 customer: I was charged twice for order 1182. This is the second time!!");
    assert_eq!(heard(&mut plain, vec![Change::Items(id(1), items())]), Vec::<String>::new(), "nothing is said twice");
    let mut maya = super::floor::row(1, "Maya");
    maya.epoch = Epoch(4);
    maya.holder = Holder::Operator("ben".parse().unwrap());
    assert_eq!(heard(&mut plain, vec![Change::Row(Box::new(maya))]), ["c-1001 Maya: billing > ben"]);
    assert_eq!(heard(&mut plain, vec![Change::Gone(id(1))]), ["c-1001 Maya left the floor"]);
}

#[test]
fn commands_act_on_what_was_said() {
    let mut plain = connected();
    assert!(plain.say("take").requests.is_empty());
    plain.say("open c-1001");
    heard(&mut plain, vec![Change::Detail(Box::new(detail(1)))]);
    let said = plain.say("whisper calm down first");
    let [ConsoleRequest::Command { seen: Some(seen), command: ConsoleCommand::Act(act), .. }] = &said.requests[..]
    else {
        panic!("{said:?}")
    };
    assert_eq!((seen.conversation, seen.epoch), (id(1), Epoch(3)));
    assert!(matches!(act, OperatorAct::Whisper { text, .. } if text.raw() == "calm down first"));
    let said = plain.say("approve");
    let [ConsoleRequest::Command { seen: Some(seen), .. }] = &said.requests[..] else { panic!("{said:?}") };
    assert_eq!(seen.subject, Some(detail(1).approvals[0].subject));
    assert_eq!(plain.say("reply").lines[0].as_str(), "reply what? write the text behind it");
    assert!(plain.say("\u{1b}[2J").lines[0].as_str().starts_with("no command"));
    assert!(plain.say("quit").leaves);
}
