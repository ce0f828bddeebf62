//! A provider of language models on loopback, in the shapes of the public contracts: a real HTTP server
//! that answers by a script, as slowly, brokenly and in as small pieces as the script wants.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

use crate::sockets::PATIENCE;

/// One question as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Which one, counted from 1.
    pub(crate) number: usize,
    pub(crate) path: String,
    /// The head as it was sent.
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Asked {
    /// Whether what stands in the body, as text, holds this.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.body.to_string().contains(words)
    }
}

/// A piece of an answer.
pub(crate) enum Part {
    /// Bytes, sent at once.
    Bytes(Vec<u8>),
    /// Says that it got as far as this, sends nothing more until the line is hung up, and says that too.
    Tell(Arc<Notify>),
    /// Says that it got as far as this, and waits until it is told to go on.
    Until(Arc<Notify>, Arc<Notify>),
    /// The same bytes again and again, with that pause between, until the line is hung up.
    Again(Vec<u8>, Duration),
    /// Nothing more at all, and the line stays open.
    Silence,
}

type Script = dyn Fn(&Asked) -> Vec<Part> + Send + Sync;

/// The server.
pub(crate) struct Provider {
    pub(crate) url: String,
    asked: watch::Sender<Vec<Asked>>,
}

impl Provider {
    /// Answers by this script from now on.
    pub(crate) async fn start(script: impl Fn(&Asked) -> Vec<Part> + Send + Sync + 'static) -> Self {
        Self::start_after(Vec::new(), script).await
    }

    /// The same, once it has turned that many away before they could ask, with these statuses.
    pub(crate) async fn start_after(
        refusals: Vec<u16>,
        script: impl Fn(&Asked) -> Vec<Part> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = watch::Sender::default();
        let (all, script): (_, Arc<Script>) = (asked.clone(), Arc::new(script));
        let mut refusals = refusals.into_iter();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Some(code) = refusals.next() {
                    tokio::spawn(refuse(stream, code));
                } else {
                    tokio::spawn(serve(stream, all.clone(), Arc::clone(&script)));
                }
            }
        });
        Self { url, asked }
    }

    /// Every question so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    /// Waits until it was asked so often.
    pub(crate) async fn until_asked(&self, times: usize) {
        let mut asked = self.asked.subscribe();
        let enough = tokio::time::timeout(PATIENCE, asked.wait_for(|all| all.len() >= times)).await;
        enough.expect("nobody asked").unwrap();
    }
}

/// Says no to a handshake.
async fn refuse(mut stream: TcpStream, code: u16) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.unwrap_or(0) > 0 {}
    let said = format!("HTTP/1.1 {code} No\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(said.as_bytes()).await;
}

