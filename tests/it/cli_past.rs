//! `baton assess` and `baton init --from` as a user meets them: past dialogues in, figures and a
//! deployment out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use super::killed::baton;

fn run(home: &Path, args: &[&str]) -> Output {
    baton(home).args(args).output().unwrap()
}

fn fine(home: &Path, args: &[&str]) -> String {
    let output = run(home, args);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {err}{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

fn told(home: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&fine(home, args)).unwrap()
}

fn refused(home: &Path, args: &[&str], words: &str) {
    let output = run(home, args);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.starts_with("baton: ") && err.contains(words), "{err}");
}

/// What customers of three desks say, and what is said to them.
const DESKS: [(&str, &str, [&str; 5], &str); 3] = [
    (
        "parcels",
        "parcel-late",
        [
            "where is my parcel please",
            "my parcel has not arrived yet",
            "when will the parcel be delivered",
            "the parcel is late, can you track it",
            "has my parcel been shipped at all",
        ],
        "Let me look where the parcel is.",
    ),
    (
        "accounts",
        "password-reset",
        [
            "i forgot my password again",
            "how do i reset the password",
            "the password does not work",
            "please send me a new password",
            "my password has expired today",
        ],
        "I have sent you a link for a new password.",
    ),
    (
        "money",
        "refund",
        [
            "i want a refund for the lamp",
            "when do i get my money back",
            "please refund the second charge",
            "the refund is still missing",
            "give me my money back now please",
        ],
        "The refund takes five days.",
    ),
];

/// Dialogues of 13 customers: 60 that begin with a greeting, half of which change the topic.
fn dialogues(labelled: bool, times: bool) -> Vec<Value> {
    let dialogue = |at: usize| {
        let (desk, matter, texts, answer) = DESKS[at % 3];
        let (next_desk, next_matter, next_texts, next_answer) = DESKS[(at + 1) % 3];
        let changes = at.is_multiple_of(2);
        let say = |role: &str, text: String, at_ms: usize| {
            let mut turn = json!({ "role": role, "text": text });
            if times {
                turn["at_ms"] = at_ms.into();
            }
            turn
        };
        let mut turns = vec![
            say("customer", "hello".into(), 0),
            say("customer", texts[at / 3 % 5].to_owned(), 5_000),
            say("agent", answer.into(), 20_000),
        ];
        turns.push(json!({ "role": "tool_call", "name": matter }));
        turns.push(say("customer", format!("my name is Zebulon{at}, number 118{at}"), 30_000));
        if changes {
            turns.push(say("customer", next_texts[at % 5].to_owned(), 60_000));
            turns.push(json!({ "role": "route", "to": next_matter }));
            turns.push(json!({ "role": "tool_call", "name": next_matter }));
            turns.push(say("agent", next_answer.into(), 70_000));
        }
        turns.push(say("customer", "thank you, bye".into(), 90_000));
        let mut row =
            json!({ "id": format!("d-{at}"), "customer": { "id": format!("k-{}", at % 13) }, "turns": turns });
        if times {
            row["started_at"] = format!("2026-03-{:02}T{:02}:00:00Z", 1 + at % 20, 8 + at % 9).into();
        }
        if labelled {
            let both = if changes { vec![desk, next_desk] } else { vec![desk] };
            let matters = if changes { vec![matter, next_matter] } else { vec![matter] };
            row["labels"] = json!({ "domains": both, "tasks": matters, "customer_annoyed": at.is_multiple_of(10) });
        }
        row
    };
    (0..60).map(dialogue).collect()
}

fn write(home: &Path, name: &str, rows: &[Value]) -> String {
    let mut text = String::new();
    for row in rows {
        writeln!(text, "{row}").unwrap();
    }
    std::fs::write(home.join(name), text).unwrap();
    home.join(name).display().to_string()
}

