//! Streams in the shapes that providers send, cut at every byte.

use serde_json::Value;

use super::*;
use crate::agents::model::answer::{FunctionCall, Stop};
use crate::agents::model::function::Function;
use crate::agents::model::prompt::{Call, Message};
use crate::domain::model::Usage;

fn model(kind: &str) -> ModelFile {
    toml::from_str(&format!("name = \"fast\"\nkind = \"{kind}\"\nbase-url = \"http://127.0.0.1:1\"\nmodel = \"m-1\""))
        .unwrap()
}

fn prompt() -> Prompt {
    let call = Call {
        id: "call_1".into(),
        function: "orders__find".into(),
        arguments: r#"{"order":"1182"}"#.into(),
        gave: r#"{"worked":{}}"#.into(),
    };
    let function = Function::new("orders__find", "Finds an order.", &serde_json::json!({ "type": "object" }));
    Prompt {
        system: "You are the billing specialist.".into(),
        briefing: "Fact order: 1182".into(),
        messages: vec![
            Message::Customer("Hello \"there\"\n".into()),
            Message::Agent("Hi.".into()),
            Message::Customer("Where is it?".into()),
            Message::Called(vec![call.clone(), Call { id: "call_2".into(), arguments: "no json".into(), ..call }]),
        ],
        functions: [function].into(),
        tokens: None,
    }
}

/// Reads a stream whole, then cut in two at every byte, then byte by byte: always the same.
fn read(kind: ModelKind, stream: &str) -> Result<Said, ModelFailure> {
    let of = |pieces: &[&[u8]]| {
        let mut reader = Reader::new(kind);
        for piece in pieces {
            reader.feed(piece)?;
        }
        reader.finish()
    };
    let bytes = stream.as_bytes();
    let whole = of(&[bytes]);
    for cut in 0..=bytes.len() {
        let (head, tail) = bytes.split_at(cut);
        assert_eq!(of(&[head, tail]), whole, "cut at byte {cut} of {}", bytes.len());
    }
    let each: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(of(&each), whole);
    whole
}

fn sse(events: &[&str]) -> String {
    events.iter().flat_map(|event| ["data: ", event, "\n\n"]).collect()
}

fn call(id: &str, name: &str, arguments: &str) -> FunctionCall {
    FunctionCall { id: id.into(), name: name.into(), arguments: arguments.into() }
}

