//! Several calls in one answer of a model: made one after the other, in its order, and it is asked once more, with
//! what all of them gave.

use std::sync::Arc;

use baton::domain::command::OperatorAct;
use baton::domain::event::TurnEvent;
use tokio::sync::Notify;

use super::super::sockets::Desk;
use super::*;

/// A model that asks for these in one answer, and then tells how much came back.
fn asking(words: &'static str, calls: Vec<(&'static str, Value)>) -> impl Fn(&Asked) -> Vec<Part> + Send + Sync {
    move |asked: &Asked| match results(asked).len() {
        0 => answer(Wire::Openai, words, &calls),
        came => answer(Wire::Openai, &format!("{came} came back."), &[]),
    }
}

/// What the calls of a question gave, in their order.
fn results(asked: &Asked) -> Vec<String> {
    let messages = asked.body["messages"].as_array().unwrap();
    let gave = messages.iter().filter(|message| message["role"] == "tool");
    gave.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

fn order(number: &str) -> (&'static str, Value) {
    ("crm__order", json!({ "order": number }))
}

fn note(number: &str) -> (&'static str, Value) {
    ("crm__note", json!({ "order": number, "days": 3 }))
}

/// What the service was asked for, in its order.
fn paths(service: &Provider) -> Vec<String> {
    service.asked().iter().map(|asked| asked.path.replace("/api/orders/", "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_of_one_answer_are_made_in_its_order_and_the_model_is_asked_once_more() {
    let home = tempfile::tempdir().unwrap();
    let service = Provider::start(|asked: &Asked| ok(&json!({ "status": { "text": asked.path } }))).await;
    let calls = vec![order("1"), note("2"), order("3"), order("1"), note("4"), order("5")];
    let model = Provider::start(asking("Both notes are made.", calls)).await;
    deploy(home.path(), &model.url, &["crm.order", "crm.note"], &crm(home.path(), &service.url));
    let mut server = Server::start(home.path());
    let (_, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("5 came back").await.unwrap();
    server.stop();
    assert_eq!(paths(&service), ["1", "2/notes", "3", "4/notes", "5"], "one by one, and what is asked twice once");
    assert_eq!(model.asked().len(), 2);
    let gave = results(&model.asked()[1]);
    assert!(gave[0].contains("orders/1") && gave[2].contains("orders/3") && gave[4].contains("orders/5"), "{gave:?}");
    // Its words tell of both notes: they are said when the second is made, and not before.
    let journal = journal(home.path());
    let said = |words: &str| {
        journal.iter().position(|one| {
            let Event::Turn(TurnEvent::AgentActed { spoken: Some(spoken), .. }) = &one.event else { return false };
            spoken.text.reveal().is_some_and(|text| text.raw() == words)
        })
    };
    let returned: Vec<usize> = journal
        .iter()
        .enumerate()
        .filter(|(_, one)| matches!(one.event, Event::Tool(ToolEvent::Returned { .. })))
        .map(|(index, _)| index)
        .collect();
    let said = said("Both notes are made.").expect("the words were said");
    assert!(returned[3] < said && said < returned[4], "{returned:?} {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_changed_after_a_call_that_did_not_work_and_no_words_tell_of_it() {
    let home = tempfile::tempdir().unwrap();
    let service = Provider::start(|asked: &Asked| {
        if asked.path.ends_with("/2/notes") {
            failing(404, r#"{"detail":"there is no such order"}"#)
        } else {
            ok(&json!({ "status": { "text": "on its way" } }))
        }
    })
    .await;
    let calls = vec![order("1"), note("2"), note("3"), order("4")];
    let model = Provider::start(asking("Both notes are made.", calls)).await;
    deploy(home.path(), &model.url, &["crm.order", "crm.note"], &crm(home.path(), &service.url));
    let mut server = Server::start(home.path());
    let (_, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("3 came back").await.unwrap();
    server.stop();
    assert_eq!(paths(&service), ["1", "2/notes", "4"], "what reads is read all the same");
    assert!(maya.read.iter().all(|read| read.text != "Both notes are made."), "{:?}", maya.read);
}

/// Between two calls a person takes over: what is under way comes back, and nothing follows it.
#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_between_two_calls_is_the_end_of_what_was_planned() {
    let home = tempfile::tempdir().unwrap();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, waits) = (Arc::clone(&begun), Arc::clone(&go_on));
    let service = Provider::start(move |_: &Asked| {
        let mut parts = vec![Part::Until(Arc::clone(&told), Arc::clone(&waits))];
        parts.extend(ok(&json!({ "status": { "text": "on its way" } })));
        parts
    })
    .await;
    let model = Provider::start(asking("", vec![order("1"), order("2")])).await;
    let lines = crm(home.path(), &service.url).replacen("timeout-ms = 400", "timeout-ms = 60000", 1);
    deploy(home.path(), &model.url, &["crm.order"], &lines);
    let mut server = Server::start(home.path());
    let (id, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    begun.notified().await;
    let token = baton::store::folder::DataFolder::open(home.path()).unwrap().admin_token().unwrap();
    let desk = Desk::connect(&server.address, &token);
    desk.act("k1".into(), OperatorAct::TakeOver { conversation: id, reason: None }).await.unwrap();
    go_on.notify_one();
    desk.act("k2".into(), OperatorAct::Reply { conversation: id, text: "Ana here.".into(), untranslated: false })
        .await
        .unwrap();
    maya.until_read("Ana here.").await.unwrap();
    server.stop();
    assert_eq!(paths(&service), ["1"]);
    assert_eq!(ends(&journal(home.path())), [CallEnd::Done]);
    assert_eq!(model.asked().len(), 1);
}
