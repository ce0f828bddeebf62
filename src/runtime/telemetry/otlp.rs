//! Spans as the OpenTelemetry protocol writes them in JSON: names in hexadecimal, times in nanoseconds as text.

use serde_json::{Value as Json, json};

use super::traces::{Attributes, Moment, Span, Value};
use crate::domain::time::Timestamp;

/// Nanoseconds in a millisecond.
const NANOS: u128 = 1_000_000;
/// `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;

/// One request with these spans.
pub(super) fn request(service: &str, spans: &[Span]) -> Json {
    let resource = [("service.name", service), ("service.version", env!("CARGO_PKG_VERSION"))];
    let resource: Vec<Json> =
        resource.iter().map(|(key, value)| pair(key, &Value::Text((*value).to_owned()))).collect();
    json!({ "resourceSpans": [{
        "resource": { "attributes": resource },
        "scopeSpans": [{
            "scope": { "name": "baton", "version": env!("CARGO_PKG_VERSION") },
            "spans": spans.iter().map(span).collect::<Vec<Json>>(),
        }],
    }] })
}

fn span(span: &Span) -> Json {
    let mut written = json!({
        "traceId": span.trace,
        "spanId": span.id,
        "name": span.name,
        "kind": span.kind as u8,
        "startTimeUnixNano": nanos(span.began),
        "endTimeUnixNano": nanos(span.ended),
        "attributes": pairs(&span.attributes),
        "events": span.moments.iter().map(moment).collect::<Vec<Json>>(),
    });
    if let Some(parent) = &span.parent {
        written["parentSpanId"] = json!(parent);
    }
    if let Some(error) = span.error {
        written["status"] = json!({ "code": ERROR, "message": error });
    }
    written
}

fn moment(moment: &Moment) -> Json {
    json!({ "timeUnixNano": nanos(moment.at), "name": moment.name, "attributes": pairs(&moment.attributes) })
}

fn pairs(attributes: &Attributes) -> Vec<Json> {
    attributes.iter().map(|(key, value)| pair(key, value)).collect()
}

fn pair(key: &str, value: &Value) -> Json {
    match value {
        Value::Text(text) => json!({ "key": key, "value": { "stringValue": text } }),
        Value::Number(number) => json!({ "key": key, "value": { "intValue": number.to_string() } }),
    }
}

fn nanos(at: Timestamp) -> String {
    (u128::from(at.0.unsigned_abs()) * NANOS).to_string()
}