async fn serve(mut stream: TcpStream, all: watch::Sender<Vec<Asked>>, script: Arc<Script>) {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    while bytes.len() < head_end + length.unwrap_or(0) {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut body = bytes.split_off(head_end);
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
    let socket = key.is_some();
    if let Some(key) = key {
        let accept = tokio_tungstenite::tungstenite::handshake::derive_accept_key(key.trim().as_bytes());
        let upgraded = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n";
        let upgraded = format!("{upgraded}sec-websocket-accept: {accept}\r\n\r\n");
        if stream.write_all(upgraded.as_bytes()).await.is_err() {
            return;
        }
        let Some(question) = frame(&mut stream).await else { return };
        body = question;
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut asked = Asked { number: 0, path, head, body };
    all.send_modify(|all| {
        asked.number = all.len() + 1;
        all.push(asked.clone());
    });
    for part in script(&asked) {
        match part {
            Part::Bytes(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Part::Tell(told) => {
                told.notify_one();
                silence(&mut stream).await;
                told.notify_one();
            }
            Part::Until(told, go_on) => {
                told.notify_one();
                go_on.notified().await;
            }
            Part::Again(bytes, pause) => {
                while stream.write_all(&bytes).await.is_ok() {
                    tokio::time::sleep(pause).await;
                }
            }
            Part::Silence => silence(&mut stream).await,
        }
    }
    // Hung up on before its pongs are read, a client would lose what it has not read yet.
    if socket && stream.shutdown().await.is_ok() {
        silence(&mut stream).await;
    }
}

/// One text frame of a client, without its mask.
async fn frame(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let head = [stream.read_u8().await.ok()?, stream.read_u8().await.ok()?];
    assert_eq!((head[0], head[1] & 0x80), (0x81, 0x80), "one whole text frame, masked");
    let length = match head[1] & 0x7f {
        126 => u64::from(stream.read_u16().await.ok()?),
        127 => stream.read_u64().await.ok()?,
        short => u64::from(short),
    };
    let mut mask = [0; 4];
    stream.read_exact(&mut mask).await.ok()?;
    let mut text = vec![0; length as usize];
    stream.read_exact(&mut text).await.ok()?;
    text.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    Some(text)
}

/// A frame of a server that is a text.
pub(crate) const TEXT: u8 = 0x81;
/// One that is none.
pub(crate) const BINARY: u8 = 0x82;
/// A sign of life.
pub(crate) const PING: [u8; 2] = [0x89, 0];
/// The farewell, with the code for a fault within.
pub(crate) const CLOSE: [u8; 4] = [0x88, 2, 0x03, 0xf3];
/// The beginning of a text, and its end.
const BEGINNING: u8 = 0x01;
const END: u8 = 0x80;

/// A frame of a server.
pub(crate) fn framed(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len();
    let head = match length {
        0..126 => vec![kind, length as u8],
        126..65_536 => [&[kind, 126][..], &(length as u16).to_be_bytes()].concat(),
        _ => [&[kind, 127][..], &(length as u64).to_be_bytes()].concat(),
    };
    [head, bytes.to_vec()].concat()
}

/// A text in two frames with a sign of life between them, as a proxy may make it.
fn torn(text: &str) -> Vec<u8> {
    let (head, tail) = text.as_bytes().split_at(text.len() / 2);
    [framed(BEGINNING, head), PING.to_vec(), framed(END, tail)].concat()
}

/// Until the other side hangs up.
async fn silence(stream: &mut TcpStream) {
    while stream.read_u8().await.is_ok() {}
}

/// The wire of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Openai,
    Anthropic,
    Remote,
    /// The same over a WebSocket.
    Socket,
}

impl Wire {
    pub(crate) const ALL: [Self; 4] = [Self::Openai, Self::Anthropic, Self::Remote, Self::Socket];

    /// The address by which a provider is asked.
    pub(crate) fn at(self, url: &str) -> String {
        if self == Self::Socket { url.replacen("http", "ws", 1) } else { url.to_owned() }
    }

    /// The bytes of a good stream.
    pub(crate) fn stream(self, events: &[Value]) -> Vec<u8> {
        if self == Self::Socket {
            return events.iter().flat_map(|event| torn(&event.to_string())).collect();
        }
        stream(events)
    }

    /// The bytes of one event more.
    pub(crate) fn more(self, event: &Value) -> Vec<u8> {
        if self == Self::Socket { torn(&event.to_string()) } else { format!("data: {event}\n\n").into_bytes() }
    }

    /// How an answer of words begins, and the event that adds these.
    pub(crate) fn endless(self, words: &str) -> (Vec<Value>, Value) {
        let mut events = self.events(&words.chars().take(5).collect::<String>(), &[]);
        match self {
            Self::Openai => {
                let mut piece = events.swap_remove(1);
                piece["choices"][0]["delta"]["content"] = json!(words);
                events.truncate(1);
                (events, piece)
            }
            Self::Anthropic => {
                let mut piece = events.swap_remove(2);
                piece["delta"]["text"] = json!(words);
                events.truncate(2);
                (events, piece)
            }
            Self::Remote | Self::Socket => (Vec::new(), json!({ "delta": words })),
        }
    }

    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
            Self::Remote | Self::Socket => "remote",
        }
    }

    /// The events of an answer of words and calls, each with its JSON arguments.
    pub(crate) fn events(self, words: &str, calls: &[(&str, Value)]) -> Vec<Value> {
        match self {
            Self::Openai => openai(words, calls),
            Self::Anthropic => anthropic(words, calls),
            Self::Remote | Self::Socket => remote(words, calls),
        }
    }
}

