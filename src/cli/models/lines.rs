//! `baton models list | test | add`: the language models that agents are backed by.

use serde::Serialize;
use serde_json::json;

use crate::agents::model::{Line, Probe, place};
use crate::cli::failure::Failure;
use crate::cli::place::Place;
use crate::cli::print::Printer;
use crate::config::Bundle;
use crate::config::files::{ModelFile, ModelKind};
use crate::domain::id::ModelName;
use crate::domain::model::{Cost, ModelEnd, ModelFailure};
use crate::domain::text::Clean;

/// Lists the language models of this deployment, where their keys are found, and who is backed by them
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Asks models a question of a few words and one function; an answer that is not as agreed is a failure
#[derive(Debug, clap::Args)]
pub(super) struct Test {
    /// Which ones [default: all of the deployment]
    names: Vec<ModelName>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Adds a language model to baton.toml; no key is written there, only where it is found
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Its name in this deployment
    name: ModelName,
    /// What it speaks: openai, anthropic, remote
    #[arg(long, value_parser = kind)]
    kind: ModelKind,
    /// Its address, like https://api.openai.com/v1 or http://127.0.0.1:11434/v1
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// The provider's name for it
    #[arg(long, default_value = "")]
    model: String,
    /// The environment variable that holds its key
    #[arg(long, value_name = "NAME", conflicts_with = "key_file")]
    key_env: Option<String>,
    /// The file that holds its key
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,
    /// The program that prints its key, like "secret-tool lookup service openai"; split at spaces
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["key_env", "key_file"])]
    key_command: Option<String>,
    /// What a million tokens read cost, like "0.15 EUR"
    #[arg(long, value_name = "COST")]
    price_input: Option<Cost>,
    /// What a million tokens written cost
    #[arg(long, value_name = "COST")]
    price_output: Option<Cost>,
}

fn kind(text: &str) -> Result<ModelKind, String> {
    match text {
        "openai" => Ok(ModelKind::Openai),
        "anthropic" => Ok(ModelKind::Anthropic),
        "remote" => Ok(ModelKind::Remote),
        _ => Err("openai, anthropic or remote".to_owned()),
    }
}

/// One model as it is listed.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a ModelName,
    kind: ModelKind,
    base_url: &'a str,
    model: &'a str,
    /// Where its key was found; none when it was not.
    key: Option<String>,
    /// Why there is no key.
    missing: Option<String>,
    agents: Vec<&'a str>,
}

fn row<'a>(bundle: &'a Bundle, file: &'a ModelFile) -> Row<'a> {
    let place = place(file);
    let (key, missing) = match place.find() {
        Ok(_) => (Some(place.words()), None),
        Err(why) => (None, Some(why)),
    };
    let backed = bundle.agents.iter().filter(|agent| agent.models.contains(&file.name));
    let agents = backed.map(|agent| agent.name.as_str()).collect();
    Row { name: &file.name, kind: file.kind, base_url: &file.base_url, model: &file.model, key, missing, agents }
}

impl List {
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let bundle = place.bundle()?;
        let rows: Vec<Row<'_>> = bundle.house.models.iter().map(|file| row(&bundle, file)).collect();
        if self.json {
            return printer.json(&rows);
        }
        if rows.is_empty() {
            return printer.says(
                &"this deployment has no language models: its agents follow playbooks; `baton models add` names one",
            );
        }
        let lines: Vec<Vec<Clean>> = rows
            .iter()
            .map(|row| {
                let key = row.key.as_ref().or(row.missing.as_ref());
                let agents = if row.agents.is_empty() { "nobody".to_owned() } else { row.agents.join(", ") };
                let cells = [row.name.as_str(), row.model, row.base_url, key.map_or("", String::as_str), &agents];
                cells.into_iter().map(|cell| Clean::shown(&cell)).collect()
            })
            .collect();
        printer.table(&["model", "provider's name", "address", "key", "backs"], &lines)
    }
}

