//! Whole floors: customers and consoles over the handle, in memory and on disk.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::*;
use crate::config::preset;
use crate::domain::conversation::HouseSentence;
use crate::domain::customer::{Identity, Tier};
use crate::domain::event::{Event, OperatorEvent};
use crate::domain::id::{ChannelName, ClientKey, ConversationId, Seq, TurnNo};
use crate::domain::operator::{Presence, Role};
use crate::domain::text::Foreign;
use crate::protocol::console::{Audience, Change, ConsoleCommand, ConsoleReply, Resume};
use crate::protocol::customer::{CustomerReply, SpeakerKind};
use crate::protocol::query::{Page, Query};
use crate::protocol::transcript::ItemBody;
use crate::runtime::handle::{NewConversation, Rejected, Viewer};

mod left;
mod past;
mod status;

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn options(data: Option<&Path>) -> Options {
    let bundle = preset("support").unwrap();
    Options { data: data.map(Path::to_owned), pace: Some(Millis(0)), ..Options::in_memory(bundle) }
}

fn newcomer(name: &str) -> NewConversation {
    NewConversation {
        channel: ChannelName::web(),
        handle: None,
        reference: None,
        identity: Identity::Anonymous,
        tier: Tier::Standard,
        name: Some(Foreign::new(name)),
    }
}

fn viewer(handle: &Handle, read_only: bool) -> Viewer {
    let operator = "ana".parse().unwrap();
    Viewer { console: handle.console_id(), operator, role: Role::Supervisor, read_only, present: !read_only }
}

fn key(text: &str) -> ClientKey {
    text.parse().unwrap()
}

async fn next<T>(feed: &mut Receiver<T>) -> T {
    timeout(PATIENCE, feed.recv()).await.expect("something should have come").expect("the feed ended")
}

/// Turns up to `last`, with the kind of their author.
async fn turns_to(feed: &mut Receiver<CustomerReply>, last: TurnNo) -> Vec<(TurnNo, SpeakerKind)> {
    let mut turns = Vec::new();
    loop {
        match next(feed).await {
            CustomerReply::Message(message) => turns.push((message.turn, message.author.kind)),
            CustomerReply::Notice { turn, .. } => turns.push((turn, SpeakerKind::House)),
            CustomerReply::Typing { .. } | CustomerReply::Handover { .. } | CustomerReply::Resolved {} => {}
            CustomerReply::Welcome { .. }
            | CustomerReply::Stored { .. }
            | CustomerReply::Rated { .. }
            | CustomerReply::Refused { .. } => panic!("not the feed's to say"),
        }
        if turns.last().is_some_and(|(turn, _)| *turn >= last) {
            return turns;
        }
    }
}

/// Frames until the last part of a snapshot.
async fn snapshot(feed: &mut Receiver<ConsoleReply>) -> (Resume, Vec<Change>) {
    let mut all = Vec::new();
    loop {
        let frame = next(feed).await;
        let ConsoleReply::Welcome { run, changes, seq, .. } = frame else { panic!("{frame:?}") };
        all.extend(changes);
        if let Some(seq) = seq {
            return (Resume { run, seq }, all);
        }
    }
}

/// Deltas until one holds a change that passes.
async fn until(feed: &mut Receiver<ConsoleReply>, wanted: impl Fn(&Change) -> bool) -> Seq {
    loop {
        if let ConsoleReply::Delta { to, changes, .. } = next(feed).await
            && changes.iter().any(&wanted)
        {
            return to;
        }
    }
}

