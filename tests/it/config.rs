//! Deployment files that are wrong, each with what is said about it: `tests/config/invalid/*.case`.
//!
//! A case is a file's path, the words that the report must hold, a line `---`, and the file, which
//! replaces or joins those of `tests/config/valid`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use baton::config::{self, Bundle};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(name)
}

fn valid() -> BTreeMap<String, String> {
    let bundle = config::load(&folder("valid")).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(bundle.advice.to_string(), "");
    bundle.sources.iter().map(|source| (source.path.to_string(), source.text.to_string())).collect()
}

#[test]
fn every_wrong_file_is_named_with_its_place_and_the_way_out() {
    let files = valid();
    let mut missed = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(folder("invalid")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let (head, body) = text.split_once("\n---\n").unwrap();
        let (file, expected) = head.split_once('\n').unwrap();
        let mut edited = files.clone();
        edited.insert(file.to_owned(), body.to_owned());
        let report = match Bundle::of(edited) {
            Ok(bundle) => format!("adopted, with advice:\n{}", bundle.advice),
            Err(problems) => problems.to_string(),
        };
        if !report.contains(expected) {
            missed.push(format!("{}\n  expected: {expected}\n  reported: {report}", path.display()));
        }
        cases += 1;
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(cases >= 15, "only {cases} cases were found");
}

#[test]
fn what_is_only_unwise_is_advice() {
    let mut files = valid();
    let desk = files.get_mut("agents/desk.toml").unwrap();
    desk.push_str("\n[[intents]]\nname = \"rare\"\nexamples = [\"one\", \"two\"]\n");
    let bundle = Bundle::of(files).unwrap_or_else(|problems| panic!("{problems}"));
    let advice = bundle.advice.to_string();
    assert!(advice.contains("`rare` has 2 examples") && advice.contains("no playbook serves `rare`"), "{advice}");
}

#[test]
fn a_folder_that_is_none_is_told() {
    let missing = config::load(&folder("nowhere")).unwrap_err().to_string();
    assert!(missing.contains("nowhere") && missing.contains("baton init"), "{missing}");
    let empty = tempfile::tempdir().unwrap();
    let report = config::load(empty.path()).unwrap_err().to_string();
    assert!(report.contains("baton.toml: error: there is no such file"), "{report}");
}

#[test]
fn a_deployment_names_what_the_runtime_keeps() {
    let bundle = config::load(&folder("valid")).unwrap_or_else(|problems| panic!("{problems}"));
    let deployment = bundle.deployment();
    let kept: Vec<&str> = deployment.artifacts.keys().map(String::as_str).collect();
    let named = ["agents/calm.toml", "agents/desk.toml", "baton.toml", "knowledge/hours.md"];
    assert_eq!(kept, [named.as_slice(), &["playbooks/order-status.toml", "tools.toml"]].concat());
    for (path, digest) in &deployment.artifacts {
        assert_eq!(bundle.text(*digest), Some(valid()[path].as_str()));
    }
    let desk = deployment.agents.iter().find(|agent| agent.name.as_str() == "desk").unwrap();
    assert_eq!(desk.playbooks.len(), 1);
}

/// What customers of the load say, `{a}` and `{b}` being keywords of two topics.
const LOAD: [&str; 4] = [
    "Hello, this is customer 17. I have a question about my {a}, it does not look right to me and I would like somebody to check it.",
    "Thanks. The {a} still looks wrong on my side, could you explain the second line once more?",
    "That is clear now. Another thing: I also have a {b} question, can you help me with the {b} as well?",
    "Great, and when will the {b} be done? I am waiting for it since Monday.",
];
const TOPICS: [(&str, &str); 5] = [
    ("billing", "invoice"),
    ("technical", "error"),
    ("sales", "upgrade"),
    ("returns", "refund"),
    ("account", "password"),
];

#[test]
fn the_deployment_for_load_knows_every_turns_topic_for_certain() {
    let bundle = config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/deployment"))
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(bundle.advice.to_string(), "");
    let examples = bundle.examples();
    let flat: Vec<_> =
        examples.iter().flat_map(|(i, texts)| texts.iter().map(|text| (i.clone(), text.as_str()))).collect();
    let model = baton::analysis::Model::train(&flat);
    let pairs = TOPICS.iter().flat_map(|a| TOPICS.iter().filter(move |b| a.0 != b.0).map(move |b| (a, b)));
    for ((topic_a, a), (topic_b, b)) in pairs {
        for (turn, topic) in LOAD.iter().zip([topic_a, topic_a, topic_b, topic_b]) {
            let text = turn.replace("{a}", a).replace("{b}", b);
            let read = model.analyse(&text.as_str().into());
            let top = read.top().unwrap();
            assert_eq!(top.intent.as_str(), *topic, "{text}");
            assert!(
                top.confidence >= bundle.policy.routing.confidence && !read.wants_human && !read.safety,
                "{text}: {read:?}"
            );
        }
    }
}
