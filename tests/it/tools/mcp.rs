//! MCP end to end: servers in processes of their own, on pipes and on a socket.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::*;

/// The server of tools that stands beside this test's binary.
fn shelf() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let path = here.parent().and_then(Path::parent).unwrap().join("examples/shelf");
    assert!(path.exists(), "{}: `cargo test` builds it; so does `cargo build --example shelf`", path.display());
    path
}

/// A shelf that listens on a socket; it ends with this.
struct Listening {
    child: Child,
    url: String,
}

impl Listening {
    fn start(log: &Path) -> Self {
        let mut child = Command::new(shelf()).arg("http").env("SHELF_LOG", log).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const TOOLS: &str = "\
[[tools]]\nname = \"shelf.find\"\nidentity = \"anonymous\"\nneeds = [\"title\"]\n\
[[tools]]\nname = \"shelf.lend\"\nidentity = \"anonymous\"\nside-effect = true\noutward = false\nreconcile = false\nneeds = [\"book\", \"days\"]\n\
[tools.args]\nbook = {}\ndays = { kind = \"integer\" }\n\
[[tools]]\nname = \"shelf.hang\"\nidentity = \"anonymous\"\n\
[[tools]]\nname = \"shelf.die\"\nidentity = \"anonymous\"\nside-effect = true\noutward = false\nreconcile = false\n\
[[tools]]\nname = \"shelf.shout\"\nidentity = \"anonymous\"\n\
[[calls]]\ntool = \"shelf.find\"\nserver = \"shelf\"\nat = \"find_book\"\n\
[[calls]]\ntool = \"shelf.lend\"\nserver = \"shelf\"\nat = \"lend_book\"\nargs = { book = \"bookId\" }\n\
[[calls]]\ntool = \"shelf.hang\"\nserver = \"shelf\"\nat = \"hang\"\n\
[[calls]]\ntool = \"shelf.die\"\nserver = \"shelf\"\nat = \"die\"\n\
[[calls]]\ntool = \"shelf.shout\"\nserver = \"shelf\"\nat = \"shout\"\n";

const NAMES: [&str; 5] = ["shelf.find", "shelf.lend", "shelf.hang", "shelf.die", "shelf.shout"];

/// Which function is called for which words, and with what.
fn script(asked: &Asked) -> Vec<Part> {
    let calls = [
        ("find Dune", "shelf__find", json!({ "title": "Dune" })),
        ("find Emma", "shelf__find", json!({ "title": "Emma" })),
        ("lend it", "shelf__lend", json!({ "book": "b-1", "days": 7 })),
        ("now hang", "shelf__hang", json!({})),
        ("now die", "shelf__die", json!({})),
        ("now shout", "shelf__shout", json!({})),
    ];
    match gave(asked) {
        None => {
            let (_, tool, args) = calls.iter().find(|(words, ..)| asked.says(words)).unwrap();
            answer(Wire::Openai, "", &[(tool, args.clone())])
        }
        Some(gave) => answer(Wire::Openai, &format!("Told: {gave}"), &[]),
    }
}

/// What each asks for, what the customer is told, and how the call ends.
const TALKS: [(&str, &str, CallEnd); 7] = [
    ("find Dune", "copies-left", CallEnd::Done),
    ("find Emma", "no such book", CallEnd::Declined),
    ("lend it", "until Friday", CallEnd::Done),
    ("now hang", "nothing was done", CallEnd::Failed),
    ("now die", "nobody knows", CallEnd::Unknown),
    // The server that died was begun anew.
    ("find Dune", "copies-left", CallEnd::Done),
    ("now shout", "nothing was done", CallEnd::Failed),
];

async fn converse(home: &Path) {
    let mut server = Server::start(home);
    for (asks, told, _) in TALKS {
        let (_, mut maya) = customer(&server.address).await;
        maya.say("m1", &format!("{CRASH}, {asks}")).await.unwrap();
        maya.until_read(told).await.unwrap();
    }
    server.stop();
    let expected: Vec<CallEnd> = TALKS.iter().map(|(.., end)| *end).collect();
    assert_eq!(ends(&journal(home)), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_pipes_is_called_dies_and_is_begun_anew() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let log = home.join("shelf.log");
    let model = Provider::start(script).await;
    // It is handed on nothing but what is named, so the place of its log goes with the command.
    let server = format!(
        "[[servers]]\nname = \"shelf\"\nkind = \"mcp\"\ncommand = [\"env\", \"SHELF_LOG={}\", \"{}\", \"stdio\"]\ntimeout-ms = 700\n",
        log.display(),
        shelf().display()
    );
    deploy(home, &model.url, &NAMES, &format!("{server}{TOOLS}"));
    converse(home).await;
    let done = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = done.lines().collect();
    let times = |what: &str| lines.iter().filter(|line| line.starts_with(what)).count();
    assert_eq!(times("begins"), 2, "{done}");
    assert_eq!((times("lend_book"), times("die"), times("hang"), times("shout")), (1, 1, 3, 3), "{done}");
    let lent = lines.iter().find(|line| line.starts_with("lend_book")).unwrap();
    assert!(lent.contains(r#""bookId":"b-1""#) && lent.contains(r#""days":7"#) && !lent.ends_with("none"), "{lent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_a_socket_is_called_and_told_apart_by_the_doctor() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let model = Provider::start(script).await;
    let shelf = Listening::start(&home.join("shelf.log"));
    let server = format!("[[servers]]\nname = \"shelf\"\nkind = \"mcp\"\nurl = \"{}\"\ntimeout-ms = 700\n", shelf.url);
    deploy(home, &model.url, &NAMES, &format!("{server}{TOOLS}"));
    let mut floor = Server::start(home);
    for (asks, told, _) in &TALKS[..4] {
        let (_, mut maya) = customer(&floor.address).await;
        maya.say("m1", &format!("{CRASH}, {asks}")).await.unwrap();
        maya.until_read(told).await.unwrap();
    }
    floor.stop();
    let tested = baton(home).args(["tools", "test", "--json"]).output().unwrap();
    let looks: Value = serde_json::from_slice(&tested.stdout).unwrap();
    assert!(tested.status.success() && looks[0]["offers"].as_array().unwrap().len() == 5, "{looks}");
    let file = home.join("tools.toml");
    let renamed = fs::read_to_string(&file).unwrap().replace("at = \"find_book\"", "at = \"seek_book\"");
    fs::write(&file, renamed).unwrap();
    let tested = baton(home).args(["tools", "test"]).output().unwrap();
    assert!(!tested.status.success() && String::from_utf8_lossy(&tested.stdout).contains("does not offer seek_book"));
    drop(shelf);
    let tested = baton(home).args(["tools", "test"]).output().unwrap();
    assert!(!tested.status.success(), "{}", String::from_utf8_lossy(&tested.stdout));
    let doctor = baton(home).arg("doctor").output().unwrap();
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("shelf:"), "{}", String::from_utf8_lossy(&doctor.stdout));
}

/// A server that others publish, from a package index.
#[tokio::test(flavor = "multi_thread")]
async fn a_published_server_is_called() {
    let there = Command::new("python3").args(["-c", "import mcp_server_time"]).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        let demanded = std::env::var("BATON_TEST_REQUIRE").is_ok_and(|value| value == "all");
        assert!(!demanded, "no mcp-server-time here, and BATON_TEST_REQUIRE=all: `pip install mcp-server-time`");
        println!("skipped: no mcp-server-time here; `pip install mcp-server-time` to test a published server");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let model = Provider::start(calling("clock__get_current_time", json!({ "timezone": "Asia/Tokyo" }))).await;
    let server =
        "[[servers]]\nname = \"clock\"\nkind = \"mcp\"\ncommand = [\"python3\", \"-m\", \"mcp_server_time\"]\n";
    deploy(home, &model.url, &[], server);
    let imported =
        baton(home).args(["tools", "import", "clock", "--only", "get_current_time", "--write"]).output().unwrap();
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    // What a person does with a draft: says that it only reads, for whom it is, and who may call it.
    let file = home.join("tools.toml");
    let lines = fs::read_to_string(&file).unwrap();
    let lines = lines.replace(
        "name = \"clock.get_current_time\"\n",
        "name = \"clock.get_current_time\"\nidentity = \"anonymous\"\n",
    );
    fs::write(
        &file,
        lines.replace("side-effect = true\nalways-ask = true\nreconcile = false\nreads-foreign = true", ""),
    )
    .unwrap();
    let file = home.join("agents/technical.toml");
    let agent = fs::read_to_string(&file).unwrap();
    fs::write(&file, agent.replacen("tools = [", "tools = [\"clock.get_current_time\", ", 1)).unwrap();
    let mut floor = Server::start(home);
    let (_, mut maya) = customer(&floor.address).await;
    maya.say("m1", CRASH).await.unwrap();
    maya.until_read("Asia/Tokyo").await.unwrap();
    floor.stop();
}
