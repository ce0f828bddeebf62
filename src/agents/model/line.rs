//! One model at the end of a line: time-outs for every phase, a few attempts, a rest after failures, a
//! limit of calls at once.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::answer::Said;
use super::breaker::Breaker;
use super::models::Watching;
use super::prompt::Prompt;
use super::socket::Socket;
use super::wire::{self, Growth, Reader, Request};
use crate::agents::guard::Guard;
use crate::agents::key::{Key, KeyPlace};
use crate::config::files::ModelFile;
use crate::domain::model::{Cost, ModelCall, ModelEnd, ModelFailure, Usage};
use crate::domain::time::Millis;
use crate::privacy::crypto::install_crypto;

/// How long a seat among the calls at once is waited for: about as long as an answer takes.
const SEAT_PATIENCE: Duration = Duration::from_secs(8);
/// Longest answer in bytes of its stream: a thousand times a good one.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Wait before the second attempt; doubled for each further one, and drawn between half of it and the whole.
const RETRY_AFTER_FIRST: Duration = Duration::from_millis(400);
/// The longest wait that a provider may ask for: a customer waits behind it.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(8);
/// Bytes of text that are about a token, where nobody counted.
const BYTES_A_TOKEN: usize = 4;
/// The same where a question has to fit: German has about three, and so has JSON.
const BYTES_A_TOKEN_SURE: usize = 3;

/// A model that can be asked.
pub struct Line {
    file: ModelFile,
    url: String,
    http: reqwest::Client,
    /// What goes before the key, by its header, is the dialect's.
    key: Result<Option<Key>, String>,
    at_once: Semaphore,
    breaker: Mutex<Breaker>,
}

/// What came of a call: the answer, if there is one, and its record.
pub(super) type Asked = (Option<Said>, ModelCall);

/// What a try of a model found, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Where its key was found, or why not; never the key.
    pub key: Result<String, String>,
    /// How the call ended, with its record.
    pub call: ModelCall,
    /// Whether it called the function that it was asked to call.
    pub as_agreed: bool,
}

/// Why an attempt came to nothing, and when the provider wants the next one.
pub(super) struct Fault(pub(super) ModelFailure, pub(super) Option<Duration>);

impl From<ModelFailure> for Fault {
    fn from(failure: ModelFailure) -> Self {
        Self(failure, None)
    }
}

