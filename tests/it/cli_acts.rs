//! Every act of the console from a script: the real binary against a real server, with its JSON and
//! its statuses, and what the customer reads of it.

use baton::client::customer::Access;
use baton::client::{Address, rest};
use baton::protocol::customer::SpeakerKind;
use serde_json::Value;

use super::killed::{Server, baton};
use super::sockets::Customer;

pub(crate) struct Script<'a> {
    pub(crate) home: &'a std::path::Path,
}

impl Script<'_> {
    /// Runs a command; its status and the last of what it said, on whichever way out.
    pub(crate) fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let done = baton(self.home).args(args).output().unwrap();
        let words = if done.stdout.is_empty() { done.stderr } else { done.stdout };
        (done.status.code(), String::from_utf8(words).unwrap())
    }

    /// A command that is done, its JSON.
    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let (code, words) = self.run(&[args, &["--json"]].concat());
        assert_eq!(code, Some(0), "{args:?}: {words}");
        serde_json::from_str(&words).unwrap()
    }

    /// A row of the table: what a command says, and its status.
    #[track_caller]
    pub(crate) fn expect(&self, args: &[&str], code: i32, words: &str) {
        let (status, said) = self.run(args);
        assert_eq!(status, Some(code), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?} does not say {words:?} but {said:?}");
    }
}

