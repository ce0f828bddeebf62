//! How long a model is waited for as a whole, and until it can be asked at all.

use super::*;

/// Words that come and come, one after the other in good time: the whole has an end.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_goes_on_and_on_is_given_up() {
    for wire in Wire::ALL {
        let home = tempfile::tempdir().unwrap();
        let bad = Provider::start(move |_: &Asked| {
            let (begins, piece) = wire.endless("and ");
            vec![Part::Bytes(wire.stream(&begins)), Part::Again(wire.more(&piece), Duration::from_millis(50))]
        })
        .await;
        let good = Provider::start(move |_: &Asked| answer(wire, "Please restart it once.", &[])).await;
        let models = [("big", wire, &*wire.at(&bad.url)), ("small", wire, &*wire.at(&good.url))];
        deploy(home.path(), &models, "attempts = 1\nwhole-ms = 2000");
        let mut server = Server::start(home.path());
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", CRASH).await.unwrap();
        maya.until_read("restart it once").await.unwrap();
        server.stop();
        let journal = journal(home.path());
        let timed_out = ModelEnd::Failed(ModelFailure::TimedOut);
        assert_eq!(
            ends(&journal),
            [("big".to_owned(), timed_out), ("small".to_owned(), ModelEnd::Answered)],
            "{wire:?}"
        );
        // What it wrote until then is paid for.
        assert!(calls(&journal)[0].usage.output > 5, "{wire:?}: {:?}", calls(&journal)[0]);
    }
}

/// One that is not there, one that does not answer, and what a server says instead of opening a socket: nothing
/// was asked, so nothing is paid.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_is_not_opened_is_told_by_what_was_said_instead_and_tried_again() {
    let home = tempfile::tempdir().unwrap();
    let words = |_: &Asked| answer(Wire::Socket, "Second try.", &[]);
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = |listener: &tokio::net::TcpListener| format!("ws://{}", listener.local_addr().unwrap());
    let (gone_at, mute_at) = (at(&gone), at(&mute));
    drop(gone);
    let locked = Provider::start_after(vec![401; 9], words).await;
    let moved = Provider::start_after(vec![307; 9], words).await;
    let busy = Provider::start_after(vec![503], words).await;
    let socket = |provider: &Provider| Wire::Socket.at(&provider.url);
    let urls = [("a", gone_at), ("b", mute_at), ("c", socket(&locked)), ("d", socket(&moved)), ("e", socket(&busy))];
    let models: Vec<(&str, Wire, &str)> = urls.iter().map(|(name, url)| (*name, Wire::Socket, url.as_str())).collect();
    deploy(home.path(), &models, "attempts = 2\nconnect-ms = 700");
    let mut server = Server::start(home.path());
    let (_, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("Second try.").await.unwrap();
    server.stop();
    let calls = calls(&journal(home.path()));
    let came: Vec<_> = calls.iter().map(|call| (call.model.as_str(), call.end, call.attempts)).collect();
    let failed = ModelEnd::Failed;
    assert_eq!(
        came,
        [
            ("a", failed(ModelFailure::Unreachable), 2),
            ("b", failed(ModelFailure::Unreachable), 2),
            ("c", failed(ModelFailure::KeyRefused), 1),
            ("d", failed(ModelFailure::Rejected), 1),
            ("e", ModelEnd::Answered, 2),
        ]
    );
    assert!(calls[..4].iter().all(|call| call.usage.input == 0 && call.usage.output == 0), "{calls:?}");
}
