//! The command line as a user meets it: the real binary, its words, its ways out and its statuses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, mpsc};
use std::time::Duration;

use serde_json::Value;

use super::killed::{Server, baton};

/// What nobody may find raw on a terminal: a title, a colour, a bidi override, a tag, a joiner.
const HOSTILE: &str = "a\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\u{202e}b\u{200d}\u{e0041}c";

/// Longer than any command here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a command left.
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

fn done(command: &mut Command, input: &str) -> Done {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let (to, ended) = mpsc::channel();
    std::thread::spawn(move || to.send(child.wait_with_output()));
    let output = ended.recv_timeout(PATIENCE).expect("it ends in time").unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    for (name, text) in [("stdout", &out), ("stderr", &err)] {
        let hidden = |c: &char| (c.is_control() && *c != '\n') || matches!(*c, '\u{202e}' | '\u{200d}' | '\u{e0041}');
        assert_eq!(text.chars().find(hidden), None, "{name} shows something hidden: {:?}", text.escape_debug());
    }
    Done { code: output.status.code(), out, err }
}

impl Done {
    /// All went well.
    #[track_caller]
    fn fine(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        self.out
    }

    /// It failed with one line that holds these words.
    #[track_caller]
    fn fails(self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        assert_eq!(self.err.lines().count(), 1, "not one line: {:?}", self.err);
        assert!(self.err.starts_with("baton: "), "{:?}", self.err);
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in {:?}", self.err);
        }
    }
}

/// A command without input.
fn run(home: &Path, args: &[&str]) -> Done {
    done(baton(home).args(args), "")
}

fn json(home: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&run(home, args).fine()).unwrap()
}

#[test]
fn help_and_version_are_there_and_wrong_usage_is_one_clean_line() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    assert_eq!(run(here, &["--version"]).fine(), concat!("baton ", env!("CARGO_PKG_VERSION"), "\n"));
    let help = run(here, &["--help"]).fine();
    for command in ["demo", "serve", "console", "chat", "replay", "import", "export", "channels", "doctor"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(command)), "{command} is not in\n{help}");
    }
    run(here, &["sevre"]).fails(2, &["sevre", "serve"]);
    run(here, &[HOSTILE]).fails(2, &["unrecognized"]);
    run(here, &["serve", "--listen", HOSTILE]).fails(2, &["--listen", "127.0.0.1:7007"]);
    run(here, &["customer"]).fails(2, &["erase"]);
    run(here, &["demo", "--for", "10"]).fails(2, &["10s"]);
    run(here, &["explain", HOSTILE]).fails(1, &["there is no floor", "--home"]);
    run(here, &["import", HOSTILE]).fails(1, &["JSON"]);
    run(here, &["console", "--connect", HOSTILE, "--json"]).fails(1, &["http://127.0.0.1:7007"]);
    let nowhere = ["--connect", "http://127.0.0.1:1"];
    run(here, &[&["console", "--json"], &nowhere[..]].concat()).fails(1, &["127.0.0.1:1", "refused", "baton serve"]);
    run(here, &[&["chat"], &nowhere[..]].concat()).fails(1, &["127.0.0.1:1", "refused", "baton serve"]);
    run(here, &[]).fails(1, &["needs a terminal", "--plain"]);
    run(here, &["replay", "c-1"]).fails(1, &["needs a terminal"]);
    run(here, &["conversations"]).fails(1, &["there is no floor", "start one"]);
}