pub(crate) async fn guest(address: &Address) -> Customer {
    let minted = rest::mint(address, None, None).await.unwrap();
    let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
    Customer::with(address, access)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_does_what_a_console_does() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let script = Script { home: home.path() };
    script.expect(&["queue"], 0, "nobody waits for a person");
    script.expect(&["approvals"], 0, "nothing waits for a decision");
    script.expect(&["agents"], 0, "triage");
    let mut customer = guest(&server.address).await;
    customer.say("one", "what can you do?").await.unwrap();
    customer.until_stored("one").await.unwrap();
    while !customer.read.iter().any(|read| read.by == SpeakerKind::Ai) {
        customer.hear().await.unwrap();
    }

    // What is refused, or makes no sense, says so with its status and changes nothing.
    for (args, code, words) in [
        (&["conversations", "reply", "c-1", "hi"][..], 1, "triage holds this conversation"),
        (&["conversations", "take-over", "c-1", "--seen", "99"], 1, "changed since you looked"),
        (&["conversations", "take-over", "c-99"], 1, "no open conversation"),
        (&["conversations", "undo", "c-1"], 1, "nothing to undo here"),
        (&["conversations", "hand-back", "c-1"], 1, "triage holds this conversation"),
        (&["conversations", "move", "c-1", "--to", "zed"], 2, "nobody is called"),
        (&["conversations", "move", "c-1", "--to", "queue:triage"], 2, "nobody is called"),
        (&["conversations", "move", "c-1"], 2, "--to"),
        (&["conversations", "resolve", "c-1", "--as", "magic"], 2, "out-of-scope"),
        (&["conversations", "draft", "c-1", "d-9"], 1, "baton: "),
        (&["conversations", "draft", "c-1", "d-9", "--drop", "--text", "x"], 2, "--text"),
        (&["conversations", "ask-for", "c-1"], 1, "no colleague holds this conversation (triage does)"),
        (&["conversations", "answer-claim", "c-1", "give"], 1, "nobody asks for this conversation"),
        (&["conversations", "give-draft", "c-1"], 1, "you have no unsent reply"),
        (&["operators", "state", "dara", "lunch", "--what-if"], 0, "dara"),
        (&["operators", "state", "zed", "busy"], 1, "no operator of that name"),
        (&["operators", "state", "ana", "asleep"], 2, "wrap-up"),
        (&["queue", "take", "o-9"], 1, "this offer is gone"),
        (&["queue", "dismiss", "e-9"], 1, "this escalation is settled"),
        (&["approvals", "approve", "a-9"], 1, "this approval is settled"),
        (&["agents", "hold", "zed"], 1, "zed"),
        (&["agents", "hold"], 2, "--all"),
        (&["approvals", "reject", "nine"], 2, "a number like a-12"),
    ] {
        script.expect(args, code, words);
    }
    let (code, said) = script.run(&["conversations", "reply", "c-1", "hi", "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["done"], &said["refusal"]["code"]), (Some(1), &false.into(), &"not_holder".into()));

    let foreseen = script.json(&["conversations", "what-if", "c-1"]);
    let acts = foreseen["acts"].as_array().unwrap();
    let of = |name: &str| acts.iter().find(|act| act["act"] == name).unwrap();
    assert!(of("take_over")["words"].as_str().unwrap().starts_with("you hold it; triage stops"), "{foreseen}");
    assert_eq!(of("resolve")["refused"], false);

    let epoch = |script: &Script<'_>| script.json(&["conversations", "what-if", "c-1"])["seq"].as_u64().unwrap();
    let before = epoch(&script);
    script.expect(&["conversations", "what-if", "c-1"], 0, "take-over: you hold it");
    assert_eq!(epoch(&script), before, "asking changes nothing");

    arranged(&script);
    script.json(&["operators", "state", "dara", "lunch", "--reason", "back at one"]);
    script.json(&["conversations", "gate", "c-1"]);
    let gated = script.json(&["conversations", "what-if", "c-1"]);
    let gate = gated["acts"].as_array().unwrap().iter().find(|act| act["act"] == "gate").unwrap();
    assert_eq!(gate["words"], "agents answer by themselves again", "{gated}");
    script.json(&["conversations", "gate", "c-1", "--off"]);
    script.json(&["agents", "hold", "sales", "--reason", "wrong prices"]);
    script.json(&["agents", "release", "sales"]);

    stretch(&script, &mut customer).await;
}

/// Sleep, priority, labels and an eye on it, and what can be found of them.
fn arranged(script: &Script<'_>) {
    for (args, code, words) in [
        (&["conversations", "wake", "c-1"][..], 1, "not while the conversation is live"),
        (&["conversations", "snooze", "c-1", "40d"], 1, "960 hours of sleep, at most 720"),
        (&["conversations", "snooze", "c-1", "2020-01-01T00:00:00Z"], 1, "must lie in the future"),
        (&["conversations", "snooze", "c-1", "later"], 2, "write 90s, 30m, 2h or 3d"),
        (&["conversations", "priority", "c-1", "sky-high"], 2, "urgent"),
        (&["conversations", "label", "c-1"], 1, "there is nothing in it"),
        (&["conversations", "label", "c-1", "Not A Label"], 2, "a name (1 to 40"),
        (&["conversations", "watch", "c-1", "--mood-below", "-7"], 2, "between -1 and 1"),
    ] {
        script.expect(args, code, words);
    }
    script.json(&["conversations", "snooze", "c-1", "2h", "--reason", "the bank answers"]);
    script.json(&["conversations", "undo", "c-1"]);
    script.json(&["conversations", "snooze", "c-1", "2h"]);
    script.json(&["conversations", "wake", "c-1"]);
    script.json(&["conversations", "priority", "c-1", "high"]);
    script.json(&["conversations", "label", "c-1", "refund", "vip-case"]);
    script.json(&["conversations", "label", "c-1", "--remove", "refund"]);
    script.json(&["conversations", "watch", "c-1", "--mood-below", "-0.3"]);
    script.json(&["conversations", "watch", "c-1", "--off"]);
    let listed = script.json(&["conversations", "list", "#vip-case"]);
    assert_eq!(listed[0]["labels"], serde_json::json!(["vip-case"]), "{listed}");
    assert_eq!(script.json(&["conversations", "list", "#refund"]), serde_json::json!([]));
    let (_, exported) = script.run(&["export", "c-1"]);
    assert!(exported.contains(r#""labels":["vip-case"]"#), "{exported}");
}

/// The whole of a human's stretch, and the customer reads it word for word.
async fn stretch(script: &Script<'_>, customer: &mut Customer) {
    let begun = customer.read.len();
    assert_eq!(script.json(&["conversations", "take-over", "c-1"])["done"], true);
    script.expect(&["conversations", "take-over", "c-1"], 1, "you hold this conversation already");
    script.json(&["conversations", "note", "c-1", "seen by a script"]);
    script.json(&["conversations", "reply", "c-1", "I am a person, by script."]);
    customer.until_read("I am a person, by script.").await.unwrap();
    script.json(&["conversations", "hand-back", "c-1", "--to", "triage", "--note", "all is well"]);
    customer.until_read("is with you again").await.unwrap();
    script.expect(&["conversations", "end-barge", "c-1"], 1, "you do not speak beside");
    script.json(&["conversations", "barge", "c-1"]);
    script.json(&["conversations", "reply", "c-1", "A word beside the agent."]);
    customer.until_read("A word beside the agent.").await.unwrap();
    script.json(&["conversations", "end-barge", "c-1"]);
    script.expect(&["conversations", "reply", "c-1", "another word"], 1, "holds this conversation");
    script.json(&["conversations", "whisper", "c-1", "be brief", "--lasting"]);
    let queue = script.json(&["queue"])["queues"][0]["name"].as_str().unwrap().to_owned();
    script.json(&["conversations", "move", "c-1", "--to", &queue, "--note", "somebody please"]);
    let waiting = script.json(&["queue"]);
    assert_eq!(waiting["waiting"][0]["escalation"]["trigger"], "by_operator", "{waiting}");
    let request = waiting["waiting"][0]["escalation"]["escalation"].to_string();
    script.json(&["queue", "dismiss", &request]);
    script.expect(&["queue"], 0, "nobody waits for a person");
    owed(script);
    script.json(&["conversations", "resolve", "c-1", "--as", "answered"]);
    script.expect(&["conversations", "wrap-up", "c-1", "--note", "x"], 1, "no open conversation");
    script.expect(&["conversations", "close", "c-1"], 1, "no open conversation");
    let said: Vec<_> = customer.read[begun..].iter().map(|read| (read.by, read.text.as_str())).collect();
    let people: Vec<_> = said.iter().filter(|(by, _)| *by == SpeakerKind::Human).collect();
    let beside = &(SpeakerKind::Human, "A word beside the agent.");
    assert_eq!(people, [&(SpeakerKind::Human, "I am a person, by script."), beside], "{said:?}");
    assert!(!said.iter().any(|(_, text)| text.contains("brief") || text.contains("script by")), "{said:?}");
}

/// What is owed is written down, listed, in the way of an end, carried on, and kept.
fn owed(script: &Script<'_>) {
    script.expect(&["conversations", "promises"], 0, "nothing is owed");
    script.json(&["conversations", "promise", "c-1", "we call you back", "--within", "2h"]);
    script.expect(&["conversations", "promises"], 0, "we call you back");
    let ledger = script.json(&["conversations", "promises"]);
    let promise = &ledger["promises"][0];
    assert_eq!((&promise["handle"], &promise["breached"]), (&1.into(), &false.into()), "{ledger}");
    script.expect(&["conversations", "resolve", "c-1"], 1, "still owed: p-1");
    script.json(&["conversations", "carry-on", "p-1", "--within", "3h"]);
    script.expect(&["conversations", "close", "c-1"], 1, "still owed: p-1");
    script.expect(&["conversations", "waive", "p-1"], 2, "--reason");
    script.json(&["conversations", "kept", "p-1"]);
    script.expect(&["conversations", "waive", "p-1", "--reason", "done"], 1, "p-1 is not owed");
    script.expect(&["conversations", "promises", "--late"], 0, "nothing is owed");
}

/// Says something as a new customer and waits for the agent's answer.
async fn answered(server: &Server, text: &str) -> Customer {
    let mut customer = guest(&server.address).await;
    customer.say("one", text).await.unwrap();
    customer.until_stored("one").await.unwrap();
    while !customer.read.iter().any(|read| read.by == SpeakerKind::Ai) {
        customer.hear().await.unwrap();
    }
    customer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_corrects_and_reads_what_was_learnt() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let script = Script { home: home.path() };
    let _first = answered(&server, "what can you do?").await;
    for (args, code, words) in [
        (&["learn", "--rollback"][..], 1, "nothing was learnt since the last mark"),
        (&["learn", "--end-rule", "r-9"], 1, "there is no rule r-9"),
        (&["learn", "--since", "yesterday"], 2, "2026-12-01T00:00:00Z"),
        (&["learn"], 0, "too few outcomes to keep some back"),
        (&["conversations", "rate-turn", "c-1", "99", "good"], 1, "message 99 is no answer of an agent"),
        (&["conversations", "reroute", "c-1", "--to", "zed"], 1, "zed cannot take this conversation"),
        (&["conversations", "reroute", "c-1", "--to", "sales", "--words", "lamp"], 2, "--rule-for"),
        (
            &["conversations", "reroute", "c-1", "--to", "sales", "--rule-for", "1h", "--words", "two words"],
            2,
            "one word",
        ),
        (&["conversations", "likely"], 0, ""),
    ] {
        script.expect(args, code, words);
    }
    let alike = script.json(&["conversations", "alike", "c-1"]);
    assert_eq!((&alike["chosen"], &alike["looked_at"]), (&"triage".into(), &0.into()), "{alike}");
    script.json(&["conversations", "reroute", "c-1", "--to", "sales", "--teach"]);
    let learned = script.json(&["learn"]);
    assert_eq!((&learned["lessons"], &learned["repeated"][0]["agent"]), (&1.into(), &"sales".into()), "{learned}");

    // The next one like it goes there by itself, and says what was learnt of it.
    let _second = answered(&server, "what can you do?").await;
    let shown = script.json(&["conversations", "show", "c-2"]).to_string();
    assert!(shown.contains(r#""chosen":"sales""#) && shown.contains(r#""factor":"words""#), "{shown}");
    let alike = script.json(&["conversations", "alike", "c-2"]);
    assert_eq!(alike["closest"][0]["handle"], 1, "{alike}");
    let billing = alike["targets"].as_array().unwrap().iter().find(|target| target["agent"] == "billing").unwrap();
    assert_eq!(billing["taught"], 1, "the first said the same, and would have gone there too: {alike}");

    script.json(&["conversations", "reroute", "c-2", "--to", "triage", "--rule-for", "1h", "--words", "what"]);
    let learned = script.json(&["learn"]);
    assert_eq!(learned["rules"][0][0]["agent"], "triage", "{learned}");
    script.expect(&["learn"], 0, "corrected this week");
    script.json(&["learn", "--end-rule", "r-1"]);
    ruled(&script);
    script.json(&["learn", "--rollback"]);
    let _third = answered(&server, "what can you do?").await;
    let shown = script.json(&["conversations", "show", "c-3"]).to_string();
    assert!(shown.contains(r#""chosen":"triage""#), "forgotten again: {shown}");
    relabelled(&server, &script).await;
}

/// A rule that no single conversation is behind, for a part of the floor.
fn ruled(script: &Script<'_>) {
    script.expect(&["learn", "--to", "billing"], 2, "--rule-for");
    script.expect(&["learn", "--to", "billing", "--rule-for", "1h"], 1, "");
    script.expect(&["learn", "--to", "zed", "--rule-for", "1h", "--words", "lamp"], 1, "zed");
    script.expect(&["learn", "--to", "sales", "--rule-for", "1h", "--intent", "no-such"], 1, "no-such");
    script.json(&[
        "learn",
        "--to",
        "sales",
        "--rule-for",
        "1h",
        "--words",
        "lamp",
        "--tier",
        "gold",
        "--channel",
        "web",
    ]);
    let rule = script.json(&["learn"])["rules"][0][0].clone();
    assert_eq!(
        (&rule["id"], &rule["segment"]["tier"], &rule["segment"]["channel"]),
        (&2.into(), &"gold".into(), &"web".into())
    );
    script.json(&["learn", "--end-rule", "r-2"]);
}

/// What messages were about is said, learnt, and offered as examples without what tells who wrote them.
async fn relabelled(server: &Server, script: &Script<'_>) {
    let _fourth = answered(server, "what can you do? my number is 4711").await;
    script.expect(&["conversations", "wrong-intent", "c-4", "juggling", "--turn", "2"], 1, "has the intent juggling");
    script.expect(&["conversations", "wrong-intent", "c-4", "refund-request", "--turn", "1"], 1, "not the customer's");
    script.expect(&["conversations", "wrong-intent", "c-4", "refund-request"], 2, "--turn");
    script.json(&["conversations", "wrong-intent", "c-4", "refund-request", "--turn", "2"]);
    let learned = script.json(&["learn"]);
    assert_eq!((&learned["lessons"], &learned["misread"][0]["intent"]), (&1.into(), &"refund-request".into()));
    let of = |agent: &str| learned["examples"].as_array().unwrap().iter().find(|row| row["agent"] == agent).unwrap();
    assert_eq!(
        (&of("billing")["intent"], &of("billing")["texts"][0]),
        (&"refund-request".into(), &"what can you do? my number is 0000".into())
    );
    assert_eq!((&of("sales")["intent"], &of("sales")["texts"][0]), (&Value::Null, &"what can you do?".into()));
    script.expect(&["learn"], 0, "# agents/billing.toml, `refund-request`\n  \"what can you do? my number is 0000\",");
    let _fifth = answered(server, "what can you do? my number is 4712").await;
    let shown = script.json(&["conversations", "show", "c-5"]).to_string();
    assert!(shown.contains(r#""chosen":"billing""#), "who takes that learns it: {shown}");
}
