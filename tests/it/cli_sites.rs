//! Sites that embed the chat: which of them may ask, and whose word about a visitor is taken.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::devtools::{Browser, Page};
use crate::house::House;
use crate::killed::{Server, baton};

/// What a billing question costs somebody who is not known.
const CHECKED: &str = "postcode";
/// What only Maya may hear.
const FACT: &str = "49.90";
const QUESTION: &str = "I was charged twice for order 1182";
/// Farther than any test runs: the year 2100.
const LATER: u64 = 4_102_444_800;

/// A browser's question before a request.
async fn asked(house: &House, path: &str, origin: &str) -> reqwest::Response {
    house
        .request(reqwest::Method::OPTIONS, path, None)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,prefer")
        .send()
        .await
        .unwrap()
}

fn header<'a>(response: &'a reqwest::Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_site_may_ask_by_rest_and_no_other() {
    let house = House::start().await;
    let allowed = "access-control-allow-origin";
    for path in ["/v1/conversations", "/v1/conversations/anything/messages"] {
        let answer = asked(&house, path, House::SITE).await;
        assert_eq!(answer.status(), 204, "{path}");
        assert_eq!(header(&answer, allowed), Some(House::SITE));
        assert_eq!(header(&answer, "vary"), Some("origin"));
        assert!(header(&answer, "access-control-allow-methods").unwrap().contains("POST"));
        let headers = header(&answer, "access-control-allow-headers").unwrap();
        for name in ["authorization", "content-type", "idempotency-key", "prefer", "baton-identity"] {
            assert!(headers.contains(name), "{name} is not among {headers}");
        }
        assert_eq!(header(&answer, "access-control-allow-credentials"), None, "there are no cookies");
        for origin in ["https://shop.example.evil", "http://shop.example", "null", "https://evil.example"] {
            let answer = asked(&house, path, origin).await;
            assert_eq!((answer.status().as_u16(), header(&answer, allowed)), (403, None), "{path} {origin}");
        }
    }
    for path in ["/v1/console", "/healthz", "/v1/conversationsx", "/openapi.json"] {
        assert_eq!(header(&asked(&house, path, House::SITE).await, allowed), None, "{path}");
    }
    for (origin, status, named) in
        [(Some(House::SITE), 201, Some(House::SITE)), (Some("https://evil.example"), 403, None), (None, 201, None)]
    {
        let request = house.post("/v1/conversations", None).json(&json!({}));
        let request = if let Some(origin) = origin { request.header("origin", origin) } else { request };
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, allowed)), (status, named), "{origin:?}");
    }
    let request = house.post("/v1/conversations/x/messages", Some("wrong")).header("origin", House::SITE);
    let answer = request.json(&json!({ "text": "a" })).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, allowed)), (401, Some(House::SITE)), "it may read why");
    house.stop().await;
}

/// Says something and returns what is said after it until one of two words comes.
async fn answer(house: &House, conversation: &Value, identity: Option<&str>, text: &str, words: [&str; 2]) -> String {
    let path = format!("/v1/conversations/{}/messages", conversation["conversation"].as_str().unwrap());
    let token = conversation["token"].as_str();
    let request = house.post(&path, token).header("prefer", "wait=20");
    let request = if let Some(identity) = identity { request.header("baton-identity", identity) } else { request };
    let posted: Value = request.json(&json!({ "text": text })).send().await.unwrap().json().await.unwrap();
    let after = posted["turn"].as_u64().unwrap_or_else(|| panic!("{posted}"));
    let later = format!("{path}?after={after}");
    let mut said = String::new();
    let all = async {
        loop {
            let all: Value = house.get(&later, token).send().await.unwrap().json().await.unwrap();
            let texts = all["messages"].as_array().unwrap().iter().filter_map(|message| message["text"].as_str());
            said = texts.collect::<Vec<_>>().join("\n");
            if words.iter().any(|word| said.contains(word)) {
                return;
            }
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(60), all).await;
    assert!(in_time.is_ok(), "neither of {words:?} in {said:?}");
    said
}

async fn begun(house: &House, body: Value) -> Value {
    let response = house.post("/v1/conversations", None).json(&body).send().await.unwrap();
    assert_eq!(response.status(), 201);
    response.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_on_the_site_is_not_asked_again() {
    let house = House::start().await;
    let stranger = begun(&house, json!({})).await;
    let asked = answer(&house, &stranger, None, QUESTION, [CHECKED, FACT]).await;
    assert!(asked.contains(CHECKED), "a stranger has to prove it: {asked}");

    let maya = house.signed("maya", LATER);
    let from_the_start = begun(&house, json!({ "identity": maya })).await;
    let told = answer(&house, &from_the_start, None, QUESTION, [CHECKED, FACT]).await;
    assert!(told.contains(FACT) && !told.contains(CHECKED), "{told}");

    let in_between = begun(&house, json!({})).await;
    answer(&house, &in_between, None, "hello", [" ", "."]).await;
    let told = answer(&house, &in_between, Some(&maya), QUESTION, [CHECKED, FACT]).await;
    assert!(told.contains(FACT) && !told.contains(CHECKED), "{told}");

    let path = format!("/v1/conversations/{}/messages", from_the_start["conversation"].as_str().unwrap());
    let other =
        house.post(&path, from_the_start["token"].as_str()).header("baton-identity", house.signed("nora", LATER));
    let refused = other.json(&json!({ "text": "and mine?" })).send().await.unwrap();
    assert_eq!(refused.status(), 409, "a conversation does not become somebody else's");
    let expired = house.post(&path, from_the_start["token"].as_str()).header("baton-identity", house.signed("maya", 1));
    assert_eq!(expired.json(&json!({ "text": "hello" })).send().await.unwrap().status(), 401);
    house.stop().await;
}

/// A site of somebody else: one page that embeds the chat, at every path.
fn site(chat: &str, identity: &str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let body = format!(
        "<!doctype html><title>shop</title><p>Our shop</p><script src=\"{chat}/chat/embed.js\" data-channel=\"web\" \
         data-identity=\"{identity}\" async></script>"
    );
    let page = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, page) = (stream.unwrap(), page.clone());
            // A browser may open a connection only to have one: it must not keep the others waiting.
            std::thread::spawn(move || {
                if stream.read(&mut [0; 4096]).is_ok_and(|bytes| bytes > 0) {
                    let _ = stream.write_all(page.as_bytes());
                }
            });
        }
    });
    port
}

