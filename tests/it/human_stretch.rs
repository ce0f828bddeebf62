//! What an agent outside of the batch, such as one behind a model, is told of a person's stretch.

use baton::domain::command::{CustomerAct, OperatorAct};
use baton::domain::conversation::{Author, Disposition};
use baton::domain::customer::Tier;
use baton::domain::id::ConversationId;
use baton::domain::time::{Millis, Timestamp};
use baton::runtime::conductor::Task;

use crate::floor::{Said, TestFloor, analysis};

fn says(conversation: ConversationId, text: &str) -> CustomerAct {
    let said = Said { text: text.to_owned(), intent: Some("buy".to_owned()), ..Said::default() };
    let analysis = Box::new(analysis(&said));
    CustomerAct::Say { conversation, text: text.into(), analysis, typing: false, files: Vec::new() }
}

/// Ana takes it over, writes, and has it for a while: from when to when.
fn held_by_ana(floor: &mut TestFloor, conversation: ConversationId) -> (Timestamp, Timestamp) {
    let began = floor.at;
    floor.operator("ana", None, None, OperatorAct::TakeOver { conversation, reason: None }).unwrap();
    let reply = OperatorAct::Reply { conversation, text: "10 % for you".into(), untranslated: false };
    floor.operator("ana", None, None, reply).unwrap();
    floor.wait(Millis::from_secs(90));
    (began, floor.at)
}

#[test]
fn an_agent_that_gets_it_back_sees_when_a_person_had_it_and_what_they_wrote() {
    let mut floor = TestFloor::new();
    let (conversation, customer) = floor.open(1, Tier::Standard, false);
    floor.customer(customer, None, says(conversation, "I want to buy")).unwrap();
    let (began, ended) = held_by_ana(&mut floor, conversation);
    let note = Some("the price is settled".into());
    let back = OperatorAct::HandBack { conversation, to: Some("sales".parse().unwrap()), note };
    floor.operator("ana", None, None, back).unwrap();
    floor.outer.clear();
    floor.customer(customer, None, says(conversation, "and when does it come?")).unwrap();
    let Some(Task::Compose { context, .. }) = floor.outer.pop_front().map(|outer| outer.task) else {
        panic!("sales is asked outside of the batch");
    };
    assert_eq!(context.human_stretch, Some((began, Some(ended))));
    let by_ana = |author: &Author| matches!(author, Author::Operator(name) if name.as_str() == "ana");
    let wrote = context.transcript.iter().find(|(_, author, _)| by_ana(author)).unwrap();
    assert_eq!(wrote.2.raw(), "10 % for you");
    let note = context.pack.as_ref().and_then(|pack| pack.note.as_ref()).and_then(|note| note.reveal());
    assert_eq!(note.unwrap().raw(), "the price is settled");
}

#[test]
fn an_agent_that_meets_who_comes_back_knows_that_a_person_had_it_to_the_end() {
    let mut floor = TestFloor::new();
    let (conversation, customer) = floor.open(1, Tier::Standard, false);
    let (began, ended) = held_by_ana(&mut floor, conversation);
    let resolve = OperatorAct::Resolve { conversation, disposition: Disposition::Solved };
    floor.operator("ana", None, None, resolve).unwrap();
    floor.wait(Millis::from_secs(60));
    floor.customer(customer, None, says(conversation, "I want to buy one more")).unwrap();
    let Some(Task::Compose { context, .. }) = floor.outer.pop_back().map(|outer| outer.task) else {
        panic!("sales is asked outside of the batch");
    };
    assert_eq!(context.human_stretch, Some((began, Some(ended))));
}