impl Line {
    /// The line to a model. Its key is looked up now.
    ///
    /// # Errors
    /// There can be no client for it.
    pub fn open(file: &ModelFile) -> Result<Self, reqwest::Error> {
        install_crypto();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_millis(file.connect_ms.0))
            // A key goes where the deployment says, and nowhere else.
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(usize::from(file.at_once))
            .tcp_nodelay(true)
            .build()?;
        Ok(Self {
            url: file.base_url.trim_end_matches('/').to_owned(),
            http,
            key: place(file).find(),
            at_once: Semaphore::new(usize::from(file.at_once)),
            breaker: Mutex::default(),
            file: file.clone(),
        })
    }

    /// What the deployment says of it.
    pub fn file(&self) -> &ModelFile {
        &self.file
    }

    /// Tells the guardrails its key, so that no answer holds it.
    pub(super) fn confide(&self, guard: &mut Guard) {
        if let Ok(Some(key)) = &self.key {
            guard.keep_secret(key.expose());
        }
    }

    /// Bytes a question to it may have, if the deployment says how much it can hold.
    pub(super) fn question_bytes(&self) -> Option<usize> {
        let tokens = self.file.context_tokens?.saturating_sub(self.file.output_tokens);
        Some(usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(BYTES_A_TOKEN_SURE))
    }

    /// Where its key was found, or why not.
    pub fn key(&self) -> Result<String, String> {
        self.key.as_ref().map(|_| place(&self.file).words()).map_err(Clone::clone)
    }

    /// Asks, until `until` at the latest, or until it is cut.
    pub(super) async fn ask(&self, prompt: &Prompt, until: Instant, watching: &mut Watching<'_>) -> Asked {
        let Watching { cut, grew, trace } = watching;
        let began = Instant::now();
        let mut attempts = 0;
        let mut usage = Usage::default();
        let work = async {
            let _seat = self.admitted().await?;
            let request = wire::request(&self.file, prompt, trace.as_deref());
            self.attempts(&request, until, (&mut attempts, &mut usage), &mut **grew).await
        };
        let result = tokio::select! {
            // The answer that has come counts.
            biased;
            result = work => result.map_err(Some),
            () = cut.cancelled() => Err(None),
        };
        if let Err(None) = result {
            self.breaker().unknown();
        }
        let end = match &result {
            Ok(_) => ModelEnd::Answered,
            Err(Some(failure)) => ModelEnd::Failed(*failure),
            Err(None) => ModelEnd::Cut,
        };
        let call = ModelCall {
            model: self.file.name.clone(),
            end,
            usage,
            cost: self.cost(usage),
            took: Millis(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)),
            attempts,
        };
        (result.ok(), call)
    }

    /// A seat among the calls at once, unless it rests or has no key.
    async fn admitted(&self) -> Result<SemaphorePermit<'_>, ModelFailure> {
        if self.key.is_err() {
            return Err(ModelFailure::NoKey);
        }
        let seat = seat(&self.at_once).await.ok_or(ModelFailure::Full)?;
        if self.breaker().admits(Instant::now()) { Ok(seat) } else { Err(ModelFailure::Resting) }
    }

    async fn attempts(
        &self,
        request: &Request,
        until: Instant,
        (attempts, usage): (&mut u8, &mut Usage),
        grew: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Said, ModelFailure> {
        let whole = Duration::from_millis(self.file.whole_ms.0);
        let until = until.min(Instant::now() + whole);
        loop {
            *attempts += 1;
            let spent = *usage;
            let left = until.saturating_duration_since(Instant::now());
            let result = match timeout(left, self.once(request, (spent, usage), grew)).await {
                Ok(result) => result,
                Err(_) => Err(ModelFailure::TimedOut.into()),
            };
            let Fault(failure, wanted) = match result {
                Ok(said) => {
                    self.breaker().works();
                    return Ok(said);
                }
                Err(fault) => fault,
            };
            if lies_with_it(failure) {
                self.breaker().fails(Instant::now());
            } else {
                self.breaker().works();
            }
            let pause = wanted.unwrap_or_else(|| backoff(*attempts));
            let again = *attempts < self.file.attempts && may_pass(failure) && pause <= RETRY_AFTER_MAX;
            if !again || Instant::now() + pause >= until {
                return Err(failure);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// One attempt. What it reads and writes is added to `spent` in `usage` as it goes on, so that it stands
    /// there too when the attempt is cut.
    async fn once(
        &self,
        request: &Request,
        (spent, usage): (Usage, &mut Usage),
        grew: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Said, Fault> {
        if self.file.by_socket() {
            // A handshake holds much more than a question by HTTP, which need not carry that about.
            return Box::pin(self.by_socket(request, (spent, usage), grew)).await;
        }
        // What was sent is read and paid for, whoever waits for the answer; what was turned away is not.
        *usage = with_estimate(spent, request.body.len(), 0);
        let turned_away = |fault: &Fault| fault.0 != ModelFailure::TimedOut;
        let mut response = self.send(request).await.inspect_err(|fault| {
            if turned_away(fault) {
                *usage = spent;
            }
        })?;
        let mut reader = Reader::new(self.file.kind);
        let streams = is(&response, "text/event-stream");
        let idle = Duration::from_millis(self.file.idle_ms.0);
        let (mut body, mut bytes) = (Vec::new(), 0);
        loop {
            let chunk = timeout(idle, response.chunk()).await.map_err(|_| ModelFailure::TimedOut)?;
            let Some(chunk) = chunk.map_err(|_| ModelFailure::BrokeOff)? else { break };
            bytes += chunk.len();
            if bytes > ANSWER_BYTES_MAX {
                return Err(ModelFailure::NotAsAgreed.into());
            }
            if !streams {
                body.extend_from_slice(&chunk);
                continue;
            }
            if reader.feed(&chunk)? == Growth::Words {
                grew(reader.text());
            }
            *usage = begun(spent, request.body.len(), reader.so_far());
        }
        if !streams {
            reader.whole(&body)?;
        }
        let said = reader.finish()?;
        *usage = whole(spent, request.body.len(), &said);
        Ok(said)
    }

    /// The same over a WebSocket.
    async fn by_socket(
        &self,
        request: &Request,
        (spent, usage): (Usage, &mut Usage),
        grew: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Said, Fault> {
        let within = |millis: Millis| Instant::now() + Duration::from_millis(millis.0);
        let patience = Duration::from_millis(self.file.connect_ms.0);
        // Until there is a socket nothing is asked, and nothing to be paid.
        *usage = spent;
        let mut socket = Socket::open(&self.file.base_url, self.headers(request)?, patience).await?;
        *usage = with_estimate(spent, request.body.len(), 0);
        let mut until = within(self.file.first_ms);
        socket.ask(&request.body, until).await?;
        let (mut reader, mut bytes) = (Reader::new(self.file.kind), 0);
        while let Some(event) = socket.next(until).await? {
            until = within(self.file.idle_ms);
            bytes += event.len();
            if bytes > ANSWER_BYTES_MAX {
                return Err(ModelFailure::NotAsAgreed.into());
            }
            if reader.event(event.as_bytes())? == Growth::Words {
                grew(reader.text());
            }
            *usage = begun(spent, request.body.len(), reader.so_far());
            if reader.has_ended() {
                break;
            }
        }
        socket.close().await;
        let said = reader.finish()?;
        *usage = whole(spent, request.body.len(), &said);
        Ok(said)
    }

    /// What goes with a question: the headers of its dialect, and the key where there is one.
    fn headers(&self, request: &Request) -> Result<HeaderMap, ModelFailure> {
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let value = HeaderValue::try_from(value).map_err(|_| ModelFailure::Rejected)?;
            headers.insert(HeaderName::from_static(name), value);
        }
        if let Ok(Some(key)) = &self.key {
            let (name, before) = request.key;
            let value = HeaderValue::try_from(format!("{before}{}", key.expose()));
            let mut value = value.map_err(|_| ModelFailure::NoKey)?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }

    /// The response's head, if it is a good one.
    async fn send(&self, request: &Request) -> Result<Response, Fault> {
        let http = self.http.post(format!("{}{}", self.url, request.path)).headers(self.headers(request)?);
        let sent = http.header(CONTENT_TYPE, "application/json").body(request.body.clone()).send();
        let first = Duration::from_millis(self.file.first_ms.0);
        let response = timeout(first, sent).await.map_err(|_| ModelFailure::TimedOut)?;
        let response = response.map_err(|error| match error.is_connect() {
            true => ModelFailure::Unreachable,
            false if error.is_timeout() => ModelFailure::TimedOut,
            false => ModelFailure::BrokeOff,
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        Err(Fault(failure_of(status), wanted_pause(response.headers().get(RETRY_AFTER))))
    }

    fn cost(&self, usage: Usage) -> Option<Cost> {
        let ModelFile { price_input, price_cached, price_output, .. } = &self.file;
        let fresh = usage.input.saturating_sub(usage.cached);
        let parts = [
            price_input.map(|price| price.of_tokens(fresh)),
            price_cached.or(*price_input).map(|price| price.of_tokens(usage.cached)),
            price_output.map(|price| price.of_tokens(usage.output)),
        ];
        parts.into_iter().flatten().reduce(Cost::plus)
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the key of a model is looked for.
pub fn place(file: &ModelFile) -> KeyPlace {
    KeyPlace::of(file.key_env.as_deref(), file.key_file.as_deref(), &file.key_command)
}

/// A seat, once one is free.
pub(super) async fn seat(at_once: &Semaphore) -> Option<SemaphorePermit<'_>> {
    timeout(SEAT_PATIENCE, at_once.acquire()).await.ok()?.ok()
}

fn is(response: &Response, kind: &str) -> bool {
    let told = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    told.is_some_and(|told| told.to_ascii_lowercase().starts_with(kind))
}

/// When the provider wants the next attempt.
pub(super) fn wanted_pause(retry_after: Option<&HeaderValue>) -> Option<Duration> {
    retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs)
}

/// What a status that is no success means.
pub(super) fn failure_of(status: StatusCode) -> ModelFailure {
    match status.as_u16() {
        401 | 403 => ModelFailure::KeyRefused,
        408 | 504 => ModelFailure::TimedOut,
        429 | 500..=599 => ModelFailure::Busy,
        _ => ModelFailure::Rejected,
    }
}

/// Whether the failure says something about the model or the way there, and not about this one question.
const fn lies_with_it(failure: ModelFailure) -> bool {
    match failure {
        ModelFailure::Unreachable
        | ModelFailure::TimedOut
        | ModelFailure::Busy
        | ModelFailure::KeyRefused
        | ModelFailure::BrokeOff => true,
        ModelFailure::Rejected
        | ModelFailure::NotAsAgreed
        | ModelFailure::Empty
        | ModelFailure::Filtered
        | ModelFailure::Resting
        | ModelFailure::Full
        | ModelFailure::OverBudget
        | ModelFailure::NoKey => false,
    }
}

/// Whether the same question may be answered a moment later: a key that is refused stays refused.
fn may_pass(failure: ModelFailure) -> bool {
    lies_with_it(failure) && failure != ModelFailure::KeyRefused
}

/// The pause before the next attempt, drawn so that those who failed together do not come back together.
fn backoff(attempts: u8) -> Duration {
    let whole = RETRY_AFTER_FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(6));
    let mut drawn = [0; 2];
    // Without randomness everybody waits the whole.
    let share = getrandom::fill(&mut drawn).map_or(u32::from(u16::MAX), |()| u32::from(u16::from_be_bytes(drawn)));
    whole / 2 + (whole / 2) * share / u32::from(u16::MAX)
}

/// Bytes a model has written.
fn written(said: &Said) -> usize {
    said.text.len() + said.calls.iter().map(|call| call.name.len() + call.arguments.len()).sum::<usize>()
}

/// What a whole answer cost.
fn whole(spent: Usage, read: usize, said: &Said) -> Usage {
    said.usage.map_or_else(|| with_estimate(spent, read, written(said)), |counted| plus(spent, counted))
}

/// What an answer has cost that has begun. Who counts does so at the beginning, when nothing is written yet, and
/// once more at the end, which may not come.
fn begun(spent: Usage, read: usize, said: &Said) -> Usage {
    let guess = with_estimate(Usage::default(), read, written(said));
    let counted = said.usage.map_or(guess, |counted| Usage {
        output: counted.output.max(guess.output),
        estimated: guess.output > counted.output,
        ..counted
    });
    plus(spent, counted)
}

fn with_estimate(spent: Usage, read: usize, written: usize) -> Usage {
    let tokens = |bytes: usize| u32::try_from(bytes.div_ceil(BYTES_A_TOKEN)).unwrap_or(u32::MAX);
    Usage { estimated: true, ..plus(spent, Usage { input: tokens(read), output: tokens(written), ..Usage::default() }) }
}

fn plus(one: Usage, more: Usage) -> Usage {
    Usage {
        input: one.input.saturating_add(more.input),
        cached: one.cached.saturating_add(more.cached),
        output: one.output.saturating_add(more.output),
        estimated: one.estimated || more.estimated,
    }
}
