//! Drives a headless Chromium by its DevTools protocol, with the crates that are here anyway.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// Names under which Chromium is installed.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
/// Time for anything a page is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// A page that reports no change is looked at again after so long.
const LOOK: Duration = Duration::from_secs(3);

/// A browser with a profile of its own; it ends with this value.
pub(crate) struct Browser {
    child: Child,
    url: String,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    /// Starts a browser, or says that there is none.
    pub(crate) fn start() -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let data = format!("--user-data-dir={}", profile.path().display());
        let mut child = NAMES.iter().find_map(|name| {
            Command::new(name)
                .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
                .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
                .args(["--remote-debugging-port=0", "--hide-scrollbars", "--window-size=900,760", &data, "about:blank"])
                .stderr(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .ok()
        })?;
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned))
            .expect("the browser says where it listens");
        // What it says later has to be read, or it blocks.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, url, _profile: profile })
    }

    /// Opens a page.
    pub(crate) async fn open(&self, url: &str) -> Page {
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let (socket, _) = connect_async_with_config(&self.url, Some(config), true).await.unwrap();
        let mut page = Page { socket, session: None, last: 0, console: Vec::new() };
        let target = page.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let target = target["targetId"].clone();
        let attached = page.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true })).await;
        page.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable", "Accessibility.enable"] {
            page.call(domain, json!({})).await;
        }
        page.call("Page.navigate", json!({ "url": url })).await;
        page
    }
}

/// One page.
pub(crate) struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    last: u64,
    /// Errors of the page's scripts and policy.
    pub(crate) console: Vec<String>,
}

impl Page {
    /// Calls a method and returns its result.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        let answer = tokio::time::timeout(PATIENCE, self.ask(method, params)).await.expect("the browser answers");
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Calls a method and returns what comes back, a result or an error.
    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut request = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(request.to_string())).await.unwrap();
        loop {
            let frame = self.socket.next().await;
            let Message::Text(text) = frame.unwrap().unwrap() else { continue };
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["id"] == json!(id) {
                return answer;
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.console.push(event["params"]["exceptionDetails"].to_string()),
            Some("Log.entryAdded") if event["params"]["entry"]["level"] == "error" => {
                self.console.push(event["params"]["entry"]["text"].to_string());
            }
            Some(_) | None => {}
        }
    }

    /// The value of an expression; promises are awaited.
    pub(crate) async fn eval(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let result = self.call("Runtime.evaluate", params).await;
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}\n{:?}", result, self.console);
        result["result"]["value"].clone()
    }

    /// Waits until an expression holds, looking again whenever the page changes.
    pub(crate) async fn until(&mut self, condition: &str) {
        self.until_in(condition, &json!({})).await;
    }

    /// The same in one of the page's worlds. A page that is just being replaced by the next one loses
    /// the question with its world, with an error or without a word: then the question is asked again.
    pub(crate) async fn until_in(&mut self, condition: &str, world: &Value) {
        let script = format!(
            "new Promise((done) => {{
                const holds = () => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }};
                if (holds()) return done(true);
                const watch = new MutationObserver(() => {{ if (holds()) {{ watch.disconnect(); done(true); }} }});
                watch.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
                setTimeout(() => done(holds()), {});
            }})",
            LOOK.as_millis()
        );
        let mut params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        params.as_object_mut().unwrap().extend(world.as_object().unwrap().clone());
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let answer = tokio::time::timeout(LOOK * 3, self.ask("Runtime.evaluate", params.clone())).await;
            if answer.is_ok_and(|answer| answer["result"]["result"]["value"] == json!(true)) {
                return;
            }
        }
        let says = self.eval("document.body.innerText").await;
        panic!("{condition}: waited in vain; the page says {says}\n{:?}", self.console);
    }

    /// Types into whatever has the focus.
    pub(crate) async fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    /// Presses a key.
    pub(crate) async fn press(&mut self, key: &str, code: u32) {
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let params = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", params).await;
        }
    }

    /// Roles and names as assistive technology hears them.
    pub(crate) async fn accessible(&mut self) -> Vec<(String, String)> {
        let tree = self.call("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        let told = nodes.iter().filter(|node| node["ignored"] != json!(true));
        told.map(|node| {
            let part = |name: &str| node[name]["value"].as_str().unwrap_or_default().to_owned();
            (part("role"), part("name"))
        })
        .collect()
    }

    /// Writes a picture to `BATON_TEST_PICTURES`, if that is set.
    pub(crate) async fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("BATON_TEST_PICTURES") else { return };
        let shot = self.call("Page.captureScreenshot", json!({ "format": "png" })).await;
        let bytes = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }
}