#[test]
fn a_deployment_is_made_once_and_its_mistakes_are_named() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let said = run(here, &["init", "desk"]).fine();
    assert!(said.contains("cd desk && baton check"), "{said}");
    run(here, &["init", "desk"]).fails(1, &["desk/baton.toml", "empty folder", "nothing was written"]);
    run(here, &["init", "--preset", HOSTILE, "other"]).fails(1, &["no preset", "support"]);
    assert!(run(here, &["check", "desk"]).fine().contains("ready"));
    assert_eq!(json(here, &["check", "desk", "--json"])["ok"], true);
    let desk = here.join("desk");
    let again = "\n[[intents]]\nname = \"money-back\"\nexamples = [\"I want a refund please\", \"give me my money back now\", \
                 \"please refund my payment\", \"how can I get a refund?\", \"I demand my money back\"]\n";
    let billing = desk.join("agents/billing.toml");
    let good = std::fs::read_to_string(&billing).unwrap();
    std::fs::write(&billing, format!("{good}{again}")).unwrap();
    let found = run(here, &["check", "desk"]).fine();
    let told = "examples of `money-back` are taken for `refund-request`";
    let line = good.lines().count() + 3;
    assert!(found.contains(told) && found.contains(&format!("agents/billing.toml:{line}:")), "{found}");
    std::fs::write(&billing, good).unwrap();
    for (file, from, to, place, nearest) in [
        ("baton.toml", "brand =", "brnad =", "baton.toml:5:1", "`brand`"),
        ("policy.toml", "\n[", "\n[[x", "policy.toml:", "expected"),
        ("agents/billing.toml", "capacity =", "capacty =", "agents/billing.toml:", "`capacity`"),
        ("tools.toml", "side-effect = true", "side-effect = 3", "tools.toml:", "boolean"),
        ("shop.toml", "handle =", "handel =", "shop.toml:", "`handle`"),
        ("knowledge/account.md", "title", "titel", "knowledge/account.md:2:1", "`title`"),
    ] {
        let path = desk.join(file);
        let good = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, good.replacen(from, to, 1)).unwrap();
        let found = run(here, &["check", "desk"]);
        assert_eq!((found.code, found.err.as_str()), (Some(1), ""), "{file}: {}", found.out);
        assert!(found.out.contains(place) && found.out.contains(nearest), "{file}: {}", found.out);
        let started = run(here, &["serve", "--deployment", "desk", "--listen", "127.0.0.1:0"]);
        assert_eq!(started.code, Some(1), "{file}");
        assert!(started.err.contains(place), "{file}: {}", started.err);
        std::fs::write(&path, good).unwrap();
    }
    let name = format!("name = \"{}\"\nbrand", HOSTILE.escape_unicode().to_string().replace("\\u{", "\\U{"));
    let path = desk.join("baton.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, good.replacen("brand", &format!("\u{202e}{HOSTILE}{name}"), 1)).unwrap();
    assert_eq!(run(here, &["check", "desk"]).code, Some(1), "hostile files are named, and shown clean");
}