/// Makes a deployment in `home`; what its site signs for Maya.
fn deployed(home: &Path) -> String {
    assert!(baton(home).args(["init", "."]).output().unwrap().status.success());
    let secret = baton(home).args(["channels", "secret", "web"]).output().unwrap();
    let secret = String::from_utf8(secret.stdout).unwrap();
    let payload = json!({ "sub": "maya", "name": "Maya", "tier": "vip", "exp": LATER }).to_string();
    let payload = URL_SAFE_NO_PAD.encode(payload);
    format!("v1.{payload}.{}", baton::privacy::signature::sign(secret.trim().as_bytes(), &payload))
}

/// What a script of the page gets when it begins a conversation by REST and says something.
async fn by_rest(page: &mut Page, chat: &str) -> Value {
    page.eval(&format!(
        "(async () => {{ try {{
            const send = async (path, token, body, prefer) => (await fetch('{chat}/v1/conversations' + path, {{
                method: 'POST', body: JSON.stringify(body), headers: {{ 'content-type': 'application/json',
                ...(token && {{ authorization: 'Bearer ' + token }}), ...(prefer && {{ prefer }}) }} }})).json();
            const begun = await send('', null, {{}});
            return (await send('/' + begun.conversation + '/messages', begun.token, {{ text: 'hello' }}, 'wait=20')).answer.text;
        }} catch (error) {{ return 'blocked: ' + error; }} }})()"
    ))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_snippet_works_on_a_listed_site_and_on_no_other() {
    let Some(browser) = Browser::start() else {
        println!("skipped: no Chromium here; install it to test the snippet");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    // The site has to be listed before the floor starts, and its page has to name the floor's port.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let chat = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let shop = format!("http://127.0.0.1:{}", site(&chat, &deployed(home.path())));
    let file = home.path().join("baton.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("origins = []", &format!("origins = [\"{shop}\"]"), 1)).unwrap();
    let _server = Server::start_at(home.path(), chat.trim_start_matches("http://"));

    let mut page = browser.open(&shop).await;
    page.until("document.getElementById('baton-chat')").await;
    let answered = by_rest(&mut page, &chat).await;
    assert!(!answered.as_str().unwrap().starts_with("blocked"), "{answered}");
    let at = page.eval("[innerWidth - 60, innerHeight - 40]").await;
    for kind in ["mousePressed", "mouseReleased"] {
        let click = json!({ "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 });
        page.call("Input.dispatchMouseEvent", click).await;
    }
    let frame = framed(&mut page, &chat).await;
    let world = page.call("Page.createIsolatedWorld", json!({ "frameId": frame })).await;
    let context = json!({ "contextId": world["executionContextId"] });
    let inside =
        |script: &str| json!({ "expression": script, "contextId": world["executionContextId"], "returnByValue": true });
    let says = |words: &str| format!("document.getElementById('log')?.innerText.includes('{words}')");
    page.until_in(&says("AI"), &context).await;
    page.call("Runtime.evaluate", inside("document.getElementById('text').focus()")).await;
    page.write(QUESTION).await;
    page.press("Enter", 13).await;
    page.until_in(&says(FACT), &context).await;
    let said = page.call("Runtime.evaluate", inside("document.getElementById('log').innerText")).await;
    assert!(!said["result"]["value"].as_str().unwrap().contains(CHECKED), "she signed in on the site: {said}");

    // The very same page under a name that is not listed.
    let mut other = browser.open(&shop.replace("127.0.0.1", "localhost")).await;
    other.until("document.getElementById('baton-chat')").await;
    let blocked = by_rest(&mut other, &chat).await;
    assert!(blocked.as_str().unwrap().starts_with("blocked"), "{blocked}");
    let socket = format!(
        "new Promise((done) => {{ const ws = new WebSocket('{}/v1/conversations/x/ws?channel=web');
            ws.onopen = () => done('open'); ws.onerror = () => done('refused'); }})",
        chat.replace("http", "ws")
    );
    assert_eq!(other.eval(&socket).await, "refused");
}

/// The chat's frame, once it is there.
async fn framed(page: &mut Page, chat: &str) -> Value {
    let found = async {
        loop {
            let tree = page.call("Page.getFrameTree", json!({})).await;
            let frames = tree["frameTree"]["childFrames"].as_array().cloned().unwrap_or_default();
            let wanted = format!("{chat}/chat");
            let ours = |frame: &&Value| frame["frame"]["url"].as_str().is_some_and(|url| url.starts_with(&wanted));
            if let Some(frame) = frames.iter().find(ours) {
                return frame["frame"]["id"].clone();
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), found).await.expect("the button opens the chat")
}
