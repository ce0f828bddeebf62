//! `baton tools`: what agents may call, and the servers behind it.

mod import;

use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;

use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::agents::tool::{Offered, Server};
use crate::config::Bundle;
use crate::config::files::ServerFile;
use crate::domain::customer::IdentityNeed;
use crate::domain::id::{ServerName, ToolName};
use crate::domain::text::{Clean, Foreign};
use import::Draft;

/// Tools that agents may call, and the servers behind them
#[derive(Debug, clap::Args)]
pub(super) struct Tools {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Lists the tools: who serves them, what they demand, who may call them
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Reaches each server, and compares what it offers with what tools.toml calls; calls no tool
    Test {
        /// Which servers [default: all of the deployment]
        names: Vec<ServerName>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    Import(Import),
}

/// Drafts lines of tools.toml from what a server offers, each tool that acts waiting for a person
#[derive(Debug, clap::Args)]
struct Import {
    /// Of which server
    server: ServerName,
    /// The operations of an HTTP server, as an OpenAPI document (JSON)
    #[arg(long, value_name = "FILE")]
    openapi: Option<PathBuf>,
    /// Only these, by their names there
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Add the lines to tools.toml instead of printing them
    #[arg(long)]
    write: bool,
}

impl Tools {
    /// Does what is asked.
    pub(super) fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        match &self.what {
            What::List { json } => list(place, *json, printer),
            What::Test { names, json } => test(place, names, *json, printer),
            What::Import(import) => import.run(place, printer),
        }
    }
}

/// One tool as it is listed.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a ToolName,
    about: &'a str,
    server: Option<&'a ServerName>,
    acts: bool,
    identity: IdentityNeed,
    always_ask: bool,
    agents: Vec<&'a str>,
}

fn list(place: &Place, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let bundle = place.bundle()?;
    let row = |tool: &'_ crate::domain::tool::ToolSpec| {
        let call = bundle.calls.iter().find(|call| call.tool == tool.name);
        let may = bundle.agents.iter().filter(|agent| agent.tools.contains(&tool.name));
        (call.map(|call| &call.server), may.map(|agent| agent.name.as_str()).collect::<Vec<_>>())
    };
    let rows: Vec<Row<'_>> = bundle
        .tools
        .iter()
        .map(|tool| {
            let (server, agents) = row(tool);
            let (acts, always_ask) = (tool.acts(), tool.always_ask);
            Row { name: &tool.name, about: &tool.about, server, acts, identity: tool.identity, always_ask, agents }
        })
        .collect();
    if json {
        return printer.json(&rows);
    }
    let cells = |row: &Row<'_>| {
        let server = row.server.map_or("practice shop", |name| name.as_str());
        let acts = match (row.acts, row.always_ask) {
            (true, true) => "acts, asks a person",
            (true, false) => "acts",
            (false, true) => "reads, asks a person",
            (false, false) => "reads",
        };
        let identity = match row.identity {
            IdentityNeed::Anonymous => "anybody",
            IdentityNeed::Claimed => "claimed",
            IdentityNeed::Verified => "verified",
        };
        let agents = if row.agents.is_empty() { "nobody".to_owned() } else { row.agents.join(", ") };
        let cells = [row.name.as_str(), server, acts, identity, &agents, row.about];
        cells.iter().map(Clean::shown).collect::<Vec<Clean>>()
    };
    let lines: Vec<_> = rows.iter().map(cells).collect();
    printer.table(&["tool", "served by", "does", "for", "may be called by", "about"], &lines)
}

/// What a look at one server found.
pub(super) struct Look {
    pub(super) server: ServerName,
    /// Where its key was found, or why not.
    pub(super) key: Result<String, String>,
    /// What it offers, or why nobody knows.
    pub(super) offers: Result<Vec<Offered>, String>,
    /// Calls of tools.toml that it does not offer.
    pub(super) missing: Vec<String>,
}

impl Look {
    /// Whether all is as tools.toml says.
    pub(super) fn is_well(&self) -> bool {
        self.key.is_ok() && self.offers.is_ok() && self.missing.is_empty()
    }

    /// The same in words.
    pub(super) fn told(&self) -> String {
        let server = &self.server;
        match (&self.key, &self.offers) {
            (Err(why), _) | (_, Err(why)) => format!("{server}: {}", Foreign::from(why.as_str()).one_line()),
            (Ok(key), Ok(offers)) => {
                let offered =
                    if offers.is_empty() { "is there".to_owned() } else { format!("offers {}", offers.len()) };
                let missing = match self.missing.as_slice() {
                    [] => String::new(),
                    missing => format!("; does not offer {}: look at `at` in tools.toml", missing.join(", ")),
                };
                format!("{server}: {offered}; key: {key}{missing}")
            }
        }
    }
}