#[test]
fn one_served_floor_answers_every_command() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let server = Server::start(here);
    let url = server.address.to_string();
    let piled = format!("e{}", "\u{301}".repeat(5_000));
    let lines =
        format!("I was charged twice for order 1182\n{HOSTILE}\n{piled}\n{}\n/foo\n/rate 9\n", "y".repeat(100_000));
    let said = done(baton(here).args(["chat", "--connect", &url]), &lines).fine();
    let at = |words: &str| said.find(words).unwrap_or_else(|| panic!("`{words}` is not in\n{said}"));
    assert!(
        at("AI assistant") < at("you: I was charged twice") && at("you: I was charged") < at("answers from here on")
    );
    assert!(at("you: yyy") < at("in parts"), "a line that is too long is turned down: {said}");
    assert!(said.contains("a rating is 1 to 5, not 9") && said.contains("/leave, /rate 1 to 5"), "{said}");
    assert!(said.matches('\u{301}').count() < 40, "marks pile up");

    let listed = run(here, &["conversations"]).fine();
    assert!(
        listed.contains("c-1") && listed.contains("double-charge") && listed.contains("triage > billing"),
        "{listed}"
    );
    assert_eq!(json(here, &["conversations", "list", "charged", "--json"])[0]["handle"], 1);
    assert!(run(here, &["conversations", "list", "neverheardof"]).fine().contains("no conversation holds"));
    let shown = run(here, &["conversations", "show", "c-1"]).fine();
    assert!(shown.starts_with("c-1 on 20") && shown.contains("customer: I was charged twice"), "{shown}");
    let page = run(here, &["explain", "c-1"]).fine();
    assert!(page.contains("routing chose billing") && page.contains("[#"), "{page}");
    assert!(json(here, &["explain", "c-1", "--json"]).as_array().unwrap().len() > 3);
    run(here, &["explain", "c-99"]).fails(1, &["c-99", "by its id or like c-1042"]);
    run(here, &["explain", HOSTILE]).fails(1, &["no conversation"]);
    let exported: Value = serde_json::from_str(&run(here, &["export", "c-1"]).fine()).unwrap();
    assert!(exported["turns"].as_array().unwrap().iter().any(|turn| turn["text"] == "a·b·c"), "{exported}");
    assert!(run(here, &["export", "--format", "markdown"]).fine().starts_with("# c-1 on 20"));
    assert!(run(here, &["doctor"]).out.contains("a floor runs on it"));
    assert!(run(here, &["audit", "verify"]).fine().contains("records hold"));
    let plain = done(baton(here).args(["console", "--plain"]), "list\nquit\n");
    assert!(plain.out.contains("connected") && plain.out.contains("c-1"), "{}{}", plain.out, plain.err);

    run(here, &["serve", "--listen", "127.0.0.1:0"]).fails(1, &["runs on", &url, "--home"]);
    let other = tempfile::tempdir().unwrap();
    let address = url.trim_start_matches("http://");
    run(other.path(), &["serve", "--listen", address]).fails(1, &[address, "taken by another program", "port"]);
    run(here, &["import", "nothing.jsonl"]).fails(1, &["nothing.jsonl", "JSON"]);

    run(here, &["customer", "erase", "c-1"]).fails(2, &["--yes"]);
    run(here, &["customer", "erase", "c-99", "--yes"]).fails(1, &["c-99"]);
    assert!(run(here, &["customer", "erase", "c-1", "--yes"]).fine().contains("is forgotten"));
    let after = run(here, &["conversations", "show", "c-1"]).fine();
    assert!(after.contains("customer: (erased)") && !after.contains("charged twice"), "{after}");
    for file in std::fs::read_dir(here.join("log")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("charged twice") && !text.contains('\u{1b}'), "a log holds what a customer wrote");
    }
}

