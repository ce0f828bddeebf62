//! Erasure over every event there is: a customer whose words stand in each of them is forgotten by
//! the running product, and no file of the data folder holds one of those words.
//!
//! The journal is written by hand, so that no variant is missing; snapshot, unsent texts and logs
//! are made of it by the server itself.

mod people;
mod story;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use baton::client::Address;
use baton::domain::command::{CustomerAct, OperatorAct};
use baton::domain::customer::Tier;
use baton::domain::envelope::Envelope;
use baton::domain::event::Event;
use baton::domain::id::{ApprovalId, CustomerId, FloorName, Seq};
use baton::protocol::console::{Audience, ConsoleRequest};
use baton::store::chain::Head;
use baton::store::folder::DataFolder;
use baton::store::history::History;
use baton::store::journal::sqlite::{Options, SqliteJournal};
use baton::store::journal::{Journal, JournalRead};
use baton::store::vault::Vault;
use serde_json::Value;

use super::floor::{Said, TestFloor, analysis};
use super::killed::{Server, baton};
use super::sockets::Desk;
use story::{Story, unfilled};

/// Bytes of a marker that are looked for. An index keeps of a word only what differs from the word
/// before it, so the beginning of a marker may be missing where the marker is.
const NEEDLE: usize = 12;

fn floor() -> FloorName {
    "northwind".parse().unwrap()
}

/// Of these texts, those whose last bytes stand in a file of the folder, with the file; upper and lower case alike.
fn found<'a>(folder: &Path, texts: &[&'a [u8]]) -> Vec<(&'a [u8], String)> {
    let mut hits = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            hits.extend(found(&path, texts));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let lower = bytes.to_ascii_lowercase();
        let there: HashSet<&[u8]> = bytes.windows(NEEDLE).chain(lower.windows(NEEDLE)).collect();
        let held = texts.iter().filter(|text| there.contains(&text[text.len() - NEEDLE..]));
        hits.extend(held.map(|text| (*text, path.display().to_string())));
    }
    hits
}

/// Every word about a customer that may stand in a file: in the journal, and in an unsent text.
fn markers(story: &Story) -> Vec<&[u8]> {
    story.markers.iter().chain([&story.draft]).map(String::as_bytes).collect()
}

fn open(folder: &DataFolder) -> (Vault, SqliteJournal) {
    let vault = Vault::open(&folder.vault()).unwrap();
    let journal = SqliteJournal::open(&folder.journal(), floor(), vault.clone(), Options::default()).unwrap();
    (vault, journal)
}

/// What of these markers the journal gives back to whoever reads it.
fn readable(journal: &[Envelope], story: &Story) -> usize {
    let all: String = journal.iter().map(|envelope| serde_json::to_string(envelope).unwrap()).collect();
    story.markers.iter().filter(|marker| all.contains(*marker)).count()
}

/// What of these markers the index finds.
fn searchable(folder: &DataFolder, story: &Story) -> usize {
    let history = History::open(&folder.history(), floor()).unwrap();
    story.markers.iter().filter(|marker| !history.search(marker, None, 5).unwrap().is_empty()).count()
}

/// Writes the stories of both; the key of the one who will be forgotten.
fn write(folder: &DataFolder) -> (Story, Story, Vec<u8>) {
    let (vault, mut journal) = open(folder);
    let (ada, key) = vault.fresh().unwrap();
    let (bo, _) = vault.fresh().unwrap();
    let (ada, bo) = (Story::of(ada, "ada", 1), Story::of(bo, "bo", 2));
    let house = story::house().into_iter().map(|event| (None, event));
    let told = [&ada, &bo].map(|story| story.events.iter().map(|event| (Some(story.customer), event.clone())));
    let all: Vec<(Option<CustomerId>, Event)> = house.chain(told.into_iter().flatten()).collect();
    let envelopes: Vec<Envelope> = all
        .into_iter()
        .zip(1..)
        .map(|((customer, event), seq)| story::envelope(&floor(), seq, customer, event))
        .collect();
    for envelope in &envelopes {
        assert_eq!(unfilled(envelope, &[&ada, &bo]), Vec::<String>::new(), "{}: has no marker", envelope.event.kind());
    }
    journal.append(&envelopes).unwrap();
    // Before anybody is forgotten: all of it can be read, and none of it stands there in the open.
    let read = journal.read(Seq(0), envelopes.len() + 1).unwrap();
    assert_eq!(read, envelopes);
    assert_eq!((readable(&read, &ada), readable(&read, &bo)), (ada.markers.len(), bo.markers.len()));
    (ada, bo, key.expose().to_vec())
}