fn rows(changes: &[Change]) -> BTreeSet<ConversationId> {
    let id = |change: &Change| if let Change::Row(row) = change { Some(row.id) } else { None };
    changes.iter().filter_map(id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_greeted_and_answered_once_and_in_order() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let id = handle.open(newcomer("Maya")).await.unwrap();
    let mut feed = handle.customer_feed(id, TurnNo(0)).unwrap();
    assert!(matches!(
        next(&mut feed).await,
        CustomerReply::Notice { turn: TurnNo(1), sentence: HouseSentence::Greeting, .. }
    ));
    let said = handle.say(id, Some(key("web-1")), "hello".into(), false).await.unwrap();
    assert_eq!((said.turn, said.repeat), (Some(TurnNo(2)), false));
    let again = handle.say(id, Some(key("web-1")), "hello".into(), false).await.unwrap();
    assert_eq!((again.turn, again.repeat), (Some(TurnNo(2)), true), "a retry is not stored twice");
    let reused = handle.say(id, Some(key("web-1")), "something else".into(), false).await;
    assert_eq!(reused, Err(Rejected::Refused(Refusal::KeyReused)));
    let last = handle.state(id).unwrap().turn;
    assert!(last > TurnNo(2), "an agent without a pace answers within the write");
    let heard = turns_to(&mut feed, last).await;
    let numbers: Vec<u64> = heard.iter().map(|(turn, _)| turn.0).collect();
    assert_eq!(numbers, (3..=last.0).collect::<Vec<_>>(), "the own words came as stored");
    assert!(heard.iter().any(|(_, kind)| *kind == SpeakerKind::Ai));
    let missing = handle.say(ConversationId::from_random([9; 16]), None, "hello".into(), false).await;
    assert_eq!(missing, Err(Rejected::Refused(Refusal::UnknownConversation)));
    service.stop().await.unwrap();
    let late = handle.say(id, None, "still there?".into(), false).await;
    assert!(matches!(late, Err(Rejected::Down { .. })), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reference_is_one_conversation_however_many_ask() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let reference = handle.keyed("reference:web", "order-7");
    let new = NewConversation { reference: Some(reference), ..newcomer("Maya") };
    let opened = futures_util::future::join_all((0..20).map(|_| handle.open(new.clone()))).await;
    let ids: BTreeSet<_> = opened.into_iter().map(Result::unwrap).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(handle.find(reference), ids.first().copied());
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_away_long_gets_every_message_once() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let id = handle.open(newcomer("Maya")).await.unwrap();
    for n in 0..60 {
        handle.say(id, None, format!("message {n} about nothing in particular").into(), false).await.unwrap();
    }
    let last = handle.state(id).unwrap().turn;
    assert!(last.0 > 60, "more than the floor holds in memory");
    let mut feed = handle.customer_feed(id, TurnNo(3)).unwrap();
    let numbers: Vec<u64> = turns_to(&mut feed, last).await.iter().map(|(turn, _)| turn.0).collect();
    assert_eq!(numbers, (4..=last.0).collect::<Vec<_>>());
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_resumes_whole_or_begins_anew() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let first = handle.open(newcomer("Maya")).await.unwrap();
    let mut feed = handle.console_feed(viewer(&handle, false), None);
    let (stand, changes) = snapshot(&mut feed).await;
    assert_eq!(rows(&changes), [first].into());
    assert!(changes.iter().any(|change| matches!(change, Change::Header(header) if header.live == 1)));
    until(&mut feed, |change| matches!(change, Change::Operator(row) if row.presence == Presence::Available)).await;
    drop(feed);

    let second = handle.open(newcomer("Tom")).await.unwrap();
    let mut back = handle.console_feed(viewer(&handle, false), Some(stand.clone()));
    let ConsoleReply::Resumed { from, to, changes, .. } = next(&mut back).await else { panic!("not resumed") };
    assert!(from == stand.seq && to > from);
    assert!(rows(&changes).contains(&second), "what happened meanwhile");

    let elsewhere = Resume { run: "another".into(), ..stand };
    let mut reset = handle.console_feed(viewer(&handle, false), Some(elsewhere));
    assert!(matches!(next(&mut reset).await, ConsoleReply::Reset { .. }));
    assert_eq!(rows(&snapshot(&mut reset).await.1), [first, second].into());
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_does_not_read_slows_nobody_and_begins_anew() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let idle = viewer(&handle, false);
    let mut slow = handle.console_feed(idle.clone(), None);
    let mut quick = handle.console_feed(viewer(&handle, true), None);
    snapshot(&mut quick).await;
    let id = handle.open(newcomer("Maya")).await.unwrap();
    until(&mut quick, |change| matches!(change, Change::Row(row) if row.id == id)).await;
    // Each look is a frame at least.
    for _ in 0..2 * crate::protocol::limits::CONSOLE_QUEUE {
        handle.focus(idle.console, Some(id));
    }
    let said = handle.say(id, None, "hello".into(), false).await.unwrap();
    until(&mut quick, |change| matches!(change, Change::Row(row) if row.id == id && row.seq >= said.seq)).await;
    let mut frames = 0;
    let skipped = loop {
        if let ConsoleReply::Lagged { skipped } = next(&mut slow).await {
            break skipped;
        }
        frames += 1;
    };
    assert!(skipped > 0 && frames <= crate::protocol::limits::CONSOLE_QUEUE, "{frames} frames, {skipped} skipped");
    let (_, changes) = snapshot(&mut slow).await;
    let newest = handle.state(id).unwrap().turn;
    assert!(changes.iter().any(|change| matches!(change, Change::Row(row) if row.turns == newest.0)));
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_focused_console_reads_the_transcript_and_takes_over() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let id = handle.open(newcomer("Maya")).await.unwrap();
    let mut customer = handle.customer_feed(id, TurnNo(1)).unwrap();
    let ana = viewer(&handle, false);
    let mut feed = handle.console_feed(ana.clone(), None);
    snapshot(&mut feed).await;
    handle.focus(ana.console, Some(id));
    let greeted = |change: &Change| matches!(change, Change::Items(_, items) if items.iter().any(|item| matches!(item.body, ItemBody::House { .. })));
    until(&mut feed, greeted).await;
    let act = crate::domain::command::OperatorAct::TakeOver { conversation: id, reason: None };
    handle.command(&ana, key("c-1"), None, ConsoleCommand::Act(act)).await.unwrap();
    until(&mut feed, |change| {
        matches!(change, Change::Items(_, items) if items.iter().any(|item| matches!(item.body, ItemBody::Passed { .. })))
    })
    .await;
    assert_eq!(handle.state(id).unwrap().speaker.kind, SpeakerKind::Ai, "not told yet: it can still be undone");
    handle.draft(&ana, id, Audience::Reply, "Hello Ma".into()).await;
    let CustomerReply::Typing { speaker, on: true } = next(&mut customer).await else { panic!("not typing") };
    assert_eq!(speaker.kind, SpeakerKind::Human);
    let act = crate::domain::command::OperatorAct::Reply {
        conversation: id,
        text: "Hello Maya, ana here.".into(),
        untranslated: false,
    };
    handle.command(&ana, key("c-2"), None, ConsoleCommand::Act(act)).await.unwrap();
    let mut heard = next(&mut customer).await;
    if matches!(heard, CustomerReply::Notice { sentence: HouseSentence::HumanTakesOver, .. }) {
        heard = next(&mut customer).await;
    }
    assert!(matches!(&heard, CustomerReply::Handover { to } if to.kind == SpeakerKind::Human), "{heard:?}");
    let last = handle.state(id).unwrap().turn;
    assert!(turns_to(&mut customer, last).await.iter().any(|(_, kind)| *kind == SpeakerKind::Human));

    let query = Query::Session { conversation: id.to_string() };
    let (Page::Session(frames), _) = handle.ask(&ana, query, None).await else { panic!("no session") };
    assert!(frames.len() >= 4);
    let query = Query::History { words: "".into() };
    let (Page::History(rows), _) = handle.ask(&ana, query, None).await else { panic!("no history") };
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    let observer = viewer(&handle, true);
    let shutdown = handle.command(&observer, key("c-3"), None, ConsoleCommand::Shutdown).await;
    assert_eq!(shutdown, Err(Rejected::Refused(Refusal::NotYours)));
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_waits_for_its_pace_and_shows_dots() {
    let paced = Options { pace: Some(Millis(50)), ..options(None) };
    let (handle, service) = Service::start(paced).unwrap();
    let id = handle.open(newcomer("Maya")).await.unwrap();
    let mut feed = handle.customer_feed(id, TurnNo(1)).unwrap();
    let said = handle.say(id, None, "hello".into(), false).await.unwrap();
    let dots = next(&mut feed).await;
    assert!(
        matches!(&dots, CustomerReply::Typing { speaker, on: true } if speaker.kind == SpeakerKind::Ai),
        "{dots:?}"
    );
    let heard = turns_to(&mut feed, said.turn.unwrap().next()).await;
    assert!(heard.iter().any(|(_, kind)| *kind == SpeakerKind::Ai));
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_colleagues_say_among_themselves_reaches_no_customer() {
    use crate::domain::command::OperatorAct;
    let (handle, service) = Service::start(options(None)).unwrap();
    let id = handle.open(newcomer("Maya")).await.unwrap();
    let mut here = handle.customer_feed(id, TurnNo(0)).unwrap();
    let ana = viewer(&handle, false);
    let text = || Foreign::new("marker of a colleague");
    let acts = [
        OperatorAct::Whisper { conversation: id, text: text(), lasting: true, answers: None },
        OperatorAct::Note { conversation: id, text: text() },
    ];
    for (n, act) in acts.into_iter().enumerate() {
        handle.command(&ana, key(&format!("c-{n}")), None, ConsoleCommand::Act(act)).await.unwrap();
    }
    for audience in [Audience::Whisper, Audience::Note] {
        handle.draft(&ana, id, audience, text()).await;
    }
    handle.say(id, None, "hello".into(), false).await.unwrap();
    let last = handle.state(id).unwrap().turn;
    let mut later = handle.customer_feed(id, TurnNo(0)).unwrap();
    for feed in [&mut here, &mut later] {
        let mut upto = TurnNo(0);
        while upto < last {
            let heard = next(feed).await;
            let told = serde_json::to_string(&heard).unwrap();
            assert!(!told.contains("marker"), "{told}");
            match heard {
                CustomerReply::Message(message) => upto = message.turn,
                CustomerReply::Notice { turn, .. } => upto = turn,
                CustomerReply::Typing { on, .. } => assert!(!on, "a draft for colleagues is no typing"),
                CustomerReply::Handover { .. } | CustomerReply::Resolved {} => {}
                CustomerReply::Welcome { .. }
                | CustomerReply::Stored { .. }
                | CustomerReply::Rated { .. }
                | CustomerReply::Refused { .. } => panic!("not the feed's to say: {told}"),
            }
        }
    }
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_writing_is_shown_to_colleagues_for_as_long_as_they_do() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let id = handle.open(newcomer("Maya")).await.unwrap();
    let ana = viewer(&handle, false);
    let ben = Viewer { console: handle.console_id(), operator: "ben".parse().unwrap(), ..viewer(&handle, false) };
    let mut feed = handle.console_feed(ana, None);
    let its_end = handle.console_feed(ben.clone(), None);
    let writes = |wanted: Option<Audience>| {
        move |change: &Change| {
            let Change::Row(row) = change else { return false };
            let to: Vec<_> = row.writers.iter().map(|writer| (writer.operator.as_str(), writer.to)).collect();
            to == wanted.map(|to| ("ben", to)).into_iter().collect::<Vec<_>>()
        }
    };
    snapshot(&mut feed).await;
    handle.draft(&ben, id, Audience::Reply, "Hello Ma".into()).await;
    until(&mut feed, writes(Some(Audience::Reply))).await;
    // The same text for somebody else is one text still.
    handle.draft(&ben, id, Audience::Note, "Hello Ma".into()).await;
    until(&mut feed, writes(Some(Audience::Note))).await;
    handle.draft(&ben, id, Audience::Note, "".into()).await;
    until(&mut feed, writes(None)).await;
    handle.draft(&ben, id, Audience::Whisper, "be brief".into()).await;
    until(&mut feed, writes(Some(Audience::Whisper))).await;
    drop(its_end);
    until(&mut feed, writes(None)).await;
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_here_from_the_first_console_to_the_last() {
    let (handle, service) = Service::start(options(None)).unwrap();
    let mut committed = handle.observe();
    let looker = handle.console_feed(viewer(&handle, true), None);
    let first = handle.console_feed(viewer(&handle, false), None);
    let second = handle.console_feed(viewer(&handle, false), None);
    let mut presence = async || loop {
        for envelope in next(&mut committed).await.iter() {
            if let Event::Operator(event) = &envelope.event {
                return event.clone();
            }
        }
    };
    assert!(matches!(presence().await, OperatorEvent::Arrived { .. }));
    drop(first);
    drop(second);
    assert!(matches!(presence().await, OperatorEvent::Departed { .. }), "who only looks is not here");
    drop(looker);
    service.stop().await.unwrap();
}

/// Everything of a floor that a restart must bring back; it adds a life of its own.
fn state_of(handle: &Handle) -> (serde_json::Value, u64) {
    let floor = handle.shared.replica.read();
    let value = serde_json::json!([
        floor.conversations,
        floor.stubs,
        floor.customers,
        floor.references,
        floor.handles,
        floor.last,
        floor.tally,
        floor.agents,
        floor.deployment,
        floor.queued,
        floor.next_due()
    ]);
    (value, floor.life)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_brings_the_floor_back_from_snapshot_and_from_journal() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, mut service) = Service::start(options(Some(folder.path()))).unwrap();
    service.announce("http://127.0.0.1:4711").unwrap();
    let second = Service::start(options(Some(folder.path()))).err().unwrap().to_string();
    assert!(second.contains("runs on") && second.contains("4711"), "{second}");
    let ana = viewer(&handle, false);
    let mut ids = Vec::new();
    for n in 0..5 {
        let id = handle.open(newcomer(&format!("customer {n}"))).await.unwrap();
        handle.say(id, Some(key("k-1")), "I was charged twice for order NW-1182".into(), false).await.unwrap();
        ids.push(id);
    }
    handle.draft(&ana, ids[0], Audience::Note, "look at this".into()).await;
    let token = handle.grant_operator("ana".parse().unwrap()).unwrap();
    // Tools may be under way: the comparison is with what the end in order left.
    service.stop().await.unwrap();
    let before = state_of(&handle);

    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    let (state, life) = state_of(&handle);
    assert_eq!(life, before.1 + 1);
    assert_eq!(state, before.0, "from the snapshot");
    let again = handle.say(ids[1], Some(key("k-1")), "I was charged twice for order NW-1182".into(), false).await;
    assert!(again.unwrap().repeat, "keys survive");
    assert_eq!(handle.operator_for_token(&token), Some(("ana".parse().unwrap(), Role::Supervisor)));
    let mut feed = handle.console_feed(viewer(&handle, true), None);
    let ConsoleReply::Welcome { drafts, .. } = next(&mut feed).await else { panic!("no welcome") };
    assert_eq!(drafts.len(), 1, "an unsent text survives");
    service.stop().await.unwrap();
    let before = state_of(&handle);

    std::fs::remove_file(folder.path().join("snapshot")).unwrap();
    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    assert_eq!(state_of(&handle).0, before.0, "from the journal alone");
    service.stop().await.unwrap();
}

fn holds(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).any(|path| {
        if path.is_dir() {
            return holds(&path, needle);
        }
        std::fs::read(path).unwrap().windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_customer_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    let id = handle.open(newcomer("Marker Maya")).await.unwrap();
    let other = handle.open(newcomer("Other Tom")).await.unwrap();
    for id in [id, other] {
        let text = if id == other { "keepsake text" } else { "markermaya wants a refund" };
        handle.say(id, None, text.into(), false).await.unwrap();
    }
    let admin = Viewer { operator: "root".parse().unwrap(), role: Role::Admin, ..viewer(&handle, false) };
    let words = |words: &str| Query::History { words: words.into() };
    let (Page::History(found), _) = handle.ask(&admin, words("markermaya"), None).await else { panic!() };
    assert_eq!(found.len(), 1, "the index knows the text before");
    handle.draft(&admin, id, Audience::Note, "markermaya is angry".into()).await;
    let customer = handle.shared.replica.customer_of(id).unwrap();
    let supervisor = viewer(&handle, false);
    let refused = handle.command(&supervisor, key("e-1"), None, ConsoleCommand::Erase(customer)).await;
    assert!(matches!(refused, Err(Rejected::Refused(Refusal::RoleNeeded { .. }))), "{refused:?}");
    handle.command(&admin, key("e-1"), None, ConsoleCommand::Erase(customer)).await.unwrap();
    assert!(handle.state(id).is_none());
    service.stop().await.unwrap();
    for marker in ["markermaya", "marker maya"] {
        assert!(!holds(folder.path(), marker.as_bytes()), "{marker}");
    }
    assert!(holds(folder.path(), b"keepsake"), "the index holds the words of the others");

    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    assert!(handle.state(id).is_none() && handle.state(other).is_some());
    let (Page::Session(frames), _) = handle.ask(&admin, Query::Session { conversation: id.to_string() }, None).await
    else {
        panic!("no session")
    };
    assert!(!format!("{frames:?}").contains("markermaya"), "replay shows that it was erased");
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_was_recorded_and_not_done_is_done_at_the_next_start() {
    use crate::domain::envelope::{Actor, Envelope};
    use crate::domain::event::CustomerEvent;
    use crate::store::folder::DataFolder;
    use crate::store::journal::JournalRead as _;
    use crate::store::journal::sqlite::{self, SqliteJournal};
    use crate::store::vault::Vault;

    let folder = tempfile::tempdir().unwrap();
    let (handle, service) = Service::start(options(Some(folder.path()))).unwrap();
    let id = handle.open(newcomer("Marker Maya")).await.unwrap();
    handle.say(id, None, "markermaya wants a refund".into(), false).await.unwrap();
    let customer = handle.shared.replica.customer_of(id).unwrap();
    service.stop().await.unwrap();
    {
        // As a process leaves it that dies between the record and the destruction of the key.
        let data = DataFolder::open(folder.path()).unwrap();
        let floor = options(None).bundle.house.name;
        let vault = Vault::open(&data.vault()).unwrap();
        let mut journal =
            SqliteJournal::open(&data.journal(), floor.clone(), vault.clone(), sqlite::Options::default()).unwrap();
        let head = journal.head().unwrap();
        let at = journal.read(Seq(head.seq.0 - 1), 1).unwrap().first().unwrap().at;
        let event = CustomerEvent::Erased { customer }.into();
        let (seq, actor, subject) = (head.seq.next(), Actor::Floor, Some(customer));
        journal.append(&[Envelope { floor, seq, at, actor, cause: None, key: None, subject, event }]).unwrap();
        assert!(vault.key(customer).unwrap().is_some(), "the key lives");
    }
    let (_, service) = Service::start(options(Some(folder.path()))).unwrap();
    service.stop().await.unwrap();
    let vault = Vault::open(&DataFolder::open(folder.path()).unwrap().vault()).unwrap();
    assert!(vault.key(customer).unwrap().is_none(), "the key is dead");
    assert!(!holds(folder.path(), b"markermaya"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_offered_words_filled_with_what_is_known() {
    let (handle, _service) = Service::start(options(None)).unwrap();
    let id = handle.open(newcomer("Maya")).await.unwrap();
    handle.say(id, None, "Hello, how long do I have to return something?".into(), false).await.unwrap();
    let ana = viewer(&handle, false);
    let (Page::Replies(of, choices), None) = handle.ask(&ana, Query::Replies { conversation: id }, None).await else {
        panic!("replies");
    };
    assert_eq!(of, id);
    let hello = choices.iter().find(|choice| choice.name.as_str() == "hello").unwrap();
    assert!(hello.text.as_str().starts_with("Hello Maya, this is Ana."), "{hello:?}");
    let refund = choices.iter().find(|choice| choice.name.as_str() == "refund-sent").unwrap();
    assert_eq!(refund.open, ["order"], "nobody has named an order: {refund:?}");
    assert!(refund.text.as_str().contains("{order}"), "{refund:?}");
    let cited = choices.iter().find(|choice| choice.citation.is_some()).expect("an article fits the question");
    assert!(cited.text.as_str().to_lowercase().contains("return"), "{cited:?}");
    let looks = Viewer { role: Role::Observer, ..viewer(&handle, false) };
    let (page, _) = handle.ask(&looks, Query::Replies { conversation: id }, None).await;
    assert!(matches!(page, Page::Nothing(_)), "{page:?}");
}
