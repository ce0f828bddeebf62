//! Images and files over real sockets: in, looked at, handed on or not, out, and gone.

use std::time::Duration;

use baton::client::customer::{Access, ChatEvent, Options, connect};
use baton::client::{Address, rest};
use baton::config::Bundle;
use baton::config::files::ScanFile;
use baton::domain::id::{ConversationId, TurnNo};
use baton::protocol::console::ConsoleCommand;
use baton::protocol::customer::CustomerReply;
use baton::protocol::query::{Page, Query};
use baton::runtime::handle::Viewer;
use serde_json::{Value, json};

use crate::house::House;

/// Time for anything that should come at once.
const PATIENCE: Duration = Duration::from_secs(60);
const PDF: &[u8] = b"%PDF-1.7\nmarker of an invoice\n";

/// A conversation of the built-in page: its path and token.
async fn minted(house: &House) -> (String, String) {
    let begun: Value =
        house.post("/v1/conversations", None).json(&json!({})).send().await.unwrap().json().await.unwrap();
    let path = format!("/v1/conversations/{}", begun["conversation"].as_str().unwrap());
    (path, begun["token"].as_str().unwrap().to_owned())
}

fn id_of(path: &str) -> ConversationId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

async fn upload(house: &House, (path, token): (&str, &str), name: &str, content: &[u8]) -> (u16, Value) {
    let request = house.post(&format!("{path}/files"), Some(token)).header("baton-file-name", name);
    let answer = request.body(content.to_vec()).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn say(house: &House, (path, token): (&str, &str), body: Value) -> (u16, Value) {
    let answer = house.post(&format!("{path}/messages"), Some(token)).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// What an operator gets of a file: the status, and the content or the problem's code.
async fn opened(house: &House, conversation: ConversationId, file: &str, token: &str) -> (u16, Vec<u8>) {
    let answer = house.get(&format!("/v1/files/{conversation}/{file}"), Some(token)).send().await.unwrap();
    let status = answer.status().as_u16();
    if status == 200 {
        return (status, answer.bytes().await.unwrap().to_vec());
    }
    let problem: Value = answer.json().await.unwrap();
    (status, problem["code"].as_str().unwrap().as_bytes().to_vec())
}

/// Asks until the file stands as wanted.
async fn until_opened(house: &House, conversation: ConversationId, file: &str, wanted: u16) -> Vec<u8> {
    let asked = tokio::time::timeout(PATIENCE, async {
        loop {
            let (status, body) = opened(house, conversation, file, house.operator_token()).await;
            if status == wanted {
                return body;
            }
        }
    });
    asked.await.expect("the file never stood as wanted")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_said_and_read_by_those_who_may_and_it_survives_a_restart() {
    let house = House::start().await;
    let (path, token) = minted(&house).await;
    let me = (path.as_str(), token.as_str());
    let (status, sent) = upload(&house, me, "Rechnung%20M%C3%A4rz.pdf", PDF).await;
    assert_eq!((status, &sent["kind"], &sent["bytes"]), (201, &json!("pdf"), &json!(PDF.len())), "{sent}");
    assert_eq!(sent["name"], "Rechnung März.pdf");
    let file = sent["file"].as_str().unwrap();
    assert_eq!(upload(&house, me, "Rechnung%20M%C3%A4rz.pdf", PDF).await.1["file"], sent["file"], "once");
    // Before it is said, it is nobody's business but the customer's.
    let conversation = id_of(&path);
    assert_eq!(opened(&house, conversation, file, house.operator_token()).await, (422, b"unknown_file".to_vec()));

    let message = json!({ "text": "I was charged twice, see here", "key": "k-1", "files": [file] });
    let (status, posted) = say(&house, me, message.clone()).await;
    assert_eq!(status, 201, "{posted}");
    assert_eq!(say(&house, me, message.clone()).await.1["turn"], posted["turn"], "the same key says it once");
    let other = json!({ "text": "I was charged twice, see here", "key": "k-1" });
    assert_eq!(say(&house, me, other).await.1["code"], "key_reused", "the files are part of what is said");

    let house = house.restart().await;
    let messages: Value =
        house.get(&format!("{path}/messages"), Some(&token)).send().await.unwrap().json().await.unwrap();
    let mine: Vec<&Value> =
        messages["messages"].as_array().unwrap().iter().filter(|m| m["author"]["kind"] == "you").collect();
    assert_eq!((mine.len(), &mine[0]["files"][0]), (1, &sent));

    let own = house.get(&format!("{path}/files/{file}"), Some(&token)).send().await.unwrap();
    let header = |name: &str| own.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment;"), "{}", header("content-disposition"));
    assert!(header("content-disposition").contains("Rechnung%20M%C3%A4rz.pdf"));
    assert_eq!(
        (header("x-content-type-options"), header("content-type")),
        ("nosniff".into(), "application/pdf".into())
    );
    assert!(header("content-security-policy").contains("sandbox") && header("cache-control").contains("no-store"));
    assert_eq!(own.bytes().await.unwrap(), PDF);

    let (other_path, other_token) = minted(&house).await;
    let theirs = house.get(&format!("{other_path}/files/{file}"), Some(&other_token)).send().await.unwrap();
    assert_eq!(theirs.status(), 422, "not in another conversation");
    assert_eq!(house.get(&format!("{path}/files/{file}"), Some(&other_token)).send().await.unwrap().status(), 401);
    assert_eq!(house.get(&format!("{path}/files/{file}"), None).send().await.unwrap().status(), 401);
    let stolen = json!({ "text": "mine", "files": [file] });
    assert_eq!(say(&house, (&other_path, &other_token), stolen).await.1["code"], "unknown_file");

    assert_eq!(opened(&house, conversation, file, &token).await.0, 401, "a customer's token is no operator's");
    assert_eq!(opened(&house, conversation, file, house.operator_token()).await, (200, PDF.to_vec()));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_for_this_house_is_turned_down_and_nothing_of_it_is_kept() {
    let house = House::start_with(|bundle: &mut Bundle| {
        bundle.policy.files.bytes = 1_000;
        bundle.policy.files.per_message = 2;
    })
    .await;
    let (path, token) = minted(&house).await;
    let me = (path.as_str(), token.as_str());
    for (name, content, status, code) in [
        ("a.png", b"MZ\x90\0 a program".as_slice(), 415, "kind_not_taken"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "kind_not_taken"),
        ("a.txt", b"hello <script>alert(1)</script>", 415, "kind_not_taken"),
        ("a.pdf", b"", 422, "empty"),
        ("a.txt", &[b'x'; 1_001], 413, "too_large"),
    ] {
        let (given, problem) = upload(&house, me, name, content).await;
        assert_eq!((given, &problem["code"]), (status, &json!(code)), "{name}: {problem}");
    }
    assert_eq!(house.post(&format!("{path}/files"), None).body(PDF).send().await.unwrap().status(), 401);
    // Declared as something else, it is what it is.
    let request = house.post(&format!("{path}/files"), Some(&token)).header("content-type", "image/png");
    let sent: Value = request.body(PDF).send().await.unwrap().json().await.unwrap();
    assert_eq!((&sent["kind"], &sent["name"]), (&json!("pdf"), &json!("file.pdf")));
    let many: Vec<Value> = ["1", "2", "3"].into_iter().map(Value::from).collect();
    let mut files = vec![sent["file"].clone()];
    for number in &many {
        let (_, sent) = upload(&house, me, "n.txt", number.as_str().unwrap().as_bytes()).await;
        files.push(sent["file"].clone());
    }
    assert_eq!(say(&house, me, json!({ "text": "all", "files": files })).await.1["code"], "too_much");
    assert_eq!(say(&house, me, json!({ "text": "" })).await.1["code"], "empty");
    let (status, posted) = say(&house, me, json!({ "files": [files[0]] })).await;
    assert_eq!(status, 201, "a file says enough: {posted}");
    house.stop().await;
}

/// A body that ends before its length: the connection is gone in between.
#[tokio::test(flavor = "multi_thread")]
async fn half_an_upload_is_none() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let house = House::start().await;
    let (path, token) = minted(&house).await;
    let mut socket = tokio::net::TcpStream::connect(house.address()).await.unwrap();
    let head = format!(
        "POST {path}/files HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\ncontent-length: 5000\r\n\r\n",
        house.address()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(PDF).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap();
    assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    // Nothing lies there: the whole one has the room of a conversation to itself.
    let (status, sent) = upload(&house, (&path, &token), "a.pdf", PDF).await;
    assert_eq!((status, &sent["bytes"]), (201, &json!(PDF.len())));
    house.stop().await;
}

fn scanned_by(bundle: &mut Bundle, script: &str, timeout_ms: u64) {
    let command = ["sh", "-c", script].map(str::to_owned).to_vec();
    bundle.house.scan = Some(ScanFile { command, url: None, timeout_ms });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_says_who_sees_a_file_and_one_that_hangs_or_breaks_says_nothing() {
    let house = House::start_with(|bundle| {
        let script =
            "text=$(cat); case \"$text\" in *virus*) exit 1;; *hang*) sleep 60;; *break*) exit 7;; esac; exit 0";
        scanned_by(bundle, script, 8_000);
    })
    .await;
    let (path, token) = minted(&house).await;
    let (me, conversation) = ((path.as_str(), token.as_str()), id_of(&path));
    for (content, wanted) in [("all is well", 200), ("a virus", 409), ("hang on", 409), ("break it", 409)] {
        let (_, sent) = upload(&house, me, "n.txt", content.as_bytes()).await;
        let file = sent["file"].as_str().unwrap();
        assert_eq!(say(&house, me, json!({ "text": "see", "files": [file] })).await.0, 201);
        let body = until_opened(&house, conversation, file, wanted).await;
        if wanted == 200 {
            assert_eq!(body, content.as_bytes());
            continue;
        }
        // It stays so once the scanner has come back or was given up.
        until_scanned(&house, conversation, file).await;
        assert_eq!(opened(&house, conversation, file, house.operator_token()).await, (409, b"file_held".to_vec()));
        let own = house.get(&format!("{path}/files/{file}"), Some(&token)).send().await.unwrap();
        assert_eq!(own.bytes().await.unwrap(), content.as_bytes(), "its sender has it all the same");
    }
    house.stop().await;
}

/// Waits until the floor knows what came of the scan.
async fn until_scanned(house: &House, conversation: ConversationId, file: &str) {
    let told = tokio::time::timeout(PATIENCE, async {
        loop {
            let answer = house.get(&format!("/v1/files/{conversation}/{file}"), Some(house.operator_token())).send();
            let problem: Value = answer.await.unwrap().json().await.unwrap();
            if !problem["detail"].as_str().unwrap().contains("being scanned") {
                return;
            }
        }
    });
    told.await.expect("the scan never ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_waits_for_the_scan_and_a_socket_says_files_too() {
    let house = House::start_with(|bundle| scanned_by(bundle, "cat >/dev/null; exit 0", 15_000)).await;
    let address = Address::parse(&house.url()).unwrap();
    let minted = rest::mint(&address, None, None).await.unwrap();
    let path = format!("/v1/conversations/{}", minted.conversation);
    let (_, sent) = upload(&house, (&path, &minted.token), "a.pdf", PDF).await;
    let file = sent["file"].as_str().unwrap().parse().unwrap();
    let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
    let mut chat = connect(Options { address, access, after: TurnNo(0) });
    let text = "".into();
    let request = baton::protocol::customer::CustomerRequest::Say { key: None, text, files: vec![file] };
    chat.requests.send(request).await.unwrap();
    let answer = tokio::time::timeout(PATIENCE, async {
        loop {
            if let ChatEvent::Reply(CustomerReply::Message(message)) = chat.events.recv().await.unwrap() {
                return message.text;
            }
        }
    });
    let answer = answer.await.expect("an answer");
    assert!(answer.raw().contains("file"), "{:?}", answer.raw());
    house.stop().await;
}

/// Has the customer of a conversation forgotten, as an admin asks for it.
async fn forget(house: &House, conversation: ConversationId) {
    let floor = house.floor();
    let (operator, role) = floor.operator_for_token(floor.local_token()).unwrap();
    let viewer = Viewer { console: floor.console_id(), operator, role, read_only: false, present: false };
    let (page, _) = floor.ask(&viewer, Query::History { words: "".into() }, None).await;
    let Page::History(rows) = page else { panic!("no history") };
    let customer = rows.iter().find(|row| row.id == conversation).unwrap().customer;
    floor.command(&viewer, "k-erase".parse().unwrap(), None, ConsoleCommand::Erase(customer)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_customer_leaves_no_file() {
    let house = House::start().await;
    let (path, token) = minted(&house).await;
    let (_, sent) = upload(&house, (&path, &token), "marker-name.pdf", PDF).await;
    let file = sent["file"].as_str().unwrap();
    say(&house, (&path, &token), json!({ "text": "here", "files": [file] })).await;
    assert_eq!(opened(&house, id_of(&path), file, house.operator_token()).await.0, 200);
    let id: baton::domain::id::FileId = file.parse().unwrap();
    let files = ["files.db", "files.db-wal"].map(|name| house.data().join(name));
    let holds = |needle: &[u8]| {
        files
            .iter()
            .filter_map(|path| std::fs::read(path).ok())
            .any(|all| all.windows(needle.len()).any(|w| w == needle))
    };
    assert!(holds(&id.to_bytes()), "the search can find");
    assert!(!holds(b"marker of an invoice") && !holds(b"marker-name"), "sealed");
    forget(&house, id_of(&path)).await;
    let gone = tokio::time::timeout(PATIENCE, async {
        while holds(&id.to_bytes()) {
            opened(&house, id_of(&path), file, house.operator_token()).await;
        }
    });
    gone.await.expect("the file is still there");
    assert_ne!(opened(&house, id_of(&path), file, house.operator_token()).await.0, 200);
    house.stop().await;
}
