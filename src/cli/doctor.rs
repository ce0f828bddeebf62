//! `baton doctor`: looks at everything a floor needs, and says what to do where something is wrong.

use std::io::IsTerminal;
use std::net::TcpListener;
use std::time::Duration;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::models::lines;
use super::place::Place;
use super::print::Printer;
use super::tools::{self, Look};
use crate::agents::model::{Probe, Translator};
use crate::config::files::{ModelFile, ServerFile};
use crate::domain::analysis::Language;
use crate::domain::model::{ModelEnd, ModelFailure};
use crate::domain::time::Millis;
use crate::domain::translation::{TRANSLATION_PATIENCE, TranslationFailure};
use crate::store::chain::Head;
use crate::store::lock::Lock;

/// How long a translation is tried: as long as a floor waits for one.
const TRIED_FOR: Duration = {
    let Millis(ms) = TRANSLATION_PATIENCE;
    Duration::from_millis(ms)
};

/// Looks whether this machine, folder and deployment are well
#[derive(Debug, clap::Args)]
pub(super) struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Finding {
    what: &'static str,
    state: State,
    says: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Well,
    Look,
    Ill,
}

impl Doctor {
    /// Prints what was found; anything ill is a failure.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let mut findings = vec![data(place), journal(place), deployment(place), port(place), terminal()];
        findings.extend(models(place));
        findings.extend(servers(place));
        findings.extend(translator(place));
        if self.json {
            printer.json(&findings)?;
        } else {
            for finding in &findings {
                let mark = match finding.state {
                    State::Well => "ok  ",
                    State::Look => "look",
                    State::Ill => "ILL ",
                };
                printer.says(&format!("{mark}  {:<11} {}", finding.what, finding.says))?;
            }
        }
        if findings.iter().any(|finding| finding.state == State::Ill) { Err(Failure::told()) } else { Ok(()) }
    }
}

fn finding(what: &'static str, result: Result<(State, String), Failure>) -> Finding {
    match result {
        Ok((state, says)) => Finding { what, state, says },
        Err(failure) => Finding { what, state: State::Ill, says: failure.to_string() },
    }
}

fn data(place: &Place) -> Finding {
    let look = || {
        let data = place.data()?;
        let path = data.path().display();
        Ok(match Lock::owner(&data.lock())? {
            Some(owner) => {
                let url = owner.url.unwrap_or_else(|| "an address it has not told yet".into());
                (State::Well, format!("{path}; a floor runs on it at {url} (process {})", owner.pid))
            }
            None => (State::Well, format!("{path}; no floor runs on it")),
        })
    };
    finding("data folder", look())
}

fn journal(place: &Place) -> Finding {
    let look = || {
        let (data, mut journal) = super::journal::open(place)?;
        let anchored = Head::anchored(&data.anchor())?;
        journal.check_anchor(anchored)?;
        let head = journal.head()?;
        Ok((
            State::Well,
            format!("{} records of floor {}; `baton audit verify` checks each", head.seq.0, journal.floor()),
        ))
    };
    match place.has_journal() {
        Ok(false) => finding("journal", Ok((State::Well, "none yet; the first start makes it".into()))),
        Ok(true) | Err(_) => finding("journal", look()),
    }
}

fn deployment(place: &Place) -> Finding {
    let look = || {
        let bundle = place.bundle()?;
        let from = place.deployment_folder().map_or_else(|| "built in".into(), |folder| folder.display().to_string());
        let advice = bundle.advice.0.len();
        let state = if advice == 0 { State::Well } else { State::Look };
        let more = if advice == 0 { String::new() } else { format!("; `baton check` has {advice} pieces of advice") };
        Ok((state, format!("{} ({from}), {} agents{more}", bundle.house.name, bundle.agents.len())))
    };
    finding("deployment", look())
}

fn port(place: &Place) -> Finding {
    let look = || {
        let bundle = place.bundle()?;
        let address = bundle.house.listen.unwrap_or_else(|| super::serve::LISTEN.into());
        if let Some(owner) = place.data_path().ok().and_then(|path| Lock::owner(&path.join("lock")).ok().flatten()) {
            return Ok((State::Well, format!("the running floor listens ({})", owner.url.unwrap_or_default())));
        }
        Ok(match TcpListener::bind(&address) {
            Ok(_) => (State::Well, format!("{address} is free")),
            Err(error) => (
                State::Look,
                format!(
                    "{address}: {error}; `baton serve --listen 127.0.0.1:0` takes a free port, and so does `baton`"
                ),
            ),
        })
    };
    finding("port", look())
}

