//! `baton evaluate sentiment`, `escalation` and `routing` as a user meets them.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use super::killed::baton;

fn run(home: &Path, args: &[&str]) -> Output {
    baton(home).arg("evaluate").args(args).output().unwrap()
}

fn told(home: &Path, args: &[&str]) -> Value {
    let output = run(home, args);
    let out = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}{}", String::from_utf8_lossy(&output.stderr)))
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_else(|| panic!("`{name}` is no number in {value}"))
}

fn write(folder: &Path, name: &str, rows: impl IntoIterator<Item = Value>) -> String {
    let mut text = String::new();
    rows.into_iter().for_each(|row| writeln!(text, "{row}").unwrap());
    std::fs::write(folder.join(name), text).unwrap();
    folder.join(name).display().to_string()
}

fn refused(home: &Path, args: &[&str], code: i32, words: &str) {
    let output = run(home, args);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{err}");
    assert!(err.contains(words), "{err}");
}

#[test]
fn sentiment_is_measured_with_and_without_training() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let rows = [
        ("thank you so much, wonderful help", "positive"),
        ("great service, I love it", "positive"),
        ("where can I find my invoice", "neutral"),
        ("what time do you open", "neutral"),
        ("this is a terrible, useless service", "negative"),
        ("I am still waiting for my refund, unacceptable", "negative"),
    ];
    let row = |(text, label): &(&str, &str)| json!({ "text": text, "label": label });
    let test = write(here, "test.jsonl", rows.iter().map(row));
    let shipped = told(here, &["sentiment", "--test", &test, "--json"]);
    assert!(number(&shipped, "accuracy") > 0.99 && number(&shipped, "trained") < 0.5, "{shipped}");
    assert!(number(&shipped, "auroc_negative") > 0.99 && number(&shipped, "pearson") > 0.8, "{shipped}");
    let odd = [("it glorped", "negative"), ("it flimmers", "positive"), ("it is a gizmo", "neutral")];
    let train = write(here, "train.jsonl", (0..20).flat_map(|_| odd.iter().map(row)));
    let odd = write(here, "odd.jsonl", odd.iter().map(row));
    let trained = told(here, &["sentiment", "--train", &train, "--test", &odd, "--json"]);
    assert!(number(&trained, "accuracy") > 0.99 && number(&trained, "trained") > 59.0, "{trained}");
    let numbers = write(here, "n.jsonl", [json!({"text":"awful","label":-3.5}), json!({"text":"lovely","label":3.0})]);
    let rated = told(here, &["sentiment", "--test", &numbers, "--json"]);
    assert!(number(&rated, "accuracy") > 0.99 && number(&rated, "pearson") > 0.99, "{rated}");
    let table = String::from_utf8(run(here, &["sentiment", "--test", &odd]).stdout).unwrap();
    assert!(table.contains("the shipped mood") && table.contains("taken for"), "{table}");
    let broken = write(here, "b.jsonl", [json!({"text":"a","label":"neutral"}), json!({"text":"a","label":"meh"})]);
    refused(here, &["sentiment", "--test", &broken], 1, "b.jsonl:2: `label` is `meh`");
}

fn dialogue(at: usize, annoyed: bool) -> Value {
    let say =
        |role: &str, text: &str, at_ms: u64| json!({ "role": role, "text": text, "at_ms": at_ms, "satisfaction": 3 });
    let turns = if annoyed {
        vec![
            say("customer", "where is my lamp", 0),
            say("agent", "which lamp do you mean", 9_000),
            json!({ "role": "tool_result", "name": "find", "result": {} }),
            say("customer", "I told you already, this is useless", 20_000),
            json!({ "role": "customer", "text": "hello? you never listen", "at_ms": 90_000, "satisfaction": 1 }),
        ]
    } else {
        vec![
            say("customer", "where is my lamp", 0),
            say("agent", "it comes today", 3_000),
            say("customer", "thank you", 9_000),
        ]
    };
    json!({ "id": format!("d-{at}"), "customer": { "id": format!("k-{}", at % 9) }, "turns": turns,
        "labels": { "annoyed": annoyed } })
}

