//! Tools of other services: an agent of a model calls them over HTTP and over MCP, well and badly, and what
//! acts is done once.

mod mcp;
mod together;
mod traces;

use std::fs;
use std::path::Path;
use std::process::Command;

use baton::domain::envelope::Envelope;
use baton::domain::event::{CallEnd, Event, ToolEvent};
use serde_json::{Value, json};

use super::killed::{Server, baton};
use super::models::provider::{Asked, Part, Provider, Wire, answer};
use super::models::{CRASH, customer, found, journal};

/// A key that must stand nowhere but in the header of a call.
const KEY: &str = "crm-loopback-7713-never-shown";

/// A deployment whose technical specialist is of the model at that address and may call these tools.
fn deploy(home: &Path, model: &str, tools: &[&str], lines: &str) {
    assert!(baton(home).args(["init", "."]).output().unwrap().status.success());
    fs::write(home.join("key.txt"), KEY).unwrap();
    let house = fs::read_to_string(home.join("baton.toml")).unwrap();
    let (before, sentences) = house.split_once("[sentences]").unwrap();
    let table = format!("[[models]]\nname = \"fast\"\nkind = \"openai\"\nbase-url = \"{model}\"\nmodel = \"m\"\n");
    fs::write(home.join("baton.toml"), format!("{before}{table}\n[sentences]{sentences}")).unwrap();
    let file = home.join("agents/technical.toml");
    let agent = fs::read_to_string(&file).unwrap();
    let may: Vec<String> = tools.iter().map(|tool| format!("\"{tool}\", ")).collect();
    let may = may.concat();
    fs::write(&file, format!("models = [\"fast\"]\n{}", agent.replacen("tools = [", &format!("tools = [{may}"), 1)))
        .unwrap();
    let file = home.join("tools.toml");
    let before = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{before}\n{lines}")).unwrap();
    let checked = baton(home).arg("check").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// The tools of a customers' service at that address.
fn crm(home: &Path, url: &str) -> String {
    let key = home.join("key.txt").display().to_string();
    format!(
        "[[servers]]\nname = \"crm\"\nkind = \"http\"\nurl = \"{url}/api\"\nkey-file = \"{key}\"\ntimeout-ms = 400\n\
         [[tools]]\nname = \"crm.order\"\nidentity = \"anonymous\"\nneeds = [\"order\"]\n\
         [tools.args]\norder = {{ max = 20 }}\nexpand = {{ one-of = [\"lines\", \"none\"] }}\n\
         [[tools]]\nname = \"crm.note\"\nidentity = \"anonymous\"\nside-effect = true\noutward = false\nreconcile = true\nneeds = [\"order\", \"days\"]\n\
         daily-calls = 2\n[tools.args]\ndays = {{ kind = \"integer\", max = 30 }}\n\
         [[calls]]\ntool = \"crm.order\"\nserver = \"crm\"\npath = \"/orders/{{order}}\"\nresults = {{ state = \"/status/text\" }}\n\
         [[calls]]\ntool = \"crm.note\"\nserver = \"crm\"\nmethod = \"post\"\npath = \"/orders/{{order}}/notes\"\nargs = {{ days = \"daysLeft\" }}\n"
    )
}

/// A model that calls `tool` once and then tells what it was given.
fn calling(tool: &'static str, args: Value) -> impl Fn(&Asked) -> Vec<Part> + Send + Sync {
    move |asked: &Asked| match gave(asked) {
        None => answer(Wire::Openai, "", &[(tool, args.clone())]),
        Some(gave) => answer(Wire::Openai, &format!("Told: {}.", gave.replace(['<', '>'], " ")), &[]),
    }
}

/// What the last call of a question gave.
fn gave(asked: &Asked) -> Option<String> {
    let messages = asked.body["messages"].as_array()?;
    let last = messages.iter().rev().find(|message| message["role"] == "tool")?;
    last["content"].as_str().map(str::to_owned)
}

/// A good answer of JSON.
fn ok(body: &Value) -> Vec<Part> {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    vec![Part::Bytes(format!("{head}{body}").into_bytes())]
}

fn failing(code: u16, body: &str) -> Vec<Part> {
    let head = format!("HTTP/1.1 {code} No\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    vec![Part::Bytes(format!("{head}{body}").into_bytes())]
}

/// How a service answers.
type Answers = Box<dyn Fn() -> Vec<Part> + Send + Sync>;

fn ends(journal: &[Envelope]) -> Vec<CallEnd> {
    let end = |envelope: &Envelope| {
        let Event::Tool(ToolEvent::Returned { end, .. }) = &envelope.event else { return None };
        Some(*end)
    };
    journal.iter().filter_map(end).collect()
}

/// The value of a header.
fn header(asked: &Asked, name: &str) -> String {
    let line = asked.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
    line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_over_http_carries_key_identity_and_arguments_and_gives_what_is_pointed_at() {
    let home = tempfile::tempdir().unwrap();
    let service = Provider::start(|_: &Asked| ok(&json!({ "status": { "text": "on its way" }, "secret": "x" }))).await;
    let args = json!({ "order": "11/82?a=b", "expand": "lines" });
    let model = Provider::start(calling("crm__order", args)).await;
    deploy(home.path(), &model.url, &["crm.order"], &crm(home.path(), &service.url));
    let mut server = Server::start(home.path());
    let (id, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("on its way").await.unwrap();
    server.stop();
    let asked = service.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].path, "/api/orders/11%2F82%3Fa=b?expand=lines");
    assert_eq!(header(&asked[0], "authorization"), format!("Bearer {KEY}"));
    assert_eq!(header(&asked[0], "baton-identity"), "anonymous");
    assert_eq!(header(&asked[0], "baton-agent"), "technical");
    assert_eq!(header(&asked[0], "idempotency-key"), format!("{id}-t-1"));
    assert!(!gave(model.asked().last().unwrap()).unwrap().contains("secret"), "only what is pointed at");
    assert!(!found(home.path(), KEY), "the key stands in a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_service_does_the_customer_is_told_something_true() {
    let html = "<html>".repeat(100_000);
    let cases: Vec<(&str, CallEnd, Answers)> = vec![
        ("silent", CallEnd::Failed, Box::new(|| vec![Part::Silence])),
        ("busy", CallEnd::Failed, Box::new(|| failing(429, ""))),
        ("broken", CallEnd::Failed, Box::new(|| failing(500, "oops"))),
        ("locked", CallEnd::Failed, Box::new(|| failing(401, ""))),
        ("long", CallEnd::Failed, Box::new(move || failing(200, &html))),
        ("gone", CallEnd::Declined, Box::new(|| failing(404, r#"{"detail":"there is no such order"}"#))),
        ("plain", CallEnd::Done, Box::new(|| failing(200, "it is in Leeds"))),
    ];
    let script: Vec<_> = cases.iter().map(|(name, ..)| *name).collect();
    let home = tempfile::tempdir().unwrap();
    let cases = std::sync::Arc::new(cases);
    let shared = std::sync::Arc::clone(&cases);
    let service = Provider::start(move |asked: &Asked| {
        let (_, _, act) = shared.iter().find(|(name, ..)| asked.path.ends_with(name)).unwrap();
        act()
    })
    .await;
    let model = Provider::start(move |asked: &Asked| match gave(asked) {
        None => {
            let which = script.iter().find(|name| asked.says(&format!("order {name}."))).unwrap();
            answer(Wire::Openai, "", &[("crm__order", json!({ "order": which }))])
        }
        Some(gave) => answer(Wire::Openai, &format!("Told: {gave}"), &[]),
    })
    .await;
    deploy(home.path(), &model.url, &["crm.order"], &crm(home.path(), &service.url));
    let mut server = Server::start(home.path());
    for (name, end, _) in cases.iter() {
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", &format!("{CRASH} with order {name}.")).await.unwrap();
        let words = match end {
            CallEnd::Failed => "nothing was done",
            CallEnd::Declined => "no such order",
            CallEnd::Done | CallEnd::Unknown | CallEnd::Refused => "in Leeds",
        };
        maya.until_read(words).await.unwrap();
    }
    server.stop();
    let expected: Vec<CallEnd> = cases.iter().map(|(_, end, _)| *end).collect();
    assert_eq!(ends(&journal(home.path())), expected);
    for (name, end, _) in cases.iter() {
        let times = service.asked().iter().filter(|asked| asked.path.ends_with(name)).count();
        assert_eq!(times, if *end == CallEnd::Failed { 3 } else { 1 }, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_acts_and_falls_silent_is_asked_for_under_its_key_and_done_once() {
    let home = tempfile::tempdir().unwrap();
    let service = Provider::start(|asked: &Asked| match asked.number {
        1 => vec![Part::Silence],
        _ => ok(&json!({ "noteId": 5 })),
    })
    .await;
    let model = Provider::start(calling("crm__note", json!({ "order": "1182", "days": 3 }))).await;
    deploy(home.path(), &model.url, &["crm.note"], &crm(home.path(), &service.url));
    let mut server = Server::start(home.path());
    let (_, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("note-id").await.unwrap();
    server.stop();
    let asked = service.asked();
    assert_eq!(asked.len(), 2);
    let keys: Vec<String> = asked.iter().map(|one| header(one, "idempotency-key")).collect();
    assert_eq!(keys[0], keys[1], "under another key it would be done twice");
    assert!(asked.iter().all(|one| one.head.starts_with("POST /api/orders/1182/notes ")));
    assert_eq!(asked[0].body, json!({ "daysLeft": 3 }));
    let journal = journal(home.path());
    assert_eq!(ends(&journal), [CallEnd::Done]);
    let unsettled = journal.iter().filter(|one| matches!(one.event, Event::Tool(ToolEvent::Unsettled { .. }))).count();
    assert_eq!(unsettled, 1, "it was not known for a while");
}

/// Nobody has said that the service does a thing once when it is asked for it twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_acts_at_a_service_that_promises_nothing_is_asked_once_stays_unknown_and_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let service = Provider::start(|_: &Asked| vec![Part::Silence]).await;
    let model = Provider::start(calling("crm__note", json!({ "order": "1182", "days": 3 }))).await;
    let lines = crm(home.path(), &service.url).replacen("reconcile = true\n", "", 1);
    deploy(home.path(), &model.url, &["crm.note"], &lines);
    let mut server = Server::start(home.path());
    let (id, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("nobody knows whether it was done").await.unwrap();
    let shown = baton(home.path()).args(["conversations", "show", &id.to_string()]).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("nobody knows whether it happened; check before anything else"), "{shown}");
    server.stop();
    // A later life does not ask either.
    Server::start(home.path()).stop();
    assert_eq!(service.asked().len(), 1, "it may have been done by the first");
    let journal = journal(home.path());
    assert_eq!(ends(&journal), [CallEnd::Unknown]);
    let asked_again = |one: &&Envelope| {
        matches!(
            one.event,
            Event::Tool(ToolEvent::Unsettled { .. } | ToolEvent::Reconciling { .. } | ToolEvent::Retried { .. })
        )
    };
    assert_eq!(journal.iter().filter(asked_again).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_told_what_is_wrong_with_its_arguments_and_nothing_is_called() {
    let home = tempfile::tempdir().unwrap();
    let service = Provider::start(|_: &Asked| ok(&json!({ "done": true }))).await;
    let model = Provider::start(|asked: &Asked| {
        if asked.says("has to be a whole number up to 30") {
            return answer(Wire::Openai, "I cannot do that for so long.", &[]);
        }
        answer(Wire::Openai, "", &[("crm__note", json!({ "order": "1182", "days": 31 }))])
    })
    .await;
    deploy(home.path(), &model.url, &["crm.note"], &crm(home.path(), &service.url));
    let mut server = Server::start(home.path());
    let (_, mut maya) = customer(&server.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("for so long").await.unwrap();
    server.stop();
    assert!(service.asked().is_empty());
}

/// What `baton tools import` writes is a deployment, and what is wrong in one is told by line.
#[test]
fn an_openapi_document_becomes_tools_that_wait_for_a_person() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    assert!(baton(home).args(["init", "."]).output().unwrap().status.success());
    let before = fs::read_to_string(home.join("tools.toml")).unwrap();
    let server = "\n[[servers]]\nname = \"crm\"\nkind = \"http\"\nurl = \"https://crm.example.com\"\n";
    fs::write(home.join("tools.toml"), format!("{before}{server}")).unwrap();
    let document = json!({
        "openapi": "3.1.0",
        "paths": { "/orders/{orderId}": {
            "parameters": [{ "name": "orderId", "in": "path", "schema": { "type": "string" } }],
            "get": { "operationId": "getOrder", "summary": "Where an order is", "parameters": [
                { "name": "X-Trace", "in": "header", "schema": { "type": "string" } },
                { "name": "limit", "in": "query", "schema": { "type": "integer", "maximum": 50 } }] },
            "patch": { "operationId": "changeOrder", "requestBody": { "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Change" } } } } },
        } },
        "components": { "schemas": { "Change": { "type": "object", "required": ["address"], "properties": {
            "address": { "type": "string", "maxLength": 80 }, "state": { "enum": ["open", "held"], "type": "string" } } } } },
    });
    fs::write(home.join("crm.json"), document.to_string()).unwrap();
    let import = |home: &Path| -> Command {
        let mut command = baton(home);
        command.args(["tools", "import", "crm", "--openapi", "crm.json", "--write"]);
        command
    };
    let done = import(home).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let lines = fs::read_to_string(home.join("tools.toml")).unwrap().replacen(&format!("{before}{server}"), "", 1);
    insta::assert_snapshot!(lines);
    let again = import(home).output().unwrap();
    assert!(String::from_utf8_lossy(&again.stdout).contains("nothing that is not in tools.toml"));
    let listed = baton(home).args(["tools", "list", "--json"]).output().unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&listed.stdout).unwrap();
    let row = rows.iter().find(|row| row["name"] == "crm.change-order").unwrap();
    assert_eq!((&row["server"], &row["acts"], &row["always_ask"]), (&json!("crm"), &json!(true), &json!(true)));
}