/// An unsent text of an operator about this customer, kept by the server.
async fn draft(address: &Address, folder: &DataFolder, story: &Story) {
    let desk = Desk::connect(address, &folder.admin_token().unwrap());
    let (conversation, text) = (story.live, story.draft.as_str().into());
    desk.request(ConsoleRequest::Draft { conversation, audience: Audience::Note, text }).await;
    // Requests of one console are taken in order: after this answer the draft is kept.
    let note = OperatorAct::Note { conversation, text: "looked at".into() };
    desk.act(format!("note-{}", story.customer), note).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_forgotten_customer_no_word_of_any_event_is_in_any_file() {
    let home = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(home.path()).unwrap();
    let (ada, bo, key) = write(&folder);
    let none: Vec<(&[u8], String)> = Vec::new();
    assert_eq!(found(home.path(), &[markers(&ada), markers(&bo)].concat()), none, "in the open before any index");

    let mut server = Server::start(home.path());
    draft(&server.address, &folder, &ada).await;
    draft(&server.address, &folder, &bo).await;
    server.stop();
    // The server fills the index when it is idle; here it is full for certain.
    let (_, mut journal) = open(&folder);
    History::open(&folder.history(), floor()).unwrap().catch_up(&mut journal).unwrap();
    drop(journal);
    // The search can find: the index holds words in the open. What is sealed it does not find.
    let indexed = found(home.path(), &markers(&ada));
    assert!(indexed.len() > 5 && indexed.iter().all(|(_, file)| file.contains("history.db")), "{indexed:?}");
    assert!(searchable(&folder, &ada) > 5);
    assert_eq!(found(home.path(), &[&key]).len(), 1, "the vault holds the key");
    for file in [folder.snapshot(), home.path().join("desk.sealed"), folder.log()] {
        assert!(file.exists(), "{} is not there, so it proves nothing", file.display());
    }

    let mut server = Server::start(home.path());
    let told = baton(home.path()).args(["customer", "erase", &ada.customer.to_string(), "--yes"]).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    server.stop();
    let mut wanted = markers(&ada);
    wanted.push(&key);
    assert_eq!(found(home.path(), &wanted), none);
    // A later life finds nothing to bring back, nor does an operator.
    let mut server = Server::start(home.path());
    let desk = Desk::connect(&server.address, &folder.admin_token().unwrap());
    assert_eq!(desk.drafts().await, std::slice::from_ref(&bo.draft));
    server.stop();
    assert_eq!(found(home.path(), &wanted), none);
    assert_eq!(searchable(&folder, &ada), 0);
    assert!(searchable(&folder, &bo) > 5, "the index holds the words of the others");

    let (_, mut journal) = open(&folder);
    let anchor = Head::anchored(&folder.anchor()).unwrap();
    assert!(anchor.is_some());
    assert_eq!(journal.verify(anchor).damage, None);
    let read = journal.read(Seq(0), 10_000).unwrap();
    assert_eq!((readable(&read, &ada), readable(&read, &bo)), (0, bo.markers.len()));
    let kinds: BTreeSet<&str> = read.iter().map(|envelope| envelope.event.kind()).collect();
    let missing: Vec<_> = Event::KINDS.concat().into_iter().filter(|kind| !kinds.contains(kind)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "an event that nobody has looked for");
    let mut of_ada: HashMap<&str, usize> = HashMap::new();
    for envelope in read.iter().filter(|envelope| envelope.subject == Some(ada.customer)) {
        *of_ada.entry(envelope.event.kind()).or_default() += 1;
    }
    println!("{} markers in {} kinds of {}: 0 hits", ada.markers.len(), of_ada.len(), Event::KINDS.concat().len());
}

/// What a story leaves in the journal for everybody to read: a refund of that order, asked, allowed and paid.
fn in_the_open(order: &str) -> (Vec<Value>, Vec<Value>) {
    let mut floor = TestFloor::new();
    let customer = CustomerId::from_random([7; 16]);
    floor.vault.adopt(customer).unwrap();
    let conversation = floor.open_for(customer, 1, Tier::Standard, true);
    let said = Said {
        text: format!("call:refunds.create amount:49.90 order:{order}"),
        intent: Some("refund".to_owned()),
        ..Said::default()
    };
    let (text, analysis) = (said.text.as_str().into(), Box::new(analysis(&said)));
    floor
        .customer(customer, None, CustomerAct::Say { conversation, text, analysis, typing: false, files: Vec::new() })
        .unwrap();
    let yes = OperatorAct::Decide { approval: ApprovalId(1), approve: true, reason: None, amount: None };
    floor.operator("ana", None, None, yes).unwrap();
    let given = [("order".parse().unwrap(), order.to_owned().into())].into();
    floor.come_back(baton::domain::tool::ToolOutcome::Done(given)).unwrap();
    let whole: Vec<Value> = floor.log.iter().map(|envelope| serde_json::to_value(envelope).unwrap()).collect();
    let mut open = whole.clone();
    open.iter_mut().for_each(close);
    (whole, open)
}

/// Takes every personal value out.
fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "$personal" { *field = Value::Null } else { close(field) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A word that leaves a trace in the open, were it only a digest, can be guessed and the guess be confirmed.
#[test]
fn what_stands_in_the_open_does_not_depend_on_what_was_said() {
    let ((whole, open), (other_whole, other_open)) = (in_the_open("qwertz"), in_the_open("asdfgh"));
    assert_ne!(whole, other_whole, "nothing was said, so this proves nothing");
    for (one, other) in open.iter().zip(&other_open) {
        assert_eq!(one, other, "this event tells which order it was");
    }
    assert_eq!(open.len(), other_open.len());
}

#[test]
fn records_that_hold_the_old_digest_of_a_call_are_still_read() {
    let (whole, _) = in_the_open("1182");
    let mut read = 0;
    for mut value in whole {
        let now: Envelope = serde_json::from_value(value.clone()).unwrap();
        let digest = Value::from("00112233445566778899aabbccddeeff");
        let event = &mut value["event"];
        if event["tool"]["called"].is_object() {
            event["tool"]["called"]["subject"] = digest;
        } else if event["approval"]["asked"].is_object() {
            event["approval"]["asked"]["waiting"]["subject"] = digest;
        } else {
            continue;
        }
        assert_eq!(serde_json::from_value::<Envelope>(value).unwrap(), now);
        read += 1;
    }
    assert_eq!(read, 2);
}
