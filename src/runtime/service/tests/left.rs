//! What somebody had begun to write when they went away reaches who has the conversation next, and nobody else.

use super::*;
use crate::domain::baton::Holder;
use crate::domain::command::OperatorAct;
use crate::protocol::customer::Message;
use crate::protocol::transcript::{Detail, LeftDraft};

/// Twenty times as fast as the wall's: the grace of a minute is over in three seconds.
const SPEED: u32 = 20_000;
const WORDS: &str = "marker: the router may be";

fn of(handle: &Handle, name: &str) -> Viewer {
    Viewer { operator: name.parse().unwrap(), ..viewer(handle, false) }
}

/// Looks at a conversation, until its panel is as wanted.
async fn looks(handle: &Handle, who: &Viewer, id: ConversationId, wanted: impl Fn(&Detail) -> bool) {
    let mut feed = handle.console_feed(who.clone(), None);
    snapshot(&mut feed).await;
    handle.focus(who.console, Some(id));
    until(&mut feed, |change| matches!(change, Change::Detail(detail) if wanted(detail))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsent_reply_of_who_went_away_is_shown_to_who_holds_it_next() {
    let folder = tempfile::tempdir().unwrap();
    let begin = || Service::start(Options { speed: SPEED, ..options(Some(folder.path())) }).unwrap();
    let act = async |handle: &Handle, who: &Viewer, act: OperatorAct| {
        let key = key(&format!("{}-{:?}", who.operator, std::mem::discriminant(&act)).replace(['(', ')'], "-"));
        handle.command(who, key, None, ConsoleCommand::Act(act)).await.unwrap();
    };
    let (handle, service) = begin();
    let id = handle.open(newcomer("Maya")).await.unwrap();
    let (ana, ben) = (of(&handle, "ana"), of(&handle, "ben"));
    let mut its_end = handle.console_feed(ben.clone(), None);
    snapshot(&mut its_end).await;
    let hers = handle.console_feed(ana.clone(), None);
    act(&handle, &ana, OperatorAct::TakeOver { conversation: id, reason: None }).await;
    handle.draft(&ana, id, Audience::Reply, WORDS.into()).await;
    looks(&handle, &of(&handle, "ben"), id, |detail| detail.left.is_none()).await;
    drop(hers);
    until(&mut its_end, |change| matches!(change, Change::Row(row) if matches!(row.holder, Holder::Queue(_)))).await;
    // In the line it is nobody's yet; and it outlives the process, sealed.
    looks(&handle, &of(&handle, "ben"), id, |detail| detail.left.is_none()).await;
    drop(its_end);
    service.stop().await.unwrap();
    assert!(!holds(folder.path(), b"marker"), "outside of every journal and index, and sealed");

    let (handle, service) = begin();
    let ben = of(&handle, "ben");
    let its_end = handle.console_feed(ben.clone(), None);
    act(&handle, &ben, OperatorAct::TakeOver { conversation: id, reason: None }).await;
    let left = LeftDraft { by: "ana".parse().unwrap(), text: WORDS.into() };
    looks(&handle, &of(&handle, "ben"), id, |detail| detail.left.as_ref() == Some(&left)).await;
    looks(&handle, &of(&handle, "cleo"), id, |detail| detail.left.is_none()).await;
    let reply = OperatorAct::Reply { conversation: id, text: "Hello, Ben here.".into(), untranslated: false };
    act(&handle, &ben, reply).await;
    looks(&handle, &of(&handle, "ben"), id, |detail| detail.left.is_none()).await;
    let mut customer = handle.customer_feed(id, TurnNo(0)).unwrap();
    let last = handle.state(id).unwrap().turn;
    let mut upto = TurnNo(0);
    while upto < last {
        let heard = next(&mut customer).await;
        assert!(!serde_json::to_string(&heard).unwrap().contains("marker"), "{heard:?}");
        if let CustomerReply::Message(Message { turn, .. }) | CustomerReply::Notice { turn, .. } = heard {
            upto = turn;
        }
    }
    drop(its_end);
    service.stop().await.unwrap();
}
