//! A deployment is changed while its floor lives: what that means is told before, who is under way stays on
//! the flows they are on, and there is a way back.

use std::fs;
use std::path::Path;

use baton::client::customer::Access;
use baton::client::rest;
use baton::domain::event::{Event, FloorEvent};
use serde_json::Value;

use super::killed::{Server, baton};
use super::models::{CRASH, customer, journal};
use super::sockets::Customer;

/// What the second question of the flow says, before and after.
const OLD: &str = "close the app completely";
const NEW: &str = "take the battery out";

fn run(home: &Path, args: &[&str]) -> (bool, String) {
    let done = baton(home).args(args).output().unwrap();
    let words = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.success(), words)
}

fn json(home: &Path, args: &[&str]) -> Value {
    let done = baton(home).args(args).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn edit(home: &Path, file: &str, from: &str, to: &str) {
    let path = home.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Until the first question of the flow was asked.
async fn begin(customer: &mut Customer) {
    customer.say("m1", CRASH).await.unwrap();
    customer.until_read("7.4.1").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_told_applied_and_taken_back_while_customers_converse() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    assert!(run(home, &["init", "."]).0);
    assert!(run(home, &["apply"]).1.contains("no floor has run here"));
    let mut server = Server::start(home);
    assert!(run(home, &["apply"]).1.contains("nothing differs from edition 1"));
    let (_, mut before) = customer(&server.address).await;
    begin(&mut before).await;

    edit(home, "playbooks/app-crash.toml", OLD, NEW);
    edit(home, "agents/technical.toml", "name = \"technical\"\n", "name = \"technical\"\npace-ms = 1\n");
    // What the technical specialist took is the sales desk's from now on.
    let technical = fs::read_to_string(home.join("agents/technical.toml")).unwrap();
    let at = technical.find("name = \"app-crash\"").unwrap();
    let from = technical[..at].rfind("[[intents]]").unwrap();
    let to = technical[at..].find("[[intents]]").map_or(technical.len(), |next| at + next);
    let dry = json(home, &["apply", "--dry-run", "--json"]);
    let told: Vec<&str> = dry["changes"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(told, ["agents/technical.toml", "playbooks/app-crash.toml"]);
    assert_eq!(
        (&dry["applied"], &dry["looked_at"], dry["moved"].as_array().unwrap().len()),
        (&Value::Null, &1.into(), 0)
    );
    // Who gets it under other files is told too.
    fs::write(home.join("agents/technical.toml"), format!("{}{}", &technical[..from], &technical[to..])).unwrap();
    let sales = fs::read_to_string(home.join("agents/sales.toml")).unwrap();
    let may = sales.replacen("tools = [", "tools = [\"status.get\", ", 1);
    fs::write(home.join("agents/sales.toml"), format!("{may}\n{}", &technical[from..to])).unwrap();
    let (_, words) = run(home, &["apply", "--dry-run"]);
    assert!(
        words.contains("of the last 1 conversations 1 would go elsewhere") && words.contains("technical -> sales"),
        "{words}"
    );
    fs::write(home.join("agents/technical.toml"), &technical).unwrap();
    fs::write(home.join("agents/sales.toml"), &sales).unwrap();

    let (done, words) = run(home, &["apply"]);
    assert!(done && words.contains("edition 2 is in force"), "{words}");
    let (_, mut after) = customer(&server.address).await;
    begin(&mut after).await;
    before.say("m2", "no").await.unwrap();
    before.until_read(OLD).await.unwrap();
    after.say("m2", "no").await.unwrap();
    after.until_read(NEW).await.unwrap();

    let log = json(home, &["policy", "log", "--json"]);
    assert_eq!(log.as_array().unwrap().len(), 2);
    assert_eq!((&log[0]["by"], &log[0]["in_force"], &log[1]["in_force"]), (&Value::Null, &false.into(), &true.into()));
    assert!(log[1]["by"].is_string() && log[1]["changes"].as_array().unwrap().len() == 2, "{log}");
    assert!(run(home, &["policy", "rollback", "2"]).1.contains("is what is in force"));
    assert!(run(home, &["policy", "rollback", "7"]).1.contains("there is no edition 7"));
    let (done, words) = run(home, &["policy", "rollback", "1", "--files"]);
    assert!(done, "{words}");
    assert!(fs::read_to_string(home.join("playbooks/app-crash.toml")).unwrap().contains(OLD));
    let (_, mut last) = customer(&server.address).await;
    begin(&mut last).await;
    last.say("m2", "no").await.unwrap();
    last.until_read(OLD).await.unwrap();
    server.stop();

    // A later life begins with the files as they are, which is what was in force.
    Server::start(home).stop();
    let adopted =
        journal(home).iter().filter(|one| matches!(one.event, Event::Floor(FloorEvent::Adopted { .. }))).count();
    assert_eq!(adopted, 3);
    assert!(run(home, &["apply"]).1.contains("nothing differs from edition 3"));
    edit(home, "playbooks/app-crash.toml", OLD, NEW);
    let (done, words) = run(home, &["apply"]);
    assert!(!done && words.contains("no floor runs"), "{words}");
    edit(home, "playbooks/app-crash.toml", "call = \"status.get\"", "call = \"status.gets\"");
    let (done, words) = run(home, &["apply"]);
    assert!(!done && words.contains("playbooks/app-crash.toml:"), "{words}");
}

/// A conversation that was greeted, with what its customer needs to come back.
struct Greeted {
    conversation: String,
    token: String,
    /// By the edition that is rolled out.
    beta: bool,
}

async fn greeted(server: &Server) -> Greeted {
    let minted = rest::mint(&server.address, None, None).await.unwrap();
    let mut who = Greeted { conversation: minted.conversation, token: minted.token, beta: false };
    let mut customer = who.back(server);
    customer.until_read("an AI assistant").await.unwrap();
    who.beta = customer.read[0].text.contains("BETA");
    who
}

impl Greeted {
    fn back(&self, server: &Server) -> Customer {
        let (conversation, token) = (self.conversation.clone(), self.token.clone());
        Customer::with(&server.address, Access::Conversation { conversation, token })
    }
}

/// So many conversations begin with a share of a half that one without any of it is one floor in a million.
const SHARED: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_for_a_share_of_new_conversations_survives_a_restart_is_compared_widened_and_taken_back() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    assert!(run(home, &["init", "."]).0);
    let mut server = Server::start(home);
    let early = greeted(&server).await;
    begin(&mut early.back(&server)).await;
    let first = fs::read_to_string(home.join("baton.toml")).unwrap();
    let greeting = first.lines().find(|line| line.starts_with("greeting")).unwrap().to_owned();
    edit(home, "baton.toml", &greeting, "greeting = \"BETA here. I'm an AI assistant.\"");
    edit(home, "playbooks/app-crash.toml", OLD, NEW);

    // Seats are the floor's: they cannot be rolled out, and the sentence names them.
    let agent = fs::read_to_string(home.join("agents/technical.toml")).unwrap();
    let seats = agent.lines().find(|line| line.starts_with("capacity")).unwrap();
    edit(home, "agents/technical.toml", seats, "capacity = 7");
    let (done, words) = run(home, &["apply", "--percent", "50"]);
    assert!(!done && words.contains("holds for the whole floor: technical: capacity"), "{words}");
    edit(home, "agents/technical.toml", "capacity = 7", seats);
    assert!(!run(home, &["apply", "--percent", "0"]).0);
    assert!(run(home, &["apply", "--segment", "mood=low"]).1.contains("tier=vip"));

    let (done, words) = run(home, &["apply", "--percent", "50"]);
    assert!(done && words.contains("50 % of new conversations begin on edition 2 from now on"), "{words}");
    let mut on = Vec::new();
    for _ in 0..SHARED {
        on.push(greeted(&server).await);
    }
    let beta = on.iter().filter(|who| who.beta).count();
    assert!(beta > 0 && beta < SHARED, "{beta} of {SHARED}");

    // A restart with the very files of the share widens nothing and takes nobody off their edition.
    server.stop();
    let mut server = Server::start(home);
    let log = json(home, &["policy", "log", "--json"]);
    assert_eq!(log.as_array().unwrap().len(), 2, "{log}");
    assert_eq!((&log[0]["in_force"], &log[1]["in_force"]), (&true.into(), &false.into()));
    assert_eq!(log[1]["share"]["percent"], 50);
    assert_eq!((&log[0]["live"], &log[1]["live"]), (&(1 + SHARED - beta).into(), &beta.into()));
    // Agents, flows and triage of a conversation are its edition's, for the whole of it.
    let mut answered = std::collections::BTreeSet::new();
    for who in &on {
        if answered.insert(who.beta) {
            let mut back = who.back(&server);
            begin(&mut back).await;
            back.say("m2", "no").await.unwrap();
            back.until_read(if who.beta { NEW } else { OLD }).await.unwrap();
            back.say("m3", "I want to talk to a human").await.unwrap();
            back.until_read("asked a colleague to join").await.unwrap();
        }
    }
    let log = json(home, &["policy", "log", "--json"]);
    let compared = &log[1]["compared"];
    assert_eq!((&compared["share"]["began"], &compared["rest"]["began"]), (&beta.into(), &(SHARED - beta).into()));
    assert_eq!((&compared["share"]["to_a_human"], &compared["rest"]["to_a_human"]), (&1.into(), &1.into()));
    assert!(run(home, &["policy", "log"]).1.contains("while edition 2 was rolled out"));

    // Taken back, it is for new ones alone.
    let (done, words) = run(home, &["policy", "rollback", "1"]);
    assert!(done && words.contains(&format!("the {beta} that began on edition 2 stay on it")), "{words}");
    for _ in 0..SHARED / 2 {
        assert!(!greeted(&server).await.beta, "the share was taken back");
    }
    let log = json(home, &["policy", "log", "--json"]);
    assert_eq!((&log[1]["live"], &log[1]["share"]), (&beta.into(), &Value::Null));

    // Without a share it is everybody's, and who was on either goes on with its flows.
    assert!(run(home, &["apply", "--percent", "1"]).0);
    let (done, words) = run(home, &["apply"]);
    assert!(done && words.contains("in force for everybody"), "{words}");
    assert!(greeted(&server).await.beta);
    let mut early = early.back(&server);
    early.say("m2", "no").await.unwrap();
    early.until_read(OLD).await.unwrap();
    let log = json(home, &["policy", "log", "--json"]);
    let live: Vec<&Value> = log.as_array().unwrap().iter().map(|row| &row["live"]).collect();
    assert_eq!(live, [&Value::from(0), &0.into(), &(1 + SHARED + SHARED / 2 + 1).into()], "{log}");
    server.stop();
}
