//! A scanner of the house that looks at files: a command that is given the content on its standard input,
//! or a service that is posted it. Whatever goes wrong is no answer, and never a clean one.

use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::http;
use crate::config::files::ScanFile;
use crate::domain::file::{Scan, ScanFault};

/// Longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// What the program gets of our environment.
const ENVIRONMENT: [&str; 3] = ["PATH", "HOME", "LANG"];

/// How files are looked at.
pub struct Scanner {
    by: By,
    patience: Duration,
}

enum By {
    Command(Vec<String>),
    Service(reqwest::Client, String),
}

/// What a service answers.
#[derive(Deserialize)]
struct Said {
    verdict: Word,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Clean,
    Refused,
    Unknown,
}

impl Scanner {
    /// The scanner of a house; nothing when it names none.
    ///
    /// # Errors
    /// There can be no client for it.
    pub fn of(file: Option<&ScanFile>) -> Result<Option<Self>, reqwest::Error> {
        let Some(file) = file else { return Ok(None) };
        let by = match &file.url {
            Some(url) => By::Service(http::client()?, url.clone()),
            None => By::Command(file.command.clone()),
        };
        Ok(Some(Self { by, patience: Duration::from_millis(file.timeout_ms) }))
    }

    /// Looks at a content.
    pub async fn look(&self, content: Vec<u8>) -> Scan {
        let looked = async {
            match &self.by {
                By::Command(command) => run(command, &content).await,
                By::Service(client, url) => ask(client, url, content).await,
            }
        };
        match timeout(self.patience, looked).await {
            Ok(Ok(scan)) => scan,
            Ok(Err(fault)) => Scan::Unknown(fault),
            Err(_) => Scan::Unknown(ScanFault::TimedOut),
        }
    }
}

/// Ends with 0 if it found nothing, with 1 if it found something; anything else is no answer.
async fn run(command: &[String], content: &[u8]) -> Result<Scan, ScanFault> {
    let (program, args) = command.split_first().ok_or(ScanFault::Absent)?;
    let mut process = Command::new(program);
    process.args(args).env_clear().kill_on_drop(true);
    process.envs(ENVIRONMENT.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    process.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = process.spawn().map_err(|_| ScanFault::Absent)?;
    if let Some(mut input) = running.stdin.take() {
        // Who has seen enough reads no further; how it ends is what counts.
        let _ = input.write_all(content).await;
    }
    let ended = running.wait().await.map_err(|_| ScanFault::Broke)?;
    match ended.code() {
        Some(0) => Ok(Scan::Clean),
        Some(1) => Ok(Scan::Refused),
        Some(_) | None => Err(ScanFault::Broke),
    }
}

/// Answers `{"verdict": "clean" | "refused" | "unknown"}`.
async fn ask(client: &reqwest::Client, url: &str, content: Vec<u8>) -> Result<Scan, ScanFault> {
    let request = client.post(url).header("content-type", "application/octet-stream").body(content);
    let mut answer = request.send().await.map_err(|_| ScanFault::Absent)?;
    if !answer.status().is_success() {
        return Err(ScanFault::Broke);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| ScanFault::Broke)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            return Err(ScanFault::Broke);
        }
    }
    let said: Said = serde_json::from_slice(&body).map_err(|_| ScanFault::Broke)?;
    match said.verdict {
        Word::Clean => Ok(Scan::Clean),
        Word::Refused => Ok(Scan::Refused),
        Word::Unknown => Err(ScanFault::Broke),
    }
}
