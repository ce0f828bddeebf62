//! Which floor a command talks to, and as whom.

use std::path::{Path, PathBuf};

use super::attach;
use super::failure::Failure;
use super::place::Place;
use crate::client::Address;

/// The floor, and the operator whose token is shown there.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Reach {
    /// The server, like https://chat.example.com [default: the floor of the data folder]
    #[arg(long, value_name = "URL")]
    pub(super) connect: Option<String>,
    /// File with the operator's token [default: the data folder's own]
    #[arg(long, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,
}

impl Reach {
    /// Address and token of a floor that runs.
    pub(super) async fn target(&self, place: &Place) -> Result<(Address, String), Failure> {
        let token = self.token()?;
        if let Some(url) = &self.connect {
            let token = match token {
                Some(token) => token,
                None => place.data()?.admin_token()?,
            };
            return Ok((Address::parse(url)?, token));
        }
        let Some(reached) = attach::running(place).await? else {
            return Err(Failure::failed("no floor runs here; `baton` starts one, --connect names another"));
        };
        Ok((reached.address, token.unwrap_or(reached.token)))
    }

    fn token(&self) -> Result<Option<String>, Failure> {
        self.token_file.as_deref().map(read_token).transpose()
    }
}

fn read_token(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Failure::failed(format!("cannot read the token in {}: {e}; `baton operators add` makes one", path.display()))
    })?;
    Ok(text.trim().to_owned())
}
