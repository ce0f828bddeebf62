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

/// Writes lines of JSON into the folder and says where.
fn lines(folder: &Path, name: &str, rows: &[Value]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(folder.join(name), rows.concat()).unwrap();
    folder.join(name).display().to_string()
}

#[test]
fn several_files_stand_behind_one_flag() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let (train, test) = files(here);
    let more =
        lines(here, "more.jsonl", &[serde_json::json!({ "text": "pay my money back", "label": "Refund, please?" })]);
    let n = |args: &[&str], name: &str| number(&json(here, &[&["evaluate"], args, &["--json"]].concat()), name);
    let both = ["intents", "--train", &train, &more, "--test", &test, &more];
    assert_eq!((n(&both, "trained"), n(&both, "n")), (11.0, 4.0));
    let mood = |name: &str, label: &str| lines(here, name, &[serde_json::json!({ "text": "so bad", "label": label })]);
    let (bad, good) = (mood("bad.jsonl", "negative"), mood("good.jsonl", "positive"));
    let moods = ["sentiment", "--train", &bad, &good, "--test", &bad, &good];
    assert_eq!((n(&moods, "trained"), n(&moods, "n")), (2.0, 2.0));
    let chat = |name: &str, annoyed: bool| {
        let turns = serde_json::json!([{ "role": "customer", "text": "hello" }, { "role": "agent", "text": "hi" }]);
        lines(here, name, &[serde_json::json!({ "id": name, "turns": turns, "annoyed": annoyed })])
    };
    let (one, other) = (chat("one.jsonl", true), chat("other.jsonl", false));
    let chats = ["escalation", "--label", "annoyed", "--train", &one, &other, "--test", &one, &other];
    assert_eq!((n(&chats, "trained"), n(&chats, "n")), (2.0, 2.0));
    let article = |name: &str| lines(here, name, &[serde_json::json!({ "id": name, "text": format!("about {name}") })]);
    let query = |name: &str, to: &str| lines(here, name, &[serde_json::json!({ "text": to, "relevant": [to] })]);
    let (lamp, door) = (article("lamp"), article("door"));
    let (first, second) = (query("first", "lamp"), query("second", "door"));
    let found = ["knowledge", "--corpus", &lamp, &door, "--queries", &first, &second];
    assert_eq!((n(&found, "articles"), n(&found, "n")), (2.0, 2.0));
    let step = lines(here, "stream.jsonl", &[serde_json::json!({ "text": "lamp", "rewards": [1, 0] })]);
    let seed =
        |name: &str, arm: usize| lines(here, name, &[serde_json::json!({ "text": name, "label": name, "arm": arm })]);
    let (a, b) = (seed("lamp.jsonl", 0), seed("door.jsonl", 1));
    let routed = ["routing", "--stream", &step, "--arms", "2", "--seed-examples", &a, &b];
    assert_eq!((n(&routed, "seeded"), n(&routed, "n")), (2.0, 1.0));
}

#[test]
fn seeds_of_every_shape_find_their_arm() {
    type Shape<'a> = (&'a str, &'a dyn Fn(usize, &str, &str) -> Value, &'a str);
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let said: Vec<(usize, &str, &str)> = SAID
        .iter()
        .enumerate()
        .flat_map(|(arm, (label, texts))| texts.iter().map(move |text| (arm, *label, *text)))
        .collect();
    let rewards = |arm: usize| if arm == 0 { [1, 0] } else { [0, 1] };
    let rows: Vec<Value> = (0..20)
        .flat_map(|_| &said)
        .map(|(arm, _, text)| serde_json::json!({ "text": text, "features": {}, "rewards": rewards(*arm) }))
        .collect();
    let stream = lines(here, "stream.jsonl", &rows);
    let half = |arm: usize, label: &str, text: &str| {
        format!("{label} {}", if text.len().is_multiple_of(2) { "even" } else { "odd" })
            .replace("Refund", &format!("r{arm}"))
    };
    let shapes: [Shape<'_>; 5] = [
        (
            "arm",
            &|arm, label, text| serde_json::json!({ "text": text, "label": half(arm, label, text), "arm": arm }),
            "",
        ),
        (
            "label-rewards",
            &|arm, label, text| serde_json::json!({ "text": text, "label": half(arm, label, text), "rewards": rewards(arm) }),
            "",
        ),
        ("rewards", &|arm, _, text| serde_json::json!({ "text": text, "rewards": rewards(arm) }), "have no `label`"),
        (
            "intents",
            &|arm, label, text| serde_json::json!({ "text": text, "label": half(arm, label, text) }),
            "is learnt from the rewards",
        ),
        ("agents", &|_, label, text| serde_json::json!({ "text": text, "label": label }), "in the order of the names"),
    ];
    for (name, shape, lack) in shapes {
        let seeds: Vec<Value> = said.iter().map(|(arm, label, text)| shape(*arm, label, text)).collect();
        let seeds = lines(here, &format!("{name}.jsonl"), &seeds);
        let args = ["evaluate", "routing", "--stream", &stream, "--arms", "2", "--seed-examples", &seeds, "--json"];
        let output = run(here, &args);
        let measured: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(number(&measured, "mean_reward") > 0.9, "{name}: {measured}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(if lack.is_empty() { err.is_empty() } else { err.contains(lack) }, "{name}: {err}");
    }
}