#[test]
fn strained_conversations_are_told_by_folds_files_and_turns() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let all = write(here, "all.jsonl", (0..60).map(|at| dialogue(at, at % 4 == 0)));
    let folds = ["escalation", "--test", &all, "--label", "labels.annoyed", "--group-by", "customer.id", "--json"];
    let measured = told(here, &folds);
    assert!(number(&measured, "auroc") > 0.99 && number(&measured, "average_precision") > 0.99, "{measured}");
    assert!(number(&measured, "recall_at_5pct_alarms") > 0.15 && number(&measured, "trained") > 40.0, "{measured}");
    let turns =
        ["escalation", "--train", &all, "--test", &all, "--turn-label", "satisfaction", "--below", "3", "--json"];
    let measured = told(here, &turns);
    assert!(number(&measured, "n") > 130.0 && number(&measured, "auroc") > 0.99, "{measured}");
    let table =
        String::from_utf8(run(here, &["escalation", "--test", &all, "--label", "labels.annoyed"]).stdout).unwrap();
    assert!(table.contains("nothing trained") && table.contains("useless") || table.contains("listen"), "{table}");
    refused(here, &["escalation", "--test", &all], 2, "--label");
    refused(here, &["escalation", "--test", &all, "--label", "labels.angry"], 1, "no conversation has `labels.angry`");
    let broken = write(here, "b.jsonl", [dialogue(0, true), json!({ "turns": [{ "text": "a" }] })]);
    refused(
        here,
        &["escalation", "--test", &broken, "--label", "labels.annoyed"],
        1,
        "b.jsonl:2: turn 1 has no `role`",
    );
}

#[test]
fn routing_learns_from_the_rewards_it_sees() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let said = [("refund my money", 0), ("the app crashes", 1), ("where is my parcel", 2)];
    let step = |at: usize| {
        let (text, arm) = said[at % 3];
        let rewards: Vec<f64> = (0..3).map(|other| f64::from(u8::from(other == arm))).collect();
        json!({ "text": format!("{text} please {}", at % 7), "features": { "hour": 0.5, "shop": "de" }, "rewards": rewards })
    };
    let stream = write(here, "stream.jsonl", (0..300).map(step));
    let seeds = write(
        here,
        "seeds.jsonl",
        said.iter().flat_map(|(text, arm)| {
            (0..3).map(move |_| json!({ "text": text, "label": format!("l{arm}"), "arm": arm }))
        }),
    );
    let cold = told(here, &["routing", "--stream", &stream, "--arms", "3", "--json"]);
    assert!(number(&cold, "mean_reward") > 0.85 && number(&cold, "best_fixed") < 0.35, "{cold}");
    assert!((number(&cold, "oracle") - 1.0).abs() < 1e-9 && number(&cold, "decide_us_p50") > 0.0, "{cold}");
    let seeded = ["routing", "--stream", &stream, "--arms", "3", "--seed-examples", &seeds, "--json"];
    let warm = told(here, &seeded);
    assert!(number(&warm, "mean_reward") > 0.97 && number(&warm, "seeded") > 8.0, "{warm}");
    let again = told(here, &seeded);
    assert_eq!(warm["mean_reward"], again["mean_reward"], "the same on two runs");
    let drift = told(here, &[&seeded[..], &["--drift"]].concat());
    assert!(number(&drift, "mean_reward") > 0.75, "{drift}");
    let table = String::from_utf8(run(here, &["routing", "--stream", &stream, "--arms", "3"]).stdout).unwrap();
    assert!(table.contains("mean reward") && table.contains("was best"), "{table}");
    refused(
        here,
        &["routing", "--stream", &stream, "--arms", "4"],
        1,
        "stream.jsonl:1: there are 3 rewards for 4 arms",
    );
    refused(here, &["routing", "--stream", &stream, "--arms", "0"], 2, "--arms is 0");
}
