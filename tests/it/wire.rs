//! Both clients against a real server: resume, keys, back-off, restart.

use std::time::Duration;

use baton::client::customer::{Access, Chat, ChatEvent, Options, connect};
use baton::client::feed::FeedEvent;
use baton::client::{Address, rest, socket};
use baton::domain::command::OperatorAct;
use baton::domain::id::TurnNo;
use baton::protocol::console::{ConsoleCommand, ConsoleReply, ConsoleRequest};
use baton::protocol::customer::{CustomerReply, CustomerRequest, SpeakerKind};

use crate::house::{Desk, House};

/// Time for anything that should come at once.
const PATIENCE: Duration = Duration::from_secs(60);

async fn converse(house: &House, after: TurnNo) -> Chat {
    let address = Address::parse(&house.url()).unwrap();
    let minted = rest::mint(&address, None, None).await.unwrap();
    let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
    connect(Options { address, access, after })
}

async fn hear(chat: &mut Chat, wanted: impl Fn(&CustomerReply) -> bool) -> CustomerReply {
    loop {
        let event = tokio::time::timeout(PATIENCE, chat.events.recv()).await.expect("an event in time");
        match event.expect("the client lives") {
            ChatEvent::Reply(reply) if wanted(&reply) => return reply,
            ChatEvent::Reply(_) | ChatEvent::Lost { .. } => {}
            ChatEvent::Ended { reason } => panic!("{reason}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_outlives_the_server_and_every_message_is_stored_once() {
    let house = House::start().await;
    let mut chat = converse(&house, TurnNo(0)).await;
    let say = |text: &str| CustomerRequest::Say { key: None, text: text.into(), files: Vec::new() };
    chat.requests.send(say("I was charged twice")).await.unwrap();
    hear(&mut chat, |reply| matches!(reply, CustomerReply::Stored { .. })).await;
    hear(&mut chat, |reply| matches!(reply, CustomerReply::Message(m) if m.author.kind == SpeakerKind::Ai)).await;
    let house = house.restart().await;
    // Sent while it may still be gone: it waits for the server to be back.
    chat.requests.send(say("are you there?")).await.unwrap();
    let welcome = hear(&mut chat, |reply| matches!(reply, CustomerReply::Welcome { .. })).await;
    hear(&mut chat, |reply| matches!(reply, CustomerReply::Stored { .. })).await;
    let CustomerReply::Welcome { conversation, token, .. } = welcome else { unreachable!() };
    let path = format!("/v1/conversations/{conversation}/messages");
    let all: serde_json::Value = house.get(&path, token.as_deref()).send().await.unwrap().json().await.unwrap();
    let mine = all["messages"].as_array().unwrap().iter().filter(|m| m["author"]["kind"] == "you").count();
    assert_eq!(mine, 2, "{all}");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_resumes_whole_or_is_reset() {
    let house = House::start().await;
    let address = Address::parse(&house.url()).unwrap();
    let token = house.operator_token().to_owned();
    let mut feed = socket::connect(socket::Options { address, token, read_only: false, passing: false });
    let mut heard = Vec::new();
    let mut next = async |wanted: fn(&FeedEvent) -> bool| loop {
        let event = tokio::time::timeout(PATIENCE, feed.events.recv()).await.expect("an event in time").unwrap();
        let found = wanted(&event);
        heard.push(format!("{event:.60?}"));
        if found {
            return event;
        }
        assert!(!matches!(event, FeedEvent::Ended { .. }), "{heard:?}");
    };
    next(|event| matches!(event, FeedEvent::Connected)).await;
    let whole = |event: &FeedEvent| matches!(event, FeedEvent::Reply(reply) if matches!(&**reply, ConsoleReply::Welcome { seq: Some(_), .. }));
    next(whole).await;
    let house = house.restart().await;
    next(|event| matches!(event, FeedEvent::Lost { .. })).await;
    next(|event| matches!(event, FeedEvent::Connected)).await;
    // Another life of the feed: it cannot be resumed, so all of it comes again.
    next(|event| matches!(event, FeedEvent::Reply(reply) if matches!(&**reply, ConsoleReply::Reset { .. }))).await;
    next(whole).await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_into_an_outage_is_done_once_afterwards() {
    let house = House::start().await;
    let mut chat = converse(&house, TurnNo(0)).await;
    chat.requests.send(CustomerRequest::Say { key: None, text: "hello".into(), files: Vec::new() }).await.unwrap();
    hear(&mut chat, |reply| matches!(reply, CustomerReply::Stored { .. })).await;
    let mut desk = Desk::open(&house).await;
    let id = desk.seen.first().expect("the conversation is on the floor").id;
    desk.act(OperatorAct::TakeOver { conversation: id, reason: None }).await;
    let house = house.restart().await;
    desk.act(OperatorAct::Reply { conversation: id, text: "I am here".into(), untranslated: false }).await;
    let human =
        |reply: &CustomerReply| matches!(reply, CustomerReply::Message(m) if m.author.kind == SpeakerKind::Human);
    let CustomerReply::Message(first) = hear(&mut chat, human).await else { unreachable!() };
    assert_eq!(first.text.raw(), "I am here");
    house.stop().await;
}

/// Both ask for the same conversation, and the server goes away under them: at once, or when one of them, or
/// both, have their answer.
#[tokio::test(flavor = "multi_thread")]
async fn two_who_take_over_in_an_outage_find_one_holder() {
    for answers in 0..=2 {
        let house = House::start().await;
        let mut chat = converse(&house, TurnNo(0)).await;
        chat.requests.send(CustomerRequest::Say { key: None, text: "hello".into(), files: Vec::new() }).await.unwrap();
        hear(&mut chat, |reply| matches!(reply, CustomerReply::Stored { .. })).await;
        let (mut ana, mut ben) = (Desk::open(&house).await, Desk::open_as(&house, "ben").await);
        let id = ana.seen.first().expect("the conversation is on the floor").id;
        let take = OperatorAct::TakeOver { conversation: id, reason: None };
        let (first, second) = tokio::join!(ana.ask(take.clone()), ben.ask(take));
        let (mut by_ana, mut by_ben) = (None, None);
        if answers > 0 {
            by_ana = Some(ana.answer(&first).await);
        }
        if answers > 1 {
            by_ben = Some(ben.answer(&second).await);
        }
        let house = house.restart().await;
        // Who had no answer asks again by the same key when the server is back.
        if by_ana.is_none() {
            by_ana = Some(ana.answer(&first).await);
        }
        if by_ben.is_none() {
            by_ben = Some(ben.answer(&second).await);
        }
        let took = |reply: &Option<ConsoleReply>| matches!(reply, Some(ConsoleReply::Accepted { .. }));
        assert_ne!(took(&by_ana), took(&by_ben), "{answers}: {by_ana:?} and {by_ben:?}");
        let holder = if took(&by_ana) { "ana" } else { "ben" };
        for name in ["ana", "ben"] {
            let seen = Desk::open_as(&house, name).await.seen.pop().expect("the conversation").holder;
            assert_eq!(seen.to_string(), holder, "{answers}: as {name} sees it");
        }
        house.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_ends_the_feed_with_the_way_out() {
    let house = House::start().await;
    let address = Address::parse(&house.url()).unwrap();
    let mut feed =
        socket::connect(socket::Options { address, token: "operator_00".into(), read_only: false, passing: false });
    let ended = async {
        loop {
            if let Some(FeedEvent::Ended { reason }) = feed.events.recv().await {
                return reason;
            }
        }
    };
    let reason = tokio::time::timeout(PATIENCE, ended).await.expect("an end in time");
    assert!(reason.contains("token"), "{reason}");
    assert_eq!(feed.events.recv().await, None);
    let command = ConsoleRequest::Command { key: "k".parse().unwrap(), seen: None, command: ConsoleCommand::Shutdown };
    assert!(feed.requests.send(command).await.is_err(), "an ended feed takes nothing");
    house.stop().await;
}