#[test]
fn openai_words_calls_in_parallel_and_counts() {
    let stream = sse(&[
        r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"content":"Ich prüfe "},"finish_reason":null}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"content":"das 😀."},"finish_reason":null}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"orders__find","arguments":""}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"charges__list","arguments":"{"}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"order\":"}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"}"}},{"index":0,"function":{"arguments":"\"1182\"}"}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
        r#"{"id":"c","choices":[],"usage":{"prompt_tokens":120,"completion_tokens":17,"prompt_tokens_details":{"cached_tokens":100}}}"#,
        "[DONE]",
    ]);
    let said = read(ModelKind::Openai, &stream).unwrap();
    assert_eq!(said.text, "Ich prüfe das 😀.");
    assert_eq!(said.calls, [call("a", "orders__find", r#"{"order":"1182"}"#), call("b", "charges__list", "{}")]);
    assert_eq!(said.usage, Some(Usage { input: 120, cached: 100, output: 17, estimated: false }));
}

#[test]
fn those_who_speak_alike_are_understood() {
    let stream = sse(&[
        r#"{"choices":[{"delta":{"content":"One","reasoning_content":"hm"}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"resolve","arguments":{}}}]}}]}"#,
        r#"{"choices":[{"delta":{"content":" two"},"finish_reason":"stop"}]}"#,
        r#"{"choices":null,"usage":{"prompt_tokens":3,"completion_tokens":2}}"#,
    ]);
    let said = read(ModelKind::Openai, &stream).unwrap();
    assert_eq!((said.text.as_str(), said.stop), ("One two", Stop::Done), "no last line, but a reason to stop");
    assert_eq!(said.calls, [call("", "resolve", "{}")]);
}

#[test]
fn a_stream_that_ends_early_broke_off() {
    let openai = sse(&[r#"{"choices":[{"delta":{"content":"I have refun"}}]}"#]);
    assert_eq!(read(ModelKind::Openai, &openai), Err(ModelFailure::BrokeOff));
    let anthropic = sse(&[r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#]);
    assert_eq!(read(ModelKind::Anthropic, &anthropic), Err(ModelFailure::BrokeOff));
    assert_eq!(read(ModelKind::Remote, &sse(&[r#"{"delta":"Hello"}"#])), Err(ModelFailure::BrokeOff));
    for kind in [ModelKind::Openai, ModelKind::Anthropic, ModelKind::Remote] {
        assert_eq!(read(kind, ""), Err(ModelFailure::BrokeOff), "nothing is no answer");
        assert_eq!(read(kind, &sse(&["<html>"])), Err(ModelFailure::NotAsAgreed));
    }
}

#[test]
fn errors_within_a_stream_are_errors() {
    let openai = sse(&[r#"{"error":{"message":"overloaded"}}"#]);
    assert_eq!(read(ModelKind::Openai, &openai), Err(ModelFailure::Busy));
    for (kind, failure) in [
        ("overloaded_error", ModelFailure::Busy),
        ("authentication_error", ModelFailure::KeyRefused),
        ("invalid_request_error", ModelFailure::Rejected),
    ] {
        let stream = sse(&[
            r#"{"type":"message_start","message":{"usage":{"input_tokens":5}}}"#,
            &format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"x"}}}}"#),
        ]);
        assert_eq!(read(ModelKind::Anthropic, &stream), Err(failure));
    }
    assert_eq!(read(ModelKind::Remote, &sse(&[r#"{"error":"down"}"#])), Err(ModelFailure::Busy));
}

#[test]
fn anthropic_blocks_in_parallel_pings_and_kinds_of_tomorrow() {
    let stream = sse(&[
        r#"{"type":"message_start","message":{"id":"m","usage":{"input_tokens":20,"cache_read_input_tokens":100,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"ping"}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"One moment."}}"#,
        r#"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"orders__find","input":{}}}"#,
        r#"{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t2","name":"resolve","input":{}}}"#,
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"order\":"}}"#,
        r#"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"1182\"}"}}"#,
        r#"{"type":"something_new","index":9}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":33}}"#,
        r#"{"type":"message_stop"}"#,
    ]);
    let said = read(ModelKind::Anthropic, &stream).unwrap();
    assert_eq!(said.text, "One moment.");
    assert_eq!(said.calls, [call("t1", "orders__find", r#"{"order":"1182"}"#), call("t2", "resolve", "{}")]);
    assert_eq!(said.usage, Some(Usage { input: 120, cached: 100, output: 33, estimated: false }));
}

#[test]
fn a_service_of_ones_own() {
    let stream = sse(&[
        r#"{"delta":"Hel"}"#,
        r#"{"delta":"lo"}"#,
        r#"{"call":{"name":"orders__find","arguments":{"order":"1182"}}}"#,
        r#"{"end":true,"usage":{"input":9,"output":2}}"#,
    ]);
    let said = read(ModelKind::Remote, &stream).unwrap();
    assert_eq!((said.text.as_str(), said.usage.unwrap().output), ("Hello", 2));
    assert_eq!(said.calls, [call("", "orders__find", r#"{"order":"1182"}"#)]);
}

#[test]
fn an_answer_in_one_piece_is_read_too() {
    let whole = |kind, body: &str| {
        let mut reader = Reader::new(kind);
        reader.whole(body.as_bytes())?;
        reader.finish()
    };
    let openai = r#"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"resolve","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
    assert_eq!(whole(ModelKind::Openai, openai).unwrap().calls, [call("a", "resolve", "{}")]);
    let anthropic = r#"{"content":[{"type":"text","text":"Hi"},{"type":"tool_use","id":"t","name":"resolve","input":{"a":1}}],"stop_reason":"max_tokens","usage":{"input_tokens":1,"output_tokens":2}}"#;
    let said = whole(ModelKind::Anthropic, anthropic).unwrap();
    assert_eq!(
        (said.text.as_str(), said.stop, said.calls),
        ("Hi", Stop::Length, vec![call("t", "resolve", r#"{"a":1}"#)])
    );
    assert_eq!(
        whole(ModelKind::Remote, r#"{"text":"Hi","calls":[{"name":"resolve"}]}"#).unwrap().calls,
        [call("", "resolve", "")]
    );
    assert_eq!(whole(ModelKind::Openai, "{}"), Err(ModelFailure::NotAsAgreed));
    assert_eq!(whole(ModelKind::Anthropic, "not json"), Err(ModelFailure::NotAsAgreed));
}

#[test]
fn an_answer_with_calls_without_end_is_refused() {
    let many = sse(&[r#"{"choices":[{"delta":{"tool_calls":[{"index":999999,"id":"a","function":{"name":"x"}}]}}]}"#]);
    assert_eq!(read(ModelKind::Openai, &many), Err(ModelFailure::NotAsAgreed));
    let blocks = sse(&[r#"{"type":"content_block_start","index":999999,"content_block":{"type":"text"}}"#]);
    assert_eq!(read(ModelKind::Anthropic, &blocks), Err(ModelFailure::NotAsAgreed));
}

fn body(kind: &str) -> Value {
    serde_json::from_slice(&request(&model(kind), &prompt(), None).body).unwrap()
}

#[test]
fn questions_have_the_shape_of_their_wire() {
    let openai = body("openai");
    let roles: Vec<&str> = openai["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "user", "assistant", "tool", "tool"]);
    assert_eq!(openai["messages"][4]["tool_calls"][0]["function"]["name"], "orders__find");
    assert_eq!(openai["messages"][5]["tool_call_id"], "call_1");
    assert_eq!(
        (&openai["stream_options"]["include_usage"], &openai["max_tokens"]),
        (&Value::Bool(true), &Value::from(700))
    );
    assert_eq!(openai["messages"][1]["content"], "Hello \"there\"\n");

    let anthropic = body("anthropic");
    let roles: Vec<&str> =
        anthropic["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"], "roles alternate");
    assert_eq!(anthropic["system"][0]["cache_control"]["type"], "ephemeral");
    assert!(anthropic["messages"][3]["content"][1]["input"].is_object(), "an input is always an object");
    assert_eq!(anthropic["messages"][4]["content"][1]["tool_use_id"], "call_2");

    let remote = body("remote");
    assert_eq!((&remote["protocol"], &remote["messages"][0]["from"]), (&"baton.agent.v1".into(), &"customer".into()));
}