impl Test {
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let bundle = place.bundle()?;
        for name in &self.names {
            if !bundle.house.models.iter().any(|file| file.name == *name) {
                return Err(Failure::failed(format!(
                    "baton.toml has no model `{name}`; `baton models list` names them"
                )));
            }
        }
        let wanted = |file: &&ModelFile| self.names.is_empty() || self.names.contains(&file.name);
        let files: Vec<&ModelFile> = bundle.house.models.iter().filter(wanted).collect();
        let probes = probe(&files)?;
        if self.json {
            let rows: Vec<_> = probes
                .iter()
                .map(|probe| {
                    json!({ "key": probe.key.as_ref().ok(), "missing": probe.key.as_ref().err(), "call": probe.call,
                        "as_agreed": probe.as_agreed })
                })
                .collect();
            printer.json(&rows)?;
        } else {
            for probe in &probes {
                printer.says(&told(probe))?;
            }
        }
        if probes.iter().all(|probe| probe.as_agreed) { Ok(()) } else { Err(Failure::told()) }
    }
}

/// Asks each of them.
pub(in crate::cli) fn probe(files: &[&ModelFile]) -> Result<Vec<Probe>, Failure> {
    crate::cli::on_tokio(async {
        let mut probes = Vec::with_capacity(files.len());
        for file in files {
            let line = Line::open(file).map_err(|error| Failure::failed(format!("{}: {error}", file.name)))?;
            probes.push(line.probe().await);
        }
        Ok(probes)
    })
}

/// What a try found, with the way out where something is wrong.
pub(in crate::cli) fn told(probe: &Probe) -> String {
    let call = &probe.call;
    let took = format!("{} ms", call.took.0);
    let cost = call.cost.map(|cost| format!(", {cost}")).unwrap_or_default();
    let tokens = format!("{} tokens read, {} written{cost}", call.usage.input, call.usage.output);
    let key = match &probe.key {
        Ok(place) => format!("key: {place}"),
        Err(why) => why.clone(),
    };
    let found = match (call.end, probe.as_agreed) {
        (ModelEnd::Answered, true) => format!("answers as agreed after {took}; {tokens}"),
        (ModelEnd::Answered, false) => {
            format!(
                "answers after {took}, and does not call the function it was asked to call: it cannot act for an agent; {tokens}"
            )
        }
        (ModelEnd::Failed(failure), _) => format!("{}; {}", failure.words(), way_out(failure)),
        (ModelEnd::Cut, _) => "was cut".to_owned(),
    };
    format!("{}: {found}; {key}", call.model)
}

const fn way_out(failure: ModelFailure) -> &'static str {
    match failure {
        ModelFailure::Unreachable => "is its server running, and base-url right?",
        ModelFailure::TimedOut => "try again, or raise first-ms and whole-ms",
        ModelFailure::Busy | ModelFailure::Resting | ModelFailure::Full => "try again later",
        ModelFailure::KeyRefused => "put the right key where baton.toml says it is found",
        ModelFailure::Rejected => "look at `model` and `base-url` in baton.toml",
        ModelFailure::BrokeOff | ModelFailure::NotAsAgreed => "does its server speak what `kind` says?",
        ModelFailure::Empty | ModelFailure::Filtered => "is it a model that can call functions?",
        ModelFailure::OverBudget => "raise its budget",
        ModelFailure::NoKey => "put its key where baton.toml says it is found",
    }
}

impl Add {
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let path = place.append("baton.toml", &self.table())?;
        let name = &self.name;
        printer.says(&format!(
            "{name} is in {}; `baton models test {name}` tries it, `models = [\"{name}\"]` in an agent's file backs the agent by it",
            path.display()
        ))
    }

    fn table(&self) -> String {
        let kind = match self.kind {
            ModelKind::Openai => "openai",
            ModelKind::Anthropic => "anthropic",
            ModelKind::Remote => "remote",
        };
        let mut lines = vec![String::new(), "[[models]]".to_owned()];
        let mut line = |key: &str, value: toml::Value| lines.push(format!("{key} = {value}"));
        line("name", self.name.as_str().into());
        line("kind", kind.into());
        line("base-url", self.base_url.as_str().into());
        let named = Some(&self.model).filter(|name| !name.is_empty());
        for (key, value) in [("model", named), ("key-env", self.key_env.as_ref()), ("key-file", self.key_file.as_ref())]
        {
            if let Some(value) = value {
                line(key, value.as_str().into());
            }
        }
        if let Some(command) = &self.key_command {
            let words: Vec<&str> = command.split_whitespace().collect();
            line("key-command", words.into());
        }
        for (key, price) in [("price-input", self.price_input), ("price-output", self.price_output)] {
            if let Some(price) = price {
                line(key, price.to_string().into());
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }
}