/// Words in pieces of a few characters, as models write them.
fn pieces(words: &str) -> Vec<String> {
    words.chars().collect::<Vec<_>>().chunks(5).map(|chunk| chunk.iter().collect()).collect()
}

fn openai(words: &str, calls: &[(&str, Value)]) -> Vec<Value> {
    let chunk = |delta: Value, reason: Value| json!({ "id": "c", "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }] });
    let mut events = vec![chunk(json!({ "role": "assistant", "content": "" }), Value::Null)];
    events.extend(pieces(words).into_iter().map(|piece| chunk(json!({ "content": piece }), Value::Null)));
    for (index, (name, arguments)) in calls.iter().enumerate() {
        let begun = json!({ "index": index, "id": format!("call_{index}"), "type": "function", "function": { "name": name, "arguments": "" } });
        events.push(chunk(json!({ "tool_calls": [begun] }), Value::Null));
        for piece in pieces(&arguments.to_string()) {
            events.push(chunk(
                json!({ "tool_calls": [{ "index": index, "function": { "arguments": piece } }] }),
                Value::Null,
            ));
        }
    }
    events.push(chunk(json!({}), json!(if calls.is_empty() { "stop" } else { "tool_calls" })));
    events.push(json!({ "id": "c", "choices": [], "usage": { "prompt_tokens": 400, "completion_tokens": 25, "total_tokens": 425 } }));
    events
}

fn anthropic(words: &str, calls: &[(&str, Value)]) -> Vec<Value> {
    let mut events = vec![
        json!({ "type": "message_start", "message": { "id": "m", "role": "assistant", "usage": { "input_tokens": 400, "output_tokens": 1 } } }),
    ];
    let mut index = 0;
    if !words.is_empty() {
        events.push(
            json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        );
        events.extend(pieces(words).into_iter().map(|piece| {
            json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": piece } })
        }));
        events.push(json!({ "type": "content_block_stop", "index": 0 }));
        index = 1;
    }
    for (name, arguments) in calls {
        events.push(json!({ "type": "content_block_start", "index": index, "content_block": { "type": "tool_use", "id": format!("t{index}"), "name": name, "input": {} } }));
        events.extend(pieces(&arguments.to_string()).into_iter().map(|piece| {
            json!({ "type": "content_block_delta", "index": index, "delta": { "type": "input_json_delta", "partial_json": piece } })
        }));
        events.push(json!({ "type": "content_block_stop", "index": index }));
        index += 1;
    }
    let reason = if calls.is_empty() { "end_turn" } else { "tool_use" };
    events
        .push(json!({ "type": "message_delta", "delta": { "stop_reason": reason }, "usage": { "output_tokens": 25 } }));
    events.push(json!({ "type": "message_stop" }));
    events
}

fn remote(words: &str, calls: &[(&str, Value)]) -> Vec<Value> {
    let mut events: Vec<Value> = pieces(words).into_iter().map(|piece| json!({ "delta": piece })).collect();
    events.extend(calls.iter().map(|(name, arguments)| json!({ "call": { "name": name, "arguments": arguments } })));
    events.push(json!({ "end": true, "usage": { "input": 400, "output": 25 } }));
    events
}

/// The bytes of a good stream.
pub(crate) fn stream(events: &[Value]) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".to_vec();
    for event in events {
        bytes.extend_from_slice(&Wire::Remote.more(event));
    }
    bytes
}

/// The answer of words and calls, in one go.
pub(crate) fn answer(wire: Wire, words: &str, calls: &[(&str, Value)]) -> Vec<Part> {
    vec![Part::Bytes(wire.stream(&wire.events(words, calls)))]
}

/// A status that is no success.
pub(crate) fn status(code: u16, header: &str) -> Vec<Part> {
    let body = r#"{"error":{"message":"no"}}"#;
    let head = format!("HTTP/1.1 {code} No\r\n{header}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    vec![Part::Bytes(format!("{head}{body}").into_bytes())]
}