#[test]
fn tokens_are_made_and_taken_back_and_a_console_ends_with_its_token() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let server = Server::start(here);
    let url = server.address.to_string();
    let token = json(here, &["operators", "add", "ana", "--json"])["token"].as_str().unwrap().to_owned();
    let file = here.join("token");
    std::fs::write(&file, &token).unwrap();
    let args = ["console", "--connect", &url, "--token-file", file.to_str().unwrap(), "--json"];
    let mut console = baton(here).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    let mut out = BufReader::new(console.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    assert!(first.contains(r#""operator":"ana""#), "{first}");
    assert!(run(here, &["operators"]).fine().lines().any(|line| line.starts_with("ana") && line.ends_with('1')));
    run(here, &["operators", "add", "zed"]).fails(1, &["zed", "ana", "baton.toml"]);
    assert!(run(here, &["operators", "revoke", "ana"]).fine().contains("one token of ana"));
    assert!(run(here, &["operators", "revoke", "ana"]).fine().contains("no token"));
    let (to, ended) = mpsc::channel();
    std::thread::spawn(move || to.send(console.wait_with_output()));
    let ended = ended.recv_timeout(PATIENCE).expect("the console ends with its token").unwrap();
    let words = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(words.contains("no operator has this token"), "{words}");
    run(here, &args).fails(1, &["token"]);

    let channel = json(here, &["channels", "add", "web", "--json"]);
    assert!(channel["token"].as_str().unwrap().starts_with("channel_"));
    assert!(run(here, &["channels"]).fine().lines().any(|line| line.starts_with("web") && line.ends_with('1')));
    run(here, &["channels", "add", "nowhere"]).fails(1, &["nowhere", "web", "baton.toml"]);
    assert_eq!(run(here, &["channels", "secret", "web"]).fine().trim().len(), 64);
    assert!(run(here, &["channels", "revoke", "web"]).fine().contains("one token of web"));
}

#[test]
fn what_was_imported_is_not_imported_again() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let dialogue = |id: &str, text: &str| {
        let turns =
            serde_json::json!([{ "role": "customer", "text": text }, { "role": "agent", "text": "All is well." }]);
        serde_json::json!({ "id": id, "turns": turns }).to_string()
    };
    let file = here.join("dialogues.jsonl");
    let first =
        [dialogue("d-1", HOSTILE), dialogue("d-2", "where is my parcel?"), dialogue("d-2", "where is my parcel?")];
    std::fs::write(&file, first.join("\n")).unwrap();
    let counts = |wanted: (u64, u64)| {
        let came = json(here, &["import", "dialogues.jsonl", "--json"]);
        assert_eq!((came["conversations"].as_u64().unwrap(), came["known"].as_u64().unwrap()), wanted, "{came}");
    };
    counts((2, 1));
    counts((0, 3));
    std::fs::write(&file, format!("{}\n{}", dialogue("d-2", "where is my parcel?"), dialogue("d-3", "more"))).unwrap();
    counts((1, 1));
    assert_eq!(json(here, &["conversations", "list", "--json"]).as_array().unwrap().len(), 3);
    let exported = run(here, &["export"]).fine();
    assert_eq!(exported.lines().count(), 3);
    std::fs::write(&file, "{").unwrap();
    run(here, &["import", "dialogues.jsonl"]).fails(1, &["line 1", "no dialogue"]);
}

#[test]
fn a_folder_that_cannot_be_used_is_told_with_the_way_out() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    let within = file.join("data");
    for folder in [within.to_str().unwrap(), "/proc/baton"] {
        run(home.path(), &["serve", "--home", folder]).fails(1, &[folder, "--home", "BATON_HOME"]);
    }
    let ill = run(home.path(), &["doctor", "--home", "/proc/baton"]);
    assert_eq!((ill.code, ill.err.as_str()), (Some(1), ""));
    assert!(ill.out.contains("ILL   data folder"), "{}", ill.out);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let run = |script: &str| {
        let script = format!("set -o pipefail; \"$BATON\" {script}");
        let mut bash = Command::new("bash");
        bash.args(["-c", &script]).env("BATON", env!("CARGO_BIN_EXE_baton")).env("BATON_HOME", home.path());
        done(bash.current_dir(home.path()), "")
    };
    assert_eq!(run("--help | head -1").fine().lines().count(), 1);
    assert_eq!(run("operators | head -1").fine().lines().count(), 1);
    assert_eq!(run("man | head -1").fine().lines().count(), 1);
    drop(server);
}

