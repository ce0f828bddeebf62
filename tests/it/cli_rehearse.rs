//! `baton rehearse`, `baton try` and `baton agents new` as a user meets them: files in, words and statuses out.

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use super::killed::baton;
use super::models;
use super::models::provider::{Asked, Provider, Wire, answer};

fn run(home: &Path, args: &[&str]) -> Output {
    baton(home).args(args).output().unwrap()
}

fn typed(home: &Path, args: &[&str], input: &str) -> String {
    let mut child = baton(home).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A deployment to edit: the starter.
fn desk(home: &Path) -> String {
    let desk = home.join("desk");
    let desk = desk.to_str().unwrap().to_owned();
    let made = run(home, &["init", "--preset", "starter", &desk]);
    assert!(made.status.success(), "{}", told(&made));
    desk
}

#[test]
fn rehearsals_pass_miss_with_the_decision_or_are_broken_with_their_place() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path());
    let rehearse = |more: &[&str]| run(home.path(), &[&["--deployment", &desk, "rehearse"], more].concat());
    let all = rehearse(&[]);
    assert_eq!(all.status.code(), Some(0), "{}", told(&all));
    assert!(told(&all).contains("ok   repair: ") && told(&all).contains("all as written"), "{}", told(&all));

    let file = home.path().join("desk/rehearsals/wrong.toml");
    let text = "about = \"x\"\n[[turns]]\nsay = \"my brakes are squealing\"\n[turns.expect]\nagent = \"triage\"\n";
    std::fs::write(&file, text).unwrap();
    let missed = rehearse(&["wrong"]);
    assert_eq!(missed.status.code(), Some(1));
    for words in [
        "MISS wrong",
        "MISSED agent: expected triage, but workshop",
        "routing chose workshop (intent ",
        "read as repair",
    ] {
        assert!(told(&missed).contains(words), "`{words}` is not in {}", told(&missed));
    }
    let json: Value = serde_json::from_slice(&rehearse(&["--json"]).stdout).unwrap();
    assert_eq!((json["missed"].as_u64(), json["passed"].as_u64().unwrap() >= 3), (Some(1), true));
    let all = json["rehearsals"].as_array().unwrap();
    let wrong = all.iter().find(|one| one["name"] == "wrong").unwrap();
    assert_eq!(wrong["turns"][0]["expected"][0]["instead"], "workshop");
    assert!(wrong["turns"][0]["happened"]["decisions"][0]["candidates"].as_array().unwrap().len() >= 2);

    std::fs::write(&file, text.replace("triage", "tirage")).unwrap();
    let broken = rehearse(&[]);
    assert_eq!(broken.status.code(), Some(2));
    assert!(
        told(&broken).contains("rehearsals/wrong.toml:5:9: error: there is no agent `tirage`"),
        "{}",
        told(&broken)
    );
    std::fs::remove_file(&file).unwrap();
    let unknown = rehearse(&["nothing"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(told(&unknown).contains("there is no rehearsal `nothing`, only "), "{}", told(&unknown));
}

#[test]
fn a_try_shows_what_led_to_each_answer_and_takes_no_file_that_does_not_fit() {
    let home = tempfile::tempdir().unwrap();
    let out = typed(
        home.path(),
        &["try", "--as", "maya"],
        "I was charged twice for order 1182\nyes please\n/no\n/as nobody\n/as vip\n/what\n/wait 5\n/quit\nnever said\n",
    );
    let in_order = [
        "you: I was charged twice for order 1182",
        "  ~ read as double-charge ",
        "  ~ routing chose billing (intent ",
        "  ~ billing accepted the handoff of triage",
        "  ~ tool charges.list order=1182: done",
        "billing (AI): ",
        "you: yes please",
        "  ~ refunds.create waits for a person: /yes or /no",
        "you: (rejected)",
        "approval of refunds.create 49.90 EUR: rejected by dara",
        "· nobody is `nobody`",
        "· a new conversation, as vip",
        "· /as NAME",
    ];
    let mut rest = out.as_str();
    for words in in_order {
        let Some((_, after)) = rest.split_once(words) else { panic!("`{words}` is not in, or not in order:\n{out}") };
        rest = after;
    }
    assert!(!out.contains("never said"), "{out}");

    let desk = desk(home.path());
    let lines = typed(home.path(), &["--deployment", &desk, "try", "--json"], "how much is a flat?\nbye\n");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["happened"]["agent"], "workshop");
    std::fs::write(home.path().join("desk/tools.toml"), "[[tols]]\n").unwrap();
    let broken = run(home.path(), &["--deployment", &desk, "try"]);
    assert_eq!(broken.status.code(), Some(2));
    assert!(told(&broken).contains("tools.toml:1:3: error: unknown key `tols`"), "{}", told(&broken));
}

