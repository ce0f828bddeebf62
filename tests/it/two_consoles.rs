//! Two operators at two real consoles against one served floor: what one does the other reads, and
//! the customer reads word for word what was meant for them.
//!
//! The terminals are those of `terminal.rs`: keys insist until the screen shows what they bring, and
//! no timing decides.

use std::path::Path;

use baton::client::customer::Access;
use baton::client::{Address, rest};
use baton::protocol::customer::SpeakerKind;

use super::killed::{Server, baton};
use super::sockets::Customer;
use super::terminal::Terminal;

/// A file with a token of somebody of the roster.
fn token(home: &Path, name: &str) -> String {
    let made = baton(home).args(["operators", "add", name, "--json"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let path = home.join(format!("{name}.token"));
    std::fs::write(&path, made["token"].as_str().unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

async fn guest(address: &Address) -> Customer {
    let minted = rest::mint(address, None, None).await.unwrap();
    let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
    Customer::with(address, access)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_does_the_other_reads_and_the_customer_reads_no_more_than_was_meant() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let mut customer = guest(&server.address).await;
    customer.say("one", "what can you do?").await.unwrap();
    customer.until_stored("one").await.unwrap();
    while !customer.read.iter().any(|read| read.by == SpeakerKind::Ai) {
        customer.hear().await.unwrap();
    }
    let begun = customer.read.len();
    let (ana_token, ben_token) = (token(home.path(), "ana"), token(home.path(), "ben"));
    let mut ana = Terminal::as_operator(home.path(), &ana_token);
    let mut ben = Terminal::as_operator(home.path(), &ben_token);
    for console in [&ana, &ben] {
        console.until("what can you do?");
    }
    // Each is told that the other looks; the customer is not.
    ana.until("ben watches");
    ben.until("ana watches");

    // Whisper: the customer does not see it, the colleague does.
    ana.does("W", "WHISPER to");
    ana.types("be very brief please", "be very brief please");
    ana.does("\r", "you be very brief please");
    ana.does("\x1b", "COMPOSER");
    ben.until("be very brief please");

    // Gate: the next draft waits; its words are on both screens and not at the customer's.
    ana.does("D", "gate off");
    customer.say("two", "are you a robot?").await.unwrap();
    customer.until_stored("two").await.unwrap();
    ana.until("draft waits for a person");
    ben.until("draft waits for a person");
    let before = customer.read.len();
    ana.does("A", "DRAFT for");
    ana.does("s", "reads it at once");
    ana.does("\r", "draft of triage sent by you");
    while customer.read.len() == before {
        customer.hear().await.unwrap();
    }
    ana.does("D", "D gate B barge");

    beside(&mut ana, &mut ben, &mut customer).await;

    // A claim is decided once: ben has it, and ana, who is a supervisor, reads who.
    ben.does("T", "undo: take over");
    ana.until("ben holds");
    ben.until("pass 2");
    // Undone before the customer heard of it, at a new epoch; where the machine stood still for longer
    // than the grace, it is handed back. Then it is ana who takes it.
    if ben.brings("z", &["pass 3", "nothing to undo"]) == 1 {
        ben.does("H", "HAND BACK");
        ben.does("\r", "pass 3");
    }
    ana.until("pass 3");
    ana.does("T", "undo: take over");
    ben.until("ana holds");

    asked_and_taken(&mut ana, &mut ben);

    ana.does("r", "REPLY to");
    ana.types("I am Ana, a person.", "I am Ana, a person.");
    ana.does("\r", "you I am Ana, a person.");
    customer.until_read("I am Ana, a person.").await.unwrap();
    ben.until("ana I am Ana, a person.");
    ana.does("\x1b", "COMPOSER");
    ana.does("H", "HAND BACK");
    ana.does("\r", "T take over");
    customer.until_read("is with you again").await.unwrap();

    let said: Vec<(SpeakerKind, &str)> =
        customer.read[begun..].iter().map(|read| (read.by, read.text.as_str())).collect();
    let people: Vec<&str> = said.iter().filter(|(by, _)| *by == SpeakerKind::Human).map(|(_, text)| *text).collect();
    assert_eq!(people, ["A person here, beside.", "I am Ana, a person."], "{said:#?}");
    assert_eq!(said.iter().filter(|(by, _)| *by == SpeakerKind::Ai).count(), 1, "{said:#?}");
    assert!(!said.iter().any(|(_, text)| text.contains("brief")), "{said:#?}");
    assert!(ben.quits().success());
    assert!(ana.quits().success());
}

/// Ben may not take it from ana, he asks and she gives it; ana leads, and takes it back for a reason that he reads.
fn asked_and_taken(ana: &mut Terminal, ben: &mut Terminal) {
    ben.does("T", "ask ana for it");
    assert!(!ben.has("take it now"), "a responder asks, and does not take");
    ben.confirms("ben asks ana for it");
    ana.until("ben asks ana for it");
    ana.does("A", "ben ASKS FOR");
    ana.does("g", "ben answers");
    ana.confirms("ana gives it to ben");
    ana.until("ben holds");
    ben.until("you hold");
    ana.does("T", "ask ben for it");
    ana.does("t", "at once; ben");
    ana.does("\t", "reason: ▏");
    ana.types("I know her case", "I know her case");
    ana.confirms("ana takes it from ben: I know her case");
    ben.until("ana takes it from ben: I know her case");
    ben.until("ana holds");
}

/// Barge: ana speaks beside the agent, who keeps the baton and keeps still; ben reads who does, and that
/// she is writing.
async fn beside(ana: &mut Terminal, ben: &mut Terminal, customer: &mut Customer) {
    ana.does("B", "BARGE beside triage");
    ben.until("ana speaks");
    ana.types("A person here, beside.", "A person here, beside.");
    ben.until("ana writes …");
    ana.does("\r", "BARGE in ");
    ana.does("\r", "you A person here, beside.");
    customer.until_read("A person here, beside.").await.unwrap();
    ben.until("beside the holder");
    ben.does("B", "this needs the role Supervisor");
    ana.does("\x1b", "COMPOSER");
    ana.does("B", "B barge T take over");
    ben.until("ana watches");
}
