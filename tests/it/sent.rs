//! What customers really send, over real sockets: messages that are edited and messages that come twice.

use serde_json::{Value, json};

use crate::house::House;

/// Sends a body as somebody with this token; the status and the answer.
async fn send(house: &House, method: reqwest::Method, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let response = house.request(method, path, Some(token)).json(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn begun(house: &House) -> (String, String) {
    let begun: Value =
        house.post("/v1/conversations", None).json(&json!({})).send().await.unwrap().json().await.unwrap();
    let path = format!("/v1/conversations/{}", begun["conversation"].as_str().unwrap());
    (path, begun["token"].as_str().unwrap().to_owned())
}

async fn own(house: &House, path: &str, token: &str) -> Vec<Value> {
    let all: Value = house.get(path, Some(token)).send().await.unwrap().json().await.unwrap();
    all["messages"].as_array().unwrap().iter().filter(|m| m["author"]["kind"] == "you").cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_kept_beside_what_it_replaces_and_a_retry_of_it_is_done_once() {
    let house = House::start().await;
    let (path, token) = begun(&house).await;
    let messages = format!("{path}/messages");
    let (status, posted) =
        send(&house, reqwest::Method::POST, &messages, &token, &json!({ "text": "refund order 1182" })).await;
    assert_eq!(status, 201, "{posted}");
    let first = posted["turn"].as_u64().unwrap();
    let put = |text: &str, key: &str| json!({ "text": text, "key": key });
    let place = format!("{messages}/{first}");
    let (status, edited) = send(&house, reqwest::Method::PUT, &place, &token, &put("refund order 1183", "e-1")).await;
    assert_eq!(status, 200, "{edited}");
    let second = edited["turn"].as_u64().unwrap();
    assert!(second > first);
    let again = send(&house, reqwest::Method::PUT, &place, &token, &put("refund order 1183", "e-1")).await;
    assert_eq!(again, (200, edited), "the same key does it once");
    let (status, reused) = send(&house, reqwest::Method::PUT, &place, &token, &put("refund order 1184", "e-1")).await;
    assert_eq!((status, &reused["code"]), (422, &json!("key_reused")), "{reused}");
    let strange = send(&house, reqwest::Method::PUT, &format!("{messages}/{second}x"), &token, &put("a", "e-2")).await;
    assert_eq!(strange.0, 400, "{}", strange.1);
    let never = send(&house, reqwest::Method::PUT, &format!("{messages}/1"), &token, &put("a", "e-3")).await;
    assert_eq!((never.0, &never.1["code"]), (409, &json!("not_the_customers")), "the greeting is not theirs to change");
    let stranger = begun(&house).await.1;
    assert_eq!(send(&house, reqwest::Method::PUT, &place, &stranger, &put("a", "e-4")).await.0, 401);
    let twice = send(&house, reqwest::Method::POST, &messages, &token, &json!({ "text": "refund order 1183" })).await;
    let kept = own(&house, &messages, &token).await;
    let told: Vec<_> = kept.iter().map(|m| (&m["text"], m["edits"].as_u64(), m["repeats"].as_u64())).collect();
    let words = [json!("refund order 1182"), json!("refund order 1183")];
    assert_eq!(
        told,
        [(&words[0], None, None), (&words[1], Some(first), None), (&words[1], None, Some(first))],
        "{twice:?}"
    );
    house.stop().await;
}