#[test]
fn a_new_agent_starts_in_the_shadow_fits_the_files_and_is_never_written_over() {
    let home = tempfile::tempdir().unwrap();
    let desk = desk(home.path());
    let check = || run(home.path(), &["check", &desk]);
    let before = told(&check());
    let new = |name: &str| run(home.path(), &["--deployment", &desk, "agents", "new", name]);
    let made = new("bike-fitting");
    assert_eq!(made.status.code(), Some(0), "{}", told(&made));
    let wanted = "add \"bike-fitting\" to `handoffs` in agents/triage.toml";
    assert!(told(&made).contains(wanted), "{}", told(&made));
    let agent = std::fs::read_to_string(home.path().join("desk/agents/bike-fitting.toml")).unwrap();
    assert!(agent.contains("life = \"shadow\""), "{agent}");
    let after = check();
    assert_eq!(after.status.code(), Some(0), "{}", told(&after));
    let advice = |text: &str| text.lines().filter(|line| line.contains(": advice: ")).count();
    assert_eq!(advice(&told(&after)), advice(&before), "{}", told(&after));
    let answers = typed(home.path(), &["--deployment", &desk, "try"], "who knows about bike fitting here\n");
    assert!(!answers.contains("bike-fitting (AI):"), "in the shadow it answers nobody: {answers}");

    for (name, words) in [("bike-fitting", "there is an agent `bike-fitting` already"), ("triage", "there is an agent")]
    {
        let again = new(name);
        assert_eq!(again.status.code(), Some(1));
        assert!(told(&again).contains(words), "{}", told(&again));
    }
    let nowhere = run(home.path(), &["agents", "new", "late"]);
    assert!(told(&nowhere).contains("there is no deployment here"), "{}", told(&nowhere));
    let odd = new("Not A Name");
    assert_eq!(odd.status.code(), Some(2), "{}", told(&odd));
}

/// With `--models` an agent of a model is asked as on a floor, tools and all; without, its flows answer.
#[tokio::test(flavor = "multi_thread")]
async fn with_models_the_model_of_an_agent_is_asked_and_held_to_what_is_written() {
    let model = Provider::start(|asked: &Asked| {
        if asked.says("anything else") {
            return answer(Wire::Openai, "Glad to help.", &[("resolve", json!({}))]);
        }
        let gave = asked.body["messages"].as_array().unwrap().iter().any(|message| message["role"] == "tool");
        if gave {
            answer(Wire::Openai, "The model says: nothing is down right now.", &[])
        } else {
            answer(Wire::Openai, "", &[("status__get", json!({}))])
        }
    })
    .await;
    let home = tempfile::tempdir().unwrap();
    models::deploy(home.path(), &[("fast", Wire::Openai, &model.url)], "");
    let written = "about = \"x\"\n[[turns]]\nsay = \"the app crashes every time I open it\"\n[turns.expect]\n\
                   agent = \"technical\"\ncalls = [{ tool = \"status.get\" }]\nsays = [\"The model says\"]\n";
    std::fs::write(home.path().join("rehearsals/model.toml"), written).unwrap();
    let (all, home) = (|more: &[&str]| run(home.path(), &[&["rehearse", "model"], more].concat()), home.path());
    // Its flows say something else, and no model is asked.
    let plain = all(&[]);
    assert_eq!(plain.status.code(), Some(1), "{}", told(&plain));
    assert!(model.asked().is_empty() && told(&plain).contains("MISSED says"), "{}", told(&plain));
    let asked = all(&["--models"]);
    assert_eq!(asked.status.code(), Some(0), "{}", told(&asked));
    assert_eq!(model.asked().len(), 2, "once before the tool and once after it");
    assert!(model.asked().iter().all(|one| one.says("the app crashes every time")));
    // What the model does otherwise is a miss that names it.
    std::fs::write(home.join("rehearsals/model.toml"), written.replace("The model says", "Have you tried")).unwrap();
    let missed: Value = serde_json::from_slice(&all(&["--models", "--json"]).stdout).unwrap();
    assert_eq!((&missed["missed"], &missed["passed"]), (&1.into(), &0.into()));
    assert!(missed.to_string().contains("nothing is down right now"), "{missed}");
}