#[test]
fn labelled_dialogues_are_assessed() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let file = write(here, "past.jsonl", &dialogues(true, true));
    let holds = told(here, &["assess", &file, "--json"]);
    assert_eq!((&holds["dialogues"], &holds["customers"]), (&json!(60), &json!(13)), "{holds}");
    assert_eq!(holds["passes"], json!({ "dialogues": 30, "in_all": 30, "topic_changes": 30 }));
    assert_eq!(holds["annoyed"], json!({ "of": 60, "yes": 6 }));
    assert_eq!(holds["hours"].as_array().unwrap().iter().filter_map(Value::as_u64).sum::<u64>(), 60);
    assert_eq!(holds["waiting"]["median_s"], 20, "{holds}");
    assert_eq!(holds["matters"].as_array().unwrap().len(), 3);
    assert_eq!(holds["first"].as_array().unwrap().len(), 3);
    let triage = &holds["triage"];
    assert_eq!((&triage["openings"], &triage["changes"]), (&json!(60), &json!(30)), "{triage}");
    assert!(triage["openings_found"].as_u64() >= Some(57), "{triage}");
    assert!(triage["rules"][0]["changes_followed"].as_u64() >= Some(26), "{triage}");
    let table = fine(here, &["assess", &file]);
    assert!(table.contains("parcel-late") && table.contains("within a turn") && table.contains("30 of 60"), "{table}");
    let page = fine(here, &["assess", &file, "--html"]);
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"), "{page:.80}");
    assert!(
        page.contains("parcel-late") && page.contains("What a triage would have reached") && !page.contains("<script")
    );
}

#[test]
fn what_is_not_there_is_not_made_up() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let plain = write(here, "plain.jsonl", &dialogues(false, false));
    let holds = told(here, &["assess", &plain, "--json"]);
    assert_eq!(holds["labelled"], false);
    assert!(holds["hours"].is_null() && holds["waiting"].is_null() && holds["triage"].is_null(), "{holds}");
    assert!(holds["triage_untold"].as_str().unwrap().contains("no labels"));
    assert!((3..=7).contains(&holds["matters"].as_array().unwrap().len()), "{}", holds["matters"]);
    assert!(fine(here, &["assess", &plain]).contains("unknown: turns have no times"));
    let mut odd = dialogues(false, false);
    odd[0]["turns"][1]["text"] = "посылка ".repeat(12_000).into();
    odd[1]["turns"][1]["text"] = "我的包裹在哪里，请帮我查一下".into();
    odd[2]["turns"] = json!([]);
    odd[3]["started_at"] = "yesterday".into();
    let odd = write(here, "odd.jsonl", &odd);
    assert_eq!(told(here, &["assess", &odd, "--json"])["dialogues"], 60);
    fine(here, &["init", "--from", &odd, &here.join("odd").display().to_string()]);
    fine(here, &["check", &here.join("odd").display().to_string()]);
}

#[test]
fn files_that_cannot_be_used_are_told_with_the_line() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let broken = here.join("broken.jsonl");
    std::fs::write(&broken, "{\"id\":\"a\",\"turns\":[]}\n\n{\"id\":\"b\",\"turns\":7}\n").unwrap();
    let broken = broken.display().to_string();
    let out = here.join("out").display().to_string();
    refused(here, &["assess", &broken], "broken.jsonl: line 3 is no dialogue");
    refused(here, &["init", "--from", &broken, &out], "line 3 is no dialogue");
    let empty = write(here, "empty.jsonl", &[]);
    refused(here, &["assess", &empty], "no customer says anything");
    refused(here, &["init", "--from", &empty, &out], "no customer says anything");
    let few = write(here, "few.jsonl", &dialogues(true, true)[..2]);
    refused(here, &["init", "--from", &few, &out], "give more dialogues");
    refused(here, &["assess", "/nowhere.jsonl"], "/nowhere.jsonl");
    assert!(!here.join("out").exists(), "nothing was written");
}

