//! `baton channels`: how customers come in, the tokens of systems that bring them, and the secret
//! under which a site signs who its visitors are.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::place::Place;
use super::print::Printer;
use crate::config::Bundle;
use crate::domain::id::ChannelName;
use crate::domain::text::Clean;
use crate::runtime::access::{Access, Bearer, identity_secret};
use crate::store::vault::Vault;

/// The channels of the deployment and their tokens
#[derive(Debug, Args)]
pub(super) struct Channels {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Lists the channels (default)
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Makes a token for a system that brings customers by this channel; it is shown once
    Add {
        /// Which
        name: ChannelName,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Takes back all tokens of a channel
    Revoke {
        /// Which
        name: ChannelName,
    },
    /// Shows the secret with which the embedding site signs who its visitor is
    Secret {
        /// Which
        name: ChannelName,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Channels {
    /// Does it on the tokens of the data folder; a running floor notices at the next request.
    pub(super) fn run(self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let bundle = place.bundle()?;
        let data = place.data()?;
        let access = Access::open(Some((data.path(), data.admin_token()?))).map_err(Failure::failed)?;
        match self.act.unwrap_or(Act::List { json: false }) {
            Act::List { json } => list(&bundle, &access, json, printer),
            Act::Add { name, json } => {
                known(&bundle, &name)?;
                let token = access.grant(Bearer::Channel(name.clone())).map_err(Failure::failed)?;
                if json {
                    return printer.json(&serde_json::json!({ "channel": name, "token": token }));
                }
                printer.says(&format!(
                    "{token}\n\nThis is the only time it is shown. The system sends it as `Authorization: Bearer` and \
                     names conversations as it likes, under /v1/conversations/{{ref}}"
                ))
            }
            Act::Revoke { name } => {
                let count = access.revoke(&Bearer::Channel(name.clone())).map_err(Failure::failed)?;
                printer.says(&super::operators::taken_back(count, &name))
            }
            Act::Secret { name, json } => {
                known(&bundle, &name)?;
                let secret = identity_secret(&Vault::open(&data.vault())?, &name)?;
                if json {
                    return printer.json(&serde_json::json!({ "channel": name, "secret": secret }));
                }
                printer.says(&secret)
            }
        }
    }
}

/// The channels that a floor has: those of the deployment, and the built-in page's.
fn names(bundle: &Bundle) -> Vec<ChannelName> {
    let mut names: Vec<ChannelName> = bundle.house.channels.iter().map(|channel| channel.name.clone()).collect();
    if !names.contains(&ChannelName::web()) {
        names.push(ChannelName::web());
    }
    names
}

fn known(bundle: &Bundle, name: &ChannelName) -> Result<(), Failure> {
    let names = names(bundle);
    if names.contains(name) {
        return Ok(());
    }
    let names: Vec<&str> = names.iter().map(ChannelName::as_str).collect();
    let all = names.join(", ");
    Err(Failure::failed(format!("no channel `{name}` here ({all}); channels stand in baton.toml of the deployment")))
}

fn list(bundle: &Bundle, access: &Access, json: bool, printer: &mut Printer) -> Result<(), Failure> {
    let origins = |name: &ChannelName| {
        let found = bundle.house.channels.iter().find(|channel| channel.name == *name);
        found.map(|channel| channel.origins.clone()).unwrap_or_default()
    };
    let tokens = |name: &ChannelName| access.count(&Bearer::Channel(name.clone()));
    let names = names(bundle);
    if json {
        let row = |name| serde_json::json!({ "name": name, "origins": origins(name), "tokens": tokens(name) });
        return printer.json(&names.iter().map(row).collect::<Vec<_>>());
    }
    let row =
        |name| vec![Clean::from(name), Clean::shown(&origins(name).join(" ")), Clean::shown(&tokens(name).to_string())];
    printer.table(&["name", "sites", "tokens"], &names.iter().map(row).collect::<Vec<_>>())
}