/// Looks at these servers.
pub(super) fn look(bundle: &Bundle, files: &[&ServerFile]) -> Result<Vec<Look>, Failure> {
    super::on_tokio(async {
        let mut looks = Vec::with_capacity(files.len());
        for file in files {
            let server = Server::open(file).map_err(|error| Failure::failed(format!("{}: {error}", file.name)))?;
            let offers = server.offers().await;
            let called = bundle.calls.iter().filter(|call| call.server == file.name);
            let named = called.map(|call| call.at.clone().unwrap_or_else(|| call.tool.to_string()));
            // A service over plain HTTP does not say what it offers.
            let known = offers.as_ref().is_ok_and(|offers| !offers.is_empty());
            let offered = |name: &String| offers.iter().flatten().any(|one| one.name == *name);
            let missing = named.filter(|name| known && !offered(name)).collect();
            looks.push(Look { server: file.name.clone(), key: server.key(), offers, missing });
        }
        Ok(looks)
    })
}

fn test(place: &Place, names: &[ServerName], json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let bundle = place.bundle()?;
    for name in names {
        server(&bundle, name)?;
    }
    let wanted = |file: &&ServerFile| names.is_empty() || names.contains(&file.name);
    let files: Vec<&ServerFile> = bundle.servers.iter().filter(wanted).collect();
    if files.is_empty() && !json {
        return printer.says(&"tools.toml names no servers: the practice shop serves every tool");
    }
    let looks = look(&bundle, &files)?;
    if json {
        let rows: Vec<_> = looks
            .iter()
            .map(|look| {
                let offers = look.offers.as_ref();
                let names: Option<Vec<&str>> = offers.ok().map(|all| all.iter().map(|one| one.name.as_str()).collect());
                json!({ "server": look.server, "key": look.key.as_ref().ok(), "missing_key": look.key.as_ref().err(),
                    "offers": names, "wrong": offers.err(), "missing": look.missing })
            })
            .collect();
        printer.json(&rows)?;
    } else {
        for look in &looks {
            printer.says(&look.told())?;
        }
    }
    if looks.iter().all(Look::is_well) { Ok(()) } else { Err(Failure::told()) }
}

fn server<'a>(bundle: &'a Bundle, name: &ServerName) -> Result<&'a ServerFile, Failure> {
    let found = bundle.servers.iter().find(|file| file.name == *name);
    found.ok_or_else(|| Failure::failed(format!("tools.toml has no server `{name}`; add `[[servers]]` first")))
}

impl Import {
    fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let bundle = place.bundle()?;
        let file = server(&bundle, &self.server)?;
        let drafts = if let Some(path) = &self.openapi {
            let failed = |why: &dyn std::fmt::Display| Failure::failed(format!("{}: {why}", path.display()));
            let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
            let document = serde_json::from_str(&text).map_err(|error| failed(&error))?;
            import::operations(&document).map_err(|why| failed(&why))?
        } else {
            let offers = look(&bundle, &[file])?.into_iter().next().map_or_else(|| Ok(Vec::new()), |look| look.offers);
            offers.map_err(Failure::failed)?.iter().map(Draft::of_offered).collect()
        };
        let wanted = |draft: &&Draft| self.only.is_empty() || self.only.contains(&draft.there);
        let known = |draft: &&Draft| bundle.tools.iter().any(|tool| tool.name.as_str() == draft.name(&self.server));
        let (known, fresh): (Vec<&Draft>, Vec<&Draft>) = drafts.iter().filter(wanted).partition(known);
        if fresh.is_empty() {
            let what = if known.is_empty() {
                "offers nothing of that name"
            } else {
                "offers nothing that is not in tools.toml"
            };
            return printer.says(&format!("{} {what}", self.server));
        }
        let lines: String = fresh.iter().map(|draft| draft.lines(&self.server)).collect();
        if !self.write {
            return printer.document(&lines);
        }
        place.append("tools.toml", &lines)?;
        printer.says(&format!(
            "{} tools of {} are in tools.toml; read what they demand, then list them under `tools` of the agents that may call them",
            fresh.len(),
            self.server
        ))
    }
}
