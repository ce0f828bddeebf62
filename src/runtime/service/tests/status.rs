//! What a supervisor says of a part of the house reaches whoever asks from the next answer on.

use super::*;
use crate::domain::command::OperatorAct;
use crate::domain::incident::{ComponentState, IncidentWish};

/// The last thing the customer reads after asking.
async fn answered(handle: &Handle, question: &str) -> String {
    let id = handle.open(newcomer("Maya")).await.unwrap();
    handle.say(id, None, question.into(), false).await.unwrap();
    let last = handle.state(id).unwrap().turn;
    let mut feed = handle.customer_feed(id, TurnNo(0)).unwrap();
    let mut read = String::new();
    loop {
        if let CustomerReply::Message(message) = next(&mut feed).await {
            read.push_str(message.text.raw());
            if message.turn >= last {
                return read;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_line_is_answered_from_until_it_is_taken_back() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let ana = viewer(&handle, false);
    let (component, said) = (|| "checkout".parse().unwrap(), "The checkout is down since nine, it is back at noon.");
    let set = IncidentWish::SetStatus {
        component: component(),
        state: ComponentState::Down,
        text: said.into(),
        incident: None,
    };
    let act = |wish| ConsoleCommand::Act(OperatorAct::Incident { wish });
    handle.command(&ana, key("c-1"), None, act(set)).await.unwrap();
    let question = "Does the checkout have a problem right now?";
    let read = answered(&handle, question).await;
    assert!(read.contains("back at noon"), "{read}");
    let cleared = IncidentWish::ClearStatus { component: component() };
    handle.command(&ana, key("c-2"), None, act(cleared)).await.unwrap();
    let read = answered(&handle, question).await;
    assert!(!read.contains("back at noon"), "{read}");
    service.stop().await.unwrap();
}
