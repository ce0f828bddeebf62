//! Batches of spans on their way to a collector. Nothing waits for it: what it does not take in time is
//! dropped and counted, and the queue before it does the same.

use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Url};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::otlp;
use super::traces::Span;
use crate::config::Bundle;
use crate::privacy::crypto::install_crypto;
use crate::runtime::measures::Measures;

/// Spans of one request: half a megabyte of JSON, which every collector takes.
const BATCH: usize = 512;
/// How long the first span of a batch waits for others.
const GATHER: Duration = Duration::from_secs(1);
/// How long a collector may take for one request.
const PATIENCE: Duration = Duration::from_secs(5);
/// Attempts at one batch: one more than none, since a collector that restarts is back within seconds.
const ATTEMPTS: u32 = 2;
/// How long the last spans may take when the floor ends.
const GRACE: Duration = Duration::from_secs(2);
/// Where a collector takes traces, below its address.
const PATH: &str = "v1/traces";

/// A collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime) struct Target {
    url: Url,
    headers: HeaderMap,
    service: String,
}

impl Target {
    /// Where this deployment's traces go by its file and by the standard variables, which count before it;
    /// nothing when neither says so.
    ///
    /// # Errors
    /// What is said is no address.
    pub(in crate::runtime) fn of(
        bundle: &Bundle,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, String> {
        let var = |name: &str| var(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        if var("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        // The variable for traces alone is a whole address; the others are what the path is added to.
        let whole = var("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        let base = var("OTEL_EXPORTER_OTLP_ENDPOINT").or_else(|| bundle.house.telemetry.otlp.clone());
        let Some(text) = whole.clone().or(base) else { return Ok(None) };
        let wrong = |why: &dyn std::fmt::Display| format!("`{text}` is no address of a collector: {why}");
        let address = if whole.is_some() || text.trim_end_matches('/').ends_with(PATH) {
            text.clone()
        } else {
            format!("{}/{PATH}", text.trim_end_matches('/'))
        };
        let url: Url = address.parse().map_err(|error| wrong(&error))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong(&"it begins with http:// or https://"));
        }
        let headers = var("OTEL_EXPORTER_OTLP_TRACES_HEADERS").or_else(|| var("OTEL_EXPORTER_OTLP_HEADERS"));
        let service = var("OTEL_SERVICE_NAME").unwrap_or_else(|| bundle.house.name.to_string());
        Ok(Some(Self { url, headers: headers_of(headers.as_deref().unwrap_or_default()), service }))
    }
}

/// `name=value,name=value`; values may be percent-encoded. What is no header is left out, never printed: it may
/// hold a key.
fn headers_of(text: &str) -> HeaderMap {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let name: HeaderName = name.trim().parse().ok()?;
        let mut value: HeaderValue = percent_decode_str(value.trim()).decode_utf8_lossy().parse().ok()?;
        value.set_sensitive(true);
        Some((name, value))
    };
    text.split(',').filter_map(pair).collect()
}

/// The task that sends.
pub(in crate::runtime) struct Sender {
    target: Target,
    client: Client,
    measures: Arc<Measures>,
}

impl Sender {
    /// # Errors
    /// There can be no client.
    pub(in crate::runtime) fn new(target: Target, measures: Arc<Measures>) -> Result<Self, String> {
        install_crypto();
        // Headers may hold a key, which goes to this address and nowhere else.
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build();
        Ok(Self { target, client: client.map_err(|error| error.to_string())?, measures })
    }

    /// Sends until no more spans can come, then what waits, within [`GRACE`].
    pub(in crate::runtime) fn start(
        self,
        spans: mpsc::Receiver<Span>,
        tokio: &tokio::runtime::Handle,
    ) -> JoinHandle<()> {
        tokio.spawn(self.run(spans))
    }

    async fn run(self, mut spans: mpsc::Receiver<Span>) {
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(first) = spans.recv().await {
            batch.push(first);
            let until = Instant::now() + GATHER;
            while batch.len() < BATCH && !spans.is_closed() {
                let room = BATCH - batch.len();
                match timeout_at(until, spans.recv_many(&mut batch, room)).await {
                    Ok(more) if more > 0 => {}
                    Ok(_) | Err(_) => break,
                }
            }
            let size = batch.len() as u64;
            let attempts = async {
                for attempt in 1..=ATTEMPTS {
                    match self.send(&batch).await {
                        Ok(()) => return true,
                        Err(why) if attempt == ATTEMPTS => tracing::warn!(spans = size, why, "spans were not taken"),
                        Err(_) => tokio::time::sleep(GATHER).await,
                    }
                }
                false
            };
            let taken =
                if spans.is_closed() { timeout(GRACE, attempts).await.unwrap_or(false) } else { attempts.await };
            if taken {
                self.measures.spans_sent(size);
            } else {
                self.measures.spans_dropped(size);
            }
            batch.clear();
        }
    }

    async fn send(&self, batch: &[Span]) -> Result<(), String> {
        let request = self.client.post(self.target.url.clone()).headers(self.target.headers.clone());
        let answer = request.json(&otlp::request(&self.target.service, batch)).send().await;
        let status = answer.map_err(|error| error.without_url().to_string())?.status();
        if status.is_success() { Ok(()) } else { Err(format!("the collector says {status}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::preset;

    fn of(file: Option<&str>, vars: &[(&str, &str)]) -> Result<Option<(String, String, Vec<String>)>, String> {
        let mut bundle = preset("support").unwrap();
        bundle.house.telemetry.otlp = file.map(str::to_owned);
        let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let told = |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
        Target::of(&bundle, var).map(|target| {
            target.map(|it| (it.url.to_string(), it.service.clone(), it.headers.iter().map(told).collect()))
        })
    }

    #[test]
    fn traces_go_nowhere_unless_the_file_or_a_variable_says_where() {
        assert_eq!(of(None, &[]), Ok(None));
        assert_eq!(of(Some("http://a:4318"), &[("OTEL_SDK_DISABLED", "true")]), Ok(None));
        let (url, service, headers) = of(Some("http://a:4318/"), &[]).unwrap().unwrap();
        assert_eq!((url.as_str(), service.as_str(), headers.len()), ("http://a:4318/v1/traces", "northwind", 0));
        let vars = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://b/otlp"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x%2Cy, x-odd, tenant = 7"),
            ("OTEL_SERVICE_NAME", "desk"),
        ];
        let (url, service, mut headers) = of(Some("http://a:4318"), &vars).unwrap().unwrap();
        headers.sort();
        assert_eq!((url.as_str(), service.as_str()), ("https://b/otlp/v1/traces", "desk"));
        assert_eq!(headers, ["authorization: Bearer x,y", "tenant: 7"]);
        let whole = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c/in"), vars[0]];
        assert_eq!(of(None, &whole).unwrap().unwrap().0, "http://c/in");
        assert!(of(Some("localhost:4318"), &[]).unwrap_err().contains("localhost:4318"));
    }
}