/// Runs into the end of a disk: a limit on the size of files stands for it. Everything that was
/// acknowledged is there afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_ends_the_floor_with_one_line_and_loses_nothing() {
    static SHELL: LazyLock<String> =
        LazyLock::new(|| format!("trap '' XFSZ; ulimit -f 800; exec \"{}\" \"$@\"", env!("CARGO_BIN_EXE_baton")));
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("bash");
    command.args(["-c", &SHELL, "baton", "serve", "--listen", "127.0.0.1:0"]).env("BATON_HOME", home.path());
    let mut child = command.current_dir(home.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let url = first.split_whitespace().find(|word| word.starts_with("http")).expect("it starts").to_owned();
    baton::client::install_crypto();
    let http = reqwest::Client::new();
    let begun = http.post(format!("{url}/v1/conversations")).json(&serde_json::json!({})).send().await.unwrap();
    let begun: Value = begun.json().await.unwrap();
    let (id, token) = (begun["conversation"].as_str().unwrap(), begun["token"].as_str().unwrap());
    let mut stored = Vec::new();
    for number in 0..30 {
        let text = format!("number {number} {}", "z".repeat(15_000));
        let say = http.post(format!("{url}/v1/conversations/{id}/messages")).bearer_auth(token);
        match say.json(&serde_json::json!({ "text": text })).send().await {
            Ok(answer) if answer.status() == 201 => stored.push(text),
            Ok(_) | Err(_) => break,
        }
    }
    assert!((1..30).contains(&stored.len()), "{} were stored", stored.len());
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(words.contains("journal") && words.contains("free or repair the disk"), "{words}");

    let server = Server::start(home.path());
    let all = http.get(server.address.http(&format!("/v1/conversations/{id}/messages"))).bearer_auth(token);
    let all: Value = all.send().await.unwrap().json().await.unwrap();
    let mine = all["messages"].as_array().unwrap().iter().filter(|message| message["author"]["kind"] == "you");
    let mine: Vec<&str> = mine.map(|message| message["text"].as_str().unwrap()).collect();
    assert!(
        mine.starts_with(&stored.iter().map(String::as_str).collect::<Vec<_>>()),
        "an acknowledged message is gone"
    );
}

#[test]
fn a_short_demo_without_a_screen_ends_with_one_object() {
    let home = tempfile::tempdir().unwrap();
    let report = json(home.path(), &["demo", "--headless", "--seed", "7", "--for", "4s", "--customers", "8", "--json"]);
    assert_eq!(report["laws_broken"], 0, "{report}");
    assert!(report["turns"].as_u64().unwrap() > 0, "{report}");
    assert!(!home.path().join("journal.db").exists(), "a demo leaves nothing");
}

/// What a command shows on a terminal of the usual size.
fn on_a_terminal(home: &Path, args: &[&str]) -> (u32, String) {
    let size = portable_pty::PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = portable_pty::native_pty_system().openpty(size).unwrap();
    let mut command = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_baton"));
    command.args(args);
    command.env("BATON_HOME", home);
    command.cwd(home);
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut shown = Vec::new();
    // The other end hangs up when the command is gone.
    let _ = pair.master.try_clone_reader().unwrap().read_to_end(&mut shown);
    (child.wait().unwrap().exit_code(), String::from_utf8(shown).unwrap())
}

#[test]
fn nothing_hidden_reaches_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let here = home.path();
    let server = Server::start(here);
    let piled = format!("e{}", "\u{301}".repeat(5_000));
    done(baton(here).args(["chat", "--connect", &server.address.to_string()]), &format!("{HOSTILE}\n{piled}\n")).fine();
    for (args, code) in [
        (&["conversations", "list", "--json"][..], 0),
        (&["conversations", "show", "c-1"], 0),
        (&["conversations", "show", "c-1", "--json"], 0),
        (&["explain", "c-1"], 0),
        (&["explain", HOSTILE], 1),
        (&["export", "c-1"], 0),
        (&["replay", "c-99"], 1),
        (&["replay", HOSTILE], 1),
        (&["console", "--theme", HOSTILE], 1),
        (&[HOSTILE], 2),
    ] {
        let (ended, shown) = on_a_terminal(here, args);
        assert_eq!(ended, code, "{args:?}: {shown}");
        let hidden = |c: &char| {
            (c.is_control() && !matches!(*c, '\n' | '\r')) || matches!(*c, '\u{202e}' | '\u{200d}' | '\u{e0041}')
        };
        assert_eq!(shown.chars().find(hidden), None, "{args:?}: {:?}", shown.escape_debug());
        assert!(!shown.is_empty() && shown.matches('\u{301}').count() < 40, "{args:?}: {shown}");
    }
}