/// Each language model is asked a question of a few words: a wrong key or name shows only so.
fn models(place: &Place) -> Vec<Finding> {
    let Ok(bundle) = place.bundle() else { return Vec::new() };
    let files: Vec<&ModelFile> = bundle.house.models.iter().collect();
    let probes = match lines::probe(&files) {
        Ok(probes) => probes,
        Err(failure) => return vec![finding("models", Err(failure))],
    };
    let state = |probe: &Probe| match (probe.call.end, probe.as_agreed) {
        (ModelEnd::Answered, true) => State::Well,
        // These pass, or are no fault of what was set.
        (
            ModelEnd::Failed(ModelFailure::TimedOut | ModelFailure::Busy | ModelFailure::Unreachable) | ModelEnd::Cut,
            _,
        ) => State::Look,
        (ModelEnd::Answered | ModelEnd::Failed(_), _) => State::Ill,
    };
    let told = |probe: &Probe| Finding { what: "model", state: state(probe), says: lines::told(probe) };
    probes.iter().map(told).collect()
}

/// Each server of tools is reached; none of its tools is called.
fn servers(place: &Place) -> Vec<Finding> {
    let Ok(bundle) = place.bundle() else { return Vec::new() };
    let files: Vec<&ServerFile> = bundle.servers.iter().collect();
    let looks = match tools::look(&bundle, &files) {
        Ok(looks) => looks,
        Err(failure) => return vec![finding("tools", Err(failure))],
    };
    let state = |look: &Look| if look.is_well() { State::Well } else { State::Ill };
    looks.iter().map(|look| Finding { what: "tools", state: state(look), says: look.told() }).collect()
}

/// The translator is asked for two words: a wrong address or key shows only so.
fn translator(place: &Place) -> Option<Finding> {
    let bundle = place.bundle().ok()?;
    let house = bundle.house.translation.as_ref()?.language;
    let other: Language = if house == Language::ENGLISH { "fra" } else { "eng" }.parse().ok()?;
    let asked = super::on_tokio(async {
        let opened = Translator::open(&bundle).map_err(|error| Failure::failed(error.to_string()))?;
        let Some(translator) = opened else { return Ok(Err(TranslationFailure::Unreachable)) };
        let (text, _) =
            translator.translate(&"OK, 1182".into(), (house, other), TRIED_FOR, &CancellationToken::new()).await;
        Ok(text.map(drop))
    });
    let looked = asked.map(|answer| match answer {
        Ok(()) => (State::Well, format!("translates from {} into {}", house.short(), other.short())),
        // These pass, or are no fault of what was set.
        Err(
            why @ (TranslationFailure::TimedOut
            | TranslationFailure::Unreachable
            | TranslationFailure::Model(ModelFailure::TimedOut | ModelFailure::Busy | ModelFailure::Unreachable)),
        ) => (State::Look, why.words().to_owned()),
        Err(why) => (State::Ill, why.words().to_owned()),
    });
    Some(finding("translator", looked))
}

fn terminal() -> Finding {
    let seen = std::io::stdout().is_terminal();
    let utf8 =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let utf8 = utf8.is_some_and(|value| value.to_lowercase().replace('-', "").contains("utf8"));
    let size = crossterm::terminal::size().ok();
    let (state, says) = match (seen, size) {
        (false, _) => (State::Look, "none here; the console needs one".to_owned()),
        (true, Some((columns, rows))) if columns < 80 || rows < 24 => {
            (State::Look, format!("{columns}×{rows}; the console wants 80×24 at least"))
        }
        (true, Some((columns, rows))) if !utf8 => {
            (State::Look, format!("{columns}×{rows}; no UTF-8 in LANG, so some signs may not show"))
        }
        (true, Some((columns, rows))) => (State::Well, format!("{columns}×{rows}, UTF-8")),
        (true, None) => (State::Look, "its size is not known".to_owned()),
    };
    Finding { what: "terminal", state, says }
}
