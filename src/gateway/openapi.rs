//! The OpenAPI 3.1 document, built from the table of routes and the types themselves.

use std::sync::{Arc, LazyLock};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::app::App;
use super::problem::ProblemBody;
use super::routes::{Access, ROUTES, Route};
use crate::protocol::PROTOCOL;
use crate::protocol::customer::{CustomerReply, CustomerRequest};
use crate::protocol::limits::Close;

/// Made once: it depends on nothing but the program.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(document().to_string()));

/// `GET /openapi.json`
pub(super) async fn serve(State(_): State<Arc<App>>) -> Response {
    let mut response = Response::new(Body::from(DOCUMENT.clone()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The whole document.
pub(super) fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| {
        s.definitions_path = "/components/schemas".into();
        s.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in ROUTES {
        let operation = operation(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.to_owned(), operation);
        }
    }
    // Frames of the sockets have no place under a path; they stand beside the other types.
    generator.subschema_for::<CustomerRequest>();
    generator.subschema_for::<CustomerReply>();
    let problem = generator.subschema_for::<ProblemBody<'_>>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "baton",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!("Customers and consoles of a floor, protocol {PROTOCOL}. Sockets close with {}.", closes()),
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "responses": { "Problem": {
                "description": "What is wrong, and the way out (RFC 9457).",
                "content": { "application/problem+json": { "schema": problem } },
            } },
            "securitySchemes": { "bearer": {
                "type": "http", "scheme": "bearer",
                "description": "A channel's token, or the token of one conversation.",
            } },
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let (status, kind, schema) = route.answer;
    let mut answer = json!({ "description": if status == 101 { "The socket is open." } else { "Done." } });
    if status == 200 || status == 201 {
        let schema = schema.map_or_else(|| json!({}), |schema| schema(generator).to_value());
        answer["content"] = json!({ kind: { "schema": schema } });
    }
    let mut responses = Map::new();
    responses.insert(status.to_string(), answer);
    if route.path == "/readyz" {
        let schema = schema.map_or_else(|| json!({}), |schema| schema(generator).to_value());
        let not_ready = json!({ "description": "Not ready.", "content": { kind: { "schema": schema } } });
        responses.insert("503".to_owned(), not_ready);
    }
    for problem in route.problems {
        responses.insert(problem.to_string(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    // A name in `Host` that is not ours.
    responses.insert("421".to_owned(), json!({ "$ref": "#/components/responses/Problem" }));
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.about,
        "responses": responses,
        "parameters": parameters(route),
    });
    if let Some(body) = route.body {
        operation["requestBody"] =
            json!({ "content": { "application/json": { "schema": body(generator).to_value() } } });
    }
    match route.access {
        Access::Open => {}
        Access::Bearer | Access::Operator => operation["security"] = json!([{ "bearer": [] }]),
        Access::ChannelOrOpen | Access::Hello => operation["security"] = json!([{}, { "bearer": [] }]),
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let one = |name: &str, place: &str, kind: &str, about: &str| {
        json!({
            "name": name, "in": place, "required": place == "path", "description": about, "schema": { "type": kind },
        })
    };
    let mut parameters = Vec::new();
    if route.path.contains("{ref}") {
        let about = "The integrator's own reference, or the one the server made.";
        parameters.push(one("ref", "path", "string", about));
    }
    if route.path.contains("{turn}") {
        parameters.push(one("turn", "path", "integer", "The message's number."));
    }
    let parts = [("file", "The file's id."), ("conversation", "The conversation's id, as the floor names it.")];
    let named = parts.into_iter().filter(|(part, _)| route.path.contains(&format!("{{{part}}}")));
    parameters.extend(named.map(|(part, about)| one(part, "path", "string", about)));
    parameters.extend(route.query.iter().map(|(name, kind, about)| one(name, "query", kind, about)));
    if route.method != "get" && route.path.contains("{ref}") {
        let about = "The client's key: the same key with the same body is done once.";
        parameters.push(one("Idempotency-Key", "header", "string", about));
        let about = "A token signed by the embedding site that says who the customer is: `v1.<base64url payload>.\
                     <base64url HMAC-SHA256>`, payload `{sub, name?, tier?, exp}`.";
        parameters.push(one("Baton-Identity", "header", "string", about));
    }
    if route.id == "upload" {
        let about = "The file's name, percent-encoded UTF-8; proves nothing of what it is.";
        parameters.push(one("Baton-File-Name", "header", "string", about));
    }
    if route.id == "say" {
        parameters.push(one("Prefer", "header", "string", "`wait=SECONDS` holds the response until the answer."));
    }
    parameters
}

/// The close codes in words.
fn closes() -> String {
    let all = [
        Close::Malformed,
        Close::Unauthenticated,
        Close::TooSlow,
        Close::Ended,
        Close::TooLarge,
        Close::Version,
        Close::TooMany,
        Close::Lagging,
        Close::GoingDown,
    ];
    all.map(|close| format!("{} {}", close.code(), super::socket::word(close))).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_in_the_document_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(map) => map.iter().for_each(|(key, inner)| match inner.as_str() {
                    Some(target) if key == "$ref" => found.push(target),
                    Some(_) | None => references(inner, found),
                }),
                Value::Array(list) => list.iter().for_each(|inner| references(inner, found)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 20);
        for target in found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let ids: std::collections::BTreeSet<_> = ROUTES.iter().map(|route| route.id).collect();
        assert_eq!(ids.len(), ROUTES.len());
        assert!(ROUTES.iter().all(|route| !route.about.is_empty()));
    }
}
