//! The gateway over real sockets: what is let in, what is turned down and how, and that the others
//! do not notice.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::house::{Desk, House};

/// Time for anything that should come at once.
const PATIENCE: Duration = Duration::from_secs(60);

type Ws = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A socket of any kind, with headers.
async fn dial(house: &House, path: &str, headers: &[(&'static str, &str)]) -> Result<Ws, WsError> {
    let mut request = format!("ws://{}{path}", house.address()).into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    Ok(connect_async(request).await?.0)
}

async fn say(ws: &mut Ws, frame: &Value) {
    ws.send(Message::text(frame.to_string())).await.unwrap();
}

/// The next JSON frame of one of these types.
async fn hear(ws: &mut Ws, kinds: &[&str]) -> Value {
    loop {
        let frame = tokio::time::timeout(PATIENCE, ws.next()).await.expect("a frame in time").unwrap().unwrap();
        let Message::Text(text) = frame else { continue };
        let frame: Value = serde_json::from_str(&text).unwrap();
        if kinds.contains(&frame["type"].as_str().unwrap()) {
            return frame;
        }
    }
}

/// The last error frame and the close code.
async fn thrown_out(ws: &mut Ws) -> (String, u16) {
    let mut code = String::new();
    loop {
        match tokio::time::timeout(PATIENCE, ws.next()).await.expect("an end in time") {
            Some(Ok(Message::Text(text))) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                if matches!(frame["type"].as_str(), Some("error" | "refused")) {
                    code = frame["code"].as_str().unwrap().to_owned();
                }
            }
            Some(Ok(Message::Close(Some(frame)))) => return (code, frame.code.into()),
            Some(Ok(_)) => {}
            other => panic!("no close frame after `{code}`: {other:?}"),
        }
    }
}

fn hello(token: &str) -> Value {
    json!({ "type": "hello", "protocol": "baton.v1", "token": token })
}

/// A conversation of the built-in page: its path and token.
async fn minted(house: &House) -> (String, String) {
    let response = house.post("/v1/conversations", None).json(&json!({})).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let begun: Value = response.json().await.unwrap();
    let path = format!("/v1/conversations/{}", begun["conversation"].as_str().unwrap());
    (path, begun["token"].as_str().unwrap().to_owned())
}

/// A customer's socket that is bound and has been greeted.
async fn customer(house: &House) -> Ws {
    let (path, token) = minted(house).await;
    let mut ws = dial(house, &format!("{path}/ws"), &[]).await.unwrap();
    say(&mut ws, &hello(&token)).await;
    hear(&mut ws, &["welcome"]).await;
    ws
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_frame_gets_a_word_and_a_code_and_nobody_else_notices() {
    let house = House::start().await;
    let mut bystander = customer(&house).await;
    let (path, token) = minted(&house).await;
    let customers = format!("{path}/ws");
    let long = "x".repeat(100_000);
    let huge = "x".repeat(300_000);
    let text = |value: Value| Message::text(value.to_string());
    let known = || text(hello(&token));
    let operator = || text(hello(house.operator_token()));
    let cases = [
        (&*customers, vec![Message::text("{")], "malformed", 4400),
        (&*customers, vec![Message::binary(vec![1, 2, 3])], "malformed", 4400),
        (&*customers, vec![text(json!({ "type": "hello", "protocol": "baton.v9", "new": 1 }))], "version", 4426),
        (&*customers, vec![text(json!({ "type": "hello", "protocol": "baton.v0" }))], "version", 4426),
        (&*customers, vec![text(json!({ "type": "say", "text": "hello" }))], "unauthenticated", 4401),
        (&*customers, vec![text(hello("v1.web.0000"))], "unauthenticated", 4401),
        (&*customers, vec![text(hello(house.operator_token()))], "unauthenticated", 4401),
        (&*customers, vec![known(), known()], "malformed", 4400),
        (&*customers, vec![known(), text(json!({ "type": "sing" }))], "malformed", 4400),
        (&*customers, vec![known(), text(json!({ "type": "say", "text": "a", "key": "no good" }))], "malformed", 4400),
        (&*customers, vec![known(), text(json!({ "type": "say", "text": long }))], "too_large", 4413),
        (&*customers, vec![known(), text(json!({ "type": "say", "text": huge }))], "too_large", 4413),
        ("/v1/console", vec![Message::text("[]")], "malformed", 4400),
        ("/v1/console", vec![text(json!({ "type": "focus", "conversation": null }))], "unauthenticated", 4401),
        ("/v1/console", vec![text(hello("operator_00"))], "unauthenticated", 4401),
        ("/v1/console", vec![text(hello(&token))], "unauthenticated", 4401),
        ("/v1/console", vec![text(json!({ "type": "hello", "protocol": "baton.v2", "token": "" }))], "version", 4426),
        ("/v1/console", vec![operator(), operator()], "malformed", 4400),
        ("/v1/console", vec![operator(), text(json!({ "type": "command", "key": "k" }))], "malformed", 4400),
        ("/v1/console", vec![operator(), Message::text(long.clone())], "too_large", 4413),
    ];
    for (path, frames, word, code) in cases {
        let mut ws = dial(&house, path, &[]).await.unwrap();
        let shown = format!("{path}: {:.80?}", frames.last());
        for frame in frames {
            // The server may have hung up before the last byte of a huge frame.
            let _ = ws.send(frame).await;
        }
        assert_eq!(thrown_out(&mut ws).await, (word.to_owned(), code), "{shown}");
    }
    say(&mut bystander, &json!({ "type": "say", "text": "still here?", "key": "b-1" })).await;
    assert_eq!(hear(&mut bystander, &["stored", "refused"]).await["type"], "stored");
    house.stop().await;
}

/// One plain request, byte by byte as given; the status and the body.
async fn raw(house: &House, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(house.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer in time");
    read.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_names_are_hosts() {
    let house = House::start().await;
    let port = house.address().port();
    let cases = [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("chat.example.com".to_owned(), 200),
        ("evil.example".to_owned(), 421),
        (format!("evil.example:{port}"), 421),
        ("localhost.evil.example".to_owned(), 421),
        ("chat.example.com.evil.example".to_owned(), 421),
    ];
    for (host, status) in cases {
        let request = format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let (given, answer) = raw(&house, &request).await;
        assert_eq!(given, status, "{host}");
        assert!(status == 200 || answer.contains("application/problem+json"), "{answer}");
    }
    let (given, _) = raw(&house, "GET /healthz HTTP/1.0\r\n\r\n").await;
    assert_eq!(given, 421, "no host at all");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_gets_no_socket() {
    let house = House::start().await;
    let own = format!("http://{}", house.address());
    let (path, token) = minted(&house).await;
    let path = format!("{path}/ws");
    let refused = |result: Result<Ws, WsError>| match result {
        Err(WsError::Http(response)) => Some(response.status().as_u16()),
        Ok(_) => None,
        Err(other) => panic!("{other}"),
    };
    for (origin, customers, consoles) in [
        (own.as_str(), None, Some(403)),
        (House::SITE, None, Some(403)),
        ("https://shop.example.evil", Some(403), Some(403)),
        ("http://evil.example", Some(403), Some(403)),
        ("null", Some(403), Some(403)),
        ("http://127.0.0.1:1", Some(403), Some(403)),
        ("file://", Some(403), Some(403)),
    ] {
        let headers = [("origin", origin)];
        assert_eq!(refused(dial(&house, &path, &headers).await), customers, "{origin}");
        assert_eq!(refused(dial(&house, "/v1/console", &headers).await), consoles, "{origin}");
    }
    for path in [format!("{path}?token={token}"), format!("{path}?channel=web&token=x")] {
        assert_eq!(refused(dial(&house, &path, &[]).await), Some(400), "no secret in an address");
    }
    let wrong = [("authorization", "Bearer channel_00")];
    assert_eq!(refused(dial(&house, &path, &wrong).await), Some(401));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_counts_once_over_reconnects_and_over_both_ways_in() {
    let house = House::start().await;
    let (path, token) = minted(&house).await;
    let mut turns = Vec::new();
    for _ in 0..2 {
        let mut ws = dial(&house, &format!("{path}/ws"), &[]).await.unwrap();
        say(&mut ws, &hello(&token)).await;
        say(&mut ws, &json!({ "type": "say", "text": "I was charged twice", "key": "k-1" })).await;
        turns.push(hear(&mut ws, &["stored", "refused"]).await["turn"].clone());
        // Cut without a good-bye.
        drop(ws);
    }
    let messages = format!("{path}/messages");
    let body = json!({ "text": "I was charged twice" });
    let again = house.post(&messages, Some(&token)).header("idempotency-key", "k-1").json(&body).send().await.unwrap();
    assert_eq!(again.status(), 201);
    turns.push(again.json::<Value>().await.unwrap()["turn"].clone());
    assert!(turns.iter().all(|turn| turn.is_u64() && *turn == turns[0]), "{turns:?}");
    let other = json!({ "text": "something else", "key": "k-1" });
    let reused = house.post(&messages, Some(&token)).json(&other).send().await.unwrap();
    assert_eq!(reused.status(), 422);
    assert_eq!(reused.json::<Value>().await.unwrap()["code"], "key_reused");
    let all: Value = house.get(&messages, Some(&token)).send().await.unwrap().json().await.unwrap();
    let mine = all["messages"].as_array().unwrap().iter().filter(|m| m["author"]["kind"] == "you").count();
    assert_eq!(mine, 1, "{all}");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_person_may_choose_a_later_word_or_leave() {
    let house = House::start().await;
    let (path, token) = minted(&house).await;
    let ask = async |wish: &str| {
        let response = house.post(&format!("{path}/{wish}"), Some(&token)).json(&json!({})).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.unwrap()["code"].as_str().unwrap_or("done").to_owned())
    };
    assert_eq!(ask("call-back").await, (409, "not_waiting".to_owned()));
    assert_eq!(ask("leave-line").await, (409, "not_waiting".to_owned()));
    assert_eq!(ask("human").await.0, 200);
    assert_eq!(ask("call-back").await.0, 200);
    assert_eq!(ask("call-back").await, (409, "call_back_arranged".to_owned()));
    let mut ws = dial(&house, &format!("{path}/ws"), &[]).await.unwrap();
    say(&mut ws, &hello(&token)).await;
    assert_eq!(hear(&mut ws, &["welcome"]).await["speaker"]["kind"], "waiting");
    say(&mut ws, &json!({ "type": "leave_line", "key": "k-1" })).await;
    assert_eq!(hear(&mut ws, &["stored", "refused"]).await["type"], "stored");
    say(&mut ws, &json!({ "type": "call_back", "key": "k-2" })).await;
    assert_eq!(hear(&mut ws, &["stored", "refused"]).await["code"], "not_waiting");
    let all: Value = house.get(&format!("{path}/messages"), Some(&token)).send().await.unwrap().json().await.unwrap();
    assert_eq!(all["speaker"]["kind"], "ai");
    let told = all["messages"].as_array().unwrap().iter().filter_map(|m| m["sentence"].as_str());
    assert_eq!(told.collect::<Vec<_>>(), ["greeting", "human_asked", "call_back_arranged", "agent_takes_over"]);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_brings_what_was_missed_once_and_in_order() {
    let house = House::start().await;
    let (path, token) = minted(&house).await;
    let post = format!("{path}/messages");
    for text in ["I was charged twice for my order", "it is order 1182"] {
        let body = json!({ "text": text });
        let sent = house.post(&post, Some(&token)).header("prefer", "wait=20").json(&body).send().await.unwrap();
        assert!(sent.json::<Value>().await.unwrap()["answer"].is_object());
    }
    let all: Value = house.get(&post, Some(&token)).send().await.unwrap().json().await.unwrap();
    let turns = |list: &[Value]| list.iter().map(|m| m["turn"].as_u64().unwrap()).collect::<Vec<_>>();
    let all = turns(all["messages"].as_array().unwrap());
    assert!(all.windows(2).all(|pair| pair[1] == pair[0] + 1), "{all:?}");
    for after in [0, 1, all.len() as u64 / 2, *all.last().unwrap()] {
        let mut ws = dial(&house, &format!("{path}/ws"), &[]).await.unwrap();
        say(&mut ws, &json!({ "type": "hello", "protocol": "baton.v1", "token": token, "after": after })).await;
        let welcome = hear(&mut ws, &["welcome"]).await;
        assert!(welcome["turn"].as_u64().unwrap() >= *all.last().unwrap());
        let missed: Vec<u64> = all.iter().copied().filter(|turn| *turn > after).collect();
        let mut heard = Vec::new();
        while heard.len() < missed.len() {
            heard.push(hear(&mut ws, &["message", "notice"]).await);
        }
        assert_eq!(turns(&heard), missed, "after {after}");
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posted_message_waits_for_an_answer_of_somebody() {
    let house = House::start().await;
    let path = "/v1/conversations/order%201182/messages";
    let body = json!({ "text": "where is my order?" });
    let request = house.post(path, Some(house.channel_token())).header("prefer", "wait=20").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 201, "the reference is made at its first use");
    assert_eq!(response.headers()["preference-applied"], "wait=20");
    let posted: Value = response.json().await.unwrap();
    let answer = &posted["answer"];
    assert_eq!(answer["author"]["kind"], "ai", "a sentence of the house is no answer: {posted}");
    assert!(answer["turn"].as_u64() > posted["turn"].as_u64());
    let quick = house.post(path, Some(house.channel_token())).json(&body).send().await.unwrap();
    assert!(quick.json::<Value>().await.unwrap().get("answer").is_none());
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_requests_are_turned_down_with_a_problem() {
    let house = House::start().await;
    let (path, token) = minted(&house).await;
    let (other, _) = minted(&house).await;
    let messages = format!("{path}/messages");
    let json_kind = "application/json";
    let long = json!({ "text": "x".repeat(20_000) }).to_string();
    let huge = json!({ "text": "x".repeat(80_000) }).to_string();
    let say = r#"{"text":"a"}"#;
    for (path, token, kind, body, status, code) in [
        (&*messages, None, json_kind, say, 401, "unauthenticated"),
        (&*messages, Some("v1.web.00"), json_kind, say, 401, "unauthenticated"),
        (&*format!("{other}/messages"), Some(&*token), json_kind, say, 401, "unauthenticated"),
        (&*messages, Some(&*token), json_kind, "{", 400, "malformed"),
        (&*messages, Some(&*token), json_kind, r#"{"text":"a","x":1}"#, 400, "malformed"),
        (&*messages, Some(&*token), "text/plain", say, 415, "not_json"),
        (&*messages, Some(&*token), json_kind, &*long, 413, "too_much"),
        (&*messages, Some(&*token), json_kind, &*huge, 413, "too_large"),
        (&*messages, Some(&*token), json_kind, r#"{"text":""}"#, 422, "empty"),
        (&*format!("{path}/rating"), Some(&*token), json_kind, r#"{"score":9}"#, 422, "bad_rating"),
        ("/v1/conversations", None, json_kind, r#"{"channel":"nowhere"}"#, 404, "unknown_channel"),
        ("/v1/conversations", None, json_kind, r#"{"reference":"mine"}"#, 401, "unauthenticated"),
        ("/v1/conversations", None, json_kind, r#"{"identity":"v1.e30.x"}"#, 401, "bad_identity"),
        ("/v1/nothing", None, json_kind, say, 404, "no_route"),
        ("/healthz", None, json_kind, say, 405, "method"),
    ] {
        let request = house.post(path, token).header("content-type", kind).body(body.to_owned());
        let response = request.send().await.unwrap();
        let given = response.status().as_u16();
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path} {body:.60}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let problem: Value = response.json().await.unwrap();
        assert_eq!((given, problem["code"].as_str().unwrap()), (status, code), "{path} {body:.60}: {problem}");
        assert_eq!(problem["status"], status);
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_messages_are_turned_down_and_the_rest_is_stored() {
    let house = House::start().await;
    let mut ws = customer(&house).await;
    let mut other = customer(&house).await;
    let mut refused = 0;
    for number in 0..60 {
        say(&mut ws, &json!({ "type": "say", "text": format!("message {number}"), "key": format!("m-{number}") }))
            .await;
    }
    for _ in 0..60 {
        let answer = hear(&mut ws, &["stored", "refused"]).await;
        if answer["type"] == "refused" {
            assert_eq!(answer["code"], "too_many");
            refused += 1;
        }
    }
    assert!((10..=30).contains(&refused), "{refused} of 60 were over the limit of 30 in 10 s");
    say(&mut other, &json!({ "type": "say", "text": "hello", "key": "o-1" })).await;
    assert_eq!(hear(&mut other, &["stored", "refused"]).await["type"], "stored");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_the_router_are_one() {
    let house = House::start().await;
    let document: Value = house.get("/openapi.json", None).send().await.unwrap().json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 12);
    for (path, operations) in paths {
        let real = path.replace("{ref}", "nobody");
        for method in ["get", "post", "put", "delete", "patch"] {
            let kind = reqwest::Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = house.request(kind, &real, Some(house.channel_token()));
            let response = request.header("content-type", "application/json").body("{").send().await.unwrap();
            let status = response.status().as_u16();
            if operations.get(method).is_none() {
                assert_eq!(status, 405, "{method} {path} is not in the document");
                continue;
            }
            let documented = &operations[method]["responses"];
            let known = documented.get(status.to_string()).is_some();
            assert!(known && status != 405, "{method} {path} answered {status}, documented are {documented}");
        }
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_learn_how_it_is() {
    let house = House::start().await;
    let mut ws = customer(&house).await;
    say(&mut ws, &json!({ "type": "say", "text": "hello", "key": "h-1" })).await;
    hear(&mut ws, &["stored"]).await;
    let text = |path: &'static str| {
        let request = house.get(path, None);
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    assert_eq!(text("/healthz").await, r#"{"status":"ok"}"#);
    assert_eq!(text("/readyz").await, r#"{"status":"ok"}"#);
    let metrics = text("/metrics").await;
    for line in [
        "baton_ready 1",
        "baton_gateway_customer_sockets 1",
        "baton_gateway_messages_stored_total 1",
        "# TYPE baton_turns_total counter",
        "baton_turns_total{author=\"customer\"} 1",
        "baton_conversations_total{became=\"opened\"} 1",
        "baton_live_conversations{holder=\"agent\"} 1",
    ] {
        assert!(metrics.lines().any(|given| given == line), "{line} is not in\n{metrics}");
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_down_says_so_and_the_conversation_goes_on_afterwards() {
    let house = House::start().await;
    let (path, token) = minted(&house).await;
    let mut ws = dial(&house, &format!("{path}/ws"), &[]).await.unwrap();
    say(&mut ws, &hello(&token)).await;
    say(&mut ws, &json!({ "type": "say", "text": "remember me", "key": "r-1" })).await;
    let stored = hear(&mut ws, &["stored"]).await["turn"].clone();
    let (house, end) = tokio::join!(house.restart(), thrown_out(&mut ws));
    assert_eq!(end, ("going_down".to_owned(), 1012));
    let messages = format!("{path}/messages");
    let all: Value = house.get(&messages, Some(&token)).send().await.unwrap().json().await.unwrap();
    let mine = all["messages"].as_array().unwrap().iter().find(|m| m["turn"] == stored).cloned();
    assert_eq!(mine.unwrap()["text"], "remember me");
    let body = json!({ "text": "remember me", "key": "r-1" });
    let again: Value = house.post(&messages, Some(&token)).json(&body).send().await.unwrap().json().await.unwrap();
    assert_eq!(again["turn"], stored, "the key outlives the server");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_address_needs_protection_and_a_busy_one_is_named() {
    let house = House::start().await;
    let busy = house.serve_again(house.address()).unwrap_err().to_string();
    assert!(busy.contains("taken by another program") && busy.contains("port"), "{busy}");
    let exposed = house.serve_again("0.0.0.0:0".parse().unwrap()).unwrap_err().to_string();
    assert!(exposed.contains("--behind-proxy"), "{exposed}");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_framed_by_listed_sites_alone() {
    let house = House::start().await;
    let page = house.get("/chat", None).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.ends_with(&format!("frame-ancestors 'self' {}", House::SITE)), "{policy}");
    assert_eq!(house.get("/chat?channel=nowhere", None).send().await.unwrap().status(), 404);
    assert_eq!(house.get("/chat?token=secret", None).send().await.unwrap().status(), 400);
    let script = house.get("/chat/embed.js", None).send().await.unwrap();
    assert_eq!(script.headers()["cross-origin-resource-policy"], "cross-origin");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_who_the_site_signed_and_nobody_else() {
    let house = House::start().await;
    let far = 4_000_000_000;
    let begin = |body: Value| house.post("/v1/conversations", None).json(&body).send();
    for bad in [house.signed("u-7", 1_000_000_000), house.signed("u-7", far) + "x", "v1.e30.AA".to_owned()] {
        assert_eq!(begin(json!({ "identity": bad })).await.unwrap().status(), 401);
    }
    assert_eq!(begin(json!({ "identity": house.signed("u-7", far) })).await.unwrap().status(), 201);
    let desk = Desk::open(&house).await;
    let row = desk.seen.last().expect("only the signed one has begun");
    assert!(row.verified && row.tier == baton::domain::customer::Tier::Vip, "{row:?}");
    assert_eq!(row.name.as_str(), "Ada");
    assert_eq!(begin(json!({ "name": "Supervisor" })).await.unwrap().status(), 201);
    let desk = Desk::open(&house).await;
    let claimed = desk.seen.iter().find(|row| row.name.as_str() == "Supervisor").expect("it has begun");
    assert!(!claimed.verified, "a name proves nothing");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_is_not_kept() {
    let house = House::start().await;
    let silent = async |beginning: &[u8]| {
        let mut stream = TcpStream::connect(house.address()).await.unwrap();
        stream.write_all(beginning).await.unwrap();
        let mut rest = Vec::new();
        let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(end.is_ok(), "{:?} was kept", String::from_utf8_lossy(beginning));
    };
    let mut socket = dial(&house, "/v1/console", &[]).await.unwrap();
    let mute = async { assert_eq!(thrown_out(&mut socket).await, ("too_slow".to_owned(), 4408)) };
    let whole = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    tokio::join!(silent(b""), silent(b"GET / HTTP/1.1\r\nhost: loc"), silent(whole), mute);
    house.stop().await;
}