#[test]
fn a_proposal_is_checked_runs_and_is_never_written_over() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let file = write(here, "past.jsonl", &dialogues(true, false));
    let said = fine(here, &["init", "--from", &file]);
    assert!(said.contains("proposed from 60 dialogues") && said.contains("proposal.md"), "{said}");
    let read = |path: &str| std::fs::read_to_string(here.join(path)).unwrap();
    let agent = read("agents/parcels.toml");
    assert!(agent.contains("name = \"parcel-late\"") && agent.contains("has my parcel been shipped"), "{agent}");
    assert!(read("agents/triage.toml").contains("\"parcels\""));
    assert!(read("replies.toml").contains("The refund takes five days."), "{}", read("replies.toml"));
    assert!(read("proposal.md").contains("within a turn"), "{}", read("proposal.md"));
    let all = ["agents/parcels.toml", "agents/money.toml", "agents/accounts.toml", "replies.toml", "proposal.md"];
    assert!(all.iter().all(|path| !read(path).contains("Zebulon")), "nobody is named");
    let checked = told(here, &["check", "--json"]);
    assert_eq!(checked["ok"], true, "{checked}");
    let measured = told(here, &["evaluate", "intents", "--json"]);
    assert!(measured["accuracy"].as_f64() > Some(0.8), "{measured}");
    let played = told(here, &["demo", "--headless", "--dialogues", &file, "--speed", "60", "--for", "60s", "--json"]);
    assert_eq!((&played["played"]["exact"], &played["floor"]["laws_broken"]), (&json!(true), &json!(0)), "{played}");
    assert!(played["floor"]["handoffs"].as_u64() >= Some(40), "triage hands over to the desks: {played}");
    std::fs::write(here.join("replies.toml"), "# mine\n").unwrap();
    refused(here, &["init", "--from", &file], "nothing was written");
    assert_eq!(read("replies.toml"), "# mine\n");
}

#[test]
fn without_labels_agents_for_what_is_alike_are_proposed() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let file = write(here, "past.jsonl", &dialogues(false, true));
    fine(here, &["init", "--from", &file]);
    fine(here, &["check"]);
    let files = std::fs::read_dir(here.join("agents")).unwrap().map(|entry| entry.unwrap().path());
    let proposed = files.filter(|path| !path.ends_with("triage.toml") && !path.ends_with("escalation.toml"));
    let agents: Vec<String> = proposed.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let intents: Vec<usize> = agents.iter().map(|agent| agent.matches("[[intents]]").count()).collect();
    assert!((3..=7).contains(&intents.iter().sum::<usize>()), "{agents:#?}");
    assert!(agents.len() <= 3 && intents.iter().all(|count| *count > 0), "{agents:#?}");
    // What is asked in like words is with one agent.
    for word in ["parcel", "password", "refund"] {
        let asks = |agent: &&String| agent.lines().any(|line| line.starts_with("name") && line.contains(word));
        assert_eq!(agents.iter().filter(asks).count(), 1, "{word}: {agents:#?}");
    }
    assert!(std::fs::read_to_string(here.join("proposal.md")).unwrap().contains("Without labels"));
}

/// The lines of a packed file; none where it, or gzip, is not there.
fn unpacked(path: &Path) -> Option<Vec<String>> {
    let out = std::process::Command::new("gzip").arg("-dc").arg(path).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).lines().map(str::to_owned).collect())
}

/// Recorded dialogues of 36 customers at 13 desks. An unoptimised run reads them in minutes: without
/// `BATON_SOAK=1` half of the customers have to do, with less to learn from.
#[test]
fn the_desk_of_recorded_dialogues_is_found() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/conversations/star.jsonl.gz");
    let Some(lines) = unpacked(&path) else {
        println!("skipped: no {} (or no gzip) to read dialogues from", path.display());
        return;
    };
    let soak = std::env::var_os("BATON_SOAK").is_some();
    let rows: Vec<(String, Value)> = lines
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .map(|row: Value| (row["customer"]["id"].as_str().unwrap_or_default().to_owned(), row))
        .collect();
    let customers: BTreeSet<&String> = rows.iter().map(|(customer, _)| customer).collect();
    let chosen: BTreeSet<&String> = customers.into_iter().step_by(if soak { 1 } else { 2 }).collect();
    let rows: Vec<Value> =
        rows.iter().filter(|(customer, _)| chosen.contains(customer)).map(|(_, row)| row.clone()).collect();
    let home = tempfile::tempdir().unwrap();
    let file = write(home.path(), "star.jsonl", &rows);
    let triage = told(home.path(), &["assess", &file, "--json"])["triage"].clone();
    let share = |part: &Value, of: &Value| part.as_f64().unwrap() / of.as_f64().unwrap();
    assert_eq!((&triage["customers"], &triage["desks"]), (&json!(chosen.len()), &json!(13)), "{triage}");
    let openings = share(&triage["openings_found"], &triage["openings"]);
    let all = share(&triage["all_openings_found"], &triage["all_openings"]);
    let followed = share(&triage["rules"][0]["changes_followed"], &triage["changes"]);
    assert!(openings >= 0.95 && all >= 0.95, "{openings} {all} of openings");
    assert!(followed >= if soak { 0.85 } else { 0.82 }, "{followed} of changes");
}