#[test]
fn nothing_to_measure_is_told_with_the_way_out() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let (train, test) = files(here);
    let stray = lines(here, "stray.jsonl", &[serde_json::json!({ "text": "how tall is it", "label": "oos" })]);
    let told = |args: &[&str], words: &str| {
        let output = run(here, &[&["evaluate"], args].concat());
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && err.contains(words), "{err}");
    };
    told(
        &["intents", "--train", &stray, "--test", &test, "--oos-label", "oos"],
        "there is no intent to learn; add examples",
    );
    told(
        &["intents", "--train", &train, "--test", &stray, "--oos-label", "oos"],
        "nothing is left to be told apart; add texts",
    );
    let star = |text: &str, label: f64| serde_json::json!({ "text": text, "label": label });
    let stars =
        lines(here, "stars.jsonl", &[star("awful, it broke", 1.0), star("it is there", 3.0), star("I love it", 5.0)]);
    let output = run(here, &["evaluate", "sentiment", "--test", &stars, "--json"]);
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && err.contains("--below 3 --above 3"), "{err}");
    let cut = ["evaluate", "sentiment", "--test", &stars, "--below", "3", "--above", "3", "--json"];
    let output = run(here, &cut);
    let measured: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.stderr.is_empty() && measured["auroc_negative"].is_number(), "{measured}");
    let huge = lines(
        here,
        "huge.jsonl",
        &[star("awful, it broke", -1e308), star("it is there", 0.0), star("I love it", 1e308)],
    );
    assert!(number(&json(here, &["evaluate", "sentiment", "--test", &huge, "--json"]), "pearson") > 0.5);
}

#[test]
fn the_floors_own_signals_are_measured_over_the_same_chats() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let chat = |id: &str, said: &[&str], annoyed: bool| {
        let turn = |text: &&str| {
            [
                serde_json::json!({ "role": "customer", "text": text }),
                serde_json::json!({ "role": "agent", "text": "one moment" }),
            ]
        };
        let turns: Vec<Value> = said.iter().flat_map(turn).collect();
        serde_json::json!({ "id": id, "turns": turns, "annoyed": annoyed })
    };
    let chats = lines(
        here,
        "chats.jsonl",
        &[
            chat("bad", &["where is my order", "this is useless", "let me speak to a human now"], true),
            chat("good", &["where is my order", "thank you"], false),
        ],
    );
    let args = ["evaluate", "escalation", "--test", &chats, "--label", "annoyed"];
    let (learnt, floor) =
        (json(here, &[&args[..], &["--json"]].concat()), json(here, &[&args[..], &["--signals", "--json"]].concat()));
    let keys = learnt.as_object().unwrap().keys();
    assert!(keys.clone().all(|key| floor.get(key).is_some()) && learnt.get("called").is_none(), "{floor}");
    assert_eq!((number(&floor, "auroc"), number(&floor, "called"), number(&floor, "called_strained")), (1.0, 1.0, 1.0));
    let table = String::from_utf8(run(here, &[&args[..], &["--signals"]].concat()).stdout).unwrap();
    assert!(table.contains("the floor would have called") && table.contains("1 of 2"), "{table}");
}
