//! A deployment is changed while its floor lives: what that means is told before, who is under way stays on
//! the flows they are on, and there is a way back.

use std::fs;
use std::path::Path;

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
