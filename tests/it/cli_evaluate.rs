//! `baton evaluate` as a user meets it: files in, figures out, broken lines named.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::killed::baton;

const SAID: [(&str, [&str; 6]); 2] = [
    (
        "Refund, please?",
        [
            "i want my money back",
            "refund my order",
            "please pay me back",
            "give me a refund",
            "return the payment",
            "i want a refund of my money",
        ],
    ),
    (
        "log in",
        [
            "i forgot my password",
            "i cannot log in",
            "reset my password",
            "the login page is broken",
            "my account is locked",
            "i can't sign in to my account",
        ],
    ),
];

fn run(home: &Path, args: &[&str]) -> Output {
    let mut command: Command = baton(home);
    command.args(args).output().unwrap()
}

fn json(home: &Path, args: &[&str]) -> Value {
    let output = run(home, args);
    let out = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}{}", String::from_utf8_lossy(&output.stderr)))
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_else(|| panic!("`{name}` is no number in {value}"))
}

/// Writes the examples, and what is to be told, with one line of it out of scope.
fn files(folder: &Path) -> (String, String) {
    let (mut train, mut test) = (String::new(), String::new());
    for (label, texts) in SAID {
        for (at, text) in texts.iter().enumerate() {
            let to = if at < 5 { &mut train } else { &mut test };
            writeln!(to, "{}", serde_json::json!({ "text": text, "label": label })).unwrap();
        }
    }
    writeln!(test, "{}", serde_json::json!({ "text": "how tall is mount everest", "label": "oos" })).unwrap();
    let at = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).display().to_string()
    };
    (at("train.jsonl", &train), at("test.jsonl", &test))
}

#[test]
fn intents_are_measured_on_files() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let (train, test) = files(here);
    let args = ["evaluate", "intents", "--train", &train, "--test", &test, "--oos-label", "oos"];
    let measured = json(here, &[&args[..], &["--json"]].concat());
    assert_eq!((number(&measured, "n"), number(&measured, "n_oos"), number(&measured, "trained")), (2.0, 1.0, 10.0));
    for share in ["accuracy", "macro_f1", "in_scope_accuracy_at_threshold", "oos_auroc"] {
        assert!((number(&measured, share) - 1.0).abs() < 1e-9, "{share} in {measured}");
    }
    assert!((0.0..=1.0).contains(&number(&measured, "ece")) && number(&measured, "train_cpu_s") > 0.0);
    assert!((0.0..=1.0).contains(&number(&measured, "unclear_share")) && measured["clear_accuracy"].is_number());
    assert!(number(&measured, "predict_us_p50") > 0.0 && measured["oos_recall_at_threshold"].is_number());
    let table = run(here, &args);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("right") && table.contains("100.0 %") && table.contains("out of scope"), "{table}");
    let few = json(here, &[&args[..], &["--json", "--per-label", "1"]].concat());
    assert!((number(&few, "trained") - 2.0).abs() < 1e-9);
}

#[test]
fn the_roster_is_measured_by_parts() {
    let home = tempfile::tempdir().unwrap();
    let measured = json(home.path(), &["evaluate", "intents", "--json"]);
    assert!(number(&measured, "n") > 100.0 && number(&measured, "n") <= number(&measured, "trained"), "{measured}");
    assert!(number(&measured, "accuracy") > 0.5 && measured["oos_auroc"].is_null(), "{measured}");
}

#[test]
fn broken_lines_are_named() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let (train, test) = files(here);
    let broken = here.join("broken.jsonl");
    std::fs::write(&broken, "{\"text\":\"a\",\"label\":\"b\"}\n{\"text\":\"a\"}\n").unwrap();
    let broken = broken.display().to_string();
    let told = |args: &[&str], code: i32, words: &str| {
        let output = run(here, &[&["evaluate", "intents"], args].concat());
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{err}");
        assert!(err.starts_with("baton: ") && err.lines().count() == 1 && err.contains(words), "{err}");
    };
    told(&["--train", &broken, "--test", &test], 1, "broken.jsonl:2: there is no `label`; the line has: text");
    told(
        &["--train", &train, "--test", &test, "--text-field", "utterance"],
        1,
        "train.jsonl:1: there is no `utterance`",
    );
    told(&["--train", &train], 2, "name a file with --test");
    told(&["--train", "/nowhere", "--test", &test], 1, "/nowhere");
}

#[test]
fn search_is_measured_on_files() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let at = |name: &str, text: &str| {
        std::fs::write(here.join(name), text).unwrap();
        here.join(name).display().to_string()
    };
    let corpus = at(
        "corpus.jsonl",
        "{\"id\":\"refunds\",\"title\":\"Refunds\",\"text\":\"A refund takes five days.\\n\\nBy transfer it takes ten.\"}\n\
         {\"id\":\"hub\",\"text\":\"Hold the button of the hub until it blinks.\"}\n\
         {\"id\":\"odd id (1)\",\"text\":\"We answer from 8 to 20.\"}\n",
    );
    let queries = at(
        "queries.jsonl",
        "{\"text\":\"how long does a refund take\",\"relevant\":[\"refunds\"]}\n\
         {\"text\":\"the hub blinks\",\"relevant\":[\"refunds\",\"hub\"]}\n\
         {\"text\":\"who won the match\",\"relevant\":[\"odd id (1)\"]}\n",
    );
    let args = ["evaluate", "knowledge", "--corpus", &corpus, "--queries", &queries];
    let measured = json(here, &[&args[..], &["--json"]].concat());
    // Found first, found first beside one that is not found, not found.
    assert!((number(&measured, "mrr") - 2.0 / 3.0).abs() < 1e-9, "{measured}");
    assert!((number(&measured, "recall_at_5") - 0.5).abs() < 1e-9, "{measured}");
    assert!((number(&measured, "recall_at_10") - 0.5).abs() < 1e-9 && number(&measured, "ndcg_at_10") > 0.5);
    assert!((number(&measured, "n") - 3.0).abs() < 1e-9 && number(&measured, "query_us_p50") > 0.0);
    let table = String::from_utf8(run(here, &args).stdout).unwrap();
    assert!(table.contains("who won the match") && table.contains("odd id (1)"), "{table}");
    let broken = at("broken.jsonl", "{\"text\":\"a\",\"relevant\":[\"nothing\"]}\n");
    let output = run(here, &["evaluate", "knowledge", "--corpus", &corpus, "--queries", &broken]);
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("broken.jsonl:1: no article has the id `nothing`"), "{err}");
}
